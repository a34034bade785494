"""Sittings: opening, proposal, outcome, confirmation.

The list stands in `agenda`, inviting, beginning and who is there in `life`, closing in `closing`; what is added beside
an item in `advice`, what may still be done to a closed sitting in `corrections`.

The sitting's row is locked first, so that two people at once never write past each other.
"""

from collections.abc import Callable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from governance.mandates.models import Body
from governance.organisation.models import User
from governance.record import clock
from governance.record.text import clean_text
from pool import notifications
from pool.decision.advice import meet_condition, recommend
from pool.decision.agenda import draft_rule, fill_agenda, move_item, put_on_list, put_rule_on_list, take_off_list
from pool.decision.closing import close_sitting
from pool.decision.corrections import correct_item
from pool.decision.life import begin_sitting, invite, mark_begun, record_attendance
from pool.decision.minutes import (
    NOTHING_NOTED,
    Minutes,
    refuse_departure_without_reason,
    take_minutes_away,
    write_minutes,
    write_recusals,
)
from pool.decision.models import MarkDecision, Sitting, SittingItem
from pool.decision.queries import (
    chair_on,
    decidable_marks,
    lacks_countersignature,
    order_before,
    seen_places,
    standing_rule_item,
    supersedable,
    undecided_marks,
)
from pool.decision.register import lock_item, write_sitting_entry
from pool.decision.rules import (
    OutcomeValues,
    missing_for_outcome,
    possible_outcomes,
    problem_with_day,
    ranking_hash,
)
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, Step
from pool.notifications import after_commit
from pool.permissions import Authority, require
from pool.project.models import Project

__all__ = [
    "adjourn",
    "begin_sitting",
    "close_sitting",
    "confirm",
    "correct_item",
    "draft_rule",
    "drop",
    "fill_agenda",
    "invite",
    "meet_condition",
    "move_item",
    "open_sitting",
    "propose",
    "put_on_list",
    "put_rule_on_list",
    "recommend",
    "record_attendance",
    "record_outcome",
    "send_back",
    "take_off_list",
]

State = SittingItem.State
WAITING = (State.LISTED, State.PROPOSED, State.ADJOURNED, State.DROPPED)


@transaction.atomic
def open_sitting(*, body: Body, day: date, place: str, by: User) -> Sitting:
    """Open a sitting of the Lenkungsgruppe on a day; its chair is who holds the chair's mandate that day.

    A sitting opened by an example account is an example. Writes one entry. Raises ProcedureError where the body
    decides nothing, the day cannot be one or has no chair; ValidationError where that day has a sitting already.
    Source: Verfahrensordnung des Portals, „Sitzungen“.
    """
    authority = require(by, Act.OPEN_SITTING)
    body = Body.objects.select_for_update().get(pk=body.pk)
    if body.kind != Body.Kind.LENKUNGSGRUPPE:
        raise ProcedureError(_("Beschlüsse fasst die Lenkungsgruppe; der Beirat berät."))
    problem = problem_with_day(day, today=clock.today())
    if problem:
        raise ProcedureError(problem)
    chair = chair_on(body, day)
    if chair is None:
        raise ProcedureError(_("Für diesen Tag ist kein Vorsitz eingetragen. Der Betrieb erteilt das Mandat."))
    sitting = Sitting(
        body=body,
        day=day,
        place=clean_text(place),
        chair=chair.person,
        opened_by=authority.actor,
        opened_at=clock.now(),
        is_example=by.is_demo,
    )
    sitting.full_clean()
    sitting.save(force_insert=True)
    write_sitting_entry(sitting=sitting, act=Act.OPEN_SITTING, authority=authority, to_state="open")
    return sitting


