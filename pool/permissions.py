"""Acts on projects: act -> role x step x scope, and who reads what. Everything not said here is refused.

Source: Verfahrensordnung des Portals, „Schritte und Züge“, „Handlungen, die nichts bewegen“, „Niemand urteilt in
eigener Sache“, „Vertretung“ und „Wer was liest“.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from governance.mandates.models import Mandate
from governance.mandates.queries import holders_on, standing_of
from governance.mandates.rules import Held, Role, Standing
from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Actor
from pool.barred import AUTHORS, TEAM, barred_projects, held_on, is_barred, is_nobodys, is_of_it, is_to, voices_of
from pool.lifecycle import FINAL_STEPS, JUDGING_ACTS, MOVES, Act, Step
from pool.project.models import NeedLink, Project, ProjectMandate, TextVersion
from pool.stand_ins.queries import STAND_IN, stand_in_on, standing_rows, stands_in


class Who(Enum):
    """The parties that the table speaks of."""

    SUBMITTER = auto()
    AUTHORS = auto()
    LEAD = auto()
    TEAM = auto()  # Projektleitung and Mitarbeitende
    CDO = auto()
    CDO_OF_TAKEN_OVER = auto()
    CHAIR = auto()
    LENKUNGSGRUPPE = auto()
    EMPLOYEE = auto()
    COORDINATOR = auto()  # of the lead Handlungsfeld or of one a linked Handlungsbedarf belongs to
    LEAD_COORDINATOR = auto()  # of the lead Handlungsfeld
    EXPERT = auto()
    CDO_OFFICE = auto()  # the CDO and the deputy, each in their own right
    DEPUTY_CDO = auto()  # the deputy in their own right
    STAND_IN = auto()  # whom the chair named for this project, in place of the CDO
    LEAD_UNIT = auto()  # who speaks for the lead unit or its office
    BEIRAT_OFFICE = auto()  # Geschäftsführung of the Beirat, bound to confidentiality


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the table: this party, in these steps (None: whatever MOVES or the action itself allows)."""

    who: Who
    steps: frozenset[Step] | None = None


def _moves(act: Act) -> frozenset[Step]:
    return frozenset(origin for (origin, moved_by) in MOVES if moved_by == act)


def _grants(*who: Who, steps: frozenset[Step] | None = None) -> tuple[Grant, ...]:
    return tuple(Grant(party, steps) for party in who)


_EDITABLE = frozenset({Step.DRAFT, Step.RETURNED})
_FROM_SUBMITTED_ON = frozenset(set(Step) - {Step.DRAFT})
_CLASSED = frozenset({Step.POOLED, Step.ASSESSED, Step.DEFERRED})
# Where more hands still help: handed in, and not over.
JOINABLE = frozenset(Step) - FINAL_STEPS - {Step.DRAFT, Step.REJECTED, Step.DECLINED}
# Where an answer can still change something.
_UNDER_WAY = JOINABLE | {Step.REJECTED, Step.DECLINED}
_STAFFED = frozenset({Step.COMMISSIONED, Step.RUNNING})
# What was reached or given up before the end may be noted after it; nothing new is planned then.
_STAFFED_ONCE = _STAFFED | {Step.COMPLETED}
_NOT_FINAL = frozenset(Step) - FINAL_STEPS
_RATED = frozenset({Step.ASSESSED, Step.DEFERRED})

