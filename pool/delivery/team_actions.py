"""Naming who carries a project out."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import Actor, User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.text import clean_line
from pool import notifications
from pool.delivery.rules import missing_for_team
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import TEAM
from pool.project.actions import begin, record_act
from pool.project.models import Project, ProjectMandate


@transaction.atomic
def name_team(
    *,
    project: Project,
    lead: User | None,
    members: Sequence[User],
    source: str,
    by: User,
    version: int | None = None,
) -> list[ProjectMandate]:
    """Name who carries a project out, from today on; who is no longer named leaves. Return the mandates that hold.

    In order: refuses a stale click, asks the right, ends earlier mandates, writes the new ones, one entry. Raises
    StaleVersion, NotAllowed, Incomplete, ProcedureError where somebody is not employed today.
    Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“ und „Mandate“.
    """
    fresh, authority = begin(project=project, act=Act.NAME_TEAM, by=by, version=version)
    source = clean_line(source)
    missing = missing_for_team(has_lead=lead is not None, source=source)
    if missing or lead is None:
        raise Incomplete(missing)
    named = {lead.pk: (lead, ProjectMandate.Role.LEAD)}
    for member in members:
        named.setdefault(member.pk, (member, ProjectMandate.Role.MEMBER))
    for person, _role in named.values():
        if not standing_of(person).is_employee or person.is_demo != fresh.is_example:
            raise ProcedureError(
                _("{person} ist heute nicht im Konzern Stadt Mainz beschäftigt.").format(person=person)
            )
    wanted = [(actor_for(person), role) for person, role in named.values()]
    before = set(_team(fresh).values_list("person_id", "role"))
    held = _end_what_is_not_named(fresh, wanted)
    for holder, role in wanted:
        if (holder.pk, role) not in held:
            ProjectMandate.objects.create(
                project=fresh,
                person=holder,
                role=role,
                valid_from=clock.today(),
                source=source,
                granted_by=authority.actor,
            )
    record_act(project=fresh, act=Act.NAME_TEAM, authority=authority, to_state="named")
    new = {(holder.pk, role) for holder, role in wanted} - before
    after_commit(
        notifications.team_named,
        project=fresh,
        by=authority.actor,
        lead=[person for person, role in new if role == ProjectMandate.Role.LEAD],
        members=[person for person, role in new if role == ProjectMandate.Role.MEMBER],
        left=[person for person, _role in before if person not in {holder.pk for holder, _role in wanted}],
    )
    project.refresh_from_db()
    return list(_team(fresh))


def _team(project: Project) -> QuerySet[ProjectMandate]:
    return ProjectMandate.objects.filter(project=project, role__in=TEAM, valid_until=None)


def _end_what_is_not_named(project: Project, wanted: Sequence[tuple[Actor, str]]) -> set[tuple[UUID, str]]:
    """End the mandates that are no longer named with yesterday; one named today and taken back today never held."""
    named = {(person.pk, role) for person, role in wanted}
    held = set()
    for mandate in _team(project):
        if (mandate.person_id, mandate.role) in named:
            held.add((mandate.person_id, mandate.role))
        elif mandate.valid_from >= clock.today():
            mandate.delete()
        else:
            mandate.valid_until = clock.today() - timedelta(days=1)
            mandate.save(update_fields=["valid_until"])
    return held
