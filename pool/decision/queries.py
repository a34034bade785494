"""Reading sittings, their order and the register of Beschlüsse."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from governance.mandates.models import Body, Mandate
from governance.mandates.queries import holders_on
from governance.mandates.rules import Role
from governance.organisation.models import User
from pool.decision.models import Attendance, FrozenForm, ItemCorrection, Recommendation, Sitting, SittingItem
from pool.decision.rules import MOVING_OUTCOMES, SeenPlace, may_stand_on_a_list, needs_countersignature
from pool.decision.sitting_rules import AgendaLine, PlannedOutcome, Present, Seat, count_present, skipped
from pool.lifecycle import Act, Step
from pool.maturity.models import Countersignature
from pool.permissions import entrusted_to, is_barred, may
from pool.priority.models import ClassMark
from pool.priority.queries import RankedProject, Ranking, ranking, shows_examples_to, weights_of
from pool.priority.rules import Weights, ranked
from pool.project.models import Project
from pool.stand_ins.models import StandIn

ITEM_PEOPLE = ("recorded_by", "recorded_in_place_of", "confirmed_by", "confirmed_in_place_of")
DECIDABLE_STATES = (ClassMark.State.PROPOSED, ClassMark.State.CONFIRMED, ClassMark.State.REFUSED)


# --- Sittings a person may see ------------------------------------------------------------------------------------


def visible_sittings(user: User) -> QuerySet[Sitting]:
    """Return the sittings of the worlds a person sees: examples only for example accounts."""
    named = StandIn.objects.filter(sitting=OuterRef("pk"))
    rows = Sitting.objects.select_related("body", "chair__person__user").annotate(names_stand_ins=Exists(named))
    return rows if shows_examples_to(user) else rows.filter(is_example=False)


def sittings_with_counts(user: User) -> QuerySet[Sitting]:
    """Return the visible sittings with the number of their items and of those with a confirmed outcome."""
    return visible_sittings(user).annotate(
        items_count=Count("items"), confirmed_count=Count("items", filter=Q(items__state=SittingItem.State.CONFIRMED))
    )


def items_in_order(sitting: Sitting, *, with_marks: bool = False) -> list[SittingItem]:
    """Return the items of a sitting with project and people, by number; one query, four with marks and corrections."""
    people = [f"{role}__person__user" for role in ITEM_PEOPLE]
    rows = sitting.items.select_related(
        "project__lead_handlungsfeld", "project__lead_unit", "rule_version", "supersedes__sitting__body", *people
    )
    rows = rows.annotate(is_advised=Exists(Recommendation.objects.filter(item=OuterRef("pk"))))
    if with_marks:
        rows = rows.prefetch_related("mark_decisions", with_corrections())
    return list(rows.order_by("number"))


def with_corrections() -> Prefetch:
    """Return how the corrections of items are read along, the earliest first, with those who made them."""
    rows = ItemCorrection.objects.select_related("by__person__user", "in_place_of__person__user")
    return Prefetch("corrections", queryset=rows.order_by("pk"))


def standing_text(item: SittingItem, field: str) -> str:
    """Return what a text of a Beschluss says today: its last correction, else its own words."""
    corrections = ItemCorrection.objects.filter(item=item, field=field).order_by("-pk")
    corrected = corrections.values_list("new_text", flat=True).first()
    return getattr(item, field) if corrected is None else corrected


def visible_items(user: User) -> QuerySet[SittingItem]:
    """Return the items of the sittings a person may see."""
    rows = SittingItem.objects.filter(sitting__in=visible_sittings(user).order_by().values("pk"))
    return rows.select_related(
        "sitting__body",
        "sitting__chair__person__user",
        "project__lead_handlungsfeld",
        "project__lead_unit",
        "rule_version",
        "supersedes__sitting__body",
    )


def candidates(user: User, *, is_example: bool) -> list[Project]:
    """Return the projects that `user` may put on a list, by pool number: something can be decided about them, and they
    stand on no open list. Who keeps the list today is offered her own ones too, and told there who lists them; a deputy
    without an absence to act on, only what the CDO is barred from.
    """
    steps = [step for step in Step if may_stand_on_a_list(step, is_taken_over=False)]
    listed = SittingItem.objects.filter(project=OuterRef("pk"), is_final=False)
    rows = Project.objects.filter(step__in=steps, is_taken_over=False, is_example=is_example)
    if not may(user, Act.RECORD):
        rows = rows.filter(entrusted_to(user))
    return list(
        rows.filter(~Exists(listed))
        .select_related("lead_handlungsfeld", "lead_unit")
        .order_by("pool_number", "title", "pk")
    )


# --- The register -------------------------------------------------------------------------------------------------


def register(user: User) -> QuerySet[SittingItem]:
    """Return the Beschlüsse of closed sittings that a person may read, the latest first."""
    rows = SittingItem.objects.filter(is_final=True, state=SittingItem.State.CONFIRMED)
    if not shows_examples_to(user):
        rows = rows.filter(sitting__is_example=False)
    rows = rows.annotate(is_replaced=Exists(SittingItem.objects.filter(supersedes=OuterRef("pk"), is_final=True)))
    return rows.select_related(
        "sitting__body", "project__lead_handlungsfeld", "supersedes__sitting", "follow_up", "condition_met"
    ).order_by("-sitting__day", "-sitting__closed_at", "number", "pk")


@dataclass(frozen=True, slots=True)
class RegisterChoices:
    """What occurs in the register and can narrow it: pairs of value and label."""

    years: list[tuple[str, str]]
    bodies: list[tuple[str, str]]
    fields: list[tuple[str, str]]
    projects: list[tuple[str, str]]


def register_choices(user: User) -> RegisterChoices:
    """Return the years, bodies, Handlungsfelder and projects that occur in the register; two queries."""
    rows = register(user).order_by()
    held = set(rows.values_list("sitting__day", "sitting__body__code", "sitting__body__name").distinct())
    about = set(
        rows.filter(project__isnull=False).values_list(
            "project__pool_number",
            "project__title",
            "project__lead_handlungsfeld__number",
            "project__lead_handlungsfeld__slug",
            "project__lead_handlungsfeld__name",
        )
    )
    numbered = {(row[0], row[1]) for row in about if row[0] is not None}
    return RegisterChoices(
        years=[(str(year), str(year)) for year in sorted({day.year for day, _code, _name in held}, reverse=True)],
        bodies=sorted({(code, name) for _day, code, name in held}, key=lambda body: body[1]),
        fields=[(slug, name) for _number, slug, name in sorted({row[2:] for row in about if row[3] is not None})],
        projects=[(str(number), f"{number}: {title}") for number, title in sorted(numbered)],
    )


# --- The order a sitting decides on -------------------------------------------------------------------------------


def order_before(*, is_example: bool, with_apart: bool = True) -> Ranking:
    """Return today's order of one world: a real sitting leaves examples out, an example sitting real projects.

    Three queries, two without those that stand apart.
    """
    found = ranking(include_examples=is_example, with_apart=with_apart)
    if not is_example:
        return found
    by_id = {str(entry.project.pk): entry for entry in found.entries if entry.project.is_example}
    order = ranked(
        (entry.ranked.candidate for entry in by_id.values()), weights_of(found.rule), found.rule.effect_threshold
    )
    own = ((row, by_id[row.candidate.project_id]) for row in order)
    return Ranking(
        rule=found.rule,
        day=found.day,
        entries=[RankedProject(row, entry.project, entry.rating, entry.marks, entry.ranges) for row, entry in own],
        unrated=[project for project in found.unrated if project.is_example],
        deferred=[project for project in found.deferred if project.is_example],
    )


def order_under(order: Ranking, weights: Weights, threshold: int) -> list[SeenPlace]:
    """Return the places that the projects of an order would have under another rule; no query, nothing changes."""
    marks = {entry.ranked.candidate.project_id: entry.marks for entry in order.entries}
    return [
        SeenPlace(
            project=row.candidate.project_id,
            rank=row.rank,
            score=row.score,
            marks={mark.mark: mark.state for mark in marks[row.candidate.project_id]},
        )
        for row in ranked((entry.ranked.candidate for entry in order.entries), weights, threshold)
    ]


def seen_places(order: Ranking) -> list[SeenPlace]:
    """Return an order as plain values: what a confirming person sees."""
    return [
        SeenPlace(
            project=entry.ranked.candidate.project_id,
            rank=entry.ranked.rank,
            score=entry.ranked.score,
            marks={mark.mark: mark.state for mark in entry.marks},
        )
        for entry in order.entries
    ]


# --- What an item meets -------------------------------------------------------------------------------------------


def undecided_marks(project: Project | None) -> list[str]:
    """Return the marks proposed and not yet decided."""
    if project is None:
        return []
    return list(
        ClassMark.objects.filter(project=project, is_current=True, state=ClassMark.State.PROPOSED)
        .order_by("mark")
        .values_list("mark", flat=True)
    )


def decidable_marks(project: Project | None) -> list[ClassMark]:
    """Return the current marks that an item may confirm or refuse: proposed ones and those decided earlier."""
    if project is None:
        return []
    rows = ClassMark.objects.filter(project=project, is_current=True, state__in=DECIDABLE_STATES)
    return list(rows.order_by("mark"))


def lacks_countersignature(project: Project | None) -> bool:
    """Tell whether an item on the project rests on a rating of record that nobody has countersigned."""
    if project is None:
        return False
    is_countersigned = Countersignature.objects.filter(rating__project=project, rating__is_current=True).exists()
    return needs_countersignature(project.step, is_countersigned=is_countersigned)


def standing_resolutions(project: Project | None) -> QuerySet[SittingItem]:
    """Return the Beschlüsse on a project that moved it and that no later one has replaced, the latest first."""
    replaced = SittingItem.objects.filter(supersedes=OuterRef("pk"), is_final=True)
    return (
        SittingItem.objects.filter(
            project=project,
            is_final=True,
            state=SittingItem.State.CONFIRMED,
            outcome__in=MOVING_OUTCOMES,
        )
        .filter(~Exists(replaced))
        .select_related("sitting__body")
        .order_by("-sitting__closed_at", "-pk")
    )


def supersedable(project: Project | None) -> QuerySet[SittingItem]:
    """Return the Beschluss that a reconsideration replaces: the one by which the project stands where it stands."""
    return standing_resolutions(project).filter(outcome__in=[Act.COMMISSION, Act.DECLINE])


def open_item_of(project: Project) -> SittingItem | None:
    """Return the item by which a project stands on the list of an open sitting."""
    rows = SittingItem.objects.filter(project=project, is_final=False).select_related("sitting__body")
    return rows.order_by("pk").first()


def standing_rule_item(item: SittingItem) -> SittingItem | None:
    """Return the Beschluss by which the last other rule version of the item's world was adopted, if any."""
    replaced = SittingItem.objects.filter(supersedes=OuterRef("pk"), is_final=True)
    rows = SittingItem.objects.filter(
        rule_version__isnull=False,
        is_final=True,
        state=SittingItem.State.CONFIRMED,
        outcome=SittingItem.Outcome.ADOPT_RULE,
        sitting__is_example=item.sitting.is_example,
    )
    rows = rows.filter(~Exists(replaced)).exclude(rule_version=item.rule_version_id)
    return rows.select_related("sitting__body").order_by("-sitting__closed_at", "-pk").first()


