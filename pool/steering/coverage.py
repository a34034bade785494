"""What the strategy asks for and what serves it: one value that the dashboard, the coverage page and the meeting pack
read. Two queries besides the rows; the dashboard needs the first alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, F, FilteredRelation, IntegerField, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from governance.models import SDG, Edition, Handlungsbedarf, Querschnittsthema, StrategicGoal
from governance.record import clock
from pool.project.models import GoalLink
from pool.steering.rules import Cover, Direction, Steered, Tally, direction_of, tally


class Part(NamedTuple):
    """A goal, a Querschnittsthema or an SDG, in the order of the strategy."""

    field_number: int
    number: int
    code: str
    text: str
    field_slug: str
    field_name: str


@dataclass(frozen=True, slots=True)
class NeedCover:
    """One Handlungsbedarf and what serves it."""

    pk: int
    code: str
    title: str
    short_title: str
    gap: str
    gap_is_example: bool
    is_example: bool
    field_slug: str
    field_name: str
    projects: frozenset[UUID]
    tally: Tally

    @property
    def cover(self) -> Cover:
        """How it is served."""
        return self.tally.cover


@dataclass(frozen=True, slots=True)
class FieldCover:
    """A Handlungsfeld with its Handlungsbedarfe in the order of the strategy."""

    slug: str
    name: str
    needs: list[NeedCover]


@dataclass(frozen=True, slots=True)
class NeedsCover:
    """All Handlungsbedarfe of the edition in force."""

    fields: list[FieldCover]

    @property
    def needs(self) -> list[NeedCover]:
        """The Handlungsbedarfe of all fields."""
        return [need for field in self.fields for need in field.needs]

    def covered(self, cover: Cover) -> list[NeedCover]:
        """Return those that are served like this."""
        return [need for need in self.needs if need.cover == cover]


@dataclass(frozen=True, slots=True)
class GoalCover:
    """A strategic goal: chosen for itself, or served through a Handlungsbedarf."""

    part: Part
    need_ids: frozenset[int]
    tally: Tally


@dataclass(frozen=True, slots=True)
class TopicCover:
    """A Querschnittsthema or an SDG; served when a project says something about it."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Balance:
    """One line of the balance: Leuchttürme, Schnellboote or the rest, by where they work more."""

    key: str
    total: int
    by_direction: Counter[Direction]

    @property
    def unrated(self) -> int:
        """How many have no rating of record."""
        return self.total - sum(self.by_direction.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole of it."""

    needs: NeedsCover
    goals: list[GoalCover]
    topics: list[TopicCover]
    sdgs: list[TopicCover]
    balance: list[Balance]


def needs_cover(rows: Iterable[Steered]) -> NeedsCover:
    """Return how the Handlungsbedarfe of the edition in force are served by `rows`; one query."""
    by_pk = {row.pk: row for row in rows}
    names = (
        "pk", "code", "title", "short_title", "gap", "gap_is_example", "is_example", "handlungsfeld__slug",
        "handlungsfeld__name",
    )  # fmt: skip
    found = Handlungsbedarf.objects.filter(handlungsfeld__edition__in=edition()).order_by(
        "handlungsfeld__number", "handlungsfeld__pk", "number", "pk"
    )
    serving: dict[int, set[UUID]] = {}
    needs: dict[int, dict[str, Any]] = {}
    for row in found.values(*names, "need_links__project"):
        project = row.pop("need_links__project")
        needs[row["pk"]] = row
        lying = serving.setdefault(row["pk"], set())
        if project in by_pk:
            lying.add(project)
    fields: dict[str, FieldCover] = {}
    for pk, row in needs.items():
        slug, name = row.pop("handlungsfeld__slug"), row.pop("handlungsfeld__name")
        lying = serving[pk]
        need = NeedCover(
            **row,
            field_slug=slug,
            field_name=name,
            projects=frozenset(lying),
            tally=tally(by_pk[project] for project in lying),
        )
        fields.setdefault(slug, FieldCover(slug, name, [])).needs.append(need)
    return NeedsCover(list(fields.values()))


def coverage_of(rows: Iterable[Steered]) -> Coverage:
    """Return how the whole frame in force is served by `rows`; two queries."""
    by_pk = {row.pk: row for row in rows}
    needs = needs_cover(by_pk.values())
    through = {need.pk: need.projects for need in needs.needs}
    projects: dict[str, dict[Part, set[UUID]]] = {"goal": {}, "topic": {}, "sdg": {}}
    needs_of: dict[Part, set[int]] = defaultdict(set)
    for kind, code, number, text, *field, need, project in _frame_pairs():
        key = Part(field[2], number, code, text, field[0], field[1])
        lying = projects[kind].setdefault(key, set())
        if project is not None:
            lying.add(project)
        if need is not None:
            needs_of[key].add(need)
            lying.update(through.get(need, ()))

    def counted(lying: Iterable[UUID]) -> Tally:
        return tally(by_pk[pk] for pk in lying if pk in by_pk)

    return Coverage(
        needs=needs,
        goals=[
            GoalCover(part, frozenset(needs_of[part]), counted(projects["goal"][part]))
            for part in sorted(projects["goal"])
        ],
        topics=_topics(projects["topic"], counted),
        sdgs=_topics(projects["sdg"], counted),
        balance=balance_of(by_pk.values()),
    )


def balance_of(rows: Iterable[Steered]) -> list[Balance]:
    """Return Leuchttürme, Schnellboote and the rest by where they work more; a project with both marks counts twice."""
    serving = [row for row in rows if row.serves]
    groups = {
        "leuchtturm": [row for row in serving if row.is_leuchtturm],
        "schnellboot": [row for row in serving if row.is_schnellboot],
        "keine": [row for row in serving if not row.is_leuchtturm and not row.is_schnellboot],
    }
    return [
        Balance(key, len(group), Counter(found for row in group if (found := direction_of(row)) is not None))
        for key, group in groups.items()
    ]


def _topics(found: dict[Part, set[UUID]], counted: Callable[[Iterable[UUID]], Tally]) -> list[TopicCover]:
    return [TopicCover(part.code, part.text, counted(lying)) for part, lying in sorted(found.items())]


def edition() -> QuerySet[Any, Any]:
    """Return the edition in force as a condition for the frame's rows, without asking for it by itself."""
    return Edition.objects.in_force(clock.today()).values("pk")[:1]


def _frame_pairs() -> Iterable[tuple]:
    """Yield goal, Querschnittsthema and SDG, each with a need or a project that belongs to it; one query.

    Columns: kind, code, number, text, Handlungsfeld (slug, name, number), Handlungsbedarf, project.
    """
    links = GoalLink.objects.filter(goal__handlungsfeld__edition__in=edition())
    goals = StrategicGoal.objects.filter(handlungsfeld__edition__in=edition())
    said = FilteredRelation("answers", condition=~Q(answers__text=""))
    topics = Querschnittsthema.objects.filter(edition__in=edition()).alias(said=said)
    branches = [
        _branch(links, "goal", "goal__code", "goal__number", "goal__text", "goal__handlungsfeld__", None, "project_id"),
        _branch(goals, "goal", "code", "number", "text", "handlungsfeld__", "handlungsbedarfe__pk", None),
        _branch(topics, "topic", "code", "number", "name", None, None, "said__project_id"),
        _branch(SDG.objects.all(), "sdg", "number", "number", "name", None, None, "projects__pk"),
    ]
    return branches[0].union(*branches[1:], all=True)


def _branch(
    rows: QuerySet,
    kind: str,
    code: str,
    number: str,
    text: str,
    field: str | None,
    need: str | None,
    project: str | None,
) -> QuerySet[Any, Any]:
    """Return one part of the union; each column is cast, so that both databases see the same kinds in every part."""
    words, whole = CharField(), IntegerField()
    return rows.order_by().values_list(
        Value(kind, output_field=words),
        Cast(code, words),
        Cast(number, whole),
        Cast(text, words),
        Cast(F(f"{field}slug") if field else Value(""), words),
        Cast(F(f"{field}name") if field else Value(""), words),
        Cast(F(f"{field}number") if field else Value(0), whole),
        Cast(F(need) if need else Value(None), whole),
        Cast(F(project) if project else Value(None), UUIDField()),
    )
