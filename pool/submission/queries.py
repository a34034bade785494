"""Picking what the pages of this step show: my ideas, the pool, the frame a form chooses from, an idea's sheet."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.queries import standing_of
from governance.models import (
    SDG,
    Edition,
    Handlungsbedarf,
    Handlungsfeld,
    OrganisationUnit,
    Querschnittsthema,
    Stadtteil,
    StrategicGoal,
    User,
)
from governance.organisation.queries import office_ids
from governance.record import clock
from pool.lifecycle import FINAL_STEPS, Act, Step
from pool.permissions import AUTHORS, TEAM, may
from pool.project.changes import FieldChange, LinkChange, link_changes, text_changes
from pool.project.models import Beneficiary, Project, ProjectMandate, TextVersion, Transition, UnitLink
from pool.project.rules import KEPT_FIELDS, text_content
from pool.questions.models import Objection, Question
from pool.questions.rules import State
from pool.submission.models import ProjectLink, SideText
from pool.submission.rules import (
    DEMANDED,
    IDEA_FIELDS,
    MONEY_FIELDS,
    SECTIONS,
    WORKING_TITLE,
    Hint,
    Text,
    mark_of,
    missing_fields,
    self_check,
)
from pool.submission.search import having_words

MOST_LINKABLE = 10
NOT_CHOSEN_KINDS = ("group", "dezernat")


def may_begin(user: User | AnonymousUser) -> bool:
    """Tell whether `user` may begin an idea: everybody employed in the Konzern today."""
    return standing_of(user).is_employee


def my_projects(user: User) -> QuerySet[Project]:
    """Return what `user` wrote or works on, first what waits for her, then what is under way, then what is over.

    Each row carries `mine` (her mandates today), `group` (0, 1, 2), `has_lead`, `has_proposal`, `has_taken_in` (another
    project has merged into it, which both sides are told), `asked` (the first question that waits for her) and since
    when, `has_objected`, `refused_on`, and `last_reason`: why it came back or was refused.
    """
    actor, day = standing_of(user).actor_id, clock.today()
    held = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    mine = ProjectMandate.objects.filter(held, person=actor, role__in=AUTHORS | TEAM)
    here = mine.filter(project=OuterRef("pk"))
    leads = ProjectMandate.objects.filter(held, project=OuterRef("pk"), role=ProjectMandate.Role.LEAD)
    proposals = Project.objects.filter(pk=OuterRef("pk"), completion_proposals__is_current=True)
    questions = Question.objects.filter(project=OuterRef("pk"), state=State.OPEN).order_by("since", "pk")
    judged = Transition.objects.filter(project=OuterRef("pk"), act__in=[Act.RETURN, Act.DECLINE_ADMISSION])
    last, refusals = judged.order_by("-pk"), judged.filter(act=Act.DECLINE_ADMISSION).order_by("-pk")
    return (
        Project.objects.filter(Exists(here))
        .annotate(
            writes=Exists(here.filter(role__in=AUTHORS)),
            leads=Exists(here.filter(role=ProjectMandate.Role.LEAD)),
            has_lead=Exists(leads),
            has_proposal=Exists(proposals),
            asked=Subquery(questions.values("pk")[:1]),
            asked_since=Subquery(questions.values("since")[:1]),
            has_objected=Exists(Objection.objects.filter(project=OuterRef("pk"))),
            refused_on=Subquery(refusals.values("on_day")[:1]),
            last_reason=Subquery(last.values("reason")[:1]),
            has_taken_in=Exists(Project.objects.filter(merged_into=OuterRef("pk"))),
        )
        .annotate(
            group=Case(
                When(Q(writes=True, step__in=[Step.DRAFT, Step.RETURNED]), then=Value(0)),
                When(Q(leads=True, step=Step.COMMISSIONED), then=Value(0)),
                When(Q(leads=True, step=Step.RUNNING, has_proposal=False), then=Value(0)),
                When(step__in=[*FINAL_STEPS, Step.REJECTED, Step.DECLINED], then=Value(2)),
                When(Q(writes=True, asked__isnull=False), then=Value(0)),
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
    goals: list[StrategicGoal]
    topics: list[Querschnittsthema]
    sdgs: list[SDG]
    stadtteile: list[Stadtteil]

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
    goals = StrategicGoal.objects.filter(handlungsfeld__edition=edition).select_related("handlungsfeld")
    return IdeaFrame(
        units=list(units.order_by("name", "code")),
        needs=list(needs.order_by("handlungsfeld__number", "number").prefetch_related("goals")),
        goals=list(goals.order_by("handlungsfeld__number", "number")),
        topics=list(Querschnittsthema.objects.filter(edition=edition).order_by("number")),
        sdgs=list(SDG.objects.order_by("number")),
        stadtteile=list(Stadtteil.objects.order_by("slug")),
    )


# --- An idea's sheet: everything it says, section by section ------------------------------------------------------


_ANCHORS = {"units": "stellen-0", "partners": "partner-0", "goals": "div_id_handlungsbedarfe"}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One thing an idea says: its label, its texts, and whether it is demanded and still missing."""

    name: str
    label: Text
    texts: list[str]
    is_missing: bool = False
    is_open: bool = False

    @property
    def anchor(self) -> str:
        """Where in the form this is written."""
        return _ANCHORS.get(self.name, f"div_id_{self.name}")

    @property
    def is_said(self) -> bool:
        """Tell whether anything was answered; "noch offen" is an answer that says nothing yet."""
        return bool(self.texts) and not self.is_missing and not self.is_open


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


