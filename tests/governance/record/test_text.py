"""Inputs 1 to 6 of the list of bad inputs: what typed text becomes before it is stored."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from governance.record.forms import LineField, ReasonField, SearchField, TextField, search_text
from governance.record.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mu\u0308ller", "Müller"),
        (
            "Familie \U0001f468\u200d\U0001f469\u200d\U0001f467 bleibt",
            "Familie \U0001f468\u200d\U0001f469\u200d\U0001f467 bleibt",
        ),
        ("Rechnung\u202egpj.exe", "Rechnunggpj.exe"),
        ("\u200b\u2060\u200d", ""),
        ("\u00a0 \t\n ", ""),
        ("a\x0bb\x1b[31mrot\x07", "abrot"),
        ("eins\r\nzwei\rdrei", "eins\nzwei\ndrei"),
        ("Spalte\tzwei", "Spalte\tzwei"),
        ("\ud800allein", "allein"),
        ("  außen  ", "außen"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_typed_text_is_stored_readable(typed, stored):
    assert clean_text(typed) == stored


def test_cleaning_twice_changes_nothing():
    once = clean_text("\u200b x \x1b[31m\x0b y\u202e ")
    assert clean_text(once) == once


def test_input05_nul_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="Steuerzeichen"):
        clean_text("a\x00b")


def test_a_line_has_no_breaks():
    assert clean_line("  Digitaler\n Bauantrag ") == "Digitaler Bauantrag"


class ExampleForm(forms.Form):
    title = LineField(max_length=20)
    text = TextField(max_length=50)
    reason = ReasonField()


def errors_of(**data: str) -> dict[str, list[str]]:
    return ExampleForm({"title": "Titel", "text": "Text", "reason": "Weil.", **data}).errors


def test_good_text_passes():
    assert errors_of() == {}


@pytest.mark.parametrize(
    "nothing",
    [
        "\u200b\u2060",
        "\u2800",
        "\u3164",
        "\ufffc",
        "\u0301\u0301",
        "\u206a",
        "\U000e0041\U000e007f",
        "\U000e0100",
        "\ue000",
    ],
    ids=ascii,
)
def test_input04_a_reason_of_invisible_characters_is_missing(nothing):
    assert errors_of(reason=nothing) == {"reason": ["Schreiben Sie eine Begründung."]}


@pytest.mark.parametrize("short", ["x", "5", "–", "€", "👩\u200d👧", "ä", "字", "\U0001f1e9\U0001f1ea"], ids=ascii)
def test_one_visible_sign_is_a_text(short):
    assert errors_of(reason=short) == {}
    assert clean_text(short) == short


def test_input05_nul_is_an_error_at_its_field():
    assert list(errors_of(title="a\x00b")) == ["title"]


def test_input08_limits_are_exact_and_counted_after_cleaning():
    assert errors_of(title="x" * 20 + "  ") == {}
    assert errors_of(title="x" * 21) == {"title": ["Kürzen Sie den Text auf höchstens 20 Zeichen; es sind 21."]}


def test_the_browser_does_not_cut_pasted_text_but_can_count():
    assert "maxlength" not in str(ExampleForm()["text"])
    assert 'data-zeichen="50"' in str(ExampleForm()["text"])


def test_input13_a_search_of_sixty_thousand_signs_is_cut_with_a_notice():
    text, notice = search_text("%" * 60_000)
    assert text == "%" * 200
    assert "200 Zeichen" in notice


def test_input05_a_search_with_nul_finds_nothing_special():
    assert search_text("a\x00b") == (
        "",
        "Das Suchwort enthielt ein unsichtbares Steuerzeichen und wurde nicht verwendet.",
    )


def test_a_search_is_never_an_error():
    class Search(forms.Form):
        q = SearchField()

    form = Search({"q": "%" * 60_000})
    assert form.is_valid()
    assert form.cleaned_data["q"] == "%" * 200
