"""The only writers of mandates and absences."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.mandates.models import Absence, Body, Mandate
from governance.mandates.rules import Role
from governance.messages.actions import after_commit, tell
from governance.messages.rules import MandateKind
from governance.organisation.models import OrganisationUnit, User
from governance.permissions import Act, require
from governance.record import clock
from governance.record.actions import actor_for, locked, write_entry
from governance.record.models import Actor
from governance.record.text import clean_line
from governance.strategy.models import Handlungsfeld


def _named(source: str, *, field: str) -> str:
    """Return the source on one line; refuse one that says nothing to a reader."""
    line = clean_line(source)
    if not line:
        raise ValidationError({field: _("Nennen Sie die Grundlage, zum Beispiel die Verfügung und ihren Tag.")})
    return line


def _chain(person: Actor) -> str:
    return f"mandates:{person.pk}"


@transaction.atomic
def grant_mandate(
    *,
    person: User,
    role: str,
    source: str,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
    body: Body | None = None,
    handlungsfeld: Handlungsfeld | None = None,
    unit: OrganisationUnit | None = None,
    deputy_for: Mandate | None = None,
    confidentiality_on: date | None = None,
) -> Mandate:
    """Give `person` a role on a named source and return the mandate.

    In order: asks for the right (the Betrieb, never to oneself; the CDO for coordinators), checks the row (the same
    mandate is not granted twice), saves it, writes one entry, tells the person. Raises NotAllowed or ValidationError.
    Source: Verfahrensordnung des Portals, „Mandate“.
    """
    principal = require(by, Act.GRANT_MANDATE, role=role, person=person)
    giver, receiver = actor_for(by), actor_for(person)
    if deputy_for is not None and deputy_for.role != role:
        raise ValidationError({"deputy_for": _("Eine Vertretung hat dieselbe Rolle wie die vertretene Person.")})
    if deputy_for is not None and deputy_for.person_id == receiver.pk:
        raise ValidationError({"deputy_for": _("Niemand vertritt sich selbst.")})
    if deputy_for is not None and (deputy_for.body, deputy_for.handlungsfeld) != (body, handlungsfeld):
        raise ValidationError({"deputy_for": _("Eine Vertretung gilt für dasselbe Gremium oder Handlungsfeld.")})
    if deputy_for is not None and role == Role.UNIT_CONSENT and deputy_for.unit != unit:
        raise ValidationError({"deputy_for": _("Eine Vertretung gilt für dieselbe Stelle.")})
    mandate = Mandate(
        person=receiver,
        role=role,
        body=body,
        handlungsfeld=handlungsfeld,
        unit=unit,
        deputy_for=deputy_for,
        valid_from=valid_from,
        valid_until=valid_until,
        confidentiality_on=confidentiality_on,
        source=_named(source, field="source"),
        granted_by=giver,
        granted_at=clock.now(),
    )
    locked(receiver)
    mandate.full_clean()
    _refuse_second_employment(mandate)
    mandate.save()
    _write(mandate, act=Act.GRANT_MANDATE, by=giver, in_place_of=principal, to_state=role)
    _tell_the_person(mandate, MandateKind.MANDATE_GRANTED)
    return mandate


def _refuse_second_employment(mandate: Mandate) -> None:
    """Everybody employed holds that mandate in one unit at a time."""
    if mandate.role != Role.EMPLOYEE:
        return
    others = Mandate.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=mandate.valid_from), person=mandate.person, role=Role.EMPLOYEE
    )
    if mandate.valid_until is not None:
        others = others.filter(valid_from__lte=mandate.valid_until)
    other = others.select_related("unit").first()
    if other is not None:
        text = _("In dieser Zeit ist die Person schon beschäftigt: {unit}. Beenden Sie zuerst jenes Mandat.")
        raise ValidationError({"unit": text.format(unit=other.unit)})


@transaction.atomic
def end_mandate(*, mandate: Mandate, last_day: date, source: str, by: User) -> Mandate:
    """Let a mandate end on `last_day` (included) on a named source; writes one entry and tells the person.

    Raises NotAllowed, ValidationError. Source: Verfahrensordnung des Portals, „Mandate“.
    """
    mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
    locked(mandate.person)
    principal = require(by, Act.END_MANDATE, role=mandate.role, person=mandate.person)
    if mandate.valid_until is not None and last_day > mandate.valid_until:
        raise ValidationError({"last_day": _("Das Mandat endet schon früher; länger gilt nur ein neues.")})
    mandate.end_source = _named(source, field="end_source")
    mandate.valid_until = last_day
    mandate.full_clean()
    mandate.save(update_fields=["valid_until", "end_source"])
    _write(mandate, act=Act.END_MANDATE, by=actor_for(by), in_place_of=principal, from_state=mandate.role)
    _tell_the_person(mandate, MandateKind.MANDATE_ENDED)
    return mandate


@transaction.atomic
def enter_absence(*, person: User, first_day: date, last_day: date, by: User, source: str = "") -> Absence:
    """Enter the days on which `person` is away: oneself, or the Betrieb on a named source; writes one entry.

    Raises NotAllowed; ValidationError also where these very days are entered already.
    Source: Verfahrensordnung des Portals, „Vertretung“.
    """
    require(by, Act.ENTER_ABSENCE, person=person)
    away, writer = locked(actor_for(person)), actor_for(by)
    absence = Absence(
        person=away,
        first_day=first_day,
        last_day=last_day,
        entered_by=writer,
        entered_at=clock.now(),
        source="" if away == writer else _named(source, field="source"),
    )
    absence.full_clean()
    absence.save()
    write_entry(
        chain=_chain(away),
        act=Act.ENTER_ABSENCE,
        object_type="absence",
        object_id=absence.pk,
        by=writer,
        is_example=away.is_example,
    )
    return absence


@transaction.atomic
def grant_first_operator(*, person: User, source: str, by: Actor) -> Mandate:
    """Give the very first account the role Betrieb; refused once anybody holds it. Called by `create_operator`."""
    if Mandate.objects.filter(role=Role.OPERATOR).exists():
        raise ValidationError(_("Es gibt schon ein Betriebskonto; weitere Mandate erteilt es in der Verwaltung."))
    mandate = Mandate(
        person=actor_for(person),
        role=Role.OPERATOR,
        valid_from=clock.today(),
        source=_named(source, field="source"),
        granted_by=by,
        granted_at=clock.now(),
    )
    mandate.full_clean()
    mandate.save()
    _write(mandate, act=Act.GRANT_MANDATE, by=by, to_state=Role.OPERATOR)
    return mandate


def _tell_the_person(mandate: Mandate, kind: MandateKind) -> None:
    """Tell the person after commit which role she holds from when, or until when; for what it is held says the page."""
    if kind == MandateKind.MANDATE_GRANTED:
        subject, said, day = _("Sie haben ein neues Mandat"), _("{role}, gültig ab {day}."), mandate.valid_from
    else:
        subject, said = _("Ein Mandat von Ihnen endet"), _("{role}, letzter Tag ist der {day}.")
        day = mandate.valid_until or mandate.valid_from
    text = said.format(role=mandate.get_role_display(), day=date_format(day, "j. F Y"))
    person, address = mandate.person_id, reverse("messages:profile")

    def told(at: datetime, with_mails: bool) -> None:
        tell(people=[person], kind=kind, subject=subject, text=text, address=address, at=at, with_mails=with_mails)

    after_commit(told)


def _write(
    mandate: Mandate,
    *,
    act: Act,
    by: Actor,
    in_place_of: Actor | None = None,
    from_state: str = "",
    to_state: str = "",
) -> None:
    write_entry(
        chain=_chain(mandate.person),
        act=act,
        object_type="mandate",
        object_id=mandate.pk,
        by=by,
        in_place_of=in_place_of,
        is_example=mandate.person.is_example,
        from_state=from_state,
        to_state=to_state,
    )
