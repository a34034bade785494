"""What a person holds today."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

from governance.mandates.models import Absence, Mandate
from governance.mandates.rules import NOBODY, Held, Standing
from governance.organisation.models import User
from governance.record import clock
from governance.record.models import ActorPerson

# What apps above want to know about a person in the same query: its name, and the condition on a day, in which
# OuterRef("person") is the person's actor.
_ALSO: dict[str, Callable[[date], Exists]] = {}


def also_ask(name: str, condition: Callable[[date], Exists]) -> None:
    """Let every standing say whether `condition` holds, as `name in standing.also`, without a query of its own."""
    _ALSO[name] = condition


def cache_for_request(user: User | AnonymousUser) -> None:
    """Let this one account object remember its mandates; the middleware calls it, a request is short."""
    user._remembers_standing = True  # type: ignore[union-attr]


def standing_of(user: User | AnonymousUser, day: date | None = None) -> Standing:
    """Return what `user` holds on `day` (today if None), in one query; nothing for anonymous or closed accounts.

    `is_superuser` counts for nothing here.
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    day = day or clock.today()
    remembered = user.__dict__.get("_standing")
    if remembered is not None and remembered[0] == day:
        return remembered[1]
    standing = _read_standing(user, day)
    if getattr(user, "_remembers_standing", False):
        user.__dict__["_standing"] = (day, standing)
    return standing


def _read_standing(user: User, day: date) -> Standing:
    absent = Absence.objects.filter(person=OuterRef("deputy_for__person"), first_day__lte=day, last_day__gte=day)
    rows = (
        Mandate.objects.valid_on(day)
        .filter(person__person__user=user)
        .annotate(principal_is_absent=Exists(absent), **{f"also_{name}": ask(day) for name, ask in _ALSO.items()})
        .select_related("body", "deputy_for")
        .order_by("pk")
    )
    held = tuple(
        Held(
            role=row.role,
            body_kind=row.body.kind if row.body else None,
            body_id=row.body_id,
            handlungsfeld_id=row.handlungsfeld_id,
            unit_id=row.unit_id,
            principal=row.deputy_for.person_id if row.deputy_for else None,
            principal_is_absent=row.principal_is_absent,
            is_bound_to_confidentiality=row.confidentiality_on is not None and row.confidentiality_on <= day,
        )
        for row in rows
        # A deputy of a mandate that has ended deputises nobody.
        if row.deputy_for is None or _is_valid(row.deputy_for, day)
    )
    rows_actor = rows[0].person_id if rows else None
    if rows_actor is None:
        rows_actor = ActorPerson.objects.filter(user=user).values_list("actor_id", flat=True).first()
    also = frozenset(name for name in _ALSO if rows and getattr(rows[0], f"also_{name}"))
    return Standing(actor_id=rows_actor, held=held, also=also)


def _is_valid(mandate: Mandate, day: date) -> bool:
    return mandate.valid_from <= day and (mandate.valid_until is None or mandate.valid_until >= day)


def mandates_of(user: User) -> list[Mandate]:
    """Return what an account holds today, with what it is held for."""
    rows = Mandate.objects.valid_on(clock.today()).filter(person__person__user=user)
    return list(rows.select_related("body", "handlungsfeld", "unit").order_by("valid_from", "pk"))


def holders_on(day: date, *, role: str, body_id: int | None = None) -> list[Mandate]:
    """Return the mandates of a role held on a day, principals first, with person and deputised mandate."""
    rows = Mandate.objects.valid_on(day).filter(role=role).select_related("person", "deputy_for")
    if body_id is not None:
        rows = rows.filter(body_id=body_id)
    return sorted(rows, key=lambda row: (row.deputy_for_id is not None, row.pk))