@transaction.atomic
def propose(
    *,
    item: SittingItem,
    proposal: str,
    text: str,
    by: User,
    version: int | None = None,
    reason: str = "",
    look_again_on: date | None = None,
    lesson: str = "",
    funding: str = "",
    council_matter: str = "",
    unit_consent: str = "",
    no_countersignature: str = "",
) -> SittingItem:
    """Write the proposed resolution of an item; what else is given prefills the outcome.

    Raises Incomplete without a text, ProcedureError where the step does not allow the outcome or an outcome is
    recorded already, NotAllowed for the own project.
    """
    fresh = lock_item(item, version=version)
    authority = require(by, Act.RECORD, fresh.project)
    if fresh.state not in WAITING:
        raise ProcedureError(_("Das Ergebnis ist schon protokolliert; ein Vorschlag ändert es nicht mehr."))
    _refuse_impossible(fresh, proposal)
    if not clean_text(text):
        raise Incomplete([_("der Beschlussvorschlag")], _("Schreiben Sie den Beschlussvorschlag."))
    was, fresh.state = fresh.state, State.PROPOSED
    fresh.proposal, fresh.proposal_text = proposal, clean_text(text)
    fresh.reason, fresh.lesson = clean_text(reason), clean_text(lesson)
    fresh.look_again_on = look_again_on
    fresh.funding, fresh.council_matter, fresh.unit_consent = (
        funding,
        clean_text(council_matter),
        clean_text(unit_consent),
    )
    fresh.no_countersignature = clean_text(no_countersignature)
    fresh.proposed_by, fresh.proposed_at = authority.actor, clock.now()
    return _save(fresh, item, authority, act="propose", from_state=was)


@transaction.atomic
def record_outcome(
    *,
    item: SittingItem,
    outcome: str,
    text: str,
    reason: str,
    by: User,
    version: int | None = None,
    look_again_on: date | None = None,
    lesson: str = "",
    funding: str = "",
    council_matter: str = "",
    unit_consent: str = "",
    no_countersignature: str = "",
    marks: Mapping[str, bool] | None = None,
    supersedes: SittingItem | None = None,
    minutes: Minutes = NOTHING_NOTED,
) -> SittingItem:
    """Record the outcome of an item; recording again takes a confirmation away.

    In order: locks sitting and item; stale click; the right (never on the own project); what the step allows; what
    the outcome needs (Incomplete): text, reason, day, lesson, the replaced Beschluss, the three answers before a
    project is marked for implementation, a word on every undecided class, a reason where it departs from the ranking;
    how it came about (`write_minutes`). The first outcome begins the sitting. Nothing takes effect before it closes.
    A rule that is adopted replaces the Beschluss that adopted the one before.
    Source: Verfahrensordnung des Portals, „Sitzungen“.
    """
    fresh = lock_item(item, version=version)
    if fresh.project_id is not None:  # nobody withdraws it meanwhile
        fresh.project = Project.objects.select_for_update().get(pk=fresh.project_id)
    authority = require(by, Act.RECORD, fresh.project)
    _refuse_impossible(fresh, outcome)
    decided = _refuse_unknown_marks(fresh.project, marks or {})
    values = OutcomeValues(
        outcome=outcome,
        text=clean_text(text),
        reason=clean_text(reason),
        look_again_on=look_again_on,
        lesson=clean_text(lesson),
        funding=clean_text(funding),
        council_matter=clean_text(council_matter),
        unit_consent=clean_text(unit_consent),
        marks=decided,
        names_superseded=supersedes is not None,
        kind=fresh.kind,
    )
    missing = missing_for_outcome(values, undecided=undecided_marks(fresh.project), sitting_day=fresh.sitting.day)
    if missing:
        raise Incomplete([each.label for each in missing], " ".join(each.message for each in missing))
    _refuse_wrong_superseded(fresh, outcome, supersedes)
    refuse_departure_without_reason(fresh, outcome, values.reason)
    recused = write_minutes(fresh, minutes)
    was, fresh.state = fresh.state, State.RECORDED
    for name in ("outcome", "text", "reason", "look_again_on", "lesson", "funding", "council_matter", "unit_consent"):
        setattr(fresh, name, getattr(values, name))
    fresh.no_countersignature = clean_text(no_countersignature)
    fresh.supersedes = _superseded(fresh, outcome, supersedes)
    fresh.recorded_by, fresh.recorded_in_place_of = authority.actor, authority.in_place_of
    fresh.recorded_at, fresh.sent_back_note = clock.now(), ""
    _take_confirmation_away(fresh)
    fresh.mark_decisions.all().delete()
    MarkDecision.objects.bulk_create(
        MarkDecision(item=fresh, mark=mark, confirms=confirms) for mark, confirms in sorted(decided.items())
    )
    write_recusals(fresh, recused)
    mark_begun(fresh.sitting, Act.RECORD, authority)
    saved = _save(fresh, item, authority, act=Act.RECORD, from_state=was)
    _tell(notifications.outcome_recorded, fresh, authority)
    return saved


