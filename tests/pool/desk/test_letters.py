"""Giving back and not admitting: texts to begin with, and what goes out is shown before it goes."""

import pytest

from governance.messages.models import Message
from pool.casefile.reason_texts import REASON_TEXTS
from pool.lifecycle import Act
from tests.factories import employed_in, five, gate_round, project_at, system_actor, unit, user_with

TEXT = "Nennen Sie bitte ein zweites Amt"


@pytest.fixture
def author(db):
    return user_with(employed_in(unit("amt-61")), first_name="Ida", last_name="Einreich")


@pytest.fixture
def refused(author):
    project = project_at("submitted", submitter=author)
    gate_round(project, five("yes", vernetzung="no"), by=system_actor())
    return project


def sent(project, **values):
    return {"version": project.version, "reason": "Bitte ergänzen.", "remind_on": "24.12.2099"} | values


def test_a_text_is_put_into_the_reason_without_losing_what_was_typed(desk, refused, page):
    values = sent(refused, baustein="zweites-amt", tun="baustein", reason="Mein Anfang.")
    form = desk.post(page(refused, "zurueckgeben"), values).context["form"]
    assert form["reason"].value().startswith(f"Mein Anfang.\n{TEXT}")
    assert form["remind_on"].value() == "24.12.2099"
    refused.refresh_from_db()
    assert refused.step == "submitted"


@pytest.mark.parametrize("code", ["", "gibt-es-nicht", "\x00"])
def test_a_text_that_does_not_exist_changes_nothing(desk, refused, page, code):
    form = desk.post(page(refused, "zurueckgeben"), sent(refused, baustein=code, tun="baustein")).context["form"]
    assert form["reason"].value() == "Bitte ergänzen."


@pytest.mark.parametrize(("name", "step"), [("zurueckgeben", "returned"), ("nicht-aufnehmen", "rejected")])
def test_nothing_goes_out_before_it_was_shown(
    desk, refused, page, name, step, author, django_capture_on_commit_callbacks
):
    shown = desk.post(page(refused, name), sent(refused))
    text = shown.content.decode()
    refused.refresh_from_db()
    assert (shown.status_code, refused.step) == (200, "submitted")
    assert "An Ida Einreich." in text
    assert "Bitte ergänzen." in text.split("Das geht hinaus")[1]
    assert "Grund zu vernetzung" in text.split("Das geht hinaus")[1]
    seen = shown.context["form"]["seen"].value()
    changed = desk.post(page(refused, name), sent(refused, seen=seen, reason="Etwas anderes."))
    assert "Das geht hinaus" in changed.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(page(refused, name), sent(refused, seen=seen)).status_code == 302
    refused.refresh_from_db()
    assert refused.step == step
    told = Message.objects.get(person=author.actor_person.actor)
    assert told.subject in text
    assert told.text in text


def test_every_text_is_a_whole_sentence_without_a_placeholder():
    for act in (Act.RETURN, Act.DECLINE_ADMISSION):
        codes = [each.code for each in REASON_TEXTS[act]]
        assert len(codes) == len(set(codes)) >= 5
        for each in REASON_TEXTS[act]:
            assert str(each.text).endswith(".")
            assert not set("{}<>!") & set(str(each.text))
