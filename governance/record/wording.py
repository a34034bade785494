"""What Django's own form fields say, in the portal's words: what to do, never that something is "ungültig"."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.formsets import BaseFormSet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LIST = _("Wählen Sie aus der Liste.")
NUL = _("Der Text enthält ein unsichtbares Steuerzeichen (NUL). Fügen Sie ihn bitte ohne Formatierung ein.")

MESSAGES: dict[type, dict[str, Promise]] = {
    forms.Field: {"required": _("Füllen Sie dieses Feld aus.")},
    forms.BooleanField: {"required": _("Setzen Sie hier ein Häkchen.")},
    forms.ChoiceField: {"required": _("Wählen Sie einen Eintrag."), "invalid_choice": LIST},
    forms.MultipleChoiceField: {
        "required": _("Wählen Sie mindestens einen Eintrag."),
        "invalid_choice": LIST,
        "invalid_list": LIST,
    },
    forms.ModelChoiceField: {"required": _("Wählen Sie einen Eintrag."), "invalid_choice": LIST},
    forms.ModelMultipleChoiceField: {
        "required": _("Wählen Sie mindestens einen Eintrag."),
        "invalid_choice": LIST,
        "invalid_list": LIST,
        "invalid_pk_value": LIST,
    },
    forms.DateField: {
        "required": _("Nennen Sie einen Tag."),
        "invalid": _("Schreiben Sie den Tag so: 24.12.2026"),
    },
    BaseFormSet: {
        "missing_management_form": _("Das Formular kam nicht vollständig an. Senden Sie es noch einmal ab."),
    },
}


def speak_plainly() -> None:
    """Give Django's classes these messages; a field's own message still goes first. Called once, at the start."""
    for kind, messages in MESSAGES.items():
        kind.default_error_messages = kind.__dict__.get("default_error_messages", {}) | messages  # type: ignore[attr-defined]
    ProhibitNullCharactersValidator.message = NUL