TABLE: Mapping[Act, tuple[Grant, ...]] = MappingProxyType(
    {
        Act.SUBMIT: _grants(Who.AUTHORS, steps=_moves(Act.SUBMIT)),
        Act.RESUBMIT: _grants(Who.AUTHORS, steps=_moves(Act.RESUBMIT)),
        Act.RETURN: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.RETURN)),
        Act.DECLINE_ADMISSION: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.DECLINE_ADMISSION)),
        Act.ADMIT: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.ADMIT)),
        Act.RATE: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.RATE)),
        Act.REOPEN_RATING: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.REOPEN_RATING)),
        Act.REOPEN_GATE: _grants(Who.LENKUNGSGRUPPE, steps=_moves(Act.REOPEN_GATE)),
        Act.COMMISSION: _grants(Who.LENKUNGSGRUPPE, steps=_moves(Act.COMMISSION)),
        Act.DEFER: _grants(Who.LENKUNGSGRUPPE, steps=_moves(Act.DEFER)),
        Act.DECLINE: _grants(Who.LENKUNGSGRUPPE, steps=_moves(Act.DECLINE)),
        Act.RECONSIDER: _grants(Who.LENKUNGSGRUPPE, steps=_moves(Act.RECONSIDER)),
        Act.RESUME: _grants(Who.CDO, steps=_moves(Act.RESUME)),
        Act.START: _grants(Who.LEAD, steps=_moves(Act.START)),
        Act.COMPLETE: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.COMPLETE)),
        Act.STOP: _grants(Who.LENKUNGSGRUPPE, Who.CDO_OF_TAKEN_OVER, steps=_moves(Act.STOP)),
        Act.WITHDRAW: _grants(Who.SUBMITTER, Who.CDO, steps=_moves(Act.WITHDRAW)),
        Act.MERGE: _grants(Who.CDO, Who.STAND_IN, steps=_moves(Act.MERGE)),
        Act.TAKE_OVER: _grants(Who.CDO),
        Act.IMPORT_IDEAS: _grants(Who.CDO),
        Act.EDIT_TEXT: _grants(Who.AUTHORS, steps=_EDITABLE),
        Act.LINK_NEEDS: (Grant(Who.AUTHORS, _EDITABLE), Grant(Who.CDO, frozenset({Step.SUBMITTED}))),
        Act.CORRECT_SLIP: _grants(Who.CDO, steps=_FROM_SUBMITTED_ON),
        Act.ANSWER_GATE: _grants(Who.CDO, Who.STAND_IN, steps=frozenset({Step.SUBMITTED})),
        Act.PROPOSE_CLASS: _grants(Who.CDO, Who.STAND_IN, steps=_CLASSED),
        Act.WITHDRAW_CLASS: _grants(Who.CDO, Who.STAND_IN, steps=_CLASSED),
        Act.OPEN_SITTING: _grants(Who.CDO),
        Act.INVITE: _grants(Who.CDO),
        Act.BEGIN_SITTING: _grants(Who.CHAIR),
        Act.RECOMMEND: _grants(Who.BEIRAT_OFFICE),
        Act.RECORD: _grants(Who.CDO, Who.STAND_IN),
        Act.CONFIRM: _grants(Who.CHAIR),
        Act.NAME_STAND_IN: _grants(Who.CHAIR, steps=_UNDER_WAY),
        Act.END_STAND_IN: _grants(Who.CHAIR),
        Act.CLOSE_SITTING: _grants(Who.CHAIR),
        Act.MAKE_PACK: _grants(Who.CDO),
        Act.NAME_TEAM: _grants(Who.CDO, steps=_STAFFED),
        Act.PROPOSE_COMPLETION: _grants(Who.LEAD, steps=frozenset({Step.RUNNING})),
        # The CDO's office enters what the team said, and names where it said so; the action demands that.
        Act.PLAN_MILESTONE: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED),
        Act.SHIFT_MILESTONE: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED),
        Act.RENAME_MILESTONE: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED_ONCE),
        Act.REACH_MILESTONE: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED_ONCE),
        Act.GIVE_UP_MILESTONE: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED_ONCE),
        Act.REPORT: _grants(Who.TEAM, Who.CDO_OFFICE, steps=_STAFFED),
        Act.RECORD_CONSENT: _grants(Who.CDO),
        Act.ASK_CONSENT: _grants(Who.CDO),
        Act.GIVE_CONSENT: _grants(Who.LEAD_UNIT),
        Act.RELEASE: _grants(Who.CDO, Who.STAND_IN),
        Act.EXPLAIN_DIFFERENCE: _grants(Who.AUTHORS, steps=_EDITABLE),
        Act.ASK_TO_JOIN: _grants(Who.EMPLOYEE, steps=JOINABLE),
        Act.ANSWER_JOIN_REQUEST: _grants(Who.SUBMITTER, steps=_FROM_SUBMITTED_ON),
        Act.HAND_OVER: _grants(Who.SUBMITTER, Who.CDO, steps=_NOT_FINAL),
        Act.NAME_SUBMITTER: _grants(Who.CDO, steps=_NOT_FINAL),
        Act.BEGIN_AGAIN: _grants(Who.AUTHORS, steps=frozenset({Step.REJECTED, Step.DECLINED, Step.WITHDRAWN})),
        Act.PROPOSE_LINK: _grants(Who.AUTHORS, Who.LEAD, steps=_NOT_FINAL),
        Act.ANSWER_LINK: _grants(Who.AUTHORS, Who.LEAD, Who.CDO),
        Act.GIVE_OPINION: _grants(Who.COORDINATOR, Who.EXPERT, steps=frozenset({Step.POOLED})),
        Act.ASK_EXPERT: _grants(Who.CDO, steps=frozenset({Step.POOLED})),
        Act.END_EXPERT: _grants(Who.CDO, steps=_CLASSED),
        Act.COUNTERSIGN: _grants(Who.LEAD_COORDINATOR, Who.DEPUTY_CDO, steps=_RATED),
        Act.COMMENT: _grants(Who.CDO_OFFICE, Who.COORDINATOR, Who.EXPERT, steps=_FROM_SUBMITTED_ON),
        Act.BLACK_OUT_COMMENT: _grants(Who.CDO_OFFICE, Who.COORDINATOR, Who.EXPERT, steps=_FROM_SUBMITTED_ON),
        # Who rates asks where rating is open; whoever asked settles the question later too.
        Act.ASK_QUESTION: (
            *_grants(Who.CDO, Who.STAND_IN, steps=_UNDER_WAY),
            *_grants(Who.COORDINATOR, Who.EXPERT, steps=frozenset({Step.POOLED})),
        ),
        Act.ANSWER_QUESTION: _grants(Who.AUTHORS, steps=_FROM_SUBMITTED_ON),
        Act.CLOSE_QUESTION: _grants(Who.CDO, Who.STAND_IN, Who.COORDINATOR, Who.EXPERT, steps=_FROM_SUBMITTED_ON),
        Act.OBJECT: _grants(Who.SUBMITTER, steps=frozenset({Step.REJECTED})),
        Act.PREPARE_DECISION: _grants(Who.CDO, steps=frozenset({Step.SUBMITTED})),
        Act.ISSUE_CALL: _grants(Who.CDO),
        Act.END_CALL: _grants(Who.CDO),
        Act.BLACK_OUT_REASON: _grants(Who.CDO),
        Act.ANSWER_PUBLIC: _grants(Who.CDO_OFFICE),
        Act.OFFER_PARTICIPATION: _grants(Who.CDO_OFFICE),
    }
)

