"""Forms of naming a team, of milestones and status reports, and of proposing completion."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import User
from governance.record import clock
from governance.record.forms import LineField, ReasonField, TextField
from governance.record.layout import PortalFormHelper
from pool.decision.day_field import DayField
from pool.delivery.models import PLANNED_PRECISIONS
from pool.delivery.queries import employed_on, team_on
from pool.delivery.rules import ReportStanding
from pool.project.models import Precision, Project, ProjectMandate

FROM_THE_LIST = _("Wählen Sie aus der Liste.")


class TeamForm(forms.Form):
    """Who leads, who works along, and on what ground; the hidden version is the page's own."""

    lead = forms.ModelChoiceField(
        label=_("Projektleitung"),
        queryset=User.objects.none(),
        empty_label=_("Bitte wählen"),
        error_messages={"required": _("Nennen Sie eine Projektleitung."), "invalid_choice": FROM_THE_LIST},
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Projektmitarbeitende"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": FROM_THE_LIST, "invalid_pk_value": FROM_THE_LIST},
    )
    source = LineField(
        label=_("Grundlage der Benennung"),
        help_text=_("Zum Beispiel: Projektauftrag des Amtes vom 3. November 2026"),
        max_length=300,
        error_messages={"required": _("Nennen Sie die Grundlage, zum Beispiel den Projektauftrag und seinen Tag.")},
    )

    def __init__(self, *args: Any, project: Project, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = employed_on(today, is_example=project.is_example)
        self.fields["lead"].queryset = staff  # type: ignore[attr-defined]
        self.fields["members"].queryset = staff  # type: ignore[attr-defined]
        team = [
            (mandate.role, mandate.person.person.user_id)
            for mandate in team_on(project, today)
            if hasattr(mandate.person, "person")
        ]
        self.initial.setdefault("lead", next((pk for role, pk in team if role == ProjectMandate.Role.LEAD), None))
        self.initial.setdefault("members", [pk for role, pk in team if role == ProjectMandate.Role.MEMBER])
        self.helper = PortalFormHelper(self, submit=_("Team benennen"), tag=False)


class CompletionForm(forms.Form):
    """What came of a project, in the words of its Projektleitung."""

    result = TextField(
        label=_("Was ist das Ergebnis?"),
        help_text=_("Was gibt es jetzt, das es vorher nicht gab, und wer nutzt es?"),
        max_length=4000,
        error_messages={"required": _("Nennen Sie das Ergebnis.")},
    )
    learnt = TextField(
        label=_("Was haben Sie gelernt?"),
        help_text=_("Was würden Sie anderen raten, die etwas Ähnliches vorhaben?"),
        max_length=4000,
        required=False,
    )
    in_operation = forms.BooleanField(label=_("Das Ergebnis geht in den Betrieb über."), required=False)


class TeamWordForm(forms.Form):
    """An act on milestones or reports: who is not in the team names where the team said so. Sent twice it stays one."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid4)
    source = LineField(
        label=_("Wer aus dem Team hat das wann gesagt?"),
        help_text=_("Zum Beispiel: Mail der Projektleitung vom 3. November 2026"),
        max_length=300,
        error_messages={"required": _("Nennen Sie die Quelle: wer aus dem Team hat das wann gesagt?")},
    )

    def __init__(self, *args: Any, names_source: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names_source:
            del self.fields["source"]

    def clean_form_token(self) -> UUID:
        try:
            return UUID(self.cleaned_data["form_token"])
        except ValueError:
            return uuid4()

    def values(self) -> dict[str, Any]:
        """Return what was typed as the actions take it."""
        return dict(self.cleaned_data)


class PlannedDayForm(TeamWordForm):
    """A day and how exactly it is known."""

    day = DayField(
        label=_("Bis wann?"),
        help_text=_("Steht nur der Monat oder das Jahr fest, nehmen Sie einen beliebigen Tag darin."),
    )
    precision = forms.ChoiceField(
        label=_("Wie genau steht der Tag fest?"),
        choices=[(each.value, each.label) for each in PLANNED_PRECISIONS],
        initial=Precision.DAY,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Sagen Sie, wie genau der Tag feststeht."),
            "invalid_choice": _("Sagen Sie, wie genau der Tag feststeht."),
        },
    )


PUBLIC, INNER = "oeffentlich", "intern"


class PlanForm(PlannedDayForm):
    """What is to be reached by when, and whether the public reads it."""

    title = LineField(
        label=_("Was ist dann erreicht?"),
        help_text=_("Etwas, von dem man klar sagen kann: erreicht oder nicht. Zum Beispiel: „Fünf Büros reichen ein“."),
        max_length=120,
        error_messages={"required": _("Sagen Sie, was dann erreicht ist.")},
    )
    audience = forms.ChoiceField(
        label=_("Wer liest diesen Meilenstein?"),
        choices=[
            (PUBLIC, _("alle: Er steht nach der nächsten Veröffentlichung auf der Projektseite")),
            (INNER, _("nur intern")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Wählen Sie, wer den Meilenstein liest."),
            "invalid_choice": _("Wählen Sie, wer den Meilenstein liest."),
        },
    )
    field_order = ("form_token", "title", "day", "precision", "audience", "source")

    def values(self) -> dict[str, Any]:
        found = super().values()
        is_public = found.pop("audience") == PUBLIC
        return {**found, "is_public": is_public}


class ShiftForm(PlannedDayForm):
    """The new day, and why."""

    reason = ReasonField(
        label=_("Warum verschiebt sich der Meilenstein?"),
        max_length=2000,
        error_messages={"required": _("Begründen Sie, warum der Meilenstein verschoben wird.")},
    )
    field_order = ("form_token", "day", "precision", "reason", "source")


class ReopenForm(ShiftForm):
    """The day for which it is planned now, and why it is not reached after all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = _("Neuer Termin")
        self.fields["reason"].label = _("Warum ist der Meilenstein doch nicht erreicht?")


class RenameForm(TeamWordForm):
    """The new title, and why the old one was wrong."""

    title = LineField(
        label=_("Neuer Titel"), max_length=120, error_messages={"required": _("Sagen Sie, was dann erreicht ist.")}
    )
    reason = ReasonField(
        label=_("Was war am bisherigen Titel falsch?"),
        max_length=2000,
        error_messages={"required": _("Begründen Sie, warum der Titel ein anderer wird.")},
    )
    field_order = ("form_token", "title", "reason", "source")


class ReachForm(TeamWordForm):
    """The day on which it was reached."""

    day = DayField(label=_("An welchem Tag war es so weit?"))
    field_order = ("form_token", "day", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", clock.today())

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "form_token"}


class GiveUpForm(TeamWordForm):
    """Why the milestone is given up."""

    reason = ReasonField(
        label=_("Warum geben Sie den Meilenstein auf?"),
        max_length=2000,
        error_messages={"required": _("Begründen Sie, warum der Meilenstein aufgegeben wird.")},
    )
    field_order = ("form_token", "reason", "source")

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "form_token"}


class ReportForm(TeamWordForm):
    """How the project stands, what happened, what comes next."""

    as_of = DayField(label=_("Stand vom"))
    standing = forms.ChoiceField(
        label=_("Wie steht das Vorhaben?"),
        choices=ReportStanding.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Sagen Sie, wie das Vorhaben steht."),
            "invalid_choice": _("Sagen Sie, wie das Vorhaben steht."),
        },
    )
    happened = TextField(
        label=_("Was ist geschehen?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schreiben Sie, was geschehen ist.")},
    )
    coming = TextField(
        label=_("Was kommt als Nächstes?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schreiben Sie, was als Nächstes kommt.")},
    )
    field_order = ("form_token", "as_of", "standing", "happened", "coming", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("as_of", clock.today())
