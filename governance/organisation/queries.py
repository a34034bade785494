"""Reading the organisation tree."""

from collections.abc import Iterable
from datetime import date

from governance.organisation.models import OrganisationUnit
from governance.organisation.rules import UnitNode, office_of, offices_of


def unit_tree() -> dict[int, UnitNode]:
    """Return the whole tree by id (one query; the tree has some hundred nodes at most)."""
    rows = OrganisationUnit.objects.values_list("id", "kind", "parent_id", "valid_from", "valid_until")
    return {row[0]: UnitNode(*row) for row in rows}


def office_id(unit_id: int | None, day: date) -> int | None:
    """Return the office of a unit on a day, or None."""
    return office_of(unit_id, unit_tree(), day)


def office_ids(unit_ids: Iterable[int], day: date) -> frozenset[int]:
    """Return the distinct offices of some units on a day."""
    return offices_of(unit_ids, unit_tree(), day)
