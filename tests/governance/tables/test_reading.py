"""SEC-12, bad inputs 40-48: any file at all is read as the table it is, or refused with one plain sentence."""

import tracemalloc
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from governance.tables.reading import Head, megabytes, read_table
from tests.hostile_files import REFUSED, changed, workbook

HEADS = [Head("title", "Titel", is_demanded=True), Head("text", "Kurztext"), Head("day", "Tag")]
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, most_rows: int = 100):
    return read_table(content, heads=HEADS, sheet="Ideen", most_rows=most_rows)


def problems(content: bytes) -> list[tuple[int | None, str, str]]:
    return [(each.row, each.column, each.text) for each in read(content).problems]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_such_table_is_refused_in_one_plain_sentence(name):
    content = REFUSED[name]()
    tracemalloc.start()
    with pytest.raises(ValidationError) as refused:
        read(content)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (message,) = refused.value.messages
    assert message.startswith(("Die Datei", "Das ist keine lesbare Excel-Datei", "Das ist eine OpenDocument"))
    assert len(message) < 250
    assert used < 40 * 1024 * 1024, f"{used} bytes"


def test_each_kind_of_harm_is_named():
    def said(name: str) -> str:
        with pytest.raises(ValidationError) as refused:
            read(REFUSED[name]())
        return refused.value.messages[0]

    assert "leer" in said("empty")
    assert "Kennwort" in said("encrypted")
    assert "Kennwort" in said("encrypted entry")
    assert "Makros" in said("macro")
    assert "Makros" in said("hidden macro")
    assert ".ods" in said("ods")
    assert "entpackt" in said("bomb")
    assert "entpackt" in said("many entries")
    assert "andere Dateien" in said("external link")
    assert "erlaubt sind 5 MB" in said("too large")


def test_rows_are_read_by_their_heads_in_any_order():
    table = read(workbook(["Kurztext", " TITEL\xa0* ", "Notiz"], ["Ein Satz", "Eine Idee", "x"], [], [None, "Zweite"]))
    assert [(row.number, row.texts["title"], row.texts["text"]) for row in table.rows] == [
        (2, "Eine Idee", "Ein Satz"), (4, "Zweite", ""),
    ]  # fmt: skip
    assert table.problems == []
    assert table.notices == ["Diese Spalten kennt die Vorlage nicht, sie bleiben unbeachtet: Notiz."]


def test_values_are_what_the_person_sees():
    table = read(
        workbook(["Titel", "Kurztext", "Tag"], [2026, 1.5, date(2026, 11, 25)], [True, "1.234,5", "25.11.2026"])
    )
    first, second = table.rows
    assert first.texts == {"title": "2026", "text": "1,5", "day": "25.11.2026"}
    assert first.days == {"day": date(2026, 11, 25)}
    assert second.texts == {"title": "ja", "text": "1.234,5", "day": "25.11.2026"}


def test_formulas_and_error_values_are_named_by_row_and_column():
    content = workbook(["Titel", "Kurztext"], ["=1+1", "gut"], ["Idee", "#N/A"], ["Dritte", "#REF!"])
    found = problems(content)
    assert [(row, column) for row, column, _text in found] == [
        (2, "A (Titel)"),
        (3, "B (Kurztext)"),
        (4, "B (Kurztext)"),
    ]
    assert "Formel" in found[0][2]
    assert "#N/A" in found[1][2]


def test_merged_cells_and_doubled_heads_are_named():
    content = workbook(
        ["Titel", "Kurztext", "titel "], ["a", "b"], ["c", "d"], change=lambda book: book.active.merge_cells("A2:A3")
    )
    assert [(row, column) for row, column, _text in problems(content)] == [(1, "C"), (2, "A")]


def test_a_missing_column_is_named():
    ((row, _column, text),) = problems(workbook(["Kurztext"], ["Ein Satz"]))
    assert (row, "„Titel“ fehlt" in text) == (1, True)


def test_an_empty_table_says_so():
    for content in (workbook(["Titel"]), workbook()):
        assert "leer" in problems(content)[0][2]


def test_the_sheet_of_the_name_is_read_and_a_hidden_one_named():
    def hide(book) -> None:
        book.create_sheet("Listen").sheet_state = "hidden"

    assert "Listen" in read(workbook(["Titel"], ["a"], change=hide)).notices[0]

    def hide_all(book) -> None:
        book.create_sheet("Anderes")
        book["Ideen"].sheet_state = "hidden"

    with pytest.raises(ValidationError, match="ausgeblendet"):
        read(workbook(["Titel"], ["a"], change=hide_all))
    with pytest.raises(ValidationError, match="kein Blatt „Ideen“"):
        read(workbook(["Titel"], ["a"], sheet="Eins", change=lambda book: book.create_sheet("Zwei")))
    assert len(read(workbook(["Titel"], ["a"], sheet="Tabelle1")).rows) == 1


def test_what_the_file_says_about_its_size_counts_for_nothing():
    content = workbook(["Titel"], ["a"], ["b"], ["c"])
    huge = changed(content, SHEET, lambda xml: xml.replace(b'ref="A1:A4"', b'ref="A1:XFD1048576"'))
    assert huge != content
    tracemalloc.start()
    assert len(read(huge).rows) == 3
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>', "Zeilen"),
        (b'<row r="5"><c r="XFD5" t="inlineStr"><is><t>x</t></is></c></row>', "Spalten"),
        (b'<row r="5"/>' * 50_000, ""),
    ],
)
def test_a_cell_far_out_is_refused_and_blank_rows_cost_nothing(cell, said):
    far = changed(workbook(["Titel"], ["a"]), SHEET, lambda xml: xml.replace(b"</sheetData>", cell + b"</sheetData>"))
    if not said:
        assert len(read(far).rows) == 1
        return
    with pytest.raises(ValidationError, match=said):
        read(far)


def test_too_many_rows_are_refused():
    with pytest.raises(ValidationError, match="mehr als 10 Zeilen"):
        read(workbook(["Titel"], *([f"Idee {n}"] for n in range(12))), most_rows=10)


def test_the_same_file_has_the_same_fingerprint():
    content = workbook(["Titel"], ["a"])
    assert read(content).sha256 == read(content).sha256 != read(workbook(["Titel"], ["b"])).sha256


def test_sizes_are_told_in_german():
    assert [megabytes(size) for size in (7 * 1024 * 1024, 5 * 1024 * 1024 + 1, 1024)] == ["7", "5,1", "0,1"]
