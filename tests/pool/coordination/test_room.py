"""The room: queue, save and next, skip, stand back, comments, countersigning, ranking and gaps of my fields."""

import pytest
from django.urls import reverse

from pool.coordination.rules import Piece, word_changes
from pool.maturity.models import Countersignature, InnerComment, Opinion, OpinionDraft, SampleRating
from pool.project.actions import correct_slip
from pool.project.models import Project
from tests.factories import LEVELS, handlungsbedarf, handlungsfeld, opinion, project_at, rating, rubric_1
from tests.pool.maturity.conftest import Raters, browser, make_raters

COMPLETE = {f"level_{name}": "3" for name in LEVELS} | {f"reason_{name}": f"Grund {name}" for name in LEVELS}


@pytest.fixture
def project(db) -> Project:
    return project_at("pooled", field=handlungsfeld("DV"), title="Erstes Vorhaben")


@pytest.fixture
def raters(project) -> Raters:
    return make_raters(project)


@pytest.fixture
def other(project) -> Project:
    made = project_at("pooled", field=handlungsfeld("DV"), title="Zweites Vorhaben")
    Project.objects.filter(pk=project.pk).update(step_since="2026-01-05")
    return made


def page(project: Project, name: str = "opinion") -> str:
    return reverse(f"coordination:{name}", args=[project.pk])


def test_the_queue_says_how_far_one_is_and_leads_to_the_next(raters, project, other):
    client = browser(raters.coordinator)
    text = client.get("/koordination/").content.decode()
    assert "0 von 2 beantwortet" in text
    assert text.index("Erstes Vorhaben") < text.index("Zweites Vorhaben")
    assert client.get("/koordination/weiter/").url == page(project)


def test_sending_leads_to_the_next_and_counts(raters, project, other):
    client = browser(raters.coordinator)
    response = client.post(page(project), COMPLETE | {"runde": 1, "tun": "senden"})
    assert response.url == page(other)
    assert "1 von 2 beantwortet" in client.get(response.url).content.decode()
    assert Opinion.objects.get().levels == dict.fromkeys(LEVELS, 3)
    assert client.post(page(other), COMPLETE | {"runde": 1, "tun": "senden"}).url == "/koordination/"
    assert "Sie haben alles beantwortet" in client.get("/koordination/").content.decode()
    assert "Erstes Vorhaben" in client.get("/koordination/?zeige=erledigt").content.decode()


def test_skipping_keeps_what_is_typed_and_comes_round_again(raters, project, other):
    client = browser(raters.coordinator)
    typed = {"runde": 1, "tun": "ueberspringen", "reason_vernetzung": "Halber Satz", "level_synergien": "keine"}
    assert client.post(page(project), typed).url == page(other)
    assert client.post(page(other), {"runde": 1, "tun": "ueberspringen"}).url == page(project)
    text = client.get(page(project)).content.decode()
    assert "Halber Satz" in text
    assert OpinionDraft.objects.get().content["levels"] == {"synergien": "keine"}
    assert not Opinion.objects.exists()


def test_keine_angabe_is_left_out(raters, project):
    client = browser(raters.expert)
    client.post(page(project), COMPLETE | {"runde": 1, "tun": "senden", "level_synergien": "keine"})
    assert Opinion.objects.get().synergien is None
    assert client.get(page(project)).content.decode().count(" checked") == 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason_vernetzung": ""}, "reason_vernetzung"),
        ({"level_vernetzung": ""}, "level_vernetzung"),
        ({"level_vernetzung": "7"}, "level_vernetzung"),
        (dict.fromkeys(COMPLETE, ""), "level_vernetzung"),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field_and_nothing_is_lost(raters, project, changed, field):
    response = browser(raters.expert).post(page(project), COMPLETE | {"runde": 1, "tun": "senden"} | changed)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "<title>Fehler: Einschätzung" in response.content.decode()
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("seen", ["2", "", "x", "٣"])
def test_a_page_of_another_round_is_refused_and_keeps_the_typed(raters, project, seen):
    response = browser(raters.expert).post(page(project), COMPLETE | {"runde": seen, "tun": "senden"})
    assert response.status_code == 409
    assert "Grund synergien" in response.content.decode()


@pytest.mark.parametrize(("deed", "state"), [("enthalten", "abstained"), ("befangen", "biased")])
def test_standing_back_is_kept_and_leads_on(raters, project, other, deed, state):
    client = browser(raters.coordinator)
    response = client.post(page(project), {"runde": 1, "tun": deed, "reason": "Ich kenne das Haus."})
    assert response.url == page(other)
    assert Opinion.objects.get().state == state
    assert "Senden und weiter" not in client.get(page(project)).content.decode()


def test_the_keys_are_listed_on_the_page(raters, project):
    text = browser(raters.coordinator).get(page(project)).content.decode()
    assert "Mit der Tastatur" in text
    assert "js/opinion.js" in text


def test_what_changed_since_the_last_round_is_marked(raters, project):
    correct_slip(project=project, field="benefit", new_text="Wege entfallen ganz.", reason="Tippfehler", by=raters.cdo)
    text = browser(raters.coordinator).get(page(project)).content.decode()
    assert "Geändert seit der vorigen Fassung" in text
    assert "<ins>" in text


