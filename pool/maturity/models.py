"""Prüfschritt 2: opinions, the rating of record, its countersignature, inner comments, sample ratings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, RubricVersion
from governance.record.models import ReasonedRow
from governance.record.rules import joined_reasons
from governance.strategy.rules import Dimension
from pool.project.models import Project

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LEVEL_MESSAGE = _("Eine Stufe liegt zwischen 0 und 4.")
REASON_MESSAGE = _("Nennen Sie zu jeder Stufe einen Grund.")


def _level(label: "str | StrPromise") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label)


def _level_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__gte": 0, f"{name}__lte": 4}),
        name=f"rating_{name}_0_to_4",
        violation_error_message=LEVEL_MESSAGE,
    )


def _reason_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(**{f"{name}_reason": ""}) | Q(reason_removed_at__isnull=False),
        name=f"rating_{name}_has_a_reason",
        violation_error_message=REASON_MESSAGE,
    )


class Rating(ReasonedRow):
    """The rating of record: five levels 0–4, a reason each. One is current per project; older rounds are kept."""

    reason_fields = tuple(f"{name}_reason" for name in Dimension.values)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ratings")
    number = models.PositiveIntegerField(_("Runde"))
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="ratings")
    vernetzung = _level(_("Vernetzung"))
    effect_inward = _level(_("Wirkung nach innen"))
    effect_outward = _level(_("Wirkung nach außen"))
    kompetenzaufbau = _level(_("Kompetenzaufbau"))
    synergien = _level(_("Synergien"))
    vernetzung_reason = models.TextField(_("Begründung: Vernetzung"), max_length=2000)
    effect_inward_reason = models.TextField(_("Begründung: Wirkung nach innen"), max_length=2000)
    effect_outward_reason = models.TextField(_("Begründung: Wirkung nach außen"), max_length=2000)
    kompetenzaufbau_reason = models.TextField(_("Begründung: Kompetenzaufbau"), max_length=2000)
    synergien_reason = models.TextField(_("Begründung: Synergien"), max_length=2000)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="rating_number_once"),
            models.UniqueConstraint(fields=["project"], condition=Q(is_current=True), name="rating_current_once"),
            *[_level_check(name) for name in Dimension.values],
            *[_reason_check(name) for name in Dimension.values],
        ]

    def __str__(self) -> str:
        return f"Bewertung {self.number}"

    @property
    def countersigned(self) -> "Countersignature | None":
        """The countersignature, if there is one; no query where it was selected with the rating."""
        return getattr(self, "countersignature", None)

    @property
    def effect(self) -> int:
        """The degree of effect: the larger of inward and outward."""
        return max(self.effect_inward, self.effect_outward)

    @property
    def levels(self) -> dict[str, int]:
        """The five levels by dimension."""
        return {name: getattr(self, name) for name in Dimension.values}

    @property
    def reasons(self) -> dict[str, str]:
        """The five reasons by dimension."""
        return {name: getattr(self, f"{name}_reason") for name in Dimension.values}

    def digest_text(self) -> str:
        """Return the five reasons as the one text that the record's hash stands for."""
        return joined_reasons(self.reasons)