# Inner comments are kept from those whose project it is, whatever office they hold.
_INSIDE = frozenset({Act.COMMENT, Act.BLACK_OUT_COMMENT})

# What a person is to the project, for those whom it alone lets act.
_TO_THE_PROJECT = {
    Who.SUBMITTER: frozenset({ProjectMandate.Role.SUBMITTER}),
    Who.AUTHORS: AUTHORS,
    Who.LEAD: frozenset({ProjectMandate.Role.LEAD}),
    Who.TEAM: TEAM,
}

# Acts on no project; all others need one. Recording and confirming know items without a project too.
_ON_NO_PROJECT = frozenset(
    {
        Act.TAKE_OVER, Act.IMPORT_IDEAS, Act.OPEN_SITTING, Act.CLOSE_SITTING, Act.ANSWER_PUBLIC,
        Act.OFFER_PARTICIPATION, Act.MAKE_PACK, Act.ISSUE_CALL, Act.END_CALL,
        Act.INVITE, Act.BEGIN_SITTING, Act.RECOMMEND,
    }
)  # fmt: skip
_ABOUT_RELEASING = frozenset({Act.RELEASE, Act.RECORD_CONSENT, Act.ASK_CONSENT, Act.GIVE_CONSENT})
_WITH_OR_WITHOUT = frozenset({Act.RECORD, Act.CONFIRM, Act.BLACK_OUT_REASON})


