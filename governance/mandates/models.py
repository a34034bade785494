"""Bodies, mandates and absences: by which right somebody acts."""

from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from governance.mandates.rules import Role
from governance.organisation.models import OrganisationUnit
from governance.record.models import Actor

SCOPES = ("body", "handlungsfeld", "unit", "deputy_for")


class Body(models.Model):
    """A group that decides or advises."""

    class Kind(models.TextChoices):
        LENKUNGSGRUPPE = "lenkungsgruppe", _("Lenkungsgruppe")
        BEIRAT = "beirat", _("Beirat für Digitalisierung")

    code = models.SlugField(_("Schlüssel"), max_length=40, unique=True)
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    name = models.CharField(_("Name"), max_length=120)
    # How many seats must be taken so that the group can decide; where it says nothing, more than half of them.
    quorum = models.PositiveSmallIntegerField(_("beschlussfähig ab so vielen besetzten Sitzen"), null=True, blank=True)
    is_example = models.BooleanField(_("Beispiel"), default=False)

    class Meta:
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["lenkungsgruppe", "beirat"]),
                name="body_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(quorum__isnull=True) | Q(quorum__gte=1),
                name="body_quorum_at_least_one",
                violation_error_message=_("Beschlussfähig ist ein Gremium frühestens mit einem besetzten Sitz."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MandateQuerySet(models.QuerySet):
    """Mandates by validity."""

    def valid_on(self, day: date) -> "MandateQuerySet":
        """Return the mandates held on `day`, last day included."""
        return self.filter(
            Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )


class Mandate(models.Model):
    """A person holds a role, for a body, a Handlungsfeld, a unit or nothing in particular, from a day to a day.

    A deputy's mandate names the mandate it deputises (`deputy_for`) and carries the same role.
    """

    person = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        related_name="mandates",
        verbose_name=_("Person"),
    )
    role = models.CharField(_("Rolle"), max_length=20, choices=Role)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("Gremium"))
    handlungsfeld = models.ForeignKey(
        "governance.Handlungsfeld",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Handlungsfeld"),
    )
    unit = models.ForeignKey(
        OrganisationUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Organisationseinheit"),
    )
    deputy_for = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("in Vertretung für"),
    )
    valid_from = models.DateField(_("gilt ab"))
    valid_until = models.DateField(_("gilt bis einschließlich"), null=True, blank=True)
    confidentiality_on = models.DateField(_("Verpflichtung zur Verschwiegenheit am"), null=True, blank=True)
    source = models.CharField(_("Grundlage"), max_length=300)
    granted_by = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("erteilt durch"),
    )
    granted_at = models.DateTimeField(_("erteilt am"))
    end_source = models.CharField(_("Grundlage des Endes"), max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mandat")
        verbose_name_plural = _("Mandate")
        ordering = ["role", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]),
                name="mandate_role_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="mandate_ends_after_it_begins",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        role__in=["employee", "unit_consent"],
                        unit__isnull=False,
                        body__isnull=True,
                        handlungsfeld__isnull=True,
                    )
                    | Q(
                        role="coordinator",
                        handlungsfeld__isnull=False,
                        body__isnull=True,
                        unit__isnull=True,
                    )
                    | Q(
                        role__in=["chair", "member", "advisory_office"],
                        body__isnull=False,
                        handlungsfeld__isnull=True,
                        unit__isnull=True,
                    )
                    | Q(
                        role__in=["cdo", "operator"],
                        body__isnull=True,
                        handlungsfeld__isnull=True,
                        unit__isnull=True,
                    )
                ),
                name="mandate_scope_fits_role",
                violation_error_message=_(
                    "Beschäftigte und wer für eine Stelle zustimmt, brauchen eine Einheit, Koordinierende ein "
                    "Handlungsfeld, Vorsitz, Mitglieder und Geschäftsführung ein Gremium; CDO und Betrieb stehen ohne "
                    "Bezug."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="mandate_names_its_source",
                violation_error_message=_("Nennen Sie die Grundlage, zum Beispiel die Verfügung und ihren Tag."),
            ),
            models.UniqueConstraint(
                "person",
                "role",
                *(Coalesce(name, Value(0), output_field=models.BigIntegerField()) for name in SCOPES),
                "valid_from",
                Coalesce("valid_until", Value(date.max), output_field=models.DateField()),
                name="mandate_granted_once",
                violation_error_message=_("Dieses Mandat ist schon erteilt, für dieselbe Zeit."),
            ),
            models.CheckConstraint(
                condition=~Q(deputy_for=F("id")),
                name="mandate_not_its_own_deputy",
                violation_error_message=_("Niemand vertritt sich selbst."),
            ),
        ]
        indexes = [models.Index(fields=["person", "valid_from"], name="mandate_person")]

    def __str__(self) -> str:
        scope = self.body or self.handlungsfeld or self.unit
        label = f"{self.get_role_display()} ({scope})" if scope else str(self.get_role_display())
        return f"{label}, Vertretung" if self.deputy_for_id else label


class Absence(models.Model):
    """Days on which a person is away; deputies act on these days."""

    person = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        related_name="absences",
        verbose_name=_("Person"),
    )
    first_day = models.DateField(_("erster Tag"))
    last_day = models.DateField(_("letzter Tag"))
    entered_by = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eingetragen durch"),
    )
    entered_at = models.DateTimeField(_("eingetragen am"))
    source = models.CharField(_("Grundlage"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Abwesenheit")
        verbose_name_plural = _("Abwesenheiten")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("Der letzte Tag liegt vor dem ersten."),
            ),
            models.CheckConstraint(
                condition=Q(person=F("entered_by")) | ~Q(source=""),
                name="absence_of_another_names_its_source",
                violation_error_message=_("Nennen Sie die Grundlage, zum Beispiel den Urlaubsplan."),
            ),
            models.UniqueConstraint(
                fields=["person", "first_day", "last_day"],
                name="absence_entered_once",
                violation_error_message=_("Diese Tage sind schon eingetragen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%d.%m.%Y} bis {self.last_day:%d.%m.%Y}"
