"""The meeting pack as values: what the web page, the PDF and the workbook show, and nothing besides.

Each part is built by one function of `meeting_pack`; the three forms only set it.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Named:
    """A text under its name."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """Which sitting, whose, and under which rule it decides."""

    title: str
    body: str
    day: date
    place: str
    chair: str
    is_open: bool
    is_example: bool
    closing: str
    rule: str
    rule_state: str
    weights: tuple[Named, ...]
    effect_threshold: int

    @property
    def rule_words(self) -> str:
        """The rule under which the ranking stands, in words."""
        weights = ", ".join(f"{each.label} {each.text}" for each in self.weights)
        words = _("{rule}, Gewichte: {weights}; Vorrangklasse ab Wirkung {threshold}.")
        said = words.format(rule=self.rule, weights=weights, threshold=self.effect_threshold)
        return f"{said} {self.rule_state}".strip()


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what is proposed, and after the sitting what was decided. `place` is the project's rank."""

    key: str
    number: int
    kind: str
    title: str
    state: str
    project: str = ""
    pool_number: int | None = None
    field_name: str = ""
    unit: str = ""
    place: int | None = None
    is_example: bool = False
    proposal: str = ""
    outcome: str = ""
    proposed: tuple[Named, ...] = ()
    decided: tuple[Named, ...] = ()
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Degree:
    """One weighted degree: its letter, level, weight in percent, and points in the units of the score (0 to 400)."""

    letter: str
    name: str
    level: int
    weight: int
    points: int


@dataclass(frozen=True, slots=True)
class Level:
    """One rated dimension with its reason of record."""

    name: str
    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the ranking and why it is this one. `on_list` is the number of its item; score from 0 to 400."""

    project: str
    rank: int
    is_shared: bool
    pool_number: int | None
    title: str
    field_name: str
    unit: str
    is_example: bool
    in_class: bool
    score: int
    on_list: int | None
    marks: tuple[str, ...]
    degrees: tuple[Degree, ...]
    levels: tuple[Level, ...]
    why: tuple[str, ...]
    best: int
    worst: int
    safety: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The Steckbrief of one project on the list."""

    project: str
    number: int
    title: str
    short_text: str
    pool_number: int | None
    step: str
    field_name: str
    unit: str
    is_example: bool
    marks: tuple[str, ...]
    place: Place | None
    levels: tuple[Level, ...]
    texts: tuple[Named, ...]
    facts: tuple[Named, ...]
    reasons: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something about an item that is not settled yet; `number` is None where it stands on no list."""

    number: int | None
    title: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part that another step gives: its sentences, its heads, its rows of texts and counts."""

    title: str
    sentences: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What the recomputation of the frozen form says."""

    hash: str
    previous_hash: str
    holds: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole meeting pack, or after closing the minutes."""

    head: Head
    presence: tuple[Named, ...] = ()
    items: tuple[Item, ...] = ()
    open_points: tuple[OpenPoint, ...] = ()
    places: tuple[Place, ...] = ()
    sections: tuple[Section, ...] = field(default=())
    profiles: tuple[Profile, ...] = ()
    recomputation: Recomputation | None = None

    @property
    def reasoned_places(self) -> tuple[Place, ...]:
        """The places whose reasons stand in no profile."""
        return tuple(place for place in self.places if place.on_list is None)
