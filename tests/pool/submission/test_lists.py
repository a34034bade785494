"""My ideas and the pool: what stands there, what the address can ask, what it costs."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pool.lifecycle import Step
from pool.project.models import Project, ProjectMandate, UnitLink
from pool.submission import actions
from tests.factories import join, project_at, taken_over_at, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(world: SimpleNamespace, client: Client) -> Client:
    client.force_login(world.author)
    return client


def titles(client: Client, query: str = "") -> list[str]:
    return [project.title for project in client.get(f"/ideen/pool/{query}").context["page"]]


def many(number: int, world: SimpleNamespace) -> None:
    """Projects that the author wrote, in the pool."""
    template = project_at(Step.POOLED, submitter=world.author, title="Viele 0")
    first = (template.pool_number or 0) + 1
    copies = [
        Project(
            edition=template.edition,
            title=f"Viele {index}",
            short_text="Ein Satz. " * 30,
            lead_unit=template.lead_unit,
            lead_handlungsfeld=template.lead_handlungsfeld,
            step="pooled",
            step_since=template.step_since,
            pool_number=first + index,
            created_by=template.created_by,
            created_at=template.created_at,
        )
        for index in range(number)
    ]
    Project.objects.bulk_create(copies)
    ProjectMandate.objects.bulk_create(
        ProjectMandate(
            project=copy,
            person=copy.created_by,
            role="submitter",
            valid_from=template.step_since,
            source="x",
            granted_by=copy.created_by,
        )
        for copy in copies
    )


def queries_of(client: Client, address: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured), len(response.content)


@pytest.mark.parametrize("address", ["/ideen/", "/ideen/pool/"])
def test_lists_cost_the_same_for_few_and_many(page: Client, world: SimpleNamespace, address: str) -> None:
    many(2, world)
    few, _size = queries_of(page, address)
    many(297, world)
    lots, _size = queries_of(page, address)
    assert few == lots
    assert lots <= 7


def test_fifty_rows_stay_small(page: Client, world: SimpleNamespace) -> None:
    many(60, world)
    assert len(page.get("/ideen/pool/").context["page"]) == 50
    assert queries_of(page, "/ideen/pool/")[1] < 40_000


# --- My ideas -----------------------------------------------------------------------------------------------------


def test_my_ideas_are_mine_and_say_with_whom_they_lie(page: Client, world: SimpleNamespace) -> None:
    returned = project_at(Step.RETURNED, submitter=world.author, title="Kam zurück")
    project_at(Step.SUBMITTED, submitter=world.author, title="Liegt bei der Prüfung")
    project_at(Step.COMPLETED, submitter=world.author, title="Ist fertig")
    running = project_at(Step.RUNNING, submitter=world.stranger, title="Leite ich")
    join(running, world.author, "lead")
    project_at(Step.POOLED, submitter=world.stranger, title="Fremde Idee")
    html = page.get("/ideen/").content.decode()
    assert "Fremde Idee" not in html
    mine, under_way, over = html.split("Wartet auf Sie")[1].split("Unterwegs")[0], html, html.split("Zu Ende")[1]
    assert "Kam zurück" in mine
    assert "Leite ich" in mine
    assert f"/ideen/{returned.pk}/bearbeiten/" in mine
    assert "prüft die fünf Grundkriterien" in under_way
    assert "Ist fertig" in over


def test_who_wrote_until_yesterday_finds_nothing(page: Client, world: SimpleNamespace) -> None:
    project = project_at(Step.SUBMITTED, submitter=world.stranger)
    join(project, world.author, "co_author", last_day=-1)
    assert "Sie haben noch keine Ideen" in page.get("/ideen/").content.decode()


# --- The pool -----------------------------------------------------------------------------------------------------


def test_the_pool_holds_what_was_admitted_or_taken_over_whatever_came_later(
    page: Client, world: SimpleNamespace
) -> None:
    for step in Step:
        project_at(step, title=f"In {step.value}")
    taken_over = taken_over_at(Step.RUNNING)
    actions.create_draft(by=world.author, title="Mein Entwurf")
    outside = {"draft", "submitted", "returned", "rejected", "withdrawn", "merged"}
    found = {title for title in titles(page) if title.startswith("In ")}
    assert found == {f"In {step.value}" for step in Step if step.value not in outside}
    assert taken_over.title in titles(page)
    assert "Mein Entwurf" not in titles(page)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("ämter", ["ÄMTER öffnen"]),
        ("ÖFFNEN", ["ÄMTER öffnen"]),
        ("a\u0308mter", ["ÄMTER öffnen"]),
        ("öffnen ämter", ["ÄMTER öffnen"]),
        ("100%", ["100% digital"]),
        ("%", ["100% digital"]),
        ("_", ["unter_strich"]),
        ("\\", []),
        ("' OR 1=1--", []),
        ("nirgends", []),
    ],
)
def test_search_is_literal_and_knows_umlauts(page: Client, word: str, found: list[str]) -> None:
    for title in ("ÄMTER öffnen", "100% digital", "unter_strich"):
        project_at(Step.POOLED, title=title, short_text="Kurz")
    assert [project.title for project in page.get("/ideen/pool/", {"q": word}).context["page"]] == found


def test_a_very_long_search_is_cut_and_says_so(page: Client) -> None:
    response = page.get("/ideen/pool/", {"q": "%" * 6000})
    assert response.status_code == 200
    assert "Das Suchwort war zu lang" in response.content.decode()


def test_filters_narrow_the_list(page: Client, world: SimpleNamespace) -> None:
    wanted = project_at(Step.ASSESSED, title="Gesucht", lead_unit=unit("amt-67"))
    project_at(Step.POOLED, title="Anders")
    joined = project_at(Step.RUNNING, title="Beteiligt")
    UnitLink.objects.create(project=joined, unit=unit("amt-67"))
    need = wanted.need_links.get().handlungsbedarf_id
    assert titles(page, "?schritt=assessed") == ["Gesucht"]
    assert sorted(titles(page, f"?stelle={unit('amt-67').pk}")) == ["Beteiligt", "Gesucht"]
    assert len(titles(page, f"?bedarf={need}")) == 3
    assert len(titles(page, f"?handlungsfeld={world.field.pk}")) == 3
    assert titles(page, "?sortierung=titel") == ["Anders", "Beteiligt", "Gesucht"]


def test_a_chosen_filter_can_be_taken_away_again(page: Client) -> None:
    project_at(Step.POOLED, title="Eine")
    html = page.get("/ideen/pool/?q=Eine&schritt=pooled").content.decode()
    assert 'href="?schritt=pooled"' in html
    assert "Schritt: im Pool" in html


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?farbe=rot", "Unbekannte Angaben in der Adresse wurden nicht beachtet: farbe."),
        ("?schritt=xyz", "kennt „xyz“ nicht"),
        ("?schritt=draft", "kennt „draft“ nicht"),
        ("?stelle=9999999999999999999999", "kennt"),
        ("?bedarf=abc", "kennt „abc“ nicht"),
        ("?sortierung=password", "Die Sortierung „password“ gibt es nicht."),
        ("?page=0", "Diese Seite gibt es nicht"),
        ("?page=abc", "Diese Seite gibt es nicht"),
        ("?page=" + "9" * 5000, "Diese Seite gibt es nicht"),
        ("?q=%ff%fe", "Kein Vorhaben passt"),
    ],
)
def test_what_the_address_gets_wrong_is_said(page: Client, query: str, words: str) -> None:
    project_at(Step.POOLED)
    response = page.get(f"/ideen/pool/{query}")
    assert response.status_code == 200
    assert words in response.content.decode()


def test_nothing_found_offers_to_show_everything_and_an_empty_pool_says_so(page: Client) -> None:
    assert "Im Pool ist noch nichts." in page.get("/ideen/pool/").content.decode()
    project_at(Step.POOLED)
    assert "Kein Vorhaben passt" in page.get("/ideen/pool/?q=nirgends").content.decode()
