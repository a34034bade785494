"""The rating page: anchors, put aside, record, and levels that only look like some."""

import pytest

from pool.maturity.models import RatingDraft
from pool.maturity.queries import rating_of_record
from pool.priority.models import Place
from tests.factories import project_at
from tests.pool.desk.conftest import browser

DIMENSIONS = ["vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien"]
COMPLETE = {f"level_{name}": "3" for name in DIMENSIONS} | {f"reason_{name}": f"Grund {name}" for name in DIMENSIONS}


@pytest.fixture
def project(db):
    return project_at("pooled")


def test_the_page_offers_five_anchored_levels_each_and_preselects_none(desk, project, page):
    text = desk.get(page(project, "bewertung")).content.decode()
    assert text.count('type="radio"') == 25
    assert " checked" not in text
    assert text.count("Anker 4") == 5
    assert "0 von 5 Stufen vergeben" in text
    assert "keine Angabe" not in text


def test_what_is_put_aside_comes_back_and_ranks_nothing(desk, project, page):
    sent = {"version": 1, "tun": "zwischenspeichern", "level_vernetzung": "2", "reason_vernetzung": "Zwei Ämter."}
    response = desk.post(page(project, "bewertung"), sent, follow=True)
    text = response.content.decode()
    assert "Zwischengespeichert" in text
    assert "Zwei Ämter." in text
    assert "1 von 5 Stufen vergeben" in text
    assert not Place.objects.exists()
    project.refresh_from_db()
    assert project.step == "pooled"


def test_five_levels_with_reasons_are_recorded_and_take_their_place(desk, project, page):
    response = desk.post(page(project, "bewertung"), COMPLETE | {"version": 1, "tun": "festschreiben"})
    assert response.headers["Location"] == page(project, "change")
    project.refresh_from_db()
    assert project.step == "assessed"
    assert rating_of_record(project).levels == dict.fromkeys(DIMENSIONS, 3)
    assert project.place.score == 300
    assert not RatingDraft.objects.exists()


@pytest.mark.parametrize("level", ["5", "-1", "٣", "１", "1e2", "03", "", "2.5"])
def test_a_level_that_is_none_is_refused_and_the_rest_stays(desk, project, page, level):
    sent = COMPLETE | {"version": 1, "tun": "festschreiben", "level_synergien": level}
    response = desk.post(page(project, "bewertung"), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["level_synergien"]
    assert "<title>Fehler: Bewertung" in text
    assert "Grund kompetenzaufbau" in text
    assert rating_of_record(project) is None


@pytest.mark.parametrize("reason", ["", "\u200b", "   "])
def test_a_level_without_a_reason_is_not_recorded(desk, project, page, reason):
    sent = COMPLETE | {"version": 1, "tun": "festschreiben", "reason_vernetzung": reason}
    response = desk.post(page(project, "bewertung"), sent)
    assert list(response.context["form"].errors) == ["reason_vernetzung"]


def test_a_stale_page_keeps_the_typed_levels(desk, project, page):
    response = desk.post(page(project, "bewertung"), COMPLETE | {"version": 9, "tun": "festschreiben"})
    text = response.content.decode()
    assert response.status_code == 409
    assert text.count(" checked") == 5
    assert "Grund synergien" in text


def test_recording_twice_rates_once(desk, project, page):
    sent = COMPLETE | {"version": 1, "tun": "festschreiben"}
    desk.post(page(project, "bewertung"), sent)
    assert desk.post(page(project, "bewertung"), sent).status_code == 409
    assert project.ratings.count() == 1


def test_a_rating_is_opened_again_only_with_a_reason_and_the_old_one_stays(desk, page):
    project = project_at("assessed")
    address = page(project, "bewertung-oeffnen")
    assert desk.post(address, {"version": 1, "reason": "\u200b"}).status_code == 422
    assert desk.post(address, {"version": 1, "reason": "Neue Zahlen."}).status_code == 302
    project.refresh_from_db()
    assert (project.step, rating_of_record(project), project.ratings.count()) == ("pooled", None, 1)
    assert "Frühere Runden" in desk.get(page(project, "bewertung")).content.decode()


def test_nobody_rates_their_own(cdo, page):
    own = project_at("pooled", submitter=cdo)
    assert browser(cdo).get(page(own, "bewertung")).status_code == 403
    assert (
        browser(cdo).post(page(own, "bewertung"), COMPLETE | {"version": 1, "tun": "festschreiben"}).status_code == 403
    )
    assert rating_of_record(own) is None
