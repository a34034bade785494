"""Lists as files: one way to write XLSX and CSV, for every list of the portal.

Text arrives as text, whatever it begins with; numbers stay numbers, days stay days; nothing is cut without a word.
Rows are written one after the other, so that a long list needs no more memory than a short one.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from governance.record import clock
from governance.tables.rules import (
    CELL_LENGTH,
    csv_text,
    looks_like_a_formula,
    parts_of,
    sheet_name,
    units_of,
    xlsx_text,
)

Text = str | Promise
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"xlsx": XLSX_TYPE, "csv": "text/csv; charset=utf-8"}
LONG_TEXTS, FACTS = "Lange Texte", "Angaben"
CONTINUED = " … (geht weiter im Blatt „Lange Texte“)"
PART_LENGTH = CELL_LENGTH - len(CONTINUED)
DAY_FORMAT = "DD.MM.YYYY"
TOP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, how its value is found in a row, how wide it is shown."""

    head: Text
    value: Callable[[Any], object]
    width: int = 18


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it goes out: the name of sheet and file, its columns, its rows, and what one should know about it."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    facts: Sequence[tuple[Text, object]] = ()


def table_response(table: Table, form: str) -> FileResponse:
    """Return a table as a file to download, named in German with the day it was made.

    The file is complete before its first byte goes out: a failure is a page that says so, never half a list.
    """
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    (write_xlsx if form == "xlsx" else write_csv)(table, file)
    file.seek(0)
    name = f"{table.title}, Stand {clock.today():%Y-%m-%d}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[form])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


# --- CSV ----------------------------------------------------------------------------------------------------------


def write_csv(table: Table, target: IO[bytes]) -> None:
    """Write a table as CSV for a German Excel: UTF-8 with its mark, semicolons, RFC 4180 quotation."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_text(str(column.head)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_value(column.value(row)) for column in table.columns])
    text.flush()
    text.detach()


def _csv_value(value: object) -> str:
    plain = _plain(value)
    if isinstance(plain, (int, Decimal)):
        return str(plain).replace(".", ",")
    return f"{plain:%d.%m.%Y}" if isinstance(plain, date) else csv_text(plain)


def _plain(value: object) -> str | int | Decimal | date:
    """Return a value as one of the kinds a cell knows: text, whole number, number, day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    if isinstance(value, (int, Decimal, date)):
        return value
    return Decimal(str(value)) if isinstance(value, float) else str(value)


# --- XLSX ---------------------------------------------------------------------------------------------------------


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """Write a table as XLSX: one head that stays in sight, no merged cells, no formula; long texts go on beside."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name(table.title))
    _prepare(sheet, table.columns)
    over: Any = None
    number = 1
    for number, row in enumerate(table.rows, start=2):
        cells = []
        for column in table.columns:
            value = _plain(column.value(row))
            if isinstance(value, str):
                value = xlsx_text(value)
                if units_of(value) > CELL_LENGTH:
                    over = over if over is not None else _sheet_for_long_texts(book)
                    value = _continued(over, number, column, value)
            cells.append(_cell(sheet, value))
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{number}"
    if table.facts:
        _write_facts(book, table.facts)
    book.save(target)


def _prepare(sheet: Any, columns: Sequence[Column]) -> None:
    """Set what must stand before the first row, and write the head."""
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    heads = [_cell(sheet, xlsx_text(str(column.head))) for column in columns]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)


def _cell(sheet: Any, value: str | int | Decimal | date) -> Any:
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, date):
            cell.number_format = DAY_FORMAT
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    # The library would make a formula of "=1+1" and an error of "#N/A"; here it is what somebody wrote.
    cell.data_type = "s"
    if looks_like_a_formula(value):
        cell.quotePrefix = True  # stays text also for whoever clicks into the cell
    cell.alignment = TOP
    return cell


def _sheet_for_long_texts(book: Workbook) -> Any:
    sheet = book.create_sheet(LONG_TEXTS)
    heads = (("Zeile", 8), ("Spalte", 24), ("Teil", 8), ("Text", 100))
    _prepare(sheet, [Column(head, str, width) for head, width in heads])
    return sheet


def _continued(sheet: Any, number: int, column: Column, value: str) -> str:
    """Write the rest of a text that no cell can hold, and return its beginning with a word on where it goes on."""
    first, *rest = parts_of(value, PART_LENGTH)
    for part, text in enumerate(rest, start=2):
        sheet.append([_cell(sheet, each) for each in (number, xlsx_text(str(column.head)), part, text)])
    return first + CONTINUED


def _write_facts(book: Workbook, facts: Sequence[tuple[Text, object]]) -> None:
    sheet = book.create_sheet(FACTS)
    _prepare(sheet, [Column("Angabe", str, 24), Column("Wert", str, 60)])
    for label, value in facts:
        plain = _plain(value)
        shown = xlsx_text(plain) if isinstance(plain, str) else plain
        sheet.append([_cell(sheet, str(label)), _cell(sheet, shown)])


def chosen_facts(labels: Mapping[str, str]) -> list[tuple[Text, object]]:
    """Return what every list says about itself: the day, and what it was narrowed to."""
    narrowed = "; ".join(f"{label}: {value}" for label, value in labels.items()) or "keine, die ganze Liste"
    return [("Stand", clock.today()), ("Eingrenzung", narrowed)]
