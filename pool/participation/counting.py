"""Counters and marks of public forms: how many arrived, which was taken in already, whether a page helped.

No address of a sender is kept: the key of a counter is a keyed hash that is another one every day.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from governance.record import clock
from governance.record.text import clean_text
from pool.participation.models import Arrival, PageNote, PageOpinion, SentForm
from pool.participation.rules import LIMITS, month_of, seconds_left, window_begins

EVERYBODY = "alle"


def seconds_to_wait(*, purpose: str, sender: str) -> int:
    """Count one form of `purpose` from `sender`; return 0, or in how many seconds the next one is taken again.

    Counts in a transaction of its own, shared by all processes through the database. Raises KeyError for a purpose
    without a limit. Source: SEC-19.
    """
    limit, now = LIMITS[purpose], clock.now()
    window = window_begins(now, limit.window)
    arrived = _count(_key(purpose, sender, now), window)
    together = _count(_key(purpose, EVERYBODY, now), window)
    if arrived <= limit.per_sender and together <= limit.together:
        return 0
    return seconds_left(now, limit.window)


def _key(purpose: str, sender: str, moment: datetime) -> str:
    value = f"{purpose}\n{clock.day_of(moment):%Y-%m-%d}\n{sender}"
    return salted_hmac("pool.participation.arrival", value, algorithm="sha256").hexdigest()


def _count(sender: str, window: datetime) -> int:
    mine = Arrival.objects.filter(sender=sender, window=window)
    with transaction.atomic():
        if not mine.update(number=F("number") + 1):
            try:
                with transaction.atomic():
                    Arrival.objects.create(sender=sender, window=window, number=1)
            except IntegrityError:  # another process began to count at the same moment
                mine.update(number=F("number") + 1)
        return mine.values_list("number", flat=True).get()


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
