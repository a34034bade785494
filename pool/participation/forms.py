"""The forms that everybody may send. They ask only what the office needs; nothing personal is demanded."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.public_forms import PublicForm
from governance.record.forms import LineField, TextField
from governance.record.text import clean_line
from pool.participation.rules import FeedbackKind

MAIL_LENGTH = 254
MAIL_WORDS = _("Schreiben Sie die Adresse so: name@beispiel.de")
KINDS = (
    (FeedbackKind.QUESTION, _("Ich habe eine Frage")),
    (FeedbackKind.SUPPORT, _("Ich finde das gut")),
    (FeedbackKind.HINT, _("Ich habe einen Hinweis")),
    (FeedbackKind.IDEA, _("Ich habe selbst eine Idee")),
)


class MailField(LineField):
    """A mail address on one line, without anything that could become a second recipient."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-Mail-Adresse"))
        super().__init__(max_length=MAIL_LENGTH, **kwargs)
        self.limit = None  # nobody counts the letters of an address

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and len(value.splitlines()) > 1:
            raise ValidationError(MAIL_WORDS)
        text: str = super().clean(value)
        if text:
            try:
                forms.EmailField().clean(text)
            except ValidationError:
                raise ValidationError(MAIL_WORDS) from None
        return text


class FeedbackForm(PublicForm):
    """A question, a word of support, a hint or an idea; who sends it stays free."""

    kind = forms.ChoiceField(
        label=_("Worum geht es?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, worum es geht.")},
    )
    text = TextField(
        label=_("Ihre Nachricht"),
        max_length=4000,
        help_text=_(
            "Was Sie schreiben, liest zuerst das Büro der CDO; dann steht es öffentlich auf dieser Seite. Nennen Sie "
            "bitte keine Namen anderer Menschen."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Schreiben Sie, worum es Ihnen geht.")},
    )
    name = LineField(
        label=_("Ihr Name"),
        max_length=120,
        required=False,
        help_text=_("Er wird nie öffentlich."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    mail = MailField(required=False, help_text=_("Nur, damit wir Ihnen antworten können. Sie wird nie öffentlich."))
    wants_answer = forms.BooleanField(
        label=_("Schreiben Sie mir, sobald die Antwort auf der Seite steht."), required=False
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("wants_answer") and not self.cleaned_data.get("mail") and "mail" not in self.errors:
            self.add_error("mail", _("Nennen Sie eine E-Mail-Adresse, oder nehmen Sie das Häkchen darunter weg."))
        return super().clean()


class FollowForm(PublicForm):
    """The address that wants to hear of what is new."""

    mail = MailField(error_messages={"required": _("Nennen Sie Ihre E-Mail-Adresse.")})

    def clean_mail(self) -> str:
        return clean_line(self.cleaned_data["mail"]).lower()


class ButtonForm(PublicForm):
    """One button and nothing to fill in."""


class HelpfulForm(PublicForm):
    """Whether a page helped, and what was missing."""

    seite = forms.CharField(widget=forms.HiddenInput, required=False)
    antwort = forms.ChoiceField(
        label=_("Hat diese Seite geholfen?"),
        choices=(("ja", _("Ja")), ("nein", _("Nein"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie Ja oder Nein.")},
    )
    text = TextField(
        label=_("Was war gut, was fehlt?"),
        max_length=600,
        required=False,
        help_text=_("Bitte nichts Persönliches: Wir können darauf nicht antworten."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
