"""DAT-03: a person is erased and nothing names her any more; a reason is blacked out and the chains still hold."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models
from django.test import Client

from governance.mandates.actions import end_mandate
from governance.mandates.models import Mandate
from governance.messages.actions import tell
from governance.messages.models import Message
from governance.messages.rules import MandateKind
from governance.models import Actor, User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.queries import chain_breaks, lost_ends, reason_findings
from pool.exchange.erasure import recorded_reasons
from pool.lifecycle import Step
from pool.maturity.models import Rating
from pool.priority.actions import rate
from tests.cast import Cast, assemble
from tests.factories import LEVELS, employed_in, project_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


def leave(user: User, operator: User) -> None:
    """Let every mandate of the person end yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    for each in Mandate.objects.filter(person=user.actor_person.actor):
        end_mandate(mandate=each, last_day=yesterday, source="Verfügung vom 2. November 2026", by=operator)


def erase(username: str, by: User) -> str:
    out = StringIO()
    call_command("erase_person", username, by=by.username, stdout=out)
    return out.getvalue()


def everything_stored() -> str:
    """Return every value of every text column, as one text."""
    parts = []
    for model in apps.get_models(include_auto_created=True):
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        ]
        parts += [str(value) for row in model._base_manager.values_list(*names) for value in row] if names else []
    return "\n".join(parts)


def test_dat_03_after_erasure_nothing_names_the_person_and_the_chains_hold(cast):
    leaver = user_with(
        employed_in(unit("amt-50")), username="gelsomina", first_name="Gelsomina", last_name="Quittenbaum",
        email="gelsomina.quittenbaum@example.org",
    )  # fmt: skip
    project_at(Step.REJECTED, submitter=leaver)
    browser = Client()
    browser.force_login(leaver)
    actor = actor_for(leaver)
    at = clock.now()
    tell(people=[actor.pk], kind=MandateKind.MANDATE_ENDED, subject="Hinweis", text="Text", address="/konto/", at=at)
    leave(leaver, cast.operator)
    assert Message.objects.filter(person=actor).exists()
    said = erase("gelsomina", cast.operator)
    assert str(actor.pk) in said
    stored = everything_stored().casefold()
    for trace in ("gelsomina", "quittenbaum"):
        assert trace not in stored
    assert str(Actor.objects.get(pk=actor.pk)) == "ehemaliges Konto"
    assert not Message.objects.filter(person=actor).exists()
    assert browser.get("/ideen/").status_code == 302
    assert [*chain_breaks(), *lost_ends()] == []


def test_a_running_mandate_stops_it_and_is_named(cast):
    leaver = user_with(employed_in(unit("amt-50")), username="leaver")
    with pytest.raises(CommandError, match="laufenden Mandate: Beschäftigt"):
        erase("leaver", cast.operator)
    assert User.objects.filter(pk=leaver.pk).exists()


def test_an_idea_that_waits_for_the_person_stops_it_and_is_named(cast):
    leaver = user_with(employed_in(unit("amt-50")), username="leaver")
    project = project_at(Step.RETURNED, submitter=leaver)
    leave(leaver, cast.operator)
    with pytest.raises(CommandError, match=project.title):
        erase("leaver", cast.operator)
    assert User.objects.filter(pk=leaver.pk).exists()


@pytest.mark.parametrize("who", ["cdo", "chair", "employee"])
def test_only_the_betrieb_erases(who, cast):
    user_with(username="leaver")
    with pytest.raises(CommandError, match="fehlt Ihnen heute das Mandat"):
        erase("leaver", getattr(cast, who))


def test_nobody_erases_the_own_account(cast):
    with pytest.raises(CommandError):
        erase(cast.operator.username, cast.operator)


# --- Reasons ------------------------------------------------------------------------------------------------------


def black_out(row: str, by: User) -> None:
    call_command("black_out_reason", row=row, by=by.username, stdout=StringIO())


def test_a_blacked_out_reason_is_gone_reported_and_the_chains_hold(cast):
    project = project_at(Step.POOLED)
    reasons = {name: f"Begründung mit Klarname Quittenbaum zu {name}" for name in LEVELS}
    rate(project=project, levels=LEVELS, reasons=reasons, by=cast.cdo)
    found = recorded_reasons(f"project:{project.pk}")
    address = next(each.address for each in found if "Quittenbaum" in each.beginning)
    black_out(address, cast.cdo)
    assert "Quittenbaum" not in everything_stored()
    assert [finding for _entry, finding in reason_findings()] == ["entfernt", "entfernt"]
    assert [*chain_breaks(), *lost_ends()] == []
    assert Rating.objects.get(project=project).levels == LEVELS
    black_out(address, cast.cdo)  # a second time changes nothing
    assert [*lost_ends()] == []


@pytest.mark.parametrize("who", ["operator", "chair", "employee"])
def test_only_the_cdo_blacks_out(who, cast):
    project = project_at(Step.POOLED)
    rate(project=project, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Grund"), by=cast.cdo)
    address = recorded_reasons(f"project:{project.pk}")[-1].address
    with pytest.raises(CommandError, match="Mandat"):
        black_out(address, getattr(cast, who))


@pytest.mark.parametrize("row", ["pool_transition:999999", "auth_user:1", "nonsense", "pool_transition:x", ":"])
def test_what_is_no_recorded_reason_is_refused_in_words(row, cast):
    with pytest.raises(CommandError, match="keine Begründung im Protokoll"):
        black_out(row, cast.cdo)
