"""The CDO works through the queue: gate plus rating of one idea in at most 25 interactions, without leaving the flow.

An interaction is a click, a tap, or a key other than typing, Tab and arrows.
"""

from collections.abc import Iterator

import pytest

from governance.strategy.rules import Dimension, GrundkriteriumCode
from tests.browser.person import Person

MOST = 25
LIST = "/admin/pool/project/?wartet=pruefung"


class Counter(Person):
    """Counts what she does besides typing, Tab and arrows."""

    done = 0

    def click(self, target: object) -> None:
        target.click()
        self.done += 1


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def cdo(request, chromium, fresh_portal) -> Iterator[Counter]:
    person = Counter(chromium, fresh_portal, "cdo", javascript=request.param)
    yield person
    person.context.close()


def test_gate_and_rating_of_one_idea_cost_few_interactions(cdo):
    cdo.open(LIST)
    cdo.page.get_by_role("link", name="Der Reihe nach prüfen und bewerten").click()
    page, main = cdo.page, cdo.main
    total = main.locator(".flow strong").inner_text().split(" von ")[1]
    title = main.get_by_role("heading", level=1).inner_text()
    for criterion in GrundkriteriumCode:
        cdo.click(cdo.group(str(criterion.label)).get_by_label("ja", exact=True))
        if criterion == "nutzen":
            cdo.choose("Wem nützt es?", "der Stadtgesellschaft")
    cdo.click(main.get_by_role("button", name="Speichern und aufnehmen"))
    cdo.sees(f"„{title}“ ist im Pool. Es folgen die Reifegrade.", f"1 von {total}")
    for dimension in Dimension:
        group = cdo.group(str(dimension.label))
        cdo.click(group.locator("input[type=radio][value='3']"))
        cdo.click(group.locator("textarea"))
        page.keyboard.insert_text("Belegt in der Ideenskizze.")
    cdo.click(main.get_by_role("button", name="Festschreiben und nächste"))
    cdo.sees(f"„{title}“ hat jetzt einen Platz.", f"2 von {total}")
    assert main.get_by_role("heading", level=1).inner_text() != title
    assert cdo.done <= MOST


def test_the_keys_that_the_page_lists_do_what_it_says(chromium, fresh_portal):
    cdo = Person(chromium, fresh_portal, "cdo")
    cdo.open(LIST)
    cdo.page.get_by_role("link", name="Der Reihe nach prüfen und bewerten").click()
    cdo.unfold("Tastenkürzel")
    cdo.sees("überspringen", "ja, nein, noch offen")
    keyboard, group = cdo.page.keyboard, cdo.group("Vernetzung")
    cdo.reach(group.get_by_role("radio").first)
    keyboard.press("n")
    assert group.get_by_label("nein", exact=True).is_checked()
    cdo.write("Begründung zu Vernetzung", "Nur ein Amt.")
    keyboard.type("jno")
    assert group.get_by_label("nein", exact=True).is_checked()
    with cdo.a_new_page():
        keyboard.press("Control+Enter")
    cdo.sees("Antworten gespeichert", "2 von")
    with cdo.a_new_page():
        keyboard.press("Alt+u")
    cdo.sees("3 von")
    cdo.context.close()


def test_a_chosen_text_stands_in_the_reason_and_is_shown_before_it_goes(cdo):
    cdo.open(LIST)
    cdo.page.get_by_role("link", name="Der Reihe nach prüfen und bewerten").click()
    main = cdo.main
    for criterion in GrundkriteriumCode:
        answer = "nein" if criterion == "vernetzung" else "ja"
        cdo.group(str(criterion.label)).get_by_label(answer, exact=True).click()
    cdo.choose("Wem nützt es?", "der Stadtgesellschaft")
    cdo.write("Begründung zu Vernetzung", "Nur ein Amt.")
    cdo.press("Antworten speichern")
    cdo.follow("Zur Überarbeitung zurückgeben")
    main.get_by_label("Textbaustein").select_option("zweites-amt")
    put_in = main.get_by_role("button", name="Textbaustein einsetzen")
    if put_in.count():
        put_in.click()
    cdo.press("Vorschau: was die Einreichenden lesen")
    cdo.sees("Das geht hinaus", "Vernetzung: Nur ein Amt. Nennen Sie bitte ein zweites Amt")
    cdo.press("Zur Überarbeitung zurückgeben")
    cdo.sees("Zur Überarbeitung zurückgegeben.", "2 von")
