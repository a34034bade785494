"""The rule in force and the ranking, in a number of queries that does not grow with the rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from governance.models import User
from governance.record import clock
from pool.lifecycle import Step
from pool.maturity.models import Opinion, Rating
from pool.priority.models import ClassMark, Place, RuleVersion, RuleVersionQuerySet, StabilityResult
from pool.priority.rules import Candidate, Levels, Ranked, Weights, ranked
from pool.priority.stability import (
    Profile,
    Safety,
    digest_of,
    from_content,
    number_of_weightings,
    profiles_of,
    stability,
)
from pool.priority.swap import DIMENSIONS, Ranges, Swap, swap
from pool.priority.variation import Reach, range_of, reach, runs, tied_by_a_level
from pool.project.models import Project


def rule_in_force(day: date | None = None, *, with_examples: bool = False) -> RuleVersion:
    """Return the rule version that holds on `day` (today if None); one query. Example rules hold among examples alone.

    `is_adopted` on it tells whether a Beschluss adopted it, `is_adopted_for_real` whether one outside the examples
    did. Raises RuleVersion.DoesNotExist on a database without the frame.
    """
    rows = RuleVersion.objects.in_force(day or clock.today(), with_examples=with_examples)
    return _with_adoption(rows)[:1].get()


def rules_from(day: date | None = None, *, with_examples: bool = False) -> tuple[RuleVersion, list[RuleVersion]]:
    """Return the rule version that holds on `day` (today if None) and those already decided that hold from a later day,
    the nearest first; one query. Until their day they order nothing. Otherwise as `rule_in_force`.
    """
    day = day or clock.today()
    every = decided_rules(with_examples=with_examples)
    holding = [rule for rule in every if rule.valid_from <= day]
    if not holding:
        raise RuleVersion.DoesNotExist
    return holding[-1], [rule for rule in every if rule.valid_from > day]


def decided_rules(*, with_examples: bool) -> list[RuleVersion]:
    """Return every rule version that a Beschluss or the software put in force, by its day; one query."""
    rows = RuleVersion.objects.filter(is_pending=False).order_by("valid_from", "number")
    return list(_with_adoption(rows if with_examples else rows.filter(is_example=False)))


def _with_adoption(rows: RuleVersionQuerySet) -> RuleVersionQuerySet:
    adopting = RuleVersion.objects.filter(pk=OuterRef("pk"), sitting_items__is_final=True).filter(
        sitting_items__outcome="adopt_rule"
    )
    return rows.annotate(
        is_adopted=Exists(adopting),
        is_adopted_for_real=Exists(adopting.filter(sitting_items__sitting__is_example=False)),
    ).select_related("rubric")


def weights_of(rule: RuleVersion) -> Weights:
    """Return the weights of a rule version as values."""
    return Weights(
        vernetzung=rule.weight_vernetzung,
        effect=rule.weight_effect,
        kompetenzaufbau=rule.weight_kompetenzaufbau,
        synergien=rule.weight_synergien,
    )


def levels_of(rating: Rating) -> Levels:
    """Return the levels of a rating as values."""
    return Levels(**rating.levels)


def level_ranges(rating: Rating) -> dict[str, tuple[int, int]]:
    """Return the lowest and highest level named in the opinions of a rating's round, where there are two; one query."""
    opinions = Opinion.objects.filter(
        project=rating.project_id, round=rating.number, is_current=True, state=Opinion.State.SENT
    )
    rows = [row.levels for row in opinions]
    found = {name: range_of(row[name] for row in rows) for name in DIMENSIONS}
    return {name: span for name, span in found.items() if span is not None}


def shows_examples_to(user: User) -> bool:
    """Tell whether examples stand in the order that `user` sees: demo accounts see them, real ones never."""
    return bool(getattr(user, "is_demo", False))


@dataclass(frozen=True, slots=True)
class MarkState:
    """What is said about one class of a project at the moment."""

    mark: str
    state: str


