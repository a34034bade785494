"""The life of a sitting, who counts in it, and whether a Beschluss departs from the ranking: values only.

Source: Verfahrensordnung des Portals, „Sitzungen“ und „Mandate“; docs/decisions/0073.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypedDict

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from pool.decision.rules import MOVING_OUTCOMES
from pool.lifecycle import Act, ProcedureError

# --- The life of a sitting ----------------------------------------------------------------------------------------


class SittingState(TextChoices):
    """Where a sitting stands. All but closed are open in the words of the procedure."""

    DRAFT = "draft", _lazy("in Vorbereitung")
    INVITED = "invited", _lazy("eingeladen")
    RUNNING = "running", _lazy("läuft")
    CLOSED = "closed", _lazy("geschlossen")


S, A = SittingState, Act

# Inviting again tells of a changed agenda. Recording an outcome begins a sitting that nobody opened by hand, and a
# sitting may be closed from wherever it stands: the procedure asks for no more than that every item is done.
SITTING_MOVES: Mapping[tuple[SittingState, Act], SittingState] = MappingProxyType(
    {
        (S.DRAFT, A.INVITE): S.INVITED,
        (S.INVITED, A.INVITE): S.INVITED,
        (S.DRAFT, A.BEGIN_SITTING): S.RUNNING,
        (S.INVITED, A.BEGIN_SITTING): S.RUNNING,
        (S.DRAFT, A.RECORD): S.RUNNING,
        (S.INVITED, A.RECORD): S.RUNNING,
        (S.RUNNING, A.RECORD): S.RUNNING,
        (S.DRAFT, A.CLOSE_SITTING): S.CLOSED,
        (S.INVITED, A.CLOSE_SITTING): S.CLOSED,
        (S.RUNNING, A.CLOSE_SITTING): S.CLOSED,
    }
)


class IllegalTurn(ProcedureError):
    """The sitting does not stand where the act could be done."""

    def __init__(self, state: str, act: str) -> None:
        self.state, self.act = state, act
        super().__init__(
            _("„{act}“ ist nicht möglich: Die Sitzung steht auf „{state}“.").format(
                act=Act(act).label, state=SittingState(state).label
            )
        )


def sitting_target(state: str, act: str) -> SittingState:
    """Return where `act` leads a sitting in `state`; raises IllegalTurn where the table knows no such pair."""
    try:
        return SITTING_MOVES[SittingState(state), Act(act)]
    except KeyError:
        raise IllegalTurn(state, act) from None


class AgendaLine(TypedDict):
    """One item as an invitation names it."""

    item: int
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class AgendaChanges:
    """What is different from the agenda of the invitation: ids of items, and titles of those gone."""

    new: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.moved or self.gone)


def agenda_changes(invited: Sequence[AgendaLine], now: Sequence[AgendaLine]) -> AgendaChanges:
    """Return what was added, taken off or put elsewhere since the invitation.

    An item counts as moved when its place among those that stayed is another one; that one before it went, does not.
    """
    before, after = {line["item"] for line in invited}, {line["item"] for line in now}
    stayed_before = [line["item"] for line in sorted(invited, key=_number) if line["item"] in after]
    stayed_now = [line["item"] for line in sorted(now, key=_number) if line["item"] in before]
    moved = {item for item, other in zip(stayed_now, stayed_before, strict=True) if item != other}
    gone = tuple(line["title"] for line in sorted(invited, key=_number) if line["item"] not in after)
    return AgendaChanges(new=frozenset(after - before), moved=frozenset(moved), gone=gone)


def _number(line: AgendaLine) -> int:
    return line["number"]


# --- Seats, quorum, votes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """One vote in a body on a day: whose it is, by which role, and who may take it in that person's place."""

    holder: str
    role: str
    deputies: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who may sit here, the holder first."""
        return (self.holder, *self.deputies)

    def taken_by(self, present: Collection[str]) -> str | None:
        """Return who sits here: the holder before a deputy; None where nobody of them is there."""
        return next((person for person in self.people if person in present), None)


def quorum_of(seats: int, *, of_the_body: int | None = None) -> int:
    """Return how many seats must be taken: what the body says, else more than half of all."""
    return of_the_body if of_the_body is not None else seats // 2 + 1


@dataclass(frozen=True, slots=True)
class Present:
    """Who is there and how many that makes. `sitting_there` has one person for each seat taken."""

    seats: int
    quorum: int
    sitting_there: tuple[str, ...]

    @property
    def is_quorate(self) -> bool:
        """Tell whether the group can decide."""
        return len(self.sitting_there) >= self.quorum

    def voters(self, recused: Collection[str]) -> tuple[str, ...]:
        """Return who votes on an item on which these people are befangen."""
        return tuple(person for person in self.sitting_there if person not in recused)


def count_present(seats: Sequence[Seat], present: Collection[str], *, of_the_body: int | None = None) -> Present:
    """Return which seats are taken. A deputy who holds no free seat is there without a vote."""
    there: list[str] = []
    for seat in seats:
        person = seat.taken_by([each for each in present if each not in there])
        if person is not None:
            there.append(person)
    return Present(seats=len(seats), quorum=quorum_of(len(seats), of_the_body=of_the_body), sitting_there=tuple(there))


@dataclass(frozen=True, slots=True)
class Vote:
    """How a vote went: "" (not noted), "unanimous", or "counted" with three numbers."""

    voting: str = ""
    yes: int | None = None
    no: int | None = None
    abstained: int | None = None


def problem_with_vote(vote: Vote, *, voters: int | None) -> str:
    """Return what is wrong with a vote, in words, or "". `voters` is None where the attendance is not noted."""
    numbers = (vote.yes, vote.no, vote.abstained)
    if vote.voting != "counted":
        return (
            _("Wählen Sie „ausgezählt“, wenn Sie Stimmen nennen.") if any(each is not None for each in numbers) else ""
        )
    yes, no, abstained = (each if each is not None else -1 for each in numbers)
    if min(yes, no, abstained) < 0:
        return _("Nennen Sie Ja, Nein und Enthaltungen; null schreiben Sie als 0.")
    if voters is not None and yes + no + abstained != voters:
        return _(
            "Die Stimmen ergeben {sum}, stimmberechtigt sind {voters}: die besetzten Sitze ohne die Befangenen."
        ).format(sum=yes + no + abstained, voters=voters)
    if yes <= no:
        return _(
            "Der Vorschlag hat keine Mehrheit. Protokollieren Sie, was stattdessen beschlossen ist, oder vertagen Sie."
        )
    return ""


def vote_in_words(yes: int, no: int, abstained: int) -> str:
    """Return counted votes in words: „2 Ja, 1 Nein, 1 Enthaltung“."""
    said = ngettext("{abstained} Enthaltung", "{abstained} Enthaltungen", abstained).format(abstained=abstained)
    return _("{yes} Ja, {no} Nein, {abstained}").format(yes=yes, no=no, abstained=said)


# --- Departing from the ranking -----------------------------------------------------------------------------------

COMMISSION = Act.COMMISSION.value


@dataclass(frozen=True, slots=True)
class PlannedOutcome:
    """What a sitting says about one project: an outcome, or "" while it may still be decided in this sitting."""

    project: str
    outcome: str
    is_open: bool = False


def skipped(
    project: str, outcome: str, *, ranks: Mapping[str, int], decided: Iterable[PlannedOutcome], is_closing: bool
) -> list[str]:
    """Return the projects that a Beschluss passes over, in the order of the ranking.

    Only commissioning departs, and only of a project with a rank: passed over are all ranked projects on a better
    place (a shared one is none) about which this sitting decides nothing that moves them. Until it closes, what still
    stands open on its list counts as decided. A project without a rank (deferred) passes nobody over.
    """
    own = ranks.get(project)
    if outcome != COMMISSION or own is None:
        return []
    settled = {each.project for each in decided if each.outcome in MOVING_OUTCOMES or (each.is_open and not is_closing)}
    above = [(rank, other) for other, rank in ranks.items() if rank < own and other not in settled]
    return [other for _rank, other in sorted(above)]
