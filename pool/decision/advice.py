"""What the Beirat recommends on an item, and that the condition of a Beschluss is met: rows beside the item."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from governance.organisation.models import User
from governance.record import clock
from governance.record.text import clean_text
from pool.decision import news
from pool.decision.models import ConditionMet, Recommendation, SittingItem
from pool.decision.register import lock_closed_sitting, lock_item, write_sitting_entry
from pool.decision.sitting_rules import SittingState
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion
from pool.permissions import require


@transaction.atomic
def recommend(
    *,
    item: SittingItem,
    text: str,
    day: date,
    votes_yes: int,
    votes_no: int,
    votes_abstained: int,
    by: User,
    reason: str = "",
    last_seen: int | None = None,
) -> Recommendation:
    """Enter what the Beirat recommends on an item, or enter it anew, which adds a row and keeps the one before.

    In order: locks sitting and item; the right (Geschäftsführung Beirat); the sitting is invited or runs, for before
    the Beirat reads nothing of it; stale click (`last_seen` is the number of recommendations seen); a text, a day up
    to today, more yes than no; from the second on why (Incomplete); adds the row; one entry; tells the Lenkungsgruppe
    and the CDO. Source: docs/decisions/0073.
    """
    fresh = lock_item(item)
    authority = require(by, Act.RECOMMEND)
    if fresh.sitting.state == SittingState.DRAFT:
        raise ProcedureError(_("Zu dieser Sitzung ist noch nicht eingeladen."))
    earlier = fresh.recommendations.count()
    if last_seen is not None and last_seen != earlier:
        raise StaleVersion(_("Die Empfehlung wurde inzwischen neu eingetragen. Prüfen Sie den neuen Stand."))
    text, reason = clean_text(text), clean_text(reason)
    if not text:
        raise Incomplete([_("die Empfehlung")], _("Schreiben Sie, was der Beirat empfiehlt."))
    if earlier and not reason:
        raise Incomplete([_("ein Grund")], _("Schreiben Sie, warum Sie die Empfehlung neu eintragen."))
    if day > clock.today():
        raise ProcedureError(_("Die Sitzung des Beirats liegt vor heute oder ist heute."))
    if votes_yes <= votes_no:
        raise ProcedureError(_("Eine Empfehlung braucht mehr Ja- als Neinstimmen."))
    row = Recommendation(
        item=fresh,
        text=text,
        reason=reason if earlier else "",
        day=day,
        votes_yes=votes_yes,
        votes_no=votes_no,
        votes_abstained=votes_abstained,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    row.full_clean()
    row.save(force_insert=True)
    write_sitting_entry(sitting=fresh.sitting, act=Act.RECOMMEND, authority=authority, item=fresh, reason_row=row)
    news.recommended(fresh, number=earlier + 1, by=authority.actor)
    return row


@transaction.atomic
def meet_condition(*, item: SittingItem, met_on: date, reason: str, by: User) -> ConditionMet:
    """Note that the condition of a Beschluss is met, on which day and by what.

    In order: locks the closed sitting; the right of who keeps the minutes; a Beschluss with a condition not yet met;
    a day from the sitting to today and what was done (Incomplete); adds the row; one entry. The Beschluss and its
    frozen form stay as they are.
    """
    sitting = lock_closed_sitting(item.sitting)
    fresh = SittingItem.objects.select_related("project").get(pk=item.pk)
    authority = require(by, Act.RECORD, fresh.project)
    if not fresh.is_final or fresh.state != SittingItem.State.CONFIRMED or not fresh.conditions:
        raise ProcedureError(_("Zu diesem Punkt gibt es keine Auflage."))
    if ConditionMet.objects.filter(item=fresh).exists():
        raise ProcedureError(_("Die Auflage ist schon als erfüllt festgehalten."))
    if not sitting.day <= met_on <= clock.today():
        raise ProcedureError(_("Nennen Sie einen Tag zwischen der Sitzung und heute."))
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("womit sie erfüllt ist")], _("Schreiben Sie, womit die Auflage erfüllt ist."))
    row = ConditionMet(
        item=fresh,
        met_on=met_on,
        reason=reason,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    row.full_clean()
    row.save(force_insert=True)
    write_sitting_entry(sitting=sitting, act="meet_condition", authority=authority, item=fresh, reason_row=row)
    return row
