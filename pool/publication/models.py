"""What the public may see: immutable text versions, consent, release."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, OrganisationUnit, Source
from governance.record.models import ReasonedRow
from pool.delivery.models import Milestone
from pool.project.models import Project


class Picture(models.Model):
    """A picture for a public text, re-encoded at upload and named by its own hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("Bild")
        verbose_name_plural = _("Bilder")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:12]


class PublicText(models.Model):
    """One version of the public text of a project. Never changed; a correction is the next version."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="public_texts")
    number = models.PositiveIntegerField(_("Fassung"))
    title = models.CharField(_("Titel"), max_length=120)
    short_text = models.CharField(_("Kurztext"), max_length=400)
    why = models.TextField(_("Warum"), max_length=4000, blank=True)
    learnt = models.TextField(_("Was wir gelernt haben"), max_length=4000, blank=True)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="texts")
    picture_alt = models.CharField(_("Bildbeschreibung"), max_length=300, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    search_terms = models.TextField(editable=False, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("am"))

    class Meta:
        verbose_name = _("Öffentlicher Text")
        verbose_name_plural = _("Öffentliche Texte")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="public_text_number_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(short_text=""),
                name="public_text_has_title_and_short_text",
                violation_error_message=_("Der öffentliche Text braucht Titel und Kurztext."),
            ),
            models.CheckConstraint(
                condition=Q(picture__isnull=True) | ~Q(picture_alt=""),
                name="picture_has_a_description",
                violation_error_message=_("Beschreiben Sie das Bild für Menschen, die es nicht sehen."),
            ),
        ]

    def __str__(self) -> str:
        return f"Öffentliche Fassung {self.number}"


class PublicMilestone(models.Model):
    """The title of a milestone as one text version holds it. Its days and whether it is reached are facts."""

    text = models.ForeignKey(PublicText, on_delete=models.CASCADE, related_name="milestones")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="public_titles")
    title = models.CharField(_("Meilenstein"), max_length=120)

    class Meta:
        verbose_name = _("Öffentlicher Meilenstein")
        verbose_name_plural = _("Öffentliche Meilensteine")
        ordering = ["text", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["text", "milestone"], name="public_milestone_once"),
            models.CheckConstraint(condition=~Q(title=""), name="public_milestone_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Consent(models.Model):
    """The lead unit agrees to one text version; the CDO records who and when."""

    text = models.OneToOneField(PublicText, on_delete=models.CASCADE, related_name="consent")
    unit = models.ForeignKey(OrganisationUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Stelle"))
    given_by = models.CharField(_("zugestimmt hat"), max_length=160)
    given_on = models.DateField(_("am"))
    recorded_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("festgehalten am"))

    class Meta:
        verbose_name = _("Zustimmung")
        verbose_name_plural = _("Zustimmungen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_by=""),
                name="consent_names_a_person",
                violation_error_message=_("Nennen Sie die Person, die zugestimmt hat."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.given_on:%d.%m.%Y}"


class Release(ReasonedRow):
    """A text version made public. Stands on the lead unit's consent, or on a public source and the day it was read."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    text = models.ForeignKey(PublicText, on_delete=models.PROTECT, related_name="releases")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    source_read_on = models.DateField(_("Quelle gelesen am"), null=True, blank=True)
    released_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    released_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    released_at = models.DateTimeField(_("veröffentlicht am"))
    taken_back_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    taken_back_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Veröffentlichung")
        verbose_name_plural = _("Veröffentlichungen")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(is_current=True), name="release_current_once"),
            models.CheckConstraint(
                condition=Q(consent__isnull=False, source__isnull=True, source_read_on__isnull=True)
                | Q(consent__isnull=True, source__isnull=False, source_read_on__isnull=False),
                name="release_stands_on_consent_or_source",
                violation_error_message=_(
                    "Eine Veröffentlichung braucht die Zustimmung der federführenden Stelle oder, bei übernommenen "
                    "Projekten, eine öffentliche Quelle und den Tag, an dem sie gelesen wurde."
                ),
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False, is_current=False),
                name="release_taken_back_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["is_current", "-released_at"], name="release_current")]

    def __str__(self) -> str:
        return f"{self.project_id}, {self.released_at:%d.%m.%Y}"