def stored_parts(project: Project) -> dict[str, str]:
    """Return a stored idea part by part as plain text, so that two states can be compared and marked."""
    values = {name: getattr(project, name) for name in IDEA_FIELDS if name != "channel"}
    if project.title == WORKING_TITLE:
        values["title"] = ""
    links = {
        "units": [(link.unit_id, link.part, link.task) for link in project.unit_links.all()],
        "handlungsbedarfe": project.need_links.values_list("handlungsbedarf_id", flat=True),
        "goals": project.goal_links.values_list("goal_id", flat=True),
        "partners": [(partner.name, partner.task) for partner in project.partners.all()],
        "sdgs": project.sdgs.values_list("pk", flat=True),
        "reach": project.places,
    }
    answers = {f"topic_{row.querschnittsthema_id}": row.text for row in project.querschnitt_answers.all()}
    return typed_parts(values, links) | answers


def text_mark(project: Project) -> str:
    """Return a mark of everything an idea says, so that nobody hands in another text than was read."""
    return mark_of(json.dumps(stored_parts(project), sort_keys=True))


def typed_parts(values: Mapping[str, object], links: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form holds part by part, in the same plain text as `stored_parts`."""
    parts = {name: str(getattr(value, "pk", value) or "") for name, value in values.items()}
    for name, rows in links.items():
        if name == "querschnitt":
            parts |= {f"topic_{topic.pk}": text for topic, text in rows.items()}
        else:
            plain = [
                [getattr(cell, "pk", cell) for cell in row] if isinstance(row, tuple) else getattr(row, "pk", row)
                for row in rows
            ]
            parts[name] = json.dumps(sorted(plain), ensure_ascii=False) if plain else ""
    return parts


def differences(project: Project, values: Mapping[str, object], links: Mapping[str, Any]) -> list[SheetRow]:
    """Return what the stored idea says where it is not what was typed; for a page that was overtaken."""
    stored, typed = stored_parts(project), typed_parts(values, links)
    return part_rows(project, [name for name, text in typed.items() if text != stored.get(name, "")])


def typed_texts(values: Mapping[str, object], links: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return part by part in words what a form holds, as the sheet says it for a stored idea."""
    texts: dict[str, list[str]] = {}
    for name, value in values.items():
        choices = dict(getattr(Project._meta.get_field(name), "choices", None) or [])
        texts[name] = [str(choices.get(value, value))] if value else []
    parts = dict(UnitLink.Part.choices)
    for name, rows in links.items():
        if name == "querschnitt":
            texts |= {f"topic_{topic.pk}": [text] if text else [] for topic, text in rows.items()}
        elif name == "units":
            texts[name] = [_joined(str(unit), parts.get(part, ""), task) for unit, part, task in rows]
        elif name == "partners":
            texts[name] = [_joined(partner, task) for partner, task in rows]
        elif name == "reach":
            texts[name] = [str(getattr(place, "label", place)) for place in rows]
        else:
            texts[name] = [str(row) for row in rows]
    return texts


def part_rows(project: Project, names: Iterable[str]) -> list[SheetRow]:
    """Return what the stored idea says in these parts, with their labels."""
    rows = {row.name: row for section in sheet(project, with_money=True) for row in section.rows}
    missing = [name for name in names if name not in rows and name.startswith("topic_")]
    for topic in Querschnittsthema.objects.filter(pk__in=[name.removeprefix("topic_") for name in missing]):
        rows[f"topic_{topic.pk}"] = SheetRow(f"topic_{topic.pk}", topic.name, [])
    return [rows[name] for name in names if name in rows]


def label_of(name: str) -> Text:
    """Return the label of one of an idea's own fields."""
    return Project._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _row(project: Project, name: str, *, is_missing: bool) -> SheetRow:
    field = Project._meta.get_field(name)
    value = getattr(project, f"get_{name}_display")() if getattr(field, "choices", None) else getattr(project, name)
    return SheetRow(name, label_of(name), [str(value)] if value and not is_missing else [], is_missing)


def _linked_rows(project: Project) -> dict[str, list[SheetRow]]:
    needs = project.need_links.select_related("handlungsbedarf")
    units = project.unit_links.select_related("unit")
    answers = project.querschnitt_answers.select_related("querschnittsthema")
    words = project.reach_words
    return {
        "nutzen": [SheetRow("reach", label_of("reach"), [words or _("noch offen")], is_open=not words)],
        "strategie": [
            SheetRow("handlungsbedarfe", _("Handlungsbedarfe"), [str(link) for link in needs]),
            SheetRow("goals", _("Strategische Ziele"), served_goals(project)),
        ],
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
                SheetRow(
                    f"topic_{answer.querschnittsthema_id}",
                    answer.querschnittsthema.name,
                    [str(answer)],
                    is_open=not answer.text,
                )
                for answer in answers
            ),
            SheetRow("sdgs", _("UN-Ziele (SDGs)"), [str(sdg) for sdg in project.sdgs.order_by("number")]),
        ],
    }


