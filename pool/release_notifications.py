"""Who is told what about the consent of the lead unit to a public text.

Works as `pool.notifications` does: takes values, called only after commit, no typed text and no name in a sentence.
"""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from pool.audience import consenters, office
from pool.lifecycle import Act
from pool.message_kinds import Kind
from pool.notifications import News, To, desk_address, tell
from pool.project.models import Project


def consent_asked(news: News, *, request: int) -> None:
    """Who speaks for the lead unit is asked; the text itself stands on the page behind the link."""
    subject = _("Ihre Stelle ist um Zustimmung zu einem öffentlichen Text gebeten")
    text = _("Dort sehen Sie die Seite, wie sie öffentlich würde. Stimmen Sie zu, oder lehnen Sie mit Begründung ab.")
    people = consenters(news.project)
    tell(news, To(people, Kind.CONSENT_WANTED, subject, text, _consent(news.project)), key=f"{request}")


def consent_given(news: News, *, request: int, asked_by: UUID) -> None:
    """Whoever asked learns that the unit agreed, and who may release."""
    _tell_the_desk(news, request, asked_by, _("Die federführende Stelle hat dem öffentlichen Text zugestimmt"))


def consent_refused(news: News, *, request: int, asked_by: UUID) -> None:
    """Whoever asked learns that the unit refused; why stands at the desk."""
    subject = _("Die federführende Stelle hat dem öffentlichen Text nicht zugestimmt")
    _tell_the_desk(news, request, asked_by, subject, _("Die Begründung steht am Schreibtisch."))


def consent_ended(news: News, *, request: int, is_void: bool) -> None:
    """Who was asked learns that nothing is to be answered any more."""
    withdrawn, void = _("Die Bitte um Zustimmung ist zurückgezogen"), _("Die Bitte um Zustimmung ist hinfällig")
    text = _("Es gibt eine neue Fassung. Zu ihr werden Sie neu gefragt.") if is_void else ""
    people, subject = consenters(news.project), void if is_void else withdrawn
    tell(news, To(people, Kind.CONSENT_WANTED, subject, text, _consent(news.project)), key=f"{request}:ended")


def _tell_the_desk(news: News, request: int, asked_by: UUID, subject: str, text: str = "") -> None:
    people, address = [asked_by, *office(news.project, Act.RELEASE)], desk_address(news.project)
    tell(news, To(people, Kind.CONSENT_ANSWERED, subject, text, address), key=f"{request}:answered")


def _consent(project: Project) -> str:
    return reverse("consent:answer", args=[project.pk])
