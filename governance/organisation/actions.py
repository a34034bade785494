"""The only writers of sources, units and accounts."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from governance.organisation.models import OrganisationUnit, Source, User
from governance.organisation.queries import unit_tree
from governance.organisation.unit_rows import Plan
from governance.permissions import Act, require
from governance.record.actions import actor_for, locked, write_entry
from governance.record.events import security_event
from governance.record.text import CHANGED_MEANWHILE

UNIT_FIELDS = frozenset({"name", "short_name", "number", "kind", "parent", "valid_from", "valid_until"})
ACCOUNT_FIELDS = frozenset({"first_name", "last_name", "email", "is_active"})


@transaction.atomic
def name_source(*, title: str, address: str, by: User) -> Source:
    """Return the source with this address, naming it first where it is new; writes one entry then.

    The CDO names sources. Raises NotAllowed, ValidationError.
    """
    principal = require(by, Act.EDIT_FRAME)
    Source.objects.select_for_update().order_by("pk").first()  # the next key is given to one at a time
    known = Source.objects.filter(address=address).order_by("pk").first()
    if known is not None:
        return known
    source = Source(key=_next_key(), title=title, address=address)
    source.full_clean()
    source.save()
    actor = actor_for(by)
    write_entry(
        chain=f"source:{source.pk}",
        act="name_source",
        object_type="source",
        object_id=source.pk,
        by=actor,
        in_place_of=principal,
        is_example=actor.is_example,
    )
    return source


def _next_key() -> str:
    number = Source.objects.count() + 1
    while Source.objects.filter(key=f"Q{number}").exists():
        number += 1
    return f"Q{number}"


@transaction.atomic
def add_unit(*, code: str, values: Mapping[str, object], by: User) -> OrganisationUnit:
    """Add a unit to the tree and return it; its code never changes. Writes one entry.

    Raises NotAllowed, ValidationError. Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    require(by, Act.EDIT_ORGANISATION)
    unit = OrganisationUnit(code=code, is_example=by.is_demo, **_known(values, UNIT_FIELDS))
    unit.full_clean()
    unit.save()
    _write_unit(unit, by, "added")
    return unit


@transaction.atomic
def change_unit(
    *, unit: OrganisationUnit, values: Mapping[str, object], successors: Iterable[OrganisationUnit], by: User
) -> OrganisationUnit:
    """Rename, move or end a unit, and name its successors. Writes one entry. Projects keep the unit of their day.

    `unit` is as the person saw it. Raises NotAllowed; ValidationError also where the unit would stand below itself or
    was changed meanwhile.
    """
    require(by, Act.EDIT_ORGANISATION)
    fresh = OrganisationUnit.objects.select_for_update().get(pk=unit.pk)
    _refuse_if_changed(unit, fresh, UNIT_FIELDS)
    for name, value in _known(values, UNIT_FIELDS).items():
        setattr(fresh, name, value)
    if _stands_below_itself(fresh):
        raise ValidationError({"parent": _("Eine Einheit kann nicht unter sich selbst stehen.")})
    named = list(successors)
    if any(each.pk == fresh.pk for each in named):
        raise ValidationError({"successors": _("Eine Einheit folgt nicht sich selbst nach.")})
    fresh.full_clean()
    fresh.save()
    fresh.successors.set(named)
    _write_unit(fresh, by, "changed")
    return fresh


