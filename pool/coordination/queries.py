"""What the room shows: the idea as its readers may read it, what changed since the last round, my fields' gaps."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import Handlungsbedarf, User
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.attachments.models import Attachment
from pool.attachments.queries import attachments_of
from pool.coordination.rules import Piece, word_changes
from pool.lifecycle import Step
from pool.maturity.models import Rating
from pool.maturity.queries import earlier_ratings, to_countersign
from pool.permissions import Aspect, may_read
from pool.priority.queries import RankedProject, Ranking, shows_examples_to
from pool.project.changes import LinkChange
from pool.project.models import NeedLink, Project, TextVersion
from pool.project.rules import KEPT_FIELDS
from pool.questions.queries import my_questions
from pool.questions.rules import State
from pool.similarity.queries import Panel, panel_for
from pool.submission.queries import SheetSection, label_of, links_changed_since, sheet
from pool.submission.rules import MONEY_FIELDS, Text

# A Handlungsbedarf is served by what is in the pool or came out of it; what was given up serves nothing.
SERVING = (Step.POOLED, Step.ASSESSED, Step.DEFERRED, Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED)


@dataclass(frozen=True, slots=True)
class ServedNeed:
    """A Handlungsbedarf that the idea serves, with the gap and the goals behind it."""

    link: NeedLink

    @property
    def goals(self) -> list[str]:
        """The goals it serves."""
        return [str(goal) for goal in self.link.handlungsbedarf.goals.all()]


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the text that reads otherwise than before."""

    label: Text
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class IdeaForRaters:
    """Everything that somebody who rates reads of an idea; money only for those who read it."""

    project: Project
    sections: list[SheetSection]
    needs: list[ServedNeed]
    version: TextVersion | None
    changes: list[Change]
    links: list[LinkChange]
    since: str
    earlier: list[Rating]
    similar: Panel
    files: list[Attachment]


def idea_for(user: User, project: Project) -> IdeaForRaters:
    """Return an idea as `user`, who rates it, may read it."""
    with_money = may_read(user, Aspect.MONEY, project)
    versions = list(project.text_versions.order_by("-number"))
    earlier = earlier_ratings(project) if may_read(user, Aspect.RATING, project) else []
    baseline, since = _baseline(versions, project.ratings.order_by("-number").first())
    sections = [part for part in _said(sheet(project, with_money=with_money)) if part.rows]
    links = project.need_links.select_related("handlungsbedarf__handlungsfeld").prefetch_related(
        "handlungsbedarf__goals"
    )
    return IdeaForRaters(
        project=project,
        sections=sections,
        needs=[ServedNeed(link) for link in links],
        version=versions[0] if versions else None,
        changes=_changes(baseline, versions[0], with_money=with_money) if baseline and versions else [],
        links=links_changed_since(baseline, project) if baseline else [],
        since=since,
        earlier=earlier,
        similar=panel_for(project, project.title, project.short_text),
        files=attachments_of(project).current,
    )


def _said(parts: Iterable[SheetSection]) -> list[SheetSection]:
    left_out = ("title", "short_text", "handlungsbedarfe")
    return [
        SheetSection(part.slug, part.title, [row for row in part.rows if row.texts and row.name not in left_out])
        for part in parts
    ]


def _baseline(versions: list[TextVersion], rating: Rating | None) -> tuple[TextVersion | None, str]:
    """Return the text to compare with, and what it is called: that of the last rating, else the one before."""
    if rating is not None:
        before = next((each for each in versions if each.at <= rating.at), None)
        return before, _("der letzten Bewertung")
    return (versions[1], _("der vorigen Fassung")) if len(versions) > 1 else (None, "")


def _changes(old: TextVersion, new: TextVersion, *, with_money: bool) -> list[Change]:
    names = [name for name in KEPT_FIELDS if with_money or name not in MONEY_FIELDS]
    pairs = [(name, old.content.get(name, ""), new.content.get(name, "")) for name in names]
    return [Change(label_of(name), word_changes(was, now)) for name, was, now in pairs if was != now]


# --- My Handlungsfelder -------------------------------------------------------------------------------------------


def my_field_ids(user: User) -> frozenset[int] | None:
    """Return the Handlungsfelder that `user` reads as her own; None (all) for the CDO's office."""
    standing = standing_of(user)
    return None if standing.is_cdo else standing.handlungsfeld_ids


@dataclass(frozen=True, slots=True)
class NeedCount:
    """One Handlungsbedarf and how many projects serve it."""

    need: Handlungsbedarf
    count: int


def need_counts(user: User) -> list[NeedCount]:
    """Return the Handlungsbedarfe of `user`'s fields in the order of the strategy, with their projects counted."""
    fields = my_field_ids(user)
    serving = Q(need_links__project__step__in=SERVING)
    if not shows_examples_to(user):
        serving &= Q(need_links__project__is_example=False)
    rows = Handlungsbedarf.objects.filter(handlungsfeld__edition=edition_in_force(clock.today()))
    if fields is not None:
        rows = rows.filter(handlungsfeld__in=fields)
    rows = rows.annotate(served=Count("need_links__project", filter=serving, distinct=True))
    rows = rows.select_related("handlungsfeld").order_by("handlungsfeld__number", "number")
    return [NeedCount(row, row.served) for row in rows]


def ranked_in_my_fields(user: User, order: Ranking) -> list[int]:
    """Return the places in `order.entries` of the projects of `user`'s fields; the ranks stay those of the whole."""
    fields = my_field_ids(user)
    if fields is None:
        return list(range(len(order.entries)))
    serving = _serving(fields, [entry.project.pk for entry in order.entries])
    return [index for index, entry in enumerate(order.entries) if _is_of(entry, fields, serving)]


def _is_of(entry: RankedProject, fields: frozenset[int], serving: set[UUID]) -> bool:
    return entry.project.lead_handlungsfeld_id in fields or entry.project.pk in serving


def _serving(fields: frozenset[int], projects: list[UUID]) -> set[UUID]:
    links: QuerySet[NeedLink] = NeedLink.objects.filter(handlungsbedarf__handlungsfeld__in=fields)
    return set(links.filter(project__step=Step.ASSESSED).values_list("project", flat=True)) if projects else set()


def waiting_beside(user: User, *, own: Q) -> tuple[int, int]:
    """Return how many questions of `user` are answered, and how many ratings wait for her to countersign; one query.

    `own` as in `to_countersign`.
    """
    answered = my_questions(user).filter(state=State.ANSWERED)
    signatures = to_countersign(user, own=own) if standing_of(user).handlungsfeld_ids else None
    counts = User.objects.filter(pk=user.pk).values_list(
        _number_of(answered), _number_of(signatures) if signatures is not None else Value(0)
    )
    return counts.get()


def _number_of(rows: QuerySet) -> Coalesce:
    """Count rows inside another query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