def served_goals(project: Project) -> list[str]:
    """Return the strategic goals that a project serves: those chosen, and those that its Handlungsbedarfe aim at."""
    chosen = Q(goal_links__project=project)
    derived = Q(handlungsbedarfe__need_links__project=project)
    rows = StrategicGoal.objects.filter(chosen | derived).distinct()
    return [str(goal) for goal in rows.order_by("handlungsfeld__number", "number")]


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
    return LaterDemands(lacks_need=not project.need_links.exists(), lacks_offices=offices_with_a_part(project) < 2)


def offices_with_a_part(project: Project) -> int:
    """Return how many different offices take part today, each with a part of its own."""
    units = project.unit_links.exclude(part="").values_list("unit_id", flat=True)
    return len(office_ids(units, clock.today()))


def hints_for(project: Project | None) -> list[Hint]:
    """Return the Grundkriterien as a check of one's own, for an idea that is being written."""
    if project is None:
        return self_check({}, needs=0, offices=0)
    values = {name: getattr(project, name) for name in IDEA_FIELDS}
    return self_check(values, needs=project.need_links.count(), offices=offices_with_a_part(project))


def open_side_texts(project: Project) -> QuerySet[SideText]:
    """Return the texts that were kept beside an idea and that nobody has decided about."""
    return SideText.objects.filter(project=project, state=SideText.State.OPEN).select_related("by").order_by("begun_at")


# --- Links to other projects --------------------------------------------------------------------------------------

