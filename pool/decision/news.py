"""Who is told of a sitting as a whole. What concerns one project's people stands in `pool.notifications`.

Called inside the act's transaction, told after its commit; sentences are fixed, without names or typed text.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.mandates.models import Mandate
from governance.mandates.rules import Role
from governance.messages import actions as messages
from governance.models import Actor
from pool.decision.models import Sitting, SittingItem
from pool.decision.queries import entitled_on
from pool.message_kinds import Kind


def invited(sitting: Sitting, *, by: Actor, is_again: bool) -> None:
    """Those entitled on the day, deputies included, and the Beirat's office, which brings its recommendations."""
    day = date_format(sitting.day, "j. F Y")
    subject = (
        _("Die Tagesordnung der Sitzung am {day} ist geändert") if is_again else _("Einladung zur Sitzung am {day}")
    )
    advised = _("Die Lenkungsgruppe tagt am {day}: Der Beirat kann empfehlen")
    key = f"sitting:{sitting.pk}:invitation:{sitting.invitations.count()}"
    to_sitting = reverse("decision:sitting", args=[sitting.pk])
    entitled = {UUID(person) for person in entitled_on(sitting.body, sitting.day)}
    _tell(sitting, entitled - {by.pk}, Kind.INVITED, subject.format(day=day), to_sitting, key)
    office = _beirat_office(sitting) - entitled - {by.pk}
    _tell(sitting, office, Kind.TO_RECOMMEND, advised.format(day=day), reverse("decision:recommendations"), key)


def recommended(item: SittingItem, *, number: int, by: Actor) -> None:
    """Who sits in the body, and the CDO's office, which prepares the item."""
    sitting = item.sitting
    people = {UUID(person) for person in entitled_on(sitting.body, sitting.day)} | _holders(sitting, Role.CDO)
    subject = _("Der Beirat hat zur Sitzung am {day} etwas empfohlen").format(day=date_format(sitting.day, "j. F Y"))
    address = reverse("decision:item", args=[sitting.pk, item.pk])
    key = f"item:{item.pk}:recommendation:{number}"
    _tell(sitting, people - {by.pk}, Kind.RECOMMENDED, subject, address, key)


def _beirat_office(sitting: Sitting) -> set[UUID]:
    rows = Mandate.objects.valid_on(sitting.day).filter(role=Role.ADVISORY_OFFICE, body__kind="beirat")  # type: ignore[attr-defined]
    return set(rows.filter(confidentiality_on__lte=sitting.day).values_list("person", flat=True))


def _holders(sitting: Sitting, role: Role) -> set[UUID]:
    return set(Mandate.objects.valid_on(sitting.day).filter(role=role).values_list("person", flat=True))  # type: ignore[attr-defined]


def _tell(sitting: Sitting, people: Iterable[UUID], kind: Kind, subject: str, address: str, key: str) -> None:
    reached = sorted(people)
    if sitting.is_example:  # real people are not told of examples
        reached = sorted(Actor.objects.filter(pk__in=reached, is_example=True).values_list("pk", flat=True))

    def told(at: datetime, with_mails: bool) -> None:
        messages.tell(
            people=reached,
            kind=kind,
            subject=subject,
            address=address,
            at=at,
            key=f"{key}:{kind}",
            with_mails=with_mails,
        )

    messages.after_commit(told)
