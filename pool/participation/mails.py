"""Sending the mails to people without an account, by the same rules as those to colleagues (governance.messages).

A mail is claimed by one conditional update before it is sent, so that of many processes one sends it; a dead mail
server lets it wait. What a mail says are sentences of the portal, the released title, and an address.
"""

import logging
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from governance.messages.delivery import ABOUT_ONE_MAIL, DEMO_ADDRESS, PATIENCE, Outcome
from governance.messages.rules import LEASE, SENDER_NAME, MailState, gap_after
from governance.record import clock
from pool.participation.links import LEAVE, link_token
from pool.participation.models import PublicMail
from pool.participation.rules import MailKind

logger = logging.getLogger("portal.mail")
MOST_AT_ONCE = 5


def try_once() -> None:
    """Send a few that were never tried, after an act; all else waits for `deliver_messages`."""
    deliver_public(timeout=PATIENCE, only_new=True, most=MOST_AT_ONCE)


def deliver_public(*, timeout: float | None = None, only_new: bool = False, most: int | None = None) -> Outcome:
    """Send every mail that is due until the server does not answer, and return what was done."""
    outcome, tried = Outcome(), set[UUID]()
    PublicMail.objects.filter(state=MailState.SENDING, tried_at__lt=clock.now() - LEASE).update(
        state=MailState.FAILED, problem="Beim Senden abgebrochen"
    )
    while most is None or len(tried) < most:
        mail = _claim(_due(only_new).exclude(pk__in=tried))
        if mail is None:
            break
        tried.add(mail.pk)
        if not _send(mail, get_connection(timeout=timeout or settings.EMAIL_TIMEOUT), outcome):
            break
    return outcome


def _due(only_new: bool) -> QuerySet[PublicMail]:
    due = PublicMail.objects.filter(state=MailState.QUEUED, next_try_at__lte=clock.now())
    return (due.filter(attempts=0) if only_new else due).order_by("next_try_at", "pk")


def _claim(due: QuerySet[PublicMail]) -> PublicMail | None:
    while True:
        key = due.values_list("pk", flat=True).first()
        if key is None:
            return None
        claimed = PublicMail.objects.filter(pk=key, state=MailState.QUEUED).update(
            state=MailState.SENDING, next_try_at=None, tried_at=clock.now(), attempts=F("attempts") + 1
        )
        if claimed:
            return PublicMail.objects.select_related("subscription", "contact").get(pk=key)


def _send(mail: PublicMail, connection: BaseEmailBackend, outcome: Outcome) -> bool:
    """Send a claimed mail and note what became of it; return whether the server is worth another mail."""
    try:
        with override(settings.LANGUAGE_CODE):
            letter_for(mail, connection).send()
    except Exception as error:  # whatever it is, this mail waits and the others are not held up by a broken one
        gap = gap_after(mail.attempts)
        problem = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
        _note(mail, MailState.FAILED if gap is None else MailState.QUEUED, problem=problem, gap=gap)
        logger.warning("event=public_mail_not_sent mail=%s attempt=%d problem=%s", mail.pk, mail.attempts, problem)
        outcome.failed += 1
        outcome.is_reachable = isinstance(error, ABOUT_ONE_MAIL) or not isinstance(error, OSError)
        return outcome.is_reachable
    _note(mail, MailState.SENT)
    outcome.sent += 1
    return True


def _note(mail: PublicMail, state: MailState, *, problem: str = "", gap: object = None) -> None:
    now = clock.now()
    PublicMail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
        state=state,
        problem=problem,
        sent_at=now if state == MailState.SENT else None,
        next_try_at=None if gap is None else now + gap,  # type: ignore[operator]
    )


def letter_for(mail: PublicMail, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """Return the mail as it goes out; whoever follows gets the way to leave in its text and in its head."""
    site = (settings.PORTAL_ADDRESS or DEMO_ADDRESS).rstrip("/")
    host = site.partition("://")[2].partition(":")[0]
    parts = [_("Guten Tag,"), mail.sentence, site + mail.address]
    headers = {"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    to = mail.contact.mail if mail.contact else ""
    if mail.subscription:
        to = mail.subscription.mail
        leave = site + reverse("participation:leave", args=[link_token(mail.subscription, LEAVE)])
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if mail.kind == MailKind.CONFIRM:
            parts.append(_("Waren Sie das nicht, tun Sie nichts: Nach 48 Stunden ist Ihre Adresse bei uns gelöscht."))
        else:
            parts.append(_("Keine Mails mehr dazu? Ein Klick genügt, dann löschen wir Ihre Adresse:") + f"\n{leave}")
    elif mail.kind == MailKind.REFUSED:
        parts[-1] = _("Hier können Sie sie anders schreiben:") + f"\n{parts[-1]}"
        parts.append(_("Ihre Adresse löschen wir in 30 Tagen."))
    else:
        parts.append(_("Ihre Adresse löschen wir 30 Tage nach der Antwort."))
    return EmailMessage(
        subject=f"{SENDER_NAME}: {_SUBJECTS[MailKind(mail.kind)]()}",
        body="\n\n".join([*parts, "mainzDIGITAL"]) + "\n",
        to=[to],
        connection=connection,
        headers=headers,
    )


_SUBJECTS = {
    MailKind.CONFIRM: lambda: _("Bitte bestätigen Sie Ihre Adresse"),
    MailKind.CHANGE: lambda: _("Es gibt etwas Neues"),
    MailKind.ANSWER: lambda: _("Ihre Rückmeldung ist beantwortet"),
    MailKind.REFUSED: lambda: _("Ihre Rückmeldung wird nicht gezeigt"),
}
