"""The pages of acts below the casefile: consequences first, then the act, and nothing typed is lost."""

from types import SimpleNamespace

import pytest
from django.test import Client

from pool.lifecycle import Step
from pool.project.models import Project
from tests.factories import employed_in, join, project_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        author=user_with(employed_in(unit("amt-61")), username="autorin"),
        lead=user_with(employed_in(unit("amt-60")), username="leitung"),
        colleague=user_with(employed_in(unit("amt-50")), username="kollege", email="Kollege@example.org"),
    )


@pytest.fixture
def act(client: Client, people: SimpleNamespace):
    """Send an act's form as a person: `act(project, "zurueckziehen", people.author, reason="…")`."""

    def send(project: Project, page: str, person: object, **values: object):
        client.force_login(person)
        project.refresh_from_db()
        return client.post(f"/ideen/{project.pk}/{page}/", {"version": project.version} | values, follow=True)

    return send


def stands(project: Project) -> str:
    project.refresh_from_db()
    return project.step


# --- Withdrawing --------------------------------------------------------------------------------------------------


def test_before_withdrawing_the_page_says_what_follows(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.ASSESSED, submitter=people.author)
    client.force_login(people.author)
    html = client.get(f"/ideen/{project.pk}/zurueckziehen/").content.decode()
    assert "Das lässt sich nicht rückgängig machen." in html
    assert "nicht mehr in der Rangliste" in html
    assert stands(project) == "assessed"


def test_an_idea_before_the_pool_is_withdrawn_without_a_reason(people: SimpleNamespace, act) -> None:
    project = project_at(Step.SUBMITTED, submitter=people.author)
    response = act(project, "zurueckziehen", people.author)
    assert "Die Idee ist zurückgezogen." in response.content.decode()
    assert stands(project) == "withdrawn"


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b\u2060"])
def test_from_the_pool_on_it_takes_a_reason(people: SimpleNamespace, act, nothing: str) -> None:
    project = project_at(Step.POOLED, submitter=people.author)
    response = act(project, "zurueckziehen", people.author, reason=nothing)
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fehler: " in html
    assert "Schreiben Sie eine Begründung." in html
    assert stands(project) == "pooled"
    act(project, "zurueckziehen", people.author, reason="Wird anders gelöst")
    assert (stands(project), project.transitions.last().reason) == ("withdrawn", "Wird anders gelöst")


@pytest.mark.parametrize(("reason", "words"), [("x" * 4001, "Kürzen Sie den Text"), ("a\x00b", "Steuerzeichen")])
def test_a_bad_reason_is_named_and_kept(people: SimpleNamespace, act, reason: str, words: str) -> None:
    project = project_at(Step.POOLED, submitter=people.author)
    response = act(project, "zurueckziehen", people.author, reason=reason)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert stands(project) == "pooled"


def test_a_stale_click_keeps_the_reason_and_withdraws_nothing(people: SimpleNamespace, act) -> None:
    project = project_at(Step.POOLED, submitter=people.author)
    response = act(project, "zurueckziehen", people.author, reason="Mein Grund", version=0)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Mein Grund" in html
    assert f'name="version" value="{project.version}"' in html
    assert stands(project) == "pooled"


def test_a_click_too_late_finds_no_button(people: SimpleNamespace, act) -> None:
    project = project_at(Step.SUBMITTED, submitter=people.author)
    seen = project.version
    act(project, "zurueckziehen", people.author)
    response = act(project, "zurueckziehen", people.author, version=seen)
    assert response.status_code == 409
    assert "Idee zurückziehen</button>" not in response.content.decode()
    assert project.transitions.filter(act="withdraw").count() == 1


def test_co_authors_and_strangers_do_not_withdraw(people: SimpleNamespace, act) -> None:
    project = project_at(Step.POOLED, submitter=people.author)
    join(project, people.lead, "co_author")
    for person in (people.lead, people.colleague):
        assert act(project, "zurueckziehen", person, reason="Grund").status_code == 403
    assert stands(project) == "pooled"


