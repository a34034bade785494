"""The only writers of opinions, ratings, countersignatures and inner comments.

The move to "assessed" and the place in the ranking belong to the next step. Opinions and comments never count the
project's version up: nobody shall learn from a number on a page that somebody else has answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.models import RubricVersion, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for, write_entry
from governance.record.models import ReasonedRow
from governance.record.text import clean_line, clean_text
from governance.record.turns import in_turn
from governance.strategy.rules import Dimension
from pool import judging_notifications
from pool.lifecycle import Act, IllegalMove, Incomplete, ProcedureError, StaleVersion, Step
from pool.maturity.models import (
    Countersignature,
    InnerComment,
    Opinion,
    OpinionDraft,
    Rating,
    RatingDraft,
    SampleRating,
)
from pool.maturity.queries import experts_of, own_opinion, raters_of, reading_now, round_of
from pool.maturity.rules import is_final, is_level, missing_for_opinion, missing_levels
from pool.notifications import after_commit
from pool.permissions import Authority, is_barred, require
from pool.project.actions import begin, record_act
from pool.project.models import Project, ProjectMandate


@transaction.atomic
def write_rating(
    *,
    project: Project,
    levels: Mapping[str, int],
    reasons: Mapping[str, str],
    authority: Authority,
    rubric: RubricVersion,
) -> Rating:
    """Write the rating of record of a new round and return it; moves nothing and asks no right.

    Called by `pool.priority.actions.rate`, which has asked and moves. In order: refuses fewer than five levels with a
    reason each (Incomplete) and too long texts (ValidationError); takes an older rating off; saves the row; drops what
    was put aside. Source: Verfahrensordnung des Portals, „Bewertung“.
    """
    cleaned = {name: clean_text(reasons.get(name, "")) for name in Dimension.values}
    missing = missing_levels(levels, cleaned)
    if missing:
        raise Incomplete(missing)
    retire_rating(project=project)
    rating = Rating(
        project=project,
        number=project.ratings.count() + 1,
        rubric=rubric,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
        **{name: levels[name] for name in Dimension.values},
        **{f"{name}_reason": text for name, text in cleaned.items()},
    )
    rating.full_clean()
    rating.save()
    RatingDraft.objects.filter(project=project).delete()
    OpinionDraft.objects.filter(project=project).delete()
    return rating


@transaction.atomic
def save_draft(
    *, project: Project, content: Mapping[str, Mapping[str, object]], by: User, version: int | None = None
) -> RatingDraft:
    """Put aside what is typed on the rating page; counts for nothing, so it writes no entry and no new version.

    `content` is {"levels": {...}, "reasons": {...}} by dimension. Who may rate may put aside; raises StaleVersion,
    IllegalMove or NotAllowed.
    """
    fresh, authority = begin(project=project, act=Act.RATE, by=by, version=version)
    draft, _created = RatingDraft.objects.update_or_create(
        project=fresh,
        defaults={
            "content": {part: dict(content.get(part, {})) for part in ("levels", "reasons")},
            "by": authority.actor,
            "at": clock.now(),
        },
    )
    return draft


def retire_rating(*, project: Project) -> None:
    """Let the current rating stand as an earlier round; called when a rating is opened again."""
    project.ratings.filter(is_current=True).update(is_current=False)


@transaction.atomic
def install_samples(*, rubric: RubricVersion, rows: Iterable[Mapping[str, Any]], is_example: bool) -> int:
    """Install the sample ratings of one version of the rubric by their number; return how many are new.

    Comes with the software; what is there stays as it is. Raises Incomplete where a level or a reason is missing.
    """
    new = 0
    for row in rows:
        missing = missing_levels(row["levels"], row["reasons"])
        if missing:
            raise Incomplete(missing)
        values = {name: row[name] for name in ("title", "text", "levels", "reasons")} | {"is_example": is_example}
        new += SampleRating.objects.get_or_create(rubric=rubric, number=row["number"], defaults=values)[1]
    return new


# --- Opinions -----------------------------------------------------------------------------------------------------


@in_turn
@transaction.atomic
def give_opinion(
    *,
    project: Project,
    levels: Mapping[str, int],
    reasons: Mapping[str, str],
    by: User,
    rubric: RubricVersion,
    round_seen: int | None = None,
) -> Opinion:
    """Send an opinion on a pooled project; a newer one takes the place of an older one while the round is open.

    In order: locks the project; refuses another step (IllegalMove), another round than the one seen (StaleVersion) and
    whoever may not (NotAllowed); refuses after abstaining or declaring bias (ProcedureError); asks for one level at
    least and a reason for each (Incomplete); saves the row, drops the draft, writes one entry. Sending the same words
    twice changes nothing. Source: Verfahrensordnung des Portals, „Einschätzungen“.
    """
    turn = _begin_opinion(project, by, round_seen)
    cleaned = {name: clean_text(reasons.get(name, "")) for name in Dimension.values}
    missing = missing_for_opinion(levels, cleaned)
    if missing:
        raise Incomplete(missing)
    given = {name: level if is_level(level := levels.get(name)) else None for name in Dimension.values}
    standing = turn.standing
    if standing is not None and (standing.levels, standing.reasons) == (given, cleaned):
        OpinionDraft.objects.filter(project=turn.project, person=turn.authority.actor).delete()
        return standing
    values = given | {f"{name}_reason": text for name, text in cleaned.items()}
    return _write_opinion(turn, rubric, Opinion.State.SENT, **values)


@in_turn
@transaction.atomic
def abstain(
    *, project: Project, by: User, rubric: RubricVersion, reason: str = "", round_seen: int | None = None
) -> Opinion:
    """Say that one gives no opinion in this round; from now on the others' can be read, so it stays for the round.

    Only instead of an opinion, never after one was sent (ProcedureError); otherwise as `give_opinion`.
    """
    turn = _begin_opinion(project, by, round_seen)
    if turn.standing is not None:
        raise ProcedureError(_("Ihre Einschätzung ist schon gesendet. Ändern Sie sie, statt sich zu enthalten."))
    return _write_opinion(turn, rubric, Opinion.State.ABSTAINED, reason=clean_text(reason))


@in_turn
@transaction.atomic
def declare_bias(
    *, project: Project, by: User, rubric: RubricVersion, reason: str = "", round_seen: int | None = None
) -> Opinion:
    """Declare oneself biased: one's word no longer counts in this round, an opinion sent before included.

    It stays for the round. Otherwise as `give_opinion`. Source: Verfahrensordnung des Portals, „Einschätzungen“.
    """
    turn = _begin_opinion(project, by, round_seen)
    return _write_opinion(turn, rubric, Opinion.State.BIASED, reason=clean_text(reason))


@in_turn
@transaction.atomic
def save_opinion_draft(
    *, project: Project, content: Mapping[str, Mapping[str, object]], by: User, round_seen: int | None = None
) -> OpinionDraft:
    """Put aside what is typed; nobody else reads it and it counts for nothing, so it writes no entry.

    `content` is as for `save_draft`. Raises what `give_opinion` raises, but asks for nothing to be complete.
    """
    turn = _begin_opinion(project, by, round_seen)
    draft, _created = OpinionDraft.objects.update_or_create(
        project=turn.project,
        person=turn.authority.actor,
        defaults={
            "content": {part: dict(content.get(part, {})) for part in ("levels", "reasons")},
            "at": clock.now(),
        },
    )
    return draft


@dataclass(frozen=True, slots=True)
class _Turn:
    """One person's turn to speak on a locked project."""

    project: Project
    authority: Authority
    number: int
    standing: Opinion | None


