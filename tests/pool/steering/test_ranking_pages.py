"""Swap, safety and ties on the pages, other weights tried out, and what moved since a sitting."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Entry
from governance.record import clock
from pool.decision.actions import open_sitting, put_on_list
from pool.decision.closing import close_sitting
from pool.decision.models import Sitting
from pool.lifecycle import Step
from pool.models import Place, Project, RuleVersion, StabilityResult
from pool.priority import actions
from tests import cast, factories
from tests.pool.decision.conftest import Group, confirmed, make_group

pytestmark = pytest.mark.django_db

REASONS = dict.fromkeys(factories.LEVELS, "Ein Nachweis.")


@pytest.fixture
def people() -> cast.Cast:
    factories.rule_1()
    return cast.assemble()


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rated(*, title: str = "", **levels: int) -> Project:
    more = {"title": title} if title else {}
    project = factories.project_at(Step.ASSESSED, levels=factories.LEVELS | levels, **more)
    factories.place(project)
    return project


def closed_sitting(group: Group, project: Project) -> Sitting:
    """A sitting that has commissioned the project and is closed."""
    sitting = open_sitting(body=group.body, day=clock.today(), place="14 Uhr", by=group.cdo)
    confirmed(group, put_on_list(sitting=sitting, project=project, by=group.cdo), no_countersignature="Eilt.")
    close_sitting(sitting=sitting, by=group.chair)
    return sitting


def ranking_of(person: object) -> str:
    return signed_in(person).get(reverse("steering:ranking")).content.decode()


def what_if(person: object, **values: object) -> str:
    return signed_in(person).get(reverse("steering:what_if"), values).content.decode()


def rows_of(page: str) -> list[tuple[str, str, str]]:
    """Return rank, title and what is said about today, row by row."""
    found = re.findall(
        r'<strong>(\d+)</strong></td><th[^>]*><a [^>]*>([^<]+)</a>.*?</th><td class="wide-only">(.*?)</td>', page
    )
    return [(rank, title, re.sub("<[^>]+>", "", today)) for rank, title, today in found]


# --- Swap, safety, ties -------------------------------------------------------------------------------------------


def test_a_place_says_what_would_exchange_it_and_how_safe_it_is(people):
    rated(vernetzung=3)
    second = rated(vernetzung=2)
    page = ranking_of(people.chair)
    assert (
        "6,25 Punkte hinter Platz 1. Mit einer Stufe mehr bei der Wirkung nach innen (4 statt 3) stünde dieses" in page
    )
    assert "sicher: bei jeder Gewichtung Platz 1" in page
    assert "6.181 Gewichtungen" in page
    assert "mindestens 20 %" in page
    why = signed_in(people.chair).get(reverse("steering:place", args=[second.pool_number])).content.decode()
    assert "Alle" not in why
    assert "Gerechnet sind alle 6.181 Gewichtungen" in why


def test_neighbours_that_change_places_with_the_weights_stand_in_a_group(people):
    rated(vernetzung=4, synergien=1)
    rated(vernetzung=1, synergien=4)
    page = ranking_of(people.chair)
    assert "Platz 1 und 2 liegen praktisch gleichauf." in page
    assert page.count("<small>gleichauf</small>") == 2
    assert page.count("Bei anderen Gewichten: <strong>Platz 1 bis 2</strong>") == 2


def test_the_beirat_learns_nothing_of_how_far_opinions_lie_apart(people):
    upper, lower = (people.joins(factories.project_at(Step.POOLED)) for _each in range(2))
    high = factories.LEVELS | {"synergien": 4, "vernetzung": 4}
    for person, levels in ((people.coordinator, high), (people.expert, high | {"vernetzung": 2, "synergien": 3})):
        factories.opinion(lower, person, levels)
    actions.rate(project=upper, levels=high, reasons=REASONS, by=people.cdo)
    actions.rate(project=lower, levels=high | {"vernetzung": 3}, reasons=REASONS, by=people.cdo)
    address = reverse("steering:place", args=[lower.pool_number])
    group, beirat = (signed_in(each).get(address).content.decode() for each in (people.member, people.beirat))
    assert "abgegebenen Einschätzungen" in group
    assert "Einschätzung" not in beirat
    assert "Einschätzung" not in ranking_of(people.beirat)


def test_a_dashboard_writes_nothing(people):
    rated(vernetzung=3)
    entries = Entry.objects.count()
    for name in ("steering:ranking", "steering:what_if", "steering:movement"):
        assert signed_in(people.chair).get(reverse(name)).status_code == 200
    assert (Entry.objects.count(), StabilityResult.objects.count()) == (entries, 0)


def test_a_rule_of_a_later_day_is_named_and_changes_nothing_today(people):
    rated(vernetzung=4, synergien=1)
    before = ranking_of(people.chair)
    RuleVersion.objects.create(
        number=7,
        valid_from=clock.today() + timedelta(days=1),
        rubric=factories.rubric_1(),
        weight_vernetzung=10,
        weight_effect=40,
        weight_kompetenzaufbau=25,
        weight_synergien=25,
        accepted_interval=5,
    )
    after = ranking_of(people.chair)
    assert "gilt Regelfassung 7 : Vernetzung 10&nbsp;%" in after
    body = re.compile(r'<ol class="ranks">.*</ol>', re.DOTALL)
    assert body.findall(before) == body.findall(after)
    public = Client().get(reverse("publication:procedure")).content.decode()
    assert "Regelfassung 7" in public
    assert "Spielraum je Gewicht 5 Prozentpunkte" in public
    assert "alle 6.181 Gewichtungen" in public


# --- What if ------------------------------------------------------------------------------------------------------


def test_todays_weights_give_todays_ranking(people):
    for vernetzung in (4, 2, 2, 0):
        rated(vernetzung=vernetzung)
    today = re.findall(r'<li class="rank" id="rang-(\d+)" value="(\d+)">', ranking_of(people.chair))
    for page in (
        what_if(people.chair),
        what_if(people.chair, vernetzung=25, wirkung=25, kompetenzaufbau=25, synergien=25),
    ):
        rows = rows_of(page)
        assert [rank for rank, _title, _today in rows] == [rank for _number, rank in today]
        assert {said for _rank, _title, said in rows} == {"gleicher Platz"}
        assert "Kein Vorhaben stünde auf einem anderen Platz" in page


def test_other_weights_move_places_and_say_from_where(people):
    rated(title="Netz", vernetzung=4, synergien=1)
    rated(title="Verbund", vernetzung=1, synergien=4)
    first = rows_of(what_if(people.chair, vernetzung=10, wirkung=25, kompetenzaufbau=25, synergien=40))
    assert first[0][:2] == ("1", "Verbund")
    assert first[0][2] == "2 → 1, 1 Platz höher"
    assert first[1][2] == "1 → 2, 1 Platz tiefer"
    assert Place.objects.count() == 2
    assert RuleVersion.objects.count() == 1


def test_another_threshold_moves_the_border_of_the_class(people):
    project = rated(title="Leuchtend", effect_inward=2, effect_outward=2, vernetzung=0)
    factories.class_mark(project)
    rated(title="Anderes", vernetzung=4)
    assert [title for _rank, title, _said in rows_of(what_if(people.chair))] == ["Anderes", "Leuchtend"]
    page = what_if(people.chair, ab=2)
    assert rows_of(page)[0][:2] == ("1", "Leuchtend")
    assert "dann in der Vorrangklasse" in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"vernetzung": "40"}, "zusammen 115 statt 100 Prozent. Es sind 15 Prozent zu viel."),
        ({"vernetzung": "24"}, "zusammen 99 statt 100 Prozent. Es fehlt 1 Prozent."),
        ({"vernetzung": "-5"}, "Geben Sie eine ganze Zahl von 0 bis 100 ein."),
        ({"wirkung": "viel"}, "Geben Sie eine ganze Zahl von 0 bis 100 ein."),
        ({"wirkung": "25.5"}, "Geben Sie eine ganze Zahl von 0 bis 100 ein."),
        ({"ab": "9"}, "Wählen Sie eine Stufe von 0 bis 4."),
    ],
)
def test_what_does_not_add_up_is_said_in_words(people, values, said):
    rated(vernetzung=3)
    page = what_if(people.chair, **values)
    assert said in page
    assert "<title>Fehler: " in page
    assert "Die Rangliste mit diesen Gewichten" not in page


# --- What moved ---------------------------------------------------------------------------------------------------


def movement(person: object, **values: object) -> str:
    return signed_in(person).get(reverse("steering:movement"), values).content.decode()


def test_without_a_closed_sitting_there_is_nothing_to_compare(people):
    assert "Noch ist keine Sitzung geschlossen." in movement(people.chair)


def test_what_moved_since_a_sitting_names_its_causes():
    factories.rule_1()
    group = make_group()
    leaving = rated(title="Geht", vernetzung=4, synergien=4)
    staying = rated(title="Bleibt", vernetzung=3)
    sitting = closed_sitting(group, leaving)
    rated(title="Kommt", vernetzung=4, kompetenzaufbau=4)
    page = movement(group.member)
    assert "nicht mehr in der Rangliste; heute zur Umsetzung bestimmt" in page
    assert "neue Idee in der Rangliste" in page
    assert "Nur weil sich andere bewegt haben:" in page
    assert "Vorhaben davor sind ausgeschieden: 1 Platz höher" in page
    assert "neue Vorhaben stehen davor: 1 Platz tiefer" in page
    assert staying.title in page
    assert "Sitzung aus der Liste" in movement(group.member, seit="4711")
    assert "lassen sich nicht vergleichen" in movement(group.member, seit=sitting.pk, bis=sitting.pk)


def test_a_real_person_compares_no_examples():
    factories.rule_1()
    real = make_group()
    group = make_group(is_demo=True, prefix="demo-")
    project = factories.project_at(Step.ASSESSED, levels=factories.LEVELS, is_example=True)
    factories.place(project)
    closed_sitting(group, project)
    assert "Noch ist keine Sitzung geschlossen." in movement(real.member)
    assert "(Beispiel)" in movement(group.chair)
