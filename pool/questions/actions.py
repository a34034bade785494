"""The only writers of questions, their turns, and objections."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import write_entry
from governance.record.models import ReasonedRow
from governance.record.text import clean_text
from pool import judging_notifications as news
from pool.deadlines import objection_ends
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import AUTHORS, Authority, require
from pool.project.models import Project, ProjectMandate
from pool.questions.models import Objection, Question, QuestionTurn
from pool.questions.queries import VOICES, may_settle, refusal_of
from pool.questions.rules import State, Topic, Voice, problem_with_objection

Kind = QuestionTurn.Kind


@transaction.atomic
def ask_question(*, project: Project, topic: str, text: str, by: User) -> Question:
    """Ask the authors something about a section, a Grundkriterium or a degree; the same question sent twice stays one.

    For the CDO's office, coordinators of the project's Handlungsfelder and experts asked to rate. In order: locks the
    project, asks the right, refuses where nobody could answer, writes question and first turn, one entry, tells the
    authors. What the asker thinks of the project is in none of it. Raises NotAllowed, ProcedureError, Incomplete.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    authority = require(by, Act.ASK_QUESTION, fresh)
    text = clean_text(text)
    if topic not in Topic.values:
        raise ProcedureError(_("Wählen Sie, worauf sich die Frage bezieht."))
    if not text:
        raise Incomplete([_("die Frage")], _("Schreiben Sie Ihre Frage."))
    today = clock.today()
    authors = ProjectMandate.objects.filter(project=fresh, role__in=AUTHORS, valid_from__lte=today)
    if not authors.exclude(valid_until__lt=today).exists():
        raise ProcedureError(_("Bei diesem Vorhaben kann niemand antworten. Fragen Sie die federführende Stelle."))
    same = fresh.questions.filter(topic=topic, state=State.OPEN, asked_by=authority.actor)
    for standing in same.prefetch_related("turns"):
        if standing.turns.all()[len(standing.turns.all()) - 1].reason == text:
            return standing
    voice = _voice(authority)
    question = Question.objects.create(
        project=fresh, topic=topic, asked_by=authority.actor, asked_as=voice, since=today
    )
    _say(question, Act.ASK_QUESTION, Kind.ASKED, text, authority, State.OPEN, news.question_asked)
    return question


@transaction.atomic
def answer_question(*, question: Question, text: str, by: User) -> QuestionTurn:
    """Answer a question and give it back to whoever asked: the authors.

    In order: locks the question, asks the right, refuses what waits for no answer, writes the turn, one entry, tells
    whoever asked. Raises NotAllowed, ProcedureError, Incomplete.
    """
    fresh, authority = _locked(question, Act.ANSWER_QUESTION, by)
    if fresh.state != State.OPEN:
        raise ProcedureError(_("Diese Rückfrage ist schon beantwortet."))
    text = clean_text(text)
    if not text:
        raise Incomplete([_("die Antwort")], _("Schreiben Sie Ihre Antwort."))
    return _say(
        fresh,
        Act.ANSWER_QUESTION,
        Kind.ANSWERED,
        text,
        authority,
        State.ANSWERED,
        news.question_answered,
    )


@transaction.atomic
def keep_answers(*, project: Project, texts: Mapping[int, str], by: User) -> None:
    """Keep what an author has typed as answers so far, by question; an empty text drops what was kept.

    Counts for nothing and is read by nobody else, so it writes no entry. What waits for no answer any more is passed
    over. Raises NotAllowed.
    """
    authority = require(by, Act.ANSWER_QUESTION, project)
    for question in project.questions.filter(pk__in=texts, state=State.OPEN):
        text = clean_text(texts[question.pk])
        if text:
            question.answer_drafts.update_or_create(by=authority.actor, defaults={"text": text, "at": clock.now()})
        else:
            question.answer_drafts.filter(by=authority.actor).delete()


@transaction.atomic
def ask_again(*, question: Question, text: str, by: User) -> QuestionTurn:
    """Ask again after an answer that left something open: who asked, or the CDO's office.

    Order and errors as in `answer_question`.
    """
    fresh, authority = _locked(question, Act.CLOSE_QUESTION, by)
    _require_own(fresh, authority)
    if fresh.state != State.ANSWERED:
        raise ProcedureError(_("Nachgefragt wird, wenn eine Antwort da ist."))
    text = clean_text(text)
    if not text:
        raise Incomplete([_("die Frage")], _("Schreiben Sie, was noch offen ist."))
    return _say(fresh, Act.CLOSE_QUESTION, Kind.ASKED_AGAIN, text, authority, State.OPEN, news.question_asked)