def _begin_opinion(project: Project, by: User, round_seen: int | None) -> _Turn:
    """Lock the project and refuse what no opinion may do; what is found on the way is not asked for again."""
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    if fresh.step != Step.POOLED:
        raise IllegalMove(fresh.step, Act.GIVE_OPINION)
    number = round_of(fresh)
    if round_seen is not None and round_seen != number:
        raise StaleVersion(
            _("Inzwischen läuft eine neue Bewertungsrunde. Ihre Eingaben stehen noch hier; prüfen Sie den neuen Stand.")
        )
    authority = require(by, Act.GIVE_OPINION, fresh)
    if by.is_demo != fresh.is_example:
        raise ProcedureError(_("Beispiele und echte Vorhaben bleiben getrennt."))
    standing = own_opinion(fresh, authority.actor.pk, number)
    if standing is not None and is_final(standing.state):
        raise ProcedureError(
            _("Sie sind in dieser Runde „{state}“; dabei bleibt es bis zur nächsten Runde.").format(
                state=standing.get_state_display()
            )
        )
    return _Turn(fresh, authority, number, standing)


def _write_opinion(turn: _Turn, rubric: RubricVersion, state: str, **values: object) -> Opinion:
    project, authority, replaced = turn.project, turn.authority, turn.standing
    if replaced is not None:
        Opinion.objects.filter(pk=replaced.pk).update(is_current=False)
    opinion = Opinion(
        project=project,
        round=turn.number,
        person=authority.actor,
        in_place_of=authority.in_place_of,
        state=state,
        rubric=rubric,
        at=clock.now(),
        **values,
    )
    # What the constraints say has been asked by rule above, and the database asks again; asking it once more for each
    # of them would hold the lock three times as long while others wait to send theirs.
    opinion.clean_fields(exclude=["project", "person", "in_place_of", "rubric"])
    opinion.save(force_insert=True)
    OpinionDraft.objects.filter(project=project, person=authority.actor).delete()
    _record(
        project, Act.GIVE_OPINION, authority, opinion, from_state=replaced.state if replaced else "", to_state=state
    )
    if replaced is None:
        _tell_if_nobody_is_left(turn)
    return opinion


