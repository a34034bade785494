"""Forms of naming a team and of proposing completion."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import User
from governance.record.forms import LineField, TextField
from governance.record.layout import PortalFormHelper
from pool.delivery.queries import employed_on, team_on
from pool.project.models import Project, ProjectMandate

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
