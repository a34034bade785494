"""Forms around similar projects: one sentence each."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.record.forms import LineField, ReasonField

SENTENCE_LENGTH = 400


class SuggestionForm(forms.Form):
    """What has been typed of an idea so far; too much is cut, nothing is an error."""

    title = forms.CharField(required=False)
    short_text = forms.CharField(required=False)


class DifferenceForm(forms.Form):
    """Why one's own idea is another one."""

    reason = ReasonField(
        label=_("Meine Idee ist anders, weil"),
        max_length=SENTENCE_LENGTH,
        error_messages={"required": _("Schreiben Sie, worin sich Ihre Idee unterscheidet.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JoinForm(forms.Form):
    """What somebody would like to contribute."""

    reason = ReasonField(
        label=_("Was möchten Sie beitragen?"),
        help_text=_("Ein Satz genügt. Wer die Idee eingereicht hat, liest ihn mit Ihrem Namen."),
        max_length=SENTENCE_LENGTH,
        error_messages={"required": _("Schreiben Sie in einem Satz, was Sie beitragen möchten.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Yes or no to a request to join; the buttons are the answers."""

    answer = forms.ChoiceField(
        label=_("Antwort"),
        choices=[("accepted", _("Zusagen")), ("declined", _("Absagen"))],
        error_messages={
            "required": _("Sagen Sie zu oder sagen Sie ab."),
            "invalid_choice": _("Sagen Sie zu oder sagen Sie ab."),
        },
    )


class SynonymForm(forms.Form):
    """Words for the same, separated by commas."""

    words = LineField(
        label=_("Wörter für dasselbe"),
        help_text=_("Durch Komma getrennt, zum Beispiel: Handy, Smartphone, Mobiltelefon"),
        max_length=400,
        error_messages={"required": _("Nennen Sie mindestens zwei Wörter, durch Komma getrennt.")},
    )
