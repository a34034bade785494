"""What the minutes say of an item beside its outcome: who was befangen, the vote, dissent and condition.

Called by `record_outcome` on a locked item, inside its transaction; writes no entry of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.organisation.models import OrganisationUnit
from governance.record.text import clean_text
from pool.decision.models import Recusal, SittingItem
from pool.decision.queries import barred_of, count_of, passed_over
from pool.decision.sitting_rules import Vote, problem_with_vote
from pool.lifecycle import Incomplete, ProcedureError

FURTHEST_CONDITION_YEARS = 10


@dataclass(frozen=True, slots=True)
class Minutes:
    """How an outcome came about: all of it may be left out."""

    vote: Vote = field(default_factory=Vote)
    recused: Collection[str] = ()
    dissent: str = ""
    conditions: str = ""
    conditions_due_on: date | None = None
    follow_up: OrganisationUnit | None = None


NOTHING_NOTED = Minutes()


def write_minutes(item: SittingItem, minutes: Minutes) -> list[str]:
    """Write how an outcome came about into the item; return who is befangen, for `write_recusals` after saving.

    Where the attendance is noted: the group must be quorate (Incomplete), whoever is barred from the project is
    befangen without being named, and the numbers of a vote are those of the seats taken without the befangen. A
    condition needs a day after the sitting and an office that follows it up.
    """
    count = count_of(item.sitting)
    recused: set[str] = set(minutes.recused)
    voters = None
    if count is None:
        if recused:
            raise ProcedureError(_("Halten Sie zuerst fest, wer anwesend ist; dann, wer befangen ist."))
    else:
        if not count.is_quorate:
            raise Incomplete([_("die Beschlussfähigkeit")], words_for_no_quorum(len(count.sitting_there), count.quorum))
        if not recused <= set(count.sitting_there):
            raise ProcedureError(_("Befangen sein kann nur, wer anwesend ist und eine Stimme hat."))
        recused |= set(barred_of(item.project, count.sitting_there, item.sitting.day))
        voters = len(count.voters(recused))
        if not voters:
            raise ProcedureError(_("Alle Anwesenden sind befangen; über diesen Punkt kann heute niemand abstimmen."))
    problem = problem_with_vote(minutes.vote, voters=voters)
    if problem:
        raise ProcedureError(problem)
    item.voting, item.voters = minutes.vote.voting, voters
    item.votes_yes, item.votes_no, item.votes_abstained = (
        minutes.vote.yes,
        minutes.vote.no,
        minutes.vote.abstained,
    )
    item.dissent = clean_text(minutes.dissent)
    _write_condition(item, minutes)
    return sorted(recused)


def words_for_no_quorum(there: int, quorum: int) -> str:
    """Say that too few seats are taken."""
    return _(
        "Die Lenkungsgruppe ist nicht beschlussfähig: {there} Sitze sind besetzt, {quorum} müssen es sein. Vertagen "
        "Sie die Punkte, oder berichtigen Sie die Anwesenheit."
    ).format(there=there, quorum=quorum)


def _write_condition(item: SittingItem, minutes: Minutes) -> None:
    conditions = clean_text(minutes.conditions)
    if not conditions:
        if minutes.conditions_due_on or minutes.follow_up:
            raise Incomplete([_("die Auflage")], _("Schreiben Sie die Auflage, zu der Tag und Stelle gehören."))
        item.conditions, item.conditions_due_on, item.follow_up = "", None, None
        return
    day = minutes.conditions_due_on
    if day is None or minutes.follow_up is None:
        raise Incomplete(
            [_("Tag und Stelle zur Auflage")],
            _("Zu einer Auflage gehören ein Tag und die Stelle, die ihr nachgeht."),
        )
    if day <= item.sitting.day or day.year > item.sitting.day.year + FURTHEST_CONDITION_YEARS:
        raise ProcedureError(_("Nennen Sie für die Auflage einen Tag nach der Sitzung, höchstens zehn Jahre danach."))
    item.conditions, item.conditions_due_on, item.follow_up = conditions, day, minutes.follow_up


def write_recusals(item: SittingItem, recused: Collection[str]) -> None:
    """Write who is befangen on a saved item, in place of what the record before said."""
    item.recusals.all().delete()
    Recusal.objects.bulk_create(Recusal(item=item, person_id=person) for person in sorted(recused))


def take_minutes_away(item: SittingItem) -> None:
    """Empty what belongs to an outcome that is no longer: the item is put off or dropped."""
    item.voting, item.voters = "", None
    item.votes_yes = item.votes_no = item.votes_abstained = None
    item.dissent = item.conditions = ""
    item.conditions_due_on = item.follow_up = None
    item.recusals.all().delete()


def refuse_departure_without_reason(item: SittingItem, outcome: str, reason: str, *, is_closing: bool = False) -> None:
    """Raise Incomplete where an outcome departs from the ranking and the item does not say why."""
    problem = "" if reason else problem_with_departure(item, outcome, is_closing=is_closing)
    if problem:
        raise Incomplete([_("warum von der Rangfolge abgewichen wird")], problem)


def problem_with_departure(
    item: SittingItem, outcome: str, *, is_closing: bool = False, is_reasoned: bool = False
) -> str:
    """Say whom an outcome passes over, or "" where it keeps to the ranking; `is_reasoned`: the reason is given."""
    over = passed_over(item, outcome, is_closing=is_closing)
    if not over:
        return ""
    named = ", ".join(f"„{entry.project}“ ({_('Platz')} {entry.ranked.rank})" for entry in over[:3])
    more = _(" und weitere") if len(over) > 3 else ""
    said = ngettext(
        "Damit weicht der Beschluss von der Rangfolge ab: Vor diesem Vorhaben steht {named}{more}, und diese Sitzung "
        "entscheidet nicht darüber.",
        "Damit weicht der Beschluss von der Rangfolge ab: Vor diesem Vorhaben stehen {named}{more}, und diese Sitzung "
        "entscheidet nicht darüber.",
        len(over),
    ).format(named=named, more=more)
    return said if is_reasoned else said + _(" Begründen Sie die Abweichung.")
