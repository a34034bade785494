"""What a row of a list of ideas says: its columns, and every cell that does not fit, before anything is written."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.queries import standing_of
from governance.models import Handlungsbedarf, OrganisationUnit, User
from governance.record import clock
from governance.strategy.queries import edition_in_force
from governance.tables.reading import Head, Problem, ReadRow
from pool.exchange.models import ListedIdea
from pool.project.models import Beneficiary, Place, Project, UnitLink
from pool.project.rules import WHOLE_OR_PARTS, Reach
from pool.submission.queries import IdeaFrame, idea_frame
from pool.submission.rules import IDEA_FIELDS, missing_for_submit

SHEET = "Ideen"
MOST_ROWS = 300
NEEDS, UNITS = 3, 3
KEY_LENGTH = 60
CHOICES: Mapping[str, type[Any]] = {
    "beneficiary": Beneficiary,
    "origin": Project.Origin,
    "channel": Project.Channel,
    "funding": Project.Funding,
}
USUAL_CHANNEL = Project.Channel.WORKSHOP


def heads() -> list[Head]:
    """Return the columns of the template, in its order."""
    own = {name: Head(name, Project._meta.get_field(name).verbose_name, name == "title") for name in IDEA_FIELDS}  # type: ignore[union-attr]
    first = ["title", "short_text", "origin", "channel", "problem", "benefit", "beneficiary", "lead_handlungsfeld"]
    reach = Head("reach", gettext_lazy("Wo es wirkt"))
    last = ["effort", "timing", "cost", "funding", "procurement", "council_matter"]
    found = [Head("key", gettext_lazy("Kennung")), *(own[name] for name in first[:-1]), reach, own[first[-1]]]
    found += [
        Head(f"need_{n}", _("Handlungsbedarf {number}").format(number=n), is_demanded=False)
        for n in range(1, NEEDS + 1)
    ]
    found += [own["lead_unit"], own["participation"]]
    for number in range(1, UNITS + 1):
        found.append(Head(f"unit_{number}", _("Beteiligte Stelle {number}").format(number=number)))
        found.append(Head(f"part_{number}", _("Anteil der Stelle {number}").format(number=number)))
    found += [Head("partners", gettext_lazy("Partner außerhalb des Konzerns"))]
    return [*found, *(own[name] for name in last), Head("person", gettext_lazy("Einreichende Person (Anmeldename)"))]


@dataclass(slots=True)
class IdeaRow:
    """One idea as it would be written."""

    number: int
    key: str
    values: dict[str, object] = field(default_factory=dict)
    needs: list[Handlungsbedarf] = field(default_factory=list)
    units: list[tuple[OrganisationUnit, str, str]] = field(default_factory=list)
    partners: list[tuple[str, str]] = field(default_factory=list)
    reach: list[Place] = field(default_factory=list)
    person: User | None = None
    missing: list[str] = field(default_factory=list)
    known: Project | None = None

    @property
    def is_submitted(self) -> bool:
        """Tell whether the idea comes in as handed in; one that lacks something is a draft of the person it names."""
        return not self.missing


@dataclass(slots=True)
class CheckedRows:
    """All rows of a file: what would be written, what is there already, what does not fit."""

    rows: list[IdeaRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def new(self) -> list[IdeaRow]:
        """The rows that would become ideas."""
        return [row for row in self.rows if row.known is None]

    @property
    def known(self) -> list[IdeaRow]:
        """The rows that became ideas before; they are left as they are."""
        return [row for row in self.rows if row.known is not None]

    @property
    def without_person(self) -> int:
        """How many new ideas name nobody who could revise them."""
        return sum(1 for row in self.new if row.person is None)


def check_rows(rows: Iterable[ReadRow], *, by: User, person: User | None = None) -> CheckedRows:
    """Return what rows would become, read against the frame of today, and every problem by row and column.

    `person` stands for rows that name nobody. Writes nothing.
    """
    day = clock.today()
    frame = idea_frame(edition_in_force(day), day)
    lookups = _Lookups(frame)
    checked = CheckedRows()
    first_of: dict[str, int] = {}
    for row in rows:
        idea = _idea(row, lookups, checked.problems, by, person)
        if idea.key in first_of:
            words = _("Diese Kennung steht schon in Zeile {row}. Jede Idee braucht ihre eigene.")
            typed = words if row.texts.get("key") else _("Diese Idee steht schon in Zeile {row}.")
            column = "key" if row.texts.get("key") else "title"
            checked.problems.append(row.problem(column, typed.format(row=first_of[idea.key])))
        first_of.setdefault(idea.key, row.number)
        checked.rows.append(idea)
    _note_what_is_known(checked, by)
    checked.problems.sort(key=lambda problem: (problem.row or 0, len(problem.column), problem.column))
    return checked


class _Lookups:
    """What cells name by their words, read once."""

    def __init__(self, frame: IdeaFrame) -> None:
        self.fields = _by_words(frame.handlungsfelder, "name", "code")
        self.needs = _by_words(frame.needs, "title", "short_title", "code")
        self.units = _by_words(frame.units, "name", "short_name", "code")
        self.all_stadtteile = frame.stadtteile
        self.stadtteile = _by_words(frame.stadtteile, "name", "slug")
        self.people: dict[str, User | None] = {}

    def person(self, name: str, by: User) -> User | None:
        """Return the account of this name if it may hand in ideas today, in the same world as `by`."""
        if name not in self.people:
            user = User.objects.filter(username__iexact=name, is_active=True, is_demo=by.is_demo).first()
            self.people[name] = user if user is not None and standing_of(user).is_employee else None
        return self.people[name]


def _by_words(rows: Sequence[Any], *names: str) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for name in names:
        for row in rows:
            word = str(getattr(row, name)).strip().casefold()
            if word and row not in found[word]:
                found[word].append(row)
    return found


def _idea(row: ReadRow, lookups: _Lookups, problems: list[Problem], by: User, person: User | None) -> IdeaRow:
    text = {name: row.texts.get(name, "") for name in [head.name for head in heads()]}
    idea = IdeaRow(row.number, _key(text))
    for name in (name for name in IDEA_FIELDS if name in text):
        idea.values[name] = text.get(name, "")
    for name, kind in CHOICES.items():
        idea.values[name] = _chosen(row, name, kind, problems)
    idea.values["channel"] = idea.values["channel"] or USUAL_CHANNEL
    idea.values["lead_handlungsfeld"] = _named(row, "lead_handlungsfeld", lookups.fields, problems)
    idea.values["lead_unit"] = _named(row, "lead_unit", lookups.units, problems)
    needs = [_named(row, f"need_{number}", lookups.needs, problems) for number in range(1, NEEDS + 1)]
    idea.needs = list(dict.fromkeys(need for need in needs if need is not None))
    _take_units(idea, row, lookups, problems)
    idea.partners = [(name, "") for name in dict.fromkeys(_lines(text["partners"]))]
    idea.reach = _places(row, lookups, problems)
    idea.person = person
    if text["person"]:
        idea.person = lookups.person(text["person"], by)
        if idea.person is None:
            problems.append(row.problem("person", _("Dieses Konto gibt es nicht, oder es reicht keine Ideen ein.")))
    _refuse_what_fits_no_field(idea, row, problems)
    idea.missing = missing_for_submit(idea.values)
    if idea.missing and idea.person is None and not any(problem.row == row.number for problem in problems):
        words = _("Zum Einreichen fehlt: {missing}. Ergänzen Sie es, oder nennen Sie die Person, die weiterschreibt.")
        problems.append(row.problem("title", words.format(missing="; ".join(idea.missing))))
    return idea


def _key(text: Mapping[str, str]) -> str:
    """Return what tells an idea from every other: the Kennung, else a fingerprint of title and short text."""
    if text["key"]:
        return text["key"].casefold()[: KEY_LENGTH + 1]
    words = " ".join(f"{text['title']}\n{text['short_text']}".casefold().split())
    return f"#{hashlib.sha256(words.encode()).hexdigest()[:40]}"


def _chosen(row: ReadRow, name: str, kind: type[Any], problems: list[Problem]) -> str:
    typed = row.texts.get(name, "").casefold()
    if not typed:
        return ""
    for value, label in kind.choices:
        if typed in (str(label).casefold(), value):
            return str(value)
    labels = ", ".join(str(label) for label in kind.labels)
    problems.append(row.problem(name, _("Möglich sind: {labels}.").format(labels=labels)))
    return ""


def _named(row: ReadRow, name: str, known: Mapping[str, list[Any]], problems: list[Problem]) -> Any:
    typed = row.texts.get(name, "")
    if not typed:
        return None
    found = known.get(" ".join(typed.split()).casefold(), [])
    if len(found) == 1:
        return found[0]
    words = (
        _("„{text}“ ist mehrdeutig. Schreiben Sie den vollen Namen.")
        if found
        else _("„{text}“ ist nicht bekannt. Wählen Sie aus dem Blatt „Auswahl“ der Vorlage.")
    )
    problems.append(row.problem(name, words.format(text=typed[:60])))
    return None


def _take_units(idea: IdeaRow, row: ReadRow, lookups: _Lookups, problems: list[Problem]) -> None:
    for number in range(1, UNITS + 1):
        unit = _named(row, f"unit_{number}", lookups.units, problems)
        part = _chosen(row, f"part_{number}", UnitLink.Part, problems)
        if unit is None:
            if row.texts.get(f"part_{number}") and not row.texts.get(f"unit_{number}"):
                problems.append(row.problem(f"part_{number}", _("Nennen Sie die Stelle zu diesem Anteil.")))
        elif any(unit == known for known, _part, _task in idea.units):
            problems.append(row.problem(f"unit_{number}", _("Nennen Sie jede Stelle nur einmal.")))
        else:
            idea.units.append((unit, part, ""))


def _places(row: ReadRow, lookups: _Lookups, problems: list[Problem]) -> list[Place]:
    """Return what the cell names: „stadtweit“, or Stadtteile parted by comma, semicolon or line; empty stays open."""
    typed = list(dict.fromkeys(_lines(row.texts.get("reach", "").replace(",", "\n"))))
    whole = [word for word in typed if word.casefold() == str(Reach.CITYWIDE.label).casefold()]
    if whole and len(typed) > 1:
        problems.append(row.problem("reach", str(WHOLE_OR_PARTS)))
        return []
    if whole:
        return [Reach.CITYWIDE]
    found: list[Place] = []
    for word in typed:
        known = lookups.stadtteile.get(" ".join(word.split()).casefold(), [])
        if known:
            found += known
        else:
            words = _(
                "„{text}“ ist kein Stadtteil von Mainz. Schreiben Sie „stadtweit“ oder einen der {count}: {names}."
            )
            names = ", ".join(str(each) for each in lookups.all_stadtteile)
            said = words.format(text=word[:60], count=len(lookups.all_stadtteile), names=names)
            problems.append(row.problem("reach", said))
    return list(dict.fromkeys(found))


def _lines(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", "\n").splitlines() if part.strip()]


def _refuse_what_fits_no_field(idea: IdeaRow, row: ReadRow, problems: list[Problem]) -> None:
    if len(idea.key) > KEY_LENGTH:
        problems.append(row.problem("key", _("Kürzen Sie die Kennung auf höchstens 60 Zeichen.")))
    if not idea.values["title"]:
        problems.append(row.problem("title", _("Geben Sie der Idee einen Titel.")))
    if any(len(name) > 160 for name, _task in idea.partners):
        problems.append(row.problem("partners", _("Schreiben Sie jeden Partner in eine eigene Zeile der Zelle.")))
    for name, value in idea.values.items():
        limit = getattr(Project._meta.get_field(name), "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            words = _("Kürzen Sie den Text auf höchstens {limit} Zeichen; es sind {length}.")
            problems.append(row.problem(name, words.format(limit=limit, length=len(value))))


def _note_what_is_known(checked: CheckedRows, by: User) -> None:
    """Rows that became ideas before are left as they are; a Kennung that names another idea is a problem."""
    keys = [row.key for row in checked.rows]
    listed = ListedIdea.objects.filter(key__in=keys, is_example=by.is_demo).select_related("project")
    known = {each.key: each.project for each in listed}
    for row in checked.rows:
        row.known = known.get(row.key)
        title = str(row.values["title"]).casefold()
        if row.known is not None and title and row.known.title.casefold() != title:
            words = _("Die Kennung gehört schon zu „{title}“. Nehmen Sie eine andere, oder lassen Sie die Zeile weg.")
            checked.problems.append(Problem(words.format(title=row.known.title), row.number))


def refuse_problems(checked: CheckedRows) -> None:
    """Raise ValidationError where anything does not fit: all or nothing."""
    if checked.problems:
        raise ValidationError(_("Die Liste passt nicht mehr zum heutigen Stand. Laden Sie sie noch einmal hoch."))
