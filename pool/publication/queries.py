"""What the public may read, as values: a template never holds a project, so it cannot show what is not public.

Facts follow the project at once, texts come from the released version.
Source: Verfahrensordnung des Portals, „Veröffentlichung“ und „Wer was liest“.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import Stadtteil
from governance.record import clock
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.project.models import Project
from pool.project.rules import Reach
from pool.publication.models import ConsentRequest, Picture, Release
from pool.publication.release_rules import Change
from pool.publication.rules import ENDED, NOT_BEGUN, slug_for

HOME_PROJECTS = 6
NEED_PROJECTS = 8
LONGEST_CHAIN = 20
STADTTEILE_IN_A_ROW = 2
BETWEEN_NAMES = "|"
# Beside the Stadtteile, in the address of the filter: the whole city, and where nobody has said it yet.
CITYWIDE, NOT_SAID = "stadtweit", "offen"


class JoinedTexts(Aggregate):
    """All texts of a group in one, parted by a mark that no name holds, in no order; the same on both databases."""

    function = "STRING_AGG"
    output_field = CharField()
    template = f"%(function)s(%(expressions)s, '{BETWEEN_NAMES}')"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A released project as lists show it."""

    slug: str
    title: str
    short_text: str
    step: str
    since: date | None
    precision: str
    standing_is_example: bool
    in_operation: bool
    field_name: str
    field_is_example: bool
    unit_name: str
    unit_short: str
    unit_is_example: bool
    marks: tuple[str, ...]
    is_example: bool
    as_of: date
    reach: str = ""
    stadtteile: tuple[str, ...] = ()
    reach_is_example: bool = False

    @property
    def step_words(self) -> str:
        """Return where the project stands in words."""
        return _("in Betrieb") if self.in_operation else str(Step(self.step).label)

    @property
    def is_citywide(self) -> bool:
        """Tell whether the project works in the whole city."""
        return self.reach == Reach.CITYWIDE

    @property
    def first_stadtteile(self) -> str:
        """Return the first Stadtteile by name, as many as a line of a list has room for."""
        return ", ".join(self.stadtteile[:STADTTEILE_IN_A_ROW])

    @property
    def more_stadtteile(self) -> int:
        """Return how many Stadtteile the line leaves out."""
        return max(0, len(self.stadtteile) - STADTTEILE_IN_A_ROW)

    @property
    def is_over(self) -> bool:
        """Tell whether the day of the step is a day on which something ended, not one since when it lasts."""
        return self.step in ENDED or (self.step == Step.COMPLETED and not self.in_operation)

    @property
    def standing(self) -> str:
        """Return where the project stands and since which year, as far as it is known."""
        if self.since is None:
            return self.step_words
        words = _("{step} {year}") if self.is_over else _("{step} seit {year}")
        return words.format(step=self.step_words, year=self.since.year)


@dataclass(slots=True)
class Serving:
    """The first released projects under a Handlungsbedarf, and of how many of all the place there was inferred."""

    shown: list[PublicRow] = field(default_factory=list)
    inferred: int = 0


def released_projects(at: datetime | None = None) -> QuerySet[Release]:
    """Return what is public at a moment (now if None), but for projects that merged into another.

    Every public page, feed and file reads releases here and nowhere else: a planned release holds from its first moment
    on in place of the current one, without anybody doing anything.
    """
    moment = at or clock.now()
    begun = Release.objects.filter(is_planned=True, released_at__lte=moment)
    stands = Q(is_current=True) & ~Exists(begun.filter(project=OuterRef("project")))
    holding = Q(is_planned=True, released_at__lte=moment)
    return Release.objects.filter(stands | holding).exclude(project__step=Step.MERGED)


def release_of(project: Project) -> Release | None:
    """Return what is public of a project now, with its text."""
    return released_projects().filter(project=project).select_related("text", "source").first()


def planned_release(project: Project) -> Release | None:
    """Return what becomes public of a project on a later day, with its text."""
    rows = Release.objects.filter(project=project, is_planned=True, released_at__gt=clock.now())
    return rows.select_related("text", "source", "released_by").first()


def public_notes() -> QuerySet[Release]:
    """Return the releases whose correction everybody may read: public now or once, never planned or called off."""
    come = Release.objects.filter(change=Change.NOTED, released_at__lte=clock.now())
    return come.exclude(taken_back_at__isnull=False, taken_back_at__lt=F("released_at"))


