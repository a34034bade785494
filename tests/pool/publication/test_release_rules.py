"""What a release asks for and how plain a text is: values alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pool.publication.release_rules import (
    State,
    TextFacts,
    missing_for_change,
    missing_for_picture,
    plain_hints,
    problem_with_day,
    readiness,
)
from pool.publication.rules import missing_for_release

TODAY = date(2026, 11, 30)
READY = TextFacts(has_text=True, why="Darum.", plain_text="Kurz.", has_consent=True, consent_by="Amt 33, 1.2.2026")


@pytest.mark.parametrize(
    ("author", "licence", "permission", "missing"),
    [
        ("Stadt Mainz", "eigene-aufnahme", "", []),
        ("A. Foto", "cc-by-4.0", "", []),
        ("A. Foto", "erlaubnis", "Akte 12", []),
        ("A. Foto", "erlaubnis", "", ["wo die Erlaubnis für das Bild liegt"]),
        ("", "cc0", "", ["wer das Bild gemacht hat"]),
        ("A. Foto", "", "", ["die Lizenz des Bildes"]),
        ("A. Foto", "nicht-benannt", "", ["die Lizenz des Bildes"]),
    ],
)
def test_a_picture_has_an_author_and_a_licence_from_the_list(author, licence, permission, missing):
    assert missing_for_picture(author=author, licence=licence, permission=permission) == missing


@pytest.mark.parametrize(
    ("replaces", "change", "note", "is_complete"),
    [
        (False, "", "", True),
        (True, "", "", False),
        (True, "irgendwas", "", False),
        (True, "editorial", "", True),
        (True, "noted", "", False),
        (True, "noted", "Der Start ist 2027.", True),
    ],
)
def test_what_replaces_a_public_text_says_what_changes(replaces, change, note, is_complete):
    assert (missing_for_change(replaces=replaces, change=change, note=note) == []) is is_complete


def test_a_day_is_today_or_later_and_no_slip_of_the_year():
    assert problem_with_day(TODAY, today=TODAY) == ""
    assert problem_with_day(TODAY + timedelta(days=1), today=TODAY) == ""
    assert "Vergangenheit" in problem_with_day(TODAY - timedelta(days=1), today=TODAY)
    assert "mehr als ein Jahr" in problem_with_day(date(2062, 12, 1), today=TODAY)


@pytest.mark.parametrize("is_taken_over", [True, False])
def test_without_plain_german_nothing_is_released_whatever_it_stands_on(is_taken_over):
    values = {"is_taken_over": is_taken_over, "has_consent": True, "has_source": False, "read_on": None}
    assert missing_for_release(plain_text="", today=TODAY, **values) == ["der Text in einfacher Sprache"]
    assert missing_for_release(plain_text="Kurz.", today=TODAY, **values) == []


def states(facts: TextFacts) -> dict[str, State]:
    return {point.key: point.state for point in readiness(facts)}


def test_before_the_first_version_only_the_text_is_missing():
    (point,) = readiness(TextFacts())
    assert (point.key, point.is_missing, point.anchor) == ("text", True, "id_title")


def test_a_whole_text_with_consent_waits_for_nothing():
    assert not [point for point in readiness(READY) if point.is_missing]
    assert states(READY)["picture"] is State.NOT_NEEDED


def test_each_thing_missing_is_named_with_its_field_and_its_words():
    facts = TextFacts(has_text=True, has_picture=True, picture_licence="nicht-benannt")
    points = {point.key: point for point in readiness(facts)}
    assert {key for key, point in points.items() if point.is_missing} == {
        "plain", "picture_alt", "picture_licence", "consent",
    }  # fmt: skip
    assert points["why"].state is State.NOT_NEEDED
    assert points["plain"].anchor == "id_plain_text"
    assert "wer das Bild gemacht hat; die Lizenz des Bildes" in points["picture_licence"].words


def test_the_list_says_whom_the_release_waits_for():
    asked = TextFacts(has_text=True, plain_text="Kurz.", waits_for="Stadtwerke", waits_since=date(2026, 11, 20))
    assert "Stadtwerke, gebeten am 20.11.2026" in readiness(asked)[-1].words
    refused = TextFacts(has_text=True, plain_text="Kurz.", refused=True)
    assert "abgelehnt" in readiness(refused)[-1].words
    assert "Die CDO bittet" in readiness(TextFacts(has_text=True, plain_text="Kurz."))[-1].words


def test_a_project_taken_over_may_stand_on_its_source():
    facts = TextFacts(has_text=True, plain_text="Kurz.", is_taken_over=True, has_source=True)
    assert states(facts)["consent"] is State.READY
    assert states(TextFacts(has_text=True, plain_text="Kurz.", is_taken_over=True))["consent"] is State.MISSING


@pytest.mark.parametrize(
    ("milestones", "newer", "state", "words"),
    [
        (0, 0, State.NOT_NEEDED, "keine öffentlichen Meilensteine"),
        (1, 0, State.READY, "Einer geht mit."),
        (3, 0, State.READY, "3 gehen mit."),
        (3, 1, State.NOT_NEEDED, "neuer als diese Fassung"),
    ],
)
def test_milestones_go_along_or_wait_for_the_next_version(milestones, newer, state, words):
    facts = replace(READY, milestones=milestones, newer_milestones=newer)
    assert list(states(facts))[-2:] == ["milestones", "consent"], "the consent is given to all of it"
    assert states(facts)["milestones"] is state
    assert words in readiness(facts)[-2].words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Die Stadt baut ein Netz. Es hilft allen.",
        "Die Stadt wird größer.",
        "Sie melden sich um. Das geht im Internet.",
    ],
)
def test_plain_sentences_get_no_hint(text):
    assert plain_hints(text) == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (" ".join(["Wort"] * 16) + ".", "im Schnitt 16 Wörter"),
        ("Kurz. Kurz. " + " ".join(["Wort"] * 21) + ".", "Der längste Satz hat 21 Wörter"),
        ("Die Verwaltungsdienstleistung ist neu.", "„Verwaltungsdienstleistung“"),
        ("Der Antrag wird online gestellt.", "1 Mal steht vielleicht das Passiv"),
        ("Die Stadt sagt, dass die Ampel gesteuert wird.", "Passiv"),
        ("Akten wurden eingescannt. Bäume werden gegossen.", "2 Mal steht vielleicht das Passiv"),
    ],
)
def test_what_is_hard_to_read_is_hinted_at(text, hint):
    assert hint in " ".join(plain_hints(text))


def test_a_hyphen_makes_a_long_word_readable():
    assert plain_hints("Der Straßen-Zustands-Bericht ist da.") == []
