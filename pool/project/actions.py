"""The one method that moves a project, and the acts that belong to no single step.

Every act follows the same order: lock the row, refuse a stale click, ask the right, check what it needs, write the
rows, write one entry of the record.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextField
from django.utils.translation import gettext as _

from governance.models import Actor, Handlungsfeld, OrganisationUnit, Source, Stadtteil, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for, import_actor, locked, write_entry
from governance.record.models import ReasonedRow
from governance.record.text import clean_line, clean_text
from governance.strategy.queries import edition_in_force
from pool import notifications
from pool.lifecycle import (
    BY_BESCHLUSS,
    FINAL_STEPS,
    MOVES,
    TAKEN_OVER_STEPS,
    Act,
    Incomplete,
    ProcedureError,
    StaleVersion,
    Step,
    target_of,
)
from pool.notifications import after_commit
from pool.permissions import Authority, is_barred, require
from pool.project.models import Place, Precision, Project, ProjectMandate, ProjectSource, TextVersion, Transition
from pool.project.rules import TEXT_FIELDS, WHOLE_OR_PARTS, Reach, text_content
from pool.similarity.actions import index_text


def begin(*, project: Project, act: Act, by: User, version: int | None = None) -> tuple[Project, Authority]:
    """Lock the project's row, refuse a stale click, ask the right; return the fresh project and the authority.

    Call inside a transaction. `version` is the one the person saw; None where no page was seen (a Beschluss taking
    effect, an import). Raises StaleVersion, IllegalMove (an act that moves, in a step it does not lead out of) or
    NotAllowed.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    if version is not None and fresh.version != version:
        raise StaleVersion(
            _("Das Vorhaben wurde inzwischen geändert. Ihre Eingaben stehen noch hier; prüfen Sie den neuen Stand.")
        )
    if any(moving == act for _origin, moving in MOVES):
        target_of(fresh.step, act)
    return fresh, require(by, act, fresh)


