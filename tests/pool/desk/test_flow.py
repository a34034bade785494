"""Working through the filtered queue: save and next, skip, progress, straight from the gate to the rating."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.record import clock
from pool.project.models import Project
from tests.factories import five, handlungsfeld, join, project_at, unit
from tests.pool.desk.test_rating_page import COMPLETE

LIST = "/admin/pool/project/"
ALL_YES = {f"answer_{code}": answer for code, answer in five("yes").items()} | {"beneficiary": "both"}


@pytest.fixture
def queue(db):
    """Three ideas of one field at the gate, the oldest first, and one of another field between them."""
    projects = [project_at("submitted", title=f"Idee {number}") for number in (1, 2, 3)]
    other = project_at("submitted", title="Anderes Feld", field=handlungsfeld("BZ"))
    for project, days in ((projects[0], 9), (projects[1], 7), (other, 6), (projects[2], 5)):
        Project.objects.filter(pk=project.pk).update(step_since=clock.today() - timedelta(days=days))
    return projects


def where(response) -> tuple[str, str, str]:
    """Return the page that a redirect leads to, and the place in the list that it names."""
    parts = urlsplit(response.headers["Location"])
    query = parse_qs(parts.query)
    return parts.path, query.get("nr", [""])[0], query.get("von", [""])[0]


def test_the_list_leads_to_its_first_and_on_in_its_own_order(desk, queue, page):
    query = "reihe=handlungsfeld%3Dfeld-dv%26wartet%3Dpruefung"
    begun = desk.get(f"{LIST}reihe/?{query}")
    assert where(begun) == (page(queue[0], "pruefung"), "1", "3")
    text = desk.get(begun.headers["Location"]).content.decode()
    assert "<strong>1 von 3</strong>" in text
    saved = desk.post(begun.headers["Location"], {"version": 1, "answer_nutzen": "open", "answer_vernetzung": "no",
                                                  "reason_vernetzung": "Nur ein Amt.", "tun": "naechste"})  # fmt: skip
    assert where(saved) == (page(queue[1], "pruefung"), "2", "3")
    skip = desk.get(saved.headers["Location"]).context["flow"].next_address
    assert where(_Redirect(skip)) == (page(queue[2], "pruefung"), "3", "3")
    last = desk.get(skip).context["flow"]
    assert last.is_last
    assert last.next_address == f"{LIST}?handlungsfeld=feld-dv&wartet=pruefung"


class _Redirect:
    def __init__(self, address: str) -> None:
        self.headers = {"Location": address}


def test_admitting_leads_to_the_rating_of_the_same_idea_and_then_to_the_next(desk, queue, page):
    first = desk.get(f"{LIST}reihe/?reihe=wartet%3Dpruefung").headers["Location"]
    admitted = desk.post(first, ALL_YES | {"version": 1, "tun": "aufnehmen"})
    assert where(admitted) == (page(queue[0], "bewertung"), "1", "4")
    queue[0].refresh_from_db()
    assert queue[0].step == "pooled"
    rated = desk.post(admitted.headers["Location"], COMPLETE | {"version": queue[0].version, "tun": "festschreiben"})
    assert where(rated) == (page(queue[1], "pruefung"), "2", "4")


def test_what_cannot_be_admitted_is_not_answered_either(desk, queue, page):
    sent = ALL_YES | {"version": 1, "tun": "aufnehmen", "answer_vernetzung": "open"}
    response = desk.post(page(queue[0], "pruefung"), sent)
    assert response.status_code == 422
    queue[0].refresh_from_db()
    assert queue[0].step == "submitted"
    assert not queue[0].gate_rounds.exists()


def test_giving_back_leads_on_to_the_next(desk, queue, page):
    first = desk.get(f"{LIST}reihe/?reihe=wartet%3Dpruefung").headers["Location"]
    noes = ALL_YES | {"version": 1, "answer_vernetzung": "no", "reason_vernetzung": "Nur ein Amt."}
    there = desk.post(first, noes, follow=True)
    address = page(queue[0], "zurueckgeben") + "?" + there.context["flow"].query
    queue[0].refresh_from_db()
    sent = {"version": queue[0].version, "reason": "Bitte ein zweites Amt.", "remind_on": "24.12.2099"}
    sent["seen"] = desk.post(address, sent).context["form"]["seen"].value()
    assert where(desk.post(address, sent)) == (page(queue[1], "pruefung"), "2", "4")


def test_own_ideas_are_left_out_and_an_empty_list_says_so(desk, cdo, page):
    project_at("submitted", submitter=cdo)
    response = desk.get(f"{LIST}reihe/?reihe=wartet%3Dpruefung", follow=True)
    assert "wartet nichts auf Ihre Prüfung" in response.content.decode()


@pytest.mark.parametrize("query", ["reihe=", "reihe=o%3Dx%26q%3D%2500", "reihe=schritt%3Dxx&nr=0&von=x&dann=1"])
def test_a_broken_place_in_a_list_is_harmless(desk, queue, page, query):
    assert desk.get(f"{page(queue[1], 'pruefung')}?{query}").status_code == 200


def test_a_page_in_a_list_costs_the_same_for_few_and_for_many(desk, queue, page):
    address = f"{page(queue[0], 'pruefung')}?reihe=wartet%3Dpruefung"
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    for number in range(8):
        project_at("submitted", lead_unit=unit(f"amt-1{number}"))
    with CaptureQueriesContext(connection) as many:
        desk.get(address)
    assert len(few) == len(many)


def test_what_somebody_else_judges_is_left_out_and_said(desk, cdo, queue, page):
    join(queue[0], cdo, "co_author")
    begun = desk.get(f"{LIST}reihe/?reihe=handlungsfeld%3Dfeld-dv%26wartet%3Dpruefung")
    assert where(begun) == (page(queue[1], "pruefung"), "1", "2")
    said = desk.get(begun.headers["Location"]).content.decode()
    assert "Ein Vorhaben dieser Liste kommt nicht dran: Darüber urteilt jemand anderes." in said
