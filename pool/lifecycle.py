"""The whole workflow on one screen: steps, acts, and the complete table of moves. Pure.

Every pair of step and act that is not in MOVES is refused with IllegalMove.
Source: Verfahrensordnung des Portals, „Schritte und Züge“.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Step(TextChoices):
    """Where a project stands."""

    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("eingereicht")
    RETURNED = "returned", _("zur Überarbeitung")
    REJECTED = "rejected", _("nicht aufgenommen")
    POOLED = "pooled", _("im Pool")
    ASSESSED = "assessed", _("bewertet")
    DEFERRED = "deferred", _("zurückgestellt")
    DECLINED = "declined", _("nicht weiterverfolgt")
    COMMISSIONED = "commissioned", _("zur Umsetzung bestimmt")
    RUNNING = "running", _("in Umsetzung")
    COMPLETED = "completed", _("abgeschlossen")
    STOPPED = "stopped", _("beendet")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    MERGED = "merged", _("aufgegangen")


class Act(TextChoices):
    """What can be done to a project. The first part moves it, the second part does not."""

    SUBMIT = "submit", _("Einreichen")
    RESUBMIT = "resubmit", _("Erneut einreichen")
    RETURN = "return", _("Zur Überarbeitung zurückgeben")
    DECLINE_ADMISSION = "decline_admission", _("Nicht aufnehmen")
    ADMIT = "admit", _("In den Pool aufnehmen")
    RATE = "rate", _("Bewertung festschreiben")
    REOPEN_RATING = "reopen_rating", _("Bewertung neu öffnen")
    REOPEN_GATE = "reopen_gate", _("Prüfung neu öffnen")
    COMMISSION = "commission", _("Zur Umsetzung bestimmen")
    DEFER = "defer", _("Zurückstellen")
    DECLINE = "decline", _("Nicht weiterverfolgen")
    RECONSIDER = "reconsider", _("Erneut beraten")
    RESUME = "resume", _("Wieder aufnehmen")
    START = "start", _("Umsetzung beginnen")
    COMPLETE = "complete", _("Abschließen")
    STOP = "stop", _("Beenden")
    WITHDRAW = "withdraw", _("Zurückziehen")
    MERGE = "merge", _("Zusammenführen")
    TAKE_OVER = "take_over", _("Bestehendes Projekt übernehmen")

    IMPORT_IDEAS = "import_ideas", _("Ideen aus einer Liste einlesen")

    EDIT_TEXT = "edit_text", _("Text bearbeiten")
    LINK_NEEDS = "link_needs", _("Handlungsbedarfe und Stellen verknüpfen")
    CORRECT_SLIP = "correct_slip", _("Versehen berichtigen")
    ANSWER_GATE = "answer_gate", _("Grundkriterien beantworten")
    PROPOSE_CLASS = "propose_class", _("Klasse vorschlagen")
    WITHDRAW_CLASS = "withdraw_class", _("Vorschlag zur Klasse zurücknehmen")
    OPEN_SITTING = "open_sitting", _("Sitzung anlegen")
    INVITE = "invite", _("Zur Sitzung einladen")
    BEGIN_SITTING = "begin_sitting", _("Sitzung eröffnen")
    RECOMMEND = "recommend", _("Empfehlung des Beirats eintragen")
    RECORD = "record", _("Beschluss vorschlagen und protokollieren")
    CONFIRM = "confirm", _("Protokollierten Beschluss bestätigen")
    CLOSE_SITTING = "close_sitting", _("Sitzung schließen")
    NAME_STAND_IN = "name_stand_in", _("Vertretung der CDO für ein Vorhaben benennen")
    END_STAND_IN = "end_stand_in", _("Benannte Vertretung der CDO beenden")
    MAKE_PACK = "make_pack", _("Sitzungsmappe zusammenstellen")
    NAME_TEAM = "name_team", _("Team benennen")
    PROPOSE_COMPLETION = "propose_completion", _("Abschluss vorschlagen")
    PLAN_MILESTONE = "plan_milestone", _("Meilenstein planen")
    SHIFT_MILESTONE = "shift_milestone", _("Meilenstein verschieben")
    RENAME_MILESTONE = "rename_milestone", _("Titel eines Meilensteins berichtigen")
    REACH_MILESTONE = "reach_milestone", _("Meilenstein als erreicht festhalten")
    GIVE_UP_MILESTONE = "give_up_milestone", _("Meilenstein aufgeben")
    REPORT = "report", _("Statusbericht abgeben")
    RECORD_CONSENT = "record_consent", _("Zustimmung der federführenden Stelle festhalten")
    ASK_CONSENT = "ask_consent", _("Federführende Stelle um Zustimmung bitten")
    GIVE_CONSENT = "give_consent", _("Für die federführende Stelle zustimmen oder ablehnen")
    RELEASE = "release", _("Veröffentlichen")
    EXPLAIN_DIFFERENCE = "explain_difference", _("Unterschied zu einem ähnlichen Vorhaben nennen")
    ASK_TO_JOIN = "ask_to_join", _("Um Mitwirkung bitten")
    ANSWER_JOIN_REQUEST = "answer_join_request", _("Bitte um Mitwirkung beantworten")
    ASK_QUESTION = "ask_question", _("Rückfrage stellen")
    ANSWER_QUESTION = "answer_question", _("Rückfrage beantworten")
    CLOSE_QUESTION = "close_question", _("Nachfragen oder Rückfrage für erledigt erklären")
    OBJECT = "object", _("Widerspruch einlegen")

    HAND_OVER = "hand_over", _("Idee übergeben")
    NAME_SUBMITTER = "name_submitter", _("Einreichende Person einer eingelesenen Idee benennen")
    BEGIN_AGAIN = "begin_again", _("Neue Idee daraus beginnen")
    PROPOSE_LINK = "propose_link", _("Verbindung zu einem anderen Vorhaben vorschlagen")
    ANSWER_LINK = "answer_link", _("Verbindung zu einem anderen Vorhaben bestätigen")

    GIVE_OPINION = "give_opinion", _("Einschätzung abgeben")
    ASK_EXPERT = "ask_expert", _("Um ein Gutachten bitten")
    END_EXPERT = "end_expert", _("Bitte um ein Gutachten beenden")
    COUNTERSIGN = "countersign", _("Bewertung gegenzeichnen")
    COMMENT = "comment", _("Intern kommentieren")
    BLACK_OUT_COMMENT = "black_out_comment", _("Internen Kommentar schwärzen")
    PREPARE_DECISION = "prepare_decision", _("Entscheidung vorbereiten")
    ISSUE_CALL = "issue_call", _("Aufruf für Ideen veröffentlichen")
    END_CALL = "end_call", _("Aufruf für Ideen beenden")
    BLACK_OUT_REASON = "black_out_reason", _("Begründung schwärzen")

    ANSWER_PUBLIC = (
        "answer_public",
        _("Rückmeldungen der Öffentlichkeit eintragen, durchsehen, beantworten, aufgreifen"),
    )
    OFFER_PARTICIPATION = "offer_participation", _("Beteiligungsformate und Wege zum Mitmachen pflegen")


S, A = Step, Act

MOVES: Mapping[tuple[Step, Act], Step] = MappingProxyType(
    {
        (S.DRAFT, A.SUBMIT): S.SUBMITTED,
        (S.RETURNED, A.RESUBMIT): S.SUBMITTED,
        (S.SUBMITTED, A.RETURN): S.RETURNED,
        (S.SUBMITTED, A.DECLINE_ADMISSION): S.REJECTED,
        (S.SUBMITTED, A.ADMIT): S.POOLED,
        (S.POOLED, A.RATE): S.ASSESSED,
        (S.ASSESSED, A.REOPEN_RATING): S.POOLED,
        (S.DEFERRED, A.REOPEN_RATING): S.POOLED,
        (S.REJECTED, A.REOPEN_GATE): S.SUBMITTED,
        (S.ASSESSED, A.COMMISSION): S.COMMISSIONED,
        (S.DEFERRED, A.COMMISSION): S.COMMISSIONED,
        (S.ASSESSED, A.DEFER): S.DEFERRED,
        (S.ASSESSED, A.DECLINE): S.DECLINED,
        (S.DEFERRED, A.DECLINE): S.DECLINED,
        (S.DECLINED, A.RECONSIDER): S.ASSESSED,
        (S.COMMISSIONED, A.RECONSIDER): S.ASSESSED,
        (S.DEFERRED, A.RESUME): S.ASSESSED,
        (S.COMMISSIONED, A.START): S.RUNNING,
        (S.RUNNING, A.COMPLETE): S.COMPLETED,
        (S.COMMISSIONED, A.STOP): S.STOPPED,
        (S.RUNNING, A.STOP): S.STOPPED,
        (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, A.WITHDRAW): S.WITHDRAWN,
        (S.RETURNED, A.WITHDRAW): S.WITHDRAWN,
        (S.POOLED, A.WITHDRAW): S.WITHDRAWN,
        (S.ASSESSED, A.WITHDRAW): S.WITHDRAWN,
        (S.DEFERRED, A.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, A.MERGE): S.MERGED,
        (S.RETURNED, A.MERGE): S.MERGED,
        (S.POOLED, A.MERGE): S.MERGED,
        (S.ASSESSED, A.MERGE): S.MERGED,
        (S.DEFERRED, A.MERGE): S.MERGED,
    }
)

# The acts a step can be due to. Taking over and reading in a list make a new project and so come from no step.
MOVING_ACTS = tuple(
    act for act in A if act in {A.TAKE_OVER, A.IMPORT_IDEAS} | {moved_by for _origin, moved_by in MOVES}
)

# Taking over makes a new project, so it has no step to come from.
TAKEN_OVER_STEPS = frozenset({S.COMMISSIONED, S.RUNNING, S.COMPLETED, S.STOPPED})

# Nothing leads out of these.
FINAL_STEPS = frozenset({S.COMPLETED, S.STOPPED, S.WITHDRAWN, S.MERGED})

# Moves that only a Beschluss of the Lenkungsgruppe carries out, when its sitting closes. STOP is one too, except
# where the project was taken over.
BY_BESCHLUSS = frozenset({A.COMMISSION, A.DEFER, A.DECLINE, A.RECONSIDER, A.REOPEN_GATE})

# The acts that judge: nobody does them on their own project.
JUDGING_ACTS = frozenset(
    {
        A.ANSWER_GATE, A.ADMIT, A.RETURN, A.DECLINE_ADMISSION, A.RATE, A.REOPEN_RATING, A.PROPOSE_CLASS,
        A.WITHDRAW_CLASS, A.MERGE, A.COMPLETE, A.RECORD, A.CONFIRM, A.RELEASE, A.GIVE_OPINION, A.COUNTERSIGN,
        A.ASK_QUESTION, A.CLOSE_QUESTION, A.PREPARE_DECISION, A.NAME_STAND_IN, A.END_STAND_IN,
    }
)  # fmt: skip

# Decisions at the gate that the CDO's office may prepare and release together.
PREPARABLE = (A.ADMIT, A.RETURN, A.DECLINE_ADMISSION)


class ProcedureError(Exception):
    """A rule of the procedure refuses the act; the message says what is in the way, in words for the person."""


class IllegalMove(ProcedureError):
    """The step does not allow the act."""

    def __init__(self, step: str, act: str) -> None:
        self.step, self.act = step, act
        super().__init__(
            _("„{act}“ ist im Schritt „{step}“ nicht vorgesehen.").format(act=Act(act).label, step=Step(step).label)
        )


class StaleVersion(ProcedureError):
    """Somebody else has changed the project since the page was opened."""


class Incomplete(ProcedureError):
    """Something that the act needs is missing; `missing` lists it in words."""

    def __init__(self, missing: list[str], message: str = "") -> None:
        self.missing = missing
        super().__init__(message or _("Es fehlt noch: {missing}.").format(missing="; ".join(missing)))


def target_of(step: str, act: str) -> Step:
    """Return the step that `act` leads to from `step`; raises IllegalMove where MOVES knows no such pair."""
    try:
        return MOVES[Step(step), Act(act)]
    except KeyError:
        raise IllegalMove(step, act) from None


def acts_from(step: str) -> tuple[Act, ...]:
    """Return the acts that lead out of a step, in the order of the table."""
    return tuple(act for (origin, act) in MOVES if origin == step)
