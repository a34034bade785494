"""Reading questions and the objection of a project, as far as the person may."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from governance.models import User
from governance.record import clock
from pool.deadlines import objection_ends
from pool.lifecycle import Act, Step
from pool.permissions import Aspect, may, may_read
from pool.project.models import Project, Transition
from pool.questions.models import Objection, Question, QuestionTurn
from pool.questions.rules import ENDED, Due, State, due_of, problem_with_objection


@dataclass(slots=True)
class Thread:
    """One question with everything said in it, whose word is next, and the form for it."""

    question: Question
    turns: list[QuestionTurn]
    due: Due | None
    may_answer: bool
    may_close: bool
    form: Any = None

    @property
    def last(self) -> QuestionTurn:
        """What was said last."""
        return self.turns[-1]

    @property
    def can_answer(self) -> bool:
        """Tell whether the reader is to answer."""
        return self.may_answer and self.question.state == State.OPEN

    @property
    def can_ask_again(self) -> bool:
        """Tell whether the reader may ask again."""
        return self.may_close and self.question.state == State.ANSWERED

    @property
    def can_close(self) -> bool:
        """Tell whether the reader may settle the question."""
        return self.may_close and self.question.state != State.CLOSED

    @property
    def waits_for_me(self) -> bool:
        """Tell whether the reader has the next word."""
        return self.can_answer or self.can_ask_again


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What authors and office say to each other about one project, for one reader."""

    threads: list[Thread] = field(default_factory=list)
    may_ask: bool = False
    reads_names: bool = False

    @property
    def open_threads(self) -> list[Thread]:
        """The questions that are not settled yet."""
        return [row for row in self.threads if row.question.state != State.CLOSED]

    @property
    def waiting(self) -> int:
        """How many questions wait for the reader's word."""
        return sum(row.waits_for_me for row in self.threads)

    @property
    def settled_threads(self) -> list[Thread]:
        """The questions that are settled."""
        return [row for row in self.threads if row.question.state == State.CLOSED]


def dialogue_of(project: Project, user: User) -> Dialogue:
    """Return the questions of a project, first those that wait for `user`; nothing for whoever reads no gate.

    Three queries besides those that ask the rights.
    """
    if not may_read(user, Aspect.GATE, project):
        return Dialogue()
    may_answer, may_close = may(user, Act.ANSWER_QUESTION, project), may(user, Act.CLOSE_QUESTION, project)
    turns = QuestionTurn.objects.select_related("by__person__user", "in_place_of__person__user").order_by("number")
    rows = project.questions.prefetch_related(Prefetch("turns", queryset=turns)).order_by("pk")
    threads = [Thread(row, list(row.turns.all()), _due(project, row), may_answer, may_close) for row in rows]
    threads.sort(key=lambda each: not each.waits_for_me)
    return Dialogue(
        threads=threads,
        may_ask=may(user, Act.ASK_QUESTION, project),
        reads_names=may_read(user, Aspect.NAMES, project),
    )


def _due(project: Project, question: Question) -> Due | None:
    if Step(project.step) in ENDED:
        return None
    return due_of(question.state, question.since, today=clock.today())


# --- The objection ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """The objection of a project, or the chance of one: until when, and what came of it."""

    may_object: bool = False
    until: date | None = None
    objection: Objection | None = None
    # The item that decided on it and the open item that will; a later slice's rows, by their relation.
    decided: object = None
    listed: object = None


def refusal_of(project: Project) -> Transition | None:
    """Return the last move by which the idea was not admitted."""
    return project.transitions.filter(act=Act.DECLINE_ADMISSION).order_by("-pk").first()


def objection_of(project: Project, user: User) -> ObjectionView:
    """Return the objection to a refusal as `user` may read it; nothing for whoever reads no gate."""
    if not may_read(user, Aspect.GATE, project):
        return ObjectionView()
    objection = project.objections.select_related("by__person__user").first()
    if objection is not None:
        items = project.sitting_items.select_related("sitting__body")  # type: ignore[attr-defined]
        listed = items.filter(is_final=False).first() if may_read(user, Aspect.OPEN_SITTING, project) else None
        decided = _decisions_on(objection).order_by("pk").first()
        return ObjectionView(objection=objection, decided=decided, listed=listed)
    refusal = refusal_of(project) if project.step == Step.REJECTED else None
    if refusal is None or refusal.on_day is None or not may(user, Act.OBJECT, project):
        return ObjectionView()
    problem = problem_with_objection(
        step=project.step, decided_on=refusal.on_day, today=clock.today(), has_objected=False
    )
    return ObjectionView(may_object=not problem, until=objection_ends(refusal.on_day))


def open_objection(project: Project) -> Objection | None:
    """Return the objection that waits for a Beschluss: the idea still stands as it was refused."""
    objection = project.objections.first() if project.step == Step.REJECTED else None
    return None if objection is None or _decisions_on(objection).exists() else objection


def _decisions_on(objection: Objection) -> QuerySet:
    """Return the items that decided on the idea since the objection; a later slice's rows, by their relation."""
    return objection.project.sitting_items.select_related("sitting__body").filter(  # type: ignore[attr-defined]
        is_final=True, state="confirmed", outcome__in=["reopen_gate", "no_change"], recorded_at__gte=objection.at
    )
