"""The form of a saved filter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.record.forms import LineField


class NameForm(forms.Form):
    """The name under which a filter is found again."""

    name = LineField(
        label=_("Name des Filters"),
        max_length=60,
        help_text=_("Nur Sie sehen ihn."),
        error_messages={"required": _("Geben Sie dem Filter einen Namen.")},
    )
