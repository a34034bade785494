"""Prüfschritt 2: the rating of record."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
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
