"""Reading questions and the objection of a project, as far as the person may."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from governance.mandates.queries import standing_of
from governance.models import User
from governance.record import clock
from pool.deadlines import objection_ends
from pool.lifecycle import Act, Step
from pool.permissions import Aspect, Who, acts_as, may, may_read
from pool.project.models import Project, Transition
from pool.questions.models import AnswerDraft, Objection, Question, QuestionTurn
from pool.questions.rules import ENDED, RATING_VOICES, Due, State, Voice, problem_with_objection

# Who acts for the CDO's office on a project.
OFFICE = frozenset({Who.CDO, Who.STAND_IN})
# As whom somebody speaks who acts as a party of the table.
VOICES = {
    Who.CDO: Voice.OFFICE,
    Who.STAND_IN: Voice.OFFICE,
    Who.COORDINATOR: Voice.COORDINATION,
    Who.EXPERT: Voice.EXPERT,
    Who.AUTHORS: Voice.AUTHORS,
}


@dataclass(slots=True)
class Thread:
    """One question with everything said in it, whose word is next, and the form for it."""

    question: Question
    turns: list[QuestionTurn]
    due: Due | None
    may_answer: bool
    may_close: bool
    is_mine: bool = False
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
        """Tell whether the reader has the next word: the authors, then who asked; for the office, who acts for it."""
        return self.can_answer or (self.can_ask_again and self.is_mine)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What authors and those who judge say to each other about one project, for one reader."""

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
    """Return the questions of a project, first those that wait for `user`.

    Who reads the gate reads them all, but for those of others who rate while `user` rates blind; everybody reads what
    she asked herself. Three queries besides those that ask the rights.
    """
    actor = standing_of(user).actor_id
    may_answer, closes_as = may(user, Act.ANSWER_QUESTION, project), acts_as(user, Act.CLOSE_QUESTION, project)
    turns = QuestionTurn.objects.select_related("by__person__user", "in_place_of__person__user").order_by("number")
    rows = project.questions.filter(_readable(project, user, actor)).select_related("project")
    rows = rows.prefetch_related(Prefetch("turns", queryset=turns)).order_by("pk")
    threads = [
        Thread(
            question=row,
            turns=list(row.turns.all()),
            due=row.due,
            may_answer=may_answer,
            may_close=may_settle(row, actor, closes_as),
            is_mine=row.asked_by_id == actor or (row.asked_as == Voice.OFFICE and closes_as in OFFICE),
        )
        for row in rows
    ]
    threads.sort(key=lambda each: not each.waits_for_me)
    return Dialogue(
        threads=threads,
        may_ask=may(user, Act.ASK_QUESTION, project),
        reads_names=may_read(user, Aspect.NAMES, project),
    )


def _readable(project: Project, user: User, actor: UUID | None) -> Q:
    own = Q(asked_by=actor)
    if not may_read(user, Aspect.GATE, project):
        return own
    if project.step != Step.POOLED or acts_as(user, Act.GIVE_OPINION, project) is None:
        return Q()
    # A later slice's rows, by their relation: who has said her own word reads on, as with inner comments.
    said = project.opinions.filter(person=actor, is_current=True, state__in=["sent", "abstained"])  # type: ignore[attr-defined]
    number = project.ratings.count() + 1  # type: ignore[attr-defined]
    return Q() if said.filter(round=number).exists() else own | ~Q(asked_as__in=RATING_VOICES)


def may_settle(question: Question, actor: UUID | None, closes_as: Who | None) -> bool:
    """Tell whether a person who may settle questions as `closes_as` may settle this one: her own, or as the office."""
    return closes_as in OFFICE or (closes_as is not None and question.asked_by_id == actor)


def kept_answers(project: Project, user: User) -> dict[int, str]:
    """Return what `user` has typed as answers to open questions of the project and not given yet, by question."""
    rows = AnswerDraft.objects.filter(question__project=project, by=standing_of(user).actor_id)
    return dict(rows.values_list("question", "text"))


def my_questions(user: User) -> QuerySet[Question]:
    """Return the questions that `user` asked and that are not settled, first what is answered, then the oldest."""
    rows = Question.objects.filter(asked_by=standing_of(user).actor_id, state__in=[State.ANSWERED, State.OPEN])
    rows = rows.exclude(project__step__in=ENDED).select_related("project")
    return rows.order_by("state", "since", "pk")  # "answered" stands before "open"


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
