"""Writing an idea and handing it in."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import SDG, Handlungsbedarf, OrganisationUnit, Querschnittsthema, StrategicGoal, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.text import clean_line, clean_text
from governance.strategy.queries import edition_in_force
from governance.strategy.rules import GrundkriteriumCode
from pool import notifications
from pool.calls.actions import note_answer
from pool.calls.models import Call
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, Step, target_of
from pool.notifications import after_commit
from pool.permissions import AUTHORS, Authority, require
from pool.project.actions import begin, move, record_act, set_reach, write_text_version
from pool.project.models import (
    GoalLink,
    NeedLink,
    OutsidePartner,
    Place,
    Project,
    ProjectMandate,
    QuerschnittAnswer,
    TextVersion,
    Transition,
    UnitLink,
)
from pool.submission.queries import later_demands, linked_words, text_mark
from pool.submission.rules import (
    IDEA_FIELDS,
    LINE_FIELDS,
    PARAGRAPH_FIELDS,
    act_of_submitting,
    missing_for_submit,
)

UnitPart = tuple[OrganisationUnit, str, str]
Partner = tuple[str, str]


@transaction.atomic
def create_draft(
    *,
    by: User,
    form_token: UUID | None = None,
    units: Sequence[UnitPart] = (),
    handlungsbedarfe: Iterable[Handlungsbedarf] = (),
    goals: Iterable[StrategicGoal] = (),
    partners: Sequence[Partner] = (),
    sdgs: Iterable[SDG] = (),
    reach: Sequence[Place] = (),
    querschnitt: Mapping[Querschnittsthema, str] | None = None,
    call: Call | None = None,
    **values: object,
) -> Project:
    """Begin an idea as a draft of `by` and return it; only the title is demanded.

    The same `form_token` sent twice gives the one project of the first time. In order: asks for employment, writes
    the project in the edition in force, its links, the submitter's mandate and one entry. Raises NotAllowed,
    ValidationError. Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    if not standing_of(by).is_employee:
        raise NotAllowed(_("Ideen reichen Beschäftigte im Konzern Stadt Mainz ein."))
    author = actor_for(by)
    known = _known_draft(form_token, author.pk)
    if known is not None:
        return known
    if form_token is not None and Project.objects.filter(form_token=form_token).exclude(created_by=author).exists():
        form_token = None  # somebody else's form: her idea stays hers, and this one is begun anew
    project = Project(
        edition=edition_in_force(clock.today()),
        form_token=form_token,
        step_since=clock.today(),
        is_example=author.is_example,
        created_by=author,
        created_at=clock.now(),
    )
    set_values(project, values)
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError:
        known = _known_draft(form_token, author.pk)
        if known is None:
            raise
        return known
    set_links(
        project,
        units=units,
        handlungsbedarfe=handlungsbedarfe,
        goals=goals,
        partners=partners,
        sdgs=sdgs,
        reach=reach,
        querschnitt=querschnitt or {},
    )
    note_answer(project=project, call=call)
    ProjectMandate.objects.create(
        project=project,
        person=author,
        role=ProjectMandate.Role.SUBMITTER,
        valid_from=clock.today(),
        source=_("Hat die Idee begonnen"),
        granted_by=author,
    )
    record_act(project=project, act=Act.EDIT_TEXT, authority=Authority(actor=author), to_state=Step.DRAFT)
    return project


