"""What the pages around the ranking ask: other weights, and two points in time. Nothing of it is stored."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pool.decision.models import FrozenForm
from pool.priority.models import RuleVersion
from pool.priority.rules import Degree, Weights

# The name of each weight in the address, in the order they are shown.
FIELDS = {
    "vernetzung": Degree.VERNETZUNG,
    "wirkung": Degree.EFFECT,
    "kompetenzaufbau": Degree.KOMPETENZAUFBAU,
    "synergien": Degree.SYNERGIEN,
}
LABELS = {
    "vernetzung": _("Vernetzung"),
    "wirkung": _("Wirkung"),
    "kompetenzaufbau": _("Kompetenzaufbau"),
    "synergien": _("Synergien"),
}
WHOLE = _("Geben Sie eine ganze Zahl von 0 bis 100 ein.")


class WhatIfForm(forms.Form):
    """Four weights in whole percents and the level of effect from which a class counts."""

    def __init__(self, given: Mapping[str, str], *, rule: RuleVersion) -> None:
        """What the address leaves out is as in `rule`."""
        now = {name: str(getattr(rule, f"weight_{degree.value}")) for name, degree in FIELDS.items()}
        now["ab"] = str(rule.effect_threshold)
        self.rule = rule
        self.is_asked = any(name in given for name in now)
        super().__init__({name: given.get(name, value) for name, value in now.items()})
        for name, degree in FIELDS.items():
            self.fields[name] = forms.IntegerField(
                label=LABELS[name],
                min_value=0,
                max_value=100,
                help_text=_("heute {weight} %").format(weight=getattr(rule, f"weight_{degree.value}")),
                error_messages={"required": WHOLE, "invalid": WHOLE, "min_value": WHOLE, "max_value": WHOLE},
            )
        self.fields["ab"] = forms.TypedChoiceField(
            label=_("Vorrangklasse ab Wirkung"),
            choices=[(level, _("Stufe {level}").format(level=level)) for level in range(5)],
            coerce=int,
            help_text=_("heute Stufe {level}").format(level=rule.effect_threshold),
            error_messages={"invalid_choice": _("Wählen Sie eine Stufe von 0 bis 4.")},
        )

    def clean(self) -> dict[str, int]:
        cleaned = super().clean() or {}
        if all(name in cleaned for name in FIELDS):
            total = sum(cleaned[name] for name in FIELDS)
            if total != 100:
                self.add_error(None, _too_much_or_too_little(total))
        return cleaned

    def weights(self) -> Weights:
        """Return the weights of a valid form."""
        return Weights(**{degree.value: self.cleaned_data[name] for name, degree in FIELDS.items()})

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """The four weights."""
        return [self[name] for name in FIELDS]


def _too_much_or_too_little(total: int) -> str:
    text = (
        ngettext("Es fehlt {off} Prozent.", "Es fehlen {off} Prozent.", 100 - total)
        if total < 100
        else ngettext("Es ist {off} Prozent zu viel.", "Es sind {off} Prozent zu viel.", total - 100)
    )
    return str(_("Die vier Gewichte ergeben zusammen {total} statt 100 Prozent.")).format(total=total) + (
        " " + text.format(off=abs(100 - total))
    )


class PeriodForm(forms.Form):
    """From which sitting to which one, or to today."""

    seit = forms.ChoiceField(label=_("Seit der Sitzung"), required=False)
    bis = forms.ChoiceField(label=_("Bis"), required=False)

    def __init__(self, given: Mapping[str, str], *, forms_frozen: Iterable[FrozenForm]) -> None:
        super().__init__(given)
        named = [(str(form.sitting_id), _sitting_name(form)) for form in forms_frozen]
        self.fields["seit"].choices = named  # type: ignore[attr-defined]
        self.fields["bis"].choices = [("", _("heute")), *named]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Wählen Sie eine geschlossene Sitzung aus der Liste.")


def _sitting_name(form: FrozenForm) -> str:
    name = str(form.sitting)
    return str(_("{sitting} (Beispiel)")).format(sitting=name) if form.is_example else name