def test_word_changes_mark_what_went_and_what_came():
    assert word_changes("Wege entfallen.", "Wege bleiben.") == [
        Piece("same", "Wege"), Piece("gone", " entfallen."), Piece("new", " bleiben."),
    ]  # fmt: skip


def test_the_cdo_sees_every_open_round_with_its_spread_and_no_form(raters, project):
    opinion(project, raters.expert, dict.fromkeys(LEVELS, 0))
    opinion(project, raters.coordinator, dict.fromkeys(LEVELS, 4))
    client = browser(raters.cdo)
    listed, shown = client.get("/koordination/").content.decode(), client.get(page(project)).content.decode()
    assert "2 Einschätzungen" in listed
    assert "große Spanne" in listed
    assert "Stufe 0 bis 4" in shown
    assert "Senden und weiter" not in shown
    desk = client.get(reverse("admin:pool_project_rating", args=[project.pk])).content.decode()
    assert "große Spanne: vorher besprechen" in desk
    assert "2 von 2" in desk


def test_a_comment_is_written_read_and_blacked_out(raters, project):
    client = browser(raters.cdo)
    client.post(page(project, "comment"), {"text": "Nur für innen"})
    row = InnerComment.objects.get()
    assert "Auf Antrag nach dem Gesetz" in client.get(page(project)).content.decode()
    case = client.get(reverse("casefile:detail", args=[project.pk])).content.decode()
    assert "Nur für innen" in case
    client.post(reverse("coordination:black_out", args=[project.pk, row.pk]))
    assert "Geschwärzt am" in client.get(page(project)).content.decode()
    assert client.post(page(project, "comment"), {"text": " "}).status_code == 422


def test_a_rating_is_countersigned_on_its_page_and_the_word_stands_everywhere(raters):
    project = project_at("assessed", field=handlungsfeld("DV"))
    rated = rating(project, is_countersigned=False)
    project.place.rating = rated
    project.place.save()
    client = browser(raters.coordinator)
    places = [
        reverse("coordination:ranking"), page(project, "countersign"), reverse("casefile:detail", args=[project.pk]),
    ]  # fmt: skip
    missing = ("noch nicht gegengezeichnet", "Gegenzeichnung offen")
    before = {address: client.get(address).content.decode() for address in places}
    assert all(any(words in text for words in missing) for text in before.values())
    assert project.title in client.get("/koordination/gegenzeichnen/").content.decode()
    response = client.post(page(project, "countersign"), {"bewertung": rated.pk, "reason": ""})
    assert response.url == "/koordination/gegenzeichnen/"
    assert Countersignature.objects.filter(rating=rated).exists()
    for address in places:
        text = client.get(address).content.decode()
        assert "gegengezeichnet" in text
        assert not any(words in text for words in missing)


def test_the_ranking_shows_my_fields_with_the_ranks_of_all(raters):
    first = project_at("assessed", field=handlungsfeld("II"), levels=dict.fromkeys(LEVELS, 4))
    mine = project_at("assessed", field=handlungsfeld("DV"))
    text = browser(raters.coordinator).get("/koordination/rangliste/").content.decode()
    assert f'id="rang-{mine.pool_number}" value="2"' in text
    assert first.title not in text
    assert "Eines von 2 bewerteten Vorhaben" in text
    assert "ein Vorhaben eines anderen Handlungsfelds" in text
    assert "Grund zu vernetzung" in text


def test_needs_without_projects_are_listed_for_my_fields_only(raters, project):
    bare, foreign = handlungsbedarf(handlungsfeld("DV"), 2), handlungsbedarf(handlungsfeld("BZ"), 2)
    text = browser(raters.coordinator).get("/koordination/bedarfe/").content.decode()
    assert "Einem Handlungsbedarf dient noch kein Vorhaben" in text
    assert bare.title in text
    assert foreign.title not in text


def test_samples_are_one_click_away(raters, project):
    SampleRating.objects.create(
        rubric=rubric_1(), number=1, title="Muster: Werkstatt", text="Ein Haus.", levels=LEVELS,
        reasons=dict.fromkeys(LEVELS, "So ist die Stufe gemeint."),
    )  # fmt: skip
    client = browser(raters.coordinator)
    assert "Muster: Werkstatt" in client.get("/koordination/muster/").content.decode()
    assert "Muster: Werkstatt" in client.get(page(project)).content.decode()
    desk = browser(raters.cdo).get(reverse("admin:pool_project_rating", args=[project.pk])).content.decode()
    assert "Muster: Werkstatt" in desk


def test_the_cdo_asks_and_ends(raters, project):
    client = browser(raters.cdo)
    address = reverse("admin:pool_project_experts", args=[project.pk])
    text = client.get(address).content.decode()
    assert "Benennung für den Test" in text
    key = project.mandates.get(role="expert").pk
    client.post(address, {"tun": "beenden", "bitte": key, "version": project.version})
    assert browser(raters.expert).get("/koordination/").status_code == 403


def test_an_empty_queue_says_why(raters):
    Project.objects.update(step="draft", pool_number=None)
    text = browser(raters.coordinator).get("/koordination/").content.decode()
    assert "Nichts wartet auf Ihre Einschätzung" in text
    assert "Ihrer Handlungsfelder" in text
