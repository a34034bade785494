"""A call for ideas: gaps of the strategy, put to everybody who can hand in, from a day to a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, Handlungsbedarf
from governance.record.models import Chained, ReasonedRow
from pool.project.models import Project


class Call(Chained, ReasonedRow):
    """What the CDO asks ideas for. `reason` is its text; the row never changes but for its end."""

    chain_prefix = "call"

    title = models.CharField(_("Überschrift"), max_length=120)
    needs = models.ManyToManyField(
        Handlungsbedarf, through="CallNeed", related_name="calls", verbose_name=_("Handlungsbedarfe")
    )
    first_day = models.DateField(_("vom"))
    last_day = models.DateField(_("bis einschließlich"))
    issued_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    issued_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    issued_at = models.DateTimeField(_("veröffentlicht am"))
    ended_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(_("beendet am"), null=True, blank=True)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    is_example = models.BooleanField(_("Beispiel"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Aufruf für Ideen")
        verbose_name_plural = _("Aufrufe für Ideen")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="call_has_a_title",
                violation_error_message=_("Geben Sie dem Aufruf eine Überschrift."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="call_has_a_text",
                violation_error_message=_("Schreiben Sie, wofür Sie Ideen suchen."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="call_ends_after_it_begins",
                violation_error_message=_("Der letzte Tag liegt vor dem ersten."),
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="call_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["last_day", "first_day"], name="call_days")]

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        """What the call says."""
        return self.reason

    def digest_text(self) -> str:
        """Return heading and text as the one text that the record's hash stands for."""
        return f"{self.title}\n{self.reason}"


class CallNeed(models.Model):
    """A call asks ideas for this Handlungsbedarf."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="need_rows")
    handlungsbedarf = models.ForeignKey(Handlungsbedarf, on_delete=models.PROTECT, related_name="call_rows")

    class Meta:
        verbose_name = _("Handlungsbedarf eines Aufrufs")
        verbose_name_plural = _("Handlungsbedarfe eines Aufrufs")
        ordering = ["handlungsbedarf__handlungsfeld__number", "handlungsbedarf__number"]
        constraints = [models.UniqueConstraint(fields=["call", "handlungsbedarf"], name="call_names_a_need_once")]

    def __str__(self) -> str:
        return str(self.handlungsbedarf)


class CallIdea(models.Model):
    """The idea was begun in answer to this call. Whatever becomes of it, it came from there."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="ideas")
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="call_idea")

    class Meta:
        verbose_name = _("Idee zu einem Aufruf")
        verbose_name_plural = _("Ideen zu Aufrufen")
        ordering = ["call", "pk"]

    def __str__(self) -> str:
        return str(self.call_id)
