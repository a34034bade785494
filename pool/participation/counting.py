"""Counters of requests and marks of public forms: how many arrived, which was taken in already, whether a page helped.

No address of a sender is kept: the key of a counter is a keyed hash that is another one every day.
"""

from datetime import datetime
from threading import Lock
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from governance.record import clock
from governance.record.text import clean_text
from pool.participation.models import Arrival, PageNote, PageOpinion, SentForm
from pool.participation.rules import LIMITS, Limit, month_of, seconds_left, window_begins

EVERYBODY = "alle"
# Senders one process keeps in mind at once; beyond it forgets all of them rather than growing.
MOST_SENDERS = 20_000


def seconds_to_wait(*, purpose: str, sender: str) -> int:
    """Count one form of `purpose` from `sender`; return 0, or in how many seconds the next one is taken again.

    Counts in a transaction of its own, shared by all processes through the database. Raises KeyError for a purpose
    without a limit. Source: SEC-19.
    """
    limit, now = LIMITS[purpose], clock.now()
    window = window_begins(now, limit.window)
    is_taken = _count(_key(purpose, sender, now), window) <= limit.per_sender
    if is_taken and limit.together is not None:
        # Counted only where the sender may still send: nobody alone uses up what is left for everybody.
        is_taken = _count(_key(purpose, EVERYBODY, now), window) <= limit.together
    return 0 if is_taken else seconds_left(now, limit.window)


def _key(purpose: str, sender: str, moment: datetime) -> str:
    value = f"{purpose}\n{clock.day_of(moment):%Y-%m-%d}\n{sender}"
    return salted_hmac("pool.participation.arrival", value, algorithm="sha256").hexdigest()


def _count(sender: str, window: datetime, number: int = 1) -> int:
    mine = Arrival.objects.filter(sender=sender, window=window)
    with transaction.atomic():
        if not mine.update(number=F("number") + number):
            try:
                with transaction.atomic():
                    Arrival.objects.create(sender=sender, window=window, number=number)
            except IntegrityError:  # another process began to count at the same moment
                mine.update(number=F("number") + number)
        return mine.values_list("number", flat=True).get()


class Tally:
    """What one process counted since it last told the database, by keyed hash; for requests that are many and cheap
    enough to be a little wrong about.

    Of the first requests of a sender nothing is written and nothing asked; then every `stride`-th one adds them to the
    count that all processes share. So a sender may pass the limit by what each process does not notice and a stride.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew, with nothing counted."""
        self._window = datetime.min
        self._numbers: dict[str, int] = {}
        self._over: set[str] = set()

    def add(self, key: str, window: datetime, limit: Limit) -> int:
        """Count one; return how many the database is to be told of, 0 while it is not its turn."""
        with self._lock:
            if window != self._window or len(self._numbers) >= MOST_SENDERS:
                self.forget()
                self._window = window
            number = self._numbers.get(key, 0) + 1
            self._numbers[key] = number
            if number <= limit.unnoticed:
                return number if number == limit.unnoticed else 0
            return limit.stride if (number - limit.unnoticed) % limit.stride == 0 else 0

    def is_over(self, key: str, window: datetime) -> bool:
        """Tell whether this process knows already that a sender is over the limit of a window."""
        with self._lock:
            return window == self._window and key in self._over

    def note_over(self, key: str, window: datetime) -> None:
        """Remember until the end of a window that a sender is over its limit; nothing where it has ended meanwhile."""
        with self._lock:
            if window == self._window:
                self._over.add(key)


tally = Tally()


def seconds_to_wait_reading(*, purpose: str, sender: str) -> int:
    """Count one request of `purpose` from `sender`; return 0, or in how many seconds the next one is answered again.

    As `seconds_to_wait`, but counted in strides (Tally). A database that cannot be written to hinders nobody's reading.
    Source: SEC-19, docs/decisions/0082-taking-part.md.
    """
    limit, now = LIMITS[purpose], clock.now()
    window, key = window_begins(now, limit.window), _key(purpose, sender, now)
    if not tally.is_over(key, window):
        number = tally.add(key, window, limit)
        try:
            if not number or _count(key, window, number) <= limit.per_sender:
                return 0
        except DatabaseError:
            return 0
        tally.note_over(key, window)
    return seconds_left(now, limit.window)


def is_first_time(token: UUID) -> bool:
    """Mark a form as taken in; False where it was already. Call inside the transaction that writes what it says."""
    if SentForm.objects.filter(pk=token).exists():
        return False
    try:
        with transaction.atomic():
            SentForm.objects.create(token=token, at=clock.now())
    except IntegrityError:
        return False
    return True


@transaction.atomic
def count_opinion(*, page: str, helped: bool, note: str, token: UUID) -> bool:
    """Count whether a public page helped, and keep the note beside it; False where this form was counted already.

    No entry in the record: nobody acts by a mandate, and nothing says who it was.
    """
    if not is_first_time(token):
        return False
    month, column = month_of(clock.today()), "helped" if helped else "did_not"
    row, _is_new = PageOpinion.objects.get_or_create(page=page, month=month, is_example=False)
    PageOpinion.objects.filter(pk=row.pk).update(**{column: F(column) + 1})
    text = clean_text(note)
    if text:
        PageNote.objects.create(page=page, on_day=clock.today(), helped=helped, text=text)
    return True