@dataclass(frozen=True, slots=True)
class Authority:
    """By whose hand an act is done, in whose place, and as which party of the table."""

    actor: Actor
    in_place_of: Actor | None = None
    who: Who | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    allowed: bool
    in_place_of: UUID | None = None
    reason: str = ""
    who: Who | None = None


_NO_MANDATE = _Answer(False)


def may(user: User | AnonymousUser, act: Act, project: Project | None = None) -> bool:
    """Tell whether `user` may do `act` on `project` today (None for acts on no project)."""
    return _answer(user, act, project).allowed


def require(user: User | AnonymousUser, act: Act, project: Project | None = None) -> Authority:
    """Return by whose authority `user` acts, or raise NotAllowed with the reason in German."""
    answer = _answer(user, act, project)
    if not answer.allowed or isinstance(user, AnonymousUser):
        raise NotAllowed(answer.reason or _("Dazu fehlt Ihnen heute das Mandat: {act}.").format(act=act.label))
    principal = Actor.objects.get(pk=answer.in_place_of) if answer.in_place_of else None
    return Authority(actor=actor_for(user), in_place_of=principal, who=answer.who)


def acts_as(user: User | AnonymousUser, act: Act, project: Project) -> Who | None:
    """Return as which party of the table `user` may do `act` on `project` today, the first that fits; None if not."""
    return _answer(user, act, project).who


def _answer(user: User | AnonymousUser, act: Act, project: Project | None) -> _Answer:
    standing = standing_of(user)
    if not standing.held or standing.actor_id is None:
        return _NO_MANDATE
    if act not in _WITH_OR_WITHOUT and (project is None) != (act in _ON_NO_PROJECT):
        return _NO_MANDATE
    refused = _NO_MANDATE
    for grant in TABLE.get(act, ()):
        if project is not None and grant.steps is not None and project.step not in grant.steps:
            continue
        if act in _ABOUT_RELEASING and not _can_be_public(act, project):
            continue
        if act == Act.NAME_SUBMITTER and (project is None or not is_nobodys(project)):
            return _Answer(False, reason=str(HAS_A_SUBMITTER))
        if act in _INSIDE and project is not None and is_of_it(standing.actor_id, project):
            return _NO_MANDATE
        answer = _answer_for(grant.who, standing, act, project)
        if answer.allowed:
            return replace(answer, who=grant.who)
        refused = answer if answer.reason else refused
    return refused


HAS_A_SUBMITTER = _lazy(
    "Benannt wird, wo eine Idee ohne Person eingelesen ist. Wo es eine einreichende Person gibt, übergibt sie."
)


def _can_be_public(act: Act, project: Project | None) -> bool:
    if project is None or not project.is_in_pool:
        return False
    return act == Act.RECORD_CONSENT or project.step != Step.MERGED


