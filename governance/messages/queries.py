"""Reading messages, preferences and the queue of mails."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from governance.messages.kinds import usual_way
from governance.messages.models import Mail, MailPreference, Message
from governance.messages.rules import MailState, Way
from governance.organisation.models import User


def unread_of_account() -> Coalesce:
    """Return the number of unread messages as a column of an account, so that reading the account reads it too."""
    rows = (
        Message.objects.filter(person__person__user=OuterRef("pk"), read_at=None)
        .order_by()
        .values("person")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def messages_of(user: User) -> QuerySet[Message]:
    """Return a person's messages, the newest first."""
    return Message.objects.filter(person__person__user=user).order_by("-created_at", "-pk")


def chosen_ways(user: User) -> dict[str, str]:
    """Return what a person has chosen, by kind."""
    return dict(MailPreference.objects.filter(person__person__user=user).values_list("kind", "way"))


def ways_for(kind: str, people: Iterable[UUID]) -> dict[UUID, str]:
    """Return for each person how she hears of this kind by mail."""
    usual = usual_way(kind)
    chosen = dict(MailPreference.objects.filter(kind=kind, person__in=people).values_list("person_id", "way"))
    return {person: chosen.get(person, usual) for person in people}


def waiting_for_digest() -> QuerySet[Message]:
    """Return the unread messages that go into the next daily mail."""
    return Message.objects.filter(way=Way.DAILY, mail=None, read_at=None)


def due_mails(moment: datetime) -> QuerySet[Mail]:
    """Return the mails that are to be tried now, the longest waiting first."""
    return Mail.objects.filter(state=MailState.QUEUED, next_try_at__lte=moment).order_by("next_try_at", "pk")


def failed_mails() -> int:
    """Return how many mails were given up, for those who run the portal."""
    return Mail.objects.filter(state=MailState.FAILED).count()


def account_of(person: UUID) -> User | None:
    """Return the open account of a person; None where it is closed, erased, or a demo account of a real portal."""
    accounts = User.objects.filter(actor_person__actor=person, is_active=True)
    return (accounts if settings.DEMO else accounts.filter(is_demo=False)).first()


def address_of(person: UUID) -> str:
    """Return the mail address of a person as it is now; empty where there is no open account or no address."""
    account = account_of(person)
    return account.email if account else ""
