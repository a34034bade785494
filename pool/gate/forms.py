"""The form of the gate page: five answers, a reason each, and what two criteria name besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Edition, Grundkriterium, Leitlinie
from governance.record.forms import REASON_LENGTH, TextField
from governance.strategy.rules import GrundkriteriumCode
from pool.gate.actions import GateInput
from pool.gate.models import GateAnswer
from pool.gate.queries import Links
from pool.gate.rules import OPEN, YES, missing_for_answer, missing_for_yes
from pool.project.models import Beneficiary

MISSING = {
    "reason": _("Begründen Sie das Nein; die einreichende Person liest es."),
    "beneficiary": _("Nennen Sie, wem das Vorhaben nützt."),
    "leitlinie": _("Nennen Sie die Leitlinie, gegen die das Vorhaben steht."),
}


class GateForm(forms.Form):
    """Five Grundkriterien. Nothing is preselected; what is not answered stays open and can be answered later."""

    beneficiary = forms.ChoiceField(
        label=_("Wem nützt es?"),
        choices=[("", _("noch nicht benannt")), *Beneficiary.choices],
        required=False,
        help_text=_("Gehört zum Ja."),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Wählen Sie aus der Liste, wem das Vorhaben nützt.")},
    )
    leitlinie = forms.ModelChoiceField(
        label=_("Betroffene Leitlinie"),
        queryset=Leitlinie.objects.none(),
        empty_label=_("keine"),
        required=False,
        help_text=_("Gehört zum Nein."),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Wählen Sie eine Leitlinie aus der Liste.")},
    )

    def __init__(self, data: Any = None, *, edition: Edition, links: Links, standing: Mapping[str, GateAnswer]) -> None:
        super().__init__(data, initial=_initial(standing))
        self.links = links
        self.fields["leitlinie"].queryset = Leitlinie.objects.filter(edition=edition)  # type: ignore[attr-defined]
        for code in GrundkriteriumCode:
            self.fields[f"answer_{code}"] = forms.ChoiceField(
                label=code.label,
                choices=GateAnswer.Answer.choices,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"invalid_choice": _("Wählen Sie ja, nein oder noch offen.")},
            )
            self.fields[f"reason_{code}"] = TextField(
                label=_("Begründung zu {name}").format(name=code.label),
                required=False,
                max_length=REASON_LENGTH,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
        self.order_fields([name for code in GrundkriteriumCode for name in self.names_of(code)])

    @staticmethod
    def names_of(code: str) -> list[str]:
        """Return the fields of one criterion in the order of the page."""
        extra = {GrundkriteriumCode.NUTZEN: ["beneficiary"], GrundkriteriumCode.LEITLINIEN: ["leitlinie"]}
        return [f"answer_{code}", *extra.get(GrundkriteriumCode(code), []), f"reason_{code}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code in GrundkriteriumCode.values:
            self._check(code, cleaned)
        return cleaned

    def _check(self, code: str, cleaned: dict[str, Any]) -> None:
        answer = cleaned.get(f"answer_{code}") or OPEN
        has_need, offices = self.links.has_need, self.links.offices_with_parts
        lacking_link = missing_for_yes(code, has_need=has_need, offices_with_parts=offices)
        if answer == YES and lacking_link:
            self.add_error(f"answer_{code}", _("Für ein Ja fehlt: {what}.").format(what=lacking_link))
        missing = missing_for_answer(
            code,
            answer,
            reason=cleaned.get(f"reason_{code}", ""),
            names_whom=bool(cleaned.get("beneficiary")),
            names_leitlinie=cleaned.get("leitlinie") is not None,
        )
        for part in missing:
            field = f"reason_{code}" if part == "reason" else part
            if field not in self.errors:
                self.add_error(field, MISSING[part])

    def answers(self) -> dict[str, GateInput]:
        """Return the five answers for the action."""
        cleaned = self.cleaned_data
        return {
            code: GateInput(
                answer=cleaned[f"answer_{code}"] or OPEN,
                reason=cleaned[f"reason_{code}"],
                beneficiary=cleaned["beneficiary"],
                leitlinie=cleaned["leitlinie"],
            )
            for code in GrundkriteriumCode.values
        }

    def rows(self, criteria: Mapping[str, Grundkriterium]) -> list["CriterionRow"]:
        """Return what the page shows for each criterion, in order."""
        return [
            CriterionRow(
                code=code,
                number=number,
                label=str(GrundkriteriumCode(code).label),
                criterion=criteria.get(code),
                answer=self[f"answer_{code}"],
                reason=self[f"reason_{code}"],
                extra=self[names[1]] if len(names := self.names_of(code)) > 2 else None,
                lacking=missing_for_yes(
                    code, has_need=self.links.has_need, offices_with_parts=self.links.offices_with_parts
                ),
            )
            for number, code in enumerate(GrundkriteriumCode.values, start=1)
        ]


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One Grundkriterium on the gate page."""

    code: str
    number: int
    label: str
    criterion: Grundkriterium | None
    answer: forms.BoundField
    reason: forms.BoundField
    extra: forms.BoundField | None
    lacking: str | None


def _initial(standing: Mapping[str, GateAnswer]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for code, row in standing.items():
        initial |= {f"answer_{code}": row.answer, f"reason_{code}": row.reason}
        initial |= {"beneficiary": row.beneficiary} if row.beneficiary else {}
        initial |= {"leitlinie": row.leitlinie_id} if row.leitlinie_id else {}
    return initial
