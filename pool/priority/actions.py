"""The acts that change a project's place: rating, reopening, resuming, class marks.

A rating ranks at once, so the act `rate` stands here, above the rows that `maturity` writes.
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import RubricVersion, User
from governance.record import clock
from governance.record.text import clean_text
from pool import notifications
from pool.lifecycle import Act, Incomplete, ProcedureError, Step
from pool.maturity.actions import retire_rating, write_rating
from pool.maturity.models import Rating
from pool.notifications import after_commit
from pool.permissions import Authority
from pool.priority.models import ClassMark, Place, RuleVersion, StabilityResult
from pool.priority.queries import level_ranges, levels_of, ranking, rule_in_force, state_of, weights_of
from pool.priority.rules import Candidate, criteria_of, latest_visible_day
from pool.priority.stability import to_content
from pool.project.actions import begin, move, record_act
from pool.project.models import Project, Transition

# So many ranks a write computes once it is committed, about half a second; larger states wait for their first reader.
WORK_OF_A_WRITE = 2_000_000


@transaction.atomic
def rate(
    *,
    project: Project,
    levels: Mapping[str, int],
    reasons: Mapping[str, str],
    by: User,
    version: int | None = None,
) -> Rating:
    """Write the rating of record and give the project its place.

    In order: moves pooled -> assessed (the right, the step, the stale click); writes the rating with five levels 0–4
    and a reason each; writes one entry with the reasons' hash; stores the place. Raises Incomplete where a level or a
    reason is missing, besides what `move` raises. Source: Mainzer Weg, Reifegrade.
    """
    rubric = rule_in_force(with_examples=project.is_example).rubric
    transition = move(
        project=project,
        act=Act.RATE,
        by=by,
        version=version,
        write_row=lambda moved, authority: write_rating(
            project=moved, levels=levels, reasons=reasons, authority=authority, rubric=rubric
        ),
    )
    rating = Rating.objects.get(project=project, is_current=True)
    place(project=project)
    after_commit(notifications.rated, project=project, by=transition.by)
    return rating


@transaction.atomic
def reopen_rating(*, project: Project, reason: str, by: User, version: int | None = None) -> Transition:
    """Take a project back to pooled for a new round; the old rating is kept, no longer current. Needs a reason."""
    if not clean_text(reason):
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum die Bewertung neu geöffnet wird."))
    transition = move(project=project, act=Act.REOPEN_RATING, by=by, version=version, reason=reason)
    retire_rating(project=project)
    unplace(project=project)
    after_commit(notifications.rating_reopened, project=project, by=transition.by)
    return transition


@transaction.atomic
def resume(*, project: Project, by: User, version: int | None = None, reason: str = "") -> Transition:
    """Bring a deferred project back into the ranking: when its day is reached, or earlier with a reason."""
    day = Project.objects.select_for_update().get(pk=project.pk).look_again_on
    if not clean_text(reason) and day is not None and day > clock.today():
        raise Incomplete(
            [_("eine Begründung")],
            _("Vorgemerkt ist der {day}. Begründen Sie, warum das Vorhaben früher wieder aufgenommen wird.").format(
                day=f"{day:%d.%m.%Y}"
            ),
        )
    transition = move(project=project, act=Act.RESUME, by=by, version=version, reason=reason)
    place(project=project)
    after_commit(notifications.resumed, project=project, by=transition.by)
    return transition


@transaction.atomic
def propose_class(
    *,
    project: Project,
    mark: str,
    reason: str,
    by: User,
    version: int | None = None,
    start_on: date | None = None,
    visible_on: date | None = None,
) -> ClassMark:
    """Propose that a project is a Leuchtturm or a Schnellboot. It counts from now on, shown as proposed.

    A Leuchtturm needs a reason; a Schnellboot also the days of start and visible result, at most twelve months
    apart. After an item has decided about a mark only an item changes it. Source: Verfahrensordnung, „Klasse“.
    """
    fresh, authority = begin(project=project, act=Act.PROPOSE_CLASS, by=by, version=version)
    current = _current(fresh, mark)
    if current is not None and current.state in (ClassMark.State.CONFIRMED, ClassMark.State.REFUSED):
        raise ProcedureError(_("Über diese Klasse hat die Lenkungsgruppe entschieden; nur ein Beschluss ändert das."))
    if current is not None and current.state == ClassMark.State.PROPOSED:
        raise ProcedureError(_("Diese Klasse ist schon vorgeschlagen."))
    if not clean_text(reason):
        raise Incomplete([_("eine Begründung")], _("Begründen Sie die Einstufung."))
    if mark == ClassMark.Mark.SCHNELLBOOT:
        _check_schnellboot_days(start_on, visible_on)
    row = _write_mark(
        fresh,
        mark=mark,
        state=ClassMark.State.PROPOSED,
        reason=reason,
        authority=authority,
        start_on=start_on if mark == ClassMark.Mark.SCHNELLBOOT else None,
        visible_on=visible_on if mark == ClassMark.Mark.SCHNELLBOOT else None,
    )
    record_act(project=fresh, act=Act.PROPOSE_CLASS, authority=authority, reason_row=row, to_state=mark)
    project.refresh_from_db()
    return row


@transaction.atomic
def withdraw_class(*, project: Project, mark: str, by: User, version: int | None = None, reason: str = "") -> ClassMark:
    """Take an undecided proposal back. Raises ProcedureError where nothing is proposed or an item has decided."""
    fresh, authority = begin(project=project, act=Act.WITHDRAW_CLASS, by=by, version=version)
    current = _current(fresh, mark)
    if current is None or current.state != ClassMark.State.PROPOSED:
        raise ProcedureError(_("Zu dieser Klasse gibt es keinen offenen Vorschlag."))
    row = _write_mark(fresh, mark=mark, state=ClassMark.State.WITHDRAWN, reason=reason, authority=authority)
    record_act(
        project=fresh,
        act=Act.WITHDRAW_CLASS,
        authority=authority,
        reason_row=row if row.reason else None,
        from_state=mark,
    )
    project.refresh_from_db()
    return row


@transaction.atomic
def decide_class(*, project: Project, mark: str, confirms: bool, reason: str, authority: Authority) -> ClassMark:
    """Confirm or refuse a mark by an item of a sitting. Only `pool.decision` calls it, when the sitting closes."""
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    current = _current(fresh, mark)
    if current is None or current.state == ClassMark.State.WITHDRAWN:
        raise ProcedureError(_("Zu dieser Klasse gibt es keinen Vorschlag."))
    row = _write_mark(
        fresh,
        mark=mark,
        state=ClassMark.State.CONFIRMED if confirms else ClassMark.State.REFUSED,
        reason=reason,
        authority=authority,
        start_on=current.start_on,
        visible_on=current.visible_on,
    )
    record_act(
        project=fresh,
        act="decide_class",
        authority=authority,
        reason_row=row if row.reason else None,
        object_type="class_mark",
        object_id=row.pk,
        from_state=current.state,
        to_state=row.state,
    )
    return row


@transaction.atomic
def place(*, project: Project) -> Place | None:
    """Compute and store what an assessed project is ordered by; takes the place away from any other project."""
    rating = Rating.objects.filter(project=project, is_current=True).first()
    if project.step != Step.ASSESSED or rating is None:
        unplace(project=project)
        return None
    return _store_place(project, rating, rule_in_force(with_examples=project.is_example))


@transaction.atomic
def unplace(*, project: Project) -> None:
    """Take a project out of the ranking; its rating stays."""
    Place.objects.filter(project=project).delete()


@transaction.atomic
def replace_all() -> int:
    """Store every place anew under the rule in force, when a Beschluss has changed it; return their number."""
    rules = {is_example: rule_in_force(with_examples=is_example) for is_example in (False, True)}
    rows = Place.objects.select_related("project", "rating").order_by("project")
    return len([_store_place(row.project, row.rating, rules[row.project.is_example]) for row in rows])


def store_stability(*, at_most: int | None = WORK_OF_A_WRITE) -> int:
    """Compute how safe the places are and store it under the digest of the state; return how many states were computed.

    Two states are kept, with the examples and without: what was stored for others is deleted. Runs after the commit of
    whatever changed a place. A state that would take more than `at_most` ranks (None: any number) is left to the first
    reader, or to `manage.py compute_stability`. Reads and one short write; no entry in the record, nothing is decided.
    """
    states = {}
    for include_examples in (False, True):
        try:
            order = ranking(include_examples=include_examples, with_apart=False)
        except RuleVersion.DoesNotExist:
            continue
        state = state_of(order)
        states[state.digest] = state
    known = set(StabilityResult.objects.filter(digest__in=states).values_list("digest", flat=True))
    missing = [state for digest, state in states.items() if digest not in known]
    new = [
        StabilityResult(digest=state.digest, content=to_content(state.compute()))
        for state in missing
        if state.profiles and (at_most is None or state.work <= at_most)
    ]
    with transaction.atomic():
        StabilityResult.objects.exclude(digest__in=states).delete()
        StabilityResult.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def store_stability_after_commit(**_signal: object) -> None:
    """Ask for `store_stability` once per transaction, however many places it changes.

    Also called whenever a place is deleted (`pool.apps`): a project leaves the ranking by many ways.
    """
    waiting = transaction.get_connection().run_on_commit
    if not any(callback[1] is store_stability for callback in waiting):
        transaction.on_commit(store_stability, robust=True)


def _store_place(project: Project, rating: Rating, rule: RuleVersion) -> Place:
    states = ClassMark.objects.filter(project=project, is_current=True).order_by("mark").values_list("state", flat=True)
    criteria = criteria_of(
        Candidate(str(project.pk), project.pool_number or 0, levels_of(rating), tuple(states)),
        weights_of(rule),
        rule.effect_threshold,
    )
    stored, _created = Place.objects.update_or_create(
        project=project,
        defaults={
            "rating": rating,
            "rule_version": rule,
            "in_priority_class": bool(criteria.priority_class),
            "score": criteria.score,
            "effect": criteria.effect,
            "smaller_effect": criteria.smaller_effect,
            "vernetzung": criteria.vernetzung,
            "synergien": criteria.synergien,
            "kompetenzaufbau": criteria.kompetenzaufbau,
            "level_ranges": level_ranges(rating),
        },
    )
    store_stability_after_commit()
    return stored


def _current(project: Project, mark: str) -> ClassMark | None:
    return ClassMark.objects.filter(project=project, mark=mark, is_current=True).first()


def _check_schnellboot_days(start_on: date | None, visible_on: date | None) -> None:
    missing = [
        label
        for label, day in ((_("der Tag des Beginns"), start_on), (_("der Tag des sichtbaren Ergebnisses"), visible_on))
        if day is None
    ]
    if start_on is None or visible_on is None:
        raise Incomplete(missing)
    if visible_on < start_on:
        raise ProcedureError(_("Das sichtbare Ergebnis liegt vor dem Beginn."))
    if visible_on > latest_visible_day(start_on):
        raise ProcedureError(
            _("Zwischen Beginn und sichtbarem Ergebnis liegen höchstens zwölf Monate, hier also bis {day}.").format(
                day=f"{latest_visible_day(start_on):%d.%m.%Y}"
            )
        )


def _write_mark(
    project: Project,
    *,
    mark: str,
    state: str,
    reason: str,
    authority: Authority,
    start_on: date | None = None,
    visible_on: date | None = None,
) -> ClassMark:
    ClassMark.objects.filter(project=project, mark=mark, is_current=True).update(is_current=False)
    row = ClassMark.objects.create(
        project=project,
        mark=mark,
        state=state,
        reason=clean_text(reason),
        start_on=start_on,
        visible_on=visible_on,
        latest_visible_on=latest_visible_day(start_on) if start_on else None,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    if project.step == Step.ASSESSED:
        place(project=project)
    return row


@transaction.atomic
def install_first_rule(*, rubric: RubricVersion, valid_from: date) -> RuleVersion:
    """Install rule version 1: equal weights, effect from 3, class before score. Comes with the software, without a
    Beschluss; doing it twice changes nothing."""
    return RuleVersion.objects.get_or_create(number=1, defaults={"rubric": rubric, "valid_from": valid_from})[0]