def with_facts(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Return the same with all that `row_of` needs, in one query, latest release first."""
    confirmed = ClassMark.objects.filter(project=OuterRef("project"), is_current=True, state=ClassMark.State.CONFIRMED)
    through = Project.stadtteile.through.objects.filter(project=OuterRef("project")).order_by()
    named = through.values("project").annotate(names=JoinedTexts("stadtteil__name")).values("names")  # type: ignore[misc]
    return (
        releases.select_related("text", "project__lead_handlungsfeld", "project__lead_unit")
        .annotate(
            is_leuchtturm=Exists(confirmed.filter(mark=ClassMark.Mark.LEUCHTTURM)),
            is_schnellboot=Exists(confirmed.filter(mark=ClassMark.Mark.SCHNELLBOOT)),
            stadtteile=Subquery(named),
        )
        .order_by("-released_at", "-pk")
    )


def row_of(release: Release) -> PublicRow:
    """Return a release from `with_facts` as lists show it."""
    project, text = release.project, release.text
    marks = {
        ClassMark.Mark.LEUCHTTURM.value: release.is_leuchtturm,  # type: ignore[attr-defined]
        ClassMark.Mark.SCHNELLBOOT.value: release.is_schnellboot,  # type: ignore[attr-defined]
    }
    return PublicRow(
        slug=project.slug,
        title=text.title,
        short_text=text.short_text,
        step=project.step,
        since=project.step_since,
        precision=project.step_since_precision,
        standing_is_example=project.standing_is_example,
        in_operation=project.in_operation,
        field_name=project.lead_handlungsfeld.name if project.lead_handlungsfeld else "",
        field_is_example=project.handlungsfeld_is_example,
        unit_name=project.lead_unit.name if project.lead_unit else "",
        unit_short=(project.lead_unit.short_name or project.lead_unit.name) if project.lead_unit else "",
        unit_is_example=project.lead_unit_is_example,
        marks=tuple(mark for mark, holds in marks.items() if holds),
        is_example=project.is_example,
        as_of=release.source_read_on or timezone.localdate(release.released_at),
        reach=project.reach,
        stadtteile=tuple(sorted((release.stadtteile or "").split(BETWEEN_NAMES))) if release.stadtteile else (),  # type: ignore[attr-defined]
        reach_is_example=project.reach_is_example,
    )


def waits_for_consent(project: Project) -> bool:
    """Tell whether the lead unit is asked to agree to a text and has not answered yet."""
    return ConsentRequest.objects.filter(project=project, state=ConsentRequest.State.OPEN).exists()


def next_slug(title: str) -> str:
    """Return the address that a project with this title would be given now."""
    return slug_for(title, set(Project.objects.exclude(slug="").values_list("slug", flat=True)))


def public_target(slug: str) -> str | None:
    """Return where the page of a merged project leads: the address of what it merged into, if that is public."""
    project = Project.objects.filter(slug=slug, step=Step.MERGED).select_related("merged_into").first()
    for _link in range(LONGEST_CHAIN):
        if project is None or project.step != Step.MERGED:
            break
        project = project.merged_into
    if project is None or not released_projects().filter(project=project).exists():
        return None
    return project.slug


def public_picture(sha256: str) -> Picture | None:
    """Return a picture by its name, if a released text shows it."""
    shown = released_projects().filter(text__picture=OuterRef("pk"))
    return Picture.objects.filter(Exists(shown), sha256=sha256).first()


# --- Counts -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """How many projects are not yet begun, running, done; those ended serve nothing any more and are apart."""

    planned: int = 0
    running: int = 0
    done: int = 0
    ended: int = 0

    def add(self, step: str, count: int) -> None:
        """Count projects in a step."""
        if step in NOT_BEGUN:
            self.planned += count
        elif step == Step.RUNNING:
            self.running += count
        elif step == Step.COMPLETED:
            self.done += count
        elif step in ENDED:
            self.ended += count

    @property
    def total(self) -> int:
        """All of them."""
        return self.planned + self.running + self.done + self.ended

    @property
    def rest(self) -> int:
        """Those that are neither running nor done."""
        return self.planned + self.ended


@dataclass(frozen=True, slots=True)
class StadtteilCount:
    """A Stadtteil and how many published projects name it."""

    slug: str
    name: str
    count: int


@dataclass(slots=True)
class PublicCounts:
    """The figures of the public pages."""

    everything: Tally = field(default_factory=Tally)
    by_field: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    stadtteile: list[StadtteilCount] = field(default_factory=list)
    by_reach: dict[str, int] = field(default_factory=dict)
    by_need: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_mark: dict[str, int] = field(default_factory=dict)
    by_sdg: dict[str, int] = field(default_factory=dict)
    has_examples: bool = False
    invented: int = 0

    @property
    def leuchttuerme(self) -> int:
        """How many bear the name Leuchtturm."""
        return self.by_mark.get(ClassMark.Mark.LEUCHTTURM, 0)

    @property
    def citywide(self) -> int:
        """How many work in the whole city."""
        return self.by_reach.get(Reach.CITYWIDE, 0)

    @property
    def nowhere_said(self) -> int:
        """How many have not said yet where they work."""
        return self.by_reach.get("", 0)

    @property
    def schnellboote(self) -> int:
        """How many bear the name Schnellboot."""
        return self.by_mark.get(ClassMark.Mark.SCHNELLBOOT, 0)


Column = Combinable | str


def grouped(releases: QuerySet[Release], kind: str, key: Column, extra: Column = "") -> QuerySet:
    """Return one branch of a counting query: rows of kind, key, extra, number of projects."""
    return (
        releases.order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            key=_as_text(key),
            extra=_as_text(extra),
        )
        .values_list("kind", "key", "extra")
        .annotate(number=Count("pk", distinct=True))
    )


def _as_text(column: Column) -> Cast:
    return Cast(column or Value(""), output_field=CharField(max_length=200))


def public_counts() -> PublicCounts:
    """Return all figures in one query."""
    public = released_projects()
    confirmed = public.filter(project__class_marks__is_current=True, project__class_marks__state="confirmed")
    inferred = public.filter(
        Q(project__is_example=True) | Q(project__need_links__is_example=True) | Q(project__standing_is_example=True)
    )
    branches = grouped(public, "all", "", "project__step").union(
        grouped(public, "field", "project__lead_handlungsfeld_id", "project__step"),
        grouped(public, "need", "project__need_links__handlungsbedarf_id", "project__step"),
        grouped(confirmed, "mark", "project__class_marks__mark"),
        grouped(public, "sdg", "project__sdgs__number"),
        grouped(inferred, "example", ""),
        grouped(public.filter(project__is_example=True), "invented", ""),
        grouped(public, "reach", "project__reach"),
        _by_stadtteil(public),
        all=True,
    )
    counts = PublicCounts()
    for kind, key, extra, number in branches:
        if kind == "all":
            counts.everything.add(extra, number)
        elif kind == "field" and key:
            counts.by_field[key].add(extra, number)
        elif kind == "need" and key:
            counts.by_need[key].add(extra, number)
        elif kind == "mark":
            counts.by_mark[key] = number
        elif kind == "sdg" and key:
            counts.by_sdg[key] = number
        elif kind == "example":
            counts.has_examples = number > 0
        elif kind == "invented":
            counts.invented = number
        elif kind == "reach":
            counts.by_reach[key] = number
        elif kind == "stadtteil":
            counts.stadtteile.append(StadtteilCount(key, extra, number))
    counts.stadtteile.sort(key=lambda each: each.slug)
    return counts


def _by_stadtteil(releases: QuerySet[Release]) -> QuerySet:
    """Return a branch of the counting query with every Stadtteil, also those that no release names."""
    named = Count("projects", filter=Q(projects__releases__in=releases.values("pk")), distinct=True)
    rows = Stadtteil.objects.order_by().annotate(
        kind=Value("stadtteil", output_field=CharField()), key=_as_text("slug"), extra=_as_text("name")
    )
    return rows.values_list("kind", "key", "extra").annotate(number=named)


def place_key() -> Case:
    """Return the expression that says where a release's project works, as it stands in the address of the filter."""
    return Case(
        When(project__reach=Reach.CITYWIDE, then=Value(CITYWIDE)),
        When(project__reach="", then=Value(NOT_SAID)),
        default=F("project__stadtteile__slug"),
        output_field=CharField(),
    )


def shown_first() -> tuple[list[PublicRow], list[PublicRow]]:
    """Return the Leuchttürme and, beside them, what else is running, the latest of each first; in one query."""
    releases = with_facts(released_projects()).filter(
        Q(is_leuchtturm=True) | Q(project__step=Step.RUNNING)  # type: ignore[misc]
    )
    place = Window(RowNumber(), partition_by=F("is_leuchtturm"), order_by=[F("released_at").desc(), F("pk").desc()])
    shown = releases.annotate(place=place).filter(place__lte=HOME_PROJECTS)
    rows = [(release.is_leuchtturm, row_of(release)) for release in shown]  # type: ignore[attr-defined]
    return [row for is_first, row in rows if is_first], [row for is_first, row in rows if not is_first]


def projects_by_need(needs: Iterable[int]) -> dict[int, Serving]:
    """Return the released projects that serve each Handlungsbedarf, by its key, the first NEED_PROJECTS; in one query.

    What ended comes last, else the latest release first. Each need says of how many, shown or not, no source makes
    them serve it.
    """
    has_ended = Case(When(project__step__in=ENDED, then=1), default=0)
    order = [has_ended.asc(), F("released_at").desc(), F("pk").desc()]
    is_inferred = Case(When(project__need_links__is_example=True, then=1), default=0, output_field=IntegerField())
    serving = (
        with_facts(released_projects())
        .annotate(need=F("project__need_links__handlungsbedarf"))
        .filter(need__in=list(needs))  # type: ignore[misc]
        .annotate(
            place=Window(RowNumber(), partition_by=F("need"), order_by=order),
            inferred=Window(Sum(is_inferred), partition_by=F("need")),
        )
        .filter(place__lte=NEED_PROJECTS)
        .order_by("need", "place")
    )
    served: dict[int, Serving] = defaultdict(Serving)
    for release in serving:
        found = served[release.need]  # type: ignore[attr-defined]
        found.shown.append(row_of(release))
        found.inferred = release.inferred  # type: ignore[attr-defined]
    return served