def _tell_if_nobody_is_left(turn: _Turn) -> None:
    raters = {rater.actor.pk for rater in raters_of(turn.project)}
    said = Opinion.objects.filter(project=turn.project, round=turn.number, is_current=True, person__in=raters)
    if raters and said.count() == len(raters):
        after_commit(
            judging_notifications.everybody_answered,
            project=turn.project,
            by=turn.authority.actor,
            number=turn.number,
            asked=len(raters),
        )


def _record(
    project: Project, act: Act, authority: Authority, row: ReasonedRow, *, from_state: str = "", to_state: str = ""
) -> None:
    """Write the entry into a chain of its own: the project's chain holds as many entries as its version counts acts."""
    write_entry(
        chain=f"opinions:{project.pk}",
        act=act,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=project.is_example,
        from_state=from_state,
        to_state=to_state,
        reason_row=row,
    )


# --- Experts ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_expert(*, project: Project, person: User, source: str, by: User, version: int | None = None) -> ProjectMandate:
    """Ask somebody employed in the Konzern to rate a pooled project, on a named source; writes one entry, tells the
    person.

    Raises StaleVersion, NotAllowed, Incomplete without a source, ProcedureError for whoever is not employed today,
    would judge their own project or is asked already. Source: Verfahrensordnung des Portals, „Mandate“.
    """
    fresh, authority = begin(project=project, act=Act.ASK_EXPERT, by=by, version=version)
    source = clean_line(source)
    if not source:
        raise Incomplete([_("die Grundlage")], _("Nennen Sie die Grundlage, zum Beispiel Ihre Bitte und deren Tag."))
    if not standing_of(person).is_employee or person.is_demo != fresh.is_example:
        raise ProcedureError(_("{person} ist heute nicht im Konzern Stadt Mainz beschäftigt.").format(person=person))
    asked = actor_for(person)
    if is_barred(asked.pk, fresh):
        raise ProcedureError(
            _("{person} ist bei diesem Projekt befangen: eingereicht, mitgeschrieben, im Team oder im federführenden "
              "Amt.").format(person=person)
        )  # fmt: skip
    if experts_of(fresh, asked).exists():
        raise ProcedureError(_("{person} ist schon um ein Gutachten gebeten.").format(person=person))
    mandate = ProjectMandate(
        project=fresh,
        person=asked,
        role=ProjectMandate.Role.EXPERT,
        valid_from=clock.today(),
        source=source,
        granted_by=authority.actor,
    )
    mandate.full_clean()
    mandate.save()
    _record_mandate(fresh, Act.ASK_EXPERT, authority, mandate)
    after_commit(judging_notifications.expert_asked, project=fresh, by=authority.actor, person=asked.pk)
    project.refresh_from_db()
    return mandate


@transaction.atomic
def end_expert(*, mandate: ProjectMandate, by: User, version: int | None = None) -> None:
    """Take back a request to rate: it ends with yesterday, or is gone if it was made today. Writes one entry, tells the
    person.

    What the person has sent stays. Raises StaleVersion, NotAllowed, ProcedureError for any other role.
    """
    fresh, authority = begin(project=mandate.project, act=Act.END_EXPERT, by=by, version=version)
    row = experts_of(fresh).filter(pk=mandate.pk).first()
    if row is None:
        raise ProcedureError(_("Diese Bitte um ein Gutachten gilt nicht mehr."))
    _record_mandate(fresh, Act.END_EXPERT, authority, row)
    if row.valid_from >= clock.today():
        row.delete()
    else:
        row.valid_until = clock.today() - timedelta(days=1)
        row.save(update_fields=["valid_until"])
    OpinionDraft.objects.filter(project=fresh, person=row.person).delete()
    after_commit(
        judging_notifications.expert_ended, project=fresh, by=authority.actor, person=row.person_id, mandate=mandate.pk
    )


