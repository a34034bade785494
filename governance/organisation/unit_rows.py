"""What a table of the organisation would change: new units, renamed, moved and ended ones, and who follows whom."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.organisation.models import OrganisationUnit
from governance.tables.reading import Head, Problem, ReadRow

SHEET = "Organisation"
MOST_ROWS = 2000
CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
DAY_FORMATS = ("%d.%m.%Y", "%Y-%m-%d")
LIMITS = {"name": 160, "short_name": 60, "number": 10, "code": 60}
HEADS: Sequence[Head] = (
    Head("code", gettext_lazy("Schlüssel"), is_demanded=True),
    Head("name", gettext_lazy("Name"), is_demanded=True),
    Head("kind", gettext_lazy("Art"), is_demanded=True),
    Head("parent", gettext_lazy("gehört zu (Schlüssel)")),
    Head("short_name", gettext_lazy("Kurzname")),
    Head("number", gettext_lazy("Amtsnummer")),
    Head("valid_from", gettext_lazy("besteht seit")),
    Head("valid_until", gettext_lazy("bestand bis")),
    Head("successors", gettext_lazy("Nachfolge (Schlüssel)")),
)
WORDS = {head.name: head.text for head in HEADS}


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a unit that the table says differently: its name in the program and in words, before and after."""

    name: str
    label: object
    old: str
    new: str


