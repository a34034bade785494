"""Writing, consenting, releasing, taking back: who may, what is demanded, what is recorded."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Entry
from governance.record.queries import chain_breaks, reason_findings
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.project.models import Project
from pool.publication.actions import import_release, release, take_back, write_public_text
from pool.publication.consents import record_consent
from pool.publication.models import PublicText, Release
from tests.factories import (
    body,
    employed_in,
    handlungsfeld,
    held_by,
    join,
    mandate,
    project_at,
    source,
    taken_over_at,
    unit,
    user_with,
)
from tests.pool.publication.publishing import consented, taken_over, written

pytestmark = pytest.mark.django_db
ZERO_WIDTH = "\u200b\u2060"


def entries_of(project: Project) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(chain=f"project:{project.pk}").order_by("number")
    return list(rows.values_list("act", "object_type", "to_state"))


def test_the_way_from_text_to_release_is_recorded_and_gives_an_address(cdo):
    project = project_at(Step.RUNNING, title="Bürgerbüro öffnet")
    text = consented(written(project, cdo), cdo)
    released = release(text=text, by=cdo, version=text.project.version)
    project.refresh_from_db()
    assert project.slug == "buergerbuero-oeffnet"
    assert released.consent == text.consent
    assert (released.source, released.source_read_on) == (None, None)
    assert entries_of(project) == [
        ("release", "public_text", "text_written"),
        ("record_consent", "consent", ""),
        ("release", "release", "released"),
    ]


@pytest.mark.parametrize("step", [Step.DRAFT, Step.SUBMITTED, Step.RETURNED, Step.REJECTED, Step.MERGED])
def test_before_the_pool_and_after_merging_nothing_is_written_or_released(cdo, step):
    with pytest.raises(NotAllowed):
        written(project_at(step), cdo)
    assert not PublicText.objects.exists()


def test_a_project_withdrawn_before_the_pool_stays_unknown(cdo):
    with pytest.raises(NotAllowed):
        written(project_at(Step.WITHDRAWN), cdo)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.COORDINATOR, lambda: {"handlungsfeld": handlungsfeld()}),
        (Role.CHAIR, lambda: {"body": body()}),
        (Role.OPERATOR, dict),
    ],
)
def test_only_the_cdo_releases(cdo, role, scope):
    text = consented(written(project_at(Step.RUNNING), cdo), cdo)
    other = user_with(mandate(role, **scope()), employed_in(unit("amt-20")))
    with pytest.raises(NotAllowed):
        release(text=text, by=other)
    assert not Release.objects.exists()


def test_the_cdo_does_not_release_what_her_own_office_leads_the_deputy_does_in_her_place(cdo):
    deputy = user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)))
    project = project_at(Step.RUNNING, lead_unit=unit("stab-mainzdigital", "stabsstelle"))
    with pytest.raises(NotAllowed):
        written(project, cdo)
    released = release(text=consented(written(project, deputy), cdo), by=deputy)
    assert released.released_in_place_of == actor_for(cdo)


def test_without_consent_a_project_of_our_own_stays_closed_even_with_a_source(cdo):
    project = project_at(Step.RUNNING)
    text = written(project, cdo)
    with pytest.raises(Incomplete, match="die Zustimmung der federführenden Stelle zu dieser Fassung"):
        release(text=text, by=cdo)
    with pytest.raises(Incomplete):
        release(text=text, by=cdo, source=source(), source_read_on=clock.today())
    project.refresh_from_db()
    assert project.slug == ""


def test_the_consent_to_one_version_is_none_to_the_next(cdo):
    project = project_at(Step.RUNNING)
    release(text=consented(written(project, cdo), cdo), by=cdo)
    with pytest.raises(Incomplete):
        release(text=written(project, cdo, title="Neuer Titel"), by=cdo)
    assert Release.objects.get(is_current=True).text.number == 1


def test_the_database_demands_consent_or_source_and_never_both(cdo):
    text = consented(written(taken_over_at(), cdo), cdo)
    values = {"project": text.project, "text": text, "released_by": actor_for(cdo), "released_at": clock.now()}
    both = {"consent": text.consent, "source": source(), "source_read_on": clock.today()}
    for grounds in ({}, both, {"source": source()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(**values, **grounds)


def test_a_project_taken_over_is_released_on_its_source_and_the_day_it_was_read(cdo):
    project = taken_over(title="Handyparken")
    text = written(project, cdo)
    with pytest.raises(Incomplete, match="der Tag, an dem die Quelle gelesen wurde"):
        release(text=text, by=cdo, source=source())
    with pytest.raises(ValidationError):
        release(text=text, by=cdo, source=source("FREMD"), source_read_on=clock.today())
    released = release(text=text, by=cdo, source=source(), source_read_on=clock.today())
    assert (released.consent, released.source) == (None, source())


def test_only_the_lead_unit_or_its_office_consents_once_by_a_person_after_the_text(cdo):
    office = unit("amt-33")
    below = unit("amt-33-1", "abteilung", office)
    project = project_at(Step.RUNNING, lead_unit=below)
    text = written(project, cdo)
    today = clock.today()
    with pytest.raises(ProcedureError):
        record_consent(text=text, unit=unit("amt-20"), given_by="Amtsleitung", given_on=today, by=cdo)
    with pytest.raises(Incomplete):
        record_consent(text=text, unit=below, given_by=ZERO_WIDTH, given_on=today, by=cdo)
    with pytest.raises(Incomplete):
        record_consent(text=text, unit=below, given_by="Leitung", given_on=today - timedelta(days=1), by=cdo)
    with pytest.raises(Incomplete):
        record_consent(text=text, unit=below, given_by="Leitung", given_on=today + timedelta(days=1), by=cdo)
    record_consent(text=text, unit=office, given_by="Amtsleitung", given_on=today, by=cdo)
    with pytest.raises(ProcedureError):
        record_consent(text=text, unit=below, given_by="Leitung", given_on=today, by=cdo)


def test_the_address_stays_when_the_title_changes_and_is_not_given_to_another(cdo):
    first = project_at(Step.RUNNING, title="Digitale Akte")
    release(text=consented(written(first, cdo), cdo), by=cdo)
    release(text=consented(written(first, cdo, title="Ganz anders"), cdo), by=cdo, change="editorial")
    take_back(project=first, reason="Der Text war falsch.", by=cdo)
    second = project_at(Step.RUNNING, title="Digitale Akte")
    release(text=consented(written(second, cdo), cdo), by=cdo)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.slug, second.slug) == ("digitale-akte", "digitale-akte-2")


def test_a_correction_keeps_the_version_before_it(cdo):
    project = project_at(Step.RUNNING)
    release(text=consented(written(project, cdo, why="Alt"), cdo), by=cdo)
    release(text=consented(written(project, cdo, why="Neu"), cdo), by=cdo, change="editorial")
    assert list(PublicText.objects.order_by("number").values_list("number", "why")) == [(1, "Alt"), (2, "Neu")]
    assert list(Release.objects.order_by("pk").values_list("is_current", flat=True)) == [False, True]


def test_the_same_version_is_not_released_twice(cdo):
    text = consented(written(project_at(Step.RUNNING), cdo), cdo)
    release(text=text, by=cdo)
    with pytest.raises(ProcedureError, match="schon veröffentlicht"):
        release(text=text, by=cdo)


def test_taking_back_needs_a_reason_that_stands_in_the_record(cdo):
    project = project_at(Step.RUNNING)
    release(text=consented(written(project, cdo), cdo), by=cdo)
    with pytest.raises(Incomplete):
        take_back(project=project, reason=ZERO_WIDTH, by=cdo)
    taken = take_back(project=project, reason="Das Amt hat neu entschieden.", by=cdo)
    entry = Entry.objects.get(chain=f"project:{project.pk}", to_state="taken_back")
    assert entry.reason_hash == taken.reason_digest()
    with pytest.raises(ProcedureError, match="nicht veröffentlicht"):
        take_back(project=project, reason="Noch einmal.", by=cdo)


def test_a_stale_click_is_refused(cdo):
    project = project_at(Step.RUNNING)
    seen = project.version
    written(project, cdo, version=seen)
    with pytest.raises(StaleVersion):
        written(project, cdo, version=seen)
    assert PublicText.objects.count() == 1


@pytest.mark.parametrize("title", ["", "   ", ZERO_WIDTH])
def test_a_text_without_a_readable_title_is_not_kept(cdo, title):
    with pytest.raises(Incomplete, match="ein Titel"):
        written(project_at(Step.RUNNING), cdo, title=title)


def test_the_import_releases_what_it_took_over_and_nothing_else(imported, cdo):
    project = imported(title="Parkleitsystem")
    assert project.slug == "parkleitsystem"
    assert Release.objects.get().released_by.kind == "import"
    others = [project_at(Step.RUNNING), taken_over_at()]
    for other in others:
        with pytest.raises(NotAllowed):
            import_release(project=other, title="T", short_text="K", source=source(), source_read_on=clock.today())


def test_the_lead_of_a_project_has_no_say_in_its_release(cdo):
    project = project_at(Step.RUNNING)
    lead = user_with(employed_in(unit("amt-61")))
    join(project, lead, "lead")
    with pytest.raises(NotAllowed):
        write_public_text(project=project, title="T", short_text="K", by=lead)


def test_the_record_of_a_release_is_whole(released):
    released()
    assert list(chain_breaks()) == []
    assert list(reason_findings()) == []
