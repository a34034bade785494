"""Picking what the pages of this step show: my ideas, the pool, the frame a form chooses from, an idea's sheet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import (
    SDG,
    Edition,
    Handlungsbedarf,
    Handlungsfeld,
    OrganisationUnit,
    Querschnittsthema,
    User,
)
from governance.organisation.queries import office_ids
from governance.record import clock
from pool.lifecycle import FINAL_STEPS, Step
from pool.permissions import AUTHORS, TEAM
from pool.project.models import Project, ProjectMandate
from pool.submission.rules import DEMANDED, IDEA_FIELDS, MONEY_FIELDS, SECTIONS, Text, missing_fields

NOT_CHOSEN_KINDS = ("group", "dezernat")


def may_begin(user: User | AnonymousUser) -> bool:
    """Tell whether `user` may begin an idea: everybody employed in the Konzern today."""
    return standing_of(user).is_employee


def my_projects(user: User) -> QuerySet[Project]:
    """Return what `user` wrote or works on, first what waits for her, then what is under way, then what is over.

    Each row carries `mine` (her mandates today), `group` (0, 1, 2), `has_lead`, `has_proposal` and `has_taken_in`:
    another project has merged into it, which both sides are told.
    """
    actor, day = standing_of(user).actor_id, clock.today()
    held = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    mine = ProjectMandate.objects.filter(held, person=actor, role__in=AUTHORS | TEAM)
    here = mine.filter(project=OuterRef("pk"))
    leads = ProjectMandate.objects.filter(held, project=OuterRef("pk"), role=ProjectMandate.Role.LEAD)
    proposals = Project.objects.filter(pk=OuterRef("pk"), completion_proposals__is_current=True)
    return (
        Project.objects.filter(Exists(here))
        .annotate(
            writes=Exists(here.filter(role__in=AUTHORS)),
            leads=Exists(here.filter(role=ProjectMandate.Role.LEAD)),
            has_lead=Exists(leads),
            has_proposal=Exists(proposals),
            has_taken_in=Exists(Project.objects.filter(merged_into=OuterRef("pk"))),
        )
        .annotate(
            group=Case(
                When(Q(writes=True, step__in=[Step.DRAFT, Step.RETURNED]), then=Value(0)),
                When(Q(leads=True, step=Step.COMMISSIONED), then=Value(0)),
                When(Q(leads=True, step=Step.RUNNING, has_proposal=False), then=Value(0)),
                When(step__in=[*FINAL_STEPS, Step.REJECTED, Step.DECLINED], then=Value(2)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .select_related("lead_handlungsfeld")
        .prefetch_related(Prefetch("mandates", queryset=mine.order_by("pk"), to_attr="mine"))
        .order_by("group", "-created_at", "pk")
    )


def pool_projects(user: User) -> QuerySet[Project]:
    """Return everything from pooled on that `user` may see."""
    return (
        Project.objects.visible_to(user)
        .in_pool()
        .select_related("lead_handlungsfeld", "lead_unit")
        .defer("problem", "benefit", "effort", "procurement", "result", "participation")
    )


def leading_units() -> list[OrganisationUnit]:
    """Return the units that lead or join something in the pool, for the filter of the list."""
    in_pool = Q(pool_number__isnull=False) | Q(is_taken_over=True)
    led = Project.objects.filter(in_pool, lead_unit=OuterRef("pk"))
    joined = Project.objects.filter(in_pool, unit_links__unit=OuterRef("pk"))
    return list(OrganisationUnit.objects.filter(Exists(led) | Exists(joined)).order_by("name", "code"))


def needs_in_order() -> list[Handlungsbedarf]:
    """Return the Handlungsbedarfe with their Handlungsfelder in the order of the strategy."""
    rows = Handlungsbedarf.objects.select_related("handlungsfeld")
    return list(rows.order_by("handlungsfeld__edition", "handlungsfeld__number", "number"))


# --- What the form chooses from -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IdeaFrame:
    """Everything the form of an idea offers to choose from."""

    units: list[OrganisationUnit]
    needs: list[Handlungsbedarf]
    topics: list[Querschnittsthema]
    sdgs: list[SDG]

    @property
    def handlungsfelder(self) -> list[Handlungsfeld]:
        """The Handlungsfelder in the order of the strategy."""
        return list({need.handlungsfeld_id: need.handlungsfeld for need in self.needs}.values())


def idea_frame(edition: Edition | None, day: date, *, also_units: Iterable[int] = ()) -> IdeaFrame:
    """Return what an idea of `edition` chooses from on `day`; units already linked stay on offer after their end."""
    existing = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    existing &= Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    units = OrganisationUnit.objects.filter(existing & ~Q(kind__in=NOT_CHOSEN_KINDS) | Q(pk__in=list(also_units)))
    needs = Handlungsbedarf.objects.filter(handlungsfeld__edition=edition).select_related("handlungsfeld")
    return IdeaFrame(
        units=list(units.order_by("name", "code")),
        needs=list(needs.order_by("handlungsfeld__number", "number")),
        topics=list(Querschnittsthema.objects.filter(edition=edition).order_by("number")),
        sdgs=list(SDG.objects.order_by("number")),
    )


# --- An idea's sheet: everything it says, section by section ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One thing an idea says: its label, its texts, and whether it is demanded and still missing."""

    name: str
    label: Text
    texts: list[str]
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One section of the sheet."""

    slug: str
    title: Text
    rows: list[SheetRow]

    @property
    def missing_count(self) -> int:
        """How many demanded things are missing in this section."""
        return sum(row.is_missing for row in self.rows)

    @property
    def is_demanded(self) -> bool:
        """Tell whether the section holds anything that handing in demands."""
        return any(row.name in DEMANDED for row in self.rows)


def sheet(project: Project, *, with_money: bool) -> list[SheetSection]:
    """Return everything an idea says, section by section, without money and procurement where `with_money` is not."""
    missing = set(missing_fields({name: getattr(project, name) for name in IDEA_FIELDS}))
    linked = _linked_rows(project)
    return [
        SheetSection(
            section.slug,
            section.title,
            [
                _row(project, name, is_missing=name in missing)
                for name in section.fields
                if with_money or name not in MONEY_FIELDS
            ]
            + linked.get(section.slug, []),
        )
        for section in SECTIONS
    ]


def differences(project: Project, values: Mapping[str, object], links: Mapping[str, Any]) -> list[SheetRow]:
    """Return what the stored idea says where it is not what was typed; for a page that was overtaken."""
    stored = {row.name: row for section in sheet(project, with_money=True) for row in section.rows}
    changed = [name for name, value in values.items() if (getattr(project, name) or None) != (value or None)]
    held = {
        "handlungsbedarfe": set(project.handlungsbedarfe.all()),
        "units": {(link.unit, link.part, link.task) for link in project.unit_links.select_related("unit")},
        "partners": {(partner.name, partner.task) for partner in project.partners.all()},
        "sdgs": set(project.sdgs.all()),
    }
    changed += [name for name, rows in held.items() if rows != set(links[name])]
    answers = {row.querschnittsthema_id: row.text for row in project.querschnitt_answers.all()}
    for topic, text in links["querschnitt"].items():
        if answers.get(topic.pk, "") != text:
            name = f"topic_{topic.pk}"
            changed.append(name)
            stored.setdefault(name, SheetRow(name, topic.name, []))
    return [stored[name] for name in changed if name in stored]


def label_of(name: str) -> Text:
    """Return the label of one of an idea's own fields."""
    return Project._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _row(project: Project, name: str, *, is_missing: bool) -> SheetRow:
    field = Project._meta.get_field(name)
    value = getattr(project, f"get_{name}_display")() if getattr(field, "choices", None) else getattr(project, name)
    return SheetRow(name, label_of(name), [str(value)] if value else [], is_missing)


