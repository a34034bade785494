"""Whom a project concerns today, as actor ids: those who are told of it by `pool.notifications`."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from governance.mandates.models import Absence, Mandate
from governance.mandates.rules import Role
from governance.models import User
from governance.record import clock
from governance.record.actions import actor_for
from pool.lifecycle import Act
from pool.permissions import AUTHORS, TEAM, Aspect, may, may_read
from pool.project.models import Project, ProjectMandate
from pool.stand_ins.queries import stand_in_on


def _holders(project: Project, roles: Iterable[str]) -> list[UUID]:
    today = clock.today()
    rows = ProjectMandate.objects.filter(project=project, role__in=roles, valid_from__lte=today)
    return list(rows.exclude(valid_until__lt=today).order_by("pk").values_list("person_id", flat=True))


def authors(project: Project) -> list[UUID]:
    """Return who submitted and who writes along."""
    return _holders(project, AUTHORS)


def submitters(project: Project) -> list[UUID]:
    """Return who handed it in."""
    return _holders(project, [ProjectMandate.Role.SUBMITTER])


def team(project: Project) -> list[UUID]:
    """Return who carries the project out."""
    return _holders(project, TEAM)


def coordinators(project: Project) -> list[UUID]:
    """Return who coordinates the project's Handlungsfelder."""
    fields = list(project.need_links.values_list("handlungsbedarf__handlungsfeld", flat=True))
    if project.lead_handlungsfeld_id is not None:
        fields.append(project.lead_handlungsfeld_id)
    return list(_mandates(Role.COORDINATOR).filter(handlungsfeld__in=fields).values_list("person", flat=True))


def office(project: Project, act: Act) -> list[UUID]:
    """Return who does the CDO's work on this project today: not the barred, the deputy where the rule says so, whom the
    chair named where the deputy is barred too.
    """
    named = User.objects.filter(actor_person__actor=stand_in_on(project), is_active=True).first()
    stand_in = [actor_for(named).pk] if named is not None and may(named, act, project) else []
    return [*_able(Role.CDO, act, project), *stand_in]


def desk() -> list[UUID]:
    """Return who keeps the desk today, whatever the project: the CDO and the deputy, each in their own right."""
    return list(_mandates(Role.CDO).values_list("person", flat=True).distinct())


def askers(project: Project, asked_by: UUID, *, is_of_office: bool) -> list[UUID]:
    """Return whose word is next on an answered question: who asked, where she may act and is here today, else the
    office. Of the office's own questions whoever acts for it: the deputy too on days of an absence.
    """
    today = clock.today()
    is_away = Absence.objects.filter(person=asked_by, first_day__lte=today, last_day__gte=today).exists()
    user = User.objects.filter(actor_person__actor=asked_by, is_active=True).first()
    may_settle = user is not None and may(user, Act.CLOSE_QUESTION, project)
    own = [asked_by] if may_settle else []
    if own and (not is_away or not is_of_office):
        return own
    return list(dict.fromkeys([*own, *office(project, Act.CLOSE_QUESTION)]))


def countersigners(project: Project, *, rated_by: UUID | None) -> list[UUID]:
    """Return who may countersign the rating of record today: coordinators of the lead field, the deputy CDO; not who
    rated.
    """
    people = _mandates(Role.COORDINATOR).filter(handlungsfeld=project.lead_handlungsfeld_id).values("person")
    found = [*_able_of(people, Act.COUNTERSIGN, project), *_able(Role.CDO, Act.COUNTERSIGN, project)]
    return [person for person in dict.fromkeys(found) if person != rated_by]


def insiders(project: Project) -> list[UUID]:
    """Return who may read inner comments on the project today: office, coordinators, experts."""
    people = [*_mandates(Role.CDO).values_list("person", flat=True), *coordinators(project)]
    people += _holders(project, [ProjectMandate.Role.EXPERT])
    users = User.objects.filter(actor_person__actor__in=people, is_active=True).select_related("actor_person")
    inside = [user for user in users.order_by("pk") if may_read(user, Aspect.COMMENTS, project)]
    return [user.actor_person.actor_id for user in inside]


def chairs(project: Project) -> list[UUID]:
    """Return who confirms on this project today: the chair, or the deputy where the rule says so."""
    return _able(Role.CHAIR, Act.CONFIRM, project)


def consenters(project: Project) -> list[UUID]:
    """Return who may agree to a public text for the lead unit today."""
    return _able(Role.UNIT_CONSENT, Act.GIVE_CONSENT, project)


def steering(body_id: int) -> list[UUID]:
    """Return who sits in the body, chair and deputy included."""
    rows = _mandates(Role.CHAIR, Role.MEMBER).filter(body=body_id)
    return list(rows.values_list("person", flat=True))


def _mandates(*roles: Role) -> QuerySet[Mandate]:
    return Mandate.objects.valid_on(clock.today()).filter(role__in=roles).order_by("pk")  # type: ignore[attr-defined]


def _able(role: Role, act: Act, project: Project) -> list[UUID]:
    return _able_of(_mandates(role).values("person"), act, project)


def _able_of(people: QuerySet, act: Act, project: Project) -> list[UUID]:
    holders = User.objects.filter(actor_person__actor__in=people, is_active=True)
    able = [user for user in holders.select_related("actor_person").order_by("pk") if may(user, act, project)]
    return [user.actor_person.actor_id for user in able]
