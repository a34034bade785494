"""The form of the rating page: five levels with their anchors, a reason each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import RubricDimension, RubricLevel, RubricVersion
from governance.record.forms import TextField
from governance.strategy.rules import HIGHEST_LEVEL, LOWEST_LEVEL, Dimension
from pool.maturity.models import RatingDraft

REASON_LENGTH = 2000
LEVELS = [(str(level), str(level)) for level in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)]


class RatingForm(forms.Form):
    """Five levels and five reasons. Nothing is preselected; a draft may leave out what a rating of record needs."""

    def __init__(self, *args: Any, must_be_complete: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must_be_complete = must_be_complete
        for dimension in Dimension:
            self.fields[f"level_{dimension}"] = forms.ChoiceField(
                label=dimension.label,
                choices=LEVELS,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"invalid_choice": _("Wählen Sie eine der Stufen 0 bis 4.")},
            )
            self.fields[f"reason_{dimension}"] = TextField(
                label=_("Begründung zu {name}").format(name=dimension.label),
                required=False,
                max_length=REASON_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.must_be_complete:
            return cleaned
        for name in Dimension.values:
            if not cleaned.get(f"level_{name}") and f"level_{name}" not in self.errors:
                self.add_error(f"level_{name}", _("Vergeben Sie eine Stufe von 0 bis 4."))
            if not cleaned.get(f"reason_{name}") and f"reason_{name}" not in self.errors:
                self.add_error(f"reason_{name}", _("Begründen Sie die Stufe, am besten mit einem Nachweis."))
        return cleaned

    def levels(self) -> dict[str, int]:
        """Return the levels given so far."""
        given = {name: self.cleaned_data.get(f"level_{name}") for name in Dimension.values}
        return {name: int(level) for name, level in given.items() if level}

    def reasons(self) -> dict[str, str]:
        """Return the reasons given so far."""
        return {name: self.cleaned_data.get(f"reason_{name}", "") for name in Dimension.values}

    def content(self) -> dict[str, dict[str, object]]:
        """Return what is put aside."""
        return {"levels": dict(self.levels()), "reasons": dict(self.reasons())}

    def rows(self, rubric: RubricVersion) -> list["DimensionRow"]:
        """Return what the page shows for each dimension, in the rubric's order."""
        return [DimensionRow.of(self, dimension) for dimension in rubric.dimensions.all()]

    def missing(self) -> list[str]:
        """Return what a rating of record still lacks, a few words for each dimension, as typed or put aside."""
        missing = []
        for dimension in Dimension:
            has_level = str(self[f"level_{dimension}"].value() or "") in dict(LEVELS)
            has_reason = bool(str(self[f"reason_{dimension}"].value() or "").strip())
            if not has_level and not has_reason:
                missing.append(str(dimension.label))
            elif not has_level:
                missing.append(_("die Stufe zu {name}").format(name=dimension.label))
            elif not has_reason:
                missing.append(_("die Begründung zu {name}").format(name=dimension.label))
        return missing


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level with its radio button."""

    level: RubricLevel
    radio: Any


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One dimension on the rating page."""

    dimension: RubricDimension
    field: forms.BoundField
    levels: list[LevelRow]
    reason: forms.BoundField

    @classmethod
    def of(cls, form: RatingForm, dimension: RubricDimension) -> "DimensionRow":
        field = form[f"level_{dimension.code}"]
        radios = {str(radio.data["value"]): radio for radio in field}
        levels = sorted(dimension.levels.all(), key=lambda each: each.level)
        return cls(
            dimension=dimension,
            field=field,
            levels=[LevelRow(level, radios[str(level.level)]) for level in levels],
            reason=form[f"reason_{dimension.code}"],
        )


def initial_of(draft: RatingDraft | None) -> Mapping[str, object]:
    """Return what has been put aside as the form's first values."""
    if draft is None:
        return {}
    levels = {f"level_{name}": str(level) for name, level in draft.content.get("levels", {}).items()}
    return levels | {f"reason_{name}": text for name, text in draft.content.get("reasons", {}).items()}
