"""What a release needs, what an address becomes, what a search finds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.lifecycle import MOVING_ACTS, Act, Step
from pool.publication.rules import (
    RESERVED_SLUGS,
    TRACE,
    Move,
    folded,
    meant_terms,
    missing_for_consent,
    missing_for_release,
    missing_for_text,
    search_terms,
    search_text,
    slug_base,
    slug_for,
    spelled_out,
    stages,
    term_to_find,
    trace_of,
    unchanged_since,
)

TODAY = date(2026, 3, 2)
YESTERDAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 3)


@pytest.mark.parametrize(
    ("is_taken_over", "has_consent", "has_source", "read_on", "is_enough"),
    [
        (False, True, False, None, True),
        (False, False, False, None, False),
        (False, False, True, TODAY, False),
        (True, True, False, None, True),
        (True, False, True, TODAY, True),
        (True, False, True, None, False),
        (True, False, False, None, False),
        (True, False, False, TODAY, False),
        (True, False, True, TOMORROW, False),
    ],
)
def test_a_release_stands_on_consent_or_on_the_source_of_a_project_taken_over(
    is_taken_over, has_consent, has_source, read_on, is_enough
):
    missing = missing_for_release(
        is_taken_over=is_taken_over,
        has_consent=has_consent,
        has_source=has_source,
        read_on=read_on,
        plain_text="Kurz.",
        today=TODAY,
    )
    assert (missing == []) is is_enough


@pytest.mark.parametrize(
    ("given_by", "given_on", "words"),
    [
        ("Amtsleitung", TODAY, []),
        ("", TODAY, ["die Person, die zugestimmt hat"]),
        ("Amtsleitung", TOMORROW, ["ein Tag der Zustimmung, der nicht in der Zukunft liegt"]),
        ("Amtsleitung", date(2026, 2, 27), ["ein Tag der Zustimmung, an dem es diese Fassung schon gab"]),
    ],
)
def test_a_consent_names_who_and_a_day_on_which_the_version_was_there(given_by, given_on, words):
    assert missing_for_consent(given_by=given_by, given_on=given_on, written_on=YESTERDAY, today=TODAY) == words


def test_a_picture_needs_a_description_and_a_text_title_and_short_text():
    assert missing_for_text(title="", short_text="", has_picture=True, picture_alt="") == [
        "ein Titel",
        "ein Kurztext",
        "eine Beschreibung des Bildes für Menschen, die es nicht sehen",
    ]
    assert missing_for_text(title="T", short_text="K", has_picture=False, picture_alt="") == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ämter öffnen", "aemter-oeffnen"),
        ("A\u0308mter o\u0308ffnen", "aemter-oeffnen"),
        ("Masterplan M³ „Green City“: Straße", "masterplan-m3-green-city-strasse"),
        ("Café  &  Digital_Lots:innen", "cafe-digital-lots-innen"),
        ("???", "projekt"),
        ("数字化", "projekt"),
        ("wort " * 60, "-".join(["wort"] * 24)),
        ("x" * 200, "x" * 120),
    ],
)
def test_an_address_reads_like_the_title(title, slug):
    assert slug_base(title) == slug


def test_an_address_once_given_is_never_given_again():
    assert slug_for("Bild", set()) == "bild-2"
    assert slug_for("Feed", {"feed-2"}) == "feed-3"
    assert slug_for("Neu", {"neu", "neu-2"}) == "neu-3"


@given(st.text(max_size=150), st.sets(st.from_regex(r"[a-z]{1,3}(-[0-9])?", fullmatch=True)))
def test_every_title_gets_a_free_address_of_plain_signs(title, taken):
    slug = slug_for(title, taken)
    assert slug not in taken | RESERVED_SLUGS
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
    assert len(slug) <= 140


@pytest.mark.parametrize("typed", ["bürgerbüro", "BÜRGERBÜRO", "burgerburo", "buergerbuero", "bu\u0308rger", "erbuero"])
def test_a_search_finds_umlauts_however_they_are_typed(typed):
    stored = search_text("Das Bürgerbüro öffnet.")
    assert folded(typed) in stored or spelled_out(typed) in stored


def test_a_search_does_not_mix_up_what_only_looks_alike():
    assert folded("neu") not in search_text("Das Bürgerbüro öffnet.")


@pytest.mark.parametrize(
    ("step", "now", "done"),
    [
        (Step.POOLED, Step.POOLED, 1),
        (Step.ASSESSED, Step.ASSESSED, 2),
        (Step.RUNNING, Step.RUNNING, 4),
        (Step.COMPLETED, Step.COMPLETED, 5),
    ],
)
def test_the_way_shows_what_is_done_and_where_the_project_stands(step, now, done):
    way = stages(step)
    assert [stage.step for stage in way if stage.state == "now"] == [now]
    assert sum(stage.state == "done" for stage in way) == done


@pytest.mark.parametrize("step", [Step.DEFERRED, Step.DECLINED, Step.STOPPED, Step.WITHDRAWN])
def test_what_left_the_way_has_no_way_drawn(step):
    assert stages(step) == []


def test_only_what_was_reached_has_a_day():
    way = stages(
        Step.RUNNING, {Step.SUBMITTED: "8. Januar 2026", Step.RUNNING: "4. Mai 2026", Step.COMPLETED: "später"}
    )
    assert [stage.text for stage in way] == ["8. Januar 2026", "", "", "", "4. Mai 2026", ""]


def moved(act: Act, step: Step, day: int) -> Move:
    return Move(act, step, date(2026, 1, day), "day", datetime(2026, 1, day, tzinfo=UTC))


def test_the_trace_leaves_out_what_is_nobodys_business_and_tells_the_last_round():
    moves = [
        moved(Act.SUBMIT, Step.SUBMITTED, 1),
        moved(Act.RETURN, Step.RETURNED, 2),
        moved(Act.RESUBMIT, Step.SUBMITTED, 3),
        moved(Act.ADMIT, Step.POOLED, 4),
        moved(Act.RATE, Step.ASSESSED, 5),
        moved(Act.REOPEN_RATING, Step.POOLED, 6),
        moved(Act.RATE, Step.ASSESSED, 7),
        moved(Act.DEFER, Step.DEFERRED, 8),
        moved(Act.RESUME, Step.ASSESSED, 9),
        moved(Act.DEFER, Step.DEFERRED, 10),
        moved(Act.MERGE, Step.MERGED, 11),
    ]
    told = [(step.act, step.day.day) for step in trace_of(moves)]
    assert told == [("submit", 1), ("admit", 4), ("rate", 7), ("defer", 8), ("resume", 9), ("defer", 10)]


def test_every_act_that_leads_to_a_public_step_has_its_sentence():
    inner = {
        Act.RESUBMIT,
        Act.RETURN,
        Act.DECLINE_ADMISSION,
        Act.REOPEN_GATE,
        Act.REOPEN_RATING,
        Act.MERGE,
        Act.IMPORT_IDEAS,
    }
    assert set(TRACE) == set(MOVING_ACTS) - inner


@pytest.mark.parametrize(
    ("words", "term"),
    [
        (("Baum", "Bäume", "Bäumen", "Baeume"), "baum"),
        (("Büro", "Büros", "Bueros"), "buro"),
        (("Schule", "Schulen"), "schul"),
    ],
)
def test_forms_of_a_word_are_one_term(words, term):
    assert {term_to_find(word) for word in words} == {term}


@pytest.mark.parametrize(
    ("minutes", "since"), [(0, None), (29, None), (30, "10:00"), (300, "10:00")], ids=["now", "before", "then", "later"]
)
def test_the_public_learns_only_the_hour_of_the_last_act(minutes, since):
    act = datetime(2026, 3, 2, 9, 30, 17, tzinfo=UTC)
    found = unchanged_since(act, act.replace(second=0) + timedelta(minutes=minutes))
    assert (f"{found:%H:%M}" if found else None) == since
    assert unchanged_since(None, act) is None


def test_terms_are_stored_each_once_between_blanks():
    assert search_terms("Der Baum", "Bäume am Weg") == " der baum am weg "
    assert search_terms("", "1 % –") == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Sensroen", ["sensor"]), ("Snesoren", ["sensor"]), ("Sensoren", []), ("Senso", []), ("Zensor", []), ("Bür", [])],
)
def test_a_slip_is_forgiven_once_and_never_in_the_first_letter(word, meant):
    assert meant_terms(word, {"sensor", "burgerburo"}) == meant


@pytest.mark.parametrize(("word", "meant"), [("Shculen", ["schul"]), ("Cshulen", []), ("Shucle", []), ("Amtp", [])])
def test_in_a_short_word_only_two_letters_that_changed_places_are_forgiven(word, meant):
    assert meant_terms(word, {"schul", "ampt"}) == meant
