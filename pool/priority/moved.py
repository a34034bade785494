"""What moved between two rankings and why: values in, values out.

Between then and now lie up to five changes, made here one after the other, always in this order: projects that left,
new levels, new classes, a new rule, projects that came. After each the whole order is computed again, so that the steps
of a project add up to its movement exactly. Whose own level or class is new has a cause of its own; whoever moves
without one moves because of the rule or because others moved.
Source: Verfahrensordnung des Portals, „Erklärung“.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from pool.priority.rules import Candidate, Weights, is_in_priority_class, ranked
from pool.priority.swap import DIMENSIONS, LevelChange


@dataclass(frozen=True, slots=True)
class Standing:
    """A ranking as its values: what was ranked, under which rule. `apart` says of others where they stood."""

    candidates: tuple[Candidate, ...]
    weights: Weights
    threshold: int
    apart: Mapping[str, str] = field(default_factory=dict)

    def ranks(self) -> dict[str, int]:
        """Return the rank of each project by id."""
        return {row.candidate.project_id: row.rank for row in ranked(self.candidates, self.weights, self.threshold)}


class Cause(StrEnum):
    """Why a project has another rank, in the order the causes are separated."""

    CAME = "came"
    LEFT = "left"
    OTHERS_LEFT = "others_left"
    OWN_LEVELS = "own_levels"
    OTHERS_LEVELS = "others_levels"
    OWN_CLASS = "own_class"
    OTHERS_CLASS = "others_class"
    RULE = "rule"
    OTHERS_CAME = "others_came"


@dataclass(frozen=True, slots=True)
class Step:
    """One cause and by how many places it moved the project: negative is towards the top, 0 for an own change that
    moved nothing."""

    cause: Cause
    places: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One project between two rankings. A rank is None where it had or has none."""

    project_id: str
    old_rank: int | None
    new_rank: int | None
    steps: tuple[Step, ...]
    levels: tuple[LevelChange, ...] = ()
    was_apart: str = ""
    is_apart: str = ""
    was_inside: bool | None = None
    is_inside: bool | None = None

    @property
    def places(self) -> int:
        """By how many places it moved; the steps add up to this."""
        return (self.new_rank or 0) - (self.old_rank or 0) if self.old_rank and self.new_rank else 0

    @property
    def only_others(self) -> bool:
        """Tell whether it moved though neither its own values nor the rule changed."""
        own = {Cause.CAME, Cause.LEFT, Cause.OWN_LEVELS, Cause.OWN_CLASS, Cause.RULE}
        return bool(self.steps) and not any(step.cause in own for step in self.steps)


def moved(before: Standing, after: Standing) -> list[Moved]:
    """Return what changed for every project in one of the two rankings, in the order of the newer, those gone last.

    A project that neither moved nor changed is left out.
    """
    old = {each.project_id: each for each in before.candidates}
    new = {each.project_id: each for each in after.candidates}
    stages = [stage.ranks() for stage in _stages(before, after, old, new)]
    first, last = stages[0], stages[-1]
    found = [
        _one(project, before, after, old, new, stages)
        for project in [*last, *(each for each in first if each not in last)]
    ]
    return [row for row in found if row.steps]


def _stages(
    before: Standing, after: Standing, old: Mapping[str, Candidate], new: Mapping[str, Candidate]
) -> list[Standing]:
    """Return the standings from then to now, each with one more of the changes made."""
    stayed = [project for project in old if project in new]
    remaining = replace(before, candidates=tuple(old[project] for project in stayed))
    rated = replace(
        remaining, candidates=tuple(replace(old[project], levels=new[project].levels) for project in stayed)
    )
    classed = replace(rated, candidates=tuple(new[project] for project in stayed))
    ruled = replace(classed, weights=after.weights, threshold=after.threshold)
    return [before, remaining, rated, classed, ruled, after]


def _one(
    project: str,
    before: Standing,
    after: Standing,
    old: Mapping[str, Candidate],
    new: Mapping[str, Candidate],
    stages: list[dict[str, int]],
) -> Moved:
    was, now = old.get(project), new.get(project)
    if was is None or now is None:
        return Moved(
            project_id=project,
            old_rank=stages[0].get(project),
            new_rank=stages[-1].get(project),
            steps=(Step(Cause.CAME if was is None else Cause.LEFT, 0),),
            was_apart=before.apart.get(project, "") if was is None else "",
            is_apart=after.apart.get(project, "") if now is None else "",
            was_inside=_is_inside(was, before) if was else None,
            is_inside=_is_inside(now, after) if now else None,
        )
    levels = tuple(
        LevelChange(name, getattr(was.levels, name), getattr(now.levels, name))
        for name in DIMENSIONS
        if getattr(was.levels, name) != getattr(now.levels, name)
    )
    has_other_class = _counts(was) != _counts(now)
    path = [later[project] - earlier[project] for earlier, later in pairwise(stages)]
    causes = (
        (Cause.OTHERS_LEFT, False),
        (Cause.OWN_LEVELS, True) if levels else (Cause.OTHERS_LEVELS, False),
        (Cause.OWN_CLASS, True) if has_other_class else (Cause.OTHERS_CLASS, False),
        (Cause.RULE, False),
        (Cause.OTHERS_CAME, False),
    )
    steps = tuple(Step(cause, places) for (cause, is_own), places in zip(causes, path, strict=True) if places or is_own)
    return Moved(
        project_id=project,
        old_rank=stages[0][project],
        new_rank=stages[-1][project],
        steps=steps,
        levels=levels,
        was_inside=_is_inside(was, before),
        is_inside=_is_inside(now, after),
    )


def _counts(candidate: Candidate) -> bool:
    """Tell whether a mark counts, whatever the threshold."""
    return is_in_priority_class(mark_states=candidate.mark_states, effect=0, threshold=0)


def _is_inside(candidate: Candidate, standing: Standing) -> bool:
    return is_in_priority_class(
        mark_states=candidate.mark_states, effect=candidate.levels.effect, threshold=standing.threshold
    )