# --- Beginning, proposing completion ------------------------------------------------------------------------------


def test_the_projektleitung_begins_and_proposes_completion(client: Client, people: SimpleNamespace, act) -> None:
    project = project_at(Step.COMMISSIONED)
    join(project, people.lead, "lead")
    client.force_login(people.lead)
    assert "kein Auftrag und keine Freigabe von Geld" in client.get(f"/ideen/{project.pk}/beginnen/").content.decode()
    act(project, "beginnen", people.lead)
    assert stands(project) == "running"
    refused = act(project, "abschluss-vorschlagen", people.lead, result=" ", learnt="Früher fragen")
    assert refused.status_code == 422
    assert "Nennen Sie das Ergebnis." in refused.content.decode()
    assert "Früher fragen" in refused.content.decode()
    done = act(project, "abschluss-vorschlagen", people.lead, result="Es läuft", in_operation="on")
    assert "Der Abschluss ist vorgeschlagen." in done.content.decode()
    proposal = project.completion_proposals.get(is_current=True)
    assert (proposal.result, proposal.in_operation, stands(project)) == ("Es läuft", True, "running")


def test_others_neither_begin_nor_propose(people: SimpleNamespace, act) -> None:
    commissioned, running = project_at(Step.COMMISSIONED), project_at(Step.RUNNING)
    assert act(commissioned, "beginnen", people.colleague).status_code == 403
    assert act(running, "abschluss-vorschlagen", people.colleague, result="Fertig").status_code == 403
    assert (stands(commissioned), running.completion_proposals.count()) == ("commissioned", 0)


# --- Writing along ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["kollege", "kollege@EXAMPLE.org"])
def test_a_colleague_is_named_by_account_or_mail(people: SimpleNamespace, act, typed: str) -> None:
    project = project_at(Step.DRAFT, submitter=people.author)
    act(project, "mitautor", people.author, colleague=typed)
    assert project.mandates.filter(role="co_author", person__person__user=people.colleague).exists()


def test_unknown_and_former_colleagues_get_the_same_answer(people: SimpleNamespace, act) -> None:
    user_with(employed_in(unit("amt-42"), last_day=-1), username="ehemalig")
    project = project_at(Step.DRAFT, submitter=people.author)
    for typed in ("niemand", "ehemalig", "autorin\x00"):
        response = act(project, "mitautor", people.author, colleague=typed)
        assert response.status_code == 422
    assert (
        "heute niemand im Konzern Stadt Mainz beschäftigt"
        in act(project, "mitautor", people.author, colleague="ehemalig").content.decode()
    )
    assert project.mandates.filter(role="co_author").count() == 0


def test_what_the_act_refuses_is_said_on_the_page(people: SimpleNamespace, act) -> None:
    project = project_at(Step.DRAFT, submitter=people.author)
    response = act(project, "mitautor", people.author, colleague="autorin")
    assert response.status_code == 422
    assert "schreibt schon mit" in response.content.decode()


@pytest.mark.parametrize("page", ["zurueckziehen", "beginnen", "abschluss-vorschlagen", "mitautor"])
def test_looking_changes_nothing_and_other_methods_are_refused(
    client: Client, people: SimpleNamespace, page: str
) -> None:
    project = project_at(Step.DRAFT, submitter=people.author)
    client.force_login(people.author)
    before = project.version
    client.get(f"/ideen/{project.pk}/{page}/")
    client.head(f"/ideen/{project.pk}/{page}/")
    assert client.put(f"/ideen/{project.pk}/{page}/").status_code == 405
    assert client.post(f"/ideen/{project.pk}/").status_code == 405
    project.refresh_from_db()
    assert project.version == before


def test_addresses_that_lead_nowhere_are_not_found(client: Client, people: SimpleNamespace) -> None:
    client.force_login(people.author)
    assert client.get("/ideen/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.get("/ideen/abc/").status_code == 404
