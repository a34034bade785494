"""Naming whom in place of the CDO, for one project, in a sitting: the rows' only writer, and where it is needed."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.mandates.queries import holders_on, standing_of
from governance.mandates.rules import Role
from governance.models import User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.text import clean_text
from pool import notifications
from pool.decision.models import Sitting
from pool.decision.register import lock_sitting
from pool.lifecycle import FINAL_STEPS, Act, Incomplete, ProcedureError, Step
from pool.notifications import after_commit
from pool.permissions import barred_projects, is_barred, may
from pool.project.actions import begin, record_act
from pool.project.models import Project
from pool.stand_ins.models import StandIn
from pool.stand_ins.queries import standing_rows


def projects_without_judge(*, is_example: bool) -> list[Project]:
    """Return the projects of one world that the CDO and every deputy are barred from and nobody is named for, oldest
    first; nothing on a day on which nobody holds the office.
    """
    held = holders_on(clock.today(), role=Role.CDO)
    if not any(each.deputy_for_id is None for each in held):
        return []
    all_barred = Q()
    for each in held:
        all_barred &= barred_projects(each.person_id)
    rows = Project.objects.filter(all_barred, is_example=is_example)
    rows = rows.exclude(step__in=[Step.DRAFT, *FINAL_STEPS]).exclude(pk__in=standing_rows().values("project"))
    return list(rows.select_related("lead_unit", "lead_handlungsfeld").order_by("step_since", "title", "pk"))


@transaction.atomic
def name_stand_in(*, sitting: Sitting, project: Project, person: User, reason: str, by: User) -> StandIn:
    """Name, in an open sitting, who does the CDO's judging acts on one project: the chair.

    In order: locks sitting and project; the right (the deputy chair where the chair is barred or away); refuses where
    the CDO or a deputy may act, where the person is barred herself, works nowhere in the Konzern or names herself, and
    across the worlds; writes the row, one entry, tells the person. Raises NotAllowed, ProcedureError, Incomplete,
    ValidationError. Source: Verfahrensordnung des Portals, „Niemand urteilt in eigener Sache“.
    """
    fresh_sitting = lock_sitting(sitting)
    fresh, authority = begin(project=project, act=Act.NAME_STAND_IN, by=by)
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum es diese Vertretung braucht."))
    if fresh.is_example != fresh_sitting.is_example or person.is_demo != fresh.is_example:
        raise ProcedureError(_("Beispiele und echte Vorhaben bleiben getrennt, auch bei der Vertretung."))
    _refuse_while_the_office_may(fresh)
    named = actor_for(person)
    if named == authority.actor:
        raise ProcedureError(_("Niemand benennt sich selbst."))
    if not standing_of(person).is_employee:
        raise ProcedureError(_("Benennen Sie jemanden, der heute im Konzern Stadt Mainz beschäftigt ist."))
    if is_barred(named.pk, fresh):
        raise ProcedureError(
            _("{person} ist bei diesem Vorhaben selbst befangen. Benennen Sie eine andere Person.").format(person=named)
        )
    row = StandIn(
        project=fresh,
        sitting=fresh_sitting,
        person=named,
        reason=reason,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    row.full_clean()
    row.save(force_insert=True)
    record_act(
        project=fresh,
        act=Act.NAME_STAND_IN,
        authority=authority,
        reason_row=row,
        object_type="stand_in",
        object_id=row.pk,
        to_state="named",
    )
    after_commit(notifications.stand_in_named, project=fresh, by=authority.actor, person=named.pk, row=row.pk)
    return row


def _refuse_while_the_office_may(project: Project) -> None:
    held = holders_on(clock.today(), role=Role.CDO)
    if not any(each.deputy_for_id is None for each in held):
        raise ProcedureError(_("Heute hat niemand das Mandat der CDO. Der Betrieb trägt es ein."))
    able = next((each for each in held if not is_barred(each.person_id, project)), None)
    if able is not None:
        raise ProcedureError(
            _("Bei diesem Vorhaben ist {person} nicht befangen. Eine Vertretung braucht es nicht.").format(
                person=able.person
            )
        )


@transaction.atomic
def end_stand_in(*, stand_in: StandIn, by: User) -> None:
    """End what a sitting named; the row stays. Writes one entry. Raises NotAllowed; an ended one is left as it is."""
    fresh, authority = begin(project=stand_in.project, act=Act.END_STAND_IN, by=by)
    row = StandIn.objects.select_for_update().get(pk=stand_in.pk)
    if row.ended_at is not None:
        return
    row.ended_by, row.ended_at = authority.actor, clock.now()
    row.save(update_fields=["ended_by", "ended_at"])
    record_act(
        project=fresh,
        act=Act.END_STAND_IN,
        authority=authority,
        object_type="stand_in",
        object_id=row.pk,
        from_state="named",
        to_state="ended",
    )


def nameable_by(user: User, *, is_example: bool) -> list[Project]:
    """Return the projects for which `user` names a stand-in today: the chair, or the deputy chair in her place."""
    return [each for each in projects_without_judge(is_example=is_example) if may(user, Act.NAME_STAND_IN, each)]
