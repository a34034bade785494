"""Picking the parts of the frame that are in force."""

from datetime import date

from django.db.models import Prefetch

from governance.strategy.models import (
    Edition,
    Handlungsbedarf,
    RubricDimension,
    RubricVersion,
    Stated,
    StrategicGoal,
    Teilziel,
)


def edition_in_force(day: date) -> Edition | None:
    """Return the edition that holds on `day`, or None."""
    return Edition.objects.in_force(day).first()


def rubric_in_force(day: date) -> RubricVersion | None:
    """Return the rubric version that holds on `day`, with dimensions and levels in three queries, or None."""
    dimensions = Prefetch(
        "dimensions",
        RubricDimension.objects.order_by("number").prefetch_related("levels"),
    )
    return RubricVersion.objects.filter(valid_from__lte=day).order_by("-number").prefetch_related(dimensions).first()


def edition_of(row: Stated) -> Edition:
    """Return the edition that a row of the frame belongs to."""
    if isinstance(row, Edition):
        return row
    if isinstance(row, Teilziel):
        return row.handlungsbedarf.handlungsfeld.edition
    if isinstance(row, (StrategicGoal, Handlungsbedarf)):
        return row.handlungsfeld.edition
    return row.edition  # type: ignore[attr-defined]
