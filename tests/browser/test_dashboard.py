"""The dashboard of the Lenkungsgruppe in a real browser: what stands above the fold, and what it needs."""

from collections.abc import Callable

import pytest

from tests.browser.test_every_page import look_at

BOXES = """() => [...document.querySelectorAll('.figures-5 dd, .figures-5 dt a')].map(e => {
    const box = e.getBoundingClientRect();
    return [box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.parametrize("role", ["lenkung", "beirat"])
def test_five_figures_stand_above_the_fold(browser_as: Callable, portal: str, role: str) -> None:
    page, witness = browser_as(role)
    for width, height in ((1280, 800), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{portal}/lenkungsgruppe/")
        boxes = page.evaluate(BOXES)
        assert len(boxes) == 10
        for left, top, right, bottom in boxes:
            assert left >= 0, (width, boxes)
            assert top >= 0, (width, boxes)
            assert right <= width, (width, boxes)
            assert bottom <= height, (width, boxes)
    pictures = "main .bars, main .case-box, main .portfolio"
    assert page.locator(pictures).count() <= 7
    assert not witness.taken()


def test_a_circle_leads_to_its_list_without_a_script(browser_as: Callable, portal: str) -> None:
    page, _witness = browser_as("lenkung", java_script_enabled=False)
    page.goto(f"{portal}/lenkungsgruppe/")
    circle = page.locator(".portfolio-field a").first
    said = circle.get_attribute("aria-label")
    page.goto(portal + circle.get_attribute("href"))
    assert page.locator("h1").inner_text() == said.rpartition(": ")[2]


def test_opened_tables_have_no_barrier(browser_as: Callable, portal: str) -> None:
    page, witness = browser_as("cdo")
    for address in ("/lenkungsgruppe/", "/lenkungsgruppe/abdeckung/"):
        page.goto(portal + address)
        page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true; })")
        assert not look_at(page, witness)