@dataclass(slots=True)
class PlannedUnit:
    """One row: the unit it is about and what it would be afterwards; parent and successors by their codes."""

    number: int
    code: str
    values: dict[str, object]
    parent: str | None
    successors: tuple[str, ...] | None
    unit: OrganisationUnit | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the unit is called afterwards."""
        return str(self.values.get("name", ""))


@dataclass(slots=True)
class Plan:
    """Everything a table would change, and every cell that does not fit."""

    units: list[PlannedUnit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def new(self) -> list[PlannedUnit]:
        """Units that come to the tree, parents before children."""
        return [each for each in self.units if each.unit is None]

    @property
    def changed(self) -> list[PlannedUnit]:
        """Units that are in the tree and would be different, from the top down."""
        return [each for each in self.units if each.unit is not None and each.changes]

    @property
    def is_empty(self) -> bool:
        """Tell whether the table says what the tree says already."""
        return not self.new and not self.changed


def plan_of(rows: Iterable[ReadRow]) -> Plan:
    """Return what the rows would change against the tree of this moment; writes nothing, two queries."""
    known = {
        unit.code: unit for unit in OrganisationUnit.objects.select_related("parent").prefetch_related("successors")
    }
    plan = Plan()
    seen: dict[str, PlannedUnit] = {}
    read: list[tuple[ReadRow, PlannedUnit]] = []
    for row in rows:
        planned = _planned(row, known, plan.problems)
        if planned.code in seen:
            words = _("Dieser Schlüssel steht schon in Zeile {row}.").format(row=seen[planned.code].number)
            plan.problems.append(row.problem("code", words))
        else:
            seen[planned.code] = planned
            read.append((row, planned))
    for row, planned in read:
        _refuse_unknown(row, planned, known.keys() | seen.keys(), plan.problems)
    parents = {code: unit.parent.code if unit.parent else None for code, unit in known.items()}
    parents |= {code: planned.parent for code, planned in seen.items()}
    for row, planned in read:
        if _depth(planned.code, parents) is None:
            plan.problems.append(row.problem("parent", _("Diese Stelle steht hier unter sich selbst.")))
        planned.changes = _changes(planned)
    plan.units = sorted(seen.values(), key=lambda each: (_depth(each.code, parents) or 0, each.number))
    plan.absent = sorted(unit.name for code, unit in known.items() if code not in seen)
    plan.problems.sort(key=lambda problem: (problem.row or 0, problem.column))
    return plan


def _planned(row: ReadRow, known: Mapping[str, OrganisationUnit], problems: list[Problem]) -> PlannedUnit:
    code = row.texts.get("code", "")
    unit = known.get(code)
    values: dict[str, object] = {}
    for name in ("name", "short_name", "number"):
        if name in row.texts:
            values[name] = " ".join(row.texts[name].split())
    for name, limit in LIMITS.items():
        if len(row.texts.get(name, "")) > limit:
            problems.append(row.problem(name, _("Höchstens {limit} Zeichen.").format(limit=limit)))
    if not CODE.match(code):
        problems.append(row.problem("code", _("Nur Kleinbuchstaben, Ziffern und Bindestriche.")))
    if not values.get("name"):
        problems.append(row.problem("name", _("Nennen Sie den Namen der Stelle.")))
    values["kind"] = _kind(row, problems)
    for name in ("valid_from", "valid_until"):
        if name in row.texts:
            values[name] = _day(row, name, problems)
    first, last = (values.get(name, getattr(unit, name, None)) for name in ("valid_from", "valid_until"))
    if isinstance(first, date) and isinstance(last, date) and last < first:
        problems.append(row.problem("valid_until", _("Das Ende liegt vor dem Beginn.")))
    parent = row.texts["parent"] or None if "parent" in row.texts else _code_of_parent(unit)
    successors = tuple(_codes(row.texts["successors"])) if "successors" in row.texts else None
    if successors and last is None:
        problems.append(row.problem("successors", _("Eine Nachfolge hat nur, was endet. Nennen Sie den letzten Tag.")))
    return PlannedUnit(row.number, code, values, parent, successors, unit)


def _code_of_parent(unit: OrganisationUnit | None) -> str | None:
    return unit.parent.code if unit is not None and unit.parent is not None else None


def _codes(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in re.split(r"[;,\s]+", text) if part))


def _kind(row: ReadRow, problems: list[Problem]) -> str:
    typed = row.texts.get("kind", "").casefold()
    for value, label in OrganisationUnit.Kind.choices:
        if typed in (value, str(label).casefold()):
            return str(value)
    labels = ", ".join(str(label) for label in OrganisationUnit.Kind.labels)
    problems.append(row.problem("kind", _("Möglich sind: {labels}.").format(labels=labels)))
    return ""


def _day(row: ReadRow, name: str, problems: list[Problem]) -> date | None:
    text = row.texts[name]
    if name in row.days or not text:
        return row.days.get(name)
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    problems.append(row.problem(name, _("Schreiben Sie den Tag so: 24.12.2026")))
    return None


def _refuse_unknown(row: ReadRow, planned: PlannedUnit, codes: set[str], problems: list[Problem]) -> None:
    unknown = _("„{code}“ gibt es weder in der Datei noch im Portal.")
    if planned.parent and planned.parent not in codes:
        problems.append(row.problem("parent", unknown.format(code=planned.parent[:60])))
    for code in planned.successors or ():
        if code == planned.code:
            problems.append(row.problem("successors", _("Eine Einheit folgt nicht sich selbst nach.")))
        elif code not in codes:
            problems.append(row.problem("successors", unknown.format(code=code[:60])))


def _depth(code: str, parents: Mapping[str, str | None]) -> int | None:
    """Return how far below the top a unit stands, or None where it stands below itself."""
    seen: set[str] = set()
    above: str | None = code
    while above is not None:
        if above in seen:
            return None
        seen.add(above)
        above = parents.get(above)
    return len(seen)


def _changes(planned: PlannedUnit) -> list[Change]:
    unit = planned.unit
    if unit is None:
        return []
    before: dict[str, object] = {name: getattr(unit, name) for name in planned.values}
    after: dict[str, object] = dict(planned.values)
    before["parent"], after["parent"] = _code_of_parent(unit) or "", planned.parent or ""
    if planned.successors is not None:
        before["successors"] = "; ".join(sorted(each.code for each in unit.successors.all()))
        after["successors"] = "; ".join(sorted(planned.successors))
    return [
        Change(name, WORDS[name], _said(name, before[name]), _said(name, after[name]))
        for name in WORDS
        if name in after and before[name] != after[name]
    ]


def _said(name: str, value: object) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(OrganisationUnit.Kind(str(value)).label) if name == "kind" else str(value)


def rows_of_today() -> list[Mapping[str, object]]:
    """Return the tree as the rows of such a table, to be changed and read in again; two queries."""
    units = OrganisationUnit.objects.select_related("parent").prefetch_related("successors").order_by("code")
    shown: dict[str, Callable[[OrganisationUnit], object]] = {
        "kind": lambda unit: str(unit.get_kind_display()),
        "parent": lambda unit: unit.parent.code if unit.parent else None,
        "successors": lambda unit: "; ".join(sorted(each.code for each in unit.successors.all())) or None,
    }
    return [
        {
            head.name: shown[head.name](unit) if head.name in shown else getattr(unit, head.name) or None
            for head in HEADS
        }
        for unit in units
    ]
