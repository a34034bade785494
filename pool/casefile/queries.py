"""Assembling one project's casefile: each step's part, as far as the person may read it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.mandates.queries import standing_of
from governance.models import User
from governance.record import clock
from governance.strategy.rules import Dimension, GrundkriteriumCode
from pool.casefile.rules import GATE_ACTS, Station, Text, days_reached, hand_of, way
from pool.deadlines import answer_due
from pool.decision.models import SittingItem
from pool.delivery.milestones import Progress, progress_of
from pool.delivery.models import CompletionProposal, Milestone, StatusReport
from pool.delivery.queries import current_proposal, milestones_of, reports_of
from pool.gate.models import GateAnswer, GateRound
from pool.gate.queries import current_round
from pool.gate.rules import gate_result
from pool.lifecycle import Act, Step
from pool.maturity.models import Rating
from pool.maturity.queries import InnerTalk, inner_talk
from pool.permissions import AUTHORS, Aspect, may, may_read, visible_projects
from pool.priority.models import ClassMark
from pool.priority.queries import RankedProject, place_of, shows_examples_to
from pool.project.models import Beneficiary, Precision, Project, ProjectMandate, TextVersion, Transition
from pool.project.rules import KEPT_FIELDS
from pool.publication.models import Release
from pool.publication.queries import release_of
from pool.submission.queries import SheetSection, label_of, sheet
from pool.submission.rules import MONEY_FIELDS, Waiting, waiting_for


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person may read of one project."""

    gate: bool
    rating: bool
    names: bool
    money: bool
    open_sitting: bool
    reports: bool

    @property
    def resolutions(self) -> bool:
        """Beschlüsse of closed sittings: everybody who reads any inner part, the team too."""
        return self.gate or self.rating or self.names or self.money


def reader_of(user: User, project: Project) -> Reader:
    """Return what `user` may read of `project`; authors read the money they wrote while they may still write."""
    return Reader(
        gate=may_read(user, Aspect.GATE, project),
        rating=may_read(user, Aspect.RATING, project),
        names=may_read(user, Aspect.NAMES, project),
        money=may_read(user, Aspect.MONEY, project) or may(user, Act.EDIT_TEXT, project),
        open_sitting=may_read(user, Aspect.OPEN_SITTING, project),
        reports=may_read(user, Aspect.REPORTS, project),
    )