def passed_over(
    item: SittingItem, outcome: str, *, is_closing: bool = False, order: Ranking | None = None
) -> list[RankedProject]:
    """Return the ranked projects that an outcome of an item passes over, best first."""
    if outcome != Act.COMMISSION or item.project_id is None:
        return []
    order = order or order_before(is_example=item.sitting.is_example, with_apart=False)
    entries = {entry.ranked.candidate.project_id: entry for entry in order.entries}
    others = item.sitting.items.filter(project__isnull=False).exclude(pk=item.pk).order_by("number")
    found = skipped(
        str(item.project_id),
        outcome,
        ranks={project: entry.ranked.rank for project, entry in entries.items()},
        decided=[planned_outcome(other) for other in others],
        is_closing=is_closing,
    )
    return [entries[project] for project in found]


def planned_outcome(item: SittingItem) -> PlannedOutcome:
    """Return what an item says about its project, as a value."""
    is_set_aside = item.state in (SittingItem.State.ADJOURNED, SittingItem.State.DROPPED)
    return PlannedOutcome(
        project=str(item.project_id),
        outcome="" if is_set_aside else item.outcome,
        is_open=not is_set_aside and not item.outcome,
    )


def open_sittings(*, is_example: bool) -> QuerySet[Sitting]:
    """Return the open sittings of one world, the next first."""
    rows = Sitting.objects.filter(closed_at__isnull=True, is_example=is_example)
    return rows.select_related("body").order_by("day", "pk")


