"""ACC-01, ACC-03, ACC-06, ACC-19, SEC-05, DAT-05: every page of the address table in a real browser.

Each page is loaded once; light and dark, 1280 and 320 pixels, wide spacing and text twice as large are switched on the
same page. The pages come from
tests/test_urls.py, so a new address is looked at without being named here.
"""

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.conftest import Demonstration, Witness

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RUN = """async (only) => {
    const options = {runOnly: only, rules: {'target-size': {enabled: true}}, resultTypes: ['violations']};
    if (only.type === 'rule') delete options.rules;
    const {violations} = await axe.run(document, options);
    const told = (rule, node) => `${rule.id}: ${node.target.join(' ')} ${node.any[0]?.message ?? rule.help}`;
    return violations.flatMap(rule => rule.nodes.map(node => told(rule, node)));
}"""
ALL = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # what a theme can change
PARTS = 4  # so that several workers share the desk, which has most of the pages
VIEWS = [("light", 1280, ALL), ("dark", 1280, COLOURS), ("dark", 320, ALL), ("light", 320, COLOURS)]
# WCAG 1.4.12 and 1.4.4: what readers set for themselves. A sheet made by script is not touched by the policy.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
TWICE = "html { font-size: 200% !important }"
READ_AS = [("with wide spacing", 320, SPACED), ("with text twice as large", 1280, TWICE)]
SET = """(rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
}"""
# Text that its box cuts off, and text that lies on other text.
CUT = """() => {
    const found = [], seen = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const apart = '.visually-hidden, .skip, svg, select, script, noscript, template';
    while (texts.nextNode()) {
        const text = texts.currentNode, owner = text.parentElement;
        if (!text.data.trim() || owner.closest(apart)) continue;
        if (!owner.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        if (getComputedStyle(owner).clipPath === 'inset(50%)') continue;  // for listeners, at this width
        const range = document.createRange();
        range.selectNodeContents(text);
        const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
        let stays = true, shown = boxes;  // what scrolling boxes leave of them
        for (let outer = owner; outer && outer !== document.body; outer = outer.parentElement) {
            const style = getComputedStyle(outer);
            if (['sticky', 'fixed'].includes(style.position)) stays = false;
            if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
            const edge = outer.getBoundingClientRect();
            const hides = axis => ['hidden', 'clip'].includes(axis);
            const cut = shown.some(box => hides(style.overflowX) && box.right > edge.right + 2
                || hides(style.overflowY) && box.bottom > edge.bottom + 2);
            if (cut) found.push('cut off: ' + text.data.trim().slice(0, 60));
            shown = shown.map(box => new DOMRect(
                Math.max(box.left, edge.left), Math.max(box.top, edge.top),
                Math.min(box.right, edge.right) - Math.max(box.left, edge.left),
                Math.min(box.bottom, edge.bottom) - Math.max(box.top, edge.top)
            )).filter(box => box.width > 1 && box.height > 1);
            if (cut) break;
        }
        // What is scrolled out of its box lies on nothing; what sticks lies on what is scrolled below it, as it should.
        if (stays) for (const box of shown) seen.push({box, owner, text: text.data.trim().slice(0, 40)});
    }
    seen.sort((one, other) => one.box.top - other.box.top);
    for (let i = 0; i < seen.length; i++)
        for (let j = i + 1; j < seen.length && seen[j].box.top < seen[i].box.bottom; j++) {
            const [one, other] = [seen[i], seen[j]];
            if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
            const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
            if (wide > 3 && high > 0.4 * Math.min(one.box.height, other.box.height))
                found.push('on top of each other: ' + one.text + ' | ' + other.text);
        }
    return found;
}"""
STRUCTURE = """() => {
    const found = [];
    if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
    const language = location.pathname.includes('/en/') ? 'en' : 'de';
    if (document.documentElement.lang !== language) found.push('language of the page');
    if (!/mainzDIGITAL/.test(document.title)) found.push('title without the service: ' + document.title);
    let last = 0;
    for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
        const level = Number(h.tagName[1]);
        if (last && level > last + 1) found.push('heading level skipped at ' + h.textContent.trim());
        last = level;
    }
    for (const table of document.querySelectorAll('table')) {
        if (!table.caption && !table.getAttribute('aria-labelledby')) found.push('table without caption');
        for (const th of table.querySelectorAll('th:not([scope])'))
            found.push('heading without scope: ' + th.textContent.trim());
    }
    for (const form of document.querySelectorAll('form[method=post]'))
        if (!form.noValidate && [...form.elements].some(e => !['hidden', 'submit', 'button'].includes(e.type)))
            found.push('form without novalidate: ' + form.action);
    return found;
}"""
ROLES = ["anonymous", "cdo", "idee", "lenkung", "betrieb", "projektleitung", "cdo-vertretung", "koordination", "beirat"]


