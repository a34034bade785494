"""The only writers of the desk's own rows, the prepared decisions, and what is done to many at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.text import clean_text
from pool.casefile.models import PreparedDecision
from pool.decision.actions import put_on_list
from pool.decision.models import Sitting
from pool.gate.actions import admit, decline_admission, return_for_revision
from pool.gate.queries import answer_values, links_of, open_round
from pool.gate.rules import missing_for_admit, missing_for_refusal, missing_for_reminder
from pool.lifecycle import PREPARABLE, Act, Incomplete, ProcedureError, StaleVersion, target_of
from pool.permissions import Authority, require
from pool.project.actions import begin, record_act
from pool.project.models import Project

State = PreparedDecision.State


class Refused(ProcedureError):
    """Some of many are refused, so nothing was done to any; `refusals` names each with its reason."""

    def __init__(self, refusals: Sequence[tuple[Project, str]]) -> None:
        self.refusals = list(refusals)
        named = "; ".join(f"{project.title}: {said}" for project, said in self.refusals)
        super().__init__(_("Nichts ist geschehen. {named}").format(named=named))


@transaction.atomic
def prepare_decision(
    *,
    project: Project,
    act: Act,
    by: User,
    reason: str = "",
    remind_on: date | None = None,
    version: int | None = None,
) -> PreparedDecision:
    """Prepare what is to happen to an idea at the gate; nothing moves and nobody is told.

    Whoever prepares needs the right to the decision itself, and all that it needs (Incomplete). In order: lock, stale
    click, step and right; drops a decision that was prepared before; writes the row and one entry.
    """
    fresh, authority = begin(project=project, act=Act.PREPARE_DECISION, by=by, version=version)
    if act not in PREPARABLE:
        raise ProcedureError(_("Vorbereiten lassen sich Aufnahme, Rückgabe und Nichtaufnahme."))
    target_of(fresh.step, act)
    require(by, act, fresh)
    reason = "" if act == Act.ADMIT else clean_text(reason)
    remind_on = remind_on if act == Act.RETURN else None
    missing = _missing(fresh, act, reason, remind_on)
    if missing:
        raise Incomplete(missing)
    for earlier in fresh.prepared_decisions.filter(state=State.WAITING):
        _end(earlier, State.DROPPED, authority)
    row = PreparedDecision(
        project=fresh,
        act=act,
        reason=reason,
        remind_on=remind_on,
        # The entry below counts the project's version up.
        version=fresh.version + 1,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    row.full_clean()
    row.save()
    _record(fresh, row, authority, State.WAITING)
    project.refresh_from_db()
    return row


def _missing(project: Project, act: Act, reason: str, remind_on: date | None) -> list[str]:
    answers = answer_values(open_round(project))
    if act == Act.ADMIT:
        links = links_of(project, clock.today())
        return missing_for_admit(answers, has_need=links.has_need, offices_with_parts=links.offices_with_parts)
    missing = missing_for_refusal(answers)
    if act == Act.RETURN:
        missing = missing + missing_for_reminder(remind_on, today=clock.today())
    return missing if reason else [*missing, _("eine Begründung")]


@transaction.atomic
def drop_decision(*, prepared: PreparedDecision, by: User) -> None:
    """Drop a prepared decision; the row stays. Writes one entry. Raises NotAllowed; an ended one is left as it is."""
    fresh, authority = begin(project=prepared.project, act=Act.PREPARE_DECISION, by=by)
    row = PreparedDecision.objects.select_for_update().get(pk=prepared.pk)
    if row.state != State.WAITING:
        return
    _end(row, State.DROPPED, authority)
    _record(fresh, row, authority, State.DROPPED)


@transaction.atomic
def release_decisions(*, prepared: Sequence[PreparedDecision], by: User) -> int:
    """Carry out prepared decisions together, all or none, and return how many.

    Each goes through its own action with its rights, checks, entries and messages; the messages leave after the
    common commit. Raises Refused, naming every one that is in the way: changed since, no right, something missing.
    """
    keys = [each.pk for each in prepared]
    rows = PreparedDecision.objects.filter(pk__in=keys, state=State.WAITING).select_related("project")
    found = sorted(rows, key=lambda row: (row.project.step_since or date.min, row.pk))
    if not found or len(found) != len(set(keys)):
        raise ProcedureError(_("Die Liste hat sich inzwischen geändert. Sehen Sie sie noch einmal durch."))
    refusals = []
    for row in found:
        try:
            with transaction.atomic():
                _carry_out(row, by)
        except (ProcedureError, NotAllowed, ValidationError) as error:
            refusals.append((row.project, said_by(error)))
    if refusals:
        raise Refused(refusals)
    return len(found)


def _carry_out(row: PreparedDecision, by: User) -> None:
    project = Project.objects.select_for_update().get(pk=row.project_id)
    if project.version != row.version:
        raise StaleVersion(_("Das Vorhaben hat sich seit der Vorbereitung geändert."))
    if row.act == Act.ADMIT:
        admit(project=project, by=by, version=row.version)
    elif row.act == Act.RETURN:
        return_for_revision(project=project, reason=row.reason, remind_on=row.remind_on, by=by, version=row.version)
    else:
        decline_admission(project=project, reason=row.reason, by=by, version=row.version)
    row.state, row.ended_by, row.ended_at = State.RELEASED, actor_for(by), clock.now()
    row.save(update_fields=["state", "ended_by", "ended_at"])


def _end(row: PreparedDecision, state: str, authority: Authority) -> None:
    row.state, row.ended_by, row.ended_at = state, authority.actor, clock.now()
    row.save(update_fields=["state", "ended_by", "ended_at"])


def _record(project: Project, row: PreparedDecision, authority: Authority, state: str) -> None:
    record_act(
        project=project,
        act=Act.PREPARE_DECISION,
        authority=authority,
        reason_row=row,
        object_type="prepared_decision",
        object_id=row.pk,
        to_state=f"{state}:{row.act}",
    )


# --- Many at once --------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_many(
    *,
    projects: Sequence[Project],
    act: Act,
    by: User,
    reasons: Mapping[UUID, str] = MappingProxyType({}),
    remind_on: date | None = None,
) -> int:
    """Prepare the same decision for many, each with its reason, all or none.

    Raises Refused, naming each that is in the way: what has changed since it was read counts too.
    """
    return _all_or_none(
        projects,
        lambda project: prepare_decision(
            project=project,
            act=act,
            reason=reasons.get(project.pk, ""),
            remind_on=remind_on,
            by=by,
            version=project.version,
        ),
    )


@transaction.atomic
def put_many_on_list(*, projects: Sequence[Project], sitting: Sitting, by: User) -> int:
    """Put many on a sitting's list, all or none. Raises Refused, naming each that is in the way."""
    return _all_or_none(projects, lambda project: put_on_list(sitting=sitting, project=project, by=by))


def _all_or_none(projects: Sequence[Project], perform: Callable[[Project], object]) -> int:
    refusals = []
    for project in projects:
        try:
            with transaction.atomic():
                perform(project)
        except (ProcedureError, NotAllowed, ValidationError) as error:
            refusals.append((project, said_by(error)))
    if refusals:
        raise Refused(refusals)
    return len(projects)


def said_by(error: Exception) -> str:
    """Return what a refusal says, in one line."""
    return "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