def _linked_rows(project: Project) -> dict[str, list[SheetRow]]:
    needs = project.need_links.select_related("handlungsbedarf")
    units = project.unit_links.select_related("unit")
    answers = project.querschnitt_answers.select_related("querschnittsthema")
    return {
        "strategie": [SheetRow("handlungsbedarfe", _("Handlungsbedarfe"), [str(link) for link in needs])],
        "mitwirkung": [
            SheetRow(
                "units",
                _("Beteiligte Stellen"),
                [_joined(str(link), link.get_part_display(), link.task) for link in units],
            ),
            SheetRow(
                "partners",
                _("Partner außerhalb des Konzerns"),
                [_joined(partner.name, partner.task) for partner in project.partners.all()],
            ),
        ],
        "querschnitt": [
            *(
                SheetRow(f"topic_{answer.querschnittsthema_id}", answer.querschnittsthema.name, [str(answer)])
                for answer in answers
            ),
            SheetRow("sdgs", _("UN-Ziele (SDGs)"), [str(sdg) for sdg in project.sdgs.order_by("number")]),
        ],
    }


def _joined(name: str, *more: object) -> str:
    said = ", ".join(str(part) for part in more if part)
    return f"{name}: {said}" if said else name


@dataclass(frozen=True, slots=True)
class LaterDemands:
    """What is not needed to hand an idea in, but to take it into the pool."""

    lacks_need: bool
    lacks_offices: bool


def later_demands(project: Project) -> LaterDemands:
    """Return what the gate will ask for and the idea does not have yet."""
    units = project.unit_links.exclude(part="").values_list("unit_id", flat=True)
    return LaterDemands(
        lacks_need=not project.need_links.exists(), lacks_offices=len(office_ids(units, clock.today())) < 2
    )
