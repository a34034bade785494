"""The only writers of the gate: five answers, and the three acts that close a round."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.models import Edition, Leitlinie, User
from governance.record import clock
from governance.record.text import clean_text
from governance.strategy.rules import GrundkriteriumCode
from pool import notifications
from pool.gate.models import GateAnswer, GateRound
from pool.gate.queries import answer_values, answers_of, links_of, open_round
from pool.gate.rules import (
    ANSWERS,
    NO,
    OPEN,
    YES,
    missing_for_admit,
    missing_for_answer,
    missing_for_refusal,
    missing_for_reminder,
    missing_for_yes,
)
from pool.lifecycle import Act, Incomplete
from pool.notifications import after_commit
from pool.permissions import Authority
from pool.project.actions import begin, move, record_act
from pool.project.models import Beneficiary, Project, Transition

FIRST_EXAMPLE_NUMBER = 9001


@dataclass(frozen=True, slots=True)
class GateInput:
    """One answer as it is given."""

    answer: str
    reason: str = ""
    beneficiary: str = ""
    leitlinie: Leitlinie | None = None


@transaction.atomic
def answer_gate(
    *, project: Project, answers: Mapping[str, GateInput], by: User, version: int | None = None
) -> GateRound:
    """Write the given answers into the open round and return it; criteria that are not named stay as they are.

    In order: lock, stale click (StaleVersion), right (NotAllowed, also for the own project); checks every answer
    (Incomplete, naming the criterion); opens a round with the first answer; for each answer that changed writes a new
    row, takes the old one off and writes one entry. Source: Verfahrensordnung des Portals, „Prüfung“.
    """
    fresh, authority = begin(project=project, act=Act.ANSWER_GATE, by=by, version=version)
    cleaned = {code: _cleaned(code, given, fresh) for code, given in answers.items()}
    gate_round = open_round(fresh)
    standing = answers_of(gate_round)
    changed = {code: given for code, given in cleaned.items() if given != _as_input(standing.get(code))}
    _refuse_incomplete(changed, fresh)
    if gate_round is None:
        if not changed:
            raise Incomplete([_("mindestens eine Antwort")], _("Beantworten Sie mindestens ein Grundkriterium."))
        gate_round = GateRound.objects.create(
            project=fresh, number=fresh.gate_rounds.count() + 1, opened_at=clock.now()
        )
        after_commit(notifications.review_begun, project=fresh, by=authority.actor)
    for code in (code for code in GrundkriteriumCode.values if code in changed):
        _write_answer(fresh, gate_round, code, changed[code], authority)
    project.refresh_from_db()
    return gate_round


def _cleaned(code: str, given: GateInput, project: Project) -> GateInput:
    """Return the answer with clean text and without what does not belong to it; refuse unknown values."""
    if code not in GrundkriteriumCode.values or given.answer not in ANSWERS:
        raise ValidationError(_("Diese Antwort ist nicht vorgesehen: ja, nein oder noch offen."))
    names_whom = code == GrundkriteriumCode.NUTZEN and given.answer == YES
    if names_whom and given.beneficiary and given.beneficiary not in Beneficiary.values:
        raise ValidationError(_("Wählen Sie aus, wem das Vorhaben nützt."))
    leitlinie = given.leitlinie if code == GrundkriteriumCode.LEITLINIEN and given.answer == NO else None
    if leitlinie is not None and leitlinie.edition_id != project.edition_id:
        raise ValidationError(_("Diese Leitlinie gehört zu einer anderen Ausgabe der Strategie."))
    return GateInput(
        answer=given.answer,
        reason=clean_text(given.reason),
        beneficiary=given.beneficiary if names_whom else "",
        leitlinie=leitlinie,
    )


def _as_input(row: GateAnswer | None) -> GateInput:
    if row is None:
        return GateInput(answer=OPEN)
    return GateInput(row.answer, row.reason, row.beneficiary, row.leitlinie)


def _refuse_incomplete(answers: Mapping[str, GateInput], project: Project) -> None:
    links = links_of(project, clock.today())
    missing = []
    for code, given in answers.items():
        parts = missing_for_answer(
            code,
            given.answer,
            reason=given.reason,
            names_whom=bool(given.beneficiary),
            names_leitlinie=given.leitlinie is not None,
        )
        lacking = list(parts.values())
        if given.answer == YES:
            link = missing_for_yes(code, has_need=links.has_need, offices_with_parts=links.offices_with_parts)
            lacking += [link] if link else []
        missing += [f"{GrundkriteriumCode(code).label}: {text}" for text in lacking]
    if missing:
        raise Incomplete(missing)


def _write_answer(project: Project, gate_round: GateRound, code: str, given: GateInput, authority: Authority) -> None:
    old = gate_round.answers.filter(grundkriterium=code, is_current=True).first()
    if old is not None:
        old.is_current = False
        old.save(update_fields=["is_current"])
    row = GateAnswer(
        round=gate_round,
        grundkriterium=code,
        answer=given.answer,
        reason=given.reason,
        beneficiary=given.beneficiary,
        leitlinie=given.leitlinie,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    row.full_clean(exclude=["leitlinie"])
    row.save()
    record_act(
        project=project,
        act=Act.ANSWER_GATE,
        authority=authority,
        reason_row=row,
        object_type="gate_answer",
        object_id=row.pk,
        from_state=f"{code}:{old.answer if old else OPEN}",
        to_state=f"{code}:{given.answer}",
    )


@transaction.atomic
def admit(*, project: Project, by: User, version: int | None = None) -> Transition:
    """Take the project into the pool, with the next pool number, and close the round.

    Needs five yes, a linked Handlungsbedarf and two offices with their parts as they stand today (Incomplete). In
    order: lock, stale click, step and right; closes the round; gives the number (examples count from 9001 on, real
    projects from 1); moves; one entry. Source: Verfahrensordnung des Portals, „Prüfung“ und „Schritte und Züge“.
    """
    fresh, authority = begin(project=project, act=Act.ADMIT, by=by, version=version)
    gate_round, links = open_round(fresh), links_of(fresh, clock.today())
    missing = missing_for_admit(
        answer_values(gate_round), has_need=links.has_need, offices_with_parts=links.offices_with_parts
    )
    if missing or gate_round is None:
        raise Incomplete(missing)
    _close(gate_round, GateRound.Outcome.ADMITTED, authority)
    transition = move(
        project=project, act=Act.ADMIT, by=by, changes={"pool_number": _next_pool_number(is_example=fresh.is_example)}
    )
    after_commit(notifications.admitted, project=project, by=transition.by)
    return transition


@transaction.atomic
def return_for_revision(
    *, project: Project, reason: str, remind_on: date | None, by: User, version: int | None = None
) -> Transition:
    """Give the idea back to those who wrote it, with a reason and a day to remind, and close the round.

    Needs all five answered and at least one no (Incomplete). Order as in `admit`.
    """
    transition = _refuse(
        project=project,
        act=Act.RETURN,
        outcome=GateRound.Outcome.RETURNED,
        reason=reason,
        by=by,
        version=version,
        changes={"remind_on": remind_on},
        missing=missing_for_reminder(remind_on, today=clock.today()),
    )
    after_commit(notifications.returned, project=project, by=transition.by, remind_on=remind_on)
    return transition


@transaction.atomic
def decline_admission(*, project: Project, reason: str, by: User, version: int | None = None) -> Transition:
    """Do not take the idea into the pool, with a reason, and close the round.

    Needs all five answered and at least one no (Incomplete). Order as in `admit`.
    """
    transition = _refuse(
        project=project,
        act=Act.DECLINE_ADMISSION,
        outcome=GateRound.Outcome.NOT_ADMITTED,
        reason=reason,
        by=by,
        version=version,
        changes={},
        missing=[],
    )
    after_commit(notifications.not_admitted, project=project, by=transition.by)
    return transition


def _refuse(
    *,
    project: Project,
    act: Act,
    outcome: GateRound.Outcome,
    reason: str,
    by: User,
    version: int | None,
    changes: Mapping[str, object],
    missing: list[str],
) -> Transition:
    fresh, authority = begin(project=project, act=act, by=by, version=version)
    reason, gate_round = clean_text(reason), open_round(fresh)
    missing = missing_for_refusal(answer_values(gate_round)) + missing
    if not reason:
        missing.append(_("eine Begründung"))
    if missing or gate_round is None:
        raise Incomplete(missing)
    _close(gate_round, outcome, authority)
    return move(project=project, act=act, by=by, reason=reason, changes=changes)


@transaction.atomic
def reopen_gate(*, project: Project, reason: str, by: User) -> Transition:
    """Take a project that was not admitted back to the gate, by Beschluss; the next answer opens a new, empty round.

    Called only when a sitting closes; `by` is whoever closes it. Raises Incomplete without a reason.
    """
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum die Prüfung neu geöffnet wird."))
    return move(project=project, act=Act.REOPEN_GATE, by=by, reason=reason, is_beschluss=True)


def _close(gate_round: GateRound, outcome: GateRound.Outcome, authority: Authority) -> None:
    gate_round.closed_at = clock.now()
    gate_round.closed_by = authority.actor
    gate_round.outcome = outcome
    gate_round.save(update_fields=["closed_at", "closed_by", "outcome"])


def _next_pool_number(*, is_example: bool) -> int:
    # Every admission locks this one row, so that two at once do not count to the same number.
    Edition.objects.select_for_update().order_by("pk").first()
    last = Project.objects.filter(is_example=is_example).aggregate(last=Max("pool_number"))["last"]
    return (last or (FIRST_EXAMPLE_NUMBER - 1 if is_example else 0)) + 1
