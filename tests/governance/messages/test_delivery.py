"""Each mail exactly once, however dead the server, however many deliver; what failed is seen and sent again."""

from datetime import timedelta

import pytest
from django.core import mail as mails
from django.core.mail import EmailMessage
from django.core.management import call_command

from governance.messages import delivery
from governance.messages.actions import choose_ways, queue_digests, retry_mails, tell
from governance.messages.delivery import deliver
from governance.messages.models import Mail, Message
from governance.messages.rules import GAPS, MailState
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import ActorPerson, Entry
from tests.governance.messages.conftest import refuses

KIND = "mandate_granted"


def told(*people, **values):
    values = {"kind": KIND, "subject": "Sie haben ein neues Mandat", "address": "/konto/"} | values
    return tell(people=[actor_for(person).pk for person in people], **values)


def later(**time):
    return clock.played(clock.now() + timedelta(**time))


def test_a_message_stands_in_the_portal_and_goes_out_by_mail_once(person):
    erika = person()
    told(erika, text="Beschäftigte, gültig ab 1. März 2026.")
    assert deliver().sent == 1
    assert deliver().sent == 0
    call_command("deliver_messages", verbosity=0)
    (mail,) = mails.outbox
    assert mail.to == ["erika@example.org"]
    assert mail.subject == "mainzDIGITAL: Sie haben ein neues Mandat"
    assert "Beschäftigte, gültig ab 1. März 2026." in mail.body
    assert "/konto/benachrichtigungen/" in mail.body
    assert Message.objects.get().person == actor_for(erika)
    assert Mail.objects.get().state == MailState.SENT


def test_links_in_mails_name_the_configured_host(person, settings):
    settings.PORTAL_ADDRESS = "https://mainzdigital.mainz.de"
    told(person(), address="/ideen/")
    deliver()
    assert "https://mainzdigital.mainz.de/ideen/" in mails.outbox[0].body
    assert mails.outbox[0].extra_headers["Message-ID"].endswith("@mainzdigital.mainz.de>")


def test_off_keeps_the_message_in_the_portal_and_sends_nothing(person):
    erika = person()
    choose_ways(person=erika, ways={KIND: "off"})
    told(erika)
    queue_digests()
    deliver()
    assert Message.objects.count() == 1
    assert mails.outbox == []


def test_daily_gathers_a_day_in_one_mail(person):
    erika, frank = person("erika"), person("frank")
    choose_ways(person=erika, ways={KIND: "daily"})
    for subject in ("Erstens", "Zweitens"):
        told(erika, frank, subject=subject)
    deliver()
    assert [mail.to for mail in mails.outbox] == [["frank@example.org"]] * 2
    call_command("send_digests", verbosity=0)
    call_command("send_digests", verbosity=0)
    digest = mails.outbox[-1]
    assert len(mails.outbox) == 3
    assert digest.subject == "mainzDIGITAL: 2 neue Nachrichten"
    assert "Erstens" in digest.body
    assert "Zweitens" in digest.body
    told(erika, subject="Drittens")
    call_command("send_digests", verbosity=0)
    assert len(mails.outbox) == 3
    with later(days=1):
        call_command("send_digests", verbosity=0)
    assert len(mails.outbox) == 4
    assert "Drittens" in mails.outbox[-1].body
    assert "Erstens" not in mails.outbox[-1].body


def test_what_was_read_in_the_portal_is_not_mailed_again_in_the_evening(person, client):
    erika = person()
    choose_ways(person=erika, ways={KIND: "daily"})
    told(erika)
    client.force_login(erika)
    client.post("/konto/nachrichten/gelesen/")
    call_command("send_digests", verbosity=0)
    assert mails.outbox == []


def test_a_dead_server_keeps_the_mail_and_it_goes_out_once_after_recovery(person, dead_server, settings):
    told(person())
    outcome = deliver()
    assert (outcome.sent, outcome.is_reachable) == (0, False)
    waiting = Mail.objects.get()
    assert (waiting.state, waiting.attempts, waiting.problem) == (MailState.QUEUED, 1, "ConnectionRefusedError")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver()
    deliver()
    assert len(mails.outbox) == 1
    assert Mail.objects.get().state == MailState.SENT


def test_a_dead_server_is_asked_once_in_a_run_not_once_for_every_mail(person, dead_server):
    told(*(person(f"person{number}") for number in range(5)))
    assert deliver().failed == 1
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_the_gaps_grow_until_the_mail_counts_as_failed(person, dead_server):
    told(person())
    gaps, moment = [], clock.now()
    for _attempt in range(len(GAPS) + 1):
        with clock.played(moment):
            deliver()
            mail = Mail.objects.get()
        if mail.next_try_at is not None:
            gaps.append(mail.next_try_at - moment)
            moment = mail.next_try_at
    assert mail.state == MailState.FAILED
    assert tuple(gaps) == GAPS
    assert list(GAPS) == sorted(GAPS)


