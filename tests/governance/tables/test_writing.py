"""SEC-13, SEC-14: a list as a file. Text stays text, numbers stay numbers, nothing is cut, no text breaks the file."""

import csv
import re
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from governance.tables.rules import cell_text, looks_like_a_formula, parts_of, units_of
from governance.tables.writing import Column, Table, chosen_facts, write_csv, write_xlsx

HOSTILE = [
    '=HYPERLINK("http://x","k")', "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "＝1", '"=1', "'=1", " =1",
    "#N/A", "#REF!", "{=1}", "=cmd|' /C calc'!A0", "TRUE", "1e5", "00123", "2026-11-25", "_x0041_", "_x005F_", "%0a=1",
]  # fmt: skip
CONTROLS = "a\x00b\x01c\x08d\x0be\x1ff\x7fg\ud800h\ufffei"


def columns(*heads: str) -> list[Column]:
    return [Column(head, lambda row, place=place: row[place]) for place, head in enumerate(heads)]


def sheet_of(table: Table):
    target = BytesIO()
    write_xlsx(table, target)
    return load_workbook(BytesIO(target.getvalue()))


def lines_of(table: Table) -> list[list[str]]:
    target = BytesIO()
    write_csv(table, target)
    return list(csv.reader(StringIO(target.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))


def as_excel_reads(text: str) -> str:
    """Excel takes _xHHHH_ for the character of that number."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_arrives_as_text_whatever_it_begins_with(text):
    book = sheet_of(Table("Liste", columns("Text"), [[text]]))
    cell = book.active["A2"]
    assert cell.data_type == "s"
    assert as_excel_reads(cell.value) == cell_text(text)


@pytest.mark.parametrize("text", [each for each in HOSTILE if looks_like_a_formula(each)])
def test_what_looks_like_a_formula_stays_text_in_csv_and_can_be_had_back(text):
    (written,) = lines_of(Table("Liste", columns("Text"), [[text]]))[1]
    assert written[0] == "'"
    assert written[1:] == cell_text(text)


def test_a_formula_is_told_from_an_ordinary_text():
    assert [looks_like_a_formula(text) for text in ("=1", "  +1", "'@x", "＝1", "\tx")] == [True] * 5
    assert [looks_like_a_formula(text) for text in ("Idee", "1+1", "a=b", "#N/A", "")] == [False] * 5


def test_numbers_stay_numbers_and_days_stay_days():
    row = [7, Decimal("62.25"), date(2026, 11, 25), True, None, -3]
    table = Table("Liste", columns("a", "b", "c", "d", "e", "f"), [row])
    cells = next(iter(sheet_of(table).active.iter_rows(min_row=2)))
    assert [cell.value for cell in cells[:2]] == [7, 62.25]
    assert (cells[2].value.date(), cells[2].is_date, cells[3].value) == (date(2026, 11, 25), True, "ja")
    assert cells[5].value == -3
    assert lines_of(table)[1] == ["7", "62,25", "25.11.2026", "ja", "", "-3"]


def test_no_control_character_breaks_the_file():
    table = Table("Liste", columns("Text"), [[CONTROLS]])
    assert sheet_of(table).active["A2"].value == "abcdefghi"
    assert lines_of(table)[1] == ["abcdefghi"]


@pytest.mark.parametrize("text", ["ä" * 32_767, "ä" * 32_768, "😀" * 20_000, "x" * 200_000, "_x0041_" * 5_000])
def test_a_text_too_long_for_a_cell_goes_on_visibly(text):
    book = sheet_of(Table("Liste", columns("Titel", "Text"), [["kurz", "kurz"], ["lang", text]]))
    first = book.worksheets[0]["B3"].value
    if "Lange Texte" not in book.sheetnames:
        assert first == text
        return
    beginning, _sign, _rest = first.partition(" … (geht weiter")
    rows = list(book["Lange Texte"].iter_rows(min_row=2, values_only=True))
    assert {row[:2] for row in rows} == {(3, "Text")}
    assert [row[2] for row in rows] == list(range(2, len(rows) + 2))
    assert as_excel_reads(beginning + "".join(row[3] for row in rows)) == text
    assert all(units_of(row[3]) <= 32_767 for row in rows)
    assert units_of(first) <= 32_767


def test_one_head_that_stays_in_sight_and_no_merged_cells():
    sheet = sheet_of(Table("Pool: [alle]", columns("Titel", "Schritt"), [["a", "b"]] * 3)).active
    assert sheet.title == "Pool   alle"
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["Titel", "Schritt"]
    assert sheet.merged_cells.ranges == set()
    assert (sheet.max_row, sheet.auto_filter.ref) == (4, "A1:B4")


def test_an_empty_list_still_has_its_head():
    table = Table("Liste", columns("Titel"), [])
    assert [[cell.value for cell in row] for row in sheet_of(table).active.iter_rows()] == [["Titel"]]
    assert lines_of(table) == [["Titel"]]


def test_the_file_says_of_which_day_it_is_and_what_was_left_out():
    facts = sheet_of(Table("Pool", columns("Titel"), [], chosen_facts({"Schritt": "=im Pool"})))["Angaben"]
    told = {row[0].value: row[1] for row in facts.iter_rows(min_row=2)}
    assert told["Stand"].is_date
    assert (told["Eingrenzung"].value, told["Eingrenzung"].data_type) == ("Schritt: =im Pool", "s")


def test_csv_opens_in_a_german_excel():
    target = BytesIO()
    write_csv(Table("Liste", columns("Tïtel", "B"), [['a;"b"\nc', "Straße"]]), target)
    assert target.getvalue() == '\ufeffTïtel;B\r\n"a;""b""\nc";Straße\r\n'.encode()


@given(st.text(max_size=60), st.integers(1, 9))
def test_parts_joined_are_the_text(text, length):
    parts = parts_of(text, max(length, 2))
    assert "".join(parts) == text
    assert all(units_of(part) <= max(length, 2) for part in parts)


@given(st.lists(st.text(alphabet=st.characters(codec=None), max_size=40), min_size=1, max_size=4))
def test_no_text_at_all_breaks_a_file(texts):
    table = Table("Liste", columns(*(str(place) for place in range(len(texts)))), [texts])
    row = next(sheet_of(table).active.iter_rows(min_row=2))
    assert [cell.data_type for cell in row if cell.value] == ["s"] * len([cell for cell in row if cell.value])
    assert len(lines_of(table)[1] if any(texts) else texts) == len(texts)
