"""Whom the chair named for one project, where the CDO and every deputy are barred. Rows are only added and ended."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record.models import ReasonedRow
from pool.project.models import Project


class StandIn(ReasonedRow):
    """A person in place of the CDO on one project, named in a sitting. It also ends, unwritten, with the project.

    Source: Verfahrensordnung des Portals, „Niemand urteilt in eigener Sache“.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stand_ins")
    sitting = models.ForeignKey("pool.Sitting", on_delete=models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("benannt am"))
    ended_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(_("beendet am"), null=True, blank=True)

    class Meta:
        verbose_name = _("benannte Vertretung")
        verbose_name_plural = _("benannte Vertretungen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(ended_at__isnull=True),
                name="stand_in_one_at_a_time",
                violation_error_message=_("Für dieses Vorhaben ist schon eine Vertretung benannt."),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("by")),
                name="stand_in_named_by_another",
                violation_error_message=_("Niemand benennt sich selbst."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="stand_in_has_a_reason",
                violation_error_message=_("Begründen Sie, warum es diese Vertretung braucht."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="stand_in_ended_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.person}"
