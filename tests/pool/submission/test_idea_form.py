"""The form of an idea as a person meets it: saving, errors, double clicks, two tabs."""

import json
import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pool.lifecycle import Step
from pool.project.models import Project
from pool.submission import actions
from pool.submission.forms import marks_of
from tests.factories import employed_in, project_at, stadtteil, unit, user_with

pytestmark = pytest.mark.django_db
NEW = "/ideen/neu/"


@pytest.fixture
def page(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.author)
    return client


def sent(**values: object) -> dict[str, object]:
    """A form as a browser sends it: nothing filled in but what is named."""
    rows = {
        "stellen-TOTAL_FORMS": 2,
        "stellen-INITIAL_FORMS": 0,
        "partner-TOTAL_FORMS": 1,
        "partner-INITIAL_FORMS": 0,
    }
    return {"title": "Eine Idee", "aktion": "speichern", **rows, **values}


def edit_of(project: Project) -> str:
    return reverse("submission:edit", args=[project.pk])


def stored(project: Project) -> dict[str, object]:
    """The form of a stored project with its version."""
    return sent(title=project.title, version=project.version, gesehen=json.dumps(marks_of(project)))


# --- A new idea ---------------------------------------------------------------------------------------------------


def test_selects_start_empty_and_only_the_own_office_is_filled_in(page: Client, world: SimpleNamespace) -> None:
    form = page.get(NEW).context["form"]
    assert form["lead_unit"].value() == world.unit.pk
    assert [form[name].value() for name in ("lead_handlungsfeld", "funding", "origin", "beneficiary")] == [None] * 4


def test_saving_keeps_everything_and_says_it_is_not_handed_in(page: Client, world: SimpleNamespace) -> None:
    data = sent(
        title="Eine Idee",
        problem="Problem",
        beneficiary="both",
        lead_handlungsfeld=world.field.pk,
        handlungsbedarfe=[world.need.pk],
        lead_unit=world.unit.pk,
        sdgs=[world.sdg.pk],
        funding="open",
        **{
            f"topic_{world.topic.pk}": "Mit Betroffenen",
            "stellen-0-unit": world.unit.pk,
            "stellen-0-part": "both",
            "stellen-0-task": "misst",
            "partner-0-name": "Hochschule",
        },
    )
    response = page.post(NEW, data, follow=True)
    project = Project.objects.get()
    assert response.redirect_chain[-1][0] == edit_of(project)
    assert "noch nicht eingereicht" in response.content.decode()
    assert (project.channel, project.beneficiary, project.lead_handlungsfeld) == ("form", "both", world.field)
    assert project.unit_links.get().task == "misst"
    again = page.get(edit_of(project)).content.decode()
    assert all(text in again for text in ("Problem", "Mit Betroffenen", "misst", "Hochschule"))


def test_where_it_works_is_asked_kept_and_shown(page: Client, world: SimpleNamespace) -> None:
    drais, mombach = stadtteil("Drais"), stadtteil("Mombach")
    assert "Wo wirkt es?" in page.get(NEW).content.decode()
    page.post(NEW, sent(title="Ein Ort", reach=[mombach.pk, drais.pk]))
    project = Project.objects.get()
    assert project.reach_words == "Drais, Mombach"
    again = page.get(edit_of(project)).content.decode()
    assert re.search(rf'value="{drais.pk}"[^>]*checked', again)
    response = page.post(edit_of(project), sent(title="Ein Ort", version=project.version, reach=["citywide", drais.pk]))
    assert response.status_code == 422
    assert "entweder stadtweit oder einzelne" in response.content.decode()
    project.refresh_from_db()
    both = stored(project)
    page.post(edit_of(project), both | {"reach": ["citywide"]})
    assert Project.objects.get().reach_words == "stadtweit"
    overtaken = page.post(edit_of(project), both | {"reach": [drais.pk]})
    html = overtaken.content.decode()
    assert overtaken.status_code == 409
    assert re.search(r"<dt>Wo es wirkt</dt><dd>stadtweit", html)
    compared = page.get(re.search(rf"/ideen/{project.pk}/texte/[^\"]+", html)[0]).content.decode()  # type: ignore[index]
    assert "Drais" in compared
    assert "stadtweit" in compared
    assert Project.objects.get().reach_words == "stadtweit"


