"""The frame as values for pages that only read it: everything that one page says of it comes in one query.

Each kind of part fills the same columns, so that the kinds can stand side by side in one answer of the database.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, ExtractYear

from governance.strategy.models import (
    SDG,
    Edition,
    Grundkriterium,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    Querschnittsthema,
    Reifegrad,
    RubricDimension,
    RubricLevel,
    RubricVersion,
    StrategicGoal,
    Teilziel,
    UebergeordneterBaustein,
    VisionQuestion,
)


@dataclass(frozen=True, slots=True)
class ReadIn:
    """The public page that a part was read on."""

    key: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the frame: its kind, its key and the key of what it belongs to, its words, what of it is an example.

    Which words stand in which column says the branch of its kind below.
    """

    kind: str
    key: int
    of: int | None
    number: int
    code: str
    name: str
    text: str
    more: str
    is_example: bool
    text_is_example: bool
    more_is_example: bool
    source: ReadIn | None


@dataclass(slots=True)
class Parts:
    """The parts that a page reads, by kind, each kind in the order of its numbers."""

    by_kind: dict[str, list[Part]] = field(default_factory=dict)

    def all(self, kind: str) -> list[Part]:
        """Return the parts of a kind."""
        return self.by_kind.get(kind, [])

    def one(self, kind: str) -> Part | None:
        """Return the first part of a kind, if there is one."""
        return next(iter(self.all(kind)), None)

    def of(self, kind: str, key: int) -> list[Part]:
        """Return the parts of a kind that belong to what has this key."""
        return [part for part in self.all(kind) if part.of == key]

    @property
    def sources(self) -> list[ReadIn]:
        """The public pages that these parts were read on, each once."""
        found = {part.source for parts in self.by_kind.values() for part in parts if part.source}
        return sorted(found, key=lambda source: source.key)


def strategy_parts(day: date) -> Parts:
    """Return what the strategy says on `day`: the edition, its vision, guidelines and topics, the UN goals."""
    edition = _edition(day)
    return _read(
        _edition_branch(edition),
        _branch(VisionQuestion.objects.filter(edition__in=edition), "vision", name="question", text="answer"),
        _branch(Leitlinie.objects.filter(edition__in=edition), "leitlinie", name="title"),
        _branch(
            Querschnittsthema.objects.filter(edition__in=edition),
            "querschnittsthema",
            more="charta_group",
            more_is_example="charta_group_is_example",
        ),
        _branch(UebergeordneterBaustein.objects.filter(edition__in=edition), "baustein"),
        _branch(SDG.objects.all(), "sdg", text="", is_example="", source=""),
    )


def field_parts(day: date, slug: str) -> Parts:
    """Return what one Handlungsfeld says on `day`, and the names of all.

    A "need" is a Handlungsbedarf of it, a "need_goal" one of the goals that the need serves, a "teilziel" a partial
    goal of the need. Empty but for the edition where there is no such field.
    """
    edition = _edition(day)
    here = Handlungsfeld.objects.filter(edition__in=edition, slug=slug).values("pk")
    needs = Handlungsbedarf.objects.filter(handlungsfeld__in=here)
    through = Handlungsbedarf.goals.through.objects.filter(handlungsbedarf__handlungsfeld__in=here)
    return _read(
        _edition_branch(edition),
        _branch(
            Handlungsfeld.objects.filter(edition__in=edition),
            "field",
            code="slug",
            text="topic",
            text_is_example="topic_is_example",
            more="starting_situation",
            more_is_example="starting_situation_is_example",
        ),
        _branch(StrategicGoal.objects.filter(handlungsfeld__in=here), "goal", code="code", name=""),
        _branch(needs, "need", code="code", name="title", text="gap", text_is_example="gap_is_example"),
        _branch(
            through,
            "need_goal",
            key="strategicgoal_id",
            of="handlungsbedarf_id",
            number="strategicgoal__number",
            name="",
            text="",
            is_example="",
            source="",
        ),
        _branch(
            Teilziel.objects.filter(handlungsbedarf__handlungsfeld__in=here),
            "teilziel",
            of="handlungsbedarf_id",
            name="",
        ),
    )


def procedure_parts(day: date) -> Parts:
    """Return what the procedure says on `day`: criteria, degrees, and the rubric with its dimensions and levels."""
    edition = _edition(day)
    rubric = RubricVersion.objects.filter(valid_from__lte=day).order_by("-number").values("pk")[:1]
    return _read(
        _branch(
            Grundkriterium.objects.filter(edition__in=edition),
            "grundkriterium",
            text="holds_when",
            more="guiding_question",
        ),
        _branch(Reifegrad.objects.filter(edition__in=edition), "reifegrad", code="letter", text="rates_what"),
        _branch(RubricVersion.objects.filter(pk__in=rubric), "rubric", name="", text="note"),
        _branch(
            RubricDimension.objects.filter(rubric__in=rubric),
            "dimension",
            text="hint",
            more="evidence",
            is_example="",
            source="",
        ),
        _branch(
            RubricLevel.objects.filter(dimension__rubric__in=rubric),
            "level",
            of="dimension_id",
            number="level",
            name="word",
            text="anchor",
            is_example="",
            source="",
        ),
    )


def _edition(day: date) -> QuerySet:
    """Return the edition in force, to be asked for inside another query."""
    return Edition.objects.in_force(day).values("pk")[:1]


def _edition_branch(edition: QuerySet) -> QuerySet:
    year = Edition.objects.filter(pk__in=edition).annotate(year=ExtractYear("valid_from"))
    return _branch(year, "edition", number="year", name="title", text="lead")


def _branch(
    rows: QuerySet,
    kind: str,
    *,
    key: str = "pk",
    of: str = "",
    number: str = "number",
    code: str = "",
    name: str = "name",
    text: str = "text",
    more: str = "",
    is_example: str = "is_example",
    text_is_example: str = "",
    more_is_example: str = "",
    source: str = "source",
) -> QuerySet:
    """Return one kind of part; each argument names the column of the rows that fills a column of `Part`."""
    columns = [
        Value(kind, output_field=CharField()),
        _number(key),
        _number(of),
        _number(number),
        *(_text(column) for column in (code, name, text, more)),
        *(_truth(column) for column in (is_example, text_is_example, more_is_example)),
        *(_text(f"{source}__{column}" if source else "") for column in ("key", "title", "address")),
    ]
    return rows.order_by().values_list(*columns)


def _number(column: str) -> Any:
    return Cast(F(column) if column else Value(None), IntegerField())


def _text(column: str) -> Any:
    return Coalesce(Cast(F(column) if column else Value(""), TextField()), Value("", TextField()))


def _truth(column: str) -> Any:
    return Cast(F(column) if column else Value(False), BooleanField())


def _read(first: QuerySet, *others: QuerySet) -> Parts:
    found = Parts()
    for part in sorted(map(_part, first.union(*others, all=True)), key=lambda part: (part.number, part.key)):
        found.by_kind.setdefault(part.kind, []).append(part)
    return found


def _part(row: tuple[Any, ...]) -> Part:
    source = ReadIn(*row[-3:]) if row[-3] else None
    return Part(*(*row[:-3], source))
