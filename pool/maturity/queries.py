"""Picking ratings, opinions, countersignatures and inner comments: each within what the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from governance.mandates.models import Mandate
from governance.mandates.queries import standing_of
from governance.mandates.rules import Role
from governance.models import Actor, User
from governance.record import clock
from governance.strategy.rules import Dimension
from pool.audience import insiders
from pool.barred import barred_from, is_barred
from pool.lifecycle import Act, Step
from pool.maturity.models import (
    InnerComment,
    Opinion,
    OpinionDraft,
    Rating,
    RatingDraft,
    SampleRating,
)
from pool.maturity.rules import ABSTAINED, BIASED, LARGE_SPREAD, SENT, Spread, sees_others, spread_of
from pool.permissions import Aspect, may, may_read
from pool.project.models import NeedLink, Project, ProjectMandate
from pool.stand_ins.queries import stands_in

# --- Ratings of record --------------------------------------------------------------------------------------------


def rating_of_record(project: Project) -> Rating | None:
    """Return the current rating of record, or None."""
    rows = project.ratings.filter(is_current=True).select_related("rubric", "by", "in_place_of")
    return rows.select_related("countersignature__by__person__user").first()


def earlier_ratings(project: Project) -> list[Rating]:
    """Return the ratings of earlier rounds, the last one first."""
    return list(project.ratings.filter(is_current=False).select_related("rubric", "by").order_by("-number"))


def draft_of(project: Project) -> RatingDraft | None:
    """Return what has been put aside on the rating page, or None."""
    return RatingDraft.objects.filter(project=project).select_related("by").first()


def samples_of(rubric_id: int) -> list[SampleRating]:
    """Return the sample ratings of one version of the rubric."""
    return list(SampleRating.objects.filter(rubric=rubric_id).order_by("number"))


# --- Countersignatures --------------------------------------------------------------------------------------------


def without_countersignature(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return the projects whose current rating of record nobody has countersigned yet, before a Beschluss."""
    bare = Rating.objects.filter(project=OuterRef("pk"), is_current=True, countersignature__isnull=True)
    return projects.filter(Exists(bare), step__in=[Step.ASSESSED, Step.DEFERRED])


def to_countersign(user: User, *, own: Q | None = None) -> QuerySet[Project]:
    """Return the projects whose rating `user` may countersign today, the oldest first; never what she rated.

    `own` is her `barred_from`, where the page has asked for it already.
    """
    standing = standing_of(user)
    fields = _fields_of(user)
    is_deputy = any(held.role == Role.CDO and held.is_deputy for held in standing.held)
    if not fields and not is_deputy:
        return Project.objects.none()
    by_her = Rating.objects.filter(project=OuterRef("pk"), is_current=True, by=standing.actor_id)
    rows = without_countersignature(Project.objects.filter(is_example=user.is_demo))
    rows = rows.exclude(barred_from(user) if own is None else own)
    rows = rows if is_deputy else rows.filter(lead_handlungsfeld__in=fields)
    return rows.exclude(Exists(by_her)).select_related("lead_handlungsfeld", "lead_unit").order_by("step_since", "pk")


# --- Rounds and opinions ------------------------------------------------------------------------------------------


def round_of(project: Project) -> int:
    """Return the number of the round that is open, or would be: one more than there are ratings of record."""
    return project.ratings.count() + 1


