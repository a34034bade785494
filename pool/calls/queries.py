"""Calls for ideas as their readers see them: examples among examples, real ones among real ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from governance.models import Handlungsbedarf, User
from governance.record import clock
from pool.calls.models import Call, CallNeed
from pool.calls.rules import CallState, state_of_call


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call with the Handlungsbedarfe it names and where it stands today."""

    call: Call
    needs: list[Handlungsbedarf]
    state: CallState

    @property
    def is_open(self) -> bool:
        """Tell whether ideas can be begun in answer to it."""
        return self.state == CallState.OPEN

    @property
    def can_end(self) -> bool:
        """Tell whether it can still be ended early."""
        return self.state in (CallState.AHEAD, CallState.OPEN)

    @property
    def need_codes(self) -> list[str]:
        """The codes of its Handlungsbedarfe."""
        return [need.code for need in self.needs]


def open_on(day: date) -> Q:
    """Return the condition for calls that are open on `day`."""
    return Q(ended_at=None, first_day__lte=day, last_day__gte=day)


def calls_of(user: User) -> QuerySet[Call]:
    """Return the calls of `user`'s world: demo accounts see examples, real ones what is real."""
    return Call.objects.filter(is_example=user.is_demo)


def open_calls(user: User, *, fields: Iterable[int] | None = None) -> list[ShownCall]:
    """Return the calls that are open today, those that end first before the others; one query.

    With `fields`, only calls that name a Handlungsbedarf of these Handlungsfelder.
    """
    calls = calls_of(user).filter(open_on(clock.today()))
    if fields is not None:
        calls = calls.filter(
            pk__in=CallNeed.objects.filter(handlungsbedarf__handlungsfeld__in=list(fields)).values("call")
        )
    found = shown(calls)
    return sorted(found, key=lambda each: (each.call.last_day, each.call.pk))


def all_calls(user: User) -> list[ShownCall]:
    """Return every call of `user`'s world, the newest first; one query."""
    return shown(calls_of(user))


def shown(calls: QuerySet[Call]) -> list[ShownCall]:
    """Return calls with their Handlungsbedarfe, the newest first; one query."""
    today = clock.today()
    rows = CallNeed.objects.filter(call__in=calls.values("pk")).select_related("call", "handlungsbedarf__handlungsfeld")
    rows = rows.order_by(
        "-call__first_day", "-call", "handlungsbedarf__handlungsfeld__number", "handlungsbedarf__number"
    )
    found: dict[int, ShownCall] = {}
    for row in rows:
        call = row.call
        state = state_of_call(
            first_day=call.first_day, last_day=call.last_day, is_ended=call.ended_at is not None, today=today
        )
        found.setdefault(call.pk, ShownCall(call, [], state)).needs.append(row.handlungsbedarf)
    return list(found.values())


def call_to_answer(user: User, key: object) -> ShownCall | None:
    """Return the open call that `key` names, or None where there is none that `user` could answer."""
    text = str(key or "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    found = shown(calls_of(user).filter(open_on(clock.today()), pk=int(text)))
    return found[0] if found else None