class RatingDraft(models.Model):
    """What has been typed on the rating page so far; counts for nothing until it is written as the rating of record."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="rating_draft")
    content = models.JSONField()
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Zwischenstand der Bewertung")
        verbose_name_plural = _("Zwischenstände der Bewertung")

    def __str__(self) -> str:
        return str(self.project_id)


def _own_level(label: "str | StrPromise") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


def _own_reason(label: "str | StrPromise") -> models.TextField:
    return models.TextField(label, max_length=2000, blank=True)


def _any_level() -> Q:
    given = Q()
    for name in Dimension.values:
        given |= Q(**{f"{name}__isnull": False})
    return given


class Opinion(ReasonedRow):
    """What one person says about a project in one round: levels with reasons, or that they abstain or are biased.

    A level that was left out is empty, never 0. Rows are only added; `is_current` marks the one that counts. `reason`
    is why somebody abstains or is biased.
    """

    reason_fields = (*(f"{name}_reason" for name in Dimension.values), "reason")

    class State(models.TextChoices):
        SENT = "sent", _("gesendet")
        ABSTAINED = "abstained", _("enthalten")
        BIASED = "biased", _("befangen")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="opinions")
    round = models.PositiveIntegerField(_("Runde"))
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="opinions")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(_("Stand"), max_length=10, choices=State)
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="+")
    vernetzung = _own_level(_("Vernetzung"))
    effect_inward = _own_level(_("Wirkung nach innen"))
    effect_outward = _own_level(_("Wirkung nach außen"))
    kompetenzaufbau = _own_level(_("Kompetenzaufbau"))
    synergien = _own_level(_("Synergien"))
    vernetzung_reason = _own_reason(_("Begründung: Vernetzung"))
    effect_inward_reason = _own_reason(_("Begründung: Wirkung nach innen"))
    effect_outward_reason = _own_reason(_("Begründung: Wirkung nach außen"))
    kompetenzaufbau_reason = _own_reason(_("Begründung: Kompetenzaufbau"))
    synergien_reason = _own_reason(_("Begründung: Synergien"))
    at = models.DateTimeField(_("am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Einschätzung")
        verbose_name_plural = _("Einschätzungen")
        ordering = ["project", "round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "round", "person"],
                condition=Q(is_current=True),
                name="opinion_once_per_person_and_round",
                violation_error_message=_("In dieser Runde gibt es schon eine Einschätzung von Ihnen."),
            ),
            models.CheckConstraint(condition=Q(state__in=["sent", "abstained", "biased"]), name="opinion_state_known"),
            models.CheckConstraint(
                condition=Q(state="sent") & _any_level() | ~Q(state="sent") & ~_any_level(),
                name="opinion_has_levels_exactly_when_sent",
                violation_error_message=_("Vergeben Sie mindestens eine Stufe, oder enthalten Sie sich."),
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 4}),
                    name=f"opinion_{name}_0_to_4",
                    violation_error_message=LEVEL_MESSAGE,
                )
                for name in Dimension.values
            ],
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True})
                    | ~Q(**{f"{name}_reason": ""})
                    | Q(reason_removed_at__isnull=False),
                    name=f"opinion_{name}_has_a_reason",
                    violation_error_message=REASON_MESSAGE,
                )
                for name in Dimension.values
            ],
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def levels(self) -> dict[str, int | None]:
        """The five levels by dimension; None where one was left out."""
        return {name: getattr(self, name) for name in Dimension.values}

    @property
    def reasons(self) -> dict[str, str]:
        """The five reasons by dimension."""
        return {name: getattr(self, f"{name}_reason") for name in Dimension.values}

    def digest_text(self) -> str:
        """Return every reason as the one text that the record's hash stands for."""
        return joined_reasons({**self.reasons, "reason": self.reason})


class OpinionDraft(models.Model):
    """What one person has typed so far; read by nobody else, gone when it is sent or the round closes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="opinion_drafts")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Zwischenstand einer Einschätzung")
        verbose_name_plural = _("Zwischenstände von Einschätzungen")
        ordering = ["project", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="opinion_draft_once_per_person")]

    def __str__(self) -> str:
        return str(self.project_id)


class Countersignature(ReasonedRow):
    """A second person stands by a rating of record: from the lead Handlungsfeld or the deputy CDO. Moves nothing.

    `rated_by` repeats who rated, so that the database can refuse the same person; `reason` is a remark, if any.
    """

    class Capacity(models.TextChoices):
        COORDINATOR = "coordinator", _("Handlungsfeldkoordination")
        DEPUTY_CDO = "deputy_cdo", _("Vertretung der CDO")

    rating = models.OneToOneField(Rating, on_delete=models.CASCADE, related_name="countersignature")
    rated_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    capacity = models.CharField(_("als"), max_length=12, choices=Capacity)
    at = models.DateTimeField(_("am"))

    class Meta:
        verbose_name = _("Gegenzeichnung")
        verbose_name_plural = _("Gegenzeichnungen")
        ordering = ["rating"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(by=F("rated_by")),
                name="countersigned_by_another_person",
                violation_error_message=_("Wer bewertet hat, zeichnet nicht gegen."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__in=["coordinator", "deputy_cdo"]), name="countersignature_capacity_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_capacity_display())


class InnerComment(ReasonedRow):
    """A word for inside only. Rows are only added; the text (`reason`) can be blacked out, never changed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="inner_comments")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("am"))
    removed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("Interner Kommentar")
        verbose_name_plural = _("Interne Kommentare")
        ordering = ["project", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_removed_at__isnull=True, removed_by__isnull=True) & ~Q(reason="")
                | Q(reason_removed_at__isnull=False, removed_by__isnull=False, reason=""),
                name="inner_comment_says_something_or_is_blacked_out",
                violation_error_message=_("Schreiben Sie einen Kommentar."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One dimension of a sample rating."""

    name: "str | StrPromise"
    level: int
    reason: str


class SampleRating(models.Model):
    """An example for calibration: a sketched project with agreed levels and why, for one version of the rubric."""

    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="samples")
    number = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=120)
    text = models.TextField(_("Worum es geht"), max_length=2000)
    levels = models.JSONField(_("Stufen"))
    reasons = models.JSONField(_("Begründungen"))
    is_example = models.BooleanField(_("Beispiel"), default=True)

    class Meta:
        verbose_name = _("Musterbewertung")
        verbose_name_plural = _("Musterbewertungen")
        ordering = ["rubric", "number"]
        constraints = [models.UniqueConstraint(fields=["rubric", "number"], name="sample_rating_number_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def rows(self) -> list[SampleRow]:
        """The agreed levels with their reasons, in the order of the procedure."""
        return [SampleRow(each.label, self.levels[each.value], self.reasons[each.value]) for each in Dimension]
