"""Lists as files: one way to write XLSX and CSV, for every list of the portal.

Text arrives as text, whatever it begins with; numbers stay numbers, days stay days; nothing is cut without a word.
Rows are written one after the other, so that a long list needs no more memory than a short one.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

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
# The moments of writing in a workbook, and what stands in their place.
WRITTEN_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
NO_DAY = b"2000-01-01T00:00:00Z"
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
    _write_sheet(book, table, _LongTexts(book))
    if table.facts:
        _write_facts(book, table.facts)
    book.save(target)


def write_book(
    tables: Sequence[Table], target: IO[bytes], *, title: str, facts: Sequence[tuple[Text, object]] = ()
) -> None:
    """Write several tables as the sheets of one XLSX file, each like `write_xlsx` writes its one.

    The same tables give the same bytes: no day of writing stands in the file.
    """
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator, book.properties.language = xlsx_text(title), "mainzDIGITAL", "de"
    long_texts = _LongTexts(book, names_sheets=True)
    for table in tables:
        _write_sheet(book, table, long_texts)
    if facts:
        _write_facts(book, facts)
    written = BytesIO()
    book.save(written)
    _settle(written, target)


def _settle(written: IO[bytes], target: IO[bytes]) -> None:
    """Copy a workbook without the moments of writing that the library and the archive put into it."""
    with ZipFile(written) as found, ZipFile(target, "w", ZIP_DEFLATED) as settled:
        for part in found.infolist():
            content = WRITTEN_AT.sub(rb"\g<1>" + NO_DAY + rb"\g<2>", found.read(part))
            settled.writestr(ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)


class _LongTexts:
    """Where the rest of a text goes that no cell can hold: a sheet that comes with the first such text."""

    def __init__(self, book: Workbook, *, names_sheets: bool = False) -> None:
        self.book, self.names_sheets = book, names_sheets
        self.sheet: Any = None

    def beginning_of(self, value: str, *, table: Table, row: int, column: Column) -> str:
        """Keep the rest of a long text and return its beginning with a word on where it goes on."""
        if units_of(value) <= CELL_LENGTH:
            return value
        first, *rest = parts_of(value, PART_LENGTH)
        if self.sheet is None:
            self.sheet = _sheet_for_long_texts(self.book)
        head = f"{sheet_name(table.title)}: {column.head}" if self.names_sheets else str(column.head)
        for part, text in enumerate(rest, start=2):
            self.sheet.append([_cell(self.sheet, each) for each in (row, xlsx_text(head), part, text)])
        return first + CONTINUED


def _write_sheet(book: Workbook, table: Table, long_texts: _LongTexts) -> None:
    sheet = book.create_sheet(sheet_name(table.title))
    _prepare(sheet, table.columns)
    number = 1
    for number, row in enumerate(table.rows, start=2):
        cells = []
        for column in table.columns:
            value = _plain(column.value(row))
            if isinstance(value, str):
                value = long_texts.beginning_of(xlsx_text(value), table=table, row=number, column=column)
            cells.append(_cell(sheet, value))
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{number}"


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