# --- Who ----------------------------------------------------------------------------------------------------------


def chair_on(body: Body, day: date) -> Mandate | None:
    """Return the mandate of the chair of a body on a day; a deputy is not the chair."""
    held = holders_on(day, role=Role.CHAIR, body_id=body.pk)
    return next((mandate for mandate in held if mandate.deputy_for_id is None), None)


def entitled_on(body: Body, day: date) -> list[str]:
    """Return the actor ids of those entitled in a body on a day: chair, deputy, members."""
    rows = Mandate.objects.valid_on(day).filter(body=body, role__in=[Role.CHAIR, Role.MEMBER])
    return sorted({str(person) for person in rows.values_list("person", flat=True)})


def seats_on(body: Body, day: date) -> list[Seat]:
    """Return the seats of a body on a day, the chair's first; a deputy has none but may fill one. One query."""
    rows = list(Mandate.objects.valid_on(day).filter(body=body, role__in=[Role.CHAIR, Role.MEMBER]).order_by("pk"))
    deputies: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.deputy_for_id is not None:
            deputies[row.deputy_for_id].append(str(row.person_id))
    seats = [
        Seat(holder=str(row.person_id), role=row.role, deputies=tuple(deputies[row.pk]))
        for row in sorted(rows, key=lambda row: (row.role != Role.CHAIR, row.pk))
        if row.deputy_for_id is None
    ]
    return list({seat.holder: seat for seat in reversed(seats)}.values())[::-1]


