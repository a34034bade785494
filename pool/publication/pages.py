"""One released project as its page shows it, in three queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When

from governance.templatetags.portal import day
from pool.delivery.milestones import MilestoneFacts, Progress, next_of, progress_of
from pool.project.models import NeedLink, Project, Transition
from pool.publication.models import Picture, Release
from pool.publication.open_data import Address, open_projects, with_changes
from pool.publication.open_fields import Coded, Linked, OpenProject, ReadOn
from pool.publication.queries import PublicRow, released_projects, row_of
from pool.publication.rules import ENDED, Move, TraceStep, trace_of

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A released project: its row as in lists, what surrounds it, its trace, its neighbours."""

    row: PublicRow
    project: OpenProject
    picture: Picture | None
    released_at: datetime
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
    return PublicPage(
        row=row_of(release),
        project=open_projects([release], address)[0],
        picture=release.text.picture,
        released_at=release.released_at,
        trace=trace(release.project),
        neighbours=[row_of(each) for each in neighbours],
    )


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
    serving = NeedLink.objects.filter(project=OuterRef("project"), handlungsbedarf__in=needs)
    itself, near = Q(project__slug=slug), ~Q(project__step__in=ENDED) & Q(Exists(serving))
    first = Case(When(itself, then=0), default=1, output_field=IntegerField())
    found = with_changes(released_projects().filter(itself | near)).annotate(is_near=first)
    return list(found.order_by("is_near", "-released_at", "-pk")[: NEIGHBOURS + 1])
