"""Acts on the frame, the organisation and mandates: who may do what. Everything not said here is refused.

Source: Verfahrensordnung des Portals, „Mandate“ und die Tabelle der Handlungen, die nichts bewegen.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.mandates.rules import Held, Role, Standing
from governance.organisation.models import User
from governance.record.models import Actor

Room = Literal["ideen", "koordination", "lenkungsgruppe", "sitzungen", "umsetzung", "admin"]


class Act(TextChoices):
    """What can be done to the frame, the organisation and mandates."""

    GRANT_MANDATE = "grant_mandate", "Mandat erteilen"
    END_MANDATE = "end_mandate", "Mandat beenden"
    ENTER_ABSENCE = "enter_absence", "Abwesenheit eintragen"
    EDIT_FRAME = "edit_frame", "Rahmen bearbeiten"
    EDIT_ORGANISATION = "edit_organisation", "Organisation bearbeiten"
    CREATE_ACCOUNT = "create_account", "Konto anlegen"
    RETRY_MAIL = "retry_mail", "Gescheiterte Mails erneut senden"
    EDIT_SYNONYMS = "edit_synonyms", "Synonyme pflegen"
    ERASE_PERSON = "erase_person", "Konto einer Person löschen"


class NotAllowed(PermissionDenied):
    """The act is refused; the message says why, in words for the person."""


# Roles whose mandates the CDO names; all others the Betrieb grants, on a named source.
NAMED_BY_CDO = frozenset({Role.COORDINATOR})


def may(
    user: User | AnonymousUser,
    act: Act,
    *,
    role: str | None = None,
    person: User | Actor | None = None,
) -> bool:
    """Tell whether `user` may do `act`; for mandates also which role is given and to whom."""
    return _allows(standing_of(user), user, act, role, person)


def roles_for(act: Act) -> list[Role]:
    """Return the roles whose mandate alone lets somebody do `act`, for the page that says who may do what."""
    nobody = AnonymousUser()
    return [role for role in Role if _allows(Standing(None, (Held(role),)), nobody, act, None, None)]


def _allows(
    standing: Standing, user: User | AnonymousUser, act: Act, role: str | None, person: User | Actor | None
) -> bool:
    if act == Act.ENTER_ABSENCE:
        return standing.is_operator or (bool(standing.held) and _is_same(user, standing, person))
    if act in (Act.GRANT_MANDATE, Act.END_MANDATE):
        if person is not None and _is_same(user, standing, person):
            return False
        if standing.is_operator:
            return True
        return standing.acts_as_cdo and (role is None or role in NAMED_BY_CDO)
    if act == Act.ERASE_PERSON:
        return standing.is_operator and not (person is not None and _is_same(user, standing, person))
    if act in (Act.EDIT_FRAME, Act.EDIT_SYNONYMS):
        return standing.acts_as_cdo
    if act in (Act.EDIT_ORGANISATION, Act.CREATE_ACCOUNT, Act.RETRY_MAIL):
        return standing.is_operator
    return False


def require(
    user: User | AnonymousUser,
    act: Act,
    *,
    role: str | None = None,
    person: User | Actor | None = None,
) -> Actor | None:
    """Raise NotAllowed with a German reason unless `may()` says yes; return in whose place `user` acts, if in any."""
    if may(user, act, role=role, person=person):
        return _principal(standing_of(user), act)
    if act == Act.GRANT_MANDATE and person is not None and _is_same(user, standing_of(user), person):
        raise NotAllowed(_("Niemand erteilt sich selbst ein Mandat."))
    raise NotAllowed(_("Dazu fehlt Ihnen heute das Mandat: {act}.").format(act=act.label))


def may_open(user: User | AnonymousUser, room: Room) -> bool:
    """Tell whether a room's door opens for `user` (design: the table of rooms)."""
    standing = standing_of(user)
    if room == "ideen":
        return standing.is_employee or standing.is_cdo or standing.is_steering or bool(standing.handlungsfeld_ids)
    if room == "koordination":
        return standing.is_cdo or bool(standing.handlungsfeld_ids) or "expert" in standing.also
    if room == "umsetzung":
        return standing.is_cdo or "team" in standing.also
    if room == "lenkungsgruppe":
        return standing.is_cdo or standing.is_steering or standing.is_advisory
    if room == "sitzungen":
        return standing.is_cdo or standing.is_steering
    return may_open_admin(user)


def may_open_admin(user: User | AnonymousUser) -> bool:
    """Tell whether the desk opens: CDO, deputy, Betrieb; a superuser sees its door open and nothing behind it."""
    if not user.is_authenticated or not user.is_active:
        return False
    standing = standing_of(user)
    return standing.is_cdo or standing.is_operator or user.is_superuser


def _principal(standing: Standing, act: Act) -> Actor | None:
    """Return whom a deputy CDO acts for; None for whoever acts in their own right."""
    names_people = act in (Act.GRANT_MANDATE, Act.END_MANDATE) and not standing.is_operator
    acts_for_cdo = act in (Act.EDIT_FRAME, Act.EDIT_SYNONYMS) or names_people
    offices = [held for held in standing.held if held.role == Role.CDO and held.acts_today]
    if not acts_for_cdo or any(not held.is_deputy for held in offices):
        return None
    return Actor.objects.get(pk=str(offices[0].principal))


def _is_same(user: User | AnonymousUser, standing: Standing, person: User | Actor | None) -> bool:
    if isinstance(person, Actor):
        return person.pk == standing.actor_id
    return person is not None and person.pk == user.pk
