"""The figures say their values in words and draw them exactly."""

import pytest
from django.template import Context, Template

from pool.lifecycle import Step
from pool.templatetags import figures


def drawn(source: str, **context: object) -> str:
    return Template("{% load figures %}" + source).render(Context(context))


# --- Scores -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "0,25"), (150, "37,5"), (200, "50"), (275, "68,75"), (400, "100"), (None, "noch keine")],
)
def test_a_score_is_shown_from_0_to_100_in_quarters(value, text):
    assert figures.score_text(value) == text


def test_score_as_tag_and_as_filter_say_the_same():
    assert drawn("{% score 325 %} {{ 325|score }}") == "81,25 81,25"


# --- Winkelhaken --------------------------------------------------------------------------------------------------


def test_the_winkelhaken_names_the_four_degrees():
    figure = figures.reifegrad_sorts(4, 3, 2, 0)
    assert 'role="img"' in figure
    assert 'aria-label="Reifegrade: Vernetzung 4, Wirkung 3, Kompetenzaufbau 2, Synergien 0; je 0 bis 4"' in figure


def test_a_missing_level_is_dashed_and_never_a_nought():
    figure = figures.reifegrad_sorts(4, None, 2, 0)
    assert "Wirkung keine Angabe" in figure
    assert figure.count("so-na") == 1
    assert "so-na" not in figures.reifegrad_sorts(4, 0, 2, 0)


def test_beside_written_values_the_winkelhaken_is_silent():
    figure = figures.reifegrad_sorts(4, 3, 2, 0, hidden=True)
    assert 'aria-hidden="true"' in figure
    assert "aria-label" not in figure


def test_only_the_large_winkelhaken_carries_letters():
    letters = [f">{letter}</text>" for letter, _ in figures.DEGREES]
    assert all(letter in figures.reifegrad_sorts(1, 1, 1, 1, size="l") for letter in letters)
    assert "</text>" not in figures.reifegrad_sorts(1, 1, 1, 1, size="m")


@pytest.mark.parametrize(
    ("level", "filled", "empty"), [(0, "", 4), (1, "M10 25v-5.7", 3), (3, "M10 25v-18.5", 1), (4, "M10 25v-24.9", 0)]
)
def test_notches_fill_from_below(level, filled, empty):
    on, off, missing = figures.notches(level, 10)
    assert on == filled
    assert off.count("M") == empty
    assert missing == ""


# --- Contributions ------------------------------------------------------------------------------------------------


CONTRIBUTIONS = [
    {"level": 3, "points": 75},
    {"level": 0, "points": 0},
    {"level": 1, "points": 25},
    {"level": 4, "points": 100},
]


def test_contributions_stand_one_after_the_other():
    segments = figures.contribution_bar(CONTRIBUTIONS)["segments"]
    assert [(s["letter"], s["start"], s["width"], s["middle"]) for s in segments] == [
        ("V", "0", "18.75", "9.375"),
        ("W", "18.75", "0", "18.75"),
        ("K", "18.75", "6.25", "21.875"),
        ("S", "25", "25", "37.5"),
    ]


def test_contributions_are_written_below_the_bar_and_noughts_not_drawn():
    figure = drawn("{% contribution_bar contributions %}", contributions=CONTRIBUTIONS)
    assert "<p>Vernetzung 3, Wirkung 0, Kompetenzaufbau 1, Synergien 4</p>" in figure
    assert ">W</text>" not in figure
    assert ">S</text>" in figure


def test_contributions_may_be_objects():
    class Part:
        level = 2
        points = 50

    assert figures.contribution_bar([Part(), Part(), Part(), Part()])["segments"][3]["start"] == "37.5"


def test_three_contributions_are_a_mistake():
    with pytest.raises(ValueError, match="shorter"):
        figures.contribution_bar(CONTRIBUTIONS[:3])


# --- Marks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", Step)
def test_each_step_has_a_form_and_its_word(step):
    mark = figures.step_stamp(step)
    assert str(step.label) in mark
    assert 'aria-hidden="true"' in mark


def test_a_step_is_known_by_its_stored_value_too():
    assert figures.step_stamp("running") == figures.step_stamp(Step.RUNNING)


def test_the_word_of_a_step_may_say_more():
    assert "in Betrieb seit 2025" in figures.step_stamp(Step.COMPLETED, "in Betrieb seit 2025")


def test_an_unknown_step_is_a_mistake():
    with pytest.raises(ValueError, match="unknown"):
        figures.step_stamp("unknown")


