"""A sitting as values: its agenda item by item with everything the reader may see, and who is there.

Pages, the presentation, and whatever prints a sitting read from here. Nothing here writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from governance.mandates.rules import Role
from governance.models import Actor, User
from pool.decision.models import (
    Attendance,
    Invitation,
    ItemCorrection,
    MarkDecision,
    Recommendation,
    Sitting,
    SittingItem,
)
from pool.decision.queries import (
    ITEM_PEOPLE,
    agenda_lines,
    candidates,
    order_before,
    passed_over,
    present_at,
    seats_on,
    with_corrections,
)
from pool.decision.sitting_rules import (
    AgendaChanges,
    Present,
    Seat,
    agenda_changes,
    count_present,
    vote_in_words,
)
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.priority.queries import RankedProject, Ranking
from pool.project.models import Project
from pool.questions.models import Objection

State = SittingItem.State


@dataclass(frozen=True, slots=True)
class VoteLine:
    """How a vote went; numbers are None where it was unanimous or nobody counted."""

    voting: str
    voters: int | None
    yes: int | None
    no: int | None
    abstained: int | None

    @property
    def words(self) -> str:
        """The vote as the minutes say it, or ""."""
        if self.voting == SittingItem.Voting.UNANIMOUS:
            return _("einstimmig ({voters} Stimmen)").format(voters=self.voters) if self.voters else _("einstimmig")
        if self.voting == SittingItem.Voting.COUNTED:
            return vote_in_words(self.yes or 0, self.no or 0, self.abstained or 0)
        return ""


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """One item with everything about it. What the reader may not see is empty: votes, names, dissent, money."""

    item: SittingItem
    entry: RankedProject | None
    text: str
    reason: str
    decisions: list[MarkDecision]
    recommendation: Recommendation | None
    earlier_recommendations: list[Recommendation]
    vote: VoteLine | None = None
    recused: list[Actor] = field(default_factory=list)
    dissent: str = ""
    over: list[RankedProject] = field(default_factory=list)
    change: str = ""

    @property
    def project(self) -> Project | None:
        """The project it is about, if any."""
        return self.item.project

    @property
    def is_done(self) -> bool:
        """Tell whether the item waits for nothing any more."""
        return self.item.state in (State.CONFIRMED, State.ADJOURNED, State.DROPPED)


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One seat and who sits on it."""

    seat: Seat
    holder: Actor
    deputies: list[Actor]
    taken_by: Actor | None

    @property
    def is_chair(self) -> bool:
        """Tell whether it is the chair's."""
        return self.seat.role == Role.CHAIR


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """Who is entitled on the day of a sitting, and who is there; `present` is None while nobody noted it."""

    lines: list[SeatLine]
    present: Present | None
    there: frozenset[str]

    @property
    def quorum(self) -> int:
        """How many seats must be taken."""
        return self.present.quorum if self.present else len(self.lines) // 2 + 1


def agenda_points(sitting: Sitting, *, reads_inside: bool, order: Ranking | None = None) -> list[AgendaPoint]:
    """Return the items of a sitting by number, with everything; nine queries, however many items.

    `reads_inside` tells whether the reader sits in the room of the sittings (CDO, Lenkungsgruppe). `order` is today's
    order of the sitting's world where it is known already; a closed sitting has places in its frozen form alone.
    """
    if sitting.is_open and order is None:
        order = order_before(is_example=sitting.is_example, with_apart=False)
    in_order = order.entries if order and sitting.is_open else []
    entries: dict[object, RankedProject] = {entry.project.pk: entry for entry in in_order}
    items = list(items_with_all(sitting.items.all()).order_by("number"))
    changes = changes_since_invitation(sitting) if sitting.is_open else AgendaChanges()
    return [
        point_of(item, reads_inside=reads_inside, entry=entries.get(item.project_id), change=_change(item, changes))
        for item in items
    ]


