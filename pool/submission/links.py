"""Links between projects: proposed by one side, counting once somebody on the other side's behalf has confirmed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.text import clean_line
from pool import notifications
from pool.lifecycle import Act, ProcedureError, StaleVersion
from pool.notifications import after_commit
from pool.permissions import Authority, require
from pool.project.actions import record_act
from pool.project.models import Project
from pool.submission.models import ProjectLink

State = ProjectLink.State


@transaction.atomic
def propose_link(*, project: Project, other: Project, kind: str, by: User, what: str = "") -> ProjectLink:
    """Propose that `project` needs, shares something with or follows `other`; the same proposal twice is one.

    In order: asks the right and whether the person may see the other project, writes the link, one entry in the chain
    of each, tells the other side. Raises NotAllowed, ProcedureError, ValidationError.
    """
    fresh, far = _locked(project, other)
    authority = require(by, Act.PROPOSE_LINK, fresh)
    if not Project.objects.visible_to(by).filter(pk=far.pk).exists():
        raise NotAllowed(_("Dieses Vorhaben gibt es nicht, oder Sie dürfen es nicht lesen."))
    if fresh.is_example != far.is_example:
        raise ProcedureError(_("Beispiele und echte Vorhaben bleiben getrennt."))
    standing = ProjectLink.objects.filter(
        project=fresh, other=far, kind=kind, state__in=[State.PROPOSED, State.CONFIRMED]
    ).first()
    if standing is not None:
        return standing
    link = ProjectLink(
        project=fresh,
        other=far,
        kind=kind,
        what=clean_line(what),
        proposed_by=authority.actor,
        proposed_at=clock.now(),
    )
    link.full_clean()
    link.save()
    _record(link, Act.PROPOSE_LINK, authority)
    after_commit(notifications.link_proposed, project=far, by=authority.actor, link=link.pk)
    return link


@transaction.atomic
def answer_link(*, link: ProjectLink, is_confirmed: bool, by: User) -> ProjectLink:
    """Confirm or refuse a proposed link on behalf of the other project: its authors or lead, or the CDO's office.

    Never by the person who proposed it. In order: locks, refuses a second answer, asks the right on the other project,
    writes the answer, one entry in each chain, tells who proposed it. Raises StaleVersion, NotAllowed.
    """
    row = _locked_link(link)
    if row.state != State.PROPOSED:
        raise StaleVersion(_("Über diese Verbindung ist schon entschieden."))
    authority = require(by, Act.ANSWER_LINK, row.other)
    if not Project.objects.visible_to(by).filter(pk=row.project_id).exists():
        raise NotAllowed(_("Das andere Vorhaben dürfen Sie nicht lesen."))
    if authority.actor.pk == row.proposed_by_id:
        raise NotAllowed(_("Wer die Verbindung vorgeschlagen hat, bestätigt sie nicht. Das tut eine andere Person."))
    row.state = State.CONFIRMED if is_confirmed else State.REFUSED
    row.answered_by, row.answered_at = authority.actor, clock.now()
    row.save()
    _record(row, Act.ANSWER_LINK, authority, from_state=State.PROPOSED)
    after_commit(
        notifications.link_answered,
        project=row.project,
        by=authority.actor,
        proposed_by=row.proposed_by_id,
        is_confirmed=is_confirmed,
        link=row.pk,
    )
    return row


@transaction.atomic
def withdraw_link(*, link: ProjectLink, by: User) -> ProjectLink:
    """Take a proposed or confirmed link back: whoever may propose one for its project; tells the other side.

    Raises StaleVersion where it no longer stands, NotAllowed.
    """
    row = _locked_link(link)
    if row.state not in (State.PROPOSED, State.CONFIRMED):
        raise StaleVersion(_("Diese Verbindung steht nicht mehr."))
    authority = require(by, Act.PROPOSE_LINK, row.project)
    before, row.state = row.state, State.WITHDRAWN
    row.withdrawn_by, row.withdrawn_at = authority.actor, clock.now()
    row.save()
    _record(row, Act.PROPOSE_LINK, authority, from_state=before)
    after_commit(notifications.link_withdrawn, project=row.other, by=authority.actor, link=row.pk)
    return row


def _locked(project: Project, other: Project) -> tuple[Project, Project]:
    """Lock both projects in the order of their keys, so that two opposite proposals wait for each other."""
    if project.pk == other.pk:
        raise ValidationError(_("Ein Vorhaben lässt sich nicht mit sich selbst verbinden."))
    rows = Project.objects.select_for_update().filter(pk__in=[project.pk, other.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    return locked[project.pk], locked[other.pk]


def _locked_link(link: ProjectLink) -> ProjectLink:
    near, far = _locked(link.project, link.other)
    row = ProjectLink.objects.select_for_update().get(pk=link.pk)
    row.project, row.other = near, far
    return row


def _record(link: ProjectLink, act: Act, authority: Authority, *, from_state: str = "") -> None:
    """Write the entry into both chains."""
    for side in (link.project, link.other):
        record_act(
            project=side,
            act=act,
            authority=authority,
            object_type="project_link",
            object_id=link.pk,
            from_state=from_state,
            to_state=link.state,
        )
