"""Carrying a project out: its beginning, its milestones and reports, its end."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import ReasonedRow
from governance.record.text import clean_line, clean_text
from pool import notifications
from pool.delivery.milestones import MilestoneState, period_end, period_start
from pool.delivery.models import CompletionProposal, FormerTitle, Milestone, MilestoneDay, StatusReport
from pool.delivery.rules import (
    missing_for_milestone,
    missing_for_proposal,
    missing_for_report,
    missing_for_word_of_the_team,
    problem_with_past_day,
    problem_with_planned_day,
    problem_with_report_day,
    problem_with_shift,
    problem_with_title,
)
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, target_of
from pool.notifications import after_commit
from pool.permissions import Authority, Who, require
from pool.project.actions import begin, move, record_act
from pool.project.models import Precision, Project, Transition


@transaction.atomic
def start(*, project: Project, by: User, version: int | None = None) -> Transition:
    """Begin the work on a commissioned project: its Projektleitung, which is the head of the named team.

    Raises StaleVersion, IllegalMove, NotAllowed (nobody is Projektleitung until a team is named).
    Source: Verfahrensordnung des Portals, „Schritte und Züge“.
    """
    transition = move(project=project, act=Act.START, by=by, version=version)
    after_commit(notifications.started, project=project, by=transition.by)
    return transition


@transaction.atomic
def propose_completion(
    *,
    project: Project,
    result: str,
    by: User,
    learnt: str = "",
    in_operation: bool = False,
    version: int | None = None,
) -> CompletionProposal:
    """Propose to complete a running project, with its result; a later proposal takes the place of an earlier one.

    In order: refuses a stale click, asks the right, writes the proposal, one entry. Raises StaleVersion, NotAllowed,
    Incomplete. Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    fresh, authority = begin(project=project, act=Act.PROPOSE_COMPLETION, by=by, version=version)
    result = clean_text(result)
    missing = missing_for_proposal(result=result)
    if missing:
        raise Incomplete(missing)
    fresh.completion_proposals.filter(is_current=True).update(is_current=False)
    proposal = CompletionProposal(
        project=fresh,
        result=result,
        learnt=clean_text(learnt),
        in_operation=in_operation,
        by=authority.actor,
        at=clock.now(),
    )
    proposal.full_clean()
    proposal.save()
    record_act(
        project=fresh,
        act=Act.PROPOSE_COMPLETION,
        authority=authority,
        object_type="completion_proposal",
        object_id=proposal.pk,
        to_state="proposed",
    )
    after_commit(notifications.completion_proposed, project=fresh, by=authority.actor)
    project.refresh_from_db()
    return proposal


