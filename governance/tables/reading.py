"""Reading a table that somebody filled in: row by row, with a word for every cell that does not fit.

The file may be anything. It is looked into before it is unpacked, it is read lazily, and what it declares about its
own size counts for nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from defusedxml.ElementTree import iterparse
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from governance.record.text import clean_line, clean_text
from governance.tables.archives import kind_of_archive
from governance.tables.writing import Text

LARGEST_FILE = 5 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_COLUMNS = 200
MOST_PROBLEMS = 100
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# How Excel writes a line end and an underscore inside a text.
WRITTEN_OUT = (("_x000D_", "\n"), ("_x005F_", "_"))

NOT_A_TABLE = gettext_lazy(
    "Das ist keine lesbare Excel-Datei. Speichern Sie die Tabelle als „Excel-Arbeitsmappe (.xlsx)“ und laden Sie diese "
    "hoch."
)


@dataclass(frozen=True, slots=True)
class Head:
    """A column that is understood: its name in the program and its head in the file."""

    name: str
    text: Text
    is_demanded: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, in words, and where: the row and the column as the spreadsheet program names them."""

    text: str
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One filled row: its number in the file and what its cells say, by the name of the column."""

    number: int
    texts: Mapping[str, str]
    days: Mapping[str, date]
    columns: Mapping[str, str]

    def problem(self, name: str, text: str) -> Problem:
        """Return a problem at one cell of this row."""
        return Problem(text, self.number, self.columns.get(name, ""))


@dataclass(slots=True)
class ReadTable:
    """What a file says: its rows, what does not fit, what was left aside, and the file's own fingerprint."""

    sha256: str
    rows: list[ReadRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_table(content: bytes, *, heads: Sequence[Head], sheet: str, most_rows: int) -> ReadTable:
    """Return the rows of one sheet of an XLSX file, and every cell of it that cannot be taken as it is.

    `sheet` is the name of the sheet; where the file has a single visible one, that is read. Raises ValidationError
    with one plain sentence for a file that is no such table, is too large, or is meant to do harm.
    """
    if not content:
        raise ValidationError(_("Die Datei ist leer."), code="empty")
    if len(content) > LARGEST_FILE:
        raise ValidationError(
            _("Die Datei ist {size} MB groß, erlaubt sind 5 MB.").format(size=megabytes(len(content))), code="too_large"
        )
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValidationError(NOT_A_TABLE, code="not_a_table")
    _refuse_other_kinds(kind_of_archive(content, most_unpacked=MOST_UNPACKED))
    table = ReadTable(hashlib.sha256(content).hexdigest())
    try:
        _read(table, content, heads, sheet, most_rows)
    except ValidationError:
        raise
    except Exception:  # a hostile file may fail anywhere in the library that reads it
        raise ValidationError(NOT_A_TABLE, code="not_a_table") from None
    table.problems.sort(key=lambda problem: (problem.row or 0, len(problem.column), problem.column))
    return table


def megabytes(size: int) -> str:
    """Return a size in MB in German, one digit after the comma unless it is whole: „7“, „5,1“."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths // 10},{tenths % 10}" if tenths % 10 else str(tenths // 10)


def _refuse_other_kinds(kind: str) -> None:
    if kind == "ods":
        raise ValidationError(
            _("Das ist eine OpenDocument-Tabelle (.ods). Speichern Sie sie als „Excel-Arbeitsmappe (.xlsx)“."),
            code="other_kind",
        )
    if kind != "xlsx":
        raise ValidationError(NOT_A_TABLE, code="not_a_table")


def _read(table: ReadTable, content: bytes, heads: Sequence[Head], name: str, most_rows: int) -> None:
    book: Any = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    try:
        if any("externalLinks/" in entry for entry in book._archive.namelist()):
            raise ValidationError(
                _("Die Datei verweist auf andere Dateien. Lösen Sie die Verknüpfungen und speichern Sie sie neu."),
                code="links",
            )
        sheet = _chosen_sheet(book, name)
        with book._archive.open(sheet._worksheet_path) as source:
            size = _survey(source, most_rows)
        table.problems += size.problems
        table.notices += [
            _("Das ausgeblendete Blatt „{name}“ bleibt unbeachtet.").format(name=each.title)
            for each in book.worksheets
            if each.sheet_state != "visible" and each is not sheet
        ][:5]
        sheet.reset_dimensions()
        _read_rows(table, sheet.iter_rows(max_row=size.last_row, max_col=size.last_column), heads)
    finally:
        book.close()


def _chosen_sheet(book: Any, name: str) -> Any:
    visible = [each for each in book.worksheets if each.sheet_state == "visible"]
    wanted = next((each for each in book.worksheets if each.title.strip().casefold() == name.casefold()), None)
    if wanted is not None and wanted not in visible:
        raise ValidationError(
            _("Das Blatt „{name}“ ist ausgeblendet. Blenden Sie es ein und speichern Sie die Datei.").format(name=name)
        )
    if wanted is None and len(visible) == 1:
        return visible[0]
    if wanted is None:
        raise ValidationError(
            _("Die Datei hat kein Blatt „{name}“. Nehmen Sie die Vorlage.").format(name=name), code="no_sheet"
        )
    return wanted


@dataclass(slots=True)
class _Size:
    """How far a sheet is really filled, and the merged cells in it."""

    last_row: int = 1
    last_column: int = 1
    problems: list[Problem] = field(default_factory=list)


def _survey(source: Any, most_rows: int) -> _Size:
    """Look through a sheet once, without keeping it, for how far it is filled. Raises where that is too far."""
    size, row, column, filled = _Size(), 0, 0, 0
    parent: Any = None
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            if element.tag == f"{MAIN}sheetData":
                parent = element
            elif element.tag == f"{MAIN}row":
                row, column = int(element.get("r") or row + 1), 0
            continue
        if element.tag == f"{MAIN}c":
            column = _column_of(element.get("r"), column)
            if len(element):
                size.last_row, size.last_column = max(size.last_row, row), max(size.last_column, column)
                _refuse_beyond(size, filled, most_rows)
        elif element.tag == f"{MAIN}row":
            filled += bool(len(element))
            if parent is not None:
                parent.clear()
        elif element.tag == f"{MAIN}mergeCell":
            size.problems += _merged(element.get("ref") or "", len(size.problems))
    return size


def _column_of(reference: str | None, before: int) -> int:
    letters = re.match("[A-Z]{1,3}", reference or "")
    if letters is None:
        return before + 1
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_beyond(size: _Size, filled: int, most_rows: int) -> None:
    # Blank rows between filled ones are common; a table that reaches to the end of the sheet is not.
    if filled > most_rows or size.last_row > 10 * most_rows:
        raise ValidationError(
            _("Die Tabelle hat mehr als {number} Zeilen. Teilen Sie sie auf mehrere Dateien auf.").format(
                number=most_rows
            ),
            code="too_many_rows",
        )
    if size.last_column > MOST_COLUMNS:
        raise ValidationError(
            _("Die Tabelle hat mehr als {number} Spalten. Nehmen Sie die Vorlage.").format(number=MOST_COLUMNS),
            code="too_many_columns",
        )


def _merged(reference: str, so_far: int) -> list[Problem]:
    if so_far >= MOST_PROBLEMS:
        return []
    first_column, first_row, _last_column, _last_row = range_boundaries(reference)
    text = _("Verbundene Zellen {cells}: Heben Sie die Verbindung auf, jede Zeile ist ein Eintrag.")
    return [Problem(text.format(cells=reference), first_row, get_column_letter(first_column))]


# --- Rows ---------------------------------------------------------------------------------------------------------


def _read_rows(table: ReadTable, rows: Iterable[Sequence[Any]], heads: Sequence[Head]) -> None:
    places: dict[int, Head] = {}
    for number, cells in enumerate(rows, start=1):
        if all(cell.value is None for cell in cells):
            continue
        if not places:
            places = _places(table, number, cells, heads)
            if not places:
                return
            continue
        row = _row(table, number, cells, places)
        if any(row.texts.values()):
            table.rows.append(row)
    if not places or (not table.rows and not table.problems):
        table.problems.append(
            Problem(_("Die Tabelle ist leer. Füllen Sie mindestens eine Zeile unter den Überschriften."))
        )


def _places(table: ReadTable, number: int, cells: Sequence[Any], heads: Sequence[Head]) -> dict[int, Head]:
    """Return which column stands where, and note what is missing, doubled or unknown."""
    known = {_key(str(head.text)): head for head in heads}
    places: dict[int, Head] = {}
    unknown = []
    for place, cell in enumerate(cells):
        if cell.value is None:
            continue
        text = _shown(cell.value)
        head = known.get(_key(text))
        if head is None:
            unknown.append(clean_line(text)[:40])
        elif head in places.values():
            words = _("Die Überschrift „{head}“ steht zweimal da. Lassen Sie nur eine Spalte stehen.")
            table.problems.append(Problem(words.format(head=head.text), number, get_column_letter(place + 1)))
        else:
            places[place] = head
    for head in heads:
        if head.is_demanded and head not in places.values():
            words = _("Die Spalte „{head}“ fehlt. Nehmen Sie die Überschriften der Vorlage.")
            table.problems.append(Problem(words.format(head=head.text), number))
    if unknown:
        words = _("Diese Spalten kennt die Vorlage nicht, sie bleiben unbeachtet: {names}.")
        table.notices.append(words.format(names=", ".join(unknown[:5])))
    return places


def _key(text: str) -> str:
    """Heads are told apart by their words alone: not by case, blanks or a star."""
    return clean_line(text.replace("\xa0", " ")).rstrip("* ").casefold()


def _row(table: ReadTable, number: int, cells: Sequence[Any], places: Mapping[int, Head]) -> ReadRow:
    texts: dict[str, str] = {}
    days: dict[str, date] = {}
    columns: dict[str, str] = {}
    for place, head in places.items():
        letter = get_column_letter(place + 1)
        columns[head.name] = f"{letter} ({head.text})"
        cell = cells[place] if place < len(cells) else None
        value = cell.value if cell is not None else None
        problem = _refused(cell) if cell is not None else ""
        if problem:
            table.problems.append(Problem(problem, number, columns[head.name]))
            value = None
        if isinstance(value, (datetime, date)):
            days[head.name] = value.date() if isinstance(value, datetime) else value
        texts[head.name] = clean_text(_shown(value))
    return ReadRow(number, texts, days, columns)


def _refused(cell: Any) -> str:
    if cell.data_type == "f":
        return _("Hier steht eine Formel. Fügen Sie ihren Wert ein (Inhalte einfügen, Werte).")
    if cell.data_type == "e":
        return _("Hier steht ein Fehlerwert ({value}). Tragen Sie den richtigen Wert ein.").format(
            value=clean_line(str(cell.value))[:20]
        )
    return ""


def _shown(value: object) -> str:
    """Return a cell's value as the person sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, (datetime, date)):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    text = str(value)
    for written, meant in WRITTEN_OUT:
        text = text.replace(written, meant)
    return text