def record_act(
    *,
    project: Project,
    act: str,
    authority: Authority,
    reason_row: ReasonedRow | None = None,
    object_type: str = "project",
    object_id: object = None,
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Write the act's entry into the project's chain and count the project's version up."""
    project.version += 1
    project.save(update_fields=["version"])
    write_entry(
        chain=f"project:{project.pk}",
        act=act,
        object_type=object_type,
        object_id=object_id or project.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=project.is_example,
        from_state=from_state,
        to_state=to_state,
        reason_row=reason_row,
    )


@transaction.atomic
def move(
    *,
    project: Project,
    act: Act,
    by: User,
    version: int | None = None,
    reason: str = "",
    changes: Mapping[str, object] | None = None,
    is_beschluss: bool = False,
    write_row: Callable[[Project, Authority], ReasonedRow] | None = None,
) -> Transition:
    """Move a project by `act` and return the new row of its history.

    In order: locks the row; refuses a stale click (StaleVersion); asks MOVES (IllegalMove) and the right
    (NotAllowed); refuses what only a Beschluss may do; saves step, day and `changes`; writes one Transition, and with
    `write_row` the row that holds the act's reasons elsewhere; writes one entry. `project` is refreshed.
    Source: Verfahrensordnung des Portals, „Schritte und Züge“.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    if version is not None and fresh.version != version:
        raise StaleVersion(
            _("Das Vorhaben wurde inzwischen geändert. Ihre Eingaben stehen noch hier; prüfen Sie den neuen Stand.")
        )
    target = target_of(fresh.step, act)
    authority = require(by, act, fresh)
    needs_beschluss = act in BY_BESCHLUSS or (act == Act.STOP and not fresh.is_taken_over)
    if needs_beschluss and not is_beschluss:
        raise ProcedureError(_("Das entscheidet die Lenkungsgruppe in einer Sitzung."))
    if act in (Act.WITHDRAW, Act.MERGE, Act.REOPEN_RATING):
        refuse_while_recorded(fresh)
    origin, fresh.step = fresh.step, target
    fresh.step_since, fresh.step_since_precision = clock.today(), Precision.DAY
    fresh.look_again_on = fresh.remind_on = None
    for name, value in (changes or {}).items():
        setattr(fresh, name, value)
    fresh.save()
    if origin == Step.ASSESSED:
        _leave_ranking(fresh)
    if act in (Act.WITHDRAW, Act.MERGE):
        _leave_gate(fresh, authority)
    transition = Transition.objects.create(
        project=fresh,
        act=act,
        from_step=origin,
        to_step=target,
        at=clock.now(),
        on_day=clock.today(),
        by=authority.actor,
        in_place_of=authority.in_place_of,
        reason=clean_text(reason),
    )
    reason_row = write_row(fresh, authority) if write_row else transition if transition.reason else None
    record_act(
        project=fresh,
        act=act,
        authority=authority,
        reason_row=reason_row,
        from_state=origin,
        to_state=target,
    )
    project.refresh_from_db()
    return transition


def _leave_ranking(project: Project) -> None:
    """Take the place away, whatever led out of `assessed`; a later slice's row, by its relation."""
    place = getattr(project, "place", None)
    if place is not None:
        place.delete()


def _leave_gate(project: Project, authority: Authority) -> None:
    """End a round of the gate that nobody answers any more, without a result; a later slice's row, by its relation."""
    project.gate_rounds.filter(closed_at__isnull=True).update(  # type: ignore[attr-defined]
        closed_at=clock.now(), closed_by=authority.actor, outcome="left"
    )


def refuse_while_recorded(project: Project) -> None:
    """Raise ProcedureError, naming the sitting, while an open sitting holds a recorded outcome on the project."""
    item = (
        project.sitting_items.filter(is_final=False, state__in=["recorded", "confirmed"])  # type: ignore[attr-defined]
        .select_related("sitting__body")
        .first()
    )
    if item is not None:
        raise ProcedureError(
            _("Das Vorhaben ist in der Sitzung „{sitting}“ protokolliert; das Ergebnis steht noch aus.").format(
                sitting=item.sitting
            )
        )


# What later slices put away with a draft that is withdrawn; each adds its own at the start (`pool.apps`).
AT_WITHDRAWING_A_DRAFT: list[Callable[[Project, Authority], None]] = []


@transaction.atomic
def withdraw(*, project: Project, by: User, version: int | None = None, reason: str = "") -> Transition:
    """Withdraw a project: its submitter, or the CDO on the submitter's recorded request (the reason names it).

    From pooled on a reason is demanded, and from the CDO always. What hangs on a draft that nobody was ever handed goes
    with it. Raises Incomplete besides what `move` raises.
    """
    is_own = ProjectMandate.objects.filter(
        project=project, person=actor_for(by), role=ProjectMandate.Role.SUBMITTER
    ).exists()
    if not clean_text(reason) and (project.is_in_pool or not is_own):
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum das Vorhaben zurückgezogen wird."))
    transition = move(project=project, act=Act.WITHDRAW, by=by, version=version, reason=reason)
    was_draft = transition.from_step == Step.DRAFT
    if was_draft:
        for put_away in AT_WITHDRAWING_A_DRAFT:
            put_away(project, Authority(actor=transition.by, in_place_of=transition.in_place_of))
    after_commit(notifications.withdrawn, project=project, by=transition.by, was_draft=was_draft)
    return transition


@transaction.atomic
def merge(*, project: Project, target: Project, by: User, version: int | None = None, reason: str = "") -> Transition:
    """Let a project merge into `target`, which is neither a draft nor final nor the project itself.

    Both are judged, so nobody merges anything into their own either (NotAllowed). Both rows are locked in the order
    of their keys, so that two opposite merges wait instead of blocking each other.
    """
    locked = {
        row.pk: row for row in Project.objects.select_for_update().filter(pk__in=[project.pk, target.pk]).order_by("pk")
    }
    target = locked[target.pk]
    if target.pk == project.pk:
        raise ProcedureError(_("Ein Vorhaben kann nicht in sich selbst aufgehen."))
    if target.step == Step.DRAFT or target.step in FINAL_STEPS:
        raise ProcedureError(
            _("„{target}“ ist {step} und kann nichts mehr aufnehmen.").format(
                target=target, step=Step(target.step).label
            )
        )
    if target.is_example != project.is_example:
        raise ProcedureError(_("Beispiele und echte Vorhaben bleiben getrennt."))
    if is_barred(actor_for(by).pk, target):
        raise NotAllowed(
            _(
                "Sie sind bei dem Vorhaben befangen, das aufnehmen soll: eingereicht, mitgeschrieben, im Team oder im "
                "federführenden Amt. Die Vertretung führt zusammen, an einem Tag mit eingetragener Abwesenheit."
            )
        )
    transition = move(
        project=project, act=Act.MERGE, by=by, version=version, reason=reason, changes={"merged_into": target}
    )
    authority = Authority(actor=transition.by, in_place_of=transition.in_place_of)
    record_act(project=target, act=Act.MERGE, authority=authority, object_id=project.pk, to_state="takes_in")
    after_commit(notifications.merged, project=project, by=transition.by)
    after_commit(notifications.took_in, project=target, by=transition.by)
    return transition


@transaction.atomic
def stop_taken_over(*, project: Project, by: User, reason: str, lesson: str, version: int | None = None) -> Transition:
    """Stop a project that was taken over: the CDO, with a reason and what was learnt."""
    missing = [
        label
        for label, text in ((_("eine Begründung"), reason), (_("was wir gelernt haben"), lesson))
        if not clean_text(text)
    ]
    if missing:
        raise Incomplete(missing)
    transition = move(
        project=project, act=Act.STOP, by=by, version=version, reason=reason, changes={"result": clean_text(lesson)}
    )
    after_commit(notifications.stopped, project=project, by=transition.by)
    return transition


@transaction.atomic
def correct_slip(
    *, project: Project, field: str, new_text: str, reason: str, by: User, version: int | None = None
) -> TextVersion:
    """Correct a slip in one text field from submitted on; the old text stays in the versions, the new one is marked.

    Raises Incomplete without a reason or where a text would be emptied, ProcedureError for a field that is no text and
    for a draft that was withdrawn and never submitted.
    """
    fresh, authority = begin(project=project, act=Act.CORRECT_SLIP, by=by, version=version)
    if not fresh.text_versions.exists():
        raise ProcedureError(_("Berichtigt wird, was eingereicht war; dies blieb ein Entwurf."))
    if field not in TEXT_FIELDS:
        raise ProcedureError(_("Dieses Feld lässt sich nicht berichtigen."))
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Nennen Sie, was Sie berichtigen und warum."))
    is_paragraph = isinstance(Project._meta.get_field(field), TextField)
    corrected = clean_text(new_text) if is_paragraph else clean_line(new_text)
    if not corrected and getattr(fresh, field):
        raise Incomplete([_("der neue Text")], _("Ein Versehen zu berichtigen heißt nicht, den Text zu löschen."))
    setattr(fresh, field, corrected)
    fresh.full_clean(exclude=["sdgs"])
    fresh.save(update_fields=[field])
    text_version = write_text_version(project=fresh, kind=TextVersion.Kind.CORRECTED, by=authority.actor, reason=reason)
    record_act(project=fresh, act=Act.CORRECT_SLIP, authority=authority, reason_row=text_version, to_state=field)
    after_commit(notifications.corrected, project=fresh, by=authority.actor)
    project.refresh_from_db()
    return text_version


@transaction.atomic
def correct_reach(
    *, project: Project, places: Sequence[Place], reason: str, by: User, version: int | None = None
) -> TextVersion:
    """Correct where a project works, from submitted on; the old words stay in the versions, the mark Beispiel goes.

    In order: refuses a stale click, asks the right, writes the places, a text version, one entry. Raises StaleVersion,
    NotAllowed, Incomplete without a reason or where nothing would be said any more, ProcedureError for a draft that was
    withdrawn and never submitted, ValidationError for the whole city beside some of its parts.
    """
    fresh, authority = begin(project=project, act=Act.CORRECT_SLIP, by=by, version=version)
    if not fresh.text_versions.exists():
        raise ProcedureError(_("Berichtigt wird, was eingereicht war; dies blieb ein Entwurf."))
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Nennen Sie, was Sie berichtigen und warum."))
    if not places and fresh.reach:
        raise Incomplete([_("wo es wirkt")], _("Ein Versehen zu berichtigen heißt nicht, die Angabe zu löschen."))
    set_reach(project=fresh, places=places)
    text_version = write_text_version(project=fresh, kind=TextVersion.Kind.CORRECTED, by=authority.actor, reason=reason)
    record_act(project=fresh, act=Act.CORRECT_SLIP, authority=authority, reason_row=text_version, to_state="reach")
    after_commit(notifications.corrected, project=fresh, by=authority.actor)
    project.refresh_from_db()
    return text_version


def set_reach(*, project: Project, places: Sequence[Place], is_example: bool = False) -> None:
    """Say where a project works: the whole city, some Stadtteile, or nothing yet; called by acts that write an idea.

    The only writer of `reach` and `stadtteile`, so that they never contradict each other. Raises ValidationError for
    the whole city beside some of its parts.
    """
    named = [place for place in places if isinstance(place, Stadtteil)]
    is_citywide = any(place == Reach.CITYWIDE for place in places)
    if named and is_citywide:
        raise ValidationError({"reach": WHOLE_OR_PARTS})
    reach = Reach.CITYWIDE if is_citywide else Reach.NAMED if named else ""
    project.reach, project.reach_is_example = reach, is_example and bool(reach)
    project.save(update_fields=["reach", "reach_is_example"])
    project.stadtteile.set(named)


def write_text_version(
    *, project: Project, kind: str, by: Actor, reason: str = "", links: Mapping[str, Sequence[str]] | None = None
) -> TextVersion:
    """Keep a copy of the project's text as it stands now and let the search know it; called by acts that fix a text.

    `links` says in words what the idea is linked with; None where that is what the version before says.
    """
    last = project.text_versions.order_by("-number").first()
    if links is None and last is not None:
        links = last.links
    version = TextVersion.objects.create(
        project=project,
        number=last.number + 1 if last else 1,
        kind=kind,
        content=text_content(project, reach=project.reach_words),
        links=None if links is None else {label: list(texts) for label, texts in links.items()},
        at=clock.now(),
        by=by,
        reason=reason,
    )
    index_text(project=project, number=version.number)
    return version


@transaction.atomic
def take_over(
    *,
    by: User | None,
    title: str,
    short_text: str,
    lead_unit: OrganisationUnit | None,
    lead_handlungsfeld: Handlungsfeld | None,
    step: Step,
    source: Source,
    source_read_on: date,
    on_day: date | None,
    precision: str = Precision.DAY,
    natural_key: str = "",
    form_token: UUID | None = None,
    places: Sequence[Place] = (),
    **facts: object,
) -> Project:
    """Take an existing project over, on a public source, into the step the source puts it in; return it.

    The same `form_token` sent twice by the same person gives the one project of the first time.

    `by` is the CDO, or None for the import of public sources. No pool number, gate, rating, class or Beschluss.
    Writes the project, its source, its first history row and text version, one entry. Raises ProcedureError for a
    step nobody can be taken over into. Source: Verfahrensordnung des Portals, „Übernahme“.
    """
    if step not in TAKEN_OVER_STEPS:
        raise ProcedureError(_("In den Schritt „{step}“ wird nichts übernommen.").format(step=Step(step).label))
    authority = require(by, Act.TAKE_OVER) if by is not None else Authority(actor=import_actor())
    if by is not None and max(source_read_on, on_day or source_read_on) > clock.today():
        text = _("Nennen Sie Tage bis heute: seit wann das Projekt dort steht, und wann Sie es gelesen haben.")
        raise ProcedureError(text)
    if form_token is not None:
        locked(authority.actor)  # ten clicks at once wait here
        sent = Project.objects.filter(form_token=form_token)
        known = sent.filter(created_by=authority.actor).first()
        if known is not None:
            return known
        if sent.exists():
            form_token = None  # somebody else's form: hers stays hers, and this one is taken over anew
    project = Project(
        edition=edition_in_force(clock.today()),
        natural_key=natural_key,
        form_token=form_token,
        title=title,
        short_text=short_text,
        lead_unit=lead_unit,
        lead_handlungsfeld=lead_handlungsfeld,
        step=step,
        step_since=on_day,
        step_since_precision=precision if on_day else Precision.UNKNOWN,
        is_taken_over=True,
        is_example=authority.actor.is_example,
        created_by=authority.actor,
        created_at=clock.now(),
        **facts,
    )
    project.full_clean(exclude=["sdgs"])
    project.save(force_insert=True)
    set_reach(project=project, places=places)
    ProjectSource.objects.create(project=project, source=source, read_on=source_read_on)
    Transition.objects.create(
        project=project,
        act=Act.TAKE_OVER,
        to_step=step,
        at=clock.now(),
        on_day=on_day,
        precision=project.step_since_precision,
        by=authority.actor,
        in_place_of=authority.in_place_of,
    )
    write_text_version(project=project, kind=TextVersion.Kind.TAKEN_OVER, by=authority.actor)
    record_act(project=project, act=Act.TAKE_OVER, authority=authority, to_state=step)
    if by is not None:  # a whole import is no news about one project
        after_commit(notifications.taken_over, project=project, by=authority.actor)
    return project
