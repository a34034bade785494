"""What is due today, and who is reminded of it: each person once for each day that something was due.

The day that is due is part of the reminder's key, so that a run which comes days late says what is still open, a second
run or a second process at the same moment says nothing, and a new day makes a new reminder. What has been done
meanwhile reminds nobody. Later steps add their own sources to SOURCES.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.models import Entry
from governance.record import clock
from pool.audience import authors, office
from pool.lifecycle import Act, Step
from pool.message_kinds import Kind
from pool.notifications import News, To, tell
from pool.project.models import Project

DRAFT_LIES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due: what, since when, and who is told in which words."""

    project: Project
    day: date
    line: To


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


SOURCES: list[Callable[[date], Iterator[Due]]] = [drafts_lying, revisions_due, looks_due]


def send_reminders() -> int:
    """Tell everybody what is due and has not been said yet; return how many messages are new."""
    today, number = clock.today(), 0
    for source in SOURCES:
        for due in source(today):
            news = News(project=due.project, by=None, at=clock.now())
            number += len(tell(news, due.line, key=f"{due.project.pk}:{due.day:%Y-%m-%d}"))
    return number


def _day(day: date) -> str:
    return date_format(day, "j. F Y")
