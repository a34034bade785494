"""ACC-02, ACC-06: the whole way of one idea in a real browser, by keyboard and label, with and without JavaScript."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.strategy.rules import Dimension, GrundkriteriumCode
from tests.browser.person import Person

TITLE = "Wartenummer aufs Telefon"
DAY = timezone.localdate() + timedelta(days=40)
RATED = {
    "Vernetzung": "3",
    "Wirkung nach innen": "2",
    "Wirkung nach außen": "4",
    "Kompetenzaufbau": "2",
    "Synergien": "3",
}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def person(request, chromium, fresh_portal) -> Iterator[Callable[[str], Person]]:
    """`person("cdo")`: somebody at the keyboard of a portal of this test's own."""
    people = []

    def sit_down(name: str = "") -> Person:
        people.append(Person(chromium, fresh_portal, name, javascript=request.param))
        return people[-1]

    yield sit_down
    for each in people:
        each.context.close()


def hand_in(idee: Person) -> str:
    """Write an idea and hand it in; return its id."""
    idee.follow("Neue Idee beginnen")
    idee.write("Wie heißt die Idee?", TITLE)
    idee.write("Was soll geschehen?", "Wer wartet, sieht unterwegs, wann die eigene Nummer aufgerufen wird.")
    idee.write("Welches Problem wird gelöst?", "Menschen warten lange auf dem Flur.")
    idee.write("Was wird besser?", "Wartezeit wird freie Zeit.")
    idee.pick(idee.group("Wem nützt es?"), "der Stadtgesellschaft")
    idee.choose("In welches Handlungsfeld gehört die Idee vor allem?", "Digitale Verwaltung")
    idee.unfold("Digitale Verwaltung")
    idee.tick("Nutzerfreundliche Online-Leistungen ausbauen")
    idee.choose("Wer hat die Federführung?", "Bürgeramt")
    idee.write("Wer wirkt mit?", "Bürgeramt und Datenzentrale arbeiten zusammen.")
    for number, office, part in ((1, "Bürgeramt", "erarbeitet"), (2, "Kommunale Datenzentrale", "setzt um")):
        row = idee.group(f"Stelle {number}")
        idee.choose("Stelle", office, within=row)
        idee.choose("Anteil", part, within=row)
    idee.press("Weiter zur Prüfung der Angaben")
    idee.sees("Wartezeit wird freie Zeit.", "Kommunale Datenzentrale Mainz: setzt um", "So geht es weiter")
    idee.press("Idee einreichen")
    idee.sees("Ihre Idee ist angekommen", "Die CDO prüft die fünf Grundkriterien.")
    return idee.page.url.split("/ideen/")[1].split("/")[0]


def take_into_the_pool(cdo: Person, project: str) -> None:
    cdo.open(f"/admin/pool/project/{project}/pruefung/")
    cdo.sees(TITLE, "Menschen warten lange auf dem Flur.")
    for criterion in GrundkriteriumCode:
        cdo.pick(cdo.group(str(criterion.label)), "ja")
        if criterion == "nutzen":
            cdo.choose("Wem nützt es?", "der Stadtgesellschaft")
        cdo.write(f"Begründung zu {criterion.label}", "Trifft zu.")
    cdo.press("Antworten speichern")
    cdo.follow("In den Pool aufnehmen")
    cdo.press("In den Pool aufnehmen")
    cdo.sees("im Pool")


def rate(cdo: Person, project: str) -> None:
    cdo.open(f"/admin/pool/project/{project}/bewertung/")
    assert set(RATED) == {str(dimension.label) for dimension in Dimension}
    for dimension, level in RATED.items():
        cdo.pick(cdo.group(dimension), level)
        cdo.write(f"Begründung zu {dimension}", "Belegt in der Ideenskizze.")
    cdo.press("Bewertung festschreiben")
    cdo.sees("bewertet")


def propose_leuchtturm(cdo: Person, project: str) -> None:
    cdo.open(f"/admin/pool/project/{project}/klasse/")
    part = cdo.main.get_by_role("region", name="Leuchtturm")
    cdo.write("Begründung", "Strahlt über die Stadt hinaus.", within=part)
    cdo.press("Leuchtturm vorschlagen", within=part)
    cdo.sees("Leuchtturm")


