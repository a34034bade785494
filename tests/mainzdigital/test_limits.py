"""SEC-19: costly addresses answer 429 above a generous limit; normal reading never meets it, and no address is kept."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from governance.organisation.backends import hashed_address
from governance.record import clock
from mainzdigital.limits import DATA_NAMESPACE, MAILING, NOT_COUNTED, OF_ACCOUNTS, SEARCHED, SENT
from pool.participation import counting, rules
from pool.participation.counting import Tally, seconds_to_wait_reading, tally
from pool.participation.models import Arrival
from tests.factories import edition_2022, employed_in, unit, user_with

pytestmark = pytest.mark.django_db
LIST, DATA = "/projekte/?q=rad", "/offene-daten/projekte.json"


@pytest.fixture
def tight(monkeypatch) -> None:
    """Limits that a test reaches: five requests, told to the database one by one."""
    few = {name: rules.Limit(per_sender=5) for name in rules.LIMITS}
    monkeypatch.setattr(counting, "LIMITS", few)
    edition_2022()


def test_above_the_limit_a_page_says_when_it_goes_on(client, tight, at):
    with at("2026-03-02 10:04"):
        assert [client.get(LIST).status_code for _number in range(6)] == [200] * 5 + [429]
        refused = client.get("/en/projekte/?stand=in-umsetzung")
        assert refused.status_code == 429, "both languages are one limit"
        assert refused.headers["Retry-After"] == "361"
        assert "In 7 Minuten" in refused.content.decode()
        assert not refused.cookies
        for open_still in ("/", "/projekte/", "/projekte/?page=2"):
            assert client.get(open_still).status_code == 200, "reading goes on"
    with at("2026-03-02 10:10"):
        assert client.get(LIST).status_code == 200


def test_no_search_hides_where_nothing_is_counted(client, tight, at):
    """The page about open data is never limited, so it must not search, whatever stands in its address."""
    told = {}
    with at("2026-03-02 10:04"):
        for address in ("/offene-daten/", "/offene-daten/?q=rad+weg&stand=in-umsetzung"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            told[address] = [query["sql"] for query in captured]
    plain, asked = told.values()
    assert asked == plain


def test_a_program_is_told_in_json_and_may_read_how_long(client, tight):
    for _number in range(5):
        assert client.get(DATA).status_code == 200
    refused = client.get(DATA)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 601
    assert "geht es weiter" in refused.json()["hinweise"][0]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/projekte/feed/").status_code == 429
    assert client.get("/robots.txt").status_code == 200


def test_who_was_over_the_limit_of_a_window_that_has_ended_reads_on():
    counter, first = Tally(), clock.now()
    counter.add("a", first, rules.Limit(per_sender=5))
    then = first + timedelta(minutes=10)
    counter.add("b", then, rules.Limit(per_sender=5))
    counter.note_over("a", first)
    assert not counter.is_over("a", then)


def test_senders_are_told_apart_by_their_network(client, tight):
    for host in range(5):
        assert client.get(LIST, REMOTE_ADDR=f"2001:db8:1:10ff::{host + 1}").status_code == 200
    assert client.get(LIST, REMOTE_ADDR="2001:db8:1:1000::9").status_code == 429
    assert client.get(LIST, REMOTE_ADDR="2001:db8:1:1100::9").status_code == 200
    assert client.get(LIST, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_a_forwarded_address_counts_only_behind_an_own_proxy(client, tight, settings):
    for number in range(5):
        client.get(LIST, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert client.get(LIST, headers={"X-Forwarded-For": "203.0.113.99"}).status_code == 429
    settings.TRUST_PROXY = True
    assert client.get(LIST, headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.99"}).status_code == 200


def test_processes_share_one_count(tight, monkeypatch):
    others = [Tally(), Tally()]
    answers = []
    for number in range(8):
        monkeypatch.setattr(counting, "tally", others[number % 2])
        answers.append(seconds_to_wait_reading(purpose="search", sender="a") > 0)
    assert answers == [False] * 5 + [True] * 3


def test_nothing_of_an_address_is_kept_and_its_hash_is_another_one_every_day(client, tight, at):
    for day in ("2026-03-02", "2026-03-03"):
        with at(f"{day} 10:00"):
            client.get(LIST, REMOTE_ADDR="203.0.113.7")
    kept = list(Arrival.objects.values_list("sender", flat=True))
    assert len(set(kept)) == 2
    told = hashed_address(RequestFactory().get("/", REMOTE_ADDR="203.0.113.7"))
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in kept)
    assert "203.0.113.7" not in f"{kept}{vars(tally)}"
    assert told not in f"{kept}{vars(tally)}"


def test_reading_costs_no_query_and_a_quick_reader_never_meets_the_limit(client):
    edition_2022()
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    assert not [query for query in asked if "arrival" in query["sql"]]
    answers = {seconds_to_wait_reading(purpose="search", sender="reader") for _click in range(600)}
    assert answers == {0}, "one click a second for ten minutes"
    pages = {seconds_to_wait_reading(purpose="data", sender="harvester") for _page in range(500)}
    assert pages == {0}, "ten thousand projects, twenty a page"
    assert Arrival.objects.count() == 2


def test_a_database_that_cannot_be_written_to_hinders_nobody(client, tight, monkeypatch):
    def fail(*args: object) -> int:
        raise OperationalError("readonly database")

    monkeypatch.setattr(counting, "_count", fail)
    assert client.get(LIST).status_code == 200


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(counting, "MOST_SENDERS", 10)
    mine, now = Tally(), clock.now()
    for number in range(100):
        mine.add(f"sender {number}", now, rules.Limit(per_sender=20))
    assert len(mine._numbers) <= 10


def test_what_is_taken_away_with_an_account_counts_by_the_account(tight):
    one, two = (user_with(employed_in(unit())) for _each in range(2))
    browser, other = Client(), Client()
    browser.force_login(one)
    other.force_login(two)
    assert [browser.get("/ideen/liste.csv").status_code for _number in range(6)] == [200] * 5 + [429]
    assert other.get("/ideen/liste.csv").status_code == 200
    for _number in range(6):
        assert browser.get("/ideen/neu/").status_code == 200, "only what is sent counts"
    sent = [browser.post("/ideen/neu/", {"title": "Mein langer Titel"}).status_code for _number in range(6)]
    assert 429 not in sent[:5]
    assert sent[5] == 429
    assert "Mein langer Titel" in browser.post("/ideen/neu/", {"title": "Mein langer Titel"}).content.decode()


def test_nobody_has_mails_for_a_new_password_sent_without_end(client, tight):
    address = "/konto/passwort-vergessen/"
    sent = [client.post(address, {"email": f"person{number}@example.org"}).status_code for number in range(6)]
    assert sent == [302] * 5 + [429]
    assert client.get(address).status_code == 200


def test_every_name_of_a_limit_is_there_and_all_open_data_are_limited():
    names = set()

    def walk(patterns, namespace: str = "") -> None:
        for each in patterns:
            if hasattr(each, "url_patterns"):
                walk(each.url_patterns, each.namespace or namespace)
            elif each.name:
                names.add(f"{namespace}:{each.name}" if namespace else each.name)

    walk(get_resolver().url_patterns)
    assert {*SEARCHED, *OF_ACCOUNTS, *SENT, *MAILING, *NOT_COUNTED} <= names
    files = {name for name in names if name.startswith(("exchange:", "attachments:"))}
    pages = {"exchange:meeting_pack", "exchange:make_pack", "attachments:page", "attachments:remove"}
    assert files - {*OF_ACCOUNTS, *SENT} == pages | {"exchange:idea_template"}
    assert any(name.startswith(f"{DATA_NAMESPACE}:") for name in names)


def test_counters_go_by_rule(tight, client):
    client.get(LIST)
    with clock.played(clock.now() + timedelta(days=2)):
        from governance.retention import apply

        apply(now=clock.now(), for_real=True)
    assert not Arrival.objects.exists()
