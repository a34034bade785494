"""A workbook to fill in: a sheet with heads and pick lists, the words to choose from, and hints."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from governance.tables.reading import Head
from governance.tables.rules import sheet_name, xlsx_text

CHOICES, HINTS = "Auswahl", "Hinweise"
WIDE = Alignment(vertical="top", wrap_text=True)


def template_file(
    *,
    sheet: str,
    heads: Sequence[Head],
    choices: Mapping[str, Sequence[str]],
    hints: Iterable[str],
    rows: Iterable[Mapping[str, object]] = (),
    most_rows: int,
) -> bytes:
    """Return an XLSX file to fill in. `choices` gives the words on offer by the name of a column; columns with the
    same words share one list. `rows` are already filled."""
    book = Workbook()
    main = book.active
    main.title = sheet_name(sheet)
    main.freeze_panes = "A2"
    for place, head in enumerate(heads, start=1):
        cell = main.cell(1, place, xlsx_text(f"{head.text} *" if head.is_demanded else str(head.text)))
        cell.font, cell.alignment = Font(bold=True), WIDE
        main.column_dimensions[get_column_letter(place)].width = 28
    for number, row in enumerate(rows, start=2):
        for place, head in enumerate(heads, start=1):
            value = row.get(head.name)
            cell = main.cell(number, place, xlsx_text(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
    _add_choices(book, heads, choices, most_rows)
    notes = book.create_sheet(HINTS)
    notes.column_dimensions["A"].width = 110
    for number, hint in enumerate(hints, start=1):
        notes.cell(number, 1, xlsx_text(hint)).alignment = WIDE
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _add_choices(book: Workbook, heads: Sequence[Head], choices: Mapping[str, Sequence[str]], most_rows: int) -> None:
    """Write each list of words once and let its columns offer it."""
    offered = book.create_sheet(CHOICES)
    lists: dict[tuple[str, ...], DataValidation] = {}
    for place, head in enumerate(heads, start=1):
        words = tuple(choices.get(head.name, ()))
        if not words:
            continue
        if words not in lists:
            letter = get_column_letter(len(lists) + 1)
            offered.column_dimensions[letter].width = 40
            for number, word in enumerate((str(head.text), *words), start=1):
                cell = offered.cell(number, len(lists) + 1, xlsx_text(word))
                cell.data_type = "s"
            offered.cell(1, len(lists) + 1).font = Font(bold=True)
            rule = DataValidation(type="list", formula1=f"{CHOICES}!${letter}$2:${letter}${len(words) + 1}")
            lists[words] = rule
            book.worksheets[0].add_data_validation(rule)
        column = get_column_letter(place)
        lists[words].add(f"{column}2:{column}{most_rows + 1}")