@transaction.atomic
def complete(*, project: Project, by: User, version: int | None = None) -> Transition:
    """Complete a running project on the Projektleitung's proposal; never the person who proposed.

    In order: refuses a stale click, asks MOVES and the right, asks for the proposal, moves with its result. Raises
    StaleVersion, IllegalMove, NotAllowed, Incomplete. Source: Verfahrensordnung des Portals, „Schritte und Züge“.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    if version is not None and fresh.version != version:
        raise StaleVersion(_("Das Vorhaben wurde inzwischen geändert. Prüfen Sie den neuen Stand."))
    target_of(fresh.step, Act.COMPLETE)
    authority = require(by, Act.COMPLETE, fresh)
    proposal = fresh.completion_proposals.filter(is_current=True).first()
    if proposal is None:
        raise Incomplete([_("der Vorschlag der Projektleitung mit einem Ergebnis")])
    if proposal.by_id == authority.actor.pk:
        raise NotAllowed(_("Wer den Abschluss vorgeschlagen hat, schließt das Vorhaben nicht ab."))
    transition = move(
        project=fresh,
        act=Act.COMPLETE,
        by=by,
        changes={"result": proposal.result, "in_operation": proposal.in_operation},
    )
    after_commit(notifications.completed, project=project, by=transition.by)
    project.refresh_from_db()
    return transition


# --- Milestones and status reports --------------------------------------------------------------------------------


@transaction.atomic
def plan_milestone(
    *,
    project: Project,
    title: str,
    day: date,
    by: User,
    precision: str = Precision.DAY,
    is_public: bool = False,
    source: str = "",
    form_token: UUID | None = None,
    version: int | None = None,
) -> Milestone:
    """Plan a milestone for a day, as exactly as it is known, and return it; the same form sent twice stays one.

    In order: locks the project; returns what this form has planned already; refuses a stale click; asks the right and,
    of who is not in the team, the source; refuses a day that cannot be; writes milestone, first planned day and one
    entry. Raises StaleVersion, NotAllowed, Incomplete, ProcedureError. Its title becomes public with the next release
    at the earliest. Source: docs/decisions/0079-milestones.md.
    """
    known = _sent_before(Milestone.objects.filter(project=project), "days__by", project, by, form_token)
    if known is not None:
        return known
    fresh, authority = begin(project=project, act=Act.PLAN_MILESTONE, by=by, version=version)
    title, source = clean_line(title), clean_line(source)
    _refuse_if_missing(missing_for_milestone(title=title), authority, source)
    _refuse(problem_with_planned_day(day=day, precision=precision, today=clock.today()))
    first = period_start(day, precision)
    milestone = Milestone(
        project=fresh,
        title=title,
        is_public=is_public,
        planned_on=first,
        planned_precision=precision,
        planned_until=period_end(day, precision),
        first_planned_on=first,
        first_precision=precision,
        changed_at=clock.now(),
        form_token=_unused(Milestone, form_token),
    )
    milestone.full_clean()
    milestone.save(force_insert=True)
    _write_day(milestone, 1, first, precision, authority, source=source)
    _record(fresh, Act.PLAN_MILESTONE, authority, milestone, to_state=MilestoneState.PLANNED)
    project.refresh_from_db()
    return milestone


@transaction.atomic
def shift_milestone(
    *,
    milestone: Milestone,
    day: date,
    reason: str,
    by: User,
    precision: str = Precision.DAY,
    source: str = "",
    form_token: UUID | None = None,
    version: int | None = None,
) -> MilestoneDay:
    """Plan a milestone for another day, with a reason, and return the new planned day; the old ones stay.

    Shifting one that was called reached puts that mistake right: it is open again, and the new day keeps on which day
    it was called so. In order: locks the project; returns what this form has written already; refuses a stale click;
    asks the right; refuses a milestone given up, a missing reason or source, a day that is over or planned already;
    writes the day, the milestone's own and one entry that stands for the reason. Raises as `plan_milestone`.
    """
    project = milestone.project
    known = _sent_before(MilestoneDay.objects.filter(milestone=milestone), "by", project, by, form_token)
    if known is not None:
        return known
    fresh, authority, milestone = _begin_on(milestone, Act.SHIFT_MILESTONE, by, version, also_reached=True)
    reason, source = clean_text(reason), clean_line(source)
    _refuse_if_missing([] if reason else [_("eine Begründung")], authority, source)
    today = clock.today()
    _refuse(problem_with_shift(milestone=milestone.facts, day=day, precision=precision, today=today))
    number = milestone.days.count() + 1
    first = period_start(day, precision)
    token = _unused(MilestoneDay, form_token)
    written = _write_day(milestone, number, first, precision, authority, source=source, reason=reason, form_token=token)
    milestone.planned_on, milestone.planned_precision = first, precision
    milestone.planned_until = period_end(day, precision)
    milestone.reached_on = milestone.closed_by = milestone.closed_at = None
    milestone.closing_source, milestone.changed_at = "", clock.now()
    milestone.save(update_fields=["planned_on", "planned_precision", "planned_until", "reached_on", *CLOSING])
    _record(fresh, Act.SHIFT_MILESTONE, authority, milestone, reason_row=written, to_state=MilestoneState.PLANNED)
    project.refresh_from_db()
    return written


@transaction.atomic
def rename_milestone(
    *,
    milestone: Milestone,
    title: str,
    reason: str,
    by: User,
    source: str = "",
    form_token: UUID | None = None,
    version: int | None = None,
) -> FormerTitle:
    """Give a milestone another title, with a reason, and return what it was called before; that stays to be read.

    What is public keeps the released title until a new version of the public text is released. In order: locks the
    project; returns what this form has written already; refuses a stale click; asks the right; refuses a milestone
    given up, a missing title, reason or source, the title it bears; writes the former title, the new one and one entry
    that stands for the reason. Raises as `plan_milestone`. Source: docs/decisions/0079-milestones.md.
    """
    project = milestone.project
    known = _sent_before(FormerTitle.objects.filter(milestone=milestone), "by", project, by, form_token)
    if known is not None:
        return known
    fresh, authority, milestone = _begin_on(milestone, Act.RENAME_MILESTONE, by, version, also_reached=True)
    title, reason, source = clean_line(title), clean_text(reason), clean_line(source)
    missing = missing_for_milestone(title=title) + ([] if reason else [_("eine Begründung")])
    _refuse_if_missing(missing, authority, source)
    _refuse(problem_with_title(milestone=milestone.facts, title=title))
    former = FormerTitle(
        milestone=milestone,
        title=milestone.title,
        reason=reason,
        source=source,
        by=authority.actor,
        at=clock.now(),
        form_token=_unused(FormerTitle, form_token),
    )
    former.full_clean()
    former.save(force_insert=True)
    # Not `changed_at`: what the public reads changes with the next release only, and so does its last change.
    milestone.title = title
    milestone.full_clean()
    milestone.save(update_fields=["title"])
    state = MilestoneState.PLANNED if milestone.facts.is_open else MilestoneState.REACHED
    _record(fresh, Act.RENAME_MILESTONE, authority, milestone, reason_row=former, to_state=state)
    project.refresh_from_db()
    return former


@transaction.atomic
def reach_milestone(
    *, milestone: Milestone, day: date, by: User, source: str = "", version: int | None = None
) -> Milestone:
    """Note that a milestone is reached, on a day up to today; said twice by the same person it stays said once.

    In order: locks the project; returns what is noted already; refuses a stale click; asks the right; refuses a closed
    milestone, a missing source, a day to come; writes the day and one entry. Where the milestone is released, the day
    is public at once. Raises StaleVersion, NotAllowed, Incomplete, ProcedureError.
    """
    noted = _noted_before(milestone, by, reached_on=day)
    if noted is not None:
        return noted
    fresh, authority, milestone = _begin_on(milestone, Act.REACH_MILESTONE, by, version)
    source = clean_line(source)
    _refuse_if_missing([], authority, source)
    _refuse(problem_with_past_day(day=day, today=clock.today()))
    milestone.reached_on = day
    _close(milestone, authority, source, "reached_on")
    _record(fresh, Act.REACH_MILESTONE, authority, milestone, to_state=MilestoneState.REACHED)
    return milestone


@transaction.atomic
def give_up_milestone(
    *, milestone: Milestone, reason: str, by: User, source: str = "", version: int | None = None
) -> Milestone:
    """Give a milestone up today, with a reason; said twice by the same person it stays said once.

    In order as `reach_milestone`; the entry stands for the reason. The milestone stays to be read and counts no longer.
    """
    reason, source = clean_text(reason), clean_line(source)
    noted = _noted_before(milestone, by, given_up_on=clock.today(), reason=reason)
    if noted is not None:
        return noted
    fresh, authority, milestone = _begin_on(milestone, Act.GIVE_UP_MILESTONE, by, version)
    _refuse_if_missing([] if reason else [_("eine Begründung")], authority, source)
    milestone.given_up_on, milestone.reason = clock.today(), reason
    _close(milestone, authority, source, "given_up_on", "reason")
    state = MilestoneState.GIVEN_UP
    _record(fresh, Act.GIVE_UP_MILESTONE, authority, milestone, reason_row=milestone, to_state=state)
    return milestone


@transaction.atomic
def report(
    *,
    project: Project,
    as_of: date,
    standing: str,
    happened: str,
    coming: str,
    by: User,
    source: str = "",
    form_token: UUID | None = None,
    version: int | None = None,
) -> StatusReport:
    """Report how a project stands, and return the report; it never changes, the next one puts a slip right.

    In order: locks the project; returns what this form has reported already; refuses a stale click; asks the right and,
    of who is not in the team, the source; names what is missing (Incomplete); refuses a day to come or before the last
    report's; writes the report and one entry that stands for its texts. Nothing of it is ever public.
    """
    known = _sent_before(StatusReport.objects.filter(project=project), "by", project, by, form_token)
    if known is not None:
        return known
    fresh, authority = begin(project=project, act=Act.REPORT, by=by, version=version)
    happened, coming, source = clean_text(happened), clean_text(coming), clean_line(source)
    _refuse_if_missing(missing_for_report(happened=happened, coming=coming), authority, source)
    last = fresh.status_reports.order_by("-as_of", "-pk").values_list("as_of", flat=True).first()
    _refuse(problem_with_report_day(as_of=as_of, last=last, today=clock.today()))
    written = StatusReport(
        project=fresh,
        as_of=as_of,
        standing=standing,
        happened=happened,
        coming=coming,
        source=source,
        by=authority.actor,
        at=clock.now(),
        form_token=_unused(StatusReport, form_token),
    )
    written.full_clean()
    written.save(force_insert=True)
    record_act(
        project=fresh,
        act=Act.REPORT,
        authority=authority,
        reason_row=written,
        object_type="status_report",
        object_id=written.pk,
        to_state=written.standing,
    )
    project.refresh_from_db()
    return written


CLOSING = ("closed_by", "closed_at", "closing_source", "changed_at")
Sent = TypeVar("Sent", Milestone, MilestoneDay, FormerTitle, StatusReport)


def _sent_before(rows: QuerySet[Sent], who: str, project: Project, by: User, token: UUID | None) -> Sent | None:
    """Return what the same form has written before, so that a second click finds it; others wait for the lock."""
    if token is None:
        return None
    Project.objects.select_for_update().get(pk=project.pk)
    return rows.filter(**{"form_token": token, who: actor_for(by)}).first()


def _unused(model: type[models.Model], token: UUID | None) -> UUID | None:
    """Return the token, or none where somebody else's form bears it: hers stays hers."""
    return None if token is None or model._default_manager.filter(form_token=token).exists() else token


