"""What is due today, and who is reminded of it: each person once for each day that something was due.

The day that is due is part of the reminder's key, so that a run which comes days late says what is still open, a second
run or a second process at the same moment says nothing, and a new day makes a new reminder. What has been done
meanwhile reminds nobody. Later steps add their own sources to SOURCES.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.models import Entry
from governance.record import clock
from pool.audience import askers, authors, desk, office, team
from pool.deadlines import answer_due, is_overdue, question_due
from pool.delivery.queries import room_row, with_standing
from pool.lifecycle import Act, Step
from pool.message_kinds import Kind
from pool.notifications import News, To, tell
from pool.project.models import Precision, Project
from pool.publication.queries import released_projects
from pool.questions.models import Question
from pool.questions.rules import ENDED, State, Voice

DRAFT_LIES = timedelta(days=30)
# A run later than this says nothing of a planned release any more: who joins a team next year hears no old news.
TOLD_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due: what, since when, and who is told in which words."""

    project: Project
    day: date
    line: To
    of: str = ""  # of several things of one project, which one


def drafts_lying(today: date) -> Iterator[Due]:
    """Yield the drafts that nobody has touched for thirty days; by the record, which notes every change."""
    for project in Project.objects.filter(step=Step.DRAFT, step_since__lte=today - DRAFT_LIES).order_by("pk"):
        touched = Entry.objects.filter(chain=f"project:{project.pk}").aggregate(at=Max("at"))["at"]
        due = clock.day_of(touched or project.created_at) + DRAFT_LIES
        if due <= today:
            text = _("Reichen Sie ihn ein, schreiben Sie weiter, oder ziehen Sie ihn zurück.")
            subject = _("Ein Entwurf von Ihnen liegt seit dem {day}").format(day=_day(due - DRAFT_LIES))
            yield Due(project, due, To(authors(project), Kind.DRAFT_LYING, subject, text))


def revisions_due(today: date) -> Iterator[Due]:
    """Yield the returned ideas whose day has come; their authors are reminded."""
    for project in Project.objects.filter(step=Step.RETURNED, remind_on__lte=today).order_by("pk"):
        if project.remind_on is not None:
            subject = _("Ihre Idee wartet seit dem {day} auf die Überarbeitung")
            if project.remind_on == today:
                subject = _("Vorgemerkt war der {day}: Ihre Idee wartet auf die Überarbeitung")
            line = To(authors(project), Kind.REVISION_DUE, subject.format(day=_day(project.remind_on)))
            yield Due(project, project.remind_on, line)


def looks_due(today: date) -> Iterator[Due]:
    """Yield the deferred projects whose day to look again has come; whoever may resume them is reminded."""
    for project in Project.objects.filter(step=Step.DEFERRED, look_again_on__lte=today).order_by("pk"):
        if project.look_again_on is not None:
            day = _day(project.look_again_on)
            subject = _("Ein zurückgestelltes Vorhaben ist seit dem {day} wieder anzusehen").format(day=day)
            line = To(office(project, Act.RESUME), Kind.LOOK_AGAIN_DUE, subject)
            yield Due(project, project.look_again_on, line)


def questions_due(today: date) -> Iterator[Due]:
    """Yield the questions whose day has passed without an answer; the authors are reminded."""
    rows = Question.objects.filter(state=State.OPEN, since__lt=today).exclude(project__step__in=ENDED)
    for question in rows.select_related("project").order_by("pk"):
        due = question_due(question.since)
        if is_overdue(due, today=today):
            subject = _("Eine Rückfrage zu Ihrer Idee wartet auf Antwort, erbeten bis {day}").format(day=_day(due))
            address = reverse("questions:thread", args=[question.project_id, question.pk])
            line = To(authors(question.project), Kind.QUESTION_DUE, subject, address=address)
            yield Due(question.project, due, line, of=f"question-{question.pk}-{question.turns.count()}")


