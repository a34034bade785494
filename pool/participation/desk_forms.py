"""The forms of the desk for taking part."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from governance.models import Handlungsfeld, OrganisationUnit, User
from governance.organisation.forms import day_field
from governance.record import clock
from governance.record.forms import LineField, SeenForm, TextField
from pool.participation.forms import MailField
from pool.participation.models import Beteiligungsformat, Feedback
from pool.participation.queries import choices_by_field, subject_choices
from pool.participation.rules import FeedbackKind, FormatState, Mode, Refusal
from pool.project.models import Project

CHOOSE = ("", _("Bitte wählen"))


class SubjectField(forms.ChoiceField):
    """A published project or a Handlungsfeld; its value is the row."""

    default_error_messages = {"required": _("Wählen Sie, worum es geht.")}

    def offer(self) -> None:
        """Put in what there is today."""
        self.choices = [CHOOSE, *((heading, pairs) for _key, heading, pairs in subject_choices())]

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        kind, _sep, key = chosen.partition(":")
        return (Handlungsfeld if kind == "feld" else Project).objects.get(pk=key)


class EnterForm(forms.Form):
    """What came by letter, by telephone, at an event."""

    subject = SubjectField(label=_("Worum geht es?"))
    kind = forms.ChoiceField(label=_("Art"), choices=FeedbackKind)
    channel = forms.ChoiceField(
        label=_("Auf welchem Weg kam sie?"),
        choices=[CHOOSE, *((key, label) for key, label in Project.Channel.choices if key != Project.Channel.FORM)],
    )
    received_on = day_field(_("Eingegangen am"), _("Nennen Sie den Tag."))
    text = TextField(
        label=_("Wortlaut"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Schreiben Sie, was gesagt oder geschrieben wurde.")},
    )
    name = LineField(label=_("Name"), max_length=120, required=False, help_text=_("Wird nie öffentlich."))
    mail = MailField(required=False, help_text=_("Nur für eine Antwort. Wird nie öffentlich."))
    wants_answer = forms.BooleanField(label=_("Möchte eine Mail, sobald die Antwort dasteht."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].offer()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("wants_answer") and not cleaned.get("mail") and "mail" not in self.errors:
            self.add_error("mail", _("Nennen Sie eine E-Mail-Adresse, oder nehmen Sie das Häkchen darunter weg."))
        return cleaned


class ShowForm(SeenForm):
    """The words that the public will read."""

    public_text = TextField(
        label=_("Öffentlicher Wortlaut"),
        max_length=4000,
        help_text=_("Kürzen Sie heraus, was Menschen erkennen lässt. Den Sinn lassen Sie stehen."),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Schreiben Sie, was die Öffentlichkeit lesen soll.")},
    )

    def __init__(self, *args: Any, feedback: Feedback, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"public_text": feedback.public_text or feedback.text}
        self.stand_on({"public_text": feedback.public_text})


class RefuseForm(forms.Form):
    """Why a Rückmeldung is not shown."""

    refusal = forms.ChoiceField(
        label=_("Warum wird sie nicht gezeigt?"), choices=Refusal, widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie einen Grund.")},
    )  # fmt: skip


SHOW = "show"


class ReviewForm(SeenForm):
    """One Rückmeldung of many that are looked through one after the other: shown or not, and in which words."""

    verdict = forms.ChoiceField(
        label=_("Was geschieht damit?"),
        choices=[
            (SHOW, _("Öffentlich zeigen")),
            *((value, format_lazy(_("Nicht zeigen: {reason}"), reason=label)) for value, label in Refusal.choices),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, was damit geschieht.")},
    )
    public_text = TextField(
        label=_("Öffentlicher Wortlaut"),
        max_length=4000,
        required=False,
        help_text=_("Kürzen Sie heraus, was Menschen erkennen lässt. Den Sinn lassen Sie stehen."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, feedback: Feedback, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"public_text": feedback.public_text or feedback.text}
        self.fields["public_text"].demanded = True  # type: ignore[attr-defined]
        self.stand_on({"public_text": feedback.public_text, "verdict": feedback.refusal})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_shown = cleaned.get("verdict") == SHOW
        if is_shown and "public_text" not in self.errors and not cleaned.get("public_text"):
            self.add_error("public_text", _("Schreiben Sie, was die Öffentlichkeit lesen soll."))
        return cleaned


class AnswerForm(SeenForm):
    """The answer, and the office in whose name it stands."""

    answered_as = forms.ModelChoiceField(
        label=_("Es antwortet"),
        queryset=OrganisationUnit.objects.none(),
        help_text=_("Öffentlich steht die Stelle, keine Person."),
    )
    answer = TextField(
        label=_("Antwort"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Schreiben Sie die Antwort.")},
    )

    def __init__(self, *args: Any, feedback: Feedback, office: OrganisationUnit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"answer": feedback.answer, "answered_as": feedback.answered_as or office}
        units: Any = self.fields["answered_as"]
        today = clock.today()
        units.queryset = OrganisationUnit.objects.valid_on(today).order_by("name", "code")
        self.stand_on({"answer": feedback.answer})


class TakeUpForm(forms.Form):
    """The draft that a Rückmeldung becomes, and who goes on writing it."""

    title = LineField(
        label=_("Titel der Idee"), max_length=120, error_messages={"required": _("Geben Sie der Idee einen Titel.")}
    )
    short_text = LineField(
        label=_("Kurztext"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Der Wortlaut der Rückmeldung steht dann unter „Welches Problem wird gelöst?“."),
    )
    person = LineField(
        label=_("Wer schreibt die Idee weiter?"),
        max_length=150,
        help_text=_("Anmeldename einer beschäftigten Person. Sie reicht die Idee ein und ist damit befangen."),
        error_messages={"required": _("Nennen Sie die Person, die weiterschreibt.")},
    )

    def __init__(self, *args: Any, is_example: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_example = is_example

    def clean_person(self) -> User:
        name = self.cleaned_data["person"]
        found = User.objects.filter(username=name, is_active=True, is_demo=self.is_example).first()
        if found is None:
            message = _("„{name}“ ist hier nicht bekannt. Schreiben Sie den Anmeldenamen.")
            raise forms.ValidationError(str(message).format(name=name[:80]))
        return found


class ClockField(forms.TimeField):
    """A time of day, typed as people write it: 18:00, 18.00, 18 Uhr."""

    default_error_messages = {"invalid": _("Schreiben Sie die Uhrzeit so: 18:00")}
    widget = forms.TimeInput(attrs={"inputmode": "text"}, format="%H:%M")

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = value.replace("Uhr", "").strip().replace(".", ":")
            value = f"{value}:00" if value.isascii() and value.isdigit() and len(value) < 3 else value
        found: time | None = super().to_python(value)
        return found


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """The projects of one Handlungsfeld, as boxes to tick."""

    name: str
    boxes: list[Any]

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(bool(box.data["selected"]) for box in self.boxes)


class FormatForm(SeenForm):
    """A Beteiligungsformat."""

    title = LineField(label=_("Titel"), max_length=120)
    short_text = TextField(label=_("Kurztext"), max_length=800, widget=forms.Textarea(attrs={"rows": 3}))
    audience = LineField(label=_("Für wen"), max_length=200, help_text=_("Zum Beispiel: alle, die in Mainz leben."))
    mode = forms.ChoiceField(label=_("Wo"), choices=Mode, widget=forms.RadioSelect)
    place = LineField(
        label=_("Ort"), max_length=300, required=False, help_text=_("Mit Haltestelle, wenn es eine gibt.")
    )
    online_address = forms.URLField(
        label=_("Adresse im Netz"),
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Schreiben Sie die Adresse so: https://www.mainz.de/…")},
    )
    first_day = day_field(_("Erster Tag"), _("Nennen Sie den ersten Tag."))
    last_day = day_field(_("Letzter Tag"), "")
    begins = ClockField(label=_("Beginn"), required=False, help_text=_("Zum Beispiel 18:00"))
    ends = ClockField(label=_("Ende"), required=False)
    accessibility = TextField(
        label=_("Barrierefreiheit"),
        max_length=800,
        help_text=_("Stufen, Toilette, Induktionsschleife, Gebärdensprache: auch, was es nicht gibt."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact = TextField(
        label=_("Anmeldung und Kontakt"),
        max_length=800,
        help_text=_("Auch ohne Netz: Telefon oder Anschrift einer Stelle."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outcome = TextField(
        label=_("Was daraus wurde"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    state = forms.ChoiceField(label=_("Stand"), choices=FormatState, widget=forms.RadioSelect)
    projects = forms.MultipleChoiceField(label=_("Projekte"), required=False, widget=forms.CheckboxSelectMultiple)
    handlungsfelder = forms.MultipleChoiceField(
        label=_("Handlungsfelder"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, row: Beteiligungsformat | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].required = False
        self.fields["last_day"].help_text = _("Nur, wenn es mehrere Tage sind.")
        offered = choices_by_field()
        self.fields["handlungsfelder"].choices = [  # type: ignore[attr-defined]
            (str(each.key), each.name) for each in offered if each.key
        ]
        self.fields["projects"].choices = [  # type: ignore[attr-defined]
            (each.name, each.projects) for each in offered if each.projects
        ]
        values: dict[str, Any] = {"state": FormatState.DRAFT, "mode": Mode.ON_SITE}
        if row is not None:
            names = [name for name in self.fields if name not in ("projects", "handlungsfelder", "seen")]
            values = {name: getattr(row, name) for name in names}
            values["projects"] = [str(key) for key in row.projects.values_list("pk", flat=True)]
            values["handlungsfelder"] = [str(key) for key in row.handlungsfelder.values_list("pk", flat=True)]
        self.initial = values
        self.stand_on({"title": row.title, "short_text": row.short_text, "outcome": row.outcome, "state": row.state}
                      if row else {})  # fmt: skip

    def project_groups(self) -> list[ProjectGroup]:
        """Return the boxes of the projects by Handlungsfeld, each group with the number chosen in it."""
        boxes = {str(box.data["value"]): box for box in self["projects"]}
        offered: Any = self.fields["projects"]
        return [ProjectGroup(name, [boxes[str(key)] for key, _title in pairs]) for name, pairs in offered.choices]

    def rows(self) -> dict[str, Any]:
        """Return the rows that were ticked, and those tied to it already that are not offered any more: a project that
        was taken back, a Handlungsfeld of an earlier edition."""
        ticked = {"projects": Project.objects, "handlungsfelder": Handlungsfeld.objects}
        return {
            name: rows.filter(pk__in=[*self.cleaned_data[name], *self._kept(name)]) for name, rows in ticked.items()
        }

    def _kept(self, name: str) -> set[str]:
        field: Any = self.fields[name]
        return {key for key in self.initial.get(name, []) if not field.valid_value(key)}


class WayForm(forms.Form):
    """A way to reach the office without the net."""

    title = LineField(label=_("Überschrift"), max_length=80)
    text = TextField(label=_("Text"), max_length=800, widget=forms.Textarea(attrs={"rows": 4}))
    position = forms.IntegerField(
        label=_("Reihenfolge"),
        min_value=1,
        max_value=99,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Schreiben Sie eine Zahl von 1 bis 99."),
            "min_value": _("Schreiben Sie eine Zahl von 1 bis 99."),
            "max_value": _("Schreiben Sie eine Zahl von 1 bis 99."),
        },
    )
    text_is_example = forms.BooleanField(label=_("Der Text ist ein Beispiel, nicht geprüft."), required=False)