@transaction.atomic
def edit_text(
    *,
    project: Project,
    by: User,
    version: int | None,
    values: Mapping[str, object],
    units: Sequence[UnitPart] | None = None,
    handlungsbedarfe: Iterable[Handlungsbedarf] | None = None,
    goals: Iterable[StrategicGoal] | None = None,
    partners: Sequence[Partner] | None = None,
    sdgs: Iterable[SDG] | None = None,
    reach: Sequence[Place] | None = None,
    querschnitt: Mapping[Querschnittsthema, str] | None = None,
) -> Project:
    """Write the idea's text and what it is linked with, in draft or returned; links left None stay as they are.

    In order: refuses a stale click, asks the right, writes the project and its links, one entry. Raises StaleVersion,
    NotAllowed, ValidationError. Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    fresh, authority = begin(project=project, act=Act.EDIT_TEXT, by=by, version=version)
    set_values(fresh, values)
    fresh.save(update_fields=[name for name in IDEA_FIELDS if name in values])
    set_links(
        fresh,
        units=units,
        handlungsbedarfe=handlungsbedarfe,
        goals=goals,
        partners=partners,
        sdgs=sdgs,
        reach=reach,
        querschnitt=querschnitt,
    )
    record_act(project=fresh, act=Act.EDIT_TEXT, authority=authority, from_state=fresh.step, to_state=fresh.step)
    project.refresh_from_db()
    return fresh


@transaction.atomic
def link_needs(
    *,
    project: Project,
    by: User,
    version: int | None,
    handlungsbedarfe: Iterable[Handlungsbedarf],
    units: Sequence[UnitPart],
) -> Project:
    """Link Handlungsbedarfe and units with their parts: the CDO while submitted, on record; authors while they write.

    In order: refuses a stale click, asks the right, writes the links, refuses to take away what a yes of the gate
    stands on, one entry. Raises StaleVersion, NotAllowed, ValidationError, ProcedureError. Source: Verfahrensordnung
    des Portals, „Handlungen, die nichts bewegen“ und „Prüfung“.
    """
    fresh, authority = begin(project=project, act=Act.LINK_NEEDS, by=by, version=version)
    set_links(fresh, handlungsbedarfe=handlungsbedarfe, units=units)
    _refuse_unsupported_yes(fresh)
    record_act(project=fresh, act=Act.LINK_NEEDS, authority=authority, from_state=fresh.step, to_state=fresh.step)
    project.refresh_from_db()
    return fresh


def _refuse_unsupported_yes(project: Project) -> None:
    """A yes keeps what it stands on. The answers are a later slice's rows, read by their relation."""
    gate_round = project.gate_rounds.filter(closed_at=None).first()  # type: ignore[attr-defined]
    if gate_round is None:
        return
    yes = set(gate_round.answers.filter(is_current=True, answer="yes").values_list("grundkriterium", flat=True))
    demands = later_demands(project)
    lacking = {
        GrundkriteriumCode.HANDLUNGSBEDARFE: demands.lacks_need,
        GrundkriteriumCode.VERNETZUNG: demands.lacks_offices,
    }
    for code in lacking:
        if lacking[code] and code in yes:
            raise ProcedureError(
                _("„{name}“ ist mit Ja beantwortet und stützt sich darauf. Ändern Sie zuerst die Antwort.").format(
                    name=code.label
                )
            )