def settling_due(today: date) -> Iterator[Due]:
    """Yield the answered questions that nobody has settled or asked again in time; whose word is next is reminded."""
    rows = Question.objects.filter(state=State.ANSWERED, since__lt=today).exclude(project__step__in=ENDED)
    for question in rows.select_related("project").order_by("pk"):
        due = question_due(question.since)
        if is_overdue(due, today=today):
            is_of_office = question.asked_as == Voice.OFFICE
            people = askers(question.project, question.asked_by_id, is_of_office=is_of_office)
            subject = _("Die Antwort auf Ihre Rückfrage wartet seit dem {day}").format(day=_day(question.since))
            address = reverse("questions:thread", args=[question.project_id, question.pk])
            kind = Kind.QUESTION_ANSWERED if is_of_office else Kind.MY_QUESTION_ANSWERED
            line = To(people, kind, subject, _("Haken Sie sie ab, oder fragen Sie nach."), address)
            yield Due(question.project, due, line, of=f"settle-{question.pk}-{question.turns.count()}")


def answers_due(today: date) -> Iterator[Due]:
    """Yield the ideas that should have had an answer by now; whoever gives it is reminded."""
    acts = {Step.SUBMITTED: Act.ANSWER_GATE, Step.POOLED: Act.RATE}
    rows = Project.objects.filter(step__in=acts, step_since_precision=Precision.DAY, step_since__lt=today)
    for project in rows.order_by("pk"):
        due = answer_due(project.step, project.step_since)
        if due is not None and is_overdue(due, today=today):
            subject = _("Eine Idee sollte bis {day} eine Antwort haben").format(day=_day(due))
            line = To(office(project, acts[Step(project.step)]), Kind.ANSWER_DUE, subject)
            yield Due(project, due, line, of=project.step)


def reports_due(today: date) -> Iterator[Due]:
    """Yield the running projects whose status report is overdue; the team is reminded, and the CDO's office told."""
    for project in with_standing(Project.objects.filter(step=Step.RUNNING)).order_by("pk"):
        due = room_row(project, today).report_due
        if due is not None and is_overdue(due, today=today):
            address = reverse("delivery:project", args=[project.pk])
            subject = _("Ein Statusbericht war bis {day} fällig").format(day=_day(due))
            carriers = team(project)
            others = [person for person in desk() if person not in carriers]
            yield Due(project, due, To(carriers, Kind.REPORT_DUE, subject, address=address), of="bericht-")
            yield Due(project, due, To(others, Kind.REPORT_MISSING, subject, address=address), of="bericht-")


def releases_come(today: date) -> Iterator[Due]:
    """Yield the planned releases whose day has come and that are public; authors and team are told that they are.

    The mails of those who follow a project need nothing of this: they go out by what is public.
    """
    rows = released_projects().filter(planned_at__isnull=False, released_at__gte=clock.now() - TOLD_FOR)
    for row in rows.select_related("project__lead_handlungsfeld").order_by("pk"):
        people = [*authors(row.project), *team(row.project)]
        address = reverse("publication:project", args=[row.project.slug])
        line = To(people, Kind.PUBLISHED, _("Ihr Vorhaben ist öffentlich"), address=address)
        yield Due(row.project, clock.day_of(row.released_at), line, of=f"release-{row.pk}-")


SOURCES: list[Callable[[date], Iterator[Due]]] = [
    drafts_lying,
    revisions_due,
    looks_due,
    questions_due,
    settling_due,
    answers_due,
    reports_due,
    releases_come,
]


def send_reminders() -> int:
    """Tell everybody what is due and has not been said yet; return how many messages are new."""
    today, number = clock.today(), 0
    for source in SOURCES:
        for due in source(today):
            news = News(project=due.project, by=None, at=clock.now())
            number += len(tell(news, due.line, key=f"{due.project.pk}:{due.of}{due.day:%Y-%m-%d}"))
    return number


def _day(day: date) -> str:
    return date_format(day, "j. F Y")
