"""Following by mail: asked first, told once of each change, gone with one click."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command

from governance.models import Handlungsfeld
from governance.record import clock
from governance.record.actions import actor_for
from pool.lifecycle import Act
from pool.participation.following import confirm, follow, queue_changes
from pool.participation.links import CONFIRM, LEAVE, link_token
from pool.participation.mails import deliver_public
from pool.participation.models import PublicMail, Subscription
from pool.participation.rules import MOST_ASKED_AT_ONCE
from pool.project.models import Transition
from pool.publication.actions import release
from tests.pool.publication.publishing import consented, written

pytestmark = pytest.mark.django_db


def address(project) -> str:
    return f"/beteiligung/folgen/projekt/{project.slug}/"


@pytest.fixture
def follower(project) -> Subscription:
    row = Subscription.objects.create(mail="ada@example.org", project=project, asked_at=clock.now())
    confirm(subscription=row)
    row.refresh_from_db()
    return row


def test_an_address_is_asked_first_and_follows_only_after_a_click_in_the_mail(
    client, project, send, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(address(project), "mail", mail=" Ada@Example.org ")
    assert answer.url == address(project) + "danke/"
    row = Subscription.objects.get()
    assert (row.mail, row.confirmed_at) == ("ada@example.org", None)
    [letter] = mail.outbox
    assert letter.to == ["ada@example.org"]
    link = next(line for line in letter.body.splitlines() if "/bestaetigen/" in line)
    path = link[link.index("/beteiligung/") :]
    client.get(path)
    row.refresh_from_db()
    assert row.confirmed_at is None, "reading the page is no click: mail programs read it too"
    assert send(path, "form_token").status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert "Sie bekommen jetzt Neues per Mail." in client.get(path).content.decode()


def test_nobody_learns_who_follows_and_nobody_is_flooded(project, send, follower):
    answers = [send(address(project), "mail", mail=each) for each in ("ada@example.org", "neu@example.org")]
    assert {answer.url for answer in answers} == {address(project) + "danke/"}
    send(address(project), "mail", mail="neu@example.org")
    assert PublicMail.objects.count() == 1, "asked once, whoever sends the form how often"
    with clock.played(clock.now() + timedelta(hours=2)):
        send(address(project), "mail", mail="neu@example.org")
    assert PublicMail.objects.count() == 2


def test_each_change_is_told_once_and_only_what_came_after_the_click(project, cdo, follower):
    assert queue_changes() == 0, "what was public before"
    with clock.played(clock.now() + timedelta(minutes=5)):
        release(text=consented(written(project, cdo, title="Termine sofort"), cdo), by=cdo, change="editorial")
        Subscription.objects.create(mail="spaet@example.org", project=project, asked_at=clock.now())
        assert [queue_changes(), queue_changes()] == [1, 0]
        deliver_public()
        deliver_public()
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert "Termine sofort" in mail.outbox[0].body
    assert f"/projekte/{project.slug}/" in mail.outbox[0].body


def test_a_step_is_told_to_followers_of_the_project_and_of_its_field(project, cdo, follower):
    field = Handlungsfeld.objects.get(pk=project.lead_handlungsfeld_id)
    other = Subscription.objects.create(mail="feld@example.org", handlungsfeld=field, asked_at=clock.now())
    confirm(subscription=other)
    with clock.played(clock.now() + timedelta(minutes=5)):
        Transition.objects.create(
            project=project,
            act=Act.STOP,
            from_step="running",
            to_step="stopped",
            at=clock.now(),
            on_day=clock.today(),
            by=actor_for(cdo),
            reason="Zu teuer",
        )
        call_command("deliver_messages", verbosity=0)
        call_command("deliver_messages", verbosity=0)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ada@example.org", "feld@example.org"]
    assert all("beendet" in letter.body for letter in mail.outbox)
    assert all("Zu teuer" not in letter.body for letter in mail.outbox)


def test_a_mail_says_how_to_leave_in_its_head_and_one_click_is_enough(client, project, follower):
    with clock.played(clock.now() + timedelta(minutes=5)):
        row = PublicMail.objects.create(
            kind="change", key="x", subscription=follower, sentence="Neu.", address="/projekte/", queued_at=clock.now(),
            next_try_at=clock.now(),
        )  # fmt: skip
        deliver_public()
    [letter] = mail.outbox
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.body
    path = link[link.index("/beteiligung/") :]
    assert "Abmelden" in client.get(path).content.decode()
    assert Subscription.objects.exists(), "reading the page is no click"
    from_a_mail_program = {"origin": "https://mail.example"}
    assert client.post(path, {"List-Unsubscribe": "One-Click"}, headers=from_a_mail_program).status_code == 200
    assert not Subscription.objects.exists()
    assert not PublicMail.objects.filter(pk=row.pk).exists()
    assert "Ihre Adresse ist bei uns gelöscht." in client.get(path).content.decode()


def test_one_click_works_only_at_a_signed_address(client, follower):
    for token in ("abc", link_token(follower, CONFIRM), follower.pk.hex, link_token(follower, LEAVE) + "x"):
        answer = client.post(f"/beteiligung/folgen/beenden/{token}/", {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 403
    assert Subscription.objects.exists()


def test_whoever_left_gets_nothing_that_was_queued(client, send, project, cdo, follower):
    with clock.played(clock.now() + timedelta(minutes=5)):
        release(text=consented(written(project, cdo), cdo), by=cdo, change="editorial")
        queue_changes()
        send(f"/beteiligung/folgen/beenden/{link_token(follower, LEAVE)}/", "form_token")
        deliver_public()
    assert not mail.outbox
    assert not Subscription.objects.exists()


def test_a_dead_mail_server_hinders_nobody_and_the_mail_comes_later(
    project, send, dead_server, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert send(address(project), "mail", mail="ada@example.org").status_code == 302
    waiting = PublicMail.objects.get()
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.played(clock.now() + timedelta(minutes=30)):
        deliver_public()
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]


def test_nobody_fills_a_letter_box_by_asking_about_many_things(project):
    fields = [
        Handlungsfeld.objects.create(edition=project.edition, code=f"X{number}", number=90 + number,
                                     name=f"Feld {number}", slug=f"feld-{number}")
        for number in range(7)
    ]  # fmt: skip
    for field in fields:
        follow(subject=field, mail="opfer@example.org", token=uuid4())
    assert PublicMail.objects.count() == MOST_ASKED_AT_ONCE
    follow(subject=project, mail="andere@example.org", token=uuid4())
    with clock.played(clock.now() + timedelta(hours=2)):
        follow(subject=fields[-1], mail="opfer@example.org", token=uuid4())
    assert PublicMail.objects.count() == MOST_ASKED_AT_ONCE + 2, "an hour later it may be asked again"