@transaction.atomic
def submit(*, project: Project, by: User, version: int | None = None, text_seen: str | None = None) -> Transition:
    """Hand an idea in, for the first time or again after a return; `text_seen` is the mark of the text that was read.

    In order: refuses a stale click and a text that was changed since, asks MOVES and the right, asks for completeness,
    moves, keeps a copy of the text; after commit the authors get a receipt and the office is told. Raises StaleVersion,
    IllegalMove, NotAllowed, Incomplete. Source: Verfahrensordnung des Portals, „Vollständig“.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    is_overtaken = text_seen is not None and text_seen != text_mark(fresh)
    if is_overtaken or (version is not None and fresh.version != version):
        raise StaleVersion(
            _("Die Idee wurde inzwischen geändert. Prüfen Sie den neuen Stand und reichen Sie dann ein.")
        )
    act = act_of_submitting(fresh.step)
    target_of(fresh.step, act)
    require(by, act, fresh)
    missing = missing_for_submit({name: getattr(fresh, name) for name in IDEA_FIELDS})
    if missing:
        raise Incomplete(missing)
    transition = move(project=fresh, act=act, by=by)
    write_text_version(project=fresh, kind=TextVersion.Kind.SUBMITTED, by=transition.by, links=linked_words(fresh))
    after_commit(notifications.submitted, project=fresh, by=transition.by, again=act == Act.RESUBMIT)
    project.refresh_from_db()
    return transition


@transaction.atomic
def add_co_author(*, project: Project, person: User, by: User, version: int | None = None) -> ProjectMandate:
    """Let a colleague write along: named by the submitter, in draft or returned.

    In order: refuses a stale click, asks the right, writes the mandate and one entry. Raises StaleVersion, NotAllowed,
    ProcedureError where the colleague is not employed today or writes along already.
    """
    fresh, authority = begin(project=project, act=Act.EDIT_TEXT, by=by, version=version)
    mandates = ProjectMandate.objects.filter(project=fresh, valid_until=None)
    if not mandates.filter(person=authority.actor, role=ProjectMandate.Role.SUBMITTER).exists():
        raise NotAllowed(_("Wer mitschreibt, benennt die Person, die die Idee begonnen hat."))
    if not standing_of(person).is_employee or person.is_demo != fresh.is_example:
        raise ProcedureError(_("Mitschreiben können nur Beschäftigte im Konzern Stadt Mainz."))
    colleague = actor_for(person)
    if mandates.filter(person=colleague, role__in=AUTHORS).exists():
        raise ProcedureError(_("{person} schreibt schon mit.").format(person=person))
    mandate = ProjectMandate.objects.create(
        project=fresh,
        person=colleague,
        role=ProjectMandate.Role.CO_AUTHOR,
        valid_from=clock.today(),
        source=_("Von der einreichenden Person benannt"),
        granted_by=authority.actor,
    )
    record_act(
        project=fresh,
        act=Act.EDIT_TEXT,
        authority=authority,
        object_type="project_mandate",
        object_id=mandate.pk,
        to_state=ProjectMandate.Role.CO_AUTHOR,
    )
    after_commit(notifications.co_author_named, project=fresh, by=authority.actor, person=colleague.pk)
    project.refresh_from_db()
    return mandate


@transaction.atomic
def take_in(
    *,
    by: User,
    source: str,
    person: User | None,
    units: Sequence[UnitPart] = (),
    handlungsbedarfe: Iterable[Handlungsbedarf] = (),
    partners: Sequence[Partner] = (),
    reach: Sequence[Place] = (),
    authority: Authority | None = None,
    **values: object,
) -> Project:
    """Take an idea in that was written elsewhere, in a workshop or a letter, and return it; `source` says where.

    A complete idea comes in as handed in, an incomplete one as a draft of `person`, who finishes it. `person` becomes
    its submitter; `by`, the CDO's office that only types it in, does not, and judges it like any other. In order: asks
    the right, writes the project, its links, its first history row, the text as handed in, one entry, tells the person.
    `authority` stands in place of asking where the act that takes the idea in was asked for already. Raises NotAllowed,
    ValidationError, and Incomplete for an incomplete idea without a person.
    """
    authority = authority or require(by, Act.IMPORT_IDEAS)
    missing = missing_for_submit(values)
    if missing and person is None:
        raise Incomplete(missing)
    step = Step.DRAFT if missing else Step.SUBMITTED
    project = Project(
        edition=edition_in_force(clock.today()),
        step=step,
        step_since=clock.today(),
        is_example=authority.actor.is_example,
        created_by=authority.actor,
        created_at=clock.now(),
    )
    set_values(project, values)
    project.save(force_insert=True)
    set_links(project, units=units, handlungsbedarfe=handlungsbedarfe, partners=partners, reach=reach)
    if person is not None:
        _name_submitter(project, person, source, authority)
    Transition.objects.create(
        project=project,
        act=Act.IMPORT_IDEAS,
        to_step=step,
        at=clock.now(),
        on_day=clock.today(),
        by=authority.actor,
        in_place_of=authority.in_place_of,
    )
    if step == Step.SUBMITTED:
        write_text_version(
            project=project, kind=TextVersion.Kind.SUBMITTED, by=authority.actor, links=linked_words(project)
        )
    record_act(project=project, act=Act.IMPORT_IDEAS, authority=authority, to_state=step)
    if person is not None:
        values_told = {"person": actor_for(person).pk, "is_submitted": step == Step.SUBMITTED}
        after_commit(notifications.read_in, project=project, by=authority.actor, **values_told)
    return project


def _name_submitter(project: Project, person: User, source: str, authority: Authority) -> None:
    if not standing_of(person).is_employee or person.is_demo != project.is_example:
        raise ValidationError(_("Ideen reichen Beschäftigte im Konzern Stadt Mainz ein."))
    ProjectMandate.objects.create(
        project=project,
        person=actor_for(person),
        role=ProjectMandate.Role.SUBMITTER,
        valid_from=clock.today(),
        source=_("Beim Einlesen benannt: {source}").format(source=source)[:300],
        granted_by=authority.actor,
    )


def _known_draft(form_token: UUID | None, author: UUID) -> Project | None:
    if form_token is None:
        return None
    return Project.objects.filter(form_token=form_token, created_by=author).first()


def set_values(project: Project, values: Mapping[str, object]) -> None:
    """Put cleaned values into the project, unsaved; raises ValidationError for what an idea cannot say."""
    unknown = set(values) - set(IDEA_FIELDS)
    if unknown:
        raise TypeError(f"Not part of an idea: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(project, name, _cleaned(name, value))
    if project.lead_handlungsfeld and project.lead_handlungsfeld.edition_id != project.edition_id:
        raise ValidationError({"lead_handlungsfeld": _("Wählen Sie ein Handlungsfeld der geltenden Strategie.")})
    project.full_clean(exclude=["sdgs", "form_token"])


def _cleaned(name: str, value: object) -> object:
    if name in LINE_FIELDS:
        return clean_line(str(value or ""))
    return clean_text(str(value or "")) if name in PARAGRAPH_FIELDS else value


def set_links(
    project: Project,
    *,
    units: Sequence[UnitPart] | None = None,
    handlungsbedarfe: Iterable[Handlungsbedarf] | None = None,
    goals: Iterable[StrategicGoal] | None = None,
    partners: Sequence[Partner] | None = None,
    sdgs: Iterable[SDG] | None = None,
    reach: Sequence[Place] | None = None,
    querschnitt: Mapping[Querschnittsthema, str] | None = None,
) -> None:
    """Make each given kind of link exactly what was handed over; rows that stay keep their id."""
    if units is not None:
        _set_units(project, units)
    if handlungsbedarfe is not None:
        _set_needs(project, handlungsbedarfe)
    if goals is not None:
        _set_goals(project, goals)
    if partners is not None:
        _set_partners(project, partners)
    if sdgs is not None:
        project.sdgs.set(sdgs)
    if reach is not None and set(reach) != set(project.places):
        set_reach(project=project, places=reach)
    if querschnitt is not None:
        _set_querschnitt(project, querschnitt)


def _set_units(project: Project, units: Sequence[UnitPart]) -> None:
    wanted = {unit.pk: (unit, part, clean_line(task)) for unit, part, task in units}
    if len(wanted) < len(units):
        raise ValidationError(_("Nennen Sie jede Stelle nur einmal."))
    project.unit_links.exclude(unit__in=wanted).delete()
    current = {link.unit_id: link for link in project.unit_links.all()}
    for unit, part, task in wanted.values():
        link = current.get(unit.pk) or UnitLink(project=project, unit=unit)
        link.part, link.task = part, task
        link.full_clean()
        link.save()


def _set_needs(project: Project, handlungsbedarfe: Iterable[Handlungsbedarf]) -> None:
    wanted = {need.pk: need for need in handlungsbedarfe}
    if any(need.handlungsfeld.edition_id != project.edition_id for need in wanted.values()):
        raise ValidationError(_("Wählen Sie Handlungsbedarfe der geltenden Strategie."))
    project.need_links.exclude(handlungsbedarf__in=wanted).delete()
    current = set(project.need_links.values_list("handlungsbedarf_id", flat=True))
    NeedLink.objects.bulk_create(
        NeedLink(project=project, handlungsbedarf=need) for pk, need in wanted.items() if pk not in current
    )


def _set_goals(project: Project, goals: Iterable[StrategicGoal]) -> None:
    wanted = {goal.pk: goal for goal in goals}
    if any(goal.handlungsfeld.edition_id != project.edition_id for goal in wanted.values()):
        raise ValidationError(_("Wählen Sie Ziele der geltenden Strategie."))
    project.goal_links.exclude(goal__in=wanted).delete()
    current = set(project.goal_links.values_list("goal_id", flat=True))
    GoalLink.objects.bulk_create(
        GoalLink(project=project, goal=goal) for pk, goal in wanted.items() if pk not in current
    )


def _set_partners(project: Project, partners: Sequence[Partner]) -> None:
    wanted = {clean_line(name): clean_line(task) for name, task in partners}
    if len(wanted) < len(partners):
        raise ValidationError(_("Nennen Sie jeden Partner nur einmal."))
    project.partners.exclude(name__in=wanted).delete()
    current = {partner.name: partner for partner in project.partners.all()}
    for name, task in wanted.items():
        partner = current.get(name) or OutsidePartner(project=project, name=name)
        partner.task = task
        partner.full_clean()
        partner.save()


def _set_querschnitt(project: Project, querschnitt: Mapping[Querschnittsthema, str]) -> None:
    project.querschnitt_answers.exclude(querschnittsthema__in=querschnitt).delete()
    current = {answer.querschnittsthema_id: answer for answer in project.querschnitt_answers.all()}
    for topic, text in querschnitt.items():
        answer = current.get(topic.pk) or QuerschnittAnswer(project=project, querschnittsthema=topic)
        answer.text = clean_line(text)
        answer.full_clean()
        answer.save()