def test_before_its_next_try_a_mail_is_left_alone(person, dead_server):
    told(person())
    deliver()
    deliver()
    assert deliver().failed == 0
    assert Mail.objects.get().attempts == 2


def test_one_refused_address_holds_nobody_else_up(person, monkeypatch):
    told(person("erika"), person("frank"))
    monkeypatch.setattr(EmailMessage, "send", refuses("erika@example.org"))
    outcome = deliver()
    assert (outcome.sent, outcome.failed) == (1, 1)
    assert "erika" not in Mail.objects.get(state=MailState.QUEUED).problem


def test_a_mail_that_somebody_else_has_claimed_is_not_sent(person):
    told(person())
    mine = delivery._claim_next()
    assert mine.state == MailState.SENDING
    assert deliver().sent == 0
    assert mails.outbox == []


def test_a_mail_whose_sender_died_is_not_sent_twice_but_shown_as_failed(person):
    told(person())
    delivery._claim_next()
    with later(minutes=11):
        assert deliver().sent == 0
    failed = Mail.objects.get()
    assert failed.state == MailState.FAILED
    assert "vielleicht" in failed.problem


def test_the_address_is_read_when_the_mail_goes_out(person):
    erika = person()
    told(erika)
    erika.email = "neu@example.org"
    erika.save()
    deliver()
    assert mails.outbox[0].to == ["neu@example.org"]


@pytest.mark.parametrize("gone", ["erased", "closed", "without address"])
def test_nobody_is_written_to_who_is_gone(person, gone):
    erika = person()
    told(erika)
    if gone == "erased":
        ActorPerson.objects.filter(user=erika).delete()
        erika.delete()
    else:
        erika.is_active, erika.email = gone != "closed", "" if gone == "without address" else erika.email
        erika.save()
    assert deliver().dropped == 1
    assert mails.outbox == []
    assert Mail.objects.get().state == MailState.DROPPED


def test_the_same_occasion_is_told_once(person):
    erika = person()
    assert len(told(erika, key="anlass:1")) == 1
    assert told(erika, key="anlass:1") == []
    assert len(told(erika, key="anlass:2")) == 1
    assert Mail.objects.count() == 2


def test_an_unknown_kind_is_refused(person):
    with pytest.raises(KeyError):
        told(person(), kind="gibt_es_nicht")


def test_what_failed_is_sent_again_by_those_who_run_the_portal_alone(person, operator):
    erika = person()
    told(erika)
    Mail.objects.update(state=MailState.FAILED, next_try_at=None, problem="SMTPDataError 554")
    with pytest.raises(NotAllowed):
        retry_mails(mails=Mail.objects.all(), by=erika)
    assert retry_mails(mails=Mail.objects.all(), by=operator) == 1
    assert Entry.objects.filter(act="retry_mail", actor=actor_for(operator)).count() == 1
    assert deliver().sent == 1


def test_without_a_mail_server_named_every_mail_is_a_file(tmp_path, person, settings):
    from mainzdigital.environment import email

    for name, value in email(tmp_path / "mail").items():
        setattr(settings, name, value)
    told(person())
    deliver()
    (written,) = (tmp_path / "mail").iterdir()
    assert "To: erika@example.org" in written.read_text()


def test_an_act_sends_what_is_new_and_leaves_what_failed_before_to_the_timer(person, monkeypatch):
    told(person("erika"))
    Mail.objects.update(attempts=1)
    told(person("frank"))
    delivery.try_once()
    assert [mail.to for mail in mails.outbox] == [["frank@example.org"]]
    deliver()
    assert [mail.to for mail in mails.outbox] == [["frank@example.org"], ["erika@example.org"]]


def test_a_broken_mail_is_noted_and_the_next_one_goes_out(person, monkeypatch):
    told(person("erika"), person("frank"))
    written = delivery.write_mail

    def breaks_once(*args, **kwargs):
        monkeypatch.setattr(delivery, "write_mail", written)
        raise ValueError("kaputt")

    monkeypatch.setattr(delivery, "write_mail", breaks_once)
    outcome = deliver()
    assert (outcome.sent, outcome.failed) == (1, 1)
    assert Mail.objects.get(attempts=1, state=MailState.QUEUED).problem == "ValueError"