@transaction.atomic
def close_question(*, question: Question, by: User) -> QuestionTurn:
    """Declare a question settled, after the answer or because it has settled itself: who asked, or the CDO's office.

    Raises NotAllowed, ProcedureError where it is closed already.
    """
    fresh, authority = _locked(question, Act.CLOSE_QUESTION, by)
    _require_own(fresh, authority)
    if fresh.state == State.CLOSED:
        raise ProcedureError(_("Diese Rückfrage ist schon erledigt."))
    return _say(fresh, Act.CLOSE_QUESTION, Kind.CLOSED, "", authority, State.CLOSED, news.question_closed)


def _locked(question: Question, act: Act, by: User) -> tuple[Question, Authority]:
    fresh = Question.objects.select_for_update(of=("self",)).select_related("project").get(pk=question.pk)
    return fresh, require(by, act, fresh.project)


def _voice(authority: Authority) -> Voice:
    return VOICES[authority.who] if authority.who is not None else Voice.OFFICE


def _require_own(question: Question, authority: Authority) -> None:
    if not may_settle(question, authority.actor.pk, authority.who):
        raise NotAllowed(_("Diese Rückfrage hat jemand anderes gestellt; erledigt wird sie von dort."))


def _say(
    question: Question,
    act: Act,
    kind: str,
    text: str,
    authority: Authority,
    state: State,
    event: Callable[..., None],
) -> QuestionTurn:
    """Add a turn, move the question to whose word is next, write the entry, tell after commit."""
    turn = QuestionTurn(
        question=question,
        number=question.turns.count() + 1,
        kind=kind,
        reason=text,
        voice=_voice(authority),
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
    )
    turn.full_clean(exclude=["question", "by", "in_place_of"])
    turn.save(force_insert=True)
    was = question.state if turn.number > 1 else ""
    question.state, question.since = state, clock.today()
    question.save(update_fields=["state", "since"])
    question.answer_drafts.all().delete()
    _record(question.project, act, authority, turn, from_state=was, to_state=state)
    values: dict[str, object] = {"question": question.pk, "turn": turn.number}
    if event is news.question_answered:
        values |= {"asked_by": question.asked_by_id, "is_of_office": question.asked_as == Voice.OFFICE}
    after_commit(event, project=question.project, by=authority.actor, **values)
    return turn


@transaction.atomic
def object_to_refusal(*, project: Project, reason: str, by: User) -> Objection:
    """Object to "nicht aufgenommen": the submitter, within thirty days of the decision, once, with a reason.

    In order: locks the project, asks the right, refuses what comes too late or twice, writes the row, one entry, tells
    office and chair. The step stays: only the Lenkungsgruppe can open the gate again.
    Raises NotAllowed, ProcedureError, Incomplete.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    authority = require(by, Act.OBJECT, fresh)
    refusal = refusal_of(fresh)
    problem = problem_with_objection(
        step=fresh.step,
        decided_on=refusal.on_day if refusal else None,
        today=clock.today(),
        has_objected=fresh.objections.exists(),
    )
    if problem or refusal is None or refusal.on_day is None:
        raise ProcedureError(problem)
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie den Widerspruch."))
    row = Objection(
        project=fresh,
        decision=refusal,
        reason=reason,
        by=authority.actor,
        at=clock.now(),
        made_on=clock.today(),
        possible_until=objection_ends(refusal.on_day),
    )
    try:
        with transaction.atomic():
            row.full_clean(exclude=["project", "decision", "by"])
            row.save(force_insert=True)
    except (ValidationError, IntegrityError) as error:
        raise ProcedureError(_("Der Widerspruch ist schon eingelegt oder die Frist ist vorbei.")) from error
    _record(fresh, Act.OBJECT, authority, row)
    after_commit(news.objected, project=fresh, by=authority.actor)
    return row


def _record(
    project: Project,
    act: Act,
    authority: Authority,
    row: ReasonedRow,
    *,
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Write the entry into a chain of its own: the project's holds as many entries as its version counts acts."""
    write_entry(
        chain=f"questions:{project.pk}",
        act=act,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=project.is_example,
        from_state=from_state,
        to_state=to_state,
        reason_row=row if row.reason else None,
    )
