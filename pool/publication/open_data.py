"""Released projects as values for open data, feeds and the API: one query for the projects, one for all around them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from governance.models import Entry
from governance.record import clock
from pool.project.models import GoalLink, NeedLink, Project, ProjectSource, Transition
from pool.publication.filters import SLUGS_OF_STEPS
from pool.publication.models import PublicMilestone, Release
from pool.publication.open_fields import Coded, Linked, Note, OpenProject, ReadOn
from pool.publication.open_milestones import milestone_columns, order_of, read_milestone
from pool.publication.queries import public_notes, released_projects, row_of, with_facts
from pool.publication.rules import unchanged_since

Address = Callable[[str], str]


def with_changes(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Return releases with the moment when text, step or a released milestone last changed, when anything last did,
    and their source.
    """
    moved = Transition.objects.filter(project=OuterRef("project")).order_by().values("project")
    last_move = Subquery(moved.annotate(last=Max("at")).values("last"), output_field=DateTimeField())
    told = PublicMilestone.objects.filter(text=OuterRef("text")).order_by().values("text")
    last_word = Subquery(told.annotate(last=Max("milestone__changed_at")).values("last"), output_field=DateTimeField())
    # Not later than it was made public: what happened before is no change of what the public reads.
    return (
        with_facts(releases)
        .select_related("text__picture", "source")
        .defer("text__picture__content")
        .annotate(
            changed=Greatest("released_at", Coalesce(last_move, "released_at"), Coalesce(last_word, "released_at")),
            recorded=_last_of(Subquery(_entries().values("at")[:1])),
        )
    )


def latest_changes(releases: QuerySet[Release], most: int) -> list[Release]:
    """Return releases with their changes, what changed last first, at most so many."""
    return list(with_changes(releases).order_by(F("changed").desc(), "-pk")[:most])  # type: ignore[misc]


def changed_at(release: Release) -> datetime:
    """Return when text, step or a milestone of a release from `with_changes` last changed."""
    return timezone.localtime(release.changed)  # type: ignore[attr-defined]


def recorded_at(release: Release) -> datetime | None:
    """Return when anything public can last have changed, as `with_changes` read it; see `last_entry`."""
    return release.recorded  # type: ignore[attr-defined]


def last_entry() -> datetime | None:
    """Return when anything was last done in the portal, or the day of a planned release last came, which nobody has to
    do anything for: no fact that is public changed since.
    """
    return _entries().annotate(last=_last_of(F("at"))).values_list("last", flat=True).first()


def unchanged_by_day(last_act: datetime | None) -> datetime | None:
    """Return since when something is as it is that also depends on the day: on the edition in force, or because it
    names the day; the hour after the last act, and not before this day began.
    """
    unchanged = unchanged_since(last_act, clock.now())
    today = timezone.make_aware(datetime.combine(clock.today(), datetime.min.time()))
    return max(unchanged, today) if unchanged else None


def _entries() -> QuerySet[Entry]:
    return Entry.objects.order_by("-pk")


def _last_of(entry: Combinable) -> Greatest:
    """Return the later of an entry's moment and of the moment when the last planned release became public."""
    came = Release.objects.filter(planned_at__isnull=False, taken_back_at__isnull=True, released_at__lte=clock.now())
    last = Subquery(came.order_by("-released_at").values("released_at")[:1])
    return Greatest(Coalesce(entry, last), Coalesce(last, entry))


def open_projects(releases: Iterable[Release], address: Address) -> list[OpenProject]:
    """Return releases from `with_changes` as open data, in their order, with one more query.

    `address` makes a full address of a path.
    """
    releases = list(releases)
    found = {release.project_id: _open_project(release, address) for release in releases}
    if found:
        texts = [release.text_id for release in releases]
        for kind, project_id, place, first, second, third, inferred in _around(list(found), texts):
            _add(found[project_id], kind, place, first, second, third, bool(inferred))
    for release in releases:
        project = found[release.project_id]
        project.milestones.sort(key=order_of)
        _add_own_source(project, release)
    return list(found.values())


def _open_project(release: Release, address: Address) -> OpenProject:
    project, text, row = release.project, release.text, row_of(release)
    picture = text.picture
    field = project.lead_handlungsfeld
    return OpenProject(
        slug=row.slug,
        address=address(reverse("publication:project", args=[row.slug])),
        title=row.title,
        short_text=row.short_text,
        why=text.why,
        learnt=text.learnt,
        picture=address(reverse("publication:picture", args=[picture.sha256])) if picture else "",
        picture_alt=text.picture_alt if picture else "",
        plain_text=text.plain_text,
        picture_author=text.picture_author if picture else "",
        picture_licence=text.picture_licence if picture else "",
        step=SLUGS_OF_STEPS[row.step],
        step_words=row.step_words,
        since=row.since,
        precision=row.precision,
        in_operation=row.in_operation,
        standing_is_example=row.standing_is_example,
        handlungsfeld=field.slug if field else "",
        handlungsfeld_name=row.field_name,
        handlungsfeld_is_example=row.field_is_example,
        unit=row.unit_name,
        unit_is_example=row.unit_is_example,
        marks=row.marks,
        is_taken_over=project.is_taken_over,
        is_example=row.is_example,
        as_of=row.as_of,
        changed=changed_at(release),
        released=timezone.localtime(release.released_at),
        sdgs_are_example=project.sdgs_are_example,
        reach=project.reach,
        reach_is_example=project.reach_is_example,
        step_name=row.step,
    )