@transaction.atomic
def adjourn(*, item: SittingItem, by: User, version: int | None = None) -> SittingItem:
    """Put an item off: it has no effect, and the project is free again when the sitting closes."""
    return _set_aside(item=item, state=State.ADJOURNED, act="adjourn", by=by, version=version)


@transaction.atomic
def drop(*, item: SittingItem, by: User, version: int | None = None) -> SittingItem:
    """Take an item off the agenda but keep it in the minutes; it has no effect."""
    return _set_aside(item=item, state=State.DROPPED, act="drop", by=by, version=version)


def _set_aside(*, item: SittingItem, state: str, act: str, by: User, version: int | None) -> SittingItem:
    fresh = lock_item(item, version=version)
    authority = require(by, Act.RECORD, fresh.project)
    if fresh.state == state:
        raise ProcedureError(_("Der Punkt ist schon {state}.").format(state=State(state).label))
    was, fresh.state = fresh.state, state
    fresh.outcome, fresh.text, fresh.supersedes = "", "", None
    fresh.recorded_by = fresh.recorded_in_place_of = fresh.recorded_at = None
    _take_confirmation_away(fresh)
    take_minutes_away(fresh)
    fresh.mark_decisions.all().delete()
    return _save(fresh, item, authority, act=act, from_state=was)


@transaction.atomic
def confirm(*, item: SittingItem, by: User, version: int | None = None, seen_hash: str | None = None) -> SittingItem:
    """Confirm a recorded outcome: the chair, another person than the one who recorded.

    Stores the ranking seen and its hash; an outdated confirmation may be given anew. Raises ProcedureError where
    nothing is recorded, the recorder confirms or the outcome has become impossible, Incomplete where a class proposed
    since lacks a word or the rating decided on has no countersignature and the item no reason why, StaleVersion where
    the ranking is no longer the one shown (`seen_hash`).
    """
    fresh = lock_item(item, version=version)
    authority = require(by, Act.CONFIRM, fresh.project)
    seen = seen_places(order_before(is_example=fresh.sitting.is_example, with_apart=False))
    current_hash = ranking_hash(seen)
    if seen_hash is not None and seen_hash != current_hash:
        raise StaleVersion(_("Die Rangfolge hat sich inzwischen geändert. Prüfen Sie den neuen Stand."))
    is_outdated = fresh.state == State.CONFIRMED and fresh.confirmed_ranking_hash != current_hash
    if fresh.state != State.RECORDED and not is_outdated:
        raise ProcedureError(_("Zu diesem Punkt gibt es kein protokolliertes Ergebnis, das zu bestätigen wäre."))
    if fresh.recorded_by_id == authority.actor.pk:
        raise ProcedureError(_("Wer protokolliert hat, bestätigt nicht. Das übernimmt eine andere Person."))
    _refuse_impossible(fresh, fresh.outcome)
    _refuse_undecided(fresh)
    _refuse_without_countersignature(fresh)
    was, fresh.state = fresh.state, State.CONFIRMED
    fresh.confirmed_by, fresh.confirmed_in_place_of = authority.actor, authority.in_place_of
    fresh.confirmed_at = clock.now()
    fresh.confirmed_ranking, fresh.confirmed_ranking_hash = seen, current_hash
    return _save(fresh, item, authority, act=Act.CONFIRM, from_state=was)


@transaction.atomic
def send_back(*, item: SittingItem, note: str, by: User, version: int | None = None) -> SittingItem:
    """Give a recorded outcome back to the CDO with a note; what was recorded stays as the draft of the next record."""
    fresh = lock_item(item, version=version)
    authority = require(by, Act.CONFIRM, fresh.project)
    if fresh.state not in (State.RECORDED, State.CONFIRMED):
        raise ProcedureError(_("Zu diesem Punkt gibt es kein protokolliertes Ergebnis, das zurückzugeben wäre."))
    note = clean_text(note)
    if not note:
        raise Incomplete([_("ein Hinweis")], _("Schreiben Sie, was am Protokoll zu ändern ist."))
    was, fresh.state = fresh.state, State.PROPOSED if fresh.proposal else State.LISTED
    fresh.sent_back_note = note
    fresh.recorded_by = fresh.recorded_in_place_of = fresh.recorded_at = None
    _take_confirmation_away(fresh)
    saved = _save(fresh, item, authority, act="send_back", from_state=was)
    _tell(notifications.outcome_sent_back, fresh, authority)
    return saved


