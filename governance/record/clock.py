"""The one clock of the portal, so that example histories can be played on the days they tell of.

Actions ask `now()` and `today()`; rules never do, they are handed the day. `played(at)` sets the clock for the
current thread or task only and exists for loading examples and for tests; no view, setting or request reaches it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_played: ContextVar[datetime | None] = ContextVar("played", default=None)


def now() -> datetime:
    """Return the current moment, aware and in UTC, or the moment being played."""
    return _played.get() or timezone.now()


def today() -> date:
    """Return the current day in the portal's time zone (Europe/Berlin)."""
    return timezone.localdate(now())


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the portal's time zone."""
    return timezone.localdate(moment)


def real_today() -> date:
    """Return the current day even while another moment is played: for what is true of today, like "until yesterday"."""
    return timezone.localdate()


@contextmanager
def played(at: datetime) -> Iterator[None]:
    """Let `now()` answer `at` (aware) inside the block."""
    if timezone.is_naive(at):
        raise ValueError("A played moment needs a time zone.")
    token = _played.set(at)
    try:
        yield
    finally:
        _played.reset(token)