def test_without_a_title_nothing_is_saved_and_nothing_is_lost(page: Client) -> None:
    response = page.post(NEW, sent(title=" ", problem="Mein langer Text"))
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fehler: " in html
    assert 'href="#id_title"' in html
    assert html.count("Geben Sie der Idee einen Titel.") == 2
    assert "Mein langer Text" in html
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "x" * 121, "Kürzen Sie den Text auf höchstens 120 Zeichen; es sind 121."),
        ("title", "Titel\x00", "unsichtbares Steuerzeichen"),
        ("title", "\u200b\u2060", "Geben Sie der Idee einen Titel."),
        ("problem", "x" * 4001, "Kürzen Sie den Text auf höchstens 4000 Zeichen"),
        ("problem", "a\x00b", "unsichtbares Steuerzeichen"),
        ("lead_unit", "999999", "Wählen Sie aus der Liste."),
        ("lead_handlungsfeld", "abc", "Wählen Sie aus der Liste."),
        ("handlungsbedarfe", ["999999"], "Wählen Sie aus der Liste."),
        ("sdgs", ["1' OR 1=1"], "Wählen Sie aus der Liste."),
        ("beneficiary", "alle", "Wählen Sie aus der Liste."),
        ("reach", ["999999"], "Wählen Sie aus der Liste."),
        ("stellen-0-unit", "999999", "Wählen Sie aus der Liste."),
        ("stellen-0-task", "nur eine Aufgabe", "Wählen Sie die Stelle zu dieser Zeile"),
        ("partner-0-task", "nur eine Aufgabe", "Nennen Sie den Partner zu dieser Zeile"),
        ("stellen-TOTAL_FORMS", "-1", ""),
        ("stellen-TOTAL_FORMS", "abc", ""),
        ("stellen-TOTAL_FORMS", "1000000000", ""),
    ],
)
def test_bad_input_gets_a_german_message_and_saves_nothing(page: Client, field: str, value: object, words: str) -> None:
    response = page.post(NEW, sent(short_text="Das bleibt stehen", **{field: value}))
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert "Das bleibt stehen" in html
    assert not Project.objects.exists()


def test_a_unit_is_named_once(page: Client, world: SimpleNamespace) -> None:
    response = page.post(NEW, sent(**{"stellen-0-unit": world.unit.pk, "stellen-1-unit": world.unit.pk}))
    assert "Diese Stelle steht schon in einer anderen Zeile." in response.content.decode()
    assert not Project.objects.exists()


def test_extra_fields_move_nothing(page: Client) -> None:
    page.post(NEW, sent(step="pooled", pool_number=1, is_example="on", created_by="x"))
    project = Project.objects.get()
    assert (project.step, project.pool_number, project.is_example) == ("draft", None, False)


def test_a_double_click_makes_one_idea(page: Client) -> None:
    data = sent(form_token=str(uuid4()))
    first, second = page.post(NEW, data), page.post(NEW, data)
    assert first.url == second.url
    assert Project.objects.count() == 1


