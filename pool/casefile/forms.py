"""Forms of the acts that authors and teams do from the casefile. All take the project they are about."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import User
from governance.record import clock
from governance.record.forms import LineField, ReasonField
from pool.delivery.forms import CompletionForm
from pool.delivery.queries import employed_on
from pool.project.models import Project, ProjectMandate


class ActForm(forms.Form):
    """An act on one project; asks for nothing but to be confirmed."""

    # A form that has to show what it understood before the act is done says so here.
    asks_back = False

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)


class WithdrawForm(ActForm):
    """Why an idea is withdrawn; from pooled on a reason is demanded."""

    reason = ReasonField(label=_("Warum ziehen Sie die Idee zurück?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = self.project.is_in_pool


class ProposeCompletionForm(CompletionForm, ActForm):
    """What came of the project."""


class CoAuthorForm(ActForm):
    """The colleague, by the name or mail address of the account; nobody is listed."""

    colleague = LineField(
        label=_("Anmeldename oder dienstliche E-Mail-Adresse"),
        max_length=254,
        error_messages={"required": _("Nennen Sie die Person.")},
    )

    def clean_colleague(self) -> User:
        typed = self.cleaned_data["colleague"]
        staff = employed_on(clock.today(), is_example=self.project.is_example)
        found = list(staff.filter(Q(username=typed) | Q(email__iexact=typed) & ~Q(email=""))[:2])
        if len(found) != 1:
            raise ValidationError(_("Unter dieser Angabe ist heute niemand im Konzern Stadt Mainz beschäftigt."))
        return found[0]


class EndCoAuthorForm(ActForm):
    """Who no longer writes along."""

    co_author = forms.ModelChoiceField(
        label=_("Wer schreibt nicht mehr mit?"),
        queryset=ProjectMandate.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Wählen Sie die Person."),
            "invalid_choice": _("Diese Person schreibt nicht mehr mit."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["co_author"]
        rows = self.project.mandates.filter(role=ProjectMandate.Role.CO_AUTHOR, valid_until=None)
        field.queryset = rows.select_related("person__person__user").order_by("pk")
        field.label_from_instance = lambda mandate: str(mandate.person)


class HandOverForm(CoAuthorForm):
    """Who takes the idea over; from the CDO also who asked for it and when."""

    reason = ReasonField(
        label=_("Wer hat wann darum gebeten?"),
        help_text=_("Nötig, wenn nicht die einreichende Person selbst übergibt."),
        required=False,
        max_length=1000,
    )


class NameSubmitterForm(CoAuthorForm):
    """Who stands for an idea that was read in without a person, on which ground and why."""

    source = LineField(
        label=_("Grundlage"),
        help_text=_("Zum Beispiel: Protokoll des Workshops vom 12. Mai, Zeile 7."),
        max_length=300,
        error_messages={"required": _("Nennen Sie die Grundlage.")},
    )
    reason = ReasonField(
        label=_("Warum steht diese Person für die Idee?"),
        max_length=1000,
        error_messages={"required": _("Begründen Sie, warum diese Person für die Idee steht.")},
    )


class BeginAgainForm(ActForm):
    """Sent twice it begins one idea."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def clean_form_token(self) -> UUID:
        try:
            return UUID(self.cleaned_data["form_token"])
        except ValueError:
            return uuid4()