def _noted_before(milestone: Milestone, by: User, **values: object) -> Milestone | None:
    """Return the milestone where the same person has already closed it like this: a second click."""
    Project.objects.select_for_update().get(pk=milestone.project_id)
    return Milestone.objects.filter(pk=milestone.pk, closed_by=actor_for(by), **values).first()


def _begin_on(
    milestone: Milestone, act: Act, by: User, version: int | None, *, also_reached: bool = False
) -> tuple[Project, Authority, Milestone]:
    """Begin an act on an open milestone: its project locked and asked, the row as it stands now."""
    fresh, authority = begin(project=milestone.project, act=act, by=by, version=version)
    milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if milestone.given_up_on is not None or (milestone.reached_on is not None and not also_reached):
        raise ProcedureError(_("Dieser Meilenstein ist schon erreicht oder aufgegeben."))
    return fresh, authority, milestone


def _refuse_if_missing(missing: list[str], authority: Authority, source: str) -> None:
    found = missing_for_word_of_the_team(is_of_the_team=authority.who is Who.TEAM, source=source)
    if missing or found:
        raise Incomplete([*missing, *found])


def _refuse(problem: str) -> None:
    if problem:
        raise ProcedureError(problem)


def _write_day(
    milestone: Milestone,
    number: int,
    day: date,
    precision: str,
    authority: Authority,
    *,
    source: str,
    reason: str = "",
    form_token: UUID | None = None,
) -> MilestoneDay:
    row = MilestoneDay(
        milestone=milestone,
        number=number,
        day=day,
        precision=precision,
        called_reached_on=milestone.reached_on,
        reason=reason,
        source=source,
        by=authority.actor,
        at=clock.now(),
        form_token=form_token,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


def _close(milestone: Milestone, authority: Authority, source: str, *changed: str) -> None:
    milestone.closed_by, milestone.closed_at = authority.actor, clock.now()
    milestone.closing_source, milestone.changed_at = source, milestone.closed_at
    milestone.full_clean()
    milestone.save(update_fields=[*changed, *CLOSING])


def _record(
    project: Project,
    act: Act,
    authority: Authority,
    milestone: Milestone,
    *,
    to_state: str,
    reason_row: ReasonedRow | None = None,
) -> None:
    record_act(
        project=project,
        act=act,
        authority=authority,
        reason_row=reason_row,
        object_type="milestone",
        object_id=milestone.pk,
        to_state=to_state,
    )