def test_back_and_sent_again_with_other_words_loses_neither(page: Client) -> None:
    token = str(uuid4())
    page.post(NEW, sent(form_token=token, title="Erste Fassung"))
    response = page.post(NEW, sent(form_token=token, title="Zweite Fassung"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "Erste Fassung" in html
    assert 'value="Zweite Fassung"' in html
    assert Project.objects.get().title == "Erste Fassung"


def test_a_tampered_token_is_no_reason_to_fail(page: Client) -> None:
    assert page.post(NEW, sent(form_token="'; DROP TABLE")).status_code == 302
    assert Project.objects.count() == 1


# --- Going on -----------------------------------------------------------------------------------------------------


def test_the_second_of_two_tabs_is_told_and_keeps_its_text(page: Client, draft: Project) -> None:
    old = stored(draft)
    page.post(edit_of(draft), old | {"title": "Aus dem ersten Fenster"})
    response = page.post(edit_of(draft), old | {"title": "Aus dem zweiten Fenster", "problem": "Mein Text"})
    html = response.content.decode()
    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.title == "Aus dem ersten Fenster"
    assert all(text in html for text in ("Aus dem ersten Fenster", "Aus dem zweiten Fenster", "Mein Text"))
    assert f'name="version" value="{draft.version}"' in html
    page.post(edit_of(draft), stored(draft) | {"title": "Aus dem zweiten Fenster"})
    draft.refresh_from_db()
    assert draft.title == "Aus dem zweiten Fenster"


def test_text_typed_while_the_idea_was_handed_in_stays_to_be_copied(
    page: Client, world: SimpleNamespace, full: dict[str, object]
) -> None:
    project = actions.create_draft(by=world.author, **full)
    data = stored(project) | {"problem": "Späte Ergänzung"}
    actions.submit(project=project, by=world.author)
    response = page.post(edit_of(project), data)
    html = response.content.decode()
    assert response.status_code == 409
    assert "lässt sich nicht mehr bearbeiten" in html
    assert "Späte Ergänzung" in html
    assert 'value="pruefen"' not in html


def test_a_row_can_be_taken_out_again(page: Client, world: SimpleNamespace, draft: Project) -> None:
    actions.edit_text(project=draft, by=world.author, version=None, values={}, units=[(world.unit, "both", "misst")])
    rows = {
        "stellen-INITIAL_FORMS": 1,
        "stellen-0-unit": world.unit.pk,
        "stellen-0-part": "both",
        "stellen-0-task": "misst",
        "stellen-0-DELETE": "on",
    }
    page.post(edit_of(draft), stored(draft) | rows)
    assert not draft.unit_links.exists()


def test_saving_for_another_row_comes_back_to_the_rows(page: Client, draft: Project) -> None:
    response = page.post(edit_of(draft), stored(draft) | {"aktion": "zeile"})
    assert response.url == f"{edit_of(draft)}#mitwirkung"


def test_what_the_database_refuses_is_said_on_the_page(page: Client, world: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=world.author)
    response = page.post(edit_of(project), stored(project) | {"problem": "Mein Text"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "Es fehlen Kurztext, federführende Stelle oder Handlungsfeld." in html
    assert "Mein Text" in html


def test_why_it_came_back_stands_above_the_form(page: Client, world: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=world.author)
    assert "Grund für den Test" in page.get(edit_of(project)).content.decode()


def test_strangers_find_no_draft_and_readers_do_not_write(
    client: Client, world: SimpleNamespace, draft: Project
) -> None:
    client.force_login(world.stranger)
    assert client.get(edit_of(draft)).status_code == 404
    assert client.post(edit_of(draft), stored(draft)).status_code == 404
    pooled = project_at(Step.POOLED, submitter=world.author)
    assert client.get(edit_of(pooled)).status_code == 403
    assert client.post(edit_of(pooled), stored(pooled)).status_code == 403


# --- Checking and handing in --------------------------------------------------------------------------------------


def check_of(project: Project) -> str:
    return reverse("submission:check", args=[project.pk])


def test_what_is_missing_is_said_in_words_with_a_way_to_it(page: Client, draft: Project) -> None:
    html = page.get(check_of(draft)).content.decode()
    assert "Zum Einreichen fehlen noch 7 Angaben" in html
    assert f'{edit_of(draft)}#div_id_problem">welches Problem gelöst wird' in html
    assert "Idee einreichen" not in html


def test_an_incomplete_idea_is_not_handed_in_past_the_page(page: Client, draft: Project) -> None:
    response = page.post(check_of(draft), {"version": draft.version})
    assert response.status_code == 422
    assert "Es fehlt noch: ein Kurztext" in response.content.decode()
    draft.refresh_from_db()
    assert draft.step == "draft"


def test_handing_in_ends_on_a_page_that_says_what_comes_next(
    page: Client, world: SimpleNamespace, full: dict[str, object]
) -> None:
    project = actions.create_draft(by=world.author, **full)
    html = page.get(check_of(project)).content.decode()
    assert "Es ist noch kein Handlungsbedarf verknüpft." in html
    response = page.post(check_of(project), {"version": project.version}, follow=True)
    said = response.content.decode()
    assert "Ihre Idee ist angekommen" in said
    assert str(project.pk)[:8].upper() in said
    again = page.post(check_of(project), {"version": project.version})
    assert again.url == reverse("submission:submitted", args=[project.pk])
    assert project.text_versions.count() == 1


def test_who_looked_at_an_older_state_checks_again(
    page: Client, world: SimpleNamespace, full: dict[str, object]
) -> None:
    project = actions.create_draft(by=world.author, **full)
    seen = project.version
    actions.edit_text(project=project, by=world.author, version=seen, values={"title": "Inzwischen anders"})
    response = page.post(check_of(project), {"version": seen})
    assert response.status_code == 409
    assert "Inzwischen anders" in response.content.decode()
    project.refresh_from_db()
    assert project.step == "draft"


def test_pages_refuse_other_methods_and_other_people(client: Client, world: SimpleNamespace, draft: Project) -> None:
    outsider = user_with(employed_in(unit("amt-42"), last_day=-1))
    for address in ("/ideen/", "/ideen/pool/", NEW, edit_of(draft)):
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(outsider)
        assert client.get(address).status_code == 403
        client.force_login(world.author)
        assert client.put(address).status_code == 405
    for address in ("/ideen/", "/ideen/pool/", reverse("submission:submitted", args=[draft.pk])):
        assert client.post(address).status_code == 405