def open_sitting(cdo: Person) -> str:
    """Open a sitting and return its address."""
    cdo.open("/lenkungsgruppe/sitzungen/neu/")
    cdo.set_day("Tag der Sitzung", DAY.isoformat())
    cdo.press("Sitzung anlegen")
    cdo.sees("Die Sitzung ist angelegt.")
    return cdo.page.url.removeprefix(cdo.portal)


def put_on_its_list(cdo: Person) -> None:
    cdo.open("/admin/pool/project/priorisierung/")
    cdo.tick(TITLE)
    cdo.choose("Sitzung", f"Lenkungsgruppe, {DAY:%d.%m.%Y}")
    cdo.press("Für die Sitzung vormerken")


def propose_and_record(cdo: Person, sitting: str) -> None:
    cdo.open(sitting)
    cdo.follow(TITLE)
    item = cdo.page.url.removeprefix(cdo.portal)
    cdo.open(f"{item}vorschlag/")
    cdo.pick(cdo.group("Vorgeschlagenes Ergebnis"), "zur Umsetzung bestimmt")
    cdo.pick(cdo.group("Finanzierung"), "gesichert")
    cdo.write("Rats- oder Ausschusssache", "keine")
    cdo.write("Zustimmung der federführenden Stelle", "Leitung des Bürgeramts am 7. Dezember 2026")
    cdo.press("Vorschlag speichern")
    cdo.open(f"{item}ergebnis/")
    cdo.pick(cdo.group("Klasse Leuchtturm"), "wird bestätigt")
    cdo.write("Begründung", "Nützt allen, die auf ein Amt müssen.")
    cdo.write("Warum ohne Gegenzeichnung?", "Die Koordination war nicht zu erreichen.")
    cdo.press("Ergebnis protokollieren")
    cdo.sees("protokolliert")


def confirm_and_close(chair: Person, sitting: str) -> None:
    chair.open(sitting)
    chair.follow(TITLE)
    chair.press("Ergebnis bestätigen")
    chair.open(f"{sitting}schliessen/")
    chair.sees("zur Umsetzung bestimmt")
    chair.press("Sitzung schließen")
    chair.sees("Die Sitzung ist geschlossen.")


def publish(cdo: Person, project: str) -> None:
    """Write the public text, note the unit's consent, release."""
    cdo.open(f"/admin/pool/project/{project}/veroeffentlichung/")
    cdo.write("In einfacher Sprache", "Sie sehen, wie weit Ihr Antrag ist. Das geht im Internet.")
    cdo.press("Fassung festhalten")
    cdo.unfold("Zustimmung auf Papier festhalten")
    cdo.choose("Stelle", "Bürgeramt")
    cdo.write("Zugestimmt hat", "Leitung des Bürgeramts")
    cdo.set_day("Tag der Zustimmung", timezone.localdate().isoformat())
    cdo.press("Zustimmung festhalten")
    cdo.press("Fassung 1 veröffentlichen")
    cdo.sees("Fassung 1 ist öffentlich.")


def test_the_whole_way_of_one_idea(person: Callable[[str], Person]) -> None:
    idee, cdo, chair = person("idee"), person("cdo"), person("lenkung")

    project = hand_in(idee)
    take_into_the_pool(cdo, project)
    rate(cdo, project)
    propose_leuchtturm(cdo, project)

    chair.open("/lenkungsgruppe/rangliste/")
    chair.sees(TITLE, "vorgeschlagen")

    sitting = open_sitting(cdo)
    put_on_its_list(cdo)
    propose_and_record(cdo, sitting)
    confirm_and_close(chair, sitting)
    publish(cdo, project)

    everyone = person()
    everyone.open("/projekte/")
    everyone.follow(TITLE)
    everyone.sees("Wer wartet, sieht unterwegs", "Leuchtturm")
    assert not everyone.context.cookies(), "public pages set no cookie"