@pytest.mark.parametrize(
    ("state", "word", "is_red"),
    [
        ("confirmed", "Leuchtturm", True),
        ("proposed", "Leuchtturm, vorgeschlagen", True),
        ("refused", "Leuchtturm, nicht bestätigt", False),
        ("withdrawn", "Leuchtturm, zurückgenommen", False),
    ],
)
def test_a_class_says_whether_it_is_settled(state, word, is_red):
    mark = figures.class_mark("leuchtturm", state)
    assert f"</svg>{word}</span>" in mark
    assert ("stamp-class" in mark) is is_red


def test_typed_text_in_a_mark_is_escaped():
    assert "<b>" not in figures.state_stamp("full", "<b>fett</b>")


# --- Way ----------------------------------------------------------------------------------------------------------


def test_the_way_says_each_state_in_words_and_marks_the_present_one():
    way = drawn(
        "{% rail steps %}",
        steps=[
            {"label": "Eingereicht", "text": "Mai 2025", "state": "done"},
            {"label": "In Umsetzung", "text": "", "state": "now"},
            {"label": "Abgeschlossen", "state": "open"},
        ],
    )
    assert "<b>Eingereicht</b><span>erledigt, Mai 2025</span>" in way
    assert '<li class="now" aria-current="step"><b>In Umsetzung</b><span>jetzt</span>' in way
    assert "<b>Abgeschlossen</b><span>noch offen</span>" in way
    assert way.count("aria-current") == 1


# --- Setzkasten ---------------------------------------------------------------------------------------------------


def case(**cell: object) -> str:
    rows = [{"name": "Digitale Verwaltung", "href": "/strategie/", "cells": [{"label": "Technik", **cell}]}]
    return drawn("{% case rows key=False %}", rows=rows)


def test_an_empty_compartment_says_so():
    assert "noch keines" in case(planned=0, running=0, done=0)
    assert 'class="gap"' in case()


def test_a_compartment_says_what_lies_in_it():
    assert "3 Projekte: 1 in Umsetzung, 2 in Betrieb oder abgeschlossen" in case(running=1, done=2)
    assert "1 Projekt: 1 noch nicht begonnen" in case(planned=1)


def test_a_compartment_holds_one_letter_per_project_in_lines_of_seven():
    letters = figures.letters(planned=1, running=2, done=6)
    assert [letter.kind for letter in letters] == ["open", "run", "run", *["done"] * 6]
    assert (letters[6].x, letters[6].y) == (72, 0)
    assert (letters[7].x, letters[7].y) == (0, 18)
    assert case(planned=1, running=2, done=6).count('class="cs-done"') == 6


# --- Bars ---------------------------------------------------------------------------------------------------------

ROWS = [
    {"label": "Im Pool", "value": 11, "href": "/lenkungsgruppe/?schritt=pooled"},
    {"label": "Bewertet", "value": 9, "hot": True, "under": "wartet auf Beschluss"},
    {"label": "Zurückgestellt", "value": 0},
]
BARS = '{% bars rows title="Schritte" sentence="Neun warten." identifier="c1" row_head="Schritt" value_head="Anzahl" %}'


def test_bars_are_as_long_as_their_share_of_the_largest():
    assert [row["width"] for row in figures.bars(ROWS, "", "", "", "", "")["rows"]] == ["100", "81.8", "0"]
    assert figures.bars(ROWS, "", "", "", "", "", maximum=22)["rows"][0]["width"] == "50"


def test_bars_without_any_value_have_no_length():
    assert figures.bars([{"label": "a", "value": 0}], "", "", "", "", "")["rows"][0]["width"] == "0"
    assert figures.bars([], "", "", "", "", "")["rows"] == []


def test_bars_have_a_finding_links_and_a_table_with_the_same_values():
    chart = drawn(BARS, rows=ROWS)
    assert "<p>Neun warten.</p>" in chart
    assert '<a href="/lenkungsgruppe/?schritt=pooled">Im Pool</a>' in chart
    assert '<th scope="row">Bewertet</th><td class="num">9</td>' in chart
    assert '<th scope="row">Zurückgestellt</th><td class="num">0</td>' in chart
    assert "<caption>Schritte</caption>" in chart
    assert chart.count("c-hot") == 1


def test_no_figure_carries_a_style_or_a_script():
    parts = [
        figures.reifegrad_sorts(1, 2, 3, None, size="l"),
        figures.step_stamp("draft"),
        drawn(BARS, rows=ROWS),
        drawn("{% contribution_bar c %}", c=CONTRIBUTIONS),
        case(planned=1, running=1, done=1),
    ]
    assert not any(word in part for part in parts for word in ("style=", "<style", "<script"))
