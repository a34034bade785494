"""Files that hang on an idea, and their being taken away again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from pool.attachments.rules import KINDS, LARGEST_FILE, NAME_LENGTH
from pool.project.models import Project


def stored_name(attachment: "Attachment", _original: str) -> str:
    """Return where a file is kept: a name nobody chose, under a folder no address leads to."""
    name = attachment.pk.hex
    return f"anlagen/{name[:2]}/{name}"


class Attachment(models.Model):
    """One file with an idea. It counts as part of the idea's text: who reads that, may download it."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        PNG = "png", _("Bild (PNG)")
        JPG = "jpg", _("Bild (JPEG)")
        WEBP = "webp", _("Bild (WebP)")
        DOCX = "docx", _("Word-Dokument")
        XLSX = "xlsx", _("Excel-Tabelle")
        PPTX = "pptx", _("PowerPoint-Präsentation")
        ODT = "odt", _("OpenDocument-Text")
        ODS = "ods", _("OpenDocument-Tabelle")
        ODP = "odp", _("OpenDocument-Präsentation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("Name"), max_length=NAME_LENGTH)
    kind = models.CharField(_("Art"), max_length=4, choices=Kind)
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=stored_name, max_length=80)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("hinzugefügt von"))
    at = models.DateTimeField(_("hinzugefügt am"))

    class Meta:
        verbose_name = _("Anlage")
        verbose_name_plural = _("Anlagen")
        ordering = ["project", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="attachment_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="attachment_has_a_name"),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=LARGEST_FILE),
                name="attachment_no_larger_than_allowed",
                violation_error_message=_("Die Datei ist zu groß, erlaubt sind 5 MB."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def media_type(self) -> str:
        """The type it is served with; follows from its content, not from what the browser said."""
        return KINDS[self.kind]


class AttachmentRemoval(models.Model):
    """An attachment was taken away. Its row stays; its file stays where the idea was handed in with it."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="removal")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("entfernt von"))
    at = models.DateTimeField(_("entfernt am"))
    is_file_kept = models.BooleanField(_("Datei bleibt erhalten"))

    class Meta:
        verbose_name = _("Entfernte Anlage")
        verbose_name_plural = _("Entfernte Anlagen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.attachment)
