"""Who is told what between those who judge and those who write: questions, opinions, countersignatures, comments.

Works as `pool.notifications` does: takes values, called only after commit, no typed text and no name in a sentence.
"""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from pool.audience import askers, authors, chairs, office
from pool.lifecycle import Act
from pool.message_kinds import Kind
from pool.notifications import News, To, desk_address, tell
from pool.project.models import Project

# --- Questions and the objection -----------------------------------------------------------------------------------


def question_asked(news: News, *, question: int, turn: int) -> None:
    """The authors are asked, or asked again; the question stands on the page behind the link."""
    address = _question(news.project, question)
    subject = _("Zu Ihrer Idee gibt es eine Rückfrage") if turn == 1 else _("Zu Ihrer Antwort gibt es eine Nachfrage")
    text = _("Sie können dort antworten, wo die Frage steht.")
    tell(news, To(authors(news.project), Kind.QUESTION_ASKED, subject, text, address), key=f"{question}:{turn}")


def question_answered(news: News, *, question: int, turn: int, asked_by: UUID, is_of_office: bool) -> None:
    """The answer goes back to who asked, who settles the question or asks again."""
    people = askers(news.project, asked_by, is_of_office=is_of_office)
    address, subject = _question(news.project, question), _("Eine Rückfrage von Ihnen ist beantwortet")
    kind = Kind.QUESTION_ANSWERED if is_of_office else Kind.MY_QUESTION_ANSWERED
    text = _("Haken Sie sie ab, oder fragen Sie nach.")
    tell(news, To(people, kind, subject, text, address), key=f"{question}:{turn}")


def question_closed(news: News, *, question: int, turn: int) -> None:
    """The authors learn that nothing more is asked."""
    people, subject = authors(news.project), _("Eine Rückfrage zu Ihrer Idee ist erledigt")
    address = _question(news.project, question)
    tell(news, To(people, Kind.QUESTION_ASKED, subject, address=address), key=f"{question}:{turn}")


def _question(project: Project, question: int) -> str:
    return reverse("questions:thread", args=[project.pk, question])


def objected(news: News) -> None:
    """The submitter objects: the office puts it on a list, the chair knows that it comes."""
    project = news.project
    text = _("Der Widerspruch kommt in einer Sitzung auf die Liste.")
    subject = _("Widerspruch gegen „nicht aufgenommen“")
    tell(
        news,
        To(office(project, Act.RECORD), Kind.OBJECTION, subject, text),
        To(chairs(project), Kind.OBJECTION_TO_DECIDE, subject, text),
    )


# --- Opinions, countersignatures, inner comments -------------------------------------------------------------------


def expert_asked(news: News, *, person: UUID) -> None:
    """Somebody is asked to rate; nothing of what others said is in it."""
    address = reverse("coordination:opinion", args=[news.project.pk])
    text = _("Was andere sagen, lesen Sie, sobald Ihre eigene Einschätzung gesendet ist.")
    tell(news, To([person], Kind.OPINION_WANTED, _("Sie werden um ein Gutachten gebeten"), text, address))


def expert_ended(news: News, *, person: UUID, mandate: int) -> None:
    """The request to rate is taken back; what was sent stays."""
    text = _("Was Sie gesendet haben, bleibt. Zu tun ist für Sie nichts mehr.")
    subject = _("Die Bitte um Ihr Gutachten ist beendet")
    tell(news, To([person], Kind.OPINION_WANTED, subject, text), key=f"expert:{mandate}:ended")


def everybody_answered(news: News, *, number: int, asked: int) -> None:
    """Nobody is left who was asked for a word in this round: the office rates."""
    address = reverse("admin:pool_project_rating", args=[news.project.pk])
    subject = _("Alle Gebetenen haben sich geäußert")
    people = office(news.project, Act.RATE)
    tell(news, To(people, Kind.ALL_ANSWERED, subject, address=address), key=f"{news.project.pk}:{number}:{asked}")


def countersigned(news: News) -> None:
    """A second person stands to the rating: the office knows that nothing is missing for a Beschluss."""
    people = office(news.project, Act.REOPEN_RATING)
    tell(
        news,
        To(people, Kind.COUNTERSIGNED, _("Eine Bewertung ist gegengezeichnet"), address=desk_address(news.project)),
    )


def commented(news: News, *, comment: int, people: list[UUID]) -> None:
    """A word for inside: only those who may read it; `people` leaves out who still rates blind."""
    address = reverse("coordination:opinion", args=[news.project.pk]) + "#kommentare"
    if not news.project.is_in_pool:
        address = reverse("casefile:detail", args=[news.project.pk]) + "#kommentare"
    subject = _("Neuer interner Kommentar")
    tell(news, To(people, Kind.INNER_COMMENT, subject, address=address), key=f"comment:{comment}")
