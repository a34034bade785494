"""Forms of a sitting: opening, proposal, outcome, note, and the filter of the register."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from governance.record.forms import LineField, ReasonField, TextField
from governance.record.layout import PortalFormHelper
from pool.decision.agenda_queries import attendance_sheet
from pool.decision.day_field import DayField
from pool.decision.minutes import problem_with_departure
from pool.decision.models import ItemCorrection, SittingItem, outcome_label
from pool.decision.queries import (
    barred_of,
    decidable_marks,
    lacks_countersignature,
    standing_text,
    supersedable,
    undecided_marks,
)
from pool.decision.rules import OutcomeValues, missing_for_outcome, possible_outcomes, standard_text
from pool.decision.sitting_forms import VOTES, MinutesFields, minutes_of
from pool.priority.models import ClassMark
from pool.project.models import Project

TEXT_LENGTH = 4000
LINE_LENGTH = 300
LESSON_LENGTH = 2000
# Which fields belong to one outcome only, in the order they are asked.
FIELDS_OF_OUTCOME = {
    "commission": ("funding", "council_matter", "unit_consent"),
    "defer": ("look_again_on",),
    "stop": ("lesson",),
    "reconsider": ("supersedes",),
}
CHOOSE = _("Wählen Sie ein Ergebnis.")


class MarkWord(TextChoices):
    """What an outcome says about a class."""

    CONFIRM = "confirm", _("wird bestätigt")
    REFUSE = "refuse", _("wird nicht bestätigt")


STAYS = ("", _("bleibt, wie entschieden"))


class SittingForm(forms.Form):
    """The day of a new sitting."""

    day = DayField(label=_("Tag der Sitzung"), help_text=_("Zum Beispiel 24.12.2026"))
    place = LineField(
        label=_("Ort und Uhrzeit"), help_text=_("Zum Beispiel „14 Uhr, Stadthaus“"), max_length=160, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, submit=_("Sitzung anlegen"))


class NoteForm(forms.Form):
    """What the chair wants changed."""

    note = ReasonField(
        label=_("Was ist am Protokoll zu ändern?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schreiben Sie, was am Protokoll zu ändern ist.")},
    )


class CorrectionForm(forms.Form):
    """One text of a Beschluss without its slip, and what the slip was."""

    new_text = TextField(
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Ein Versehen zu berichtigen heißt nicht, den Text zu löschen.")},
    )
    reason = ReasonField(
        label=_("Was war das Versehen?"),
        help_text=_("Zum Beispiel „Tippfehler im Namen des Amts“"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schreiben Sie, was das Versehen war.")},
    )

    def __init__(self, *args: Any, item: SittingItem, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_text"].label = _("{text} ohne das Versehen").format(text=ItemCorrection.Field(field).label)
        self.fields["new_text"].initial = standing_text(item, field)
        self.helper = PortalFormHelper(self, tag=False)


class ItemForm(forms.Form):
    """What proposal and outcome have in common: only what the project's step allows is offered."""

    outcome = forms.ChoiceField(
        label=_("Ergebnis"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    text = TextField(
        label=_("Beschlusstext"),
        help_text=_("Bleibt das Feld leer, wird der übliche Satz eingesetzt."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = TextField(
        label=_("Begründung"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    funding = forms.ChoiceField(
        label=_("Finanzierung"),
        choices=Project.Funding.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    council_matter = LineField(
        label=_("Rats- oder Ausschusssache"),
        help_text=_("„nein“, oder welche und mit welchem Ergebnis"),
        max_length=LINE_LENGTH,
        required=False,
    )
    unit_consent = LineField(
        label=_("Zustimmung der federführenden Stelle"),
        help_text=_("Wer hat zugestimmt, an welchem Tag?"),
        max_length=LINE_LENGTH,
        required=False,
    )
    no_countersignature = TextField(
        label=_("Warum ohne Gegenzeichnung?"),
        help_text=_("Die Bewertung ist nicht gegengezeichnet. Der Vorsitz bestätigt dann nur mit einem Grund."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    look_again_on = DayField(
        label=_("Wieder ansehen am"), help_text=_("Ein Tag nach der Sitzung, zum Beispiel 24.12.2026"), required=False
    )
    lesson = TextField(
        label=_("Was wir gelernt haben"),
        max_length=LESSON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, item: SittingItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.project = item, item.project
        self.marks = decidable_marks(self.project)
        self.outcomes = possible_outcomes(
            kind=item.kind,
            step=self.project.step if self.project else "",
            is_taken_over=bool(self.project and self.project.is_taken_over),
            has_marks=bool(self.marks),
        )
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (outcome, outcome_label(item.kind, outcome)) for outcome in self.outcomes
        ]
        for outcome, names in FIELDS_OF_OUTCOME.items():
            if outcome not in self.outcomes:
                for name in names:
                    self.fields.pop(name, None)
        self.helper = PortalFormHelper(self, tag=False)
        if not lacks_countersignature(self.project):
            self.fields.pop("no_countersignature")
        self._demand(*(name for names in FIELDS_OF_OUTCOME.values() for name in names), "reason", "no_countersignature")

    def _demand(self, *names: str) -> None:
        """These may be needed, depending on the outcome: they are not called "freiwillig"."""
        for name in names:
            if name in self.fields:
                self.fields[name].demanded = True  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields that belong to one outcome only, with its key and under its name."""
        return [
            (outcome, str(SittingItem.Outcome(outcome).label), [self[name] for name in names if name in self.fields])
            for outcome, names in FIELDS_OF_OUTCOME.items()
            if outcome in self.outcomes
        ]

    @property
    def mark_fields(self) -> list[forms.BoundField]:
        """The fields that ask for a word on a class."""
        return [self[name] for name in self.fields if name.startswith("mark_")]

    def decided_marks(self, cleaned: Mapping[str, Any]) -> dict[str, bool]:
        """Return what is said about each class."""
        said = {row.mark: cleaned.get(f"mark_{row.mark}") for row in self.marks}
        return {mark: word == MarkWord.CONFIRM for mark, word in said.items() if word}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") and not cleaned.get("text") and "text" not in self.errors:
            cleaned["text"] = standard_text(
                cleaned["outcome"],
                title=self.item.title,
                look_again_on=cleaned.get("look_again_on"),
                marks=self.decided_marks(cleaned),
                kind=self.item.kind,
            )
        return cleaned

    def common_values(self) -> dict[str, Any]:
        """Return what proposal and outcome hand to their action alike."""
        given = {name: self.cleaned_data.get(name) or "" for name in ("text", "reason", "lesson", "funding")}
        further = ("council_matter", "unit_consent", "no_countersignature")
        given |= {name: self.cleaned_data.get(name) or "" for name in further}
        return given | {"look_again_on": self.cleaned_data.get("look_again_on")}


class ProposalForm(ItemForm):
    """The proposed resolution; what else is written here prefills the outcome."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("supersedes", None)
        self.fields["outcome"].label = _("Vorgeschlagenes Ergebnis")
        self.fields["text"].label = _("Beschlussvorschlag")

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [group for group in super().groups if group[-1]]

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.common_values() | {"proposal": self.cleaned_data["outcome"]}


class OutcomeForm(ItemForm, MinutesFields):
    """The outcome as it is recorded, with a word on every undecided class, and how it came about."""

    def __init__(self, *args: Any, item: SittingItem, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        self.undecided = undecided_marks(self.project)
        sheet = attendance_sheet(item.sitting)
        there = sheet.present.sitting_there if sheet.present else ()
        barred = barred_of(self.project, there, item.sitting.day)
        self.offer_people(sheet, barred)
        self.initial = {**self.initial, **minutes_of(item, barred)}
        self.attendance = sheet
        self._demand(*VOTES, "conditions_due_on", "follow_up")
        for row in self.marks:
            self.fields[f"mark_{row.mark}"] = self._mark_field(row)
        if "reconsider" in self.outcomes:
            self.fields["supersedes"] = forms.ModelChoiceField(
                label=_("Ersetzter Beschluss"),
                queryset=supersedable(self.project),
                required=False,
                empty_label=_("Bitte wählen"),
                error_messages={"invalid_choice": _("Wählen Sie einen geltenden Beschluss über dieses Vorhaben.")},
            )
            self.fields["supersedes"].label_from_instance = _resolution_label  # type: ignore[attr-defined]
        self._demand("supersedes", *(f"mark_{mark}" for mark in self.undecided))

    def _mark_field(self, row: ClassMark) -> forms.ChoiceField:
        is_open = row.state == ClassMark.State.PROPOSED
        choices = MarkWord.choices if is_open else [STAYS, *MarkWord.choices]
        return forms.ChoiceField(
            label=_("Klasse {mark}").format(mark=row.get_mark_display()),
            help_text=_("vorgeschlagen: {reason}").format(reason=row.reason)
            if is_open
            else _("bisher: {state}").format(state=row.get_state_display()),
            choices=choices,
            required=False,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("outcome"):
            return cleaned
        values = OutcomeValues(
            outcome=cleaned["outcome"],
            text=cleaned.get("text") or "",
            reason=cleaned.get("reason") or "",
            look_again_on=cleaned.get("look_again_on"),
            lesson=cleaned.get("lesson") or "",
            funding=cleaned.get("funding") or "",
            council_matter=cleaned.get("council_matter") or "",
            unit_consent=cleaned.get("unit_consent") or "",
            marks=self.decided_marks(cleaned),
            names_superseded=cleaned.get("supersedes") is not None,
            kind=self.item.kind,
        )
        for missing in missing_for_outcome(values, undecided=self.undecided, sitting_day=self.item.sitting.day):
            if missing.field not in self.errors:
                self.add_error(missing.field if missing.field in self.fields else None, missing.message)
        departs = "" if values.reason or "reason" in self.errors else problem_with_departure(self.item, values.outcome)
        if departs:
            self.add_error("reason", departs)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.common_values() | {
            "outcome": self.cleaned_data["outcome"],
            "marks": self.decided_marks(self.cleaned_data),
            "supersedes": self.cleaned_data.get("supersedes"),
            "minutes": self.minutes(),
        }


def _resolution_label(item: SittingItem) -> str:
    return f"{item.sitting}, {item.outcome_words}"


def prefilled(item: SittingItem) -> dict[str, Any]:
    """Return what a form of an item begins with: what was recorded, else proposed, else what the project says."""
    project = item.project
    only = list(supersedable(project)[:2]) if project else []
    return {
        "outcome": item.outcome or item.proposal,
        "text": item.text or item.proposal_text,
        "reason": item.reason,
        "look_again_on": item.look_again_on,
        "lesson": item.lesson,
        "funding": item.funding or (project.funding if project else ""),
        "council_matter": item.council_matter or (project.council_matter if project else ""),
        "unit_consent": item.unit_consent,
        "no_countersignature": item.no_countersignature,
        "supersedes": item.supersedes_id or (only[0].pk if len(only) == 1 else None),
    } | {f"mark_{row.mark}": MarkWord.CONFIRM if row.confirms else MarkWord.REFUSE for row in item.mark_decisions.all()}