def _record_mandate(project: Project, act: Act, authority: Authority, mandate: ProjectMandate) -> None:
    record_act(
        project=project,
        act=act,
        authority=authority,
        object_type="project_mandate",
        object_id=mandate.pk,
        to_state=mandate.role,
    )


# --- Countersignature ---------------------------------------------------------------------------------------------


@transaction.atomic
def countersign(*, project: Project, rating: Rating, by: User, remark: str = "") -> Countersignature:
    """Countersign the current rating of record: the lead Handlungsfeld's coordinator, or the deputy CDO in their own
    right; never who rated. Moves nothing; writes one entry, tells the CDO's office.

    Raises NotAllowed, ProcedureError where it is countersigned already, StaleVersion where `rating` is no longer the
    current one. Source: Verfahrensordnung des Portals, „Gegenzeichnung“.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    authority = require(by, Act.COUNTERSIGN, fresh)
    current = fresh.ratings.filter(is_current=True).first()
    if current is None or current.pk != rating.pk:
        raise StaleVersion(_("Die Bewertung wurde inzwischen neu geöffnet. Prüfen Sie den neuen Stand."))
    if current.by_id == authority.actor.pk:
        raise NotAllowed(_("Wer bewertet hat, zeichnet nicht gegen."))
    if Countersignature.objects.filter(rating=current).exists():
        raise ProcedureError(_("Die Bewertung ist schon gegengezeichnet."))
    looks_after = any(
        held.role == "coordinator" and held.handlungsfeld_id == fresh.lead_handlungsfeld_id
        for held in standing_of(by).held
    )
    row = Countersignature(
        rating=current,
        rated_by=current.by,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        capacity=Countersignature.Capacity.COORDINATOR if looks_after else Countersignature.Capacity.DEPUTY_CDO,
        at=clock.now(),
        reason=clean_text(remark),
    )
    row.full_clean()
    row.save(force_insert=True)
    _record(fresh, Act.COUNTERSIGN, authority, row, to_state=row.capacity)
    after_commit(judging_notifications.countersigned, project=fresh, by=authority.actor)
    return row


# --- Inner comments -----------------------------------------------------------------------------------------------


@transaction.atomic
def comment(*, project: Project, text: str, by: User) -> InnerComment:
    """Add a word for inside only; writes one entry, tells those who may read it now: not who still rates blind.

    Raises NotAllowed, Incomplete without a text.

    Source: Verfahrensordnung des Portals, „Wer was liest“.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    authority = require(by, Act.COMMENT, fresh)
    text = clean_text(text)
    if not text:
        raise Incomplete([_("ein Kommentar")], _("Schreiben Sie einen Kommentar."))
    row = InnerComment(project=fresh, reason=text, by=authority.actor, at=clock.now())
    row.full_clean()
    row.save(force_insert=True)
    _record(fresh, Act.COMMENT, authority, row)
    people = reading_now(fresh)
    after_commit(judging_notifications.commented, project=fresh, by=authority.actor, comment=row.pk, people=people)
    return row


@transaction.atomic
def black_out_comment(*, comment: InnerComment, by: User) -> InnerComment:
    """Take the words of a comment away for good: the CDO's office, or who wrote it. The row and its entry stay.

    Raises NotAllowed; doing it twice changes nothing. Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    fresh = Project.objects.select_for_update().get(pk=comment.project_id)
    authority = require(by, Act.BLACK_OUT_COMMENT, fresh)
    row = InnerComment.objects.select_for_update().get(pk=comment.pk)
    if row.by_id != authority.actor.pk and not standing_of(by).is_cdo:
        raise NotAllowed(_("Schwärzen können das Büro der CDO und wer den Kommentar geschrieben hat."))
    if row.reason_removed_at is None:
        row.reason, row.reason_removed_at, row.removed_by = "", clock.now(), authority.actor
        row.save(update_fields=["reason", "reason_removed_at", "removed_by"])
        _record(fresh, Act.BLACK_OUT_COMMENT, authority, row)
    return row