def present_at(sitting: Sitting) -> list[Attendance]:
    """Return who is noted as there or not, as it stands now; one query."""
    return list(sitting.attendance.filter(is_current=True).order_by("pk"))


def count_of(sitting: Sitting) -> Present | None:
    """Return which seats are taken and whether the group is quorate; None while nobody noted the attendance."""
    noted = present_at(sitting)
    if not noted:
        return None
    there = {str(row.person_id) for row in noted if row.presence == Attendance.Presence.PRESENT}
    return count_present(seats_on(sitting.body, sitting.day), there, of_the_body=sitting.body.quorum)


def barred_of(project: Project | None, people: Iterable[str], day: date) -> list[str]:
    """Return which of these people would judge their own on that day; nobody on an item without a project."""
    return [] if project is None else [person for person in people if is_barred(UUID(person), project, day)]


def agenda_lines(sitting: Sitting) -> list[AgendaLine]:
    """Return the agenda as an invitation keeps it; one query."""
    rows = sitting.items.order_by("number").values_list("pk", "number", "title")
    return [AgendaLine(item=pk, number=number, title=title) for pk, number, title in rows]


def last_form(body: Body, *, is_example: bool) -> FrozenForm | None:
    """Return the form of the last closed sitting of a body in one world."""
    return FrozenForm.objects.filter(sitting__body=body, is_example=is_example).order_by("-pk").first()
