"""Erasing a person: the account, the bridge to it, and what the portal kept for that person alone."""

from dataclasses import dataclass

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.mandates.models import Mandate
from governance.messages.models import Mail, MailPreference, Message
from governance.organisation.models import User
from governance.permissions import Act, require
from governance.record import clock
from governance.record.actions import actor_for, locked, write_entry
from governance.record.models import Actor


@dataclass(frozen=True, slots=True)
class Erased:
    """Who the person is from now on, and how much went with the account; counts only."""

    actor: Actor
    messages: int
    mails: int
    sessions: int


@transaction.atomic
def erase_account(*, person: User, by: User) -> Erased:
    """Delete the account of `person` for good; histories and record keep the actor and say "ehemaliges Konto".

    In order: the right (the Betrieb, never the own account); refuses while a mandate runs, naming it; deletes
    messages, mails, mail preferences, sessions and counted sign-ins; writes one entry into the chain of the person's
    mandates; deletes account and bridge. Raises NotAllowed, ValidationError.
    Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    require(by, Act.ERASE_PERSON, person=person)
    actor = locked(actor_for(person))
    _refuse_running_mandates(actor)
    messages, _rows = Message.objects.filter(person=actor).delete()
    mails, _rows = Mail.objects.filter(person=actor).delete()
    MailPreference.objects.filter(person=actor).delete()
    sessions = _end_sessions(person)
    for counted in (AccessAttempt, AccessFailureLog, AccessLog):
        counted.objects.filter(username=person.username).delete()
    write_entry(
        chain=f"mandates:{actor.pk}",
        act=Act.ERASE_PERSON,
        object_type="actor",
        object_id=actor.pk,
        by=actor_for(by),
        is_example=actor.is_example,
    )
    person.delete()
    return Erased(actor=actor, messages=messages, mails=mails, sessions=sessions)


def _refuse_running_mandates(actor: Actor) -> None:
    running = Mandate.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today()), person=actor)
    found = [
        _("{role} seit {day}").format(role=mandate.get_role_display(), day=date_format(mandate.valid_from, "j. F Y"))
        for mandate in running.order_by("valid_from", "pk")
    ]
    if found:
        raise ValidationError(
            _("Beenden Sie zuerst die laufenden Mandate: {mandates}.").format(mandates="; ".join(found))
        )


def _end_sessions(person: User) -> int:
    """Delete the person's sessions; a session keeps its account only inside its encoded content."""
    own = [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=own).delete()
    return len(own)
