"""SEC-09: ten wrong tries in a quarter of an hour, then the door stays shut, but not for the owner for long."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from governance.mandates.rules import Role
from tests.governance.organisation.conftest import PASSWORD


@pytest.fixture
def erika(employ):
    return employ("erika", Role.EMPLOYEE)


def sign_in(client: Client, password: str, username: str = "erika", **extra):
    return client.post("/konto/login/", {"username": username, "password": password}, **extra)


def fail(times: int, **extra) -> list[int]:
    return [sign_in(Client(), "falsch-falsch-falsch", **extra).status_code for _ in range(times)]


def test_sec09_the_tenth_wrong_try_shuts_the_door(client, erika):
    assert fail(10) == [200] * 9 + [429]
    response = sign_in(client, PASSWORD)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "900"
    assert "15 Minuten" in response.content.decode()
    assert "<h1>Zu viele Versuche</h1>" in response.content.decode()


def test_sec09_a_forged_address_does_not_open_it(client, erika):
    fail(10)
    assert sign_in(client, PASSWORD, headers={"x-forwarded-for": "10.1.2.3"}).status_code == 429


def test_sec09_the_owner_elsewhere_and_other_accounts_are_not_shut_out(client, erika, employ):
    employ("otto", Role.EMPLOYEE)
    fail(10)
    assert sign_in(Client(), PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert sign_in(Client(), PASSWORD, username="otto").status_code == 302


def test_sec09_the_owner_is_in_again_after_a_quarter_of_an_hour(client, erika):
    fail(10)
    assert sign_in(client, PASSWORD).status_code == 429
    past = timezone.now() - timedelta(minutes=15, seconds=1)
    AccessAttempt.objects.update(attempt_time=past)
    assert sign_in(client, PASSWORD).status_code == 302


def test_sec09_a_right_password_forgives_the_wrong_ones(client, erika):
    fail(9)
    assert sign_in(client, PASSWORD).status_code == 302
    assert fail(9) == [200] * 9


def test_the_counter_keeps_no_address_and_no_password(erika):
    fail(2, REMOTE_ADDR="192.0.2.7")
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 2
    assert attempt.ip_address.startswith("fd")
    assert "falsch" not in f"{attempt.post_data}{attempt.get_data}"


def test_sec26_sign_in_and_wrong_tries_are_logged_without_names(client, erika, caplog):
    caplog.set_level("INFO", logger="portal.security")
    sign_in(client, "falsch-falsch-falsch")
    sign_in(client, PASSWORD)
    client.post("/konto/logout/")
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.security"]
    assert [line.split()[0] for line in lines] == ["event=sign_in_failed", "event=signed_in", "event=signed_out"]
    for line in lines:
        assert "erika" not in line
        assert "127.0.0.1" not in line
        assert "falsch" not in line
