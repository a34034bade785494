"""How people take part: kinds, channels, states, periods, and how many forms a sender may send. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Working days in which the office looks through a Rückmeldung and answers it.
FEEDBACK_PERIOD = 10

# How long personal data stay.
CONTACT_STAYS = timedelta(days=30)
CONTACT_STAYS_AT_MOST = timedelta(days=180)
WORDING_STAYS = timedelta(days=90)
UNCONFIRMED_STAYS = timedelta(hours=48)
NOTE_STAYS = timedelta(days=180)
COUNTER_STAYS = timedelta(days=1)
SENT_MAIL_STAYS = timedelta(days=90)

# Addresses below /beteiligung/ that are pages of their own.
RESERVED_SLUGS = frozenset({"hilfreich", "rueckmeldung", "stimmen", "folgen", "feed"})
PAGE_LENGTH = 200


class FeedbackKind(TextChoices):
    """What somebody writes to the city about a project or a Handlungsfeld."""

    QUESTION = "question", _("Frage")
    SUPPORT = "support", _("Zustimmung")
    HINT = "hint", _("Hinweis")
    IDEA = "idea", _("eigene Idee")


class FeedbackState(TextChoices):
    """Where a Rückmeldung stands."""

    WAITING = "waiting", _("wartet auf Durchsicht")
    SHOWN = "shown", _("wird gezeigt")
    REFUSED = "refused", _("wird nicht gezeigt")


class Refusal(TextChoices):
    """Why a Rückmeldung is not shown."""

    OTHER_TOPIC = "other_topic", _("Betrifft ein anderes Thema")
    NAMES_PEOPLE = "names_people", _("Nennt andere Menschen beim Namen")
    INSULTS = "insults", _("Beleidigt oder droht")
    ADVERTISES = "advertises", _("Wirbt für etwas")
    SAID_ALREADY = "said_already", _("Steht wortgleich schon da")
    SENSELESS = "senseless", _("Ist kein lesbarer Text")


# Whoever asked for an answer is told why nothing is shown, so that it can be written anew; an address in an
# advertisement or in a text without sense is hardly that of whoever sent it.
TOLD_WHY = frozenset({Refusal.OTHER_TOPIC, Refusal.NAMES_PEOPLE, Refusal.INSULTS, Refusal.SAID_ALREADY})


class Mode(TextChoices):
    """Where a Beteiligungsformat takes place."""

    ON_SITE = "on_site", _("vor Ort")
    ONLINE = "online", _("im Netz")
    BOTH = "both", _("vor Ort und im Netz")


class FormatState(TextChoices):
    """Whether the public sees a Beteiligungsformat."""

    DRAFT = "draft", _("Entwurf")
    PUBLISHED = "published", _("veröffentlicht")
    CANCELLED = "cancelled", _("abgesagt")


class MailKind(TextChoices):
    """What a mail to somebody without an account says."""

    CONFIRM = "confirm", _("Bestätigung der Adresse")
    CHANGE = "change", _("Neues zu einem Projekt oder Handlungsfeld")
    ANSWER = "answer", _("Antwort auf eine Rückmeldung")
    REFUSED = "refused", _("Warum eine Rückmeldung nicht gezeigt wird")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests of one kind may arrive within `window`: from one sender, and from everybody together (None:
    as many as come)."""

    per_sender: int
    together: int | None = None
    window: timedelta = timedelta(minutes=10)

    @property
    def stride(self) -> int:
        """How many one process counts on its own before it tells the database: few enough to matter little beside the
        limit, many enough that reading costs no query and changes nothing."""
        return max(1, min(20, self.per_sender // 5))

    @property
    def unnoticed(self) -> int:
        """How many of a sender one process keeps to itself at first: as many as anybody reads, so that reading asks
        the database nothing more."""
        return self.per_sender // 4


# A library or a refugee home sends from one address, so the bound lies well above what a few people write. Searching
# and fetching data is bound at two requests a second for ten minutes: nobody clicks so long so fast, and a program that
# pages through ten thousand projects, twenty at a time, asks 500 times.
LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "feedback": Limit(per_sender=12, together=240),
        "follow": Limit(per_sender=10, together=120),
        "helpful": Limit(per_sender=60, together=1200),
        "search": Limit(per_sender=1200),
        "data": Limit(per_sender=1200),
        "file": Limit(per_sender=120),
        "submit": Limit(per_sender=120),
        "reset": Limit(per_sender=40),
    }
)
# The same address is not asked again to confirm before this has passed.
CONFIRM_AGAIN = timedelta(hours=1)
# Nor about more things than these at once: nobody fills a stranger's letter box with our mails.
MOST_ASKED_AT_ONCE = 5


def window_begins(moment: datetime, window: timedelta) -> datetime:
    """Return the beginning of the window a moment lies in; windows follow one another without a gap."""
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=moment.tzinfo)


def seconds_left(moment: datetime, window: timedelta) -> int:
    """Return how many seconds of its window are left, at least one."""
    ends = window_begins(moment, window) + window
    return max(1, int((ends - moment).total_seconds()) + 1)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def format_problems(
    *, first_day: date | None, last_day: date | None, begins: time | None, ends: time | None, mode: str, place: str,
    online_address: str,
) -> dict[str, str]:  # fmt: skip
    """Return by field what is wrong with the days and places of a Beteiligungsformat."""
    found = {}
    if first_day and last_day and last_day < first_day:
        found["last_day"] = str(_("Der letzte Tag liegt vor dem ersten. Prüfen Sie beide."))
    if ends and not begins:
        found["begins"] = str(_("Nennen Sie auch den Beginn."))
    if begins and ends and ends <= begins and last_day in (None, first_day):
        found["ends"] = str(_("Das Ende liegt vor dem Beginn. Prüfen Sie beide Uhrzeiten."))
    if mode in (Mode.ON_SITE, Mode.BOTH) and not place:
        found["place"] = str(_("Nennen Sie den Ort."))
    if mode in (Mode.ONLINE, Mode.BOTH) and not online_address:
        found["online_address"] = str(_("Nennen Sie die Adresse im Netz."))
    return found
