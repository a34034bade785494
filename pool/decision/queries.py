"""Reading sittings, their order and the register of Beschlüsse."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from governance.mandates.models import Body, Mandate
from governance.mandates.queries import holders_on
from governance.mandates.rules import Role
from governance.organisation.models import User
from pool.decision.models import FrozenForm, ItemCorrection, Sitting, SittingItem
from pool.decision.rules import MOVING_OUTCOMES, SeenPlace, may_stand_on_a_list, needs_countersignature
from pool.lifecycle import Act, Step
from pool.maturity.models import Countersignature
from pool.permissions import entrusted_to, may
from pool.priority.models import ClassMark
from pool.priority.queries import RankedProject, Ranking, ranking, shows_examples_to, weights_of
from pool.priority.rules import ranked
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
    return rows.select_related("sitting__body", "project__lead_handlungsfeld").order_by(
        "-sitting__day", "-sitting__closed_at", "number", "pk"
    )


def register_choices(user: User) -> tuple[list[int], list[tuple[str, str]]]:
    """Return the years and the Handlungsfelder that occur in the register; two queries."""
    rows = register(user).order_by()
    years = sorted({day.year for day in rows.values_list("sitting__day", flat=True).distinct()}, reverse=True)
    fields = rows.filter(project__lead_handlungsfeld__isnull=False).values_list(
        "project__lead_handlungsfeld__number",
        "project__lead_handlungsfeld__slug",
        "project__lead_handlungsfeld__name",
    )
    return years, [(slug, name) for _number, slug, name in sorted(set(fields))]


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


def last_form(body: Body, *, is_example: bool) -> FrozenForm | None:
    """Return the form of the last closed sitting of a body in one world."""
    return FrozenForm.objects.filter(sitting__body=body, is_example=is_example).order_by("-pk").first()