def look_at(page: object, witness: Witness) -> list[str]:
    """Return whatever is wrong with the page at hand, in every view and as every reader sets it."""
    found = witness.taken()  # before axe, which itself asks for things the policy refuses
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    found += page.evaluate(STRUCTURE)
    page.evaluate(AXE)
    for theme, width, rules in VIEWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{theme} {width}: the page is {wide} pixels wide")
        found += [f"{theme} {width}: {violation}" for violation in page.evaluate(RUN, rules)]
    for name, width, rules in READ_AS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(SET, rules)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{name}: the page is {wide} pixels wide instead of {width}")
        found += [f"{name}: {complaint}" for complaint in page.evaluate(CUT)]
    page.evaluate(SET, "")
    witness.taken()
    return found


def addresses_of(role: str, demonstration: Demonstration) -> list[str]:
    """Return the pages that a role opens; without an account each of them in English too."""
    found = [page["address"] for page in demonstration.pages if page["role"] == role]
    if role == "anonymous":
        english = {each.name: each.address for each in demonstration.public if each.is_page and each.language == "en"}
        found += english.values()
    return found


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier_or_a_complaint(
    role: str, part: int, browser_as: Callable, demonstration: Demonstration, portal: str
) -> None:
    mine = addresses_of(role, demonstration)[part::PARTS]
    if not mine:
        return
    page, witness = browser_as(role)
    witness.taken()
    wrong = []
    for address in mine:
        answer = page.goto(portal + address)
        assert answer.status == 200, address
        wrong += [f"{address} {complaint}" for complaint in look_at(page, witness)]
    assert not wrong, "\n".join(wrong)


def test_the_eyes_see_what_they_should(browser_as: Callable, portal: str) -> None:
    """A page broken on purpose: an unnamed picture, pale text, a wide box, an inline style, a second heading."""
    page, witness = browser_as("anonymous")
    page.goto(portal + "/impressum/")
    assert not look_at(page, witness)
    page.goto(portal + "/impressum/")
    page.evaluate(
        """() => {
            const main = document.querySelector('main');
            main.insertAdjacentHTML('beforeend', '<h1>Zwei</h1><img src="/favicon.ico"><p style="color:red">rot</p>');
            const box = main.appendChild(document.createElement('p'));
            box.textContent = 'blass';
            box.style.setProperty('color', '#aaaaaa');
            box.style.setProperty('background', '#ffffff');
            box.style.setProperty('width', '2000px');
        }"""
    )
    found = " | ".join(look_at(page, witness))
    for sign in ("not one h1", "image-alt", "color-contrast", "pixels wide", "Content Security Policy"):
        assert sign in found, (sign, found)


def test_the_eyes_see_text_that_is_cut_off_or_covered(browser_as: Callable, portal: str) -> None:
    page, witness = browser_as("anonymous")
    page.goto(portal + "/impressum/")
    page.evaluate(
        """() => {
            const box = document.querySelector('main').appendChild(document.createElement('p'));
            box.textContent = 'Diese Zeile ist bei doppelter Schrift höher als ihr Kasten.';
            box.style.setProperty("height", "24px");
            box.style.setProperty("overflow", "hidden");
            const over = document.querySelector('main').appendChild(document.createElement('p'));
            over.textContent = 'Diese Zeile liegt auf der vorigen.';
            over.style.setProperty('margin-top', '-60px', 'important');
        }"""
    )
    found = " | ".join(look_at(page, witness))
    assert "cut off: Diese Zeile ist" in found
    assert "on top of each other" in found


