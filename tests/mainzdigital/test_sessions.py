"""SEC-08: a session ends with its reason, when idle for three hours, and after twelve hours in any case."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.record import clock

PASSWORD = "Kirschgarten-Augustiner"


@pytest.fixture
def start():
    return timezone.now()


@pytest.fixture
def signed_in(client, person, start) -> Client:
    with clock.played(start):
        assert client.post("/konto/login/", {"username": "erika", "password": PASSWORD}).status_code == 302
    return client


def opens(client: Client, at) -> bool:
    with clock.played(at):
        return client.get("/konto/passwort/").status_code == 200


def test_sec08_three_idle_hours_end_the_session(signed_in, start):
    assert opens(signed_in, start + timedelta(hours=2, minutes=59))
    assert not opens(signed_in, start + timedelta(hours=6))


def test_sec08_activity_keeps_it_but_never_beyond_twelve_hours(signed_in, start):
    for hours in (2, 4, 6, 8, 10, 11.9):
        assert opens(signed_in, start + timedelta(hours=hours)), hours
    assert not opens(signed_in, start + timedelta(hours=12, minutes=1))
    assert not opens(signed_in, start)


def test_a_page_writes_to_the_session_at_most_every_five_minutes(signed_in, start):
    with (
        clock.played(start + timedelta(minutes=4)),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        signed_in.get("/konto/passwort/")
    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "SAVEPOINT", "BEGIN"))]
    with clock.played(start + timedelta(minutes=6)), CaptureQueriesContext(connection) as queries:
        signed_in.get("/konto/passwort/")
    assert [query for query in queries if query["sql"].startswith("UPDATE")]


def test_sec08_the_key_changes_at_sign_in_and_the_old_one_is_dead(client, person, settings):
    client.force_login(person)
    old = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/konto/logout/")
    assert not Session.objects.filter(session_key=old).exists()
    client.post("/konto/login/", {"username": "erika", "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != old


def test_sec08_a_password_change_ends_the_other_sessions(signed_in, person, start):
    other = Client()
    other.force_login(person)
    new = "Gonsbach-Zitadelle-27"
    with clock.played(start):
        sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert signed_in.post("/konto/passwort/", sent).status_code == 302
    assert opens(signed_in, start)
    assert other.get("/konto/passwort/").status_code == 302


def test_sec08_a_closed_account_is_out_at_the_next_request(signed_in, person, start):
    person.is_active = False
    person.save()
    assert not opens(signed_in, start)


def test_the_session_cookie_ends_with_the_browser(signed_in, settings):
    assert not signed_in.cookies[settings.SESSION_COOKIE_NAME]["max-age"]
