"""The life of a sitting before it closes: inviting, beginning, and who is there."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from governance.organisation.models import User
from governance.record import clock
from pool.decision import news
from pool.decision.models import Attendance, Invitation, Sitting
from pool.decision.queries import agenda_lines, entitled_on, present_at, seats_on
from pool.decision.register import lock_sitting, write_sitting_entry
from pool.decision.sitting_rules import agenda_changes, sitting_target
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.permissions import Authority, require


@transaction.atomic
def invite(*, sitting: Sitting, by: User, version: int | None = None) -> Invitation:
    """Invite to a sitting, or once more after its agenda has changed.

    In order: stale click; the right; the sitting is in preparation or invited (IllegalTurn); something stands on the
    list (Incomplete) and, the second time, differs from the invitation before (ProcedureError); keeps the agenda as
    it stands, which fixes nothing; one entry; tells those entitled that day, deputies included, and the Beirat's
    office. Source: docs/decisions/0073.
    """
    fresh = lock_sitting(sitting, version=version)
    authority = require(by, Act.INVITE)
    was, fresh.state = fresh.state, sitting_target(fresh.state, Act.INVITE)
    lines = agenda_lines(fresh)
    if not lines:
        raise Incomplete([_("ein Punkt auf der Liste")], _("Setzen Sie zuerst etwas auf die Tagesordnung."))
    before = fresh.invitations.order_by("-pk").first()
    if before is not None and not agenda_changes(before.agenda, lines):
        raise ProcedureError(_("Seit der Einladung ist die Tagesordnung dieselbe."))
    invitation = Invitation.objects.create(
        sitting=fresh, agenda=lines, by=authority.actor, in_place_of=authority.in_place_of, at=clock.now()
    )
    fresh.save(update_fields=["state"])
    write_sitting_entry(sitting=fresh, act=Act.INVITE, authority=authority, from_state=was, to_state=fresh.state)
    news.invited(fresh, by=authority.actor, is_again=before is not None)
    sitting.refresh_from_db()
    return invitation


@transaction.atomic
def begin_sitting(*, sitting: Sitting, by: User, version: int | None = None) -> Sitting:
    """Open the sitting itself: the chair, or the deputy on a day of absence; on its day, not before.

    Nobody needs to: the first outcome recorded begins it as well.
    """
    fresh = lock_sitting(sitting, version=version)
    authority = require(by, Act.BEGIN_SITTING)
    if fresh.day > clock.today():
        raise ProcedureError(_("Die Sitzung ist erst am {day}.").format(day=f"{fresh.day:%d.%m.%Y}"))
    was = fresh.state
    mark_begun(fresh, Act.BEGIN_SITTING, authority)
    write_sitting_entry(sitting=fresh, act=Act.BEGIN_SITTING, authority=authority, from_state=was, to_state=fresh.state)
    sitting.refresh_from_db()
    return sitting


def mark_begun(sitting: Sitting, act: Act, authority: Authority) -> None:
    """Let a locked sitting run from now on, if it does not yet; the act at hand writes the entry."""
    sitting.state = sitting_target(sitting.state, act)
    if sitting.began_at is None:
        sitting.began_by, sitting.began_at = authority.actor, clock.now()
    sitting.save(update_fields=["state", "began_by", "began_at"])


@transaction.atomic
def record_attendance(
    *, sitting: Sitting, present: Collection[str], by: User, version: int | None = None
) -> list[Attendance]:
    """Note who of those entitled on the day is there; everybody else counts as not there.

    In order: stale click; the right; nobody who is not entitled (ProcedureError); adds a row for each person whose
    word is new or another one, the old rows stay; begins the sitting; one entry. Returns the rows that count now.
    """
    fresh = lock_sitting(sitting, version=version)
    authority = require(by, Act.RECORD)
    if fresh.day > clock.today():
        raise ProcedureError(_("Die Sitzung ist erst am {day}.").format(day=f"{fresh.day:%d.%m.%Y}"))
    entitled = entitled_on(fresh.body, fresh.day)
    if not set(present) <= set(entitled):
        raise ProcedureError(_("Anwesend sein kann nur, wer am Tag der Sitzung ein Mandat im Gremium hat."))
    if not seats_on(fresh.body, fresh.day):
        raise ProcedureError(_("Am Tag der Sitzung hat niemand ein Mandat im Gremium."))
    known = {str(row.person_id): row for row in fresh.attendance.filter(is_current=True)}
    for person in entitled:
        presence = Attendance.Presence.PRESENT if person in present else Attendance.Presence.ABSENT
        old = known.get(person)
        if old is not None and old.presence == presence:
            continue
        fresh.attendance.filter(person_id=UUID(person), is_current=True).update(is_current=False)
        Attendance.objects.create(
            sitting=fresh,
            person_id=person,
            presence=presence,
            by=authority.actor,
            in_place_of=authority.in_place_of,
            at=clock.now(),
        )
    was = fresh.state
    mark_begun(fresh, Act.RECORD, authority)
    write_sitting_entry(
        sitting=fresh, act="record_attendance", authority=authority, from_state=was, to_state=fresh.state
    )
    sitting.refresh_from_db()
    return present_at(fresh)
