"""What a question may be about, whose word is next, and when an objection may be made: values only.

Source: Verfahrensordnung des Portals, „Rückfragen“ und „Widerspruch“.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from governance.strategy.rules import Dimension, GrundkriteriumCode
from pool.deadlines import is_overdue, objection_ends, question_due
from pool.lifecycle import FINAL_STEPS, Step

# Where nothing more comes of an answer, nobody is asked for one.
ENDED = FINAL_STEPS | {Step.REJECTED, Step.DECLINED}

# How long one thing said in a question may be.
ANSWER_LENGTH = 2000
# The page on which somebody rates, as addresses name it to return there.
WHERE_RATED = "einschaetzung"


class Topic(TextChoices):
    """A section of the idea, by the anchor of the form, a Grundkriterium, or what a level is given for."""

    SECTION_IDEA = "section_idee", _("Abschnitt „Ihre Idee“")
    SECTION_BENEFIT = "section_nutzen", _("Abschnitt „Was sie bringt“")
    SECTION_STRATEGY = "section_strategie", _("Abschnitt „Handlungsfeld und Handlungsbedarfe“")
    SECTION_PEOPLE = "section_mitwirkung", _("Abschnitt „Wer mitwirkt“")
    SECTION_EFFORT = "section_aufwand", _("Abschnitt „Aufwand, Zeit und Geld“")
    SECTION_CROSS = "section_querschnitt", _("Abschnitt „Querschnittsthemen und UN-Ziele“")
    CRITERION_DIGITAL = "criterion_digitalisierungsbezug", _("Grundkriterium Digitalisierungsbezug")
    CRITERION_LEITLINIEN = "criterion_leitlinien", _("Grundkriterium Leitlinien")
    CRITERION_NEEDS = "criterion_handlungsbedarfe", _("Grundkriterium Handlungsbedarfe")
    CRITERION_BENEFIT = "criterion_nutzen", _("Grundkriterium Nutzen")
    CRITERION_NETWORK = "criterion_vernetzung", _("Grundkriterium Vernetzung")
    DEGREE_VERNETZUNG = "degree_vernetzung", _("Reifegrad Vernetzung")
    DEGREE_INWARD = "degree_effect_inward", _("Reifegrad Wirkung, nach innen")
    DEGREE_OUTWARD = "degree_effect_outward", _("Reifegrad Wirkung, nach außen")
    DEGREE_KOMPETENZAUFBAU = "degree_kompetenzaufbau", _("Reifegrad Kompetenzaufbau")
    DEGREE_SYNERGIEN = "degree_synergien", _("Reifegrad Synergien")


class State(TextChoices):
    """Whose word is next on a question."""

    OPEN = "open", _("wartet auf Antwort")
    ANSWERED = "answered", _("beantwortet")
    CLOSED = "closed", _("erledigt")


class Voice(TextChoices):
    """As whom somebody speaks in a question: what others read of her, where they do not read her name."""

    OFFICE = "office", _("aus dem Büro der CDO")
    COORDINATION = "coordination", _("von der Handlungsfeldkoordination")
    EXPERT = "expert", _("von einer begutachtenden Person")
    AUTHORS = "authors", _("von den Mitschreibenden")


# Those who rate besides the CDO: what they ask is kept from each other while rating is blind.
RATING_VOICES = frozenset({Voice.COORDINATION, Voice.EXPERT})

# Sections and criteria as the form and the gate name them.
SECTION_SLUGS = tuple(topic.removeprefix("section_") for topic in Topic.values if topic.startswith("section_"))
CRITERION_TOPICS = {code.value: Topic(f"criterion_{code.value}") for code in GrundkriteriumCode}
DEGREE_TOPICS = {code.value: Topic(f"degree_{code.value}") for code in Dimension}


@dataclass(frozen=True, slots=True)
class Due:
    """Until when the next word is due, and whether that day has passed."""

    day: date
    is_overdue: bool


def due_of(state: str, since: date, *, today: date) -> Due | None:
    """Return until when a question's next word is due; None once it is closed."""
    if state == State.CLOSED:
        return None
    day = question_due(since)
    return Due(day, is_overdue(day, today=today))


def problem_with_objection(*, step: str, decided_on: date | None, today: date, has_objected: bool) -> str:
    """Return why nobody objects now, or "". `decided_on` is the day of "nicht aufgenommen"."""
    if has_objected:
        return now_("Widersprochen wird einmal; der Widerspruch zu dieser Idee ist schon eingelegt.")
    if step != Step.REJECTED or decided_on is None:
        return now_("Ein Widerspruch richtet sich gegen „nicht aufgenommen“; so steht die Idee nicht.")
    if today > objection_ends(decided_on):
        return now_("Die Frist für den Widerspruch endete am {day}.").format(
            day=f"{objection_ends(decided_on):%d.%m.%Y}"
        )
    return ""