def test_no_public_page_needs_a_script(demonstration: Demonstration, browser_as: Callable, portal: str) -> None:
    """ACC-06: without its scripts no page has a barrier either, in neither theme, on a phone.

    None arrives; all are files of their own, the policy allows no others. With scripts off altogether axe would wait
    for its own timers for ever.
    """
    page, _witness = browser_as("anonymous")
    page.route("**/*.js", lambda route: route.abort())
    wrong = []
    for address in addresses_of("anonymous", demonstration):
        page.emulate_media(color_scheme="light")
        page.goto(portal + address)
        page.evaluate(AXE)
        page.set_viewport_size({"width": 320, "height": 900})
        wrong += [f"{address} light: {violation}" for violation in page.evaluate(RUN, ALL)]
        page.emulate_media(color_scheme="dark")
        wrong += [f"{address} dark: {violation}" for violation in page.evaluate(RUN, COLOURS)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_no_photograph_before_it_is_scrolled_to(width, demonstration, browser_as, portal) -> None:
    page, _witness = browser_as("anonymous")
    page.set_viewport_size({"width": width, "height": 844})
    pictured = [each.address for each in demonstration.public if each.name == "publication:project"]
    shown = []
    for address in pictured:
        page.goto(portal + address)
        picture = page.locator("main img[src*='/projekte/bild/']")
        if picture.count():
            shown.append(address)
            assert picture.first.bounding_box()["y"] >= 844, address
    assert shown, "the demonstration shows a picture"


def test_every_role_has_pages(demonstration: Demonstration) -> None:
    english = [address for address in addresses_of("anonymous", demonstration) if address.startswith("/en/")]
    assert len(english) > 15
    assert {page["role"] for page in demonstration.pages} <= set(ROLES)
    assert len(demonstration.pages) > 100


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("anonymous", "/gibt-es-nicht/", 404),
        ("anonymous", "/projekte/gibt-es-nicht/", 404),
        ("anonymous", "/projekte/?page=0&sort=passwort&q=%25%25", 200),
        ("idee", "/admin/", 403),
        ("cdo", "/admin/gibt-es-nicht/", 404),
    ],
)
def test_pages_of_refusal_have_no_barrier_either(role, address, status, browser_as, portal) -> None:
    page, witness = browser_as(role)
    witness.taken()
    assert page.goto(portal + address).status == status
    witness.complaints = [c for c in witness.complaints if "Failed to load resource" not in c]
    assert not look_at(page, witness)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("anonymous", "/konto/login/"),
        ("idee", "/konto/passwort/"),
        ("idee", "/konto/abwesenheit/"),
        ("idee", "/ideen/neu/"),
        ("cdo", "/lenkungsgruppe/sitzungen/neu/"),
        ("cdo", "/admin/pool/project/uebernehmen/"),
        ("betrieb", "/admin/governance/mandate/add/"),
    ],
)
def test_a_form_sent_empty_says_what_to_do(role, address, browser_as, portal) -> None:
    """ACC-05: "Fehler: " in the title, a summary on top that holds the focus, links that lead to the fields."""
    page, witness = browser_as(role)
    page.goto(portal + address)
    form = page.locator("main form[method=post]").first
    form.locator("button[type=submit]:not([hidden]), input[type=submit]").last.click()
    page.wait_for_load_state()
    assert page.title().startswith("Fehler: "), page.title()
    summary = page.get_by_role("alert").first
    links = summary.locator("a[href^='#']").all()
    assert links, "the summary links to the fields"
    for link in links:
        target = page.locator(link.get_attribute("href"))
        assert target.count() == 1, link.get_attribute("href")
    assert page.locator("[aria-invalid=true]").count() >= 1
    witness.complaints = [c for c in witness.complaints if "Failed to load resource" not in c]
    assert not look_at(page, witness)
