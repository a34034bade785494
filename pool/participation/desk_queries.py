"""What waits at the desk of what the public said: how many, since when, and which one comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, F, Func, IntegerField, Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from governance.record import clock
from pool.deadlines import after_working_days
from pool.participation.models import Feedback
from pool.participation.rules import FEEDBACK_PERIOD, FeedbackState

WAITING = Q(state=FeedbackState.WAITING)
UNANSWERED = Q(state=FeedbackState.SHOWN, answer="")
# The value of the list's filter for what is shown and has no answer yet.
FOR_ANSWER = "antwort"


@dataclass(frozen=True, slots=True)
class WaitingVoices:
    """Rückmeldungen that wait for the same thing: how many, since when the oldest, and the list of exactly these."""

    count: int
    oldest: date | None
    address: str

    @property
    def is_late(self) -> bool:
        """Tell whether the oldest waits for longer than the office promises."""
        return self.oldest is not None and after_working_days(self.oldest, FEEDBACK_PERIOD) < clock.today()


@dataclass(frozen=True, slots=True)
class DeskVoices:
    """What waits to be looked through, and what is shown and waits for its answer."""

    to_review: WaitingVoices
    to_answer: WaitingVoices


def voices_of(*, with_examples: bool) -> QuerySet[Feedback]:
    """Return the Rückmeldungen of one world, the oldest first, as the list at the desk has them."""
    rows = Feedback.objects.order_by("received_on", "created_at", "pk")
    return rows if with_examples else rows.filter(is_example=False)


def voices_as_columns(*, with_examples: bool) -> dict[str, Any]:
    """Return what `desk_voices` reads as columns of a count of other rows, so that a page may ask once for both."""
    rows = voices_of(with_examples=with_examples).order_by()
    found: dict[str, Any] = {}
    for name, waiting in (("to_review", WAITING), ("to_answer", UNANSWERED)):
        number = Func(F("pk"), function="COUNT", output_field=IntegerField())
        since = Func(F("received_on"), function="MIN", output_field=DateField())
        # A count of nothing beside each makes it a column of an aggregate; the day of the other rows is never read.
        none, never = Count("pk", filter=Q(pk__isnull=True)), Max("step_since", filter=Q(pk__isnull=True))
        found[name] = Subquery(rows.filter(waiting).annotate(found=number).values("found")) + none
        found[f"{name}_since"] = Coalesce(Subquery(rows.filter(waiting).annotate(found=since).values("found")), never)
    return found


def desk_voices(found: Mapping[str, Any]) -> DeskVoices:
    """Return what waits at the desk out of the columns of `voices_as_columns`."""
    return DeskVoices(
        to_review=WaitingVoices(found["to_review"], found["to_review_since"], _list(FeedbackState.WAITING)),
        to_answer=WaitingVoices(found["to_answer"], found["to_answer_since"], _list(FOR_ANSWER)),
    )


def number_to_review(*, with_examples: bool) -> int:
    """Return how many wait to be looked through."""
    return voices_of(with_examples=with_examples).filter(WAITING).count()


def following(row: Feedback, waiting: Q, *, with_examples: bool) -> Feedback | None:
    """Return the next one after `row` that waits for the same, from the last one on the oldest again; None where
    nothing else waits. At most two queries."""
    others = voices_of(with_examples=with_examples).filter(waiting).exclude(pk=row.pk)
    later = Q(received_on__gt=row.received_on) | Q(received_on=row.received_on, created_at__gt=row.created_at)
    same = Q(received_on=row.received_on, created_at=row.created_at, pk__gt=row.pk)
    return others.filter(later | same).first() or others.first()


def _list(value: str) -> str:
    return f"{reverse('admin:pool_feedback_changelist')}?stand={value}"
