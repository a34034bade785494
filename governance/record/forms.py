"""Form fields for typed text. Every text field of the portal is one of these."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from governance.record.rules import sha256
from governance.record.text import CHANGED_MEANWHILE, clean_line, clean_text

SEARCH_LENGTH = 200
SHOWN_LENGTH = 300
REASON_LENGTH = 4000
STANDS_NOW = _("Gespeichert ist jetzt bei „{label}“: {text}")
TOO_LONG = ngettext_lazy(
    "Kürzen Sie den Text auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
    "Kürzen Sie den Text auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
    "limit_value",
)


class LineField(forms.CharField):
    """One line of text."""

    default_error_messages = {"required": _("Füllen Sie dieses Feld aus.")}
    multiline = False

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        self.limit = max_length
        super().__init__(strip=False, **kwargs)
        # The length is checked on the cleaned text, and the browser does not cut pasted text without a word.
        if max_length is not None:
            self.validators.append(MaxLengthValidator(max_length, message=TOO_LONG))

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not isinstance(text, str):
            return ""
        return clean_text(text) if self.multiline else clean_line(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if self.limit is not None:
            attrs["data-zeichen"] = str(self.limit)
        return attrs


class TextField(LineField):
    """Several lines of text."""

    widget = forms.Textarea
    multiline = True


class ReasonField(TextField):
    """A reason that stands in the record: mandatory, and more than invisible characters."""

    default_error_messages = {"required": _("Schreiben Sie eine Begründung.")}

    def __init__(self, *, max_length: int = REASON_LENGTH, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Begründung"))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=max_length, **kwargs)


class SeenForm(forms.Form):
    """A form over values that stand already: whoever filled it in on an older state is told what stands now.

    Nothing is written then, and everything typed stays in the form; sent again, it is written over the newer state.
    A subclass calls `stand_on` at the end of its `__init__`.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    standing: dict[str, str]

    def stand_on(self, values: Mapping[str, object]) -> None:
        """Take the stored values by the names of their fields."""
        self.standing = {name: in_words(value) for name, value in values.items()}
        self.fingerprint = sha256("\x1f".join(f"{name}={text}" for name, text in self.standing.items()))
        self.fields["seen"].initial = self.fingerprint

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("seen") != self.fingerprint:
            sent: Any = self.data
            self.data = sent.copy()
            self.data["seen"] = self.fingerprint  # type: ignore[index]
            said = [str(CHANGED_MEANWHILE)]
            for name, text in self.standing.items():
                if in_words(cleaned.get(name)) != text:
                    shown = text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]} …"
                    said.append(str(STANDS_NOW).format(label=self.fields[name].label, text=shown))
            self.add_error(None, said)
        cleaned.pop("seen", None)
        return cleaned


def in_words(value: object) -> str:
    """Return a form's value as a reader knows it; the same for what is stored and for what was typed."""
    if isinstance(value, bool):
        return str(_("ja") if value else _("nein"))
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, str):
        return value or "–"
    if isinstance(value, Iterable):
        return ", ".join(sorted(str(each) for each in value)) or "–"
    return "–" if value is None else str(value)


class SearchField(LineField):
    """A search word. Too long a one is cut, and `cut` tells the page to say so; a search is never an error."""

    widget = forms.TextInput(attrs={"type": "search"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Suche"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        return search_text(value)[0]


def search_text(value: Any) -> tuple[str, str]:
    """Return the search word as it is used, and a notice where it had to be changed (else "")."""
    if not isinstance(value, str):
        return "", ""
    try:
        text = clean_line(value[: SEARCH_LENGTH * 4])
    except ValidationError:
        return "", str(_("Das Suchwort enthielt ein unsichtbares Steuerzeichen und wurde nicht verwendet."))
    if len(text) <= SEARCH_LENGTH and len(value) <= SEARCH_LENGTH * 4:
        return text, ""
    notice = _("Das Suchwort war zu lang; gesucht wurde nach den ersten {length} Zeichen.")
    return text[:SEARCH_LENGTH].strip(), str(notice).format(length=SEARCH_LENGTH)
