"""What the public may see: immutable text versions, consent, release."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, OrganisationUnit, Source
from governance.record.models import ReasonedRow
from pool.delivery.models import Milestone
from pool.project.models import Project
from pool.publication.release_rules import NOTE_LENGTH, PLAIN_TEXT_LENGTH, Change, PictureLicence


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
    plain_text = models.TextField(_("In einfacher Sprache"), max_length=PLAIN_TEXT_LENGTH, blank=True)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="texts")
    picture_alt = models.CharField(_("Bildbeschreibung"), max_length=300, blank=True)
    picture_author = models.CharField(_("Urheberin oder Urheber des Bildes"), max_length=160, blank=True)
    picture_licence = models.CharField(_("Bildlizenz"), max_length=20, choices=PictureLicence, blank=True)
    # Where the permission is filed: for the desk alone, never public.
    picture_permission = models.CharField(_("Wo die Erlaubnis liegt"), max_length=300, blank=True)
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
            models.CheckConstraint(
                condition=Q(picture__isnull=True)
                | Q(picture_licence=PictureLicence.UNNAMED)
                | Q(picture_licence__in=PictureLicence.named()) & ~Q(picture_author=""),
                name="picture_names_author_and_licence",
                violation_error_message=_("Nennen Sie zum Bild, wer es gemacht hat und unter welcher Lizenz es steht."),
            ),
            models.CheckConstraint(
                condition=~Q(picture_licence=PictureLicence.PERMISSION) | ~Q(picture_permission=""),
                name="picture_permission_is_filed",
                violation_error_message=_("Nennen Sie, wo die Erlaubnis für das Bild liegt."),
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


class ConsentRequest(ReasonedRow):
    """The CDO asks the lead unit to agree to one text version; `reason` is why the unit refused."""

    class State(models.TextChoices):
        OPEN = "open", _("wartet auf Antwort")
        AGREED = "agreed", _("zugestimmt")
        REFUSED = "refused", _("abgelehnt")
        WITHDRAWN = "withdrawn", _("zurückgezogen")
        VOID = "void", _("durch eine neue Fassung hinfällig")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="consent_requests")
    text = models.ForeignKey(PublicText, on_delete=models.CASCADE, related_name="consent_requests")
    unit = models.ForeignKey(OrganisationUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Stelle"))
    token = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    asked_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField(_("gebeten am"))
    ended_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(_("beantwortet am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Bitte um Zustimmung")
        verbose_name_plural = _("Bitten um Zustimmung")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="open"),
                name="consent_request_open_once",
                violation_error_message=_("Um Zustimmung ist schon gebeten; die Antwort steht noch aus."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | Q(
                    state__in=["agreed", "refused", "withdrawn", "void"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                ),
                name="consent_request_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="consent_refused_for_a_reason",
                violation_error_message=_("Begründen Sie, warum die Stelle nicht zustimmt."),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="consent_request_state")]

    def __str__(self) -> str:
        return f"{self.unit}, {self.get_state_display()}"


class Consent(models.Model):
    """The lead unit agrees to one text version: on paper, which the CDO records, or in the portal by who speaks for it.

    A consent on paper names a person; one given in the portal points to the actor, whose account can be erased.
    """

    text = models.OneToOneField(PublicText, on_delete=models.CASCADE, related_name="consent")
    unit = models.ForeignKey(OrganisationUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Stelle"))
    given_by = models.CharField(_("zugestimmt hat"), max_length=160, blank=True)
    giver = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    given_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    given_on = models.DateField(_("am"))
    recorded_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("festgehalten am"))

    class Meta:
        verbose_name = _("Zustimmung")
        verbose_name_plural = _("Zustimmungen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_by="") & Q(giver__isnull=True, given_in_place_of__isnull=True)
                | Q(given_by="", giver__isnull=False),
                name="consent_names_a_person",
                violation_error_message=_("Nennen Sie die Person, die zugestimmt hat."),
            ),
            models.CheckConstraint(
                condition=Q(giver__isnull=True) | Q(giver=F("recorded_by")),
                name="consent_in_the_portal_is_recorded_by_its_giver",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.given_on:%d.%m.%Y}"

    @property
    def who(self) -> str:
        """Say who agreed: the person named on paper, or who speaks for the unit in the portal."""
        return self.given_by or str(self.giver)


class Release(ReasonedRow):
    """A text version made public. Stands on the lead unit's consent, or on a public source and the day it was read.

    `is_current` marks what is public, `is_planned` what becomes public on a later day: from `released_at` on, its first
    moment, it holds in place of the current one without anybody doing anything; `released_projects` reads it so. The
    next act on the project then sorts the two marks. A planned one taken back before its day was called off.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    text = models.ForeignKey(PublicText, on_delete=models.PROTECT, related_name="releases")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    source_read_on = models.DateField(_("Quelle gelesen am"), null=True, blank=True)
    released_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    released_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    released_at = models.DateTimeField(_("veröffentlicht am"))
    planned_at = models.DateTimeField(_("geplant am"), null=True, blank=True)
    change = models.CharField(_("Was sich ändert"), max_length=10, choices=Change, blank=True)
    note = models.CharField(_("Berichtigung"), max_length=NOTE_LENGTH, blank=True)
    taken_back_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    taken_back_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)
    is_current = models.BooleanField(default=True)
    is_planned = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Veröffentlichung")
        verbose_name_plural = _("Veröffentlichungen")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(is_current=True), name="release_current_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(is_planned=True),
                name="release_planned_once",
                violation_error_message=_("Für dieses Vorhaben ist schon eine Veröffentlichung geplant."),
            ),
            models.CheckConstraint(
                condition=Q(is_planned=False)
                | Q(is_current=False, planned_at__isnull=False, released_at__gt=F("planned_at")),
                name="release_planned_for_later",
                violation_error_message=_("Geplant wird für einen späteren Tag."),
            ),
            models.CheckConstraint(
                condition=Q(change="noted") & ~Q(note="") | Q(change__in=["", "editorial"], note=""),
                name="release_note_where_noted",
                violation_error_message=_("Schreiben Sie, was berichtigt ist, oder wählen Sie „redaktionell“."),
            ),
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
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False, is_current=False, is_planned=False),
                name="release_taken_back_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["is_current", "-released_at"], name="release_current")]

    def __str__(self) -> str:
        return f"{self.project_id}, {self.released_at:%d.%m.%Y}"

    @property
    def was_called_off(self) -> bool:
        """Tell whether it was planned and taken back before its day came."""
        return self.taken_back_at is not None and self.taken_back_at < self.released_at
