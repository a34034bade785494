"""Forms of a question: asking, answering, asking again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import User
from governance.record.forms import ReasonField
from pool.project.models import Project
from pool.questions.queries import Dialogue, Thread, dialogue_of, kept_answers
from pool.questions.rules import ANSWER_LENGTH, CRITERION_TOPICS, DEGREE_TOPICS, Topic

ANSWER_PREFIX = "antwort-"
_SECTIONS = [(topic.value, topic.label) for topic in Topic if topic.startswith("section_")]
_CRITERIA = [(topic.value, topic.label) for topic in CRITERION_TOPICS.values()]
_DEGREES = [(topic.value, topic.label) for topic in DEGREE_TOPICS.values()]


class AskForm(forms.Form):
    """A question about one section, Grundkriterium or degree."""

    topic = forms.ChoiceField(
        label=_("Worauf bezieht sich die Frage?"),
        choices=[
            ("", _("Bitte wählen")),
            (_("Abschnitte der Idee"), _SECTIONS),
            (_("Grundkriterien"), _CRITERIA),
            (_("Reifegrade"), _DEGREES),
        ],
        error_messages={
            "required": _("Wählen Sie, worauf sich die Frage bezieht."),
            "invalid_choice": _("Wählen Sie, worauf sich die Frage bezieht."),
        },
    )
    text = ReasonField(
        label=_("Ihre Frage"),
        help_text=_("Eine Frage auf einmal: So lässt sie sich beantworten und abhaken."),
        max_length=ANSWER_LENGTH,
        error_messages={"required": _("Schreiben Sie Ihre Frage.")},
    )


class TurnForm(forms.Form):
    """What is said next in a question; each on its own page has fields of its own names."""

    text = ReasonField(max_length=ANSWER_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, question: int, is_answer: bool, prefix: str | None = None) -> None:
        super().__init__(data, auto_id=f"rueckfrage-{question}-%s", prefix=prefix)
        field = self.fields["text"]
        field.label = _("Ihre Antwort") if is_answer else _("Was ist noch offen?")
        missing = _("Schreiben Sie Ihre Antwort.") if is_answer else _("Schreiben Sie, was noch offen ist.")
        field.error_messages = field.error_messages | {"required": missing}


def with_forms(dialogue: Dialogue) -> Dialogue:
    """Put the empty form for the next word beside each question that waits for the reader; return the dialogue."""
    for row in dialogue.threads:
        if row.can_answer or row.can_ask_again:
            row.form = TurnForm(question=row.question.pk, is_answer=row.can_answer)
    return dialogue


def answer_forms(project: Project | None, user: User, data: Any = None) -> list[Thread]:
    """Return the questions that wait for the author's answer, each with a form that stands inside the idea's own form.

    What was typed there stays when the idea is sent; only the answer whose button was pressed is checked.
    """
    rows = [row for row in dialogue_of(project, user).threads if row.can_answer] if project else []
    kept = kept_answers(project, user) if project and rows else {}
    for row in rows:
        prefix = f"{ANSWER_PREFIX}{row.question.pk}"
        is_sent = data is not None and data.get("aktion") == prefix
        row.form = TurnForm(data if is_sent else None, question=row.question.pk, is_answer=True, prefix=prefix)
        if not is_sent:
            typed = None if data is None else data.get(f"{prefix}-text")
            row.form.initial = {"text": kept.get(row.question.pk, "") if typed is None else typed}
    return rows


def typed_answers(data: Mapping[str, Any]) -> tuple[dict[int, str], list[tuple[str, str]]]:
    """Return what is typed as answers inside the idea's form, by question, and what is too long, by the field's id."""
    typed, complaints = {}, []
    for name, value in data.items():
        number = name.removeprefix(ANSWER_PREFIX).removesuffix("-text")
        if name != f"{ANSWER_PREFIX}{number}-text" or not (number.isascii() and number.isdigit()) or len(number) > 18:
            continue
        form = TurnForm({"text": value}, question=int(number), is_answer=True)
        form.fields["text"].required = False
        if form.is_valid():
            typed[int(number)] = form.cleaned_data["text"]
        else:
            field_id = f"rueckfrage-{number}-{ANSWER_PREFIX}{number}-text"
            complaints += [(field_id, str(message)) for message in form.errors["text"]]
    return typed, complaints


class ObjectionForm(forms.Form):
    """Why somebody objects."""

    reason = ReasonField(
        label=_("Warum widersprechen Sie?"),
        help_text=_("Gehen Sie auf die Kriterien ein, die mit Nein beantwortet sind."),
        error_messages={"required": _("Begründen Sie den Widerspruch.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