@dataclass(frozen=True, slots=True)
class RankedProject:
    """One project in the ranking with what its explanation needs."""

    ranked: Ranked
    project: Project
    rating: Rating
    marks: tuple[MarkState, ...]
    ranges: Ranges = field(default_factory=dict)

    @property
    def is_countersigned(self) -> bool:
        """Tell whether a second person stands by the rating; it ranks either way."""
        return self.rating.countersigned is not None

    @property
    def counting_marks(self) -> list[MarkState]:
        """The marks that count: proposed or confirmed."""
        return [mark for mark in self.marks if mark.state in ("proposed", "confirmed")]

    @property
    def is_marked_but_outside(self) -> bool:
        """Tell whether a mark stays outside the priority class because the effect is below the threshold."""
        return bool(self.counting_marks) and not self.ranked.criteria.priority_class


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of a day: ranked, and apart from it the unrated and the deferred. `coming` are rules of later days."""

    rule: RuleVersion
    day: date
    entries: list[RankedProject]
    unrated: list[Project] = field(default_factory=list)
    deferred: list[Project] = field(default_factory=list)
    coming: list[RuleVersion] = field(default_factory=list)

    @property
    def in_class(self) -> list[RankedProject]:
        """The entries of the priority class."""
        return [entry for entry in self.entries if entry.ranked.criteria.priority_class]

    @property
    def outside_class(self) -> list[RankedProject]:
        """All other entries."""
        return [entry for entry in self.entries if not entry.ranked.criteria.priority_class]


def ranking(
    *,
    include_examples: bool,
    day: date | None = None,
    with_apart: bool = True,
    readable: Q | None = None,
) -> Ranking:
    """Return the ranking as it stands, under the rule in force on `day`: three queries, two without `with_apart`.

    `readable` narrows what stands apart (unrated, deferred) to what the reader may see; ranks are never narrowed.
    """
    day = day or clock.today()
    rule, coming = rules_from(day, with_examples=include_examples)
    places = _places().filter(project__step=Step.ASSESSED)
    apart = Project.objects.filter(step__in=[Step.POOLED, Step.DEFERRED]).select_related(
        "lead_handlungsfeld", "lead_unit"
    )
    if not include_examples:
        places = places.filter(project__is_example=False)
        apart = apart.filter(is_example=False)
    if readable is not None:
        apart = apart.filter(readable)
    entries = _ranked_projects(list(places), rule)
    others = list(apart.order_by("pool_number")) if with_apart else []
    return Ranking(
        rule=rule,
        day=day,
        entries=entries,
        unrated=[project for project in others if project.step == Step.POOLED],
        deferred=[project for project in others if project.step == Step.DEFERRED],
        coming=coming,
    )


def _places() -> QuerySet[Place]:
    """Return the stored places with project, rating and the current word on each class, in one query."""
    marks = ClassMark.objects.filter(project=OuterRef("project"), is_current=True)
    rows = Place.objects.select_related("rating__countersignature", "project__lead_handlungsfeld", "project__lead_unit")
    return rows.annotate(
        leuchtturm=Subquery(marks.filter(mark="leuchtturm").values("state")[:1]),
        schnellboot=Subquery(marks.filter(mark="schnellboot").values("state")[:1]),
    )


def _marks(place: Place) -> tuple[MarkState, ...]:
    states = {mark: getattr(place, mark) for mark in ClassMark.Mark.values}
    return tuple(MarkState(mark, state) for mark, state in states.items() if state)


def _ranked_projects(places: list[Place], rule: RuleVersion) -> list[RankedProject]:
    """Order by the levels under `rule`, so that a rule valid from today needs no job that stores places anew."""
    by_id = {str(place.project_id): place for place in places}
    order = ranked(
        (
            Candidate(
                project_id=project_id,
                pool_number=place.project.pool_number or 0,
                levels=levels_of(place.rating),
                mark_states=tuple(mark.state for mark in _marks(place)),
            )
            for project_id, place in by_id.items()
        ),
        weights_of(rule),
        rule.effect_threshold,
    )
    found = ((row, by_id[row.candidate.project_id]) for row in order)
    return [RankedProject(row, place.project, place.rating, _marks(place), place.level_ranges) for row, place in found]


def current_marks(project_ids: Iterable[object]) -> dict[object, list[ClassMark]]:
    """Return the current marks of some projects by project id; one query."""
    found: dict[object, list[ClassMark]] = defaultdict(list)
    rows = ClassMark.objects.filter(project__in=list(project_ids), is_current=True).order_by("mark")
    for mark in rows:
        found[mark.project_id].append(mark)
    return found


def place_of(project: Project, *, include_examples: bool) -> tuple[RankedProject, Ranking] | None:
    """Return a project's entry in today's ranking and the ranking itself, or None where it has no rank."""
    today = ranking(include_examples=include_examples, with_apart=False)
    for entry in today.entries:
        if entry.project.pk == project.pk:
            return entry, today
    return None


# --- How safe a place is ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the safety of the places depends on, and its digest."""

    profiles: tuple[Profile, ...]
    weights: Weights
    interval: int

    @property
    def digest(self) -> str:
        """The SHA-256 under which a result is stored."""
        return digest_of(self.profiles, self.weights, self.interval)

    @property
    def work(self) -> int:
        """How many ranks are to be computed: weightings times profiles."""
        return number_of_weightings(self.weights, self.interval) * len(self.profiles)

    def compute(self) -> list[Safety]:
        """Return the safety of each profile, in today's order."""
        return stability(self.profiles, self.weights, self.interval)


