"""Sending what waits. Nothing here is called while a transaction is open, and no lock is held while a server answers.

A mail is claimed by one conditional update before it is sent, so that of many processes one sends it. Whoever stops in
the middle leaves it claimed; after a while it counts as failed and says so, because nobody can know whether it arrived,
and those who run the portal decide. Why it is like this: docs/decisions/0030-mails-once.md
"""

import logging
import smtplib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from governance.messages.models import Mail
from governance.messages.queries import account_of, address_of, due_mails
from governance.messages.rules import (
    LEASE,
    PASSWORD_WAITED_FOR,
    MailState,
    Told,
    Written,
    gap_after,
    write_mail,
    write_password_mail,
)
from governance.record import clock

logger = logging.getLogger("portal.mail")

# What a server says about one mail or one address; the next mail may well get through.
ABOUT_ONE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
# A request waits this long at most for a mail server, and then leaves it alone for a while.
PATIENCE = 2.0
REST = 60.0
DEMO_ADDRESS = "http://127.0.0.1:8000"


@dataclass(slots=True)
class Outcome:
    """What one run did."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    is_reachable: bool = True


class _Rest:
    """Until when this process leaves the mail server alone after it did not answer in time."""

    until: float = 0.0


_others: list[Callable[[], Outcome]] = []


def also_deliver(deliver_others: Callable[[], Outcome]) -> None:
    """Let `deliver_messages` send the mails of another outbox too. Called once, at the start."""
    _others.append(deliver_others)


def deliver_everything() -> Outcome:
    """Send what is due here and in every other outbox; return what was done together."""
    done = deliver()
    for deliver_others in _others:
        outcome = deliver_others()
        done.sent += outcome.sent
        done.failed += outcome.failed
        done.dropped += outcome.dropped
        done.is_reachable = done.is_reachable and outcome.is_reachable
    return done


def try_once() -> None:
    """Send what was never tried yet, after an act, within PATIENCE; all else waits for `deliver_messages`."""
    begun = time.monotonic()
    if begun < _Rest.until:
        return
    outcome = deliver(timeout=PATIENCE, seconds=PATIENCE, only_new=True)
    if not outcome.is_reachable or time.monotonic() - begun > PATIENCE:
        _Rest.until = time.monotonic() + REST


def deliver(*, timeout: float | None = None, seconds: float | None = None, only_new: bool = False) -> Outcome:
    """Send every mail that is due; stop when the server does not answer or the time is up, and return what was done."""
    outcome, begun, tried = Outcome(), time.monotonic(), set[UUID]()
    give_up_abandoned()
    connection: BaseEmailBackend | None = None
    try:
        while seconds is None or time.monotonic() - begun < seconds:
            mail = _claim_next(tried, only_new=only_new)
            if mail is None:
                break
            tried.add(mail.pk)
            connection = connection or get_connection(timeout=timeout or settings.EMAIL_TIMEOUT)
            if not _send(mail, connection, outcome):
                break
    finally:
        if connection is not None:
            _close(connection)
    return outcome


def give_up_abandoned() -> int:
    """Let mails that somebody claimed and never finished count as failed; return how many."""
    abandoned = Mail.objects.filter(state=MailState.SENDING, tried_at__lt=clock.now() - LEASE)
    number = abandoned.update(
        state=MailState.FAILED, problem=_("Beim Senden abgebrochen; vielleicht ist die Mail schon angekommen")
    )
    if number:
        logger.warning("event=mail_abandoned number=%d", number)
    return number


def _claim_next(tried: Collection[UUID] = (), *, only_new: bool = False) -> Mail | None:
    """Take the next due mail, not `tried` in this run, for this process alone; None when there is none."""
    while True:
        due = due_mails(clock.now()).exclude(pk__in=tried)
        if only_new:
            due = due.filter(attempts=0)
        key: UUID | None = due.values_list("pk", flat=True).first()
        if key is None:
            return None
        claimed = Mail.objects.filter(pk=key, state=MailState.QUEUED).update(
            state=MailState.SENDING, next_try_at=None, tried_at=clock.now(), attempts=F("attempts") + 1
        )
        if claimed:
            return Mail.objects.get(pk=key)


def _send(mail: Mail, connection: BaseEmailBackend, outcome: Outcome) -> bool:
    """Send a claimed mail and note what became of it; return whether the server is worth another mail."""
    try:
        letter = _letter(mail, connection)
        if letter is None:
            is_late = mail.is_password and _is_late(mail)
            why = (
                _("Nach einer Stunde wartet niemand mehr darauf")
                if is_late
                else _("Kein offenes Konto mit einer Adresse")
            )
            _note(mail, MailState.DROPPED, problem=why)
            outcome.dropped += 1
            return True
        connection.open()
        letter.send()
    except Exception as error:  # whatever it is, this mail waits and the others are not held up by a broken one
        _note_failure(mail, error)
        outcome.failed += 1
        _close(connection)
        outcome.is_reachable = isinstance(error, ABOUT_ONE_MAIL) or not isinstance(error, OSError)
        return outcome.is_reachable
    _note(mail, MailState.SENT)
    outcome.sent += 1
    return True


def _letter(mail: Mail, connection: BaseEmailBackend) -> EmailMessage | None:
    address = address_of(mail.person_id)
    site = (settings.PORTAL_ADDRESS or DEMO_ADDRESS).rstrip("/")
    written = _password_words(mail, site) if mail.is_password else _words(mail, site)
    if not address or written is None:
        return None
    host = site.partition("://")[2].partition(":")[0]
    return EmailMessage(
        subject=written.subject,
        body=written.text,
        to=[address],
        connection=connection,
        # The same on every attempt, so that a mail server knows a mail it has had.
        headers={"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _words(mail: Mail, site: str) -> Written | None:
    messages = mail.messages.order_by("created_at", "pk")
    told = [Told(each.subject, each.text, each.address) for each in messages]
    if not told:
        return None
    return write_mail(
        told,
        is_digest=mail.is_digest,
        site=site,
        settings_address=reverse("messages:preferences"),
        inbox=reverse("messages:inbox"),
    )


def _password_words(mail: Mail, site: str) -> Written | None:
    account = account_of(mail.person_id)
    if account is None or _is_late(mail):
        return None
    names = {
        "uidb64": urlsafe_base64_encode(force_bytes(account.pk)),
        "token": default_token_generator.make_token(account),
    }
    link = site + reverse("organisation:password_new", kwargs=names)
    return write_password_mail(account=account.get_username(), link=link)


def _is_late(mail: Mail) -> bool:
    return mail.queued_at < clock.now() - PASSWORD_WAITED_FOR


def _note(mail: Mail, state: MailState, problem: str = "") -> None:
    Mail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
        state=state, problem=problem, sent_at=clock.now() if state == MailState.SENT else None
    )


def _note_failure(mail: Mail, error: Exception) -> None:
    """Wait longer after each failure, and give up after the last. What the server said may name an address: only its
    number is kept."""
    gap = gap_after(mail.attempts)
    code = getattr(error, "smtp_code", "")
    problem = f"{type(error).__name__} {code}".strip()
    Mail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
        state=MailState.FAILED if gap is None else MailState.QUEUED,
        next_try_at=None if gap is None else clock.now() + gap,
        problem=problem,
    )
    logger.warning("event=mail_not_sent mail=%s attempt=%d problem=%s", mail.pk, mail.attempts, problem)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:  # a server that has gone needs no farewell
        logger.debug("event=mail_server_gone")