# --- What several acts ask ----------------------------------------------------------------------------------------


def _refuse_impossible(item: SittingItem, outcome: str) -> None:
    project = item.project
    allowed = possible_outcomes(
        kind=item.kind,
        step=project.step if project else "",
        is_taken_over=bool(project and project.is_taken_over),
        has_marks=bool(decidable_marks(project)),
    )
    if outcome in allowed:
        return
    if outcome not in SittingItem.Outcome.values:
        raise ProcedureError(_("Wählen Sie ein Ergebnis."))
    named = SittingItem.Outcome(outcome).label
    if project is None:
        raise ProcedureError(_("„{outcome}“ passt nicht zu einem Punkt über die Regel.").format(outcome=named))
    raise ProcedureError(
        _("„{outcome}“ ist nicht möglich: Das Vorhaben ist im Schritt „{step}“.").format(
            outcome=named, step=Step(project.step).label
        )
    )


def _refuse_unknown_marks(project: Project | None, marks: Mapping[str, bool]) -> dict[str, bool]:
    known = {row.mark for row in decidable_marks(project)}
    if not set(marks) <= known:
        raise ProcedureError(_("Zu dieser Klasse gibt es keinen Vorschlag."))
    return dict(marks)


def _refuse_undecided(item: SittingItem) -> None:
    decided = set(item.mark_decisions.values_list("mark", flat=True))
    open_marks = [mark for mark in undecided_marks(item.project) if mark not in decided]
    if open_marks:
        raise Incomplete(
            [_("ein Wort zu jeder Klasse")],
            _("Inzwischen ist eine Klasse vorgeschlagen, zu der das Ergebnis nichts sagt. Geben Sie es zurück."),
        )


def _refuse_without_countersignature(item: SittingItem) -> None:
    if lacks_countersignature(item.project) and not item.no_countersignature:
        raise Incomplete(
            [_("warum ohne Gegenzeichnung")],
            _(
                "Die Bewertung ist nicht gegengezeichnet. Entweder zeichnet noch jemand gegen, oder das Protokoll "
                "nennt den Grund; geben Sie es dafür zurück."
            ),
        )


def _refuse_wrong_superseded(item: SittingItem, outcome: str, supersedes: SittingItem | None) -> None:
    if outcome != SittingItem.Outcome.RECONSIDER or supersedes is None:
        return
    if not supersedable(item.project).filter(pk=supersedes.pk).exists():
        raise ProcedureError(_("Ersetzt wird ein geltender Beschluss über dasselbe Vorhaben."))


def _superseded(item: SittingItem, outcome: str, supersedes: SittingItem | None) -> SittingItem | None:
    if outcome == SittingItem.Outcome.ADOPT_RULE:
        return standing_rule_item(item)
    return supersedes if outcome == SittingItem.Outcome.RECONSIDER else None


def _take_confirmation_away(item: SittingItem) -> None:
    """The ranking seen stays in the row, so that what has moved since can still be shown."""
    item.confirmed_by = item.confirmed_in_place_of = item.confirmed_at = None


def _save(fresh: SittingItem, item: SittingItem, authority: Authority, *, act: str, from_state: str) -> SittingItem:
    fresh.version += 1
    fresh.full_clean()
    fresh.save()
    write_sitting_entry(
        sitting=fresh.sitting, act=act, authority=authority, item=fresh, from_state=from_state, to_state=fresh.state
    )
    item.refresh_from_db()
    return item


def _tell(event: Callable[..., None], item: SittingItem, authority: Authority) -> None:
    """Let an event about an item's project be told after commit; items on rules concern no project's people."""
    if item.project is not None:
        after_commit(event, project=item.project, by=authority.actor, sitting=item.sitting_id, item=item.pk)
