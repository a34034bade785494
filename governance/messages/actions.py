"""The only writers of messages, preferences and the queue of mails. What sends stands in `delivery`.

None of these writes an entry into the record, `retry_mails` excepted: being told is no act of the procedure, and who
reads what is nobody's business.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from governance.messages import delivery
from governance.messages.kinds import labels
from governance.messages.models import Mail, MailPreference, Message
from governance.messages.queries import waiting_for_digest, ways_for
from governance.messages.rules import PASSWORD_GAP, MailState, Way
from governance.organisation.models import User
from governance.permissions import Act, require
from governance.record import clock
from governance.record.actions import actor_for, write_entry


class Reach(Enum):
    """How far news go: everywhere, into the portal without mails, or nowhere."""

    EVERYWHERE = auto()
    PORTAL = auto()
    NOWHERE = auto()


_reach: ContextVar[Reach] = ContextVar("reach", default=Reach.EVERYWHERE)


@contextmanager
def reaching(reach: Reach) -> Iterator[None]:
    """Let news of the block go only so far: for playing example histories, which are no news."""
    token = _reach.set(reach)
    try:
        yield
    finally:
        _reach.reset(token)


def after_commit(tell_about: Callable[[datetime, bool], None]) -> None:
    """Call `tell_about(moment, mails)` when the act at hand is committed, then try once to send what waits.

    A rolled back act tells nobody. Whatever goes wrong while telling is logged and hinders nobody: the act stands.
    """
    reach, moment = _reach.get(), clock.now()
    if reach is Reach.NOWHERE:
        return
    transaction.on_commit(lambda: tell_about(moment, reach is Reach.EVERYWHERE), robust=True)
    if reach is Reach.EVERYWHERE:
        transaction.on_commit(delivery.try_once, robust=True)


@transaction.atomic
def tell(
    *,
    people: Iterable[UUID],
    kind: str,
    subject: str,
    address: str,
    text: str = "",
    about: str = "",
    at: datetime | None = None,
    key: str = "",
    with_mails: bool = True,
) -> list[Message]:
    """Write the message for each person and queue a mail for whoever wants one at once; return what is new.

    `subject` and `text` are sentences of the portal; what anybody typed goes into `about`. `key` names the occasion:
    a person is told of the same one once, however often and by however many processes this is called. Raises KeyError
    for a kind that is not registered.
    """
    ways = ways_for(kind, list(dict.fromkeys(people)))
    moment = at or clock.now()
    written = []
    for person, way in ways.items():
        message = Message(
            person_id=person,
            kind=kind,
            subject=subject,
            text=text,
            about=about,
            address=address,
            created_at=moment,
            way=way if with_mails else Way.OFF,
            key=f"{key}:{person}" if key else "",
        )
        if _saved(message):
            written.append(message)
            if message.way == Way.AT_ONCE:
                message.mail = _queue(person=person, key=f"message:{message.pk}", at=moment)
                message.save(update_fields=["mail"])
    return written


def _saved(message: Message) -> bool:
    """Save a message unless one with its key is there already, also one that is being written at this moment."""
    if message.key and Message.objects.filter(key=message.key).exists():
        return False
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if message.key and Message.objects.filter(key=message.key).exists():
            return False
        raise
    return True


def _queue(*, person: UUID, key: str, at: datetime, is_digest: bool = False) -> Mail:
    return Mail.objects.create(person_id=person, key=key, queued_at=at, next_try_at=at, is_digest=is_digest)


def queue_digests() -> int:
    """Queue today's mail for each person with unread messages that are to be collected; return how many.

    A person gets one a day, however often this is called; what comes later waits for tomorrow.
    """
    people = waiting_for_digest().order_by("person").values_list("person", flat=True).distinct()
    return sum(_queue_digest(person) for person in list(people))


@transaction.atomic
def _queue_digest(person: UUID) -> bool:
    key = f"digest:{clock.today():%Y-%m-%d}:{person}"
    now = clock.now()
    mail, is_new = Mail.objects.get_or_create(
        key=key, defaults={"person_id": person, "queued_at": now, "next_try_at": now, "is_digest": True}
    )
    if is_new and not waiting_for_digest().filter(person=person).update(mail=mail):
        mail.delete()
        return False
    return is_new


def queue_password_mail(*, account: User) -> bool:
    """Queue a mail with a link to a new password; return whether it is new.

    The link is made when the mail is sent. Asking again within PASSWORD_GAP queues no second mail, however often and
    in however many processes this is called.
    """
    now = clock.now()
    person = actor_for(account).pk
    turn = int(now.timestamp() // PASSWORD_GAP.total_seconds())
    values = {"person_id": person, "queued_at": now, "next_try_at": now, "is_password": True}
    return Mail.objects.get_or_create(key=f"password:{turn}:{person}", defaults=values)[1]


def mark_read(*, messages: QuerySet[Message]) -> int:
    """Mark unread ones of these messages as read; return how many."""
    return messages.filter(read_at=None).update(read_at=clock.now())


@transaction.atomic
def choose_ways(*, person: User, ways: Mapping[str, str]) -> None:
    """Keep how `person` wants to hear of each kind by mail. Messages written before stay as they were.

    Raises KeyError for a kind nobody told of.
    """
    actor, known = actor_for(person), labels()
    for kind, way in ways.items():
        if kind not in known:
            raise KeyError(kind)
        MailPreference.objects.update_or_create(
            person=actor, kind=kind, defaults={"way": Way(way), "chosen_at": clock.now()}
        )


@transaction.atomic
def retry_mails(*, mails: QuerySet[Mail], by: User) -> int:
    """Queue failed mails again, with all their attempts; return how many. Writes one entry for each.

    Raises NotAllowed for anybody but those who run the portal.
    """
    require(by, Act.RETRY_MAIL)
    failed = list(mails.filter(state=MailState.FAILED).select_for_update())
    for mail in failed:
        mail.state, mail.attempts, mail.problem = MailState.QUEUED, 0, ""
        mail.next_try_at = clock.now()
        mail.save(update_fields=["state", "attempts", "problem", "next_try_at"])
        write_entry(
            chain=f"mail:{mail.pk}",
            act=Act.RETRY_MAIL,
            object_type="mail",
            object_id=mail.pk,
            by=actor_for(by),
            is_example=by.is_demo,
            from_state=MailState.FAILED,
            to_state=MailState.QUEUED,
        )
    return len(failed)