def _answer_for(who: Who, standing: Standing, act: Act, project: Project | None) -> _Answer:
    if who in _TO_THE_PROJECT:
        return _Answer(project is not None and is_to(standing.actor_id, project, _TO_THE_PROJECT[who]))
    if who is Who.EMPLOYEE:
        return _Answer(standing.is_employee)
    if who in (Who.COORDINATOR, Who.LEAD_COORDINATOR, Who.EXPERT):
        return _rater(who, standing, act, project) if project is not None else _NO_MANDATE
    if who is Who.STAND_IN:
        return _stand_in(standing, project)
    if who in (Who.CDO_OFFICE, Who.DEPUTY_CDO):
        return _in_own_right(who, standing, act, project)
    if who is Who.LEAD_UNIT:
        return _own_or_deputised(voices_of(standing, project)) if project is not None else _NO_MANDATE
    if who is Who.BEIRAT_OFFICE:
        return _beirat_office(standing)
    if who is Who.CDO_OF_TAKEN_OVER and not (project is not None and project.is_taken_over):
        return _NO_MANDATE
    if who in (Who.CDO, Who.CDO_OF_TAKEN_OVER):
        return _office_holder(standing, act, project, [held for held in standing.held if held.role == Role.CDO])
    chairs = [held for held in standing.held if held.role == Role.CHAIR and held.body_kind == "lenkungsgruppe"]
    return _office_holder(standing, act, project, chairs)


def _office_holder(standing: Standing, act: Act, project: Project | None, mandates: list[Held]) -> _Answer:
    """Answer for an office with a deputy: the CDO, the chair.

    The principal acts unless barred; the deputy on days of absence, or on a project where the principal is barred.
    """
    if not mandates:
        return _NO_MANDATE
    judged = project if act in JUDGING_ACTS else None
    if judged is not None and is_barred(standing.actor_id, judged):
        return _Answer(False, reason=_barred_message(act, judged, mandates[0]))
    if any(not held.is_deputy for held in mandates):
        return _Answer(True)
    for held in mandates:
        if held.principal_is_absent or (judged is not None and is_barred(held.principal, judged)):
            return _Answer(True, in_place_of=held.principal)
    return _Answer(False, reason=str(ONLY_IN_PLACE))


ONLY_IN_PLACE = _lazy(
    "In Vertretung handeln Sie nur an Tagen mit eingetragener Abwesenheit oder wo die vertretene Person befangen ist."
)
NOT_BOUND = _lazy("Zu Ihrem Mandat ist kein Tag der Verpflichtung zur Verschwiegenheit eingetragen.")
OWN_PROJECT = _lazy(
    "Sie sind bei diesem Projekt befangen: eingereicht, mitgeschrieben, im Team oder im federführenden Amt."
)
NO_CDO_LEFT = _lazy(
    "Auch die Vertretung ist befangen. Wer an ihre Stelle tritt, benennt der Vorsitz der Lenkungsgruppe für dieses "
    "Projekt in einer Sitzung."
)
NO_CHAIR_LEFT = _lazy(
    "Auch die Vertretung ist befangen. Wer hier den Vorsitz führt, bestimmt die Lenkungsgruppe aus ihren Mitgliedern; "
    "der Betrieb trägt die Person als weitere Vertretung des Vorsitzes ein."
)


def _rater(who: Who, standing: Standing, act: Act, project: Project) -> _Answer:
    """Answer for those who rate besides the CDO: coordinators, their deputies on days of absence, asked experts."""
    if who is Who.EXPERT:
        mandates, is_asked = [], is_to(standing.actor_id, project, frozenset({ProjectMandate.Role.EXPERT}))
    else:
        mandates, is_asked = _coordinations(standing, project, only_lead=who is Who.LEAD_COORDINATOR), False
    if not mandates and not is_asked:
        return _NO_MANDATE
    if act in JUDGING_ACTS and is_barred(standing.actor_id, project):
        return _Answer(False, reason=str(OWN_PROJECT))
    if is_asked or any(not held.is_deputy for held in mandates):
        return _Answer(True)
    for held in mandates:
        if held.principal_is_absent or (act in JUDGING_ACTS and is_barred(held.principal, project)):
            return _Answer(True, in_place_of=held.principal)
    return _Answer(False, reason=str(ONLY_IN_PLACE))