@transaction.atomic
def import_units(*, plan: Plan, by: User) -> None:
    """Carry out what a table of the organisation says, all or nothing: new units, then changes, then successors.

    Every unit goes through `add_unit` and `change_unit` and writes their entries; a unit that stays as it is writes
    none. Works from the top of the tree down, so that no unit stands below itself meanwhile. Raises NotAllowed,
    ValidationError where the plan holds a problem.
    """
    require(by, Act.EDIT_ORGANISATION)
    if plan.problems:
        raise ValidationError(_("Die Tabelle passt nicht mehr zum heutigen Stand. Laden Sie sie noch einmal hoch."))
    units = {unit.code: unit for unit in OrganisationUnit.objects.select_for_update()}
    for new in plan.new:
        values = new.values | {"parent": units[new.parent] if new.parent else None}
        units[new.code] = add_unit(code=new.code, values=values, by=by)
    for each in plan.units:
        successors = [units[code] for code in each.successors or ()]
        unit = units[each.code]
        if each.unit is None and successors:
            change_unit(unit=unit, values={}, successors=successors, by=by)
        elif each.unit is not None and each.changes:
            values = each.values | {"parent": units[each.parent] if each.parent else None}
            named = unit.successors.all() if each.successors is None else successors
            change_unit(unit=unit, values=values, successors=named, by=by)


def _refuse_if_changed(seen: Model, fresh: Model, names: Iterable[str]) -> None:
    """Refuse to write over what somebody else has changed since `seen` was read."""
    if any(getattr(seen, name) != getattr(fresh, name) for name in names):
        raise ValidationError(CHANGED_MEANWHILE)


def _stands_below_itself(unit: OrganisationUnit) -> bool:
    tree, above = unit_tree(), unit.parent_id
    while above is not None and above != unit.pk:
        above = tree[above].parent_id if above in tree else None
    return above is not None


def _write_unit(unit: OrganisationUnit, by: User, state: str) -> None:
    write_entry(
        chain=f"unit:{unit.pk}",
        act=Act.EDIT_ORGANISATION,
        object_type="unit",
        object_id=unit.pk,
        by=actor_for(by),
        is_example=unit.is_example,
        to_state=state,
    )


@transaction.atomic
def create_account(*, username: str, password: str, values: Mapping[str, object], by: User) -> User:
    """Create an account and its actor and return it. It opens nothing until it holds a mandate. Writes one entry.

    Raises NotAllowed, ValidationError (a name that is taken, a weak password).
    """
    require(by, Act.CREATE_ACCOUNT)
    user = User(username=username, is_demo=by.is_demo, **_known(values, ACCOUNT_FIELDS))
    _set_password(user, password)
    user.full_clean()
    user.save()
    _write_account(user, by, "created")
    return user


@transaction.atomic
def change_account(*, user: User, values: Mapping[str, object], by: User, password: str = "") -> User:
    """Change name, mail or whether an account is open, and set a password where one is given. Writes one entry.

    `user` is as the person saw it. Nobody closes their own account. Raises NotAllowed, ValidationError (changed
    meanwhile, too).
    """
    require(by, Act.CREATE_ACCOUNT)
    fresh = User.objects.select_for_update().get(pk=user.pk)
    _refuse_if_changed(user, fresh, ACCOUNT_FIELDS)
    known = _known(values, ACCOUNT_FIELDS)
    if fresh.pk == by.pk and not known.get("is_active", True):
        raise ValidationError({"is_active": _("Ihr eigenes Konto schließt jemand anderes.")})
    for name, value in known.items():
        setattr(fresh, name, value)
    if password:
        _set_password(fresh, password)
    fresh.full_clean()
    fresh.save()
    _write_account(fresh, by, "changed")
    return fresh


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)


def _write_account(user: User, by: User, state: str) -> None:
    person = locked(actor_for(user))
    write_entry(
        chain=f"mandates:{person.pk}",
        act=Act.CREATE_ACCOUNT,
        object_type="account",
        object_id=person.pk,
        by=actor_for(by),
        is_example=person.is_example,
        to_state=state,
    )
    security_event(f"account_{state}", account=user.pk, by=by.pk)


def _known(values: Mapping[str, object], names: frozenset[str]) -> dict[str, object]:
    unknown = set(values) - names
    if unknown:
        raise TypeError(f"Not to be set here: {', '.join(sorted(unknown))}")
    return dict(values)