def items_with_all(rows: QuerySet[SittingItem]) -> QuerySet[SittingItem]:
    """Read along what an agenda point shows."""
    people = [f"{role}__person__user" for role in ITEM_PEOPLE]
    later = SittingItem.objects.filter(is_final=True).select_related("sitting__body")
    return rows.select_related(
        "sitting__body",
        "project__lead_handlungsfeld",
        "project__lead_unit",
        "rule_version",
        "follow_up",
        "condition_met",
        "supersedes__sitting__body",
        *people,
    ).prefetch_related(
        "mark_decisions",
        with_corrections(),
        Prefetch("recommendations", queryset=Recommendation.objects.order_by("pk")),
        "recusals__person__person__user",
        Prefetch("superseded_by", queryset=later),
    )


def point_of(
    item: SittingItem,
    *,
    reads_inside: bool,
    entry: RankedProject | None = None,
    over: Iterable[RankedProject] = (),
    change: str = "",
) -> AgendaPoint:
    """Return one item, read by `items_with_all`, as the reader may see it."""
    recommendations = list(item.recommendations.all())
    vote = VoteLine(item.voting, item.voters, item.votes_yes, item.votes_no, item.votes_abstained)
    return AgendaPoint(
        item=item,
        entry=entry,
        text=_standing(item, ItemCorrection.Field.TEXT, item.text),
        reason=_standing(item, ItemCorrection.Field.REASON, item.reason),
        decisions=list(item.mark_decisions.all()),
        recommendation=recommendations[-1] if recommendations else None,
        earlier_recommendations=recommendations[:-1],
        vote=vote if reads_inside and item.voting else None,
        recused=[row.person for row in item.recusals.all()] if reads_inside else [],
        dissent=item.dissent if reads_inside else "",
        over=list(over),
        change=change,
    )


def _standing(item: SittingItem, field_name: str, own: str) -> str:
    corrected = [each.new_text for each in item.corrections.all() if each.field == field_name]
    return corrected[-1] if corrected else own


def departure_of(item: SittingItem, outcome: str) -> list[RankedProject]:
    """Return whom an outcome of an item would pass over, today."""
    return passed_over(item, outcome) if item.sitting.is_open else []


# --- The invitation -----------------------------------------------------------------------------------------------


def last_invitation(sitting: Sitting) -> Invitation | None:
    """Return the invitation that counts; one query."""
    return sitting.invitations.order_by("-pk").first()


