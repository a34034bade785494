"""What the team of a running project reports. For now: the proposal to complete it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from pool.project.models import Project


class CompletionProposal(models.Model):
    """The Projektleitung proposes completion with a result; another person at the CDO completes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="completion_proposals")
    result = models.TextField(_("Ergebnis"), max_length=4000)
    learnt = models.TextField(_("Was wir gelernt haben"), max_length=4000, blank=True)
    in_operation = models.BooleanField(_("geht in den Betrieb über"), default=False)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Vorschlag zum Abschluss")
        verbose_name_plural = _("Vorschläge zum Abschluss")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_current=True), name="completion_proposal_current_once"
            ),
            models.CheckConstraint(
                condition=~Q(result=""),
                name="completion_names_a_result",
                violation_error_message=_("Nennen Sie das Ergebnis."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}, {self.at:%d.%m.%Y}"
