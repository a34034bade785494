"""Rule versions, class marks, and each assessed project's place."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, RubricVersion
from governance.record.models import ReasonedRow
from pool.maturity.models import Rating
from pool.priority.rules import DEFAULT_INTERVAL, WIDEST_INTERVAL
from pool.project.models import Project


class RuleVersionQuerySet(models.QuerySet):
    """Rule versions by validity."""

    def in_force(self, day, *, with_examples: bool = False) -> "RuleVersionQuerySet":
        """Return the version that holds on `day` first; reading picks it, no clock job.

        An example rule, adopted or not, holds among examples alone: it never orders anything real.
        """
        rows = self.filter(valid_from__lte=day, is_pending=False).order_by("-valid_from", "-number")
        return rows if with_examples else rows.filter(is_example=False)


class RuleVersion(models.Model):
    """Weights, class rule and accepted interval. Version 1 comes with the software, without a Beschluss; others belong
    to an item.

    `accepted_interval`: by how many points each weight may differ without the group calling the order another one; the
    safety of a place is computed over all weightings inside it.
    """

    number = models.PositiveIntegerField(_("Nummer"), unique=True)
    valid_from = models.DateField(_("gilt ab"))
    weight_vernetzung = models.PositiveSmallIntegerField(_("Gewicht Vernetzung"), default=25)
    weight_effect = models.PositiveSmallIntegerField(_("Gewicht Wirkung"), default=25)
    weight_kompetenzaufbau = models.PositiveSmallIntegerField(_("Gewicht Kompetenzaufbau"), default=25)
    weight_synergien = models.PositiveSmallIntegerField(_("Gewicht Synergien"), default=25)
    effect_threshold = models.PositiveSmallIntegerField(_("Wirkung ab Stufe"), default=3)
    accepted_interval = models.PositiveSmallIntegerField(
        _("Spielraum je Gewicht in Prozentpunkten"), default=DEFAULT_INTERVAL
    )
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, verbose_name=_("Stufentexte"))
    is_pending = models.BooleanField(_("noch nicht beschlossen und ohne Wirkung"), default=False, editable=False)
    is_example = models.BooleanField(_("Beispiel"), default=False, editable=False)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Regelfassung")
        verbose_name_plural = _("Regelfassungen")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    weight_vernetzung=100 - F("weight_effect") - F("weight_kompetenzaufbau") - F("weight_synergien")
                ),
                name="rule_weights_sum_to_100",
                violation_error_message=_("Die vier Gewichte ergeben zusammen 100 Prozent."),
            ),
            models.CheckConstraint(
                condition=Q(effect_threshold__gte=0, effect_threshold__lte=4), name="rule_threshold_0_to_4"
            ),
            models.CheckConstraint(
                condition=Q(accepted_interval__gte=0, accepted_interval__lte=WIDEST_INTERVAL),
                name="rule_interval_0_to_15",
                violation_error_message=_("Der Spielraum je Gewicht liegt zwischen 0 und 15 Prozentpunkten."),
            ),
        ]

    def __str__(self) -> str:
        return f"Regelfassung {self.number}"


class ClassMark(ReasonedRow):
    """One word on a project's class: a mark proposed, confirmed, refused or withdrawn. The current row counts."""

    class Mark(models.TextChoices):
        LEUCHTTURM = "leuchtturm", _("Leuchtturm")
        SCHNELLBOOT = "schnellboot", _("Schnellboot")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("vorgeschlagen")
        CONFIRMED = "confirmed", _("bestätigt")
        REFUSED = "refused", _("abgelehnt")
        WITHDRAWN = "withdrawn", _("zurückgenommen")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="class_marks")
    mark = models.CharField(_("Klasse"), max_length=20, choices=Mark)
    state = models.CharField(_("Stand"), max_length=20, choices=State)
    start_on = models.DateField(_("Beginn"), null=True, blank=True)
    visible_on = models.DateField(_("sichtbares Ergebnis"), null=True, blank=True)
    latest_visible_on = models.DateField(_("spätestens sichtbar"), null=True, blank=True, editable=False)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Klasse eines Projekts")
        verbose_name_plural = _("Klassen der Projekte")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "mark"], condition=Q(is_current=True), name="class_mark_current_once"
            ),
            models.CheckConstraint(condition=Q(mark__in=["leuchtturm", "schnellboot"]), name="class_mark_known"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "confirmed", "refused", "withdrawn"]), name="class_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "refused"]) | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="class_mark_has_a_reason",
                violation_error_message=_("Begründen Sie die Einstufung."),
            ),
            # "At most twelve months apart": the action writes start + 12 months beside the days, the database compares.
            models.CheckConstraint(
                condition=Q(mark="leuchtturm")
                | Q(state__in=["refused", "withdrawn"])
                | Q(
                    start_on__isnull=False,
                    visible_on__isnull=False,
                    latest_visible_on__isnull=False,
                    visible_on__gte=F("start_on"),
                    visible_on__lte=F("latest_visible_on"),
                ),
                name="schnellboot_visible_within_twelve_months",
                violation_error_message=_(
                    "Ein Schnellboot nennt Beginn und sichtbares Ergebnis, höchstens zwölf Monate auseinander."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mark_display()}, {self.get_state_display()}"


class Place(models.Model):
    """What an assessed project is ordered by, stored by the actions under the rule in force when written.

    Integers only: the same rows give the same order on both databases, always. Deleted when the project leaves
    `assessed`. Lower means further down for every column.

    `level_ranges` keeps the lowest and the highest level that opinions named in the round of the rating, where at least
    two did. That round is over once the project is rated, so they stay as long as the place does.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="place")
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="+")
    rule_version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    in_priority_class = models.BooleanField(_("in der Vorrangklasse"))
    score = models.PositiveSmallIntegerField(_("Punkte (0 bis 400)"))
    effect = models.PositiveSmallIntegerField()
    smaller_effect = models.PositiveSmallIntegerField()
    vernetzung = models.PositiveSmallIntegerField()
    synergien = models.PositiveSmallIntegerField()
    kompetenzaufbau = models.PositiveSmallIntegerField()
    level_ranges = models.JSONField(_("Spannen der Einschätzungen"), default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("Platz")
        verbose_name_plural = _("Plätze")
        ordering = [
            "-in_priority_class", "-score", "-effect", "-smaller_effect", "-vernetzung", "-synergien",
            "-kompetenzaufbau", "project__pool_number",
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=400), name="place_score_0_to_400"),
        ]
        indexes = [
            models.Index(
                fields=[
                    "-in_priority_class", "-score", "-effect", "-smaller_effect", "-vernetzung", "-synergien",
                    "-kompetenzaufbau",
                ],
                name="place_order",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project_id}: {self.score}"


class StabilityResult(models.Model):
    """How safe the places of one state of the data are, computed once and found again by that state's digest.

    `digest` stands for the rated projects' values, weights, threshold and interval, so a row is never out of date, only
    no longer asked for; `content` is canonical JSON without any project or person. The same on both databases.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.TextField()

    class Meta:
        verbose_name = _("Sicherheit der Plätze")
        verbose_name_plural = _("Sicherheit der Plätze")
        ordering = ["digest"]

    def __str__(self) -> str:
        return self.digest[:12]
