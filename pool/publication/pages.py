"""One released project as its page shows it, in three queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, QuerySet, When

from governance.record import clock
from governance.templatetags.portal import day
from pool.delivery.milestones import MilestoneFacts, Progress, next_of, progress_of
from pool.priority.models import ClassMark
from pool.project.models import NeedLink, Project, Transition
from pool.publication.models import Picture, PublicText, Release
from pool.publication.open_data import Address, open_projects, with_changes
from pool.publication.open_fields import Coded, Linked, Note, OpenProject, ReadOn
from pool.publication.queries import BETWEEN_NAMES, PublicRow, next_slug, planned_release, released_projects, row_of
from pool.publication.release_rules import LICENCE_TEXTS, LICENCES_TO_NAME, PictureLicence
from pool.publication.rules import ENDED, Move, TraceStep, trace_of

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Credit:
    """Who made the picture, under which terms: the licence in words and its text, both empty where the name is all."""

    author: str
    licence: str
    address: str


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A released project: its row as in lists, what surrounds it, its trace, its neighbours."""

    row: PublicRow
    project: OpenProject
    picture: Picture | None
    released_at: datetime
    note: str
    credit: Credit | None
    trace: list[TraceStep]
    neighbours: list[PublicRow]

    @property
    def needs(self) -> list[Coded]:
        """The Handlungsbedarfe that the project serves."""
        return self.project.needs

    @property
    def goals(self) -> list[Coded]:
        """The strategic goals that it serves by them, or that were chosen for itself."""
        return self.project.goals

    @property
    def goals_are_example(self) -> bool:
        """Tell whether one of the goals was only inferred."""
        return any(goal.is_example for goal in self.project.goals)

    @property
    def sources(self) -> list[ReadOn]:
        """The public pages that facts were read on."""
        return self.project.sources

    @property
    def notes(self) -> list[Note]:
        """What was corrected, the latest first."""
        return self.project.notes[::-1]

    @property
    def after(self) -> list[Linked]:
        """What came after it."""
        return self.project.succeeded_by

    @property
    def milestones(self) -> list[MilestoneFacts]:
        """The released milestones in the order of their days."""
        return [each.facts for each in self.project.milestones]

    @property
    def progress(self) -> Progress:
        """How many of them are reached; those given up count neither way."""
        return progress_of(self.milestones)

    @property
    def next_milestone(self) -> MilestoneFacts | None:
        """The milestone that comes next; none where the project is not being carried out."""
        return next_of(self.milestones, step=self.row.step)

    @property
    def has_trace(self) -> bool:
        """Tell whether there is a way to tell: what was taken over and never moved has only its present standing."""
        return len(self.trace) > 1 or not self.project.is_taken_over

    def days(self) -> dict[str, str]:
        """Return in words when each step was last reached, as exactly as it is known."""
        return {step.step: day(step.day, step.precision) for step in self.trace}

    @property
    def last_change(self) -> datetime:
        """When text, step or a released milestone last changed."""
        return self.project.changed


def public_page(slug: str, address: Address) -> PublicPage | None:
    """Return the page of a released project, or None; `address` makes a full address of a path."""
    found = _with_neighbours(slug)
    if not found or found[0].project.slug != slug:
        return None
    release, *neighbours = found
    return _page(release, neighbours, address)


def preview_page(text: PublicText, address: Address, note: Note | None = None) -> PublicPage:
    """Return the page of a project as it would be public with this version now; nothing is written.

    A planned release of the version is shown as it will be, one that is not planned yet with the `note` of a
    correction and from its day on. Facts are those of today.
    """
    project = text.project
    project.slug = project.slug or next_slug(text.title)
    planned = planned_release(project)
    if planned is not None and planned.text_id == text.pk:
        release, note = planned, Note(clock.day_of(planned.released_at), planned.note) if planned.note else None
    else:
        release = _unsaved(text)
    release.project, release.text = project, text
    marks = set(project.class_marks.filter(is_current=True, state="confirmed").values_list("mark", flat=True))  # type: ignore[attr-defined]
    release.is_leuchtturm = ClassMark.Mark.LEUCHTTURM in marks  # type: ignore[attr-defined]
    release.is_schnellboot = ClassMark.Mark.SCHNELLBOOT in marks  # type: ignore[attr-defined]
    release.stadtteile = BETWEEN_NAMES.join(project.stadtteile.values_list("name", flat=True))  # type: ignore[attr-defined]
    moved = project.transitions.aggregate(last=Max("at"))["last"]  # type: ignore[attr-defined]
    told = text.milestones.aggregate(last=Max("milestone__changed_at"))["last"]  # type: ignore[attr-defined]
    release.changed = max(each for each in (release.released_at, moved, told) if each is not None)  # type: ignore[attr-defined]
    needs = NeedLink.objects.filter(project=project).values("handlungsbedarf")
    near = with_changes(released_projects().filter(_serving(needs)).exclude(project=project))
    page = _page(release, list(near.order_by("-released_at", "-pk")[:NEIGHBOURS]), address)
    if note is not None:
        page.project.notes.append(note)
    return page


def _unsaved(text: PublicText) -> Release:
    """Return the release that a version would get today: on its consent, else on what it will be read on today."""
    links = text.project.source_links.select_related("source").order_by("pk")  # type: ignore[attr-defined]
    link = None if hasattr(text, "consent") or not text.project.is_taken_over else links.first()
    return Release(
        project=text.project,
        text=text,
        source=link.source if link else None,
        source_read_on=link.read_on if link else None,
        released_at=clock.now(),
    )


def _page(release: Release, neighbours: Iterable[Release], address: Address) -> PublicPage:
    text = release.text
    return PublicPage(
        row=row_of(release),
        project=open_projects([release], address)[0],
        picture=text.picture,
        released_at=release.released_at,
        note=release.note,
        credit=_credit(text) if text.picture_id else None,
        trace=trace(release.project),
        neighbours=[row_of(each) for each in neighbours],
    )


def _credit(text: PublicText) -> Credit | None:
    if not text.picture_author:
        return None
    licence = PictureLicence(text.picture_licence)
    named = licence in LICENCES_TO_NAME
    return Credit(text.picture_author, str(licence.label) if named else "", LICENCE_TEXTS.get(licence, ""))


def trace(project: Project) -> list[TraceStep]:
    """Return what the public reads of a project's history, in one query."""
    rows = Transition.objects.filter(project=project).order_by("pk")
    moves = rows.values_list("act", "to_step", "on_day", "precision", "at")
    return trace_of([Move(*row) for row in moves])


def _with_neighbours(slug: str) -> list[Release]:
    """Return the release of a project and after it those that serve one of the same Handlungsbedarfe and were not
    ended, the latest first; in one query.
    """
    needs = NeedLink.objects.filter(project__slug=slug).values("handlungsbedarf")
    itself, near = Q(project__slug=slug), _serving(needs)
    first = Case(When(itself, then=0), default=1, output_field=IntegerField())
    found = with_changes(released_projects().filter(itself | near)).annotate(is_near=first)
    return list(found.order_by("is_near", "-released_at", "-pk")[: NEIGHBOURS + 1])


def _serving(needs: QuerySet) -> Q:
    """Return the condition for releases of projects that serve one of these needs and were not ended."""
    serving = NeedLink.objects.filter(project=OuterRef("project"), handlungsbedarf__in=needs)
    return ~Q(project__step__in=ENDED) & Q(Exists(serving))