def _around(projects: Sequence[UUID], texts: Sequence[int]) -> list[tuple[str, UUID, int, str, str, str, int]]:
    """Return what is around some projects, from their needs to their milestones: kind, project, place, three texts,
    inferred.

    One query; in the order of kind and of the place that the frame gives.
    """
    needs = NeedLink.objects.filter(project__in=projects)
    goals = GoalLink.objects.filter(project__in=projects)
    sdgs = Project.sdgs.through.objects.filter(project__in=projects)
    stadtteile = Project.stadtteile.through.objects.filter(project__in=projects)
    sources = ProjectSource.objects.filter(project__in=projects)
    successors = released_projects().filter(project__predecessors__in=projects)
    predecessors = released_projects().filter(project__succeeded_by__in=projects)
    notes = public_notes().filter(project__in=projects)
    by_need = needs.filter(handlungsbedarf__goals__isnull=False)
    is_example = Q(is_example=True)
    rows = _branch(
        needs, "need", "handlungsbedarf", "title", inferred=is_example | Q(handlungsbedarf__is_example=True)
    ).union(
        _branch(
            by_need,
            "goal",
            "handlungsbedarf__goals",
            "text",
            inferred=is_example | Q(handlungsbedarf__goals__is_example=True),
        ),
        _branch(goals, "goal", "goal", "text", inferred=Q(goal__is_example=True)),
        _columns(sdgs, "sdg", F("project_id"), F("sdg__number"), "sdg__number", "sdg__name"),
        _columns(stadtteile, "stadtteil", F("project_id"), Value(0), "stadtteil__slug", "stadtteil__name"),
        _columns(sources, "source", F("project_id"), F("pk"), "source__title", "source__address", "read_on"),
        _columns(successors, "after", F("project__predecessors"), Value(0), "project__slug", "text__title"),
        _columns(predecessors, "before", F("project__succeeded_by"), Value(0), "project__slug", "text__title"),
        _columns(milestone_columns(texts), "milestone", F("text__project_id"), F("milestone_id"), "title", "packed"),
        _columns(notes, "note", F("project_id"), F("pk"), "released_at", "note"),
        all=True,
    )
    return sorted(rows, key=lambda row: (row[0], row[2], row[3]))


def _branch(rows: QuerySet, kind: str, path: str, words: str, *, inferred: Q) -> QuerySet:
    """Return the branch of something of the frame: its code, its words, its place in the frame."""
    place = F(f"{path}__handlungsfeld__number") * 1000 + F(f"{path}__number")
    slug = f"{path}__handlungsfeld__slug"
    return _columns(rows, kind, F("project_id"), place, f"{path}__code", f"{path}__{words}", slug, inferred=inferred)


def _columns(
    rows: QuerySet,
    kind: str,
    of: Combinable,
    place: Combinable,
    first: str,
    second: str,
    third: str = "",
    *,
    inferred: Q | None = None,
) -> QuerySet:
    is_inferred = Case(When(inferred, then=Value(1)), default=Value(0)) if inferred is not None else Value(0)
    return (
        rows.order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            of=of,
            place=Cast(place, IntegerField()),
            first=_text(first),
            second=_text(second),
            third=_text(third),
            inferred=Cast(is_inferred, IntegerField()),
        )
        .values_list("kind", "of", "place", "first", "second", "third", "inferred")
    )


def _text(column: str) -> Cast:
    return Cast(F(column) if column else Value(""), CharField(max_length=1000))


def _add(project: OpenProject, kind: str, place: int, first: str, second: str, third: str, is_inferred: bool) -> None:
    if kind == "milestone":
        project.milestones.append(read_milestone(place, first, second))
    elif kind == "source":
        project.sources.append(ReadOn(first, second, date.fromisoformat(third)))
    elif kind == "note":
        project.notes.append(Note(_day_of(first), second))
    elif kind in ("after", "before"):
        (project.succeeded_by if kind == "after" else project.predecessors).append(Linked(first, second))
    else:
        lists = {"need": project.needs, "goal": project.goals, "sdg": project.sdgs}
        known = lists.get(kind, project.stadtteile)
        same = [each for each in known if each.code == first]
        if same:  # one way to a goal may be read, another inferred; then the page marks it, and so does this
            known[known.index(same[0])] = Coded(first, second, same[0].is_example or is_inferred, third)
        else:
            known.append(Coded(first, second, is_inferred, third))


def _day_of(moment: str) -> date:
    """Return the day of a moment that a database wrote as text, in UTC."""
    read = datetime.fromisoformat(moment)
    return clock.day_of(read if read.tzinfo else read.replace(tzinfo=UTC))


def _add_own_source(project: OpenProject, release: Release) -> None:
    """Add the source that the release itself stands on, if the project does not name it."""
    source, read_on = release.source, release.source_read_on
    if source and read_on and all(each.address != source.address for each in project.sources):
        project.sources.append(ReadOn(source.title, source.address, read_on))
