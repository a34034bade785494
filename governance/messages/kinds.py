"""Which kinds of messages there are, in groups as a person reads them. Each app tells its own at the start.

The frame knows nothing of projects, so `pool` hands its kinds in (`pool.apps`); the pages read them here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from governance.mandates.rules import Standing
from governance.messages.rules import MandateKind, Way


@dataclass(frozen=True)
class KindGroup:
    """Kinds that stand under one heading, whom they can concern, and how they are mailed unless a person chose."""

    title: str | Promise
    kinds: Sequence[Any]  # members of a TextChoices
    concerns: Callable[[Standing], bool]
    way: Way = Way.AT_ONCE


# The frame's own, which concern everybody and stand last.
MANDATES = KindGroup(gettext_lazy("Mandate"), tuple(MandateKind), lambda standing: True)

_groups: list[KindGroup] = []


def register(*groups: KindGroup) -> None:
    """Add groups after those of other apps; a kind belongs to one group. Called once, at the start."""
    for group in groups:
        twice = {str(kind) for kind in group.kinds} & set(labels())
        if twice:
            raise ValueError(f"Kinds told twice: {', '.join(sorted(twice))}")
        _groups.append(group)


def known_groups() -> tuple[KindGroup, ...]:
    """Return every group in the order in which they are read."""
    return (*_groups, MANDATES)


def labels() -> dict[str, str | Promise]:
    """Return the label of every kind."""
    return {str(kind.value): kind.label for group in known_groups() for kind in group.kinds}


def usual_way(kind: str) -> Way:
    """Return how a kind is mailed unless the person chose otherwise. Raises KeyError for a kind nobody told of."""
    for group in known_groups():
        if any(each.value == kind for each in group.kinds):
            return group.way
    raise KeyError(kind)
