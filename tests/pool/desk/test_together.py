"""Decisions prepared and released together, and bulk acts: all or nothing, each named, nobody told before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.messages.models import Message
from governance.permissions import NotAllowed
from governance.record import clock
from pool.casefile.actions import Refused, prepare_decision, release_decisions
from pool.casefile.models import PreparedDecision
from pool.decision.actions import open_sitting
from pool.decision.models import SittingItem
from pool.lifecycle import Act, Incomplete
from pool.project.actions import correct_slip
from pool.project.models import Project
from tests.factories import (
    body,
    employed_in,
    five,
    gate_round,
    join,
    mandate,
    project_at,
    system_actor,
    unit,
    user_with,
)
from tests.forms import form_with
from tests.pool.desk.conftest import browser

LIST = "/admin/pool/project/"
PREPARED = f"{LIST}vorbereitet/"
BULK = f"{LIST}gemeinsam/"


def sound(title: str = "Gute Idee", **values) -> Project:
    project = project_at("submitted", title=title, **values)
    gate_round(project, five("yes"), by=system_actor())
    return project


def poor(title: str = "Noch unreif") -> Project:
    project = project_at("submitted", title=title)
    gate_round(project, five("yes", vernetzung="no"), by=system_actor())
    return project


@pytest.fixture
def two(cdo):
    """One admission and one return, prepared."""
    good, bad = sound(), poor()
    prepare_decision(project=good, act=Act.ADMIT, by=cdo)
    prepare_decision(project=bad, act=Act.RETURN, reason="Bitte ergänzen.", remind_on=day(20), by=cdo)
    return good, bad


def day(days: int):
    return clock.today() + timedelta(days=days)


def steps(*projects: Project) -> list[str]:
    for project in projects:
        project.refresh_from_db()
    return [project.step for project in projects]


def release(desk, rows=None):
    rows = PreparedDecision.objects.filter(state="waiting") if rows is None else rows
    return desk.post(PREPARED, {"entscheidung": [row.pk for row in rows]}, follow=True)


def test_preparing_moves_nothing_and_tells_nobody(two, django_capture_on_commit_callbacks, cdo):
    with django_capture_on_commit_callbacks(execute=True):
        prepare_decision(project=sound(), act=Act.ADMIT, by=cdo)
    assert steps(*two) == ["submitted", "submitted"]
    assert not Message.objects.exists()
    assert not two[0].transitions.filter(act="admit").exists()


def test_all_are_released_with_one_click_and_everybody_is_told(two, desk, django_capture_on_commit_callbacks):
    shown = desk.get(PREPARED).content.decode()
    for words in ("Gute Idee", "Noch unreif", "Bitte ergänzen.", "die nächste Poolnummer"):
        assert words in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert "2 Entscheidungen freigegeben." in release(desk).content.decode()
    assert steps(*two) == ["pooled", "returned"]
    assert {"Ihre Idee ist im Pool (Nr. 1)", "Ihre Idee kommt zur Überarbeitung zurück"} <= set(
        Message.objects.values_list("subject", flat=True)
    )
    assert "Nichts ist vorbereitet." in desk.get(PREPARED).content.decode()


def test_one_that_is_in_the_way_keeps_all_back_and_is_named(two, desk, cdo, django_capture_on_commit_callbacks):
    two[0].need_links.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        response = release(desk)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Gute Idee: Es fehlt noch" in text
    assert steps(*two) == ["submitted", "submitted"]
    assert not Message.objects.exists()
    assert PreparedDecision.objects.filter(state="waiting").count() == 2


def test_a_changed_project_makes_its_decision_stale(two, desk, cdo):
    rows = list(PreparedDecision.objects.all())
    Project.objects.filter(pk=two[0].pk).update(version=99)
    text = desk.get(PREPARED).content.decode()
    stale, ready = text.split("Bereit zur Freigabe: 1")
    assert "Gute Idee" in stale
    assert "Gute Idee" not in ready
    with pytest.raises(Refused, match="Gute Idee: Das Vorhaben hat sich"):
        release_decisions(prepared=rows, by=cdo)
    assert steps(*two) == ["submitted", "submitted"]


def test_a_list_that_changed_meanwhile_releases_nothing(two, desk):
    response = desk.post(PREPARED, {"entscheidung": [PreparedDecision.objects.first().pk, 10**9]})
    assert response.status_code == 409
    assert steps(*two) == ["submitted", "submitted"]
    assert desk.post(PREPARED, {}).status_code == 409


def test_a_later_decision_takes_the_place_of_an_earlier_one_and_one_can_be_dropped(desk, cdo):
    project = poor()
    prepare_decision(project=project, act=Act.RETURN, reason="Bitte.", remind_on=day(9), by=cdo)
    row = prepare_decision(project=project, act=Act.DECLINE_ADMISSION, reason="Nein.", by=cdo)
    assert [each.state for each in project.prepared_decisions.all()] == ["dropped", "waiting"]
    desk.post(PREPARED, {"verwerfen": row.pk})
    row.refresh_from_db()
    assert (row.state, steps(project)) == ("dropped", ["submitted"])


@pytest.mark.parametrize("act", [Act.RETURN, Act.DECLINE_ADMISSION, Act.ADMIT])
def test_what_the_decision_needs_is_asked_for_when_it_is_prepared(cdo, act):
    with pytest.raises(Incomplete):
        prepare_decision(project=poor(), act=act, by=cdo)


def test_nobody_prepares_on_their_own_idea_and_only_the_office_sees_the_page(cdo, others):
    with pytest.raises(NotAllowed):
        prepare_decision(project=sound(submitter=cdo), act=Act.ADMIT, by=cdo)
    for person in others.values():
        assert browser(person).get(PREPARED).status_code == 403


def test_the_page_of_the_act_prepares_instead_of_doing(desk, page):
    project = sound()
    desk.post(page(project, "aufnehmen"), {"version": project.version, "tun": "vorbereiten"})
    assert steps(project) == ["submitted"]
    assert project.prepared_decisions.get().act == "admit"
    assert "Vorbereitet ist schon" in desk.get(page(project, "aufnehmen")).content.decode()


def test_a_bulk_act_lists_what_it_touches_and_prepares_all(desk):
    projects = [sound("Erste"), sound("Zweite")]
    sent = {"action": "admit", "_selected_action": [project.pk for project in projects]}
    shown = desk.post(f"{LIST}?wartet=pruefung", sent, follow=True)
    text = shown.content.decode()
    assert "2 Vorhaben. Es geschieht bei allen oder bei keinem." in text
    assert "Erste" in text
    assert "Zweite" in text
    done = desk.post(BULK, {"tun": "admit", "projekt": [project.pk for project in projects]})
    assert done.headers["Location"] == PREPARED
    assert PreparedDecision.objects.filter(state="waiting").count() == 2


def test_a_bulk_act_names_what_it_may_not_touch_and_does_nothing(desk, cdo):
    projects = [sound("Meine eigene", submitter=cdo), sound("Fremde"), poor("Unreife")]
    query = {"tun": "admit", "projekt": [project.pk for project in projects]}
    asked = desk.get(BULK, query).content.decode()
    assert "Meine eigene</strong>: Sie sind" in asked
    done = desk.post(BULK, query)
    assert done.status_code == 409
    for words in ("Meine eigene</strong>: Sie sind", "Unreife</strong>: Es fehlt"):
        assert words in done.content.decode()
    assert not PreparedDecision.objects.exists()


def poor_ones(*titles: str) -> list[Project]:
    projects = [poor(title) for title in titles]
    for project, step in zip(projects, range(len(projects)), strict=True):
        Project.objects.filter(pk=project.pk).update(step_since=day(step - 10))
    return projects


@pytest.mark.parametrize(("act", "step"), [("return", "returned"), ("decline_admission", "rejected")])
def test_the_letter_to_each_is_shown_before_and_is_what_goes_out(
    act, step, desk, cdo, django_capture_on_commit_callbacks
):
    first, second = poor_ones("Erste", "Zweite")
    join(second, user_with(employed_in(unit("amt-50"))), "co_author")
    query = {"tun": act, "projekt": [first.pk, second.pk], "remind_on": f"{day(20):%d.%m.%Y}"}
    own = {f"reason_{first.pk.hex}": "Das zweite Amt fehlt.", f"reason_{second.pk.hex}": ""}
    sent = query | own | {"reason": "Danke für Ihre Idee."}
    asked = desk.get(BULK, query)
    assert asked.context["form"][f"reason_{first.pk.hex}"].value() == "Vernetzung: Grund zu vernetzung"
    shown = desk.post(BULK, sent)
    text = shown.content.decode()
    assert not PreparedDecision.objects.exists()
    letters = shown.context["form"].letters
    assert [letter.reason for letter in letters] == [
        "Danke für Ihre Idee.\n\nDas zweite Amt fehlt.",
        "Danke für Ihre Idee.",
    ]
    assert [letter.recipients for letter in letters] == [
        "die einreichende Person",
        "die einreichende Person und eine Person, die mitschreibt",
    ]
    assert all(f"{letter.subject}</strong>. {letter.text}" in text for letter in letters)
    seen = shown.context["form"]["seen"].value()
    changed = desk.post(BULK, sent | {"seen": seen, "reason": "Anders."})
    assert changed.context["form"].asks_back, "what was changed is shown again"
    done = desk.post(BULK, sent | {"seen": seen})
    assert done.headers["Location"] == PREPARED
    assert letters[0].subject in desk.get(PREPARED).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        release(desk)
    assert steps(first, second) == [step, step]
    told = {(message.about, message.subject, message.text) for message in Message.objects.all()}
    assert {(each.project.title, each.subject, each.text) for each in letters} <= told
    assert [row.transitions.last().reason for row in (first, second)] == [letter.reason for letter in letters]


def test_a_letter_without_any_reason_is_said_at_the_idea_and_nothing_is_lost(desk):
    first, second = poor_ones("Erste", "Zweite")
    query = {"tun": "decline_admission", "projekt": [first.pk, second.pk], "reason": ""}
    wrong = desk.post(BULK, query | {f"reason_{first.pk.hex}": "Eigener Grund."})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == [f"reason_{second.pk.hex}"]
    assert "Eigener Grund." in wrong.content.decode()
    long = desk.post(BULK, query | {"reason": "a" * 3990, f"reason_{first.pk.hex}": "Eigener Grund."})
    assert "4006 Zeichen" in long.content.decode()


def test_what_is_in_the_way_is_said_with_the_preview_and_nothing_is_written(desk):
    (first,), unanswered = poor_ones("Erste"), project_at("submitted", title="Ohne Antworten")
    query = {"tun": "decline_admission", "projekt": [first.pk, unanswered.pk]}
    shown = desk.post(BULK, form_with(desk.get(BULK, query), "reason") | query | {"reason": "Danke."})
    assert shown.status_code == 409
    assert [project for project, _said in shown.context["refused"]] == [unanswered]
    assert "Das geht hinaus" not in shown.content.decode()
    assert not PreparedDecision.objects.exists()
    left = form_with(shown, "reason") | {"projekt": [first.pk]}
    again = desk.post(BULK, left)
    assert again.status_code == 200, "without it the text is still there, and shown before it goes out"
    assert [letter.reason for letter in again.context["form"].letters] == ["Danke.\n\nVernetzung: Grund zu vernetzung"]
    assert desk.post(BULK, form_with(again, "reason")).headers["Location"] == PREPARED


def test_an_idea_that_changed_between_preview_and_button_is_shown_again(desk, cdo):
    (project,) = poor_ones("Erste")
    query = {"tun": "decline_admission", "projekt": [project.pk], "reason": "Grund."}
    seen = desk.post(BULK, query).context["form"]["seen"].value()
    correct_slip(project=project, field="title", new_text="Neu", reason="Tippfehler", by=cdo)
    assert desk.post(BULK, query | {"seen": seen}).context["form"].asks_back
    assert not PreparedDecision.objects.exists()


def test_many_are_put_on_a_sittings_list_or_none(desk, cdo):
    user_with(employed_in(unit("amt-61")), mandate("chair", body=body()))
    sitting = open_sitting(body=body(), day=day(7), place="", by=cdo)
    rated, pooled = [project_at("assessed") for _number in range(2)], project_at("pooled")
    query = {"tun": "vormerken", "sitting": sitting.pk}
    assert desk.post(BULK, query | {"projekt": [each.pk for each in [*rated, pooled]]}).status_code == 409
    assert not SittingItem.objects.exists()
    assert desk.post(BULK, query | {"projekt": [each.pk for each in rated]}).status_code == 302
    assert SittingItem.objects.count() == 2


@pytest.mark.parametrize("query", [{}, {"tun": "admit"}, {"tun": "xx"}, {"tun": "admit", "projekt": "x"}])
def test_nothing_ticked_leads_back_to_the_list(desk, query):
    assert desk.get(BULK, query).headers["Location"] == LIST
    assert desk.post(BULK, query).headers["Location"] == LIST


def test_the_page_of_prepared_decisions_costs_the_same_for_few_and_for_many(two, desk, cdo):
    counts = []
    for _number in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(PREPARED)
        counts.append(len(queries))
        for _each in range(4):
            prepare_decision(project=sound(), act=Act.ADMIT, by=cdo)
    assert counts[0] == counts[1] <= 7
