"""What a release needs, what an address becomes, what a search finds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.lifecycle import Step
from pool.publication.rules import (
    RESERVED_SLUGS,
    folded,
    missing_for_consent,
    missing_for_release,
    missing_for_text,
    search_text,
    slug_base,
    slug_for,
    spelled_out,
    stages,
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
        is_taken_over=is_taken_over, has_consent=has_consent, has_source=has_source, read_on=read_on, today=TODAY
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