_FROM_THE_OTHER_SIDE: Mapping[str, Text] = {
    ProjectLink.Kind.NEEDS: gettext_lazy("wird gebraucht von"),
    ProjectLink.Kind.SHARES: gettext_lazy("teilt mit"),
    ProjectLink.Kind.FOLLOWS: gettext_lazy("geht voraus"),
}


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as one of its projects shows it: in words, with the project on the other side."""

    link: ProjectLink
    words: Text
    other: Project
    is_confirmed: bool
    may_answer: bool = False
    may_withdraw: bool = False


def links_of(project: Project, user: User) -> list[LinkView]:
    """Return the links of a project whose other side `user` may see; proposals only for those who may act on them."""
    actor = standing_of(user).actor_id
    visible = Project.objects.visible_to(user).values("pk")
    rows = ProjectLink.objects.filter(
        Q(project=project, other__in=visible) | Q(other=project, project__in=visible),
        state__in=[ProjectLink.State.PROPOSED, ProjectLink.State.CONFIRMED],
    ).select_related("project", "other")
    views = []
    for link in rows.order_by("kind", "pk"):
        is_out = link.project_id == project.pk
        is_confirmed = link.state == ProjectLink.State.CONFIRMED
        may_withdraw = is_out and may(user, Act.PROPOSE_LINK, project)
        is_asked = not is_out and not is_confirmed and may(user, Act.ANSWER_LINK, project)
        if not (is_confirmed or may_withdraw or is_asked):
            continue
        words = link.get_kind_display() if is_out else _FROM_THE_OTHER_SIDE[link.kind]
        other = link.other if is_out else link.project
        may_answer = is_asked and link.proposed_by_id != actor
        views.append(LinkView(link, words, other, is_confirmed, may_answer, may_withdraw))
    return views


def linkable(project: Project, user: User, words: str) -> list[Project]:
    """Return at most ten projects that `user` may see and that the words fit, to link `project` with."""
    rows = Project.objects.visible_to(user).filter(is_example=project.is_example).exclude(pk=project.pk)
    rows = rows.exclude(step__in=[Step.WITHDRAWN, Step.MERGED]).select_related("lead_handlungsfeld")
    return list(having_words(rows, words, "title", "short_text").order_by("title", "pk")[:MOST_LINKABLE])


# --- What changed since the idea was judged -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new in text and links since the version that came back; `since` is that version."""

    since: TextVersion
    rows: list[tuple[Text, FieldChange]]
    links: list[LinkChange]


def changes_since_round(project: Project, *, with_money: bool) -> Changes | None:
    """Return what changed since the last round of the gate: while the idea is revised, and once it is handed in again.

    None where nothing came back. One query.
    """
    if project.step not in (Step.RETURNED, Step.SUBMITTED):
        return None
    versions = list(project.text_versions.order_by("number"))
    handed_in = [place for place, row in enumerate(versions) if row.kind == TextVersion.Kind.SUBMITTED]
    if (project.step == Step.SUBMITTED and len(handed_in) < 2) or not versions:
        return None
    judged = versions[-1] if project.step == Step.RETURNED else versions[handed_in[-1] - 1]
    names = [name for name in KEPT_FIELDS if with_money or name not in MONEY_FIELDS]
    found = text_changes(judged.content, text_content(project, reach=project.reach_words), names, _as_read)
    return Changes(judged, [(label_of(change.name), change) for change in found], links_changed_since(judged, project))


def links_changed_since(version: TextVersion, project: Project) -> list[LinkChange]:
    """Return what the idea is linked with otherwise than at a version; nothing where that was not kept."""
    return [] if version.links is None else link_changes(version.links, linked_words(project))


def linked_words(project: Project) -> dict[str, list[str]]:
    """Return by label, in words, what an idea says besides its texts: field, offices with parts, partners, needs,
    goals, SDGs, Querschnittsthemen and attachments. No money.
    """
    shown = {"lead_handlungsfeld", "lead_unit"}
    rows = [_row(project, name, is_missing=False) for section in SECTIONS for name in section.fields if name in shown]
    # Where it works is kept with the text.
    rows += [row for part in _linked_rows(project).values() for row in part if row.name != "reach"]
    said = {str(row.label): row.texts for row in rows}
    # A later slice's rows, by their relation.
    files = project.attachments.filter(removal=None).order_by("at", "pk")  # type: ignore[attr-defined]
    return said | {_("Anlagen"): list(files.values_list("name", flat=True))}


def _as_read(name: str, value: str) -> str:
    return str(dict(Beneficiary.choices).get(value, value)) if name == "beneficiary" else value
