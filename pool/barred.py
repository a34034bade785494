"""Who is what to a project, and whom that keeps from judging it: of one project, and of many at once.

Source: Verfahrensordnung des Portals, „Niemand urteilt in eigener Sache“.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from governance.mandates.models import Mandate
from governance.mandates.queries import standing_of
from governance.mandates.rules import Held, Role, Standing
from governance.organisation.models import User
from governance.organisation.queries import unit_tree
from governance.organisation.rules import office_of, offices_of
from governance.record import clock
from pool.lifecycle import Act
from pool.project.models import Project, ProjectMandate

AUTHORS = frozenset({ProjectMandate.Role.SUBMITTER, ProjectMandate.Role.CO_AUTHOR})
TEAM = frozenset({ProjectMandate.Role.LEAD, ProjectMandate.Role.MEMBER})


def is_barred(actor_id: UUID | None, project: Project, day: date | None = None) -> bool:
    """Tell whether a person would judge their own: submitted or co-wrote it, is in its team, or is employed in the
    office of its lead unit, on `day` (today if None).

    Source: Verfahrensordnung des Portals, „Niemand urteilt in eigener Sache“.
    """
    if actor_id is None:
        return False
    day = day or clock.today()
    if is_of_it(actor_id, project, day):
        return True
    units = Mandate.objects.valid_on(day).filter(person_id=actor_id, role=Role.EMPLOYEE).values_list("unit", flat=True)
    tree = unit_tree()
    lead_office = office_of(project.lead_unit_id, tree, day)
    return lead_office is not None and lead_office in offices_of([unit for unit in units if unit], tree, day)


def lead_units(project: Project, day: date | None = None) -> set[int]:
    """Return the lead unit and the office it belongs to on `day` (today if None), by id: both speak for it."""
    office = office_of(project.lead_unit_id, unit_tree(), day or clock.today())
    return {unit for unit in (project.lead_unit_id, office) if unit is not None}


def voices_of(standing: Standing, project: Project) -> list[Held]:
    """Return the mandates by which a person agrees to public texts for the project's lead unit or its office.

    Agreeing judges nothing: who wrote the project, or is in its team, may do it too.
    """
    if not standing.speaks_for:
        return []
    units = lead_units(project)
    return [held for held in standing.held if held.role == Role.UNIT_CONSENT and held.unit_id in units]


def barred_projects(actor_id: UUID | None) -> Q:
    """Return the condition for the projects that a person is barred from judging today: `is_barred` of many at once."""
    held = Mandate.objects.valid_on(clock.today()).filter(person_id=actor_id, role=Role.EMPLOYEE)
    return _barred(actor_id, {unit for unit in held.values_list("unit", flat=True) if unit})


def barred_from(user: User | AnonymousUser) -> Q:
    """Return the same condition for who is signed in, whose employment is known already: one query."""
    standing = standing_of(user)
    return _barred(standing.actor_id, standing.unit_ids)


def _barred(actor_id: UUID | None, unit_ids: Iterable[int]) -> Q:
    day = clock.today()
    mine = ProjectMandate.objects.filter(project=OuterRef("pk"), person_id=actor_id)
    mine = mine.filter(Q(role__in=AUTHORS) | Q(role__in=TEAM) & held_on(day))
    tree = unit_tree()
    offices = offices_of(unit_ids, tree, day)
    return Q(Exists(mine)) | Q(lead_unit__in=[unit for unit in tree if office_of(unit, tree, day) in offices])


def asked_on(day: date) -> Exists:
    """Return the condition that the person of a mandate (OuterRef "person") is asked to rate a project on `day`."""
    asked = ProjectMandate.objects.filter(held_on(day), person=OuterRef("person"), role=ProjectMandate.Role.EXPERT)
    return Exists(asked)


def is_of_it(actor_id: UUID | None, project: Project, day: date | None = None) -> bool:
    """Tell whether a person submitted or co-wrote the project or is in its team."""
    mine = ProjectMandate.objects.filter(project=project, person_id=actor_id)
    return mine.filter(Q(role__in=AUTHORS) | Q(role__in=TEAM) & held_on(day or clock.today())).exists()


def is_to(actor_id: UUID | None, project: Project, roles: frozenset[str]) -> bool:
    """Tell whether a person is one of these to the project today."""
    mine = ProjectMandate.objects.filter(project=project, person_id=actor_id, role__in=roles)
    return mine.filter(held_on(clock.today())).exists()


def held_on(day: date) -> Q:
    """Return the condition that a part in a project is held on `day`."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def is_nobodys(project: Project) -> bool:
    """Tell whether a project came in from a list and nobody has been named as the one who handed it in."""
    if project.is_taken_over or not project.transitions.filter(act=Act.IMPORT_IDEAS).exists():
        return False
    return not project.mandates.filter(role=ProjectMandate.Role.SUBMITTER, valid_until=None).exists()
