"""Sources, the organisation tree of the Konzern Stadt Mainz, and the portal's accounts."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A public page that a fact was read on."""

    key = models.CharField(_("Kürzel"), max_length=20, unique=True)
    title = models.CharField(_("Titel"), max_length=200)
    address = models.URLField(_("Adresse"), max_length=500)

    class Meta:
        verbose_name = _("Quelle")
        verbose_name_plural = _("Quellen")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title or self.key


class UnitQuerySet(models.QuerySet):
    """Units by validity."""

    def valid_on(self, day: date) -> "UnitQuerySet":
        """Return the units that exist on `day`, last day included."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )


class OrganisationUnit(models.Model):
    """A node of the organisation tree. Units are renamed, split and merged: a project keeps the unit of its day."""

    class Kind(models.TextChoices):
        GROUP = "group", _("Konzern")
        DEZERNAT = "dezernat", _("Dezernat")
        AMT = "amt", _("Amt")
        EIGENBETRIEB = "eigenbetrieb", _("Eigenbetrieb")
        COMPANY = "company", _("Gesellschaft")
        STABSSTELLE = "stabsstelle", _("Stabsstelle")
        ABTEILUNG = "abteilung", _("Abteilung")
        ORTSVERWALTUNG = "ortsverwaltung", _("Ortsverwaltung")
        OTHER = "other", _("Sonstige Stelle")

    code = models.SlugField(_("Schlüssel"), max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=160)
    short_name = models.CharField(_("Kurzname"), max_length=60, blank=True)
    number = models.CharField(_("Amtsnummer"), max_length=10, blank=True)
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("gehört zu"),
    )
    parent_is_example = models.BooleanField(_("Zuordnung: Beispiel"), default=False)
    valid_from = models.DateField(_("besteht seit"), null=True, blank=True)
    valid_until = models.DateField(_("bestand bis"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="predecessors",
        verbose_name=_("Nachfolge"),
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("Quelle"),
    )
    is_example = models.BooleanField(_("Beispiel"), default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("Organisationseinheit")
        verbose_name_plural = _("Organisationseinheiten")
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="unit_ends_after_it_begins",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "group",
                        "dezernat",
                        "amt",
                        "eigenbetrieb",
                        "company",
                        "stabsstelle",
                        "abteilung",
                        "ortsverwaltung",
                        "other",
                    ]
                ),
                name="unit_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="unit_not_its_own_parent",
                violation_error_message=_("Eine Einheit kann nicht sich selbst untergeordnet sein."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """An account: sign-in and a name. Rights and the unit come from mandates alone."""

    is_demo = models.BooleanField(_("Beispielkonto"), default=False, editable=False)

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