def _stand_in(standing: Standing, project: Project | None) -> _Answer:
    """Answer for whom the chair named for this project: in place of the CDO, as long as she is barred from it."""
    if project is None or not stands_in(standing, project):
        return _NO_MANDATE
    if is_barred(standing.actor_id, project):
        return _Answer(False, reason=str(OWN_PROJECT))
    for held in holders_on(clock.today(), role=Role.CDO):
        if held.deputy_for_id is None and is_barred(held.person_id, project):
            return _Answer(True, in_place_of=held.person_id)
    return _Answer(False, reason=str(ONLY_IN_PLACE))


def _own_or_deputised(mandates: list[Held]) -> _Answer:
    """Answer for mandates whose holders act in their own right, and their deputies on days of absence."""
    if any(not held.is_deputy for held in mandates):
        return _Answer(True)
    for held in mandates:
        if held.principal_is_absent:
            return _Answer(True, in_place_of=held.principal)
    return _Answer(False, reason=str(ONLY_IN_PLACE)) if mandates else _NO_MANDATE


def _coordinations(standing: Standing, project: Project, *, only_lead: bool) -> list[Held]:
    """Return the mandates by which a person looks after one of the project's Handlungsfelder."""
    held = [each for each in standing.held if each.role == Role.COORDINATOR]
    if not held:
        return []
    fields = {project.lead_handlungsfeld_id}
    if not only_lead:
        fields |= set(project.need_links.values_list("handlungsbedarf__handlungsfeld", flat=True))
    return [each for each in held if each.handlungsfeld_id in fields]


def _beirat_office(standing: Standing) -> _Answer:
    """Answer for who runs the Beirat's office: bound to confidentiality, a deputy on days of absence."""
    offices = [held for held in standing.held if held.role == Role.ADVISORY_OFFICE and held.body_kind == "beirat"]
    if bound := [held for held in offices if held.is_bound_to_confidentiality]:
        return _own_or_deputised(bound)
    return _Answer(False, reason=str(NOT_BOUND)) if offices else _NO_MANDATE


def _in_own_right(who: Who, standing: Standing, act: Act, project: Project | None) -> _Answer:
    """Answer for what the CDO's office does without standing in for anybody."""
    held = [each for each in standing.held if each.role == Role.CDO and (who is Who.CDO_OFFICE or each.is_deputy)]
    if not held:
        return _NO_MANDATE
    if project is not None and act in JUDGING_ACTS and is_barred(standing.actor_id, project):
        return _Answer(False, reason=str(OWN_PROJECT))
    return _Answer(True)


def _barred_message(act: Act, project: Project, held: Held) -> str:
    own = str(OWN_PROJECT)
    others = [
        mandate
        for mandate in Mandate.objects.valid_on(clock.today()).filter(role=held.role, body_id=held.body_id)
        if not is_barred(mandate.person_id, project)
    ]
    if held.is_deputy and any(mandate.person_id == held.principal for mandate in others):
        return f"{own} " + _("„{act}“ übernimmt, wen Sie vertreten.").format(act=act.label)
    if others:
        return f"{own} " + _("„{act}“ übernimmt die Vertretung.").format(act=act.label)
    if held.role == Role.CHAIR:
        return f"{own} {NO_CHAIR_LEFT}"
    if stand_in_on(project):
        return f"{own} " + _("„{act}“ übernimmt, wen der Vorsitz dafür benannt hat.").format(act=act.label)
    return f"{own} {NO_CDO_LEFT}"


def entrusted_to(user: User | AnonymousUser) -> Q:
    """Return the condition for the projects that a deputy of the CDO judges on a day without an absence: those that
    the CDO is barred from and she is not. Nothing for anybody else.
    """
    standing = standing_of(user)
    found = Q(pk__in=[])
    for held in standing.held:
        if held.role == Role.CDO and held.principal is not None:
            found |= barred_projects(held.principal)
    return found & ~barred_projects(standing.actor_id)


