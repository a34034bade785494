"""What counts as an office: pure, on a small picture of the tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

OFFICE_KINDS = frozenset({"amt", "eigenbetrieb", "company", "stabsstelle"})


@dataclass(frozen=True, slots=True)
class UnitNode:
    """One unit as the rules need it."""

    id: int
    kind: str
    parent_id: int | None
    valid_from: date | None
    valid_until: date | None

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the unit exists on `day`, last day included."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


def office_of(unit_id: int | None, tree: Mapping[int, UnitNode], day: date) -> int | None:
    """Return the id of the office of a unit: the nearest node of kind Amt, Eigenbetrieb, company or Stabsstelle that
    is valid that day, looking from the unit itself upwards; None where there is none.

    Source: Verfahrensordnung des Portals, „Vernetzung“ und „Niemand urteilt in eigener Sache“.
    """
    seen: set[int] = set()
    while unit_id is not None and unit_id not in seen and unit_id in tree:
        node = tree[unit_id]
        if node.kind in OFFICE_KINDS and node.is_valid_on(day):
            return node.id
        seen.add(unit_id)
        unit_id = node.parent_id
    return None


def offices_of(unit_ids: Iterable[int], tree: Mapping[int, UnitNode], day: date) -> frozenset[int]:
    """Return the distinct offices of several units."""
    found = {office_of(unit_id, tree, day) for unit_id in unit_ids}
    return frozenset(office for office in found if office is not None)
