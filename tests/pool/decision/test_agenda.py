"""The agenda in one step, departures from the ranking, drafted rules, recommendations and conditions."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record import clock
from pool.decision.actions import (
    adjourn,
    close_sitting,
    confirm,
    draft_rule,
    fill_agenda,
    invite,
    meet_condition,
    open_sitting,
    put_on_list,
    recommend,
    take_off_list,
)
from pool.decision.agenda_queries import suggested_agenda
from pool.decision.minutes import Minutes
from pool.decision.models import FrozenForm, Recommendation, SittingItem
from pool.decision.queries import order_before
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.priority.models import RuleVersion
from pool.priority.queries import ranking
from pool.priority.rules import Weights
from tests.factories import body, class_mark, mandate, place, project_at, rating, unit, user_with
from tests.pool.decision.conftest import confirmed, make_group, on_list, recorded

NAMES = ("vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien")


def at_level(level: int, **values: object):
    """An assessed project with every level alike."""
    project = project_at(Step.ASSESSED, **values)
    rating(project, dict.fromkeys(NAMES, level))
    place(project)
    return project


def suggestion(group, sitting, choice="alle", first=10):
    order = order_before(is_example=sitting.is_example, with_apart=False)
    return suggested_agenda(group.cdo, sitting, choice=choice, first=first, order=order)


# --- Filling ------------------------------------------------------------------------------------------------------


def test_the_ranking_comes_first_then_what_waits_and_what_stands_elsewhere_is_named(group, sitting, today):
    low, high, middle = at_level(1), at_level(4), at_level(3)
    class_mark(high)
    due = project_at(Step.DEFERRED, look_again_on=today)
    project_at(Step.DEFERRED, look_again_on=today + timedelta(days=1))
    undecided = project_at(Step.DEFERRED, look_again_on=today + timedelta(days=1))
    class_mark(undecided)
    other = open_sitting(body=group.body, day=today + timedelta(days=5), place="", by=group.cdo)
    put_on_list(sitting=other, project=middle, by=group.cdo)
    found = suggestion(group, sitting)
    assert [row.project for row in found.rows] == [high, low, due, undecided]
    assert [row.kind for row in found.rows] == ["", "", "", "class"]
    assert [item.project for item in found.elsewhere] == [middle]
    assert suggestion(group, sitting, "vorrang").rows[0].project == high
    assert low not in [row.project for row in suggestion(group, sitting, "erste", 1).rows]


def test_one_step_puts_them_on_the_list_in_order_and_names_what_did_not_come(group, sitting):
    first, second = at_level(4), at_level(2)
    own = at_level(3, lead_unit=unit("stab-mainzdigital"))
    filled = fill_agenda(sitting=sitting, projects=[(first, ""), (own, ""), (second, "")], by=group.cdo)
    assert [(item.number, item.project) for item in filled.items] == [(1, first), (2, second)]
    assert "befangen" in filled.refused[own.pk]


def test_the_page_shows_it_and_does_it(group, sitting):
    high, low = at_level(4), at_level(1)
    client = Client()
    client.force_login(group.cdo)
    address = reverse("decision:fill", args=[sitting.pk])
    page = client.get(address, {"auswahl": "alle"}).content.decode()
    assert page.index(high.title) < page.index(low.title)
    assert client.get(address, {"auswahl": "quer", "zahl": "-3"}).status_code == 200
    sitting.refresh_from_db()
    given = {"auswahl": "alle", "zahl": "10", "version": sitting.version, "projekt": [str(low.pk), str(high.pk)]}
    assert client.post(address, given).status_code == 302
    assert [item.project for item in sitting.items.order_by("number")] == [high, low]
    assert client.post(address, given).status_code == 422


# --- Departing from the ranking -----------------------------------------------------------------------------------


def test_passing_over_a_better_place_needs_a_reason(group, sitting):
    better = at_level(4)
    item = put_on_list(sitting=sitting, project=at_level(1), by=group.cdo)
    with pytest.raises(Incomplete, match=f"steht „{better.title}“ .Platz 1.*Begründen"):
        recorded(group, item)
    assert recorded(group, item, reason="Die Förderung verfällt sonst.").state == "recorded"


def test_what_stands_on_the_same_list_is_decided_in_this_sitting_unless_it_is_put_off(group, sitting):
    better = put_on_list(sitting=sitting, project=at_level(4), by=group.cdo)
    item = confirmed(group, put_on_list(sitting=sitting, project=at_level(1), by=group.cdo))
    adjourn(item=better, by=group.cdo)
    with pytest.raises(Incomplete, match=r"Punkt 2, .* weicht von der Rangfolge ab: Platz 1"):
        close_sitting(sitting=sitting, by=group.chair)
    confirm(item=recorded(group, item, reason="Der Antrag eilt."), by=group.chair)
    close_sitting(sitting=sitting, by=group.chair)
    assert f'"passed_over":["{better.project_id}"]' in FrozenForm.objects.get(sitting=sitting).content


# --- Weights and rule ---------------------------------------------------------------------------------------------

OTHER = {"weights": Weights(40, 20, 20, 20), "effect_threshold": 3, "accepted_interval": 10}


def test_other_weights_hold_from_their_day_and_nothing_changes_before(group, sitting, today):
    at_level(2)
    day = today + timedelta(days=1)
    item = draft_rule(sitting=sitting, valid_from=day, by=group.cdo, **OTHER)
    assert (item.kind, item.rule_version.is_pending) == ("weights", True)
    confirm(item=recorded(group, item, "adopt_rule"), by=group.chair)
    before = [(entry.project.pk, entry.ranked.score) for entry in ranking(include_examples=False).entries]
    close_sitting(sitting=sitting, by=group.chair)
    now = ranking(include_examples=False)
    assert now.rule.number != item.rule_version.number
    assert [(entry.project.pk, entry.ranked.score) for entry in now.entries] == before
    assert ranking(include_examples=False, day=day).rule == item.rule_version
    assert ranking(include_examples=False, day=today).rule == now.rule


def test_a_beschluss_on_weights_says_which_and_from_when(group, sitting, today):
    item = draft_rule(sitting=sitting, valid_from=today + timedelta(days=1), by=group.cdo, **OTHER)
    confirm(item=recorded(group, item, "adopt_rule"), by=group.chair)
    close_sitting(sitting=sitting, by=group.chair)
    client = Client()
    client.force_login(group.chair)
    for address in (
        reverse("decision:resolution", args=[item.pk]),
        reverse("decision:print", args=[sitting.pk]),
    ):
        page = client.get(address).content.decode()
        assert "Vernetzung 40&nbsp;%, Wirkung 20&nbsp;%" in page
        assert "Beschlossene Regel" in page


def test_the_interval_or_the_threshold_makes_it_the_rule(group, sitting, today):
    day = today + timedelta(days=1)
    item = draft_rule(sitting=sitting, valid_from=day, by=group.cdo, **OTHER | {"accepted_interval": 5})
    assert (item.kind, item.rule_version.accepted_interval) == ("rule", 5)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weights": Weights(25, 25, 25, 25)}, "gilt es an diesem Tag schon"),
        ({"accepted_interval": 16}, "Spielraum liegt"),
        ({"effect_threshold": 5}, "Wirkung zwischen"),
        ({"days": 0}, "Tag nach der Sitzung"),
        ({"days": 2000}, "Tag nach der Sitzung"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(group, sitting, today, changed, said):
    at_level(2)
    given = OTHER | {"valid_from": today + timedelta(days=changed.get("days", 1))}
    given |= {name: value for name, value in changed.items() if name != "days"}
    with pytest.raises(ProcedureError, match=said):
        draft_rule(sitting=sitting, by=group.cdo, **given)
    assert not RuleVersion.objects.filter(is_pending=True).exists()


def test_taken_off_the_list_a_draft_is_gone_and_adopted_it_replaces_the_one_before(group, sitting, today):
    at_level(2)
    day = today + timedelta(days=1)
    take_off_list(item=draft_rule(sitting=sitting, valid_from=day, by=group.cdo, **OTHER), by=group.cdo)
    assert not RuleVersion.objects.filter(is_pending=True).exists()
    first = draft_rule(sitting=sitting, valid_from=day, by=group.cdo, **OTHER)
    confirm(item=recorded(group, first, "adopt_rule"), by=group.chair)
    close_sitting(sitting=sitting, by=group.chair)
    later = open_sitting(body=group.body, day=today - timedelta(days=1), place="", by=group.cdo)
    second = draft_rule(
        sitting=later,
        valid_from=today + timedelta(days=2),
        by=group.cdo,
        **OTHER | {"weights": Weights(10, 30, 30, 30)},
    )
    confirm(item=recorded(group, second, "adopt_rule"), by=group.chair)
    close_sitting(sitting=later, by=group.chair)
    second.refresh_from_db()
    assert second.supersedes == first


def test_the_page_shows_what_would_move_and_writes_nothing(group, sitting, today):
    at_level(2)
    client = Client()
    client.force_login(group.cdo)
    address = reverse("decision:draft_rule", args=[sitting.pk])
    weights = {"vernetzung": 40, "effect": 20, "kompetenzaufbau": 20, "synergien": 20}
    given = weights | {"effect_threshold": 3, "accepted_interval": 10, "valid_from": today + timedelta(days=1)}
    assert "Kein Platz" in client.post(address, given | {"vorschau": "1"}).content.decode()
    assert not RuleVersion.objects.filter(is_pending=True).exists()
    wrong = client.post(address, given | {"vernetzung": 41, "aufnehmen": "1"})
    assert (wrong.status_code, "ergeben 101 Prozent" in wrong.content.decode()) == (422, True)
    sitting.refresh_from_db()
    assert client.post(address, given | {"aufnehmen": "1", "version": sitting.version}).status_code == 302
    assert sitting.items.get().kind == "weights"


# --- The Beirat ---------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    bound = {"body": body("beirat"), "confidentiality_on": "2024-01-15"}
    return user_with(mandate(Role.ADVISORY_OFFICE, **bound), username="beirat-gf")


def advice(item, by, **changed):
    given = {"text": "Dafür.", "day": clock.today(), "votes_yes": 7, "votes_no": 1, "votes_abstained": 0}
    return recommend(item=item, by=by, **given | changed)


def test_only_the_bound_office_of_the_beirat_recommends_and_only_once_invited(group, sitting, listed, office):
    with pytest.raises(ProcedureError, match="noch nicht eingeladen"):
        advice(listed, office)
    invite(sitting=sitting, by=group.cdo)
    unbound = user_with(mandate(Role.ADVISORY_OFFICE, body=body("beirat")))
    member = user_with(mandate(Role.MEMBER, body=body("beirat"), confidentiality_on="2024-01-15"))
    for person in (group.cdo, group.chair, group.member, unbound, member):
        with pytest.raises(NotAllowed):
            advice(listed, person)
    advice(listed, office)
    with pytest.raises(ProcedureError, match="Setzen Sie ihn ab"):
        take_off_list(item=listed, by=group.cdo)


def test_entered_anew_it_is_a_new_row_with_a_reason(group, sitting, listed, office):
    invite(sitting=sitting, by=group.cdo)
    first = advice(listed, office, last_seen=0)
    with pytest.raises(StaleVersion):
        advice(listed, office, last_seen=0, reason="Noch einmal")
    with pytest.raises(Incomplete, match="warum"):
        advice(listed, office, last_seen=1)
    second = advice(listed, office, text="Dafür, mit Bericht.", reason="Der Beirat hat ergänzt.", last_seen=1)
    assert list(Recommendation.objects.order_by("pk")) == [first, second]
    for wrong in ({"votes_no": 7}, {"day": clock.today() + timedelta(days=1)}, {"text": " "}):
        with pytest.raises(ProcedureError):
            advice(listed, office, reason="Grund", **wrong)


def test_it_stands_beside_the_item_and_the_beirat_reads_no_more_than_the_agenda(group, sitting, listed, office):
    invite(sitting=sitting, by=group.cdo)
    recorded(group, listed, text="Vertraulicher Beschlusstext", minutes=Minutes(dissent="Geheime Meinung"))
    advice(listed, office, text="Der Beirat ist dafür.")
    pages = {}
    for name, person in (("chair", group.chair), ("office", office)):
        client = Client()
        client.force_login(person)
        where = reverse("decision:recommendations")
        pages[name] = client.get(where).content.decode()
        assert client.get(reverse("decision:item", args=[sitting.pk, listed.pk])).status_code == (
            200 if name == "chair" else 403
        )
    client = Client()
    client.force_login(group.chair)
    assert (
        "Der Beirat ist dafür." in client.get(reverse("decision:item", args=[sitting.pk, listed.pk])).content.decode()
    )
    for text in ("Vertraulicher Beschlusstext", "Geheime Meinung", str(group.chair), "zur Umsetzung bestimmt"):
        assert text not in pages["office"].split("<main")[1]
    assert listed.title in pages["office"]
    assert reverse("decision:recommend", args=[listed.pk]) not in pages["chair"]


def test_a_draft_sitting_is_nothing_the_beirat_reads(group, sitting, listed, office):
    client = Client()
    client.force_login(office)
    assert listed.title not in client.get(reverse("decision:recommendations")).content.decode()
    assert client.get(reverse("decision:recommend", args=[listed.pk])).status_code == 404


# --- Conditions ---------------------------------------------------------------------------------------------------


def with_condition(group, sitting, today, days=30) -> SittingItem:
    due = Minutes(conditions="Konzept vorlegen.", conditions_due_on=today + timedelta(days=days), follow_up=unit("kdz"))
    item = confirmed(group, on_list(group, sitting), minutes=due)
    close_sitting(sitting=sitting, by=group.chair)
    return SittingItem.objects.get(pk=item.pk)


def test_a_condition_is_open_overdue_or_met(group, sitting, today):
    item = with_condition(group, sitting, today)
    client = Client()
    client.force_login(group.cdo)
    listing = reverse("decision:resolutions")

    def shown(state: str) -> bool:
        return item.title in client.get(listing, {"auflage": state}).content.decode().split("list-hits")[1]

    assert (shown("offen"), shown("ueberfaellig"), shown("erfuellt")) == (True, False, False)
    SittingItem.objects.filter(pk=item.pk).update(conditions_due_on=today - timedelta(days=1))
    assert shown("ueberfaellig")
    with pytest.raises(NotAllowed):
        meet_condition(item=item, met_on=today, reason="Liegt vor.", by=group.chair)
    meet_condition(item=item, met_on=today, reason="Liegt vor.", by=group.cdo)
    assert (shown("offen"), shown("ueberfaellig"), shown("erfuellt")) == (False, False, True)
    with pytest.raises(ProcedureError, match="schon"):
        meet_condition(item=item, met_on=today, reason="Liegt vor.", by=group.cdo)


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": "Nur ein Satz."},
        {"conditions_due_on": "tomorrow"},
        {"conditions": "Zu spät.", "conditions_due_on": "today", "follow_up": "kdz"},
    ],
)
def test_a_condition_has_a_later_day_and_an_office(group, sitting, listed, today, wrong):
    days = {"today": today, "tomorrow": today + timedelta(days=1)}
    given = dict(wrong)
    if "conditions_due_on" in given:
        given["conditions_due_on"] = days[given["conditions_due_on"]]
    if "follow_up" in given:
        given["follow_up"] = unit("kdz")
    with pytest.raises(ProcedureError):
        recorded(group, listed, minutes=Minutes(**given))


# --- On the screen ------------------------------------------------------------------------------------------------


def test_one_item_a_screen_with_a_way_on_and_back(db):
    group = make_group(is_demo=True)
    sitting = open_sitting(body=group.body, day=clock.today(), place="", by=group.cdo)
    items = [on_list(group, sitting, is_example=True) for _ in range(2)]
    client = Client()
    client.force_login(group.member)

    def shown(number: int) -> str:
        return client.get(reverse("decision:show", args=[sitting.pk, number])).content.decode()

    assert all(item.title in shown(0) for item in items)
    assert items[0].title in shown(1)
    assert items[1].title not in shown(1)
    assert 'rel="next"' in shown(1)
    assert 'rel="next"' not in shown(2)
    assert client.get(reverse("decision:show", args=[sitting.pk, 3])).status_code == 404
