"""The gate's truth tables: when it is open, passed, not passed; what a yes, an answer and a closing act need."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.strategy.rules import GrundkriteriumCode
from pool.gate.rules import (
    gate_result,
    missing_for_admit,
    missing_for_answer,
    missing_for_refusal,
    missing_for_reminder,
    missing_for_yes,
    unanswered,
)

CODES = ["digitalisierungsbezug", "leitlinien", "handlungsbedarfe", "nutzen", "vernetzung"]
FIVE_YES = dict.fromkeys(CODES, "yes")

answers = st.fixed_dictionaries({}, optional={code: st.sampled_from(["yes", "no", "open"]) for code in CODES})


def test_there_are_five_grundkriterien():
    assert GrundkriteriumCode.values == CODES


@pytest.mark.parametrize(
    ("given_answers", "expected"),
    [
        ({}, "open"),
        (FIVE_YES, "passed"),
        (dict.fromkeys(CODES, "no"), "not_passed"),
        (FIVE_YES | {"nutzen": "no"}, "not_passed"),
        (FIVE_YES | {"nutzen": "open"}, "open"),
        (FIVE_YES | {"nutzen": "no", "vernetzung": "open"}, "open"),
        ({"nutzen": "no"}, "open"),
        (dict.fromkeys(CODES[:4], "yes"), "open"),
        (FIVE_YES | {"nutzen": "vielleicht"}, "open"),
    ],
)
def test_the_result_follows_from_the_five_answers(given_answers, expected):
    assert gate_result(given_answers) == expected


@given(answers, st.sampled_from(CODES))
def test_one_no_never_passes(given_answers, code):
    assert gate_result(given_answers | {code: "no"}) != "passed"


@given(answers)
def test_passed_means_five_yes_and_open_means_one_missing(given_answers):
    result = gate_result(given_answers)
    assert (result == "passed") == (given_answers == FIVE_YES)
    assert (result == "open") == bool(unanswered(given_answers))


@given(answers, st.booleans(), st.integers(0, 5))
def test_nothing_is_admitted_without_five_yes_a_handlungsbedarf_and_two_offices(given_answers, has_need, offices):
    missing = missing_for_admit(given_answers, has_need=has_need, offices_with_parts=offices)
    assert (not missing) == (given_answers == FIVE_YES and has_need and offices >= 2)


@given(answers)
def test_nothing_is_refused_before_all_five_are_told_and_one_is_no(given_answers):
    closable = set(given_answers) == set(CODES) and "open" not in given_answers.values()
    assert (not missing_for_refusal(given_answers)) == (closable and "no" in given_answers.values())


@pytest.mark.parametrize(
    ("code", "has_need", "offices", "is_missing"),
    [
        ("handlungsbedarfe", False, 2, True),
        ("handlungsbedarfe", True, 0, False),
        ("vernetzung", True, 0, True),
        ("vernetzung", True, 1, True),
        ("vernetzung", False, 2, False),
        ("digitalisierungsbezug", False, 0, False),
        ("leitlinien", False, 0, False),
        ("nutzen", False, 0, False),
    ],
)
def test_two_criteria_cannot_be_yes_without_links(code, has_need, offices, is_missing):
    assert bool(missing_for_yes(code, has_need=has_need, offices_with_parts=offices)) == is_missing


@pytest.mark.parametrize(
    ("code", "answer", "facts", "count"),
    [
        ("vernetzung", "no", {}, 1),
        ("vernetzung", "no", {"reason": "Nur ein Amt."}, 0),
        ("vernetzung", "yes", {}, 0),
        ("leitlinien", "no", {}, 2),
        ("leitlinien", "no", {"reason": "Ohne Beteiligung.", "names_leitlinie": True}, 0),
        ("leitlinien", "yes", {}, 0),
        ("nutzen", "yes", {}, 1),
        ("nutzen", "yes", {"names_whom": True}, 0),
        ("nutzen", "no", {"reason": "Niemand merkt etwas."}, 0),
        ("nutzen", "open", {}, 0),
    ],
)
def test_an_answer_says_what_it_lacks(code, answer, facts, count):
    stated = {"reason": "", "names_whom": False, "names_leitlinie": False} | facts
    assert len(missing_for_answer(code, answer, **stated)) == count


@pytest.mark.parametrize(
    ("remind_on", "is_fine"),
    [(None, False), (date(2026, 3, 1), False), (date(2026, 3, 2), False), (date(2026, 3, 3), True)],
)
def test_the_day_to_remind_lies_ahead(remind_on, is_fine):
    assert (not missing_for_reminder(remind_on, today=date(2026, 3, 2))) == is_fine
