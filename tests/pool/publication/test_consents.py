"""The lead unit agrees in the portal: who may, what it says, and what two at once cannot do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.messages.models import Message
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Entry
from governance.record.queries import chain_breaks, reason_findings
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, Step
from pool.permissions import may
from pool.publication.actions import release
from pool.publication.consents import ask_consent, give_consent, record_consent, refuse_consent, withdraw_request
from pool.publication.models import Consent, ConsentRequest
from tests.factories import absent_today, employed_in, held_by, join, mandate, project_at, unit, user_with
from tests.pool.publication.publishing import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return unit("amt-33")


@pytest.fixture
def below(office):
    return unit("amt-33-1", "abteilung", office)


@pytest.fixture
def speaker(office):
    return user_with(employed_in(unit("amt-33")), mandate(Role.UNIT_CONSENT, unit=office), username="spricht")


@pytest.fixture
def project(below):
    return project_at(Step.RUNNING, lead_unit=below, title="Ein Anliegen")


@pytest.fixture
def asked(project, office, cdo, speaker):
    return ask_consent(text=written(project, cdo), unit=office, token=uuid4(), by=cdo)


def test_asked_and_given_the_text_is_released_on_a_consent_that_points_to_the_actor(asked, speaker, cdo):
    consent = give_consent(request=asked, by=speaker, version=asked.project.version)
    assert (consent.given_by, consent.giver, consent.recorded_by) == ("", actor_for(speaker), actor_for(speaker))
    assert release(text=asked.text, by=cdo).consent == consent
    acts = Entry.objects.filter(chain=f"project:{asked.project_id}").order_by("number")
    assert list(acts.values_list("act", "object_type", "to_state"))[1:3] == [
        ("ask_consent", "consentrequest", "open"),
        ("give_consent", "consentrequest", "agreed"),
    ]
    assert list(chain_breaks()) == []


def test_a_refusal_needs_a_reason_and_goes_back_to_the_desk(asked, speaker, cdo):
    with pytest.raises(Incomplete):
        refuse_consent(request=asked, reason="\u200b", by=speaker)
    refuse_consent(request=asked, reason="Der Start stimmt nicht.", by=speaker)
    asked.refresh_from_db()
    assert (asked.state, asked.reason, asked.ended_by) == ("refused", "Der Start stimmt nicht.", actor_for(speaker))
    with pytest.raises(Incomplete, match="die Zustimmung"):
        release(text=asked.text, by=cdo)
    assert list(reason_findings()) == []
    again = ask_consent(text=asked.text, unit=asked.unit, token=uuid4(), by=cdo)
    assert again.state == "open"


def test_only_who_holds_the_mandate_for_the_unit_or_its_office_agrees(asked, cdo, below):
    others = [
        cdo,
        user_with(employed_in(unit("amt-33"))),
        user_with(employed_in(unit("amt-33")), mandate(Role.UNIT_CONSENT, unit=unit("amt-20"))),
        user_with(employed_in(unit("amt-33")), mandate(Role.UNIT_CONSENT, unit=unit("amt-33-2", "abteilung", below))),
    ]
    for other in others:
        with pytest.raises(NotAllowed):
            give_consent(request=asked, by=other)
        with pytest.raises(NotAllowed):
            refuse_consent(request=asked, reason="Nein.", by=other)
    assert not Consent.objects.exists()
    unit_itself = user_with(employed_in(below), mandate(Role.UNIT_CONSENT, unit=below))
    assert give_consent(request=asked, by=unit_itself)


def test_a_deputy_agrees_on_days_of_absence_and_the_record_names_both(asked, speaker, office):
    deputy = user_with(
        employed_in(unit("amt-33")),
        mandate(Role.UNIT_CONSENT, unit=office, deputy_for=held_by(speaker, Role.UNIT_CONSENT)),
    )
    with pytest.raises(NotAllowed, match="Abwesenheit"):
        give_consent(request=asked, by=deputy)
    absent_today(speaker)
    consent = give_consent(request=asked, by=deputy)
    assert (consent.giver, consent.given_in_place_of) == (actor_for(deputy), actor_for(speaker))
    assert Entry.objects.get(act="give_consent").in_place_of == actor_for(speaker)


def test_who_leads_the_project_may_agree_for_the_unit_but_not_release(asked, speaker):
    join(asked.project, speaker, "lead")
    assert may(speaker, Act.GIVE_CONSENT, asked.project)
    consent = give_consent(request=asked, by=speaker)
    with pytest.raises(NotAllowed):
        release(text=consent.text, by=speaker)


def test_a_mandate_that_ended_yesterday_agrees_to_nothing(asked, speaker):
    row = held_by(speaker, Role.UNIT_CONSENT)
    row.valid_until = clock.today() - timedelta(days=1)
    row.save()
    with pytest.raises(NotAllowed):
        give_consent(request=asked, by=speaker)


def test_the_same_form_sent_twice_asks_once_and_nobody_asks_beside_it(project, office, cdo, speaker):
    text, token = written(project, cdo), uuid4()
    first = ask_consent(text=text, unit=office, token=token, by=cdo, version=project.version)
    assert ask_consent(text=text, unit=office, token=token, by=cdo, version=project.version - 1) == first
    with pytest.raises(ProcedureError, match="schon gebeten"):
        ask_consent(text=text, unit=office, token=uuid4(), by=cdo)
    values = {"project": project, "text": text, "unit": office, "asked_by": actor_for(cdo), "asked_at": clock.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRequest.objects.create(token=uuid4(), **values)
    assert ConsentRequest.objects.count() == 1


def test_an_answer_counts_once(asked, speaker):
    seen = asked.project.version
    give_consent(request=asked, by=speaker, version=seen)
    with pytest.raises(StaleVersion):
        give_consent(request=asked, by=speaker, version=seen)
    with pytest.raises(ProcedureError, match="schon zugestimmt"):
        give_consent(request=asked, by=speaker)
    with pytest.raises(ProcedureError, match="schon zugestimmt"):
        refuse_consent(request=asked, reason="Doch nicht.", by=speaker)
    assert Consent.objects.count() == 1


def test_a_newer_version_makes_the_request_void_and_says_so(asked, speaker, cdo):
    written(asked.project, cdo, title="Neuer Titel")
    asked.refresh_from_db()
    assert asked.state == "void"
    with pytest.raises(ProcedureError, match="neue Fassung"):
        give_consent(request=asked, by=speaker)
    with pytest.raises(ProcedureError, match="neuere Fassung"):
        ask_consent(text=asked.text, unit=asked.unit, token=uuid4(), by=cdo)


def test_a_request_is_withdrawn_by_the_desk_alone(asked, speaker, cdo):
    with pytest.raises(NotAllowed):
        withdraw_request(request=asked, by=speaker)
    withdraw_request(request=asked, by=cdo)
    with pytest.raises(ProcedureError, match="zurückgezogen"):
        give_consent(request=asked, by=speaker)


def test_consent_on_paper_ends_the_request_and_still_names_a_person(asked, cdo):
    record_consent(text=asked.text, unit=asked.unit, given_by="Amtsleitung", given_on=clock.today(), by=cdo)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert asked.text.consent.giver is None


def test_the_database_wants_a_name_or_an_actor_never_both_never_neither(asked, speaker, cdo):
    values = {"text": asked.text, "unit": asked.unit, "given_on": clock.today(), "recorded_at": clock.now()}
    for wrong in (
        {"recorded_by": actor_for(cdo)},
        {"given_by": "Leitung", "giver": actor_for(cdo), "recorded_by": actor_for(cdo)},
        {"giver": actor_for(speaker), "recorded_by": actor_for(cdo)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.create(**values, **wrong)


def test_asking_needs_the_lead_unit_and_a_text_in_plain_german(project, cdo, speaker, office):
    with pytest.raises(Incomplete, match="einfacher Sprache"):
        ask_consent(text=written(project, cdo, plain_text=""), unit=office, token=uuid4(), by=cdo)
    with pytest.raises(ProcedureError, match="federführende Stelle"):
        ask_consent(text=written(project, cdo), unit=unit("amt-20"), token=uuid4(), by=cdo)
    with pytest.raises(NotAllowed):
        ask_consent(text=written(project, cdo), unit=office, token=uuid4(), by=speaker)


def test_who_speaks_for_the_unit_is_told_and_then_the_desk(
    project, office, cdo, speaker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask_consent(text=written(project, cdo), unit=office, token=uuid4(), by=cdo)
    told = Message.objects.get(kind="consent_wanted")
    assert (told.person, told.address) == (actor_for(speaker), f"/ideen/{project.pk}/zustimmung/")
    with django_capture_on_commit_callbacks(execute=True):
        refuse_consent(request=asked, reason="Nicht so.", by=speaker)
    answer = Message.objects.get(kind="consent_answered")
    assert answer.person == actor_for(cdo)
    assert "Nicht so." not in answer.subject + answer.text
