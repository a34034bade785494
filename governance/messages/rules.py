"""How a message becomes a mail, and when a mail that did not get through is tried again: values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class Way(TextChoices):
    """How a person hears of something by mail. In the portal the message always stands."""

    AT_ONCE = "at_once", gettext_lazy("sofort")
    DAILY = "daily", gettext_lazy("einmal am Tag, gesammelt")
    OFF = "off", gettext_lazy("keine Mail")


class MailState(TextChoices):
    """Where a mail stands."""

    QUEUED = "queued", gettext_lazy("wartet")
    SENDING = "sending", gettext_lazy("wird gesendet")
    SENT = "sent", gettext_lazy("gesendet")
    FAILED = "failed", gettext_lazy("gescheitert")
    DROPPED = "dropped", gettext_lazy("entfällt")


class MandateKind(TextChoices):
    """What the frame itself tells people about. What projects tell of stands with them."""

    MANDATE_GRANTED = "mandate_granted", gettext_lazy("Mir wird ein Mandat erteilt")
    MANDATE_ENDED = "mandate_ended", gettext_lazy("Ein Mandat von mir endet")


# After the first failure the next run tries at once, then the gaps grow; together they bridge a long weekend.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 15, 60, 240, 720, 1440, 1440))
# Whoever claimed a mail and has said nothing for this long has stopped in the middle.
LEASE = timedelta(minutes=10)
# Whoever asks for a new password again within this gap has one mail on its way; after a while nobody waits for it.
PASSWORD_GAP = timedelta(minutes=5)
PASSWORD_WAITED_FOR = timedelta(hours=1)
SENDER_NAME = "mainzDIGITAL"


def gap_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None when it has been tried often enough."""
    return GAPS[attempts - 1] if 1 <= attempts <= len(GAPS) else None


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says of one message: sentences of the portal and an address, nothing that anybody typed."""

    subject: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Written:
    """Subject and text of a mail."""

    subject: str
    text: str


def write_password_mail(*, account: str, link: str) -> Written:
    """Return the mail with which the owner of an account sets a new password by a link."""
    lines = (
        _("Guten Tag,"),
        "",
        _("für Ihr Konto „{account}“ im Portal mainzDIGITAL wurde ein neues Passwort angefordert.").format(
            account=account
        ),
        _("Mit diesem Link setzen Sie es. Er gilt eine Stunde und nur einmal:"),
        "",
        link,
        "",
        _("Waren Sie das nicht, brauchen Sie nichts zu tun: Ihr bisheriges Passwort gilt weiter."),
        "",
        _("Stabsstelle mainzDIGITAL"),
        "",
    )
    return Written(_("mainzDIGITAL: Link für ein neues Passwort"), "\n".join(lines))


def write_mail(told: Sequence[Told], *, is_digest: bool, site: str, settings_address: str, inbox: str) -> Written:
    """Return the mail for these messages. Plain text, no salutation by name, a link in place of every detail."""
    first = told[0]
    if is_digest:
        count = len(told)
        subject = ngettext("{count} neue Nachricht", "{count} neue Nachrichten", count).format(count=count)
        parts = [_("seit der letzten Übersicht ist für Sie hinzugekommen:")]
        parts += [f"- {each.subject}\n  {site}{each.address}" for each in told]
        parts.append(_("Alle Nachrichten: {address}").format(address=site + inbox))
    else:
        subject = first.subject
        parts = [f"{first.subject}.", *([first.text] if first.text else []), site + first.address]
    footer = _("Ob und wann Sie solche Mails bekommen, bestimmen Sie selbst:")
    body = "\n\n".join([_("Guten Tag,"), *parts, f"{footer}\n{site}{settings_address}", "mainzDIGITAL"])
    return Written(subject=f"{SENDER_NAME}: {' '.join(subject.split())}", text=body + "\n")
