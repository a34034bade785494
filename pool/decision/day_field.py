"""The field for a day in the forms of a sitting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.record.layout import DayInput


class DayField(forms.DateField):
    """A day, picked or typed in either order of writing."""

    default_error_messages = {
        "required": _("Nennen Sie einen Tag."),
        "invalid": _("Schreiben Sie den Tag so: 24.12.2026"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DayInput)
        super().__init__(**kwargs)
