"""What the team of a project plans and reports: milestones, status reports, the proposal to complete it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record.models import ReasonedRow
from pool.delivery.milestones import MilestoneFacts
from pool.delivery.rules import ReportStanding
from pool.project.models import Precision, Project


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


PLANNED_PRECISIONS = (Precision.DAY, Precision.MONTH, Precision.YEAR)


class Milestone(ReasonedRow):
    """Something that can be told apart as reached or not. Its planned days are rows of their own; the last one's day
    stands here too. The reason is the one for giving it up.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("Was ist dann erreicht?"), max_length=120)
    is_public = models.BooleanField(_("für die Öffentlichkeit"), default=False)
    planned_on = models.DateField(_("geplant für"), editable=False)
    planned_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY, editable=False)
    planned_until = models.DateField(_("in der Zeit bis"), editable=False)
    first_planned_on = models.DateField(_("ursprünglich geplant für"), editable=False)
    first_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY, editable=False)
    reached_on = models.DateField(_("erreicht am"), null=True, blank=True, editable=False)
    given_up_on = models.DateField(_("aufgegeben am"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closing_source = models.CharField(_("Quelle"), max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField(_("zuletzt geändert am"), editable=False)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Meilenstein")
        verbose_name_plural = _("Meilensteine")
        ordering = ["project", "planned_until", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="milestone_has_a_title",
                violation_error_message=_("Sagen Sie, was dann erreicht ist."),
            ),
            models.CheckConstraint(
                condition=Q(planned_precision__in=PLANNED_PRECISIONS, first_precision__in=PLANNED_PRECISIONS)
                & Q(planned_until__gte=F("planned_on")),
                name="milestone_day_as_precise_as_known",
                violation_error_message=_("Sagen Sie, wie genau der Tag feststeht."),
            ),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True) | Q(given_up_on__isnull=True),
                name="milestone_reached_or_given_up",
                violation_error_message=_("Ein Meilenstein ist erreicht oder aufgegeben, nicht beides."),
            ),
            models.CheckConstraint(
                condition=Q(given_up_on__isnull=True, reason="")
                | Q(given_up_on__isnull=False) & (~Q(reason="") | Q(reason_removed_at__isnull=False)),
                name="milestone_given_up_for_a_reason",
                violation_error_message=_("Begründen Sie, warum der Meilenstein aufgegeben wird."),
            ),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True, given_up_on__isnull=True, closed_at__isnull=True)
                & Q(closed_by__isnull=True)
                | (Q(reached_on__isnull=False) | Q(given_up_on__isnull=False))
                & Q(closed_at__isnull=False, closed_by__isnull=False),
                name="milestone_closed_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["project", "planned_until"], name="milestone_next")]

    def __str__(self) -> str:
        return self.title

    @property
    def facts(self) -> MilestoneFacts:
        """The milestone as the rules take it."""
        return MilestoneFacts(
            title=self.title,
            planned_on=self.planned_on,
            precision=self.planned_precision,
            first_planned_on=self.first_planned_on,
            first_precision=self.first_precision,
            reached_on=self.reached_on,
            given_up_on=self.given_up_on,
        )


class FormerTitle(ReasonedRow):
    """What a milestone was called before, until when, and why no longer: a promise is not reworded unseen."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="former_titles")
    title = models.CharField(_("hieß bisher"), max_length=120)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("bis"))
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Früherer Titel eines Meilensteins")
        verbose_name_plural = _("Frühere Titel von Meilensteinen")
        ordering = ["milestone", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="former_title_is_no_blank",
                violation_error_message=_("Ein Meilenstein hatte immer einen Titel."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="milestone_renamed_for_a_reason",
                violation_error_message=_("Begründen Sie, warum der Titel ein anderer wird."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneDay(ReasonedRow):
    """A day for which a milestone was planned. Rows are only added; from the second on each says why. One that puts
    right that the milestone was called reached by mistake keeps the day it was called so.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="days")
    number = models.PositiveIntegerField(_("Planung"))
    day = models.DateField(_("geplant für"))
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    called_reached_on = models.DateField(_("war als erreicht festgehalten am"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("am"))
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Geplanter Tag eines Meilensteins")
        verbose_name_plural = _("Geplante Tage von Meilensteinen")
        ordering = ["milestone", "number"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "number"], name="milestone_day_number_once"),
            models.CheckConstraint(
                condition=Q(precision__in=PLANNED_PRECISIONS),
                name="milestone_day_precision_known",
                violation_error_message=_("Sagen Sie, wie genau der Tag feststeht."),
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="milestone_shifted_for_a_reason",
                violation_error_message=_("Begründen Sie, warum der Meilenstein verschoben wird."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class StatusReport(ReasonedRow):
    """How a project stands on a day, in the words of its team. Never changed; the next one puts a slip right."""

    reason_fields = ("happened", "coming")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="status_reports")
    as_of = models.DateField(_("Stand"))
    standing = models.CharField(_("Wie steht es?"), max_length=20, choices=ReportStanding)
    happened = models.TextField(_("Was ist geschehen?"), max_length=2000)
    coming = models.TextField(_("Was kommt als Nächstes?"), max_length=2000)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("am"))
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Statusbericht")
        verbose_name_plural = _("Statusberichte")
        ordering = ["project", "-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(standing__in=ReportStanding.values),
                name="report_standing_known",
                violation_error_message=_("Sagen Sie, wie das Vorhaben steht."),
            ),
            models.CheckConstraint(
                condition=~Q(happened="") & ~Q(coming="") | Q(reason_removed_at__isnull=False),
                name="report_says_something",
                violation_error_message=_("Schreiben Sie, was geschehen ist und was als Nächstes kommt."),
            ),
        ]
        indexes = [models.Index(fields=["project", "-as_of", "-id"], name="report_latest")]

    def __str__(self) -> str:
        return f"{self.as_of:%d.%m.%Y}: {self.get_standing_display()}"

    def digest_text(self) -> str:
        """Return both texts, as the record's hash stands for them."""
        return "\n".join(getattr(self, name) for name in self.reason_fields)
