"""What has been written before: the words of each idea handed in, synonyms, and what people make of a likeness."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record.models import ReasonedRow
from pool.project.models import Project
from pool.similarity.rules import HIGHEST_WEIGHT, LONGEST_TERM


class SearchTerm(models.Model):
    """One term that occurs in some idea, to be found by its beginning and by its end."""

    text = models.CharField(max_length=LONGEST_TERM, unique=True)
    backwards = models.CharField(max_length=LONGEST_TERM, db_index=True)

    class Meta:
        verbose_name = _("Suchwort")
        verbose_name_plural = _("Suchwörter")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class SearchText(models.Model):
    """The version of an idea's text that the search knows; drafts have none."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="search_text")
    number = models.PositiveIntegerField(_("Fassung"))

    class Meta:
        verbose_name = _("Text für die Suche nach Ähnlichem")
        verbose_name_plural = _("Texte für die Suche nach Ähnlichem")

    def __str__(self) -> str:
        return str(self.project_id)


class SearchEntry(models.Model):
    """A term occurs in an idea; the title weighs more than the text."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="search_entries")
    term = models.ForeignKey(SearchTerm, on_delete=models.CASCADE, related_name="entries")
    weight = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("Wort einer Idee")
        verbose_name_plural = _("Wörter einer Idee")
        ordering = ["project", "term"]
        constraints = [
            models.UniqueConstraint(fields=["term", "project"], name="search_entry_once"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=HIGHEST_WEIGHT), name="search_entry_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.term_id} in {self.project_id}"


class SynonymGroup(models.Model):
    """Words for the same thing; the CDO keeps the list at the desk."""

    words = models.CharField(
        _("Wörter für dasselbe"),
        max_length=400,
        unique=True,
        help_text=_("Durch Komma getrennt, zum Beispiel: Handy, Smartphone, Mobiltelefon"),
    )

    class Meta:
        verbose_name = _("Synonyme")
        verbose_name_plural = _("Synonyme")
        ordering = ["words"]
        constraints = [
            models.CheckConstraint(
                condition=Q(words__contains=","),
                name="synonyms_are_several",
                violation_error_message=_("Nennen Sie mindestens zwei Wörter, durch Komma getrennt."),
            )
        ]

    def __str__(self) -> str:
        return self.words


class Difference(ReasonedRow):
    """Why an idea is another one than a similar project, in the words of its authors. Rows are only added."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="differences")
    other = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Unterschied zu einem ähnlichen Vorhaben")
        verbose_name_plural = _("Unterschiede zu ähnlichen Vorhaben")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "other"], condition=Q(is_current=True), name="difference_current_once"
            ),
            models.CheckConstraint(condition=~Q(project=F("other")), name="difference_to_another_project"),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="difference_is_explained",
                violation_error_message=_("Schreiben Sie, worin sich Ihre Idee unterscheidet."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} ist anders als {self.other_id}"


class JoinRequest(ReasonedRow):
    """Somebody asks to work on a project; whoever handed it in answers, once."""

    class Answer(models.TextChoices):
        OPEN = "open", _("noch ohne Antwort")
        ACCEPTED = "accepted", _("angenommen")
        DECLINED = "declined", _("abgelehnt")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="join_requests")
    at = models.DateTimeField(_("gefragt am"))
    answer = models.CharField(_("Antwort"), max_length=10, choices=Answer, default=Answer.OPEN)
    answered_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(_("beantwortet am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Bitte um Mitwirkung")
        verbose_name_plural = _("Bitten um Mitwirkung")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person"], condition=Q(answer="open"), name="join_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(answer="open", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answer__in=["accepted", "declined"], answered_by__isnull=False, answered_at__isnull=False),
                name="join_request_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="join_request_says_why",
                violation_error_message=_("Schreiben Sie in einem Satz, was Sie beitragen möchten."),
            ),
        ]

    def __str__(self) -> str:
        return f"Bitte um Mitwirkung {self.pk}"