def with_invitation(rows: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Read along when a sitting was last invited to, with which agenda, and whether anybody noted who is there."""
    last = Invitation.objects.filter(sitting=OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        invited_at=Subquery(last.values("at")[:1]),
        invited_agenda=Subquery(last.values("agenda")[:1]),
        has_attendance=Exists(Attendance.objects.filter(sitting=OuterRef("pk"))),
    )


def changes_since_invitation(sitting: Sitting, invitation: Invitation | None = None) -> AgendaChanges:
    """Return what is different from the last invitation; nothing where nobody is invited yet. At most two queries."""
    invitation = invitation or last_invitation(sitting)
    if invitation is None:
        return AgendaChanges()
    return agenda_changes(invitation.agenda, agenda_lines(sitting))


def _change(item: SittingItem, changes: AgendaChanges) -> str:
    if item.pk in changes.new:
        return _("seit der Einladung neu")
    return _("seit der Einladung verschoben") if item.pk in changes.moved else ""


# --- Who is there -------------------------------------------------------------------------------------------------


def attendance_sheet(sitting: Sitting) -> AttendanceSheet:
    """Return the seats of the day with names and who sits on them; three queries."""
    seats = seats_on(sitting.body, sitting.day)
    noted = present_at(sitting)
    there = frozenset(str(row.person_id) for row in noted if row.presence == Attendance.Presence.PRESENT)
    count = count_present(seats, there, of_the_body=sitting.body.quorum) if noted else None
    people = {
        str(actor.pk): actor
        for actor in Actor.objects.filter(pk__in=[person for seat in seats for person in seat.people]).select_related(
            "person__user"
        )
    }
    sitting_there = set(count.sitting_there) if count else set()
    lines = []
    for seat in seats:
        taken = next((person for person in seat.people if person in sitting_there), None)
        deputies = [people[person] for person in seat.deputies]
        lines.append(SeatLine(seat, people[seat.holder], deputies, people[taken] if taken else None))
    return AttendanceSheet(lines=lines, present=count, there=there)


# --- The agenda in one step ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggested:
    """A project that could come on the list, why, and as which kind of item ("" for the usual one)."""

    project: Project
    why: str
    kind: str = ""
    entry: RankedProject | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one step would put on the list, in this order, and what of it stands on another open list already."""

    rows: list[Suggested]
    elsewhere: list[SittingItem]


CHOICES = ("erste", "vorrang", "alle")


def suggested_agenda(user: User, sitting: Sitting, *, choice: str, first: int, order: Ranking) -> Suggestion:
    """Return what the office may put on the list in one step, in ranking order; five queries.

    The first so many of the ranking, its priority class or all of it; then deferred projects whose day is reached by
    the day of the sitting, projects whose class is undecided, and objections that wait.
    """
    free = {project.pk: project for project in candidates(user, is_example=sitting.is_example)}
    entries = [entry for entry in order.entries if choice != "vorrang" or entry.ranked.criteria.priority_class]
    if choice == "erste":
        entries = entries[:first]
    places = {entry.project.pk: entry for entry in order.entries}
    rows = [
        Suggested(free[entry.project.pk], _("Platz {rank}").format(rank=entry.ranked.rank), entry=entry)
        for entry in entries
        if entry.project.pk in free
    ]
    taken = {row.project.pk for row in rows}
    undecided, objected = _undecided(free), _objected(free)
    for project in free.values():
        if project.pk in taken:
            continue
        if _is_due(project, sitting.day):
            day = f"{project.look_again_on:%d.%m.%Y}"
            rows.append(Suggested(project, _("zurückgestellt, wieder anzusehen am {day}").format(day=day)))
        elif project.pk in undecided:
            rows.append(
                Suggested(
                    project, _("Klasse noch nicht entschieden"), SittingItem.Kind.CLASS, entry=places.get(project.pk)
                )
            )
        elif project.pk in objected:
            rows.append(Suggested(project, _("Widerspruch wartet")))
    wanted = {entry.project.pk for entry in entries} - set(free)
    elsewhere = SittingItem.objects.filter(project__in=wanted, is_final=False).exclude(sitting=sitting)
    return Suggestion(rows, list(elsewhere.select_related("sitting__body", "project").order_by("project__pool_number")))


def _is_due(project: Project, day: date) -> bool:
    return project.step == Step.DEFERRED and project.look_again_on is not None and project.look_again_on <= day


def _undecided(projects: Mapping[UUID, Project]) -> set[object]:
    rows = ClassMark.objects.filter(project__in=list(projects), is_current=True, state=ClassMark.State.PROPOSED)
    return set(rows.values_list("project", flat=True))


def _objected(projects: Mapping[UUID, Project]) -> set[object]:
    rejected = [pk for pk, project in projects.items() if project.step == Step.REJECTED]
    return set(Objection.objects.filter(project__in=rejected).values_list("project", flat=True))


# --- The Beirat ---------------------------------------------------------------------------------------------------


def advised_items(*, with_examples: bool) -> QuerySet[SittingItem]:
    """Return the items of the sittings that are invited or run, as the Beirat may read them: the next sitting first.

    What was not admitted to the pool is none of the Beirat's reading, so neither is an objection about it.
    """
    rows = SittingItem.objects.filter(sitting__state__in=["invited", "running"])
    rows = rows.filter(Q(project__isnull=True) | Q(project__pool_number__isnull=False))
    if not with_examples:
        rows = rows.filter(sitting__is_example=False)
    rows = rows.select_related("sitting__body", "project__lead_handlungsfeld", "project__lead_unit", "rule_version")
    recommendations = Prefetch("recommendations", queryset=Recommendation.objects.order_by("pk"))
    return rows.prefetch_related(recommendations).order_by("sitting__day", "sitting", "number")
