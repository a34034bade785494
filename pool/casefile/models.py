"""What the CDO's office prepares at its desk: decisions that move nothing until they are released together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record.models import ReasonedRow
from pool.lifecycle import PREPARABLE, Act
from pool.project.models import Project


class PreparedDecision(ReasonedRow):
    """A decision at the gate that waits for its release; the CDO's office alone sees it. Rows are only added and ended.

    `version` is the project's version that was decided upon: a project that has changed since makes the row stale.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("vorbereitet")
        RELEASED = "released", _("freigegeben")
        DROPPED = "dropped", _("verworfen")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="prepared_decisions")
    act = models.CharField(_("Entscheidung"), max_length=20, choices=[(act.value, act.label) for act in PREPARABLE])
    remind_on = models.DateField(_("erinnern am"), null=True, blank=True)
    version = models.PositiveIntegerField(editable=False)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.WAITING)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("vorbereitet am"))
    ended_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("vorbereitete Entscheidung")
        verbose_name_plural = _("vorbereitete Entscheidungen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="waiting"),
                name="prepared_decision_waiting_once",
                violation_error_message=_("Für dieses Vorhaben ist schon eine Entscheidung vorbereitet."),
            ),
            models.CheckConstraint(
                condition=Q(act__in=["admit", "return", "decline_admission"]), name="prepared_decision_act_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True, ended_by__isnull=True)
                | Q(state__in=["released", "dropped"], ended_at__isnull=False, ended_by__isnull=False),
                name="prepared_decision_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(act="admit") | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="prepared_decision_has_a_reason",
                violation_error_message=_("Begründen Sie die Entscheidung."),
            ),
            models.CheckConstraint(
                condition=Q(act="return", remind_on__isnull=False) | ~Q(act="return") & Q(remind_on__isnull=True),
                name="prepared_return_has_a_day",
                violation_error_message=_("Nennen Sie den Tag, an dem das Portal erinnert."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_act_display()}"

    @property
    def is_stale(self) -> bool:
        """Tell whether the project has changed since, so that the decision is to be looked at again."""
        return self.version != self.project.version

    @property
    def page(self) -> str:
        """The name of the desk's page that does the act at once."""
        return {Act.ADMIT: "admit", Act.RETURN: "return", Act.DECLINE_ADMISSION: "decline"}[Act(self.act)]
