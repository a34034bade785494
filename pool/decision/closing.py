"""Closing a sitting: the frozen form first, then all items take effect or none."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.mandates.models import Body
from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.models import rules_time
from governance.record.rules import FIRST_HASH
from governance.strategy.queries import edition_in_force
from pool import notifications
from pool.decision import frozen
from pool.decision.minutes import words_for_no_quorum
from pool.decision.models import FrozenForm, Sitting, SittingItem
from pool.decision.queries import (
    count_of,
    entitled_on,
    last_form,
    order_before,
    passed_over,
    present_at,
    seen_places,
    undecided_marks,
)
from pool.decision.register import lock_sitting, write_sitting_entry
from pool.decision.rules import MOVING_OUTCOMES, Movement, SeenPlace, movements, ranking_hash
from pool.decision.sitting_rules import sitting_target
from pool.gate.actions import reopen_gate
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import Authority, require
from pool.priority.actions import decide_class, place, replace_all
from pool.priority.queries import RankedProject, Ranking, weights_of
from pool.project.actions import move

State = SittingItem.State
DONE = (State.CONFIRMED, State.ADJOURNED, State.DROPPED)


class RankingMoved(ProcedureError):
    """The ranking is no longer the one that was confirmed. The items named are to be confirmed again."""

    def __init__(self, items: list[SittingItem], moved: list[Movement]) -> None:
        self.items, self.moved = items, moved
        numbers = ", ".join(str(item.number) for item in items)
        super().__init__(
            ngettext(
                "Die Rangfolge hat sich seit der Bestätigung geändert. Punkt {numbers} ist erneut zu bestätigen.",
                "Die Rangfolge hat sich seit der Bestätigung geändert. Die Punkte {numbers} sind erneut zu bestätigen.",
                len(items),
            ).format(numbers=numbers)
        )


class Hindrance(ProcedureError):
    """One item cannot take effect, so none does."""

    def __init__(self, item: SittingItem, message: str) -> None:
        self.item = item
        super().__init__(
            _("Punkt {number}, „{title}“, steht im Weg: {message} Nichts ist wirksam geworden.").format(
                number=item.number, title=item.title, message=message
            )
        )


def close_sitting(*, sitting: Sitting, by: User, version: int | None = None) -> FrozenForm:
    """Close a sitting: chair, or deputy on a day of absence. Returns its frozen form.

    In order: locks body and sitting; stale click; the right; every item confirmed, adjourned or dropped, the group
    quorate where its attendance is noted, a reason wherever the Beschlüsse depart from the ranking (Incomplete each);
    the ranking still the one confirmed, else those items go back to recorded and RankingMoved is raised after that is
    saved; writes the frozen form, chained to the last closed sitting of the same body and world; then every item takes
    effect (Hindrance names the one that cannot, and nothing is kept); makes all items final; entries in the sitting's
    and the projects' chains. Source: Verfahrensordnung des Portals, „Sitzungen“ und „Festgeschriebene Fassung“.
    """
    closed = _close(sitting=sitting, by=by, version=version)
    sitting.refresh_from_db()
    if isinstance(closed, RankingMoved):
        raise closed
    return closed


@transaction.atomic
def _close(*, sitting: Sitting, by: User, version: int | None) -> FrozenForm | RankingMoved:
    """Return RankingMoved as a value, so that what it took back is saved."""
    body = Body.objects.select_for_update().get(pk=sitting.body_id)
    fresh = lock_sitting(sitting, version=version)
    authority = require(by, Act.CLOSE_SITTING)
    items = list(
        fresh.items.select_for_update(of=("self",)).select_related("project", "rule_version").order_by("number")
    )
    _refuse_open_items(items)
    _refuse_without_quorum(fresh, items)
    order = order_before(is_example=fresh.is_example)
    moved = _take_outdated_confirmations_back(fresh, items, seen_places(order), authority)
    if moved:
        return moved
    over = _passed_over(items, order)
    form = _freeze(fresh, body, items, order, over)
    for item in items:
        if item.state == State.CONFIRMED:
            _take_effect(item, by, authority)
        SittingItem.objects.filter(pk=item.pk).update(is_final=True)
        write_sitting_entry(
            sitting=fresh,
            act="take_effect" if item.state == State.CONFIRMED else "end_without_effect",
            authority=authority,
            item=item,
            from_state=item.state,
            to_state=item.outcome,
            reason_row=item,
        )
    fresh.closed_by, fresh.closed_in_place_of = authority.actor, authority.in_place_of
    fresh.closed_at, fresh.state = clock.now(), sitting_target(fresh.state, Act.CLOSE_SITTING)
    fresh.save(update_fields=["closed_by", "closed_in_place_of", "closed_at", "state"])
    write_sitting_entry(sitting=fresh, act=Act.CLOSE_SITTING, authority=authority, from_state="open", to_state="closed")
    return form


def _refuse_open_items(items: list[SittingItem]) -> None:
    unfinished = [
        _("Punkt {number}, „{title}“: {state}").format(
            number=item.number, title=item.title, state=item.get_state_display()
        )
        for item in items
        if item.state not in DONE
    ]
    if unfinished:
        raise Incomplete(
            unfinished,
            _("Jeder Punkt ist zu bestätigen, zu vertagen oder abzusetzen. Offen: {items}.").format(
                items="; ".join(unfinished)
            ),
        )


def _refuse_without_quorum(sitting: Sitting, items: list[SittingItem]) -> None:
    """Where the attendance is noted, the group must have been able to decide: on each item when it was recorded
    (`voters`), else now. Where nobody noted it, the minutes say so."""
    count = count_of(sitting)
    if count is None or count.is_quorate:
        return
    if any(item.state == State.CONFIRMED and item.voters is None for item in items):
        raise Incomplete([_("die Beschlussfähigkeit")], words_for_no_quorum(len(count.sitting_there), count.quorum))


def _passed_over(items: list[SittingItem], order: Ranking) -> dict[int, list[str]]:
    """Return whom each confirmed item passes over, by the item's key.

    Raises Incomplete where an item passes over one that stood on the same list and was put off or dropped, and does not
    say why. Whoever came into the ranking since the record was seen when confirming; the form keeps them too.
    """
    found: dict[int, list[str]] = {}
    listed = {item.project_id for item in items}
    for item in items:
        if item.state != State.CONFIRMED:
            continue
        over = passed_over(item, item.outcome, is_closing=True, order=order)
        found[item.pk] = [entry.ranked.candidate.project_id for entry in over]
        set_aside = next((entry for entry in over if entry.project.pk in listed), None)
        if set_aside is not None and not item.reason and not item.reason_removed_at:
            raise Incomplete(
                [_("warum von der Rangfolge abgewichen wird")],
                _(
                    "Punkt {number}, „{title}“, weicht von der Rangfolge ab: Platz {rank}, „{first}“, bleibt "
                    "unentschieden. Das Protokoll nennt keinen Grund; geben Sie es dafür zurück."
                ).format(number=item.number, title=item.title, rank=set_aside.ranked.rank, first=set_aside.project),
            )
    return found


def outdated_items(items: list[SittingItem], seen: list[SeenPlace]) -> list[SittingItem]:
    """Return the confirmed items whose confirmation saw another ranking."""
    current = ranking_hash(seen)
    return [item for item in items if item.state == State.CONFIRMED and item.confirmed_ranking_hash != current]


def _take_outdated_confirmations_back(
    sitting: Sitting, items: list[SittingItem], seen: list[SeenPlace], authority: Authority
) -> RankingMoved | None:
    outdated = outdated_items(items, seen)
    if not outdated:
        return None
    for item in outdated:
        item.state = State.RECORDED
        item.confirmed_by = item.confirmed_in_place_of = item.confirmed_at = None
        item.version += 1
        item.save()
        write_sitting_entry(
            sitting=sitting,
            act="confirmation_lapses",
            authority=authority,
            item=item,
            from_state=State.CONFIRMED,
            to_state=State.RECORDED,
        )
    return RankingMoved(outdated, movements(outdated[0].confirmed_ranking or [], seen))


# --- The frozen form ----------------------------------------------------------------------------------------------


def _freeze(
    sitting: Sitting, body: Body, items: list[SittingItem], order: Ranking, over: dict[int, list[str]]
) -> FrozenForm:
    edition = edition_in_force(sitting.day)
    if edition is None:
        raise ProcedureError(_("Für den Tag der Sitzung gilt keine Ausgabe der Strategie."))
    last = last_form(body, is_example=sitting.is_example)
    previous_hash = last.hash if last else FIRST_HASH
    content = frozen.build(
        sitting=frozen.FrozenSitting(
            body=body.code,
            day=sitting.day.isoformat(),
            chair=str(sitting.chair_id),
            is_example=sitting.is_example,
            edition=edition.code,
            rule=order.rule.number,
            rubric=order.rule.rubric.number,
            weights=weights_of(order.rule),
            effect_threshold=order.rule.effect_threshold,
            accepted_interval=order.rule.accepted_interval,
        ),
        places=[_frozen_place(entry) for entry in order.entries],
        deferred=[str(project.pk) for project in order.deferred],
        unrated=[str(project.pk) for project in order.unrated],
        items=[frozen_item(item, over.get(item.pk, [])) for item in items],
        entitled=entitled_on(body, sitting.day),
        attendance=frozen_attendance(sitting),
    )
    return FrozenForm.objects.create(
        sitting=sitting,
        edition=edition,
        format=frozen.FORMAT,
        content=content,
        previous_hash=previous_hash,
        hash=frozen.form_hash(content, previous_hash),
        is_example=sitting.is_example,
    )


def _frozen_place(entry: RankedProject) -> frozen.FrozenPlace:
    return frozen.FrozenPlace(
        project=entry.ranked.candidate.project_id,
        pool_number=entry.ranked.candidate.pool_number,
        marks={mark.mark: mark.state for mark in entry.marks},
        levels=entry.ranked.candidate.levels,
        rating=entry.rating.pk,
        score=entry.ranked.score,
        rank=entry.ranked.rank,
        countersigned_by=_countersigned_by(entry),
    )


def _countersigned_by(entry: RankedProject) -> str | None:
    signed = entry.rating.countersigned
    return str(signed.by_id) if signed is not None else None


def frozen_attendance(sitting: Sitting) -> frozen.FrozenAttendance | None:
    """Return who was there as the form keeps it; None where nobody noted it."""
    count = count_of(sitting)
    if count is None:
        return None
    return frozen.FrozenAttendance(
        seats=count.seats,
        quorum=count.quorum,
        sitting_there=sorted(count.sitting_there),
        present=sorted(str(row.person_id) for row in present_at(sitting) if row.presence == "present"),
    )


def frozen_item(item: SittingItem, over: list[str] | None = None) -> frozen.FrozenItem:
    """Return an item as the form keeps it; computed again from the rows it must come out the same."""
    return frozen.FrozenItem(
        number=item.number,
        kind=item.kind,
        project=str(item.project_id) if item.project_id else None,
        rule=item.rule_version.number if item.rule_version else None,
        proposal=item.proposal,
        outcome=item.outcome if item.state == State.CONFIRMED else item.state,
        marks={row.mark: "confirmed" if row.confirms else "refused" for row in item.mark_decisions.all()},
        day=item.look_again_on.isoformat() if item.look_again_on else None,
        reason_sha256=frozen.text_digest(salt=item.reason_salt, text=item.reason),
        text_sha256=frozen.text_digest(salt=item.reason_salt, text=item.text),
        recorded_by=str(item.recorded_by_id) if item.recorded_by_id else None,
        recorded_at=rules_time(item.recorded_at) if item.recorded_at else None,
        confirmed_by=str(item.confirmed_by_id) if item.confirmed_by_id else None,
        confirmed_at=rules_time(item.confirmed_at) if item.confirmed_at else None,
        no_countersignature_sha256=frozen.text_digest(salt=item.reason_salt, text=item.no_countersignature)
        if item.no_countersignature
        else "",
        voting=item.voting,
        voters=item.voters,
        votes=[item.votes_yes, item.votes_no, item.votes_abstained] if item.voting == "counted" else None,
        recused=sorted(str(row.person_id) for row in item.recusals.all()),
        dissent_sha256=frozen.text_digest(salt=item.reason_salt, text=item.dissent) if item.dissent else "",
        conditions_sha256=frozen.text_digest(salt=item.reason_salt, text=item.conditions) if item.conditions else "",
        conditions_due=item.conditions_due_on.isoformat() if item.conditions_due_on else None,
        follow_up=item.follow_up.code if item.follow_up else None,
        supersedes=f"{item.supersedes.sitting.day.isoformat()}/{item.supersedes.number}" if item.supersedes else None,
        passed_over=over or [],
        recommendations=[
            {
                "day": row.day.isoformat(),
                "text_sha256": frozen.text_digest(salt=row.reason_salt, text=row.text),
                "votes": [row.votes_yes, row.votes_no, row.votes_abstained],
            }
            for row in sorted(item.recommendations.all(), key=lambda row: row.pk)
        ],
    )


# --- Taking effect ------------------------------------------------------------------------------------------------


def _take_effect(item: SittingItem, by: User, authority: Authority) -> None:
    """Do what the item says; whatever refuses it becomes a Hindrance that names the item."""
    try:
        if item.rule_version is not None:
            _adopt(item)
        else:
            _change_project(item, by, authority)
    except ValidationError as error:
        raise Hindrance(item, " ".join(error.messages)) from error
    except (ProcedureError, NotAllowed) as error:
        raise Hindrance(item, str(error)) from error


def _adopt(item: SittingItem) -> None:
    if item.outcome != SittingItem.Outcome.ADOPT_RULE or item.rule_version is None:
        return
    if item.rule_version.is_pending:
        if item.rule_version.valid_from < clock.today():
            raise ProcedureError(
                _("Der Tag, ab dem die Regel gelten soll, ist vorbei; was vorher geordnet war, bleibt, wie es war.")
            )
        item.rule_version.is_pending = False
        item.rule_version.save(update_fields=["is_pending"])
        replace_all()


def _change_project(item: SittingItem, by: User, authority: Authority) -> None:
    project = item.project
    if project is None:
        return
    decisions = list(item.mark_decisions.order_by("mark"))
    if set(undecided_marks(project)) - {decision.mark for decision in decisions}:
        raise ProcedureError(_("Zu einer vorgeschlagenen Klasse sagt das Ergebnis nichts."))
    for decision in decisions:
        decide_class(
            project=project, mark=decision.mark, confirms=decision.confirms, reason=item.reason, authority=authority
        )
    if item.outcome == Act.REOPEN_GATE:
        reopen_gate(project=project, reason=item.reason, by=by)
    elif item.outcome in MOVING_OUTCOMES:
        changes: dict[str, object] = {}
        if item.outcome == Act.DEFER:
            changes["look_again_on"] = item.look_again_on
        if item.outcome == Act.STOP:
            changes["result"] = item.lesson
        move(project=project, act=Act(item.outcome), by=by, reason=item.reason, changes=changes, is_beschluss=True)
    project.refresh_from_db()
    place(project=project)
    after_commit(
        notifications.decided,
        project=project,
        by=authority.actor,
        outcome=item.outcome,
        label=item.outcome_words,
        day=item.sitting.day,
        look_again_on=item.look_again_on if item.outcome == Act.DEFER else None,
    )
