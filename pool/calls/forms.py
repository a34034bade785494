"""The form of a call for ideas."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Handlungsbedarf
from governance.record.forms import LineField, TextField
from governance.strategy.queries import needs_in_force
from pool.calls.rules import problem_with_days

USUAL_LENGTH = timedelta(weeks=6)


class CallDayField(forms.DateField):
    """A day, picked or typed in either order of writing."""

    default_error_messages = {
        "required": _("Nennen Sie einen Tag."),
        "invalid": _("Schreiben Sie den Tag so: 24.12.2026"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class CallForm(forms.Form):
    """Heading, text, Handlungsbedarfe, and from when to when."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = LineField(
        label=_("Überschrift"),
        help_text=_("Wofür Sie Ideen suchen, in einer Zeile."),
        max_length=120,
        error_messages={"required": _("Geben Sie dem Aufruf eine Überschrift.")},
    )
    text = TextField(
        label=_("Text"),
        help_text=_("Zwei, drei Sätze: was fehlt, für wen, was eine Idee mitbringen soll."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schreiben Sie, wofür Sie Ideen suchen.")},
    )
    first_day = CallDayField(label=_("Erster Tag"))
    last_day = CallDayField(label=_("Letzter Tag"), help_text=_("Danach steht der Aufruf nicht mehr bei den Ideen."))
    needs = forms.MultipleChoiceField(
        label=_("Handlungsbedarfe"),
        help_text=_("Bei einer Idee zu diesem Aufruf sind genau diese vorgewählt."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={
            "required": _("Wählen Sie mindestens einen Handlungsbedarf."),
            "invalid_choice": _("Wählen Sie aus der Liste."),
        },
    )

    def __init__(self, data: Any = None, *, today: date, wanted: list[str] | None = None) -> None:
        rows = needs_in_force(today)
        self.known: dict[str, Handlungsbedarf] = {need.code: need for need in rows}
        initial = {
            "form_token": uuid4(),
            "first_day": today,
            "last_day": today + USUAL_LENGTH,
            "needs": [code for code in wanted or [] if code in self.known],
        }
        super().__init__(data, initial=initial)
        self.today = today
        self.fields["needs"].choices = [(need.code, need.title) for need in rows]  # type: ignore[attr-defined]

    def need_boxes(self) -> list[tuple[str, list[Any]]]:
        """Return the boxes of the Handlungsbedarfe by Handlungsfeld."""
        groups: dict[str, list[Any]] = {}
        for box in self["needs"]:
            field = self.known[str(box.data["value"])].handlungsfeld.name
            groups.setdefault(field, []).append(box)
        return list(groups.items())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("first_day") and found.get("last_day"):
            problem = problem_with_days(first_day=found["first_day"], last_day=found["last_day"], today=self.today)
            if problem:
                self.add_error("last_day", problem)
        return found

    def values(self) -> dict[str, Any]:
        """Return what was typed as `issue_call` takes it."""
        found = dict(self.cleaned_data)
        token: UUID | None = found.pop("form_token", None)
        return {**found, "needs": [self.known[code] for code in found["needs"]], "form_token": token}