def state_of(order: "Ranking") -> State:
    """Return the state of the data behind a ranking."""
    profiles = profiles_of(entry.ranked.criteria for entry in order.entries)
    return State(tuple(profiles), weights_of(order.rule), order.rule.accepted_interval)


@lru_cache(maxsize=8)
def _computed(state: State) -> list[Safety]:
    """A state that nobody has stored is computed once per process. Never stale: the state itself is the key."""
    return state.compute()


@lru_cache(maxsize=8)
def _read(content: str) -> list[Safety]:
    return from_content(content)


def safety_of(state: State) -> list[Safety]:
    """Return the safety of each profile of a state: what is stored, else computed now. One query; writes nothing."""
    if not state.profiles:
        return []
    stored = StabilityResult.objects.filter(digest=state.digest).values_list("content", flat=True).first()
    return _read(stored) if stored is not None else _computed(state)


@dataclass(frozen=True, slots=True)
class Explained:
    """One entry with everything that explains it.

    `swap_up` exchanges it with the one above, `swap_down` with the one below. `group` are the places (0 is the first)
    of its practically tied neighbours, itself included. `reach` is None for whoever does not learn how far opinions lie
    apart.
    """

    entry: RankedProject
    upper: RankedProject | None
    lower: RankedProject | None
    safety: Safety
    swap_up: Swap | None
    swap_down: Swap | None
    group: range | None
    reach: Reach | None


@dataclass(frozen=True, slots=True)
class RankingWithSafety:
    """A ranking, the safety of each entry, and the groups of practically tied neighbours as places in `order.entries`.

    `reaches` is empty where it was not asked for.
    """

    order: Ranking
    safeties: list[Safety]
    groups: list[range]
    reaches: dict[str, Reach]

    def explained(self, place: int) -> Explained:
        """Return the entry at `place` (0 is the first) with its explanation."""
        entries = self.order.entries
        entry = entries[place]
        upper = entries[place - 1] if place else None
        lower = entries[place + 1] if place + 1 < len(entries) else None
        return Explained(
            entry=entry,
            upper=upper,
            lower=lower,
            safety=self.safeties[place],
            swap_up=self._swap(upper, entry) if upper else None,
            swap_down=self._swap(entry, lower) if lower else None,
            group=next((group for group in self.groups if place in group), None),
            reach=self.reaches.get(entry.ranked.candidate.project_id),
        )

    def _swap(self, upper: RankedProject, lower: RankedProject) -> Swap | None:
        rule = self.order.rule
        return swap(upper.ranked.candidate, lower.ranked.candidate, weights_of(rule), rule.effect_threshold)


def ranking_with_safety(
    *,
    include_examples: bool,
    day: date | None = None,
    with_apart: bool = True,
    readable: Q | None = None,
    with_opinions: bool = False,
    with_reach: bool = False,
) -> RankingWithSafety:
    """Return the ranking with the safety of every place: `ranking` and one query more.

    `with_opinions` is for readers who may learn how far opinions lie apart: then one change of a level that exchanges
    two neighbours ties them, and `with_reach` the places are computed over all such changes. Without it weights alone
    decide, and nothing of opinions shows.
    """
    order = ranking(include_examples=include_examples, day=day, with_apart=with_apart, readable=readable)
    return with_safety(order, with_opinions=with_opinions, with_reach=with_reach)


def with_safety(order: Ranking, *, with_opinions: bool = False, with_reach: bool = False) -> RankingWithSafety:
    """Add the safety of every place to a ranking; see `ranking_with_safety`."""
    by_rank = {safety.rank: safety for safety in safety_of(state_of(order))}
    safeties = [by_rank[entry.ranked.rank] for entry in order.entries]
    candidates = [entry.ranked.candidate for entry in order.entries]
    ranges = {str(entry.project.pk): entry.ranges for entry in order.entries if entry.ranges} if with_opinions else {}
    weights, threshold = weights_of(order.rule), order.rule.effect_threshold
    ties = [
        upper.ranked.rank == lower.ranked.rank
        or by_rank[upper.ranked.rank].is_tied_with_next()
        or (
            bool(ranges) and tied_by_a_level(upper.ranked.candidate, lower.ranked.candidate, ranges, weights, threshold)
        )
        for upper, lower in pairwise(order.entries)
    ]
    reaches = reach(candidates, ranges, weights, threshold) if ranges and with_reach else {}
    return RankingWithSafety(order, safeties, runs(ties), reaches)
