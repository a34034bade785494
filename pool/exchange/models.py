"""Lists of ideas that were read in with the row of each idea, and the states in which meeting packs were made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from pool.decision.models import Sitting
from pool.project.models import Project


class IdeaList(models.Model):
    """One file of ideas, read in once. The same file again is known by its fingerprint."""

    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("Datei"), max_length=120)
    source = models.CharField(_("Anlass"), max_length=200)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("eingelesen von"))
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("eingelesen am"))
    is_example = models.BooleanField(_("Beispiel"))

    class Meta:
        verbose_name = _("Eingelesene Liste")
        verbose_name_plural = _("Eingelesene Listen")
        ordering = ["-at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sha256", "is_example"], name="idea_list_read_once"),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="idea_list_names_its_source",
                violation_error_message=_("Nennen Sie den Anlass, aus dem die Liste stammt."),
            ),
        ]

    def __str__(self) -> str:
        return self.source


class ListedIdea(models.Model):
    """The row that an idea came from; its key keeps the same row from becoming a second idea."""

    idea_list = models.ForeignKey(IdeaList, on_delete=models.CASCADE, related_name="rows")
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="listed_row")
    key = models.CharField(_("Kennung"), max_length=80)
    row_number = models.PositiveIntegerField(_("Zeile"))
    is_example = models.BooleanField(_("Beispiel"))

    class Meta:
        verbose_name = _("Zeile einer Liste")
        verbose_name_plural = _("Zeilen einer Liste")
        ordering = ["idea_list", "row_number"]
        constraints = [models.UniqueConstraint(fields=["key", "is_example"], name="listed_idea_once_per_key")]

    def __str__(self) -> str:
        return self.key


class MeetingPack(models.Model):
    """That the pack of a sitting (after closing, its minutes) was made in this state. Rows are only ever added.

    It keeps a digest per entry, no text: enough to say later what has changed since.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="packs", verbose_name=_("Sitzung"))
    is_minutes = models.BooleanField(_("Niederschrift"))
    contents = models.JSONField(_("Prüfsummen der Teile"))
    digest = models.CharField(_("Prüfsumme"), max_length=64)
    made_by = models.ForeignKey(
        Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("zusammengestellt von")
    )
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(_("zusammengestellt am"))

    class Meta:
        verbose_name = _("Sitzungsmappe")
        verbose_name_plural = _("Sitzungsmappen")
        ordering = ["sitting", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(digest=""), name="meeting_pack_has_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}, {self.made_at:%d.%m.%Y}"
