"""The only writers of the record and of actors."""

from django.db import transaction

from governance.organisation.models import User
from governance.record import clock, rules
from governance.record.models import Actor, ActorPerson, Entry, ReasonedRow, rules_time


def actor_for(user: User) -> Actor:
    """Return the actor behind an account, giving it one on its first act."""
    link = ActorPerson.objects.select_related("actor").filter(user=user).first()
    if link is None:
        with transaction.atomic():
            actor = Actor.objects.create(is_example=user.is_demo)
            link = ActorPerson.objects.create(actor=actor, user=user)
        user.actor_person = link  # the account remembers it for this request
    return link.actor


def locked(actor: Actor) -> Actor:
    """Lock an actor's row until the transaction ends and return it: acts about one person happen one after another.

    Rows that only name the actor can still be written meanwhile.
    """
    return Actor.objects.select_for_update(no_key=True).get(pk=actor.pk)


def import_actor() -> Actor:
    """Return the one actor that stands for taking over public sources."""
    return Actor.objects.get_or_create(kind=Actor.Kind.IMPORT)[0]


def system_actor() -> Actor:
    """Return the one actor that stands for what is installed with the software."""
    return Actor.objects.get_or_create(kind=Actor.Kind.SYSTEM)[0]


@transaction.atomic
def write_entry(
    *,
    chain: str,
    act: str,
    object_type: str,
    object_id: object,
    by: Actor,
    is_example: bool,
    from_state: str = "",
    to_state: str = "",
    in_place_of: Actor | None = None,
    reason_row: ReasonedRow | None = None,
) -> Entry:
    """Add one entry to the end of `chain` and return it.

    Two writers of one chain at once: the unique number lets one of them through, the other's act is rolled back
    whole. Callers hold a lock on the aggregate, so that this does not happen in ordinary use.
    Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    last = Entry.objects.filter(chain=chain).order_by("-number").first()
    entry = Entry(
        chain=chain,
        number=last.number + 1 if last else 1,
        act=act,
        object_type=object_type,
        object_id=str(object_id),
        from_state=from_state,
        to_state=to_state,
        actor=by,
        in_place_of=in_place_of,
        at=clock.now(),
        reason_table=reason_row._meta.db_table if reason_row else "",
        reason_id=str(reason_row.pk) if reason_row else "",
        reason_hash=reason_row.reason_digest() if reason_row else "",
        is_example=is_example,
        previous_hash=last.hash if last else rules.FIRST_HASH,
    )
    entry.hash = rules.entry_hash(entry.values(), entry.previous_hash)
    entry.save(force_insert=True)
    return entry


__all__ = ["actor_for", "import_actor", "locked", "rules_time", "system_actor", "write_entry"]
