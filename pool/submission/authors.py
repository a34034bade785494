"""Who writes an idea: co-authors leave, the submitter hands over, a new idea grows from one that ended."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import Actor, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Entry
from governance.record.text import clean_line, clean_text
from governance.strategy.queries import edition_in_force
from pool import notifications
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.project.actions import begin, record_act
from pool.project.models import Project, ProjectMandate
from pool.submission.actions import create_draft
from pool.submission.models import HandOver
from pool.submission.rules import IDEA_FIELDS

Role = ProjectMandate.Role


@transaction.atomic
def end_co_author(*, project: Project, mandate: ProjectMandate, by: User, version: int | None = None) -> None:
    """Let a colleague no longer write along: said by the submitter, in draft or returned.

    In order: refuses a stale click, asks the right, ends the mandate, one entry, tells the colleague. Raises
    StaleVersion, NotAllowed, ProcedureError where the mandate is no co-author's of this idea, or has ended.
    """
    fresh, authority = begin(project=project, act=Act.EDIT_TEXT, by=by, version=version)
    _refuse_unless_submitter(fresh, authority.actor)
    row = _held(fresh).filter(pk=mandate.pk, role=Role.CO_AUTHOR).first()
    if row is None:
        raise ProcedureError(_("Diese Person schreibt nicht mehr mit."))
    _end(row)
    record_act(
        project=fresh,
        act=Act.EDIT_TEXT,
        authority=authority,
        object_type="project_mandate",
        object_id=mandate.pk,
        from_state=Role.CO_AUTHOR,
        to_state="ended",
    )
    after_commit(notifications.co_author_ended, project=fresh, by=authority.actor, person=row.person_id)
    project.refresh_from_db()


@transaction.atomic
def hand_over(
    *, project: Project, person: User, by: User, reason: str = "", version: int | None = None
) -> ProjectMandate:
    """Give the submitter's part to a colleague: the submitter, or the CDO on a recorded request (the reason names it).

    In order: refuses a stale click, asks the right, ends the submitter's mandate and the colleague's as co-author,
    writes the new mandate and the hand-over, one entry, tells both. Raises StaleVersion, NotAllowed,
    Incomplete, ProcedureError.
    Source: Verfahrensordnung des Portals, „Mandate“.
    """
    fresh, authority = begin(project=project, act=Act.HAND_OVER, by=by, version=version)
    held = list(_held(fresh).filter(role=Role.SUBMITTER).select_for_update().order_by("pk"))
    own = next((row for row in held if row.person_id == authority.actor.pk), None)
    reason = clean_text(reason)
    if own is None and not reason:
        raise Incomplete([_("die Bitte")], _("Halten Sie fest, wer wann darum gebeten hat."))
    ending = own or (held[0] if held else None)
    if ending is None:
        raise ProcedureError(_("Dieses Vorhaben hat keine einreichende Person, die es übergeben könnte."))
    colleague = _colleague(fresh, person)
    if any(row.person_id == colleague.pk for row in held):
        raise ProcedureError(_("{person} ist schon die einreichende Person.").format(person=person))
    for co_author in _held(fresh).filter(person=colleague, role=Role.CO_AUTHOR):
        _end(co_author)
    _end(ending)
    mandate = ProjectMandate.objects.create(
        project=fresh,
        person=colleague,
        role=Role.SUBMITTER,
        valid_from=clock.today(),
        source=_("Übergeben von der einreichenden Person") if own else _("Übergeben durch die CDO auf Bitte"),
        granted_by=authority.actor,
    )
    row = HandOver(
        project=fresh,
        from_person=ending.person,
        to_person=colleague,
        at=clock.now(),
        by=authority.actor,
        reason=reason,
    )
    row.full_clean()
    row.save()
    record_act(
        project=fresh,
        act=Act.HAND_OVER,
        authority=authority,
        reason_row=row if reason else None,
        object_type="hand_over",
        object_id=row.pk,
        to_state=Role.SUBMITTER,
    )
    after_commit(notifications.handed_over, project=fresh, by=authority.actor, to=colleague.pk, before=ending.person_id)
    project.refresh_from_db()
    return mandate


@transaction.atomic
def name_submitter(
    *, project: Project, person: User, source: str, reason: str, by: User, version: int | None = None
) -> ProjectMandate:
    """Name who stands for an idea that was read in from a list without a person: the CDO, on a source, with a reason.

    In order: refuses a stale click, asks the right (which refuses where somebody stands for it), ends the colleague's
    mandate as co-author, writes the new mandate and the hand-over from nobody, one entry, tells the person. Raises
    StaleVersion, NotAllowed, Incomplete, ProcedureError. Source: Verfahrensordnung des Portals, „Mandate“.
    """
    fresh, authority = begin(project=project, act=Act.NAME_SUBMITTER, by=by, version=version)
    source, reason = clean_line(source), clean_text(reason)
    if not source:
        raise Incomplete([_("die Grundlage")], _("Nennen Sie die Grundlage, zum Beispiel die Liste und deren Tag."))
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum diese Person für die Idee steht."))
    colleague = _colleague(fresh, person)
    for co_author in _held(fresh).filter(person=colleague, role=Role.CO_AUTHOR):
        _end(co_author)
    mandate = ProjectMandate.objects.create(
        project=fresh,
        person=colleague,
        role=Role.SUBMITTER,
        valid_from=clock.today(),
        source=source,
        granted_by=authority.actor,
    )
    row = HandOver(
        project=fresh, from_person=None, to_person=colleague, at=clock.now(), by=authority.actor, reason=reason
    )
    row.full_clean()
    row.save()
    record_act(
        project=fresh,
        act=Act.NAME_SUBMITTER,
        authority=authority,
        reason_row=row,
        object_type="hand_over",
        object_id=row.pk,
        to_state=Role.SUBMITTER,
    )
    after_commit(notifications.submitter_named, project=fresh, by=authority.actor, person=colleague.pk)
    project.refresh_from_db()
    return mandate


@transaction.atomic
def begin_again(*, origin: Project, by: User, form_token: UUID | None = None, version: int | None = None) -> Project:
    """Begin a new idea from one that was not taken on, with its texts and links; return the draft.

    In order: refuses a stale click, asks the right on the old idea, begins the draft, writes the link to the old idea,
    one entry in its chain. What no longer belongs to the strategy in force is left out. Raises StaleVersion and
    NotAllowed.
    """
    known = Project.objects.filter(form_token=form_token, created_by=actor_for(by), grown_from=origin)
    if form_token is not None and known.exists():
        return known.get()
    fresh, authority = begin(project=origin, act=Act.BEGIN_AGAIN, by=by, version=version)
    edition = edition_in_force(clock.today())
    is_same = edition is not None and edition.pk == fresh.edition_id
    values = {name: getattr(fresh, name) for name in IDEA_FIELDS if is_same or name != "lead_handlungsfeld"}
    answers = fresh.querschnitt_answers.select_related("querschnittsthema")
    draft = create_draft(
        by=by,
        form_token=form_token,
        units=[(row.unit, row.part, row.task) for row in fresh.unit_links.select_related("unit").order_by("pk")],
        handlungsbedarfe=fresh.handlungsbedarfe.select_related("handlungsfeld") if is_same else (),
        goals=[row.goal for row in fresh.goal_links.select_related("goal__handlungsfeld")] if is_same else (),
        partners=[(row.name, row.task) for row in fresh.partners.order_by("pk")],
        sdgs=fresh.sdgs.all(),
        reach=fresh.places,
        querschnitt={row.querschnittsthema: row.text for row in answers} if is_same else {},
        **values,
    )
    if draft.grown_from_id is None:
        draft.grown_from = fresh
        draft.save(update_fields=["grown_from"])
        record_act(project=fresh, act=Act.BEGIN_AGAIN, authority=authority, object_id=draft.pk, to_state=draft.step)
    origin.refresh_from_db()
    return draft


def _held(project: Project) -> QuerySet[ProjectMandate]:
    return ProjectMandate.objects.filter(project=project, valid_until=None).select_related("person")


def _refuse_unless_submitter(project: Project, actor: Actor) -> None:
    if not _held(project).filter(person=actor, role=Role.SUBMITTER).exists():
        raise NotAllowed(_("Wer mitschreibt, benennt die Person, die die Idee begonnen hat."))


def _colleague(project: Project, person: User) -> Actor:
    if not standing_of(person).is_employee or person.is_demo != project.is_example:
        raise ProcedureError(_("Mitschreiben können nur Beschäftigte im Konzern Stadt Mainz."))
    return actor_for(person)


def _end(mandate: ProjectMandate) -> None:
    """End with yesterday. Begun today it ends today; named by mistake, before any act of hers, it never held."""
    if mandate.valid_from < clock.today():
        mandate.valid_until = clock.today() - timedelta(days=1)
    elif not Entry.objects.filter(chain__endswith=f":{mandate.project_id}", actor=mandate.person_id).exists():
        mandate.delete()
        return
    else:
        mandate.valid_until = clock.today()
    mandate.save(update_fields=["valid_until"])