class Aspect(Enum):
    """Parts of a project that not everybody reads who may see it."""

    GATE = auto()
    RATING = auto()
    NAMES = auto()
    MONEY = auto()
    OPEN_SITTING = auto()
    COMMENTS = auto()
    REPORTS = auto()  # status reports, inner milestones and why one was shifted or given up


def visible_projects(user: User | AnonymousUser) -> Q:
    """Return the condition for the projects whose basic text, units, step and needs `user` may read.

    From pooled on: all staff. Before: submitter, co-authors, CDO, and coordinators of its Handlungsfelder (not
    drafts). The Beirat: what has a rating. The Lenkungsgruppe also what stands on a sitting's list and
    what somebody objected about.
    """
    standing = standing_of(user)
    nothing = Q(pk__in=[])
    if not standing.held:
        return nothing
    if standing.is_cdo:
        return Q()
    mine = ProjectMandate.objects.filter(
        held_on(clock.today()), project=OuterRef("pk"), person_id=standing.actor_id, role__in=AUTHORS
    )
    seen = Q(Exists(mine)) if standing.is_employee else nothing
    if standing.is_employee or standing.is_steering or standing.handlungsfeld_ids:
        seen |= Q(pool_number__isnull=False) | Q(is_taken_over=True)
    if standing.handlungsfeld_ids:
        needs = NeedLink.objects.filter(
            project=OuterRef("pk"), handlungsbedarf__handlungsfeld__in=standing.handlungsfeld_ids
        )
        was_submitted = Q(Exists(TextVersion.objects.filter(project=OuterRef("pk"))))
        seen |= was_submitted & (Q(lead_handlungsfeld__in=standing.handlungsfeld_ids) | Q(Exists(needs)))
    if standing.is_steering:
        # Later slices' rows, by their relation: this module may not import them.
        listed = Project.objects.filter(pk=OuterRef("pk"), sitting_items__isnull=False)
        objected = Project.objects.filter(pk=OuterRef("pk"), objections__isnull=False)
        seen |= Q(Exists(listed)) | Q(Exists(objected))
    if STAND_IN in standing.also:
        seen |= Q(pk__in=standing_rows().filter(person=standing.actor_id).values("project"))
    if standing.is_advisory:
        rated = Project.objects.filter(pk=OuterRef("pk"), ratings__isnull=False)
        seen |= Q(Exists(rated))
    return seen


def may_read(user: User | AnonymousUser, aspect: Aspect, project: Project) -> bool:
    """Tell whether `user`, who may see `project`, may also read this part of it."""
    standing = standing_of(user)
    if not standing.held:
        return False
    if aspect is Aspect.COMMENTS:
        return _reads_comments(standing, project)
    if standing.is_cdo or standing.is_steering or stands_in(standing, project):
        return True
    if aspect is Aspect.OPEN_SITTING:
        return False
    if aspect is Aspect.MONEY:
        return is_to(standing.actor_id, project, TEAM)
    if aspect is Aspect.REPORTS and is_to(standing.actor_id, project, TEAM):
        return True
    if is_to(standing.actor_id, project, AUTHORS) and aspect is not Aspect.NAMES:
        return True
    if aspect is Aspect.NAMES and is_to(standing.actor_id, project, TEAM | frozenset({ProjectMandate.Role.SUBMITTER})):
        return True
    if aspect is Aspect.RATING and (
        standing.is_advisory or is_to(standing.actor_id, project, frozenset({ProjectMandate.Role.LEAD}))
    ):
        return True
    return bool(_coordinations(standing, project, only_lead=False))


def _reads_comments(standing: Standing, project: Project) -> bool:
    """The CDO and the deputy, coordinators of its fields, asked experts; never the submitter or the team."""
    if is_of_it(standing.actor_id, project):
        return False
    if standing.is_cdo or stands_in(standing, project) or _coordinations(standing, project, only_lead=False):
        return True
    return is_to(standing.actor_id, project, frozenset({ProjectMandate.Role.EXPERT}))