def with_round(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Add to each project the number of its open round as `round`."""
    ratings = Rating.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(rows=Count("pk"))
    return projects.annotate(round=Coalesce(Subquery(ratings.values("rows")), 0, output_field=IntegerField()) + 1)


def own_opinion(project: Project, actor_id: UUID | None, number: int | None = None) -> Opinion | None:
    """Return what a person has said in a round (the open one if None), or None."""
    number = number or round_of(project)
    return Opinion.objects.filter(project=project, round=number, person=actor_id, is_current=True).first()


def own_draft(project: Project, actor_id: UUID | None) -> OpinionDraft | None:
    """Return what a person has put aside about a project, or None."""
    return OpinionDraft.objects.filter(project=project, person=actor_id).first()


def experts_of(project: Project, person: Actor | None = None) -> QuerySet[ProjectMandate]:
    """Return who is asked to rate the project today, or whether one person is."""
    today = clock.today()
    held = Q(valid_from__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    rows = ProjectMandate.objects.filter(held, project=project, role=ProjectMandate.Role.EXPERT)
    rows = rows.filter(person=person) if person is not None else rows
    return rows.select_related("person__person__user").order_by("pk")


@dataclass(frozen=True, slots=True)
class Rater:
    """Somebody whose opinion is asked for, and what she has said in the round."""

    actor: Actor
    role: str
    opinion: Opinion | None = None
    expert: ProjectMandate | None = None


def raters_of(project: Project) -> list[Rater]:
    """Return who is to give an opinion on the project today, coordinators first, without those it is their own of."""
    fields = {project.lead_handlungsfeld_id, *_need_fields(project)}
    found: dict[UUID, Rater] = {}
    rows = Mandate.objects.valid_on(clock.today()).filter(role=Role.COORDINATOR, deputy_for=None)
    rows = rows.filter(handlungsfeld__in=fields, person__is_example=project.is_example)
    for row in rows.select_related("person__person__user", "handlungsfeld").order_by("handlungsfeld__number", "pk"):
        role = _("Koordination {field}").format(field=row.handlungsfeld)
        found.setdefault(row.person_id, Rater(row.person, role))
    for mandate in experts_of(project):
        found.setdefault(mandate.person_id, Rater(mandate.person, str(mandate), expert=mandate))
    return [rater for key, rater in found.items() if not is_barred(key, project)]


def _need_fields(project: Project) -> Iterable[int]:
    return project.need_links.values_list("handlungsbedarf__handlungsfeld", flat=True)


@dataclass(frozen=True, slots=True)
class Voice:
    """One opinion on one dimension, as it is read beside the others."""

    role: str
    name: str
    level: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class DimensionSpread:
    """All opinions on one dimension."""

    code: str
    name: str
    spread: Spread
    voices: list[Voice]


@dataclass(frozen=True, slots=True)
class RoundOfOpinions:
    """What has been said in one round, for whoever may read it."""

    number: int
    raters: list[Rater]
    dimensions: list[DimensionSpread] = field(default_factory=list)

    def _in(self, state: str) -> list[Rater]:
        return [rater for rater in self.raters if rater.opinion is not None and rater.opinion.state == state]

    @property
    def sent(self) -> list[Rater]:
        """Those whose opinion counts."""
        return self._in(SENT)

    @property
    def abstained(self) -> list[Rater]:
        """Those who gave none."""
        return self._in(ABSTAINED)

    @property
    def biased(self) -> list[Rater]:
        """Those who are taken out."""
        return self._in(BIASED)

    @property
    def waiting(self) -> list[Rater]:
        """Those who have not answered."""
        return [rater for rater in self.raters if rater.opinion is None]

    @property
    def asked(self) -> int:
        """How many are asked and not taken out."""
        return len(self.raters) - len(self.biased)

    @property
    def is_large(self) -> bool:
        """Tell whether any dimension shows a large spread."""
        return any(each.spread.is_large for each in self.dimensions)

    def of(self, code: str) -> DimensionSpread | None:
        """Return one dimension."""
        return next((each for each in self.dimensions if each.code == code), None)


def opinions_for(user: User, project: Project, number: int | None = None) -> RoundOfOpinions | None:
    """Return the opinions of a round (the open one if None), or None for whoever may not read them.

    The CDO and the deputy always; who rates, once their own is sent or they abstained in that round; nobody else, and
    never whose project it is. Names stand with the roles only for those who read names.
    """
    number = number or round_of(project)
    if not _reads_opinions(user, project, number):
        return None
    said = {row.person_id: row for row in _opinions(project, number)}
    asked = {rater.actor.pk: rater for rater in raters_of(project)}
    raters = [Rater(each.actor, each.role, said.get(key), each.expert) for key, each in asked.items()]
    raters += [Rater(row.person, _("früher gefragt"), row) for key, row in said.items() if key not in asked]
    names = may_read(user, Aspect.NAMES, project)
    counting = [rater for rater in raters if rater.opinion is not None and rater.opinion.state == SENT]
    return RoundOfOpinions(number, raters, [_dimension(each, counting, names) for each in Dimension])


def _reads_opinions(user: User, project: Project, number: int) -> bool:
    if not may_read(user, Aspect.COMMENTS, project):
        return False
    standing = standing_of(user)
    if standing.is_cdo:
        return True
    own = own_opinion(project, standing.actor_id, number)
    if stands_in(standing, project) and not may(user, Act.GIVE_OPINION, project):
        return True  # in place of the CDO; whoever is asked to rate besides stays blind until her own is sent
    return own is not None and sees_others(own.state)


def _opinions(project: Project, number: int) -> QuerySet[Opinion]:
    rows = Opinion.objects.filter(project=project, round=number, is_current=True)
    return rows.select_related("person__person__user").order_by("pk")


def _dimension(dimension: Dimension, counting: list[Rater], names: bool) -> DimensionSpread:
    voices = []
    for rater in counting:
        opinion = rater.opinion
        if opinion is not None:
            reason = "" if opinion.reason_removed_at else opinion.reasons[dimension]
            name = str(rater.actor) if names else ""
            voices.append(Voice(rater.role, name, opinion.levels[dimension], reason))
    return DimensionSpread(dimension.value, str(dimension.label), spread_of(each.level for each in voices), voices)


def with_large_spread(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return the pooled projects on which the opinions of the open round lie far apart."""
    counting = Opinion.objects.filter(
        project=OuterRef("pk"), round=OuterRef("round"), is_current=True, state=Opinion.State.SENT
    )
    far = Q()
    for name in Dimension.values:
        apart = counting.order_by().values("project").annotate(apart=Max(name) - Min(name))
        far |= Q(Exists(apart.filter(apart__gte=LARGE_SPREAD)))
    return with_round(projects.filter(step=Step.POOLED)).filter(far)


# --- The queue of who rates ---------------------------------------------------------------------------------------


def _fields_of(user: User) -> frozenset[int]:
    """Return the Handlungsfelder that `user` looks after today, those of somebody away whom she deputises included."""
    return frozenset(
        held.handlungsfeld_id
        for held in standing_of(user).held
        if held.role == Role.COORDINATOR and held.handlungsfeld_id is not None and held.acts_today
    )


def asked_of(user: User, *, answered: bool | None = None, own: Q | None = None) -> QuerySet[Project]:
    """Return the pooled projects on which `user` is to give an opinion, each with `round` and her word as `mine`.

    `answered` picks those on which she has said something, or nothing yet. Her Handlungsfelder (lead, or of a linked
    Handlungsbedarf) and what she is asked to rate; never her own projects (`own` as in `to_countersign`).
    """
    actor, today = standing_of(user).actor_id, clock.today()
    fields = _fields_of(user)
    needs = NeedLink.objects.filter(project=OuterRef("pk"), handlungsbedarf__handlungsfeld__in=fields)
    held = Q(valid_from__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    asked = ProjectMandate.objects.filter(held, project=OuterRef("pk"), person=actor, role=ProjectMandate.Role.EXPERT)
    said = Opinion.objects.filter(project=OuterRef("pk"), round=OuterRef("round"), person=actor, is_current=True)
    drafts = OpinionDraft.objects.filter(project=OuterRef("pk"), person=actor)
    rows = Project.objects.filter(step=Step.POOLED, is_example=user.is_demo)
    rows = rows.filter(Q(lead_handlungsfeld__in=fields) | Q(Exists(needs)) | Q(Exists(asked)))
    mine = with_round(rows.exclude(barred_from(user) if own is None else own)).annotate(
        mine=Subquery(said.values("state")[:1]), has_draft=Exists(drafts)
    )
    picked = mine if answered is None else mine.filter(mine__isnull=not answered)
    return picked.select_related("lead_handlungsfeld", "lead_unit")


def in_order(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Order a queue: least rated first, then oldest. How often a project was rated shows nowhere else, and no level."""
    sent = Opinion.objects.filter(
        project=OuterRef("pk"), round=OuterRef("round"), is_current=True, state=Opinion.State.SENT
    )
    answers = sent.order_by().values("project").annotate(rows=Count("pk")).values("rows")
    return projects.annotate(answers=Coalesce(Subquery(answers), 0)).order_by(
        "answers", F("step_since").asc(nulls_last=True), "pool_number", "pk"
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has come with what she is asked."""

    done: int
    total: int

    @property
    def open(self) -> int:
        """How many are left."""
        return self.total - self.done


def progress_of(user: User, *, own: Q | None = None) -> Progress:
    """Count what `user` has answered of what she is asked; one query (`own` as in `to_countersign`)."""
    counts = asked_of(user, own=own).aggregate(total=Count("pk"), done=Count("pk", filter=Q(mine__isnull=False)))
    return Progress(done=counts["done"], total=counts["total"])


def open_rounds(user: User) -> QuerySet[Project]:
    """Return every pooled project with how many have answered, for the CDO's office; the oldest first."""
    current = Opinion.objects.filter(project=OuterRef("pk"), round=OuterRef("round"), is_current=True)
    sent = current.filter(state=Opinion.State.SENT).order_by().values("project").annotate(rows=Count("pk"))
    far = Q()
    for name in Dimension.values:
        apart = sent.values("project").annotate(apart=Max(name) - Min(name))
        far |= Q(Exists(apart.filter(apart__gte=LARGE_SPREAD)))
    rows = Project.objects.filter(step=Step.POOLED, is_example=user.is_demo)
    return (
        with_round(rows)
        .annotate(answers=Coalesce(Subquery(sent.values("rows")), 0), is_large=far)
        .select_related("lead_handlungsfeld", "lead_unit")
        .order_by(F("step_since").asc(nulls_last=True), "pool_number", "pk")
    )


# --- Inner comments -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment as its reader sees it."""

    comment: InnerComment
    author: str
    may_black_out: bool


@dataclass(frozen=True, slots=True)
class InnerTalk:
    """The inner comments on a project for one reader; `is_blind` while those of others are kept back."""

    comments: list[CommentView]
    may_comment: bool
    is_blind: bool


def inner_talk(user: User, project: Project) -> InnerTalk | None:
    """Return the inner comments that `user` may read, or None for whoever reads none.

    Whoever still has to give an opinion reads only their own until it is sent or they abstained: a comment may tell
    what somebody else thinks.
    """
    if not may_read(user, Aspect.COMMENTS, project):
        return None
    standing = standing_of(user)
    reads_all = standing.is_cdo or (stands_in(standing, project) and not may(user, Act.GIVE_OPINION, project))
    is_blind = not reads_all and project.step == Step.POOLED and not _has_answered(standing.actor_id, project)
    rows = project.inner_comments.select_related("by__person__user").order_by("pk")
    rows = rows.filter(by=standing.actor_id) if is_blind else rows
    names = may_read(user, Aspect.NAMES, project)
    comments = [
        CommentView(
            comment=row,
            author=_("Sie") if row.by_id == standing.actor_id else str(row.by) if names else "",
            may_black_out=row.reason_removed_at is None and (standing.is_cdo or row.by_id == standing.actor_id),
        )
        for row in rows
    ]
    return InnerTalk(comments, may(user, Act.COMMENT, project), is_blind)


def reading_now(project: Project) -> list[UUID]:
    """Return who may read the inner comments of others on the project now: nobody who still rates blind."""
    offices = set(Mandate.objects.valid_on(clock.today()).filter(role=Role.CDO).values_list("person", flat=True))
    blind = project.step == Step.POOLED
    return [person for person in insiders(project) if not blind or person in offices or _has_answered(person, project)]


def _has_answered(actor_id: UUID | None, project: Project) -> bool:
    own = own_opinion(project, actor_id)
    return own is not None and sees_others(own.state)
