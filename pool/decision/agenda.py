"""What comes on the list of a sitting, in which order, and what leaves it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from pool import notifications
from pool.decision.models import Sitting, SittingItem
from pool.decision.queries import decidable_marks, open_item_of
from pool.decision.register import lock_item, lock_sitting, write_sitting_entry
from pool.decision.rules import CLASSED_STEPS, may_stand_on_a_list
from pool.decision.sitting_rules import SittingState
from pool.lifecycle import Act, ProcedureError, Step
from pool.notifications import after_commit
from pool.permissions import Authority, require
from pool.priority.models import RuleVersion
from pool.priority.queries import rule_in_force
from pool.priority.rules import WIDEST_INTERVAL, Weights
from pool.project.models import Project
from pool.questions.queries import open_objection

State = SittingItem.State
FURTHEST_RULE = timedelta(days=3 * 366)


@transaction.atomic
def put_on_list(*, sitting: Sitting, project: Project, by: User, kind: str = "") -> SittingItem:
    """Put a project on a sitting's list, at its end.

    Where somebody objected to its refusal the item is about the objection; `kind` class makes it an item on the class
    alone. Who sits in the body is told once the sitting is invited; before, nobody outside the office. Raises
    ProcedureError where the sitting is closed, the project is of the other world (examples and real projects stay
    apart), nothing can be decided about its step, or it stands on an open list already (naming the sitting).
    """
    fresh = lock_sitting(sitting)
    project = Project.objects.select_for_update().get(pk=project.pk)
    authority = require(by, Act.RECORD, project)
    _refuse_project(fresh, project)
    if kind == SittingItem.Kind.CLASS and not (project.step in CLASSED_STEPS and decidable_marks(project)):
        raise ProcedureError(_("Zu „{project}“ gibt es keine Klasse zu entscheiden.").format(project=project))
    if kind != SittingItem.Kind.CLASS:
        kind = SittingItem.Kind.OBJECTION if open_objection(project) else SittingItem.Kind.PROJECT
    item = SittingItem(sitting=fresh, number=_next_number(fresh), kind=kind, project=project, title=project.title)
    _put(item, authority, sitting)
    if fresh.state != SittingState.DRAFT:
        where = {"sitting": fresh.pk, "body": fresh.body_id, "day": fresh.day}
        after_commit(notifications.put_on_list, project=project, by=authority.actor, **where)
    return item


def _refuse_project(sitting: Sitting, project: Project) -> None:
    if project.is_example != sitting.is_example:
        raise ProcedureError(
            _("In eine Beispielsitzung kommen nur Beispiele, in eine echte Sitzung nur echte Vorhaben.")
        )
    standing = open_item_of(project)
    if standing is not None:
        raise ProcedureError(
            _("„{project}“ steht schon auf der Liste der Sitzung „{sitting}“.").format(
                project=project, sitting=standing.sitting
            )
        )
    if project.is_taken_over:
        raise ProcedureError(_("Zu übernommenen Vorhaben gibt es keinen Beschluss; beenden kann sie die CDO."))
    if not may_stand_on_a_list(project.step, is_taken_over=False):
        raise ProcedureError(
            _("Über „{project}“ gibt es im Schritt „{step}“ nichts zu beschließen.").format(
                project=project, step=Step(project.step).label
            )
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """What came on the list in one step, and in words what did not."""

    items: list[SittingItem]
    refused: dict[UUID, str]


@transaction.atomic
def fill_agenda(
    *, sitting: Sitting, projects: Sequence[tuple[Project, str]], by: User, version: int | None = None
) -> Filled:
    """Put several projects on the list in the order given, each with the kind of its item ("" for the usual one).

    In order: stale click; each project like `put_on_list`, one entry each. What is refused (the own project, what
    stands on another list meanwhile) is named and hinders nothing else.
    """
    lock_sitting(sitting, version=version)
    items, refused = [], {}
    for project, kind in projects:
        try:
            with transaction.atomic():
                items.append(put_on_list(sitting=sitting, project=project, by=by, kind=kind))
        except (ProcedureError, NotAllowed) as error:
            refused[project.pk] = str(error)
        except ValidationError as error:
            refused[project.pk] = " ".join(error.messages)
    return Filled(items, refused)


@transaction.atomic
def put_rule_on_list(*, sitting: Sitting, rule_version: RuleVersion, kind: str, by: User) -> SittingItem:
    """Put a rule version on a sitting's list, as kind rule or weights.

    An example sitting may adopt what already holds, which changes nothing, or an example; never switch a real rule.
    """
    fresh = lock_sitting(sitting)
    authority = require(by, Act.RECORD)
    if kind not in (SittingItem.Kind.RULE, SittingItem.Kind.WEIGHTS):
        raise ProcedureError(_("Eine Regelfassung steht als Regel oder als Gewichte auf der Liste."))
    if rule_version.is_example and not fresh.is_example:
        raise ProcedureError(_("In eine echte Sitzung kommt keine Beispielregel."))
    if rule_version.is_pending and rule_version.is_example != fresh.is_example:
        raise ProcedureError(_("Eine Beispielsitzung beschließt keine Regel, die noch nicht gilt."))
    if fresh.items.filter(rule_version=rule_version).exists():
        raise ProcedureError(_("Diese Regelfassung steht schon auf der Liste."))
    item = SittingItem(
        sitting=fresh, number=_next_number(fresh), kind=kind, rule_version=rule_version, title=str(rule_version)
    )
    return _put(item, authority, sitting)


@transaction.atomic
def draft_rule(
    *,
    sitting: Sitting,
    weights: Weights,
    effect_threshold: int,
    accepted_interval: int,
    valid_from: date,
    by: User,
    version: int | None = None,
) -> SittingItem:
    """Draft the next rule version and put it on the list; it is without any effect until a Beschluss adopts it.

    In order: stale click; the right; a day after the sitting (what was ordered before stays as it was), at most three
    years on; another rule than the one that will hold then; writes the version, pending, and its item. The item is
    about the weights where only they differ, else about the rule. Raises ProcedureError, ValidationError.
    Source: Verfahrensordnung des Portals, „Regelfassungen“.
    """
    fresh = lock_sitting(sitting, version=version)
    require(by, Act.RECORD)
    earliest = max(fresh.day, clock.today())
    if not earliest < valid_from <= earliest + FURTHEST_RULE:
        raise ProcedureError(_("Nennen Sie einen Tag nach der Sitzung, höchstens drei Jahre danach."))
    if not 0 <= accepted_interval <= WIDEST_INTERVAL or not 0 <= effect_threshold <= 4:
        raise ProcedureError(
            _("Der Spielraum liegt zwischen 0 und {widest} Prozentpunkten, die Wirkung zwischen 0 und 4.").format(
                widest=WIDEST_INTERVAL
            )
        )
    before = rule_in_force(valid_from, with_examples=fresh.is_example)
    drafted = RuleVersion(
        number=(RuleVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        valid_from=valid_from,
        weight_vernetzung=weights.vernetzung,
        weight_effect=weights.effect,
        weight_kompetenzaufbau=weights.kompetenzaufbau,
        weight_synergien=weights.synergien,
        effect_threshold=effect_threshold,
        accepted_interval=accepted_interval,
        rubric=before.rubric,
        is_pending=True,
        is_example=fresh.is_example,
    )
    is_rule = (effect_threshold, accepted_interval) != (before.effect_threshold, before.accepted_interval)
    if not is_rule and weights_alike(before, drafted):
        raise ProcedureError(
            _("So gilt es an diesem Tag schon. Ändern Sie ein Gewicht, die Wirkung oder den Spielraum.")
        )
    drafted.full_clean()
    drafted.save(force_insert=True)
    kind = SittingItem.Kind.RULE if is_rule else SittingItem.Kind.WEIGHTS
    return put_rule_on_list(sitting=sitting, rule_version=drafted, kind=kind, by=by)


def weights_alike(one: RuleVersion, other: RuleVersion) -> bool:
    """Tell whether two rule versions weigh alike."""
    names = ("weight_vernetzung", "weight_effect", "weight_kompetenzaufbau", "weight_synergien")
    return all(getattr(one, name) == getattr(other, name) for name in names)


@transaction.atomic
def move_item(*, item: SittingItem, to: int, by: User, version: int | None = None) -> SittingItem:
    """Move an item to another place of the agenda; those between move by one. `version` is the sitting's.

    One entry. Raises StaleVersion, NotAllowed, ProcedureError for a place that the agenda does not have.
    """
    sitting = lock_sitting(item.sitting, version=version)
    authority = require(by, Act.RECORD)
    items = list(sitting.items.select_for_update(of=("self",)).order_by("number"))
    fresh = next((each for each in items if each.pk == item.pk), None)
    if fresh is None or not 1 <= to <= len(items):
        raise ProcedureError(_("Diesen Platz hat die Tagesordnung nicht."))
    was = fresh.number
    items.remove(fresh)
    items.insert(to - 1, fresh)
    _number_anew(items)
    write_sitting_entry(
        sitting=sitting,
        act="move_item",
        authority=authority,
        item=fresh,
        from_state=str(was),
        to_state=str(to),
    )
    item.refresh_from_db()
    return item


@transaction.atomic
def take_off_list(*, item: SittingItem, by: User, version: int | None = None) -> None:
    """Take an item off the list as long as no outcome is recorded; those after it move up by one number.

    A rule version drafted for it goes with it. Raises ProcedureError also where the Beirat has recommended something.
    """
    fresh = lock_item(item, version=version)
    authority = require(by, Act.RECORD, fresh.project)
    if fresh.state not in (State.LISTED, State.PROPOSED):
        raise ProcedureError(
            _("Zu diesem Punkt ist schon etwas protokolliert. Setzen Sie ihn ab oder vertagen Sie ihn.")
        )
    if fresh.recommendations.exists():
        raise ProcedureError(_("Zu diesem Punkt gibt es eine Empfehlung des Beirats. Setzen Sie ihn ab."))
    sitting, rule = fresh.sitting, fresh.rule_version
    write_sitting_entry(sitting=sitting, act="take_off_list", authority=authority, item=fresh, from_state=fresh.state)
    fresh.delete()
    if rule is not None and rule.is_pending and not rule.sitting_items.exists():
        rule.delete()
    _number_anew(list(sitting.items.order_by("number")))


def _put(item: SittingItem, authority: Authority, sitting: Sitting) -> SittingItem:
    item.full_clean()
    item.save(force_insert=True)
    write_sitting_entry(sitting=item.sitting, act="put_on_list", authority=authority, item=item, to_state=State.LISTED)
    sitting.refresh_from_db()
    return item


def _next_number(sitting: Sitting) -> int:
    last = sitting.items.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _number_anew(items: Sequence[SittingItem]) -> None:
    """Give the items the numbers of their order; over numbers that are free, for a number stands once."""
    changed = [(number, item) for number, item in enumerate(items, start=1) if item.number != number]
    beyond = len(items) + max((item.number for item in items), default=0)
    for offset in (beyond, 0):
        for number, item in changed:
            item.number = number + offset
            item.save(update_fields=["number"])
