"""The forms of the rating page and of an opinion: five levels with their anchors, a reason each; inner comments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import RubricDimension, RubricLevel, RubricVersion
from governance.record.forms import ReasonField, TextField
from governance.strategy.rules import HIGHEST_LEVEL, LOWEST_LEVEL, Dimension
from pool.maturity.models import Opinion, OpinionDraft, RatingDraft
from pool.maturity.queries import DimensionSpread, RoundOfOpinions

REASON_LENGTH = 2000
LEFT_OUT = "keine"
LEVELS = [(str(level), str(level)) for level in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)]


class RatingForm(forms.Form):
    """Five levels and five reasons. Nothing is preselected; a draft may leave out what a rating of record needs."""

    choices: list[tuple[str, Any]] = [*LEVELS]

    def __init__(self, *args: Any, must_be_complete: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must_be_complete = must_be_complete
        for dimension in Dimension:
            self.fields[f"level_{dimension}"] = forms.ChoiceField(
                label=dimension.label,
                choices=self.choices,
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
        return {name: int(level) for name, level in given.items() if level and level != LEFT_OUT}

    def reasons(self) -> dict[str, str]:
        """Return the reasons given so far."""
        return {name: self.cleaned_data.get(f"reason_{name}", "") for name in Dimension.values}

    def content(self) -> dict[str, dict[str, object]]:
        """Return what is put aside."""
        return {"levels": dict(self.levels()), "reasons": dict(self.reasons())}

    def rows(self, rubric: RubricVersion, opinions: RoundOfOpinions | None = None) -> list["DimensionRow"]:
        """Return what the page shows for each dimension, in the rubric's order; with opinions, how they lie."""
        dimensions = rubric.dimensions.prefetch_related("levels")
        return [DimensionRow.of(self, each, opinions.of(each.code) if opinions else None) for each in dimensions]

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
    left_out: Any = None
    opinions: DimensionSpread | None = None

    @classmethod
    def of(
        cls, form: RatingForm, dimension: RubricDimension, opinions: DimensionSpread | None = None
    ) -> "DimensionRow":
        field = form[f"level_{dimension.code}"]
        radios = {str(radio.data["value"]): radio for radio in field}
        levels = sorted(dimension.levels.all(), key=lambda each: each.level)
        return cls(
            dimension=dimension,
            field=field,
            levels=[LevelRow(level, radios[str(level.level)]) for level in levels],
            reason=form[f"reason_{dimension.code}"],
            left_out=radios.get(LEFT_OUT),
            opinions=opinions,
        )


class OpinionForm(RatingForm):
    """An opinion: as many levels as somebody can give, a reason for each; "keine Angabe" is never 0."""

    choices = [*LEVELS, (LEFT_OUT, _("keine Angabe"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super(RatingForm, self).clean() or {}
        if not self.must_be_complete:
            return cleaned
        names = Dimension.values
        for name in names:
            level, reason = cleaned.get(f"level_{name}"), cleaned.get(f"reason_{name}")
            if level and level != LEFT_OUT and not reason and f"reason_{name}" not in self.errors:
                self.add_error(f"reason_{name}", _("Begründen Sie die Stufe, am besten mit einem Nachweis."))
            if reason and not level and f"level_{name}" not in self.errors:
                self.add_error(f"level_{name}", _("Vergeben Sie eine Stufe, oder wählen Sie „keine Angabe“."))
        if not self.errors and all(cleaned.get(f"level_{name}") in ("", LEFT_OUT) for name in names):
            self.add_error(f"level_{names[0]}", _("Vergeben Sie mindestens eine Stufe, oder enthalten Sie sich."))
        return cleaned

    def content(self) -> dict[str, dict[str, object]]:
        left_out = {name: LEFT_OUT for name in Dimension.values if self.cleaned_data.get(f"level_{name}") == LEFT_OUT}
        return {"levels": {**self.levels(), **left_out}, "reasons": dict(self.reasons())}

    @property
    def says_something(self) -> bool:
        """Tell whether anything is typed or chosen."""
        return any(self.cleaned_data.values())


class StandBackForm(forms.Form):
    """Why somebody abstains or is biased; both may stay without words."""

    reason = TextField(
        label=_("Warum? (freiwillig; das Büro der CDO liest es)"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )


class RemarkForm(forms.Form):
    """A remark beside a countersignature."""

    reason = TextField(
        label=_("Anmerkung (freiwillig)"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )


class CommentForm(forms.Form):
    """A word for inside only."""

    text = ReasonField(
        label=_("Ihr Kommentar"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Schreiben Sie einen Kommentar.")},
    )


def opinion_initial(draft: OpinionDraft | None, sent: Opinion | None) -> Mapping[str, object]:
    """Return the first values of an opinion's form: what was put aside, else what was sent."""
    if draft is not None or sent is None:
        return initial_of(draft)
    levels = {
        f"level_{name}": LEFT_OUT if level is None else str(level)
        for name, level in sent.levels.items()
        if level is not None or sent.reasons[name]
    }
    return levels | {f"reason_{name}": text for name, text in sent.reasons.items()}


def initial_of(draft: RatingDraft | OpinionDraft | None) -> Mapping[str, object]:
    """Return what has been put aside as the form's first values."""
    if draft is None:
        return {}
    levels = {f"level_{name}": str(level) for name, level in draft.content.get("levels", {}).items()}
    return levels | {f"reason_{name}": text for name, text in draft.content.get("reasons", {}).items()}
