"""Picking the parts of the frame that are in force."""

from datetime import date
from typing import Any

from governance.strategy.models import (
    Edition,
    Handlungsbedarf,
    Handlungsfeld,
    Stated,
    StrategicGoal,
    Teilziel,
)


def edition_in_force(day: date) -> Edition | None:
    """Return the edition that holds on `day`, or None."""
    return Edition.objects.in_force(day).first()


def edition_of(row: Stated) -> Edition:
    """Return the edition that a row of the frame belongs to."""
    if isinstance(row, Edition):
        return row
    if isinstance(row, Teilziel):
        return row.handlungsbedarf.handlungsfeld.edition
    if isinstance(row, (StrategicGoal, Handlungsbedarf)):
        return row.handlungsfeld.edition
    return row.edition  # type: ignore[attr-defined]


def fields_with_needs(day: date) -> list[Handlungsfeld]:
    """Return the Handlungsfelder of the edition in force on `day` with their Handlungsbedarfe, in one query."""
    edition = Edition.objects.in_force(day).values("pk")[:1]
    of_field = [column.attname for column in Handlungsfeld._meta.concrete_fields]
    of_need = [column.attname for column in Handlungsbedarf._meta.concrete_fields]
    rows = (
        Handlungsfeld.objects.filter(edition__in=edition)
        .order_by("number", "pk", "handlungsbedarfe__number", "handlungsbedarfe__pk")
        .values_list(*of_field, *(f"handlungsbedarfe__{name}" for name in of_need))
    )
    fields: dict[int, Handlungsfeld] = {}
    needs: dict[int, list[Handlungsbedarf]] = {}
    for row in rows:
        field = Handlungsfeld.from_db("default", of_field, row[: len(of_field)])
        field = fields.setdefault(field.pk, field)
        need = Handlungsbedarf.from_db("default", of_need, row[len(of_field) :])
        needs.setdefault(field.pk, []).extend([need] if need.pk is not None else [])
    for key, field in fields.items():
        found: Any = field.handlungsbedarfe.all()
        found._result_cache, found._prefetch_done = needs[key], True
        field._prefetched_objects_cache = {"handlungsbedarfe": found}  # type: ignore[attr-defined]
    return list(fields.values())


def needs_in_force(day: date) -> list[Handlungsbedarf]:
    """Return the Handlungsbedarfe of the edition that holds on `day`, with their fields, in its order; one query."""
    edition = Edition.objects.in_force(day).values("pk")[:1]
    rows = Handlungsbedarf.objects.filter(handlungsfeld__edition__in=edition).select_related("handlungsfeld")
    return list(rows.order_by("handlungsfeld__number", "handlungsfeld__pk", "number", "pk"))
