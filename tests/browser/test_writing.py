"""The form of an idea in a real browser: interactions counted, saving while typing, two windows, an ended session."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import sign_in
from tests.browser.person import Person

TITLE = "Wartenummer aufs Telefon"
# Counts what a person does besides typing, Tab and the arrows: presses of a mouse or finger, and every other key.
COUNTER = """
addEventListener('pointerdown', () => window.noted('pointer'), true);
addEventListener('keydown', (event) => {
    const free = ['Tab', 'Shift', 'Control', 'Home', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
    const types = event.target.matches('textarea, input[type=text], input[type=search]');
    const typed = event.key.length === 1 || types && (event.key !== 'Enter' || event.target.matches('textarea'));
    if (!free.includes(event.key) && (!typed || event.key === ' ' && !types)) window.noted(event.key);
}, true);
"""


@pytest.fixture
def person(chromium, fresh_portal) -> Iterator[Callable[..., Person]]:
    """`person("idee")`: somebody at the keyboard of a portal of this test's own."""
    people = []

    def sit_down(name: str, *, javascript: bool = True) -> Person:
        people.append(Person(chromium, fresh_portal, name, javascript=javascript))
        return people[-1]

    yield sit_down
    for each in people:
        each.context.close()


def counted(person: Person) -> list[str]:
    """Count from now on, over all pages; return the list that grows."""
    noted: list[str] = []
    person.context.expose_function("noted", lambda key: noted.append(key))
    person.context.add_init_script(COUNTER)
    person.page.reload()
    return noted


def write_what_is_demanded(idee: Person) -> None:
    idee.write("Wie heißt die Idee?", TITLE)
    idee.write("Was soll geschehen?", "Wer wartet, sieht unterwegs, wann die eigene Nummer aufgerufen wird.")
    idee.write("Welches Problem wird gelöst?", "Menschen warten lange auf dem Flur.")
    idee.write("Was wird besser?", "Wartezeit wird freie Zeit.")
    idee.pick(idee.group("Wem nützt es?"), "der Stadtgesellschaft")
    idee.choose("In welches Handlungsfeld gehört die Idee vor allem?", "Digitale Verwaltung")
    idee.choose("Wer hat die Federführung?", "Bürgeramt")
    idee.write("Wer wirkt mit?", "Bürgeramt und Datenzentrale arbeiten zusammen.")


def hand_in(idee: Person) -> None:
    idee.press("Weiter zur Prüfung der Angaben")
    idee.sees("Wartezeit wird freie Zeit.", "So geht es weiter")
    idee.press("Idee einreichen")
    idee.sees("Ihre Idee ist angekommen", "Antwort bis", "das Büro der CDO")


def test_the_short_way_takes_at_most_twelve_interactions(person) -> None:
    idee = person("idee")
    noted = counted(idee)
    idee.follow("Neue Idee beginnen")
    write_what_is_demanded(idee)
    hand_in(idee)
    assert 3 <= len(noted) <= 12, noted


def test_all_sections_take_at_most_thirty_interactions(person) -> None:
    idee = person("idee")
    noted = counted(idee)
    idee.follow("Neue Idee beginnen")
    write_what_is_demanded(idee)
    idee.choose("Von wem stammt die Idee? (freiwillig)", "Beschäftigte")
    idee.write("Suchen oder unten blättern", "nutzerfreundliche online-leistungen")
    idee.tick("Nutzerfreundliche Online-Leistungen ausbauen")
    for number, office, part in ((1, "Bürgeramt", "erarbeitet"), (2, "Kommunale Datenzentrale", "setzt um")):
        row = idee.group(f"Stelle {number}")
        idee.choose("Stelle", office, within=row)
        idee.choose("Anteil", part, within=row)
        idee.write("Aufgabe", "trägt bei", within=row)
    partner = idee.group("Partner 1")
    idee.write("Partner", "Hochschule Mainz", within=partner)
    idee.write("Aufgabe", "forscht", within=partner)
    for label in (
        "Wie groß ist der Aufwand?", "Welcher Zeitraum schwebt Ihnen vor?", "Was kostet es ungefähr?",
        "Muss etwas beschafft oder vergeben werden?",
        "Muss der Stadtrat, ein Ausschuss oder ein Aufsichtsrat zustimmen?",
    ):  # fmt: skip
        idee.write(f"{label} (freiwillig)", "noch nicht bekannt")
    idee.choose("Wie steht es um die Finanzierung? (freiwillig)", "offen")
    topics = idee.main.locator("textarea[name^=topic_]")
    for place in range(topics.count()):
        idee.reach(topics.nth(place))
        idee.page.keyboard.insert_text("Mit Betroffenen gemeinsam.")
    idee.unfold("UN-Ziele (SDGs) auswählen")
    idee.tick("11 ")
    hand_in(idee)
    assert 6 <= len(noted) <= 30, noted


def saved(person: Person) -> str:
    """Wait until the page says that it saved; return what it says."""
    said = person.page.locator("#gesichert", has_text="Gespeichert um")
    said.wait_for()
    return said.inner_text()


def alarm(person: Person, words: str) -> None:
    person.page.get_by_role("alert").filter(has_text=words).wait_for()


def test_saved_while_typing_and_there_after_a_crash(person) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    idee.write("Welches Problem wird gelöst?", "Geschrieben, bevor es einen Titel gab.")
    assert saved(idee).endswith("Sie können jederzeit gehen.")
    idee.page.wait_for_url("**/bearbeiten/")
    address = idee.page.url.removeprefix(idee.portal)
    idee.page.close()  # without a word, as a crash does
    idee.page = idee.context.new_page()
    idee.open(address)
    assert idee.main.get_by_label("Welches Problem wird gelöst?").input_value().startswith("Geschrieben, bevor")
    assert idee.main.get_by_label("Wie heißt die Idee?").input_value() == ""
    assert idee.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_draft_just_saved_offers_what_a_draft_offers_and_its_words_hide_no_button(person) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    idee.write("Wie heißt die Idee?", "Online-Terminvergabe")
    idee.write("Was soll geschehen?", "Termine beim Bürgeramt und bei weiteren Stellen sind im Netz buchbar.")
    saved(idee)
    idee.page.get_by_role("link", name="Meine ist anders, weil …").first.wait_for()
    said = idee.page.locator("#gesichert").bounding_box()
    button = idee.main.get_by_role("button", name="Weiter zur Prüfung der Angaben").bounding_box()
    assert said is not None
    assert button is not None
    assert button["y"] + button["height"] <= said["y"]
    idee.follow("Jemanden mitschreiben lassen")
    idee.sees("Online-Terminvergabe")


def test_sections_and_self_check_follow_while_typing(person) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    idee.write("Was wird besser?", "Wartezeit wird freie Zeit.")
    idee.pick(idee.group("Wem nützt es?"), "beiden")
    idee.page.locator("[data-abschnitt=nutzen]", has_text="fertig").wait_for()
    idee.page.locator("[data-kriterium=nutzen].said").wait_for()
    assert idee.page.locator("[data-abschnitt=idee]").inner_text() == "offen"


def test_after_the_session_ended_it_is_loud_and_goes_on_after_signing_in(person, fresh_portal) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    idee.write("Wie heißt die Idee?", TITLE)
    saved(idee)
    idee.context.clear_cookies(name="sitzung")
    idee.write("Was wird besser?", "Nach dem Ende der Sitzung geschrieben.")
    alarm(idee, "Nicht gespeichert. Ihr Text steht noch hier; bitte melden Sie sich neu an.")
    assert idee.page.locator("#nicht-gesichert").is_visible()
    assert idee.page.locator("#gesichert").inner_text() == "", "nothing is called saved meanwhile"
    field = idee.main.get_by_label("Was wird besser?")
    assert field.input_value() == "Nach dem Ende der Sitzung geschrieben."
    with idee.context.expect_page() as opened:
        idee.page.get_by_role("link", name="Neu anmelden").click()
    sign_in(opened.value, fresh_portal, "idee")
    idee.write("Was wird besser?", "Nach der neuen Anmeldung weitergeschrieben.")
    saved(idee)
    assert not idee.page.locator("#nicht-gesichert").is_visible()
    idee.page.reload()
    assert field.input_value() == "Nach der neuen Anmeldung weitergeschrieben."


def test_the_second_window_is_told_and_its_text_can_be_taken_over(person) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    idee.write("Wie heißt die Idee?", TITLE)
    saved(idee)
    idee.page.wait_for_url("**/bearbeiten/")
    first, address = idee.page, idee.page.url.removeprefix(idee.portal)
    idee.page = idee.context.new_page()
    idee.open(address)
    idee.write("Was wird besser?", "Aus dem zweiten Fenster")
    saved(idee)
    idee.page = first
    idee.page.bring_to_front()
    idee.write("Was wird besser?", "Aus dem ersten Fenster")
    alarm(idee, "An einer Stelle hat inzwischen jemand anderes geschrieben. Beide Texte sind aufgehoben.")
    compare = idee.page.get_by_role("link", name="Vergleichen und entscheiden").get_attribute("href")
    idee.page = idee.context.new_page()
    idee.open(compare)
    idee.sees("Aus dem ersten Fenster", "Aus dem zweiten Fenster")
    idee.tick("Diesen Text übernehmen")
    idee.press("Entscheidung speichern")
    idee.sees("Übernommen.")
    assert idee.main.get_by_label("Was wird besser?").input_value() == "Aus dem ersten Fenster"


def test_the_counter_agrees_with_the_server(person) -> None:
    idee = person("idee")
    idee.open("/ideen/neu/")
    for text, count in (("😀" * 119 + " e\u0301 ", 121), ("  Zwei  Wörter  ", 12)):
        idee.write("Wie heißt die Idee?", text)
        shown = idee.page.locator("[data-zaehler=id_title]").inner_text()
        idee.press("Entwurf speichern")
        refused = idee.page.locator("#div_id_title .error-text")
        told = refused.inner_text() if refused.count() else ""
        assert (f"es sind {count}." in told) is (count > 120), told
        if count > 120:
            assert shown.startswith(f"{count} von 120")


def test_without_javascript_each_section_saves_and_searching_loses_nothing(person) -> None:
    idee = person("idee", javascript=False)
    idee.open("/ideen/neu/")
    idee.write("Welches Problem wird gelöst?", "Vor dem Titel geschrieben")
    idee.write("Suchen oder unten blättern", "online-leistungen")
    idee.press("Speichern und suchen")
    assert "suche=online-leistungen" in idee.page.url
    idee.sees("Gezeigt wird, was zu „online-leistungen“ passt")
    idee.tick("Nutzerfreundliche Online-Leistungen ausbauen")
    idee.write("Wie heißt die Idee?", TITLE)
    idee.reach(idee.main.get_by_role("button", name="Abschnitt speichern und weiter").nth(2))
    with idee.a_new_page():
        idee.page.keyboard.press("Enter")
    assert idee.page.url.endswith("#mitwirkung")
    assert idee.main.get_by_label("Nutzerfreundliche Online-Leistungen ausbauen").is_checked()
    assert idee.main.get_by_label("Welches Problem wird gelöst?").input_value() == "Vor dem Titel geschrieben"
