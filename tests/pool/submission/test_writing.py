"""Writing in several windows: part by part, nothing lost, one entry of the record per writing session."""

import json
import random
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from governance.record import clock
from governance.record.models import Entry
from pool.project.models import Project
from pool.submission import actions
from pool.submission.models import SideText
from pool.submission.queries import stored_parts, typed_parts
from pool.submission.rules import WORKING_TITLE, Merged, mark_of, marks_after, merged
from pool.submission.writing import save_typed
from tests.factories import join
from tests.forms import form_with

pytestmark = pytest.mark.django_db


def entries(project: Project) -> int:
    return Entry.objects.filter(chain=f"project:{project.pk}").count()


# --- The rule -----------------------------------------------------------------------------------------------------

BEFORE, MINE, THEIRS = "vorher", "meins", "deren"


@pytest.mark.parametrize(
    ("typed", "stored", "becomes"),
    [
        (BEFORE, BEFORE, ""),
        (MINE, BEFORE, "written"),
        (BEFORE, THEIRS, "elsewhere"),
        (MINE, THEIRS, "disputed"),
        (MINE, MINE, ""),
        ("", BEFORE, "written"),
        ("", THEIRS, "disputed"),
        (MINE, "", "disputed"),
    ],
)
def test_whose_text_counts(typed: str, stored: str, becomes: str) -> None:
    found = merged(typed={"problem": typed}, stored={"problem": stored}, seen={"problem": mark_of(BEFORE)})
    assert {name for name in ("written", "disputed", "elsewhere") if getattr(found, name)} == {becomes} - {""}


def test_a_part_without_a_mark_was_empty_in_the_window() -> None:
    found = merged(typed={"a": MINE, "b": MINE, "c": ""}, stored={"b": THEIRS, "c": THEIRS}, seen={})
    assert found == Merged(frozenset({"a"}), frozenset({"b"}), frozenset({"c"}))


def test_where_others_wrote_the_old_mark_stays() -> None:
    found = Merged(frozenset({"a"}), frozenset({"b"}), frozenset())
    marks = marks_after(typed={"a": MINE, "b": MINE}, seen={"b": "alt"}, merged=found)
    assert marks == {"a": mark_of(MINE), "b": "alt"}


# --- Two people, a hundred times ----------------------------------------------------------------------------------


class Window:
    """One open form: what it shows, what it knows, what it was told is saved."""

    def __init__(self, project: Project, user: object) -> None:
        self.user, self.name = user, uuid4()
        self.parts = dict.fromkeys(TEXTS, "") | {
            name: text for name, text in stored_parts(project).items() if name in TEXTS
        }
        self.marks = {name: mark_of(text) for name, text in stored_parts(project).items()}
        self.sent: list[tuple[str, str]] = []

    def save(self, project: Project) -> None:
        saved = save_typed(
            project=project, by=self.user, values=dict(self.parts), links={}, seen=self.marks, window=self.name
        )
        self.marks = saved.marks


TEXTS = ("problem", "benefit", "effort")


