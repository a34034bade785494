"""Between authors and those who judge: questions with their turns, and the objection. Rows are only added."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record import clock
from governance.record.models import ReasonedRow
from pool.lifecycle import Step
from pool.project.models import Project, Transition
from pool.questions.rules import ANSWER_LENGTH, ENDED, Due, State, Topic, Voice, due_of


class Question(models.Model):
    """A question to the authors about one place of the idea or its rating; what is said stands in its turns."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="questions")
    topic = models.CharField(_("Worauf bezieht sich die Frage?"), max_length=40, choices=Topic)
    asked_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(_("gefragt"), max_length=20, choices=Voice)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.OPEN)
    since = models.DateField(_("seit"))

    class Meta:
        verbose_name = _("Rückfrage")
        verbose_name_plural = _("Rückfragen")
        ordering = ["project", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__in=Topic.values),
                name="question_topic_known",
                violation_error_message=_("Wählen Sie, worauf sich die Frage bezieht."),
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "answered", "closed"]), name="question_state_known"),
            models.CheckConstraint(
                condition=Q(asked_as__in=["office", "coordination", "expert"]),
                name="question_asked_by_who_judges",
                violation_error_message=_("Fragen stellt, wer prüft oder bewertet."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "since"], name="question_state_since"),
            models.Index(fields=["asked_by", "state"], name="question_asked_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.get_state_display()}"

    @property
    def due(self) -> Due | None:
        """Until when the next word is due, as long as anything may come of it."""
        return None if Step(self.project.step) in ENDED else due_of(self.state, self.since, today=clock.today())


class QuestionTurn(ReasonedRow):
    """One thing said in a question, `reason` its words. Never edited; the last turn says where the question stands."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("gefragt")
        ANSWERED = "answered", _("geantwortet")
        ASKED_AGAIN = "asked_again", _("nachgefragt")
        CLOSED = "closed", _("für erledigt erklärt")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField(_("Nummer"))
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    voice = models.CharField(_("als"), max_length=20, choices=Voice)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("am"))

    class Meta:
        verbose_name = _("Wortmeldung zu einer Rückfrage")
        verbose_name_plural = _("Wortmeldungen zu Rückfragen")
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_turn_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["asked", "answered", "asked_again", "closed"]), name="question_turn_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(number=1, kind="asked") | Q(number__gt=1) & ~Q(kind="asked"),
                name="question_begins_with_the_question",
            ),
            models.CheckConstraint(
                condition=Q(kind="answered", voice="authors")
                | ~Q(kind="answered") & Q(voice__in=["office", "coordination", "expert"]),
                name="question_turn_voice_fits",
            ),
            models.CheckConstraint(
                condition=Q(kind="closed") | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="question_turn_says_something",
                violation_error_message=_("Schreiben Sie, was Sie fragen oder antworten."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%d.%m.%Y}"


class AnswerDraft(models.Model):
    """What an author has typed as an answer and not given yet: hers alone, counts for nothing, gone once answered."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answer_drafts")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Antwort"), max_length=ANSWER_LENGTH)
    at = models.DateTimeField(_("am"))

    class Meta:
        verbose_name = _("Angefangene Antwort")
        verbose_name_plural = _("Angefangene Antworten")
        ordering = ["question", "pk"]
        constraints = [models.UniqueConstraint(fields=["question", "by"], name="answer_draft_once_each")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Objection(ReasonedRow):
    """The submitter objects to "nicht aufgenommen", once; what comes of it is a Beschluss of the Lenkungsgruppe."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="objections")
    decision = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("eingelegt am"))
    made_on = models.DateField()
    possible_until = models.DateField(_("möglich bis einschließlich"))

    class Meta:
        verbose_name = _("Widerspruch")
        verbose_name_plural = _("Widersprüche")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                name="objection_once",
                violation_error_message=_(
                    "Widersprochen wird einmal; der Widerspruch zu dieser Idee ist schon eingelegt."
                ),
            ),
            models.CheckConstraint(
                condition=Q(made_on__lte=F("possible_until")),
                name="objection_in_time",
                violation_error_message=_("Die Frist für den Widerspruch ist abgelaufen."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="objection_has_a_reason",
                violation_error_message=_("Begründen Sie den Widerspruch."),
            ),
        ]

    def __str__(self) -> str:
        return f"Widerspruch vom {self.made_on:%d.%m.%Y}"