@dataclass(frozen=True, slots=True)
class Criterion:
    """One Grundkriterium with its answer, if there is one yet."""

    code: str
    name: Text
    answer: GateAnswer | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round of the gate with all five criteria."""

    round: GateRound
    criteria: list[Criterion]

    @property
    def result(self) -> str:
        """The result, as the rules find it."""
        return gate_result({row.code: row.answer.answer for row in self.criteria if row.answer})


@dataclass(frozen=True, slots=True)
class Degree:
    """One rated dimension: its level with the anchored words, and the reason."""

    name: Text
    level: int
    word: str
    anchor: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatingView:
    """A rating of record, ready to be read."""

    rating: Rating
    degrees: list[Degree]


@dataclass(frozen=True, slots=True)
class Participant:
    """A person's part in the project."""

    role: Text
    name: str
    is_former: bool


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One move, told as far as the reader may know it."""

    transition: Transition
    by: Text
    in_place_of: Text
    reason: str
    is_reason_removed: bool


@dataclass(frozen=True, slots=True)
class Casefile:
    """Everything that one person reads on the page of one project."""

    project: Project
    reader: Reader
    waiting: Waiting
    way: list[Station]
    sections: list[SheetSection]
    history: list[HistoryEntry]
    marks: list[ClassMark] = field(default_factory=list)
    rounds: list[RoundView] = field(default_factory=list)
    rating: RatingView | None = None
    earlier_ratings: list[RatingView] = field(default_factory=list)
    place: RankedProject | None = None
    resolutions: list[SittingItem] = field(default_factory=list)
    open_item: SittingItem | None = None
    participants: list[Participant] = field(default_factory=list)
    proposal: CompletionProposal | None = None
    milestones: list[Milestone] = field(default_factory=list)
    last_report: StatusReport | None = None
    text_versions: list[dict[str, Any]] = field(default_factory=list)
    release: Release | None = None
    taken_in: list[Project] = field(default_factory=list)
    has_taken_in_unseen: bool = False
    merged_into: Project | None = None
    succeeded_by: Project | None = None
    grown_from: Project | None = None
    grown_into: list[Project] = field(default_factory=list)
    answer_due: date | None = None
    talk: InnerTalk | None = None

    @property
    def progress(self) -> Progress:
        """How many of the milestones that the reader knows are reached."""
        return progress_of(each.facts for each in self.milestones)

    @property
    def last_return(self) -> HistoryEntry | None:
        """The return that the authors work on now."""
        if self.project.step != Step.RETURNED or not self.reader.gate:
            return None
        return next((row for row in self.history if row.transition.act == Act.RETURN), None)


def casefile_of(project: Project, user: User) -> Casefile:
    """Return the casefile of a project that `user` may see."""
    reader = reader_of(user, project)
    mandates = list(project.mandates.select_related("person__person__user").order_by("pk"))
    moves = list(project.transitions.select_related("by__person__user", "in_place_of__person__user").order_by("-pk"))
    ratings = _ratings(project, reader)
    proposal = current_proposal(project)
    merged = Project.objects.filter(merged_into=project)
    taken_in = list(merged.filter(visible_projects(user)).order_by("title", "pk"))
    return Casefile(
        project=project,
        reader=reader,
        waiting=_waiting(project, user, mandates, has_proposal=proposal is not None),
        way=_way(project, moves),
        sections=_sections(project, reader),
        history=_history(project, moves, mandates, reader),
        marks=_marks(project, reader),
        rounds=_rounds(project) if reader.gate else [],
        rating=next((row for row in ratings if row.rating.is_current), None),
        earlier_ratings=[row for row in ratings if not row.rating.is_current],
        place=_place(project, user) if reader.rating and project.step == Step.ASSESSED else None,
        resolutions=_resolutions(project) if reader.resolutions else [],
        open_item=_open_item(project) if reader.open_sitting else None,
        participants=_participants(mandates) if reader.names else [],
        proposal=proposal if reader.money and project.step == Step.RUNNING else None,
        milestones=milestones_of(project, reads_inside=reader.reports),
        last_report=reports_of(project).first() if reader.reports else None,
        text_versions=_text_versions(project, reader),
        release=release_of(project),
        talk=inner_talk(user, project),
        taken_in=taken_in,
        has_taken_in_unseen=(reader.gate or reader.names) and merged.count() > len(taken_in),
        merged_into=_as_seen(project.merged_into_id, user),
        succeeded_by=_as_seen(project.succeeded_by_id, user),
        grown_from=_as_seen(project.grown_from_id, user),
        grown_into=list(Project.objects.visible_to(user).filter(grown_from=project).order_by("created_at", "pk")),
        answer_due=_answer_due(project, moves),
    )


def _as_seen(key: object, user: User) -> Project | None:
    """Return another project that this one leads to, if `user` may see it: not its title before."""
    return Project.objects.visible_to(user).filter(pk=key).first() if key else None


_TITLES: dict[str, Text] = {"idee": _("Worum es geht"), "nutzen": _("Was das Vorhaben bringt")}


def _sections(project: Project, reader: Reader) -> list[SheetSection]:
    """Return what the idea says beyond the head of the page; what says nothing is left out."""
    sections = [
        SheetSection(
            part.slug,
            _TITLES.get(part.slug, part.title),
            [row for row in part.rows if row.texts and row.name not in ("title", "short_text")],
        )
        for part in sheet(project, with_money=reader.money)
    ]
    return [part for part in sections if part.rows]


def _waiting(project: Project, user: User, mandates: list[ProjectMandate], *, has_proposal: bool) -> Waiting:
    actor, today = standing_of(user).actor_id, clock.today()
    held = [
        row for row in mandates if row.valid_from <= today and (row.valid_until is None or row.valid_until >= today)
    ]
    return waiting_for(
        project.step,
        is_author=any(row.person_id == actor and row.role in AUTHORS for row in held),
        is_lead=any(row.person_id == actor and row.role == ProjectMandate.Role.LEAD for row in held),
        has_lead=any(row.role == ProjectMandate.Role.LEAD for row in held),
        has_proposal=has_proposal,
    )


def _way(project: Project, moves: list[Transition]) -> list[Station]:
    days = [
        (move.to_step, f"{move.on_day:%d.%m.%Y}" if move.on_day and move.precision == Precision.DAY else "")
        for move in reversed(moves)
    ]
    return way(project.step, days_reached(days), is_taken_over=project.is_taken_over)


def _answer_due(project: Project, moves: list[Transition]) -> date | None:
    """Return the day by which the idea is answered, while it waits for the gate."""
    if project.step != Step.SUBMITTED or not moves or moves[0].on_day is None:
        return None
    return answer_due(project.step, moves[0].on_day)


def _history(
    project: Project, moves: list[Transition], mandates: list[ProjectMandate], reader: Reader
) -> list[HistoryEntry]:
    authors = {row.person_id for row in mandates if row.role in AUTHORS}
    entries = []
    for move in moves:
        role = hand_of(move.act, is_taken_over=project.is_taken_over, is_by_author=move.by_id in authors)
        reads_reason = _reads_reason(move.act, reader)
        entries.append(
            HistoryEntry(
                transition=move,
                by=f"{role}, {move.by}" if reader.names else role,
                in_place_of=str(move.in_place_of) if move.in_place_of and reader.names else "",
                reason=move.reason if reads_reason and not move.reason_removed_at else "",
                is_reason_removed=reads_reason and move.reason_removed_at is not None,
            )
        )
    return entries


def _reads_reason(act: str, reader: Reader) -> bool:
    if act in GATE_ACTS:
        return reader.gate
    return reader.rating if act == Act.REOPEN_RATING else reader.resolutions


def _marks(project: Project, reader: Reader) -> list[ClassMark]:
    """Confirmed classes are public; what is only proposed, refused or withdrawn is read with the rating."""
    rows = project.class_marks.filter(is_current=True).order_by("mark")
    return list(rows if reader.rating else rows.filter(state=ClassMark.State.CONFIRMED))


def _rounds(project: Project) -> list[RoundView]:
    """Return the rounds, the one that stands for the present step first."""
    now = current_round(project)
    rounds = list(project.gate_rounds.prefetch_related("answers__leitlinie").order_by("-number"))
    rounds.sort(key=lambda row: now is None or row.pk != now.pk)
    views = []
    for row in rounds:
        answers = {answer.grundkriterium: answer for answer in row.answers.all() if answer.is_current}
        criteria = [Criterion(code, code.label, answers.get(code)) for code in GrundkriteriumCode]
        views.append(RoundView(row, criteria))
    return views


def _ratings(project: Project, reader: Reader) -> list[RatingView]:
    if not reader.rating:
        return []
    rows = (
        project.ratings.select_related("rubric", "countersignature__by__person__user")
        .prefetch_related("rubric__dimensions__levels")
        .order_by("-number")
    )
    return [_rating_view(row) for row in rows]


def _rating_view(rating: Rating) -> RatingView:
    anchors = {
        (dimension.code, level.level): level
        for dimension in rating.rubric.dimensions.all()
        for level in dimension.levels.all()
    }
    degrees = []
    for name, level in rating.levels.items():
        anchor = anchors.get((name, level))
        degrees.append(
            Degree(
                name=Dimension(name).label,
                level=level,
                word=anchor.word if anchor else "",
                anchor=anchor.anchor if anchor else "",
                reason="" if rating.reason_removed_at else rating.reasons[name],
            )
        )
    return RatingView(rating, degrees)


def _place(project: Project, user: User) -> RankedProject | None:
    found = place_of(project, include_examples=shows_examples_to(user))
    return found[0] if found else None


def _resolutions(project: Project) -> list[SittingItem]:
    rows = project.sitting_items.filter(is_final=True, state=SittingItem.State.CONFIRMED)
    return list(rows.select_related("sitting__body").prefetch_related("corrections").order_by("-sitting__day", "-pk"))


def _open_item(project: Project) -> SittingItem | None:
    return project.sitting_items.filter(is_final=False).select_related("sitting__body").first()


def _participants(mandates: list[ProjectMandate]) -> list[Participant]:
    today = clock.today()
    return [
        Participant(
            role=row.get_role_display(),
            name=str(row.person),
            is_former=row.valid_until is not None and row.valid_until < today,
        )
        for row in mandates
    ]


def _text_versions(project: Project, reader: Reader) -> list[dict[str, Any]]:
    """Return the kept texts, the last first; a reader without money reads them without it.

    What was handed in before and came back is read with the gate that it came back from; all others read the text that
    went into the pool, and its corrections.
    """
    names = {name: label_of(name) for name in _text_fields(reader)}
    versions = list(project.text_versions.order_by("-number"))
    if not reader.gate:
        handed_in = (row.number for row in versions if row.kind != TextVersion.Kind.CORRECTED)
        first = max(handed_in, default=0)
        versions = [row for row in versions if row.number >= first]
    return [
        {
            "version": version,
            "at": version.at,
            "reason": "" if version.reason_removed_at else version.reason,
            "rows": [(label, _as_read(name, version.content.get(name, ""))) for name, label in names.items()],
        }
        for version in versions
    ]


def _as_read(name: str, value: str) -> str:
    return str(dict(Beneficiary.choices).get(value, value)) if name == "beneficiary" else value


def _text_fields(reader: Reader) -> list[str]:
    return [name for name in KEPT_FIELDS if reader.money or name not in MONEY_FIELDS]
