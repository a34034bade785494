"""What every act on a sitting begins and ends with: the lock on its row, the refusals, the entry in its chain."""

from django.utils.translation import gettext as _

from governance.record.actions import write_entry
from governance.record.models import ReasonedRow
from pool.decision.models import Sitting, SittingItem
from pool.lifecycle import ProcedureError, StaleVersion
from pool.permissions import Authority


def lock_sitting(sitting: Sitting, *, version: int | None = None) -> Sitting:
    """Lock the sitting's row and return it fresh. Raises ProcedureError when closed, StaleVersion on a stale click.

    Call inside a transaction. The sitting is always locked first, then its items, then projects.
    """
    fresh = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if not fresh.is_open:
        raise ProcedureError(_("Die Sitzung ist geschlossen; ihre Beschlüsse ändert nur ein späterer Beschluss."))
    _refuse_stale(fresh, version)
    return fresh


def lock_closed_sitting(sitting: Sitting, *, version: int | None = None) -> Sitting:
    """Lock a closed sitting's row and return it fresh. Raises ProcedureError when open, StaleVersion when stale."""
    fresh = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if fresh.is_open:
        raise ProcedureError(_("Die Sitzung ist noch offen: Ändern Sie das Protokoll."))
    _refuse_stale(fresh, version)
    return fresh


def _refuse_stale(fresh: Sitting, version: int | None) -> None:
    if version is not None and fresh.version != version:
        raise StaleVersion(_("Die Sitzung wurde inzwischen geändert. Prüfen Sie den neuen Stand."))


def lock_item(item: SittingItem, *, version: int | None = None) -> SittingItem:
    """Lock the item's sitting, then the item, and return it fresh with `sitting` and `project` read anew."""
    sitting = lock_sitting(item.sitting)
    fresh = SittingItem.objects.select_for_update().filter(pk=item.pk).first()
    if fresh is None:
        raise StaleVersion(_("Der Punkt steht nicht mehr auf der Liste."))
    if version is not None and fresh.version != version:
        raise StaleVersion(
            _("Der Punkt wurde inzwischen geändert. Ihre Eingaben stehen noch hier; prüfen Sie den neuen Stand.")
        )
    fresh.sitting = sitting
    return fresh


def write_sitting_entry(
    *,
    sitting: Sitting,
    act: str,
    authority: Authority,
    item: SittingItem | None = None,
    from_state: str = "",
    to_state: str = "",
    reason_row: ReasonedRow | None = None,
) -> None:
    """Count the sitting's version up and write the act's entry into the sitting's chain."""
    sitting.version += 1
    sitting.save(update_fields=["version"])
    write_entry(
        chain=f"sitting:{sitting.pk}",
        act=act,
        object_type="sitting_item" if item else "sitting",
        object_id=item.pk if item else sitting.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=sitting.is_example,
        from_state=from_state,
        to_state=to_state,
        reason_row=reason_row,
    )
