"""SEC-10, SEC-11: a modern password rule; a reset that tells nobody who has an account."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from governance.mandates.rules import Role
from governance.messages import delivery
from governance.messages.actions import queue_password_mail
from governance.messages.http import AnsweredFirst
from governance.messages.models import Mail
from governance.messages.rules import MailState
from governance.record import clock
from tests.governance.organisation.conftest import PASSWORD

NEW = "Gonsbach-Zitadelle-27"


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    """No test waits because the mail server of another did not answer."""
    monkeypatch.setattr(delivery._Rest, "until", 0.0)


@pytest.fixture
def erika(employ):
    return employ("erika", Role.EMPLOYEE)


def ask(client):
    return client.post("/konto/passwort-vergessen/", {"email": "erika@example.org"})


def change(client, new: str, old: str = PASSWORD):
    sent = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/konto/passwort/", sent)


@pytest.mark.parametrize("weak", ["elf-zeichen", "123456789012345", "password1234", "1q2w3e4r5t6y", "professional"])
def test_sec11_a_weak_password_is_refused(client, erika, weak):
    client.force_login(erika)
    response = change(client, weak)
    assert response.status_code == 200
    assert "Fehler: " in response.content.decode()
    erika.refresh_from_db()
    assert erika.check_password(PASSWORD)


@pytest.mark.parametrize("good", [NEW, "nur kleine worte hier", "x" * 20 + "Lang" * 16])
def test_sec11_long_passwords_without_composition_rules_are_taken(client, erika, good):
    client.force_login(erika)
    assert change(client, good).status_code == 302
    erika.refresh_from_db()
    assert erika.check_password(good)


def test_the_old_password_is_asked_for(client, erika):
    client.force_login(erika)
    assert change(client, NEW, old="falsch-falsch").status_code == 200


def test_sec10_the_reset_page_reads_the_same_for_everyone(client, erika):
    known = client.post("/konto/passwort-vergessen/", {"email": "erika@example.org"}, follow=True)
    unknown = client.post("/konto/passwort-vergessen/", {"email": "niemand@example.org"}, follow=True)
    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_a_link_by_mail_sets_a_new_password_once(client, erika, settings):
    settings.PORTAL_ADDRESS = "https://mainzdigital.mainz.de"
    client.post("/konto/passwort-vergessen/", {"email": "erika@example.org"}, headers={"host": "localhost"})
    text = mail.outbox[0].body
    address = re.search(r"https://mainzdigital\.mainz\.de(/konto/\S+)", text)
    assert address, text
    page = client.get(address[1], follow=True)
    form = page.redirect_chain[-1][0]
    assert client.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
    erika.refresh_from_db()
    assert erika.check_password(NEW)
    assert "Der Link gilt nicht mehr" in client.get(address[1], follow=True).content.decode()


def test_sec23_a_demo_account_gets_no_link_on_a_real_portal(client, employ, settings):
    settings.DEMO = False
    employ("cdo", Role.CDO, is_demo=True)
    client.post("/konto/passwort-vergessen/", {"email": "cdo@example.org"})
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["a\nBcc: x@example.org", "kein-at", "a\x00@example.org", "a" * 400 + "@example.org"])
def test_input70_an_odd_address_is_an_error_at_its_field(client, db, email):
    response = client.post("/konto/passwort-vergessen/", {"email": email})
    assert response.status_code == 200
    assert "error-box" in response.content.decode()
    assert mail.outbox == []


def test_rel07_a_dead_mail_server_hurts_nobody_and_the_link_comes_later(client, erika, settings):
    alive = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(client).status_code == 302
    assert Mail.objects.get().state == MailState.QUEUED
    settings.EMAIL_BACKEND = alive
    assert delivery.deliver().sent == 1
    assert "http://127.0.0.1:8000/konto/" in mail.outbox[0].body


def test_asking_again_at_once_sends_no_second_mail_but_later_does(client, erika):
    for _time in range(3):
        ask(client)
    assert len(mail.outbox) == 1
    with clock.played(clock.now() + timedelta(minutes=6)):
        ask(client)
    assert len(mail.outbox) == 2


def test_after_an_hour_nobody_waits_for_a_link(erika):
    queue_password_mail(account=erika)
    with clock.played(clock.now() + timedelta(minutes=61)):
        assert delivery.deliver().dropped == 1
    assert mail.outbox == []
    assert Mail.objects.get().problem == "Nach einer Stunde wartet niemand mehr darauf"


def test_no_link_stands_in_the_database(erika):
    queue_password_mail(account=erika)
    kept = " ".join(str(value) for value in Mail.objects.values_list().get())
    assert str(erika.pk) not in kept.split()
    assert "/konto/" not in kept


def test_sec10_mails_are_tried_only_once_the_answer_is_out(db, monkeypatch):
    tried = []
    monkeypatch.setattr("governance.messages.delivery.try_once", lambda: tried.append(True))
    answer = AnsweredFirst("/")
    assert not tried
    answer.close()
    assert tried
    assert answer.closed


def test_what_goes_wrong_after_the_answer_is_logged(db, monkeypatch, caplog):
    def break_down() -> None:
        raise OSError

    monkeypatch.setattr("governance.messages.delivery.try_once", break_down)
    answer = AnsweredFirst("/")
    answer.close()
    assert answer.closed
    assert "event=mails_not_tried" in caplog.text
