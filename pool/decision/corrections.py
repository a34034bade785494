"""Correcting a slip in a Beschluss: the words decided stay, the correction stands marked beside them."""

from django.db import transaction
from django.utils.translation import gettext as _

from governance.organisation.models import User
from governance.record import clock
from governance.record.text import clean_text
from pool.decision.models import ItemCorrection, SittingItem
from pool.decision.queries import standing_text
from pool.decision.register import lock_closed_sitting, write_sitting_entry
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.permissions import require


@transaction.atomic
def correct_item(
    *, item: SittingItem, field: str, new_text: str, reason: str, by: User, version: int | None = None
) -> ItemCorrection:
    """Set a slip in the text or the reason of a Beschluss right, without touching the Beschluss.

    In order: locks the sitting; stale click (`version` is the sitting's); the right, that of who keeps the minutes, so
    nobody corrects their own; a Beschluss of a closed sitting; a text that stands there; a new text that differs and a
    reason (Incomplete); adds the correction and one entry to the sitting's chain. Item and frozen form stay as they
    are, so every hash still fits. Source: Verfahrensordnung des Portals, „Sitzungen“.
    """
    sitting = lock_closed_sitting(item.sitting, version=version)
    fresh = SittingItem.objects.select_related("project").get(pk=item.pk)
    authority = require(by, Act.RECORD, fresh.project)
    if not fresh.is_final or fresh.state != SittingItem.State.CONFIRMED:
        raise ProcedureError(_("Berichtigt werden nur Beschlüsse; dieser Punkt blieb ohne Wirkung."))
    if field not in correctable_fields(fresh):
        raise ProcedureError(
            _("Hier steht nichts, was sich berichtigen lässt. In der Sache hilft ein neuer Beschluss.")
        )
    new_text, reason = clean_text(new_text), clean_text(reason)
    if not new_text:
        raise Incomplete(
            [_("der berichtigte Text")], _("Ein Versehen zu berichtigen heißt nicht, den Text zu löschen.")
        )
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Schreiben Sie, was das Versehen war."))
    if new_text == standing_text(fresh, field):
        raise ProcedureError(_("Der Text ist derselbe wie bisher. Ändern Sie, was versehentlich falsch ist."))
    correction = ItemCorrection(
        item=fresh,
        field=field,
        new_text=new_text,
        reason=reason,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    correction.full_clean()
    correction.save(force_insert=True)
    write_sitting_entry(
        sitting=sitting, act="correct_item", authority=authority, item=fresh, to_state=field, reason_row=correction
    )
    return correction


def correctable_fields(item: SittingItem) -> list[str]:
    """Return which texts of a Beschluss can hold a slip: those that say something and were not blacked out."""
    if item.reason_removed_at:
        return [ItemCorrection.Field.TEXT.value]
    return [field.value for field in ItemCorrection.Field if getattr(item, field)]