@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_interleavings_lose_nothing(world: SimpleNamespace, draft: Project, seed: int) -> None:
    """Whatever was typed is the idea's text, or was overwritten by whoever saw it, or is kept beside the idea."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable game
    join(draft, world.colleague, "co_author")
    windows = [Window(draft, user) for user in (world.author, world.colleague, world.author)]
    history: dict[str, list[str]] = {name: [""] for name in TEXTS}
    lost = []
    for turn in range(100):
        window = chance.choice(windows)
        name = chance.choice(TEXTS)
        before = stored_parts(draft)
        knew = window.marks.get(name, mark_of(""))
        window.parts[name] = f"{window.user.username} schreibt zum {turn}. Mal"
        window.save(draft)
        after = stored_parts(draft)
        history[name].append(after[name])
        if after[name] != before[name] and knew != mark_of(before[name]):
            lost.append(f"{turn}: „{before[name]}“ was overwritten by somebody who had not seen it")
        kept = [row.content.get(name) for row in SideText.objects.filter(project=draft)]
        if window.parts[name] not in (after[name], *kept):
            lost.append(f"{turn}: „{window.parts[name]}“ is nowhere")
        if chance.random() < 0.1:  # reloads, or comes back the next day
            windows[windows.index(window)] = Window(draft, window.user)
    assert not lost, "\n".join(lost)
    assert SideText.objects.exists()
    assert entries(draft) < 20, "the record is not flooded"


# --- One entry per session ----------------------------------------------------------------------------------------


def save(project: Project, user: object, **values: str) -> None:
    seen = {name: mark_of(text) for name, text in stored_parts(project).items()}
    save_typed(project=project, by=user, values=values, links={}, seen=seen, version=project.version, window=uuid4())
    project.refresh_from_db()


def test_a_writing_session_makes_one_entry(world: SimpleNamespace, draft: Project) -> None:
    before, version = entries(draft), draft.version
    for number in range(10):
        save(draft, world.author, problem=f"Fassung {number}")
    assert (entries(draft), draft.version) == (before, version), "beginning the idea began the session"
    with clock.played(clock.now() + timedelta(hours=2)):
        for number in range(10):
            save(draft, world.author, problem=f"Später {number}")
    assert entries(draft) == before + 1


def test_another_person_and_another_act_begin_a_session_of_their_own(world: SimpleNamespace, draft: Project) -> None:
    before = entries(draft)
    actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    save(draft, world.author, problem="Nach dem Benennen")
    save(draft, world.colleague, benefit="Von der zweiten Person")
    save(draft, world.author, problem="Noch einmal")
    assert entries(draft) == before + 3


def test_what_was_typed_after_the_check_is_not_handed_in_unread(
    client: Client, world: SimpleNamespace, full: dict[str, object]
) -> None:
    project = actions.create_draft(by=world.author, **full)
    client.force_login(world.author)
    address = reverse("submission:check", args=[project.pk])
    checked = form_with(client.get(address), "gelesen")
    save(project, world.author, problem="In einem anderen Fenster")
    response = client.post(address, checked)
    project.refresh_from_db()
    assert (response.status_code, project.step) == (409, "draft")
    assert "In einem anderen Fenster" in response.content.decode()


def test_saving_what_stands_there_already_writes_nothing(world: SimpleNamespace, draft: Project) -> None:
    before, version = entries(draft), draft.version
    save(draft, world.author, title=draft.title, problem="")
    assert (entries(draft), draft.version) == (before, version)


# --- Links are parts too ------------------------------------------------------------------------------------------


def test_stored_and_typed_parts_are_written_alike(world: SimpleNamespace, draft: Project) -> None:
    links = {
        "units": [(world.other_unit, "both", "probt"), (world.unit, "works_out", "")],
        "handlungsbedarfe": [world.need],
        "goals": list(world.field.goals.all()),
        "partners": [("Hochschule", "forscht")],
        "sdgs": [world.sdg],
        "querschnitt": {world.topic: "Mit Betroffenen"},
    }
    values = {"lead_unit": world.unit, "beneficiary": "both", "problem": "Text"}
    save_typed(
        project=draft, by=world.author, values=values, links=links, seen={}, version=draft.version, window=uuid4()
    )
    assert stored_parts(Project.objects.get(pk=draft.pk)).items() >= typed_parts(values, links).items()


def test_a_topic_of_somebody_else_is_not_lost_with_mine(world: SimpleNamespace, draft: Project) -> None:
    actions.edit_text(project=draft, by=world.author, version=None, values={}, querschnitt={world.topic: "Steht da"})
    save(draft, world.author, problem="Etwas anderes")
    assert draft.querschnitt_answers.get().text == "Steht da"


# --- While typing -------------------------------------------------------------------------------------------------


@pytest.fixture
def page(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.author)
    return client


def opened(page: Client, address: str) -> dict[str, list[str]]:
    return form_with(page.get(address), "fenster")


def edit_of(project: Project) -> str:
    return reverse("submission:edit", args=[project.pk])


def autosave_of(project: Project) -> str:
    return reverse("submission:autosave", args=[project.pk])


def test_the_first_saving_while_typing_begins_the_idea(page: Client) -> None:
    form = opened(page, "/ideen/neu/")
    told = page.post("/ideen/neu/sichern/", form | {"problem": "Es dauert"}).json()
    project = Project.objects.get()
    assert (project.title, project.problem, project.step) == (WORKING_TITLE, "Es dauert", "draft")
    assert told["text"].startswith("Gespeichert um ")
    assert told["text"].endswith(" Uhr. Sie können jederzeit gehen.")
    assert (told["complaints"], told["disputed"]) == ([], None)
    again = opened(page, told["address"])
    assert again["title"] == [""], "a working title is no title"
    following = form | {"problem": "Es dauert lange", "gesehen": json.dumps(told["seen"]), "version": told["version"]}
    assert page.post(told["autosave"], following).status_code == 200
    project.refresh_from_db()
    assert project.problem == "Es dauert lange"


def test_the_same_first_saving_twice_begins_one_idea(page: Client) -> None:
    form = opened(page, "/ideen/neu/") | {"title": "Eine Idee"}
    first, second = (page.post("/ideen/neu/sichern/", form).json() for _ in range(2))
    assert first["address"] == second["address"]
    assert Project.objects.count() == 1


def test_a_working_title_is_missing_when_handing_in(page: Client) -> None:
    page.post("/ideen/neu/sichern/", opened(page, "/ideen/neu/") | {"problem": "Text"})
    html = page.get(reverse("submission:check", args=[Project.objects.get().pk])).content.decode()
    assert "ein Titel" in html
    assert "Idee einreichen" not in html


def test_what_does_not_fit_is_named_and_the_rest_is_saved(page: Client, draft: Project) -> None:
    form = opened(page, edit_of(draft))
    wrong = {"title": "", "short_text": "x" * 401, "problem": "Das bleibt", "stellen-0-task": "ohne Stelle"}
    told = page.post(autosave_of(draft), form | wrong).json()
    draft.refresh_from_db()
    assert (draft.problem, draft.short_text) == ("Das bleibt", "")
    assert draft.title != ""
    assert {row["anchor"] for row in told["complaints"]} == {"id_title", "id_short_text", "id_stellen-0-unit"}
    assert {row["slug"]: row["css"] for row in told["sections"]}["idee"] == "bad"


def test_sections_and_self_check_follow_the_saved_text(page: Client, world: SimpleNamespace, draft: Project) -> None:
    form = opened(page, edit_of(draft))
    told = page.post(
        autosave_of(draft),
        form
        | {
            "benefit": "Wege entfallen",
            "beneficiary": "both",
            "stellen-0-unit": world.unit.pk,
            "stellen-0-part": "works_out",
        },
    ).json()
    states = {row["slug"]: row["state"] for row in told["sections"]}
    hints = {row["code"]: row["text"] for row in told["hints"]}
    assert states["nutzen"] == "fertig"
    assert states["idee"] == "unvollständig, 2 fehlen"
    assert states["strategie"] == "offen"
    assert states["aufwand"] == "offen, freiwillig"
    assert hints["vernetzung"] == "Eine zweite Stelle fehlt noch."


def test_the_second_window_is_told_and_both_texts_are_kept(page: Client, draft: Project) -> None:
    first, second = opened(page, edit_of(draft)), opened(page, edit_of(draft))
    page.post(autosave_of(draft), first | {"problem": "Aus dem ersten", "effort": "Wenig"})
    told = page.post(autosave_of(draft), second | {"problem": "Aus dem zweiten", "benefit": "Viel"}).json()
    draft.refresh_from_db()
    assert (draft.problem, draft.effort, draft.benefit) == ("Aus dem ersten", "Wenig", "Viel")
    assert "Beide Texte sind aufgehoben." in told["disputed"]["text"]
    assert told["elsewhere"] == ["Aufwand"]
    side_text = SideText.objects.get()
    assert side_text.content == {"problem": "Aus dem zweiten"}
    going_on = second | {"problem": "Aus dem zweiten, länger", "benefit": "Viel", "gesehen": json.dumps(told["seen"])}
    page.post(autosave_of(draft), going_on)
    assert SideText.objects.get().content == {"problem": "Aus dem zweiten, länger"}
    assert "Ein Text ist aufgehoben" in page.get(edit_of(draft)).content.decode()


def test_a_saving_by_button_is_kept_aside_in_the_same_way(page: Client, draft: Project) -> None:
    first, second = opened(page, edit_of(draft)), opened(page, edit_of(draft))
    page.post(edit_of(draft), first | {"problem": "Aus dem ersten"})
    response = page.post(edit_of(draft), second | {"problem": "Aus dem zweiten"})
    assert response.status_code == 409
    html = response.content.decode()
    assert reverse("submission:compare", args=[draft.pk, SideText.objects.get().pk]) in html
    page.post(edit_of(draft), form_with(response, "fenster"))
    draft.refresh_from_db()
    assert draft.problem == "Aus dem ersten", "sent again it still overwrites nothing"
    assert SideText.objects.count() == 1


def test_typed_while_a_colleague_handed_it_in_is_kept(
    page: Client, world: SimpleNamespace, full: dict[str, object]
) -> None:
    project = actions.create_draft(by=world.author, **full)
    form = opened(page, edit_of(project))
    actions.submit(project=project, by=world.author)
    response = page.post(autosave_of(project), form | {"effort": "Späte Ergänzung"})
    assert response.status_code == 409
    assert "Die Idee ist inzwischen „eingereicht“." in response.json()["text"]
    assert SideText.objects.get().content == {"effort": "Späte Ergänzung"}


@pytest.mark.parametrize("broken", ["", "[]", "{", '"x"', '{"problem": 3}', "null"])
def test_broken_marks_overwrite_nothing(page: Client, draft: Project, broken: str) -> None:
    form = opened(page, edit_of(draft))
    page.post(autosave_of(draft), form | {"problem": "Steht da"})
    page.post(autosave_of(draft), form | {"problem": "Neu", "gesehen": broken, "fenster": "kaputt"})
    draft.refresh_from_db()
    assert draft.problem == "Steht da"
    assert SideText.objects.get().content["problem"] == "Neu"


def test_after_the_session_ended_nothing_is_called_saved(client: Client, page: Client, draft: Project) -> None:
    form = opened(page, edit_of(draft))
    client.session.flush()
    response = client.post(autosave_of(draft), form | {"problem": "Ungesichert"})
    assert response.status_code == 403
    assert not response.headers["Content-Type"].startswith("application/json")
    draft.refresh_from_db()
    assert draft.problem == ""


# --- Comparing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(world: SimpleNamespace, draft: Project) -> SideText:
    join(draft, world.colleague, "co_author")
    save(draft, world.author, problem="Gespeichert", effort="Alt")
    saved = save_typed(
        project=draft,
        by=world.colleague,
        values={"problem": "Aufgehoben", "effort": "Anders"},
        links={"units": [(world.unit, "both", "misst")]},
        seen={"problem": mark_of("x"), "effort": mark_of("x"), "units": mark_of("x")},
        window=UUID(int=7),
    )
    draft.refresh_from_db()
    return saved.side_text


def read(page: Client, row: SideText) -> dict[str, list[str]]:
    return form_with(page.get(compare_of(row)), "gesehen")


def compare_of(row: SideText) -> str:
    return reverse("submission:compare", args=[row.project_id, row.pk])


def test_both_texts_stand_side_by_side(page: Client, disputed: SideText) -> None:
    html = page.get(compare_of(disputed)).content.decode()
    assert all(text in html for text in ("Gespeichert", "Aufgehoben", "Anders", "erarbeitet und setzt um, misst"))
    assert "checked" not in html


def test_what_is_ticked_is_taken_over_and_what_it_replaced_is_kept(page: Client, disputed: SideText) -> None:
    project = disputed.project
    before = entries(project)
    page.post(compare_of(disputed), read(page, disputed) | {"nehmen": ["problem", "units"]})
    project.refresh_from_db()
    disputed.refresh_from_db()
    assert (project.problem, project.effort) == ("Aufgehoben", "Alt")
    assert project.unit_links.get().task == "misst"
    assert (disputed.state, disputed.replaced["problem"]) == ("taken", "Gespeichert")
    assert entries(project) == before + 1


def test_putting_away_deletes_nothing(page: Client, disputed: SideText) -> None:
    page.post(compare_of(disputed), read(page, disputed))
    disputed.refresh_from_db()
    assert (disputed.state, disputed.content["problem"]) == ("put_away", "Aufgehoben")
    assert "weggelegt" in page.get(compare_of(disputed)).content.decode()
    assert "aufgehoben, über" not in page.get(edit_of(disputed.project)).content.decode()


def test_deciding_on_an_old_state_decides_nothing(page: Client, world: SimpleNamespace, disputed: SideText) -> None:
    seen = read(page, disputed)
    save(disputed.project, world.author, problem="Noch neuer")
    response = page.post(compare_of(disputed), seen | {"nehmen": ["problem"]})
    assert response.status_code == 409
    assert "Noch neuer" in response.content.decode()
    disputed.refresh_from_db()
    assert disputed.state == "open"


def test_a_kept_text_is_for_its_authors(client: Client, world: SimpleNamespace, disputed: SideText) -> None:
    client.force_login(world.stranger)
    assert client.get(compare_of(disputed)).status_code == 404
    other = actions.create_draft(by=world.stranger, title="Eine andere Idee")
    assert client.get(reverse("submission:compare", args=[other.pk, disputed.pk])).status_code == 404
