"""Prüfschritt 1: rounds of five answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, Leitlinie
from governance.record.models import ReasonedRow
from governance.strategy.rules import GrundkriteriumCode
from pool.project.models import Beneficiary, Project


class GateRound(models.Model):
    """One round of the gate. Closed by admit, return or decline; a closed round is never edited."""

    class Outcome(models.TextChoices):
        ADMITTED = "admit", _("in den Pool aufgenommen")
        RETURNED = "return", _("zur Überarbeitung zurückgegeben")
        NOT_ADMITTED = "decline_admission", _("nicht aufgenommen")
        LEFT = "left", _("ohne Ergebnis beendet")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gate_rounds")
    number = models.PositiveIntegerField(_("Runde"))
    opened_at = models.DateTimeField(_("geöffnet am"))
    closed_at = models.DateTimeField(_("geschlossen am"), null=True, blank=True)
    closed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(_("Ergebnis"), max_length=20, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("Prüfrunde")
        verbose_name_plural = _("Prüfrunden")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="gate_round_number_once"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(closed_at__isnull=True), name="gate_round_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False)
                & Q(outcome__in=["admit", "return", "decline_admission", "left"]),
                name="gate_round_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Prüfrunde {self.number}"


class GateAnswer(ReasonedRow):
    """One answer to one Grundkriterium. A changed answer is a new row; the old one stays, no longer current."""

    class Answer(models.TextChoices):
        YES = "yes", _("ja")
        NO = "no", _("nein")
        OPEN = "open", _("noch offen")

    round = models.ForeignKey(GateRound, on_delete=models.CASCADE, related_name="answers")
    grundkriterium = models.CharField(_("Grundkriterium"), max_length=30, choices=GrundkriteriumCode)
    answer = models.CharField(_("Antwort"), max_length=10, choices=Answer)
    beneficiary = models.CharField(_("Nutzen für"), max_length=20, choices=Beneficiary, blank=True)
    leitlinie = models.ForeignKey(
        Leitlinie,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("betroffene Leitlinie"),
    )
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Antwort zum Grundkriterium")
        verbose_name_plural = _("Antworten zu den Grundkriterien")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "grundkriterium"], condition=Q(is_current=True), name="gate_answer_current_once"
            ),
            models.CheckConstraint(condition=Q(answer__in=["yes", "no", "open"]), name="gate_answer_known"),
            models.CheckConstraint(
                condition=Q(grundkriterium__in=GrundkriteriumCode.values), name="gate_answer_grundkriterium_known"
            ),
            models.CheckConstraint(
                condition=~Q(answer="no") | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="gate_no_has_a_reason",
                violation_error_message=_("Begründen Sie das Nein."),
            ),
            models.CheckConstraint(
                condition=~Q(grundkriterium="nutzen", answer="yes")
                | Q(beneficiary__in=["stadtgesellschaft", "konzern", "both"]),
                name="gate_nutzen_names_whom",
                violation_error_message=_("Nennen Sie, wem das Vorhaben nützt."),
            ),
            models.CheckConstraint(
                condition=~Q(grundkriterium="leitlinien", answer="no") | Q(leitlinie__isnull=False),
                name="gate_no_names_the_leitlinie",
                violation_error_message=_("Nennen Sie die Leitlinie, gegen die das Vorhaben steht."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_grundkriterium_display()}: {self.get_answer_display()}"
