"""The forms of the desk's pages for single acts. Each gets the project it is about."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.mandates.models import Mandate
from governance.mandates.rules import Role
from governance.models import Handlungsfeld, OrganisationUnit, Stadtteil, User
from governance.organisation.forms import day_field
from governance.record import clock
from governance.record.forms import LineField, ReasonField, TextField
from governance.strategy.queries import edition_in_force
from pool.casefile.forms import ActForm
from pool.casefile.reason_texts import REASON_TEXTS, reason_text
from pool.lifecycle import FINAL_STEPS, TAKEN_OVER_STEPS, Act, Step
from pool.notifications import words_of_not_admitting, words_of_returning
from pool.priority.models import ClassMark
from pool.project.models import Beneficiary, Precision, Project, ProjectMandate
from pool.project.rules import TEXT_FIELDS
from pool.submission.forms import ReachField

MATCHES_SHOWN = 6


class ReasonForm(ActForm):
    """A reason, and nothing else."""

    reason = ReasonField()


class TextChoice(forms.Select):
    """Reasons to choose from; each option carries its text, so that a script can put it in at once."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self.act = act

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-text"] = reason_text(self.act, str(value))
        return option


class LetterForm(ReasonForm):
    """A reason that the authors read: begun with a text from the list, shown as they will read it before it goes."""

    act = Act.DECLINE_ADMISSION
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    reason = ReasonField(help_text=_("Die einreichende Person liest diesen Text."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = [(each.code, each.label) for each in REASON_TEXTS[self.act]]
        self.fields["baustein"] = forms.ChoiceField(
            label=_("Textbaustein"),
            choices=[("", _("keiner")), *texts],
            required=False,
            widget=TextChoice(self.act),
            help_text=_(
                "Wählen Sie einen Grund; sein Text kommt in die Begründung, und Sie schreiben ihn dort weiter."
            ),
        )
        self.order_fields(["seen", "baustein", "reason"])

    def with_text(self) -> dict[str, Any]:
        """Return what was typed, with the chosen text put below the reason."""
        chosen = reason_text(self.act, self.data.get("baustein", ""))
        typed = str(self.data.get("reason", "")).strip()
        return self._typed() | {"baustein": "", "seen": "", "reason": "\n".join(filter(None, [typed, chosen]))}

    def _typed(self) -> dict[str, Any]:
        return {name: self.data[name] for name in self.data}

    def words(self) -> tuple[str, str]:
        """Return subject and text of the message that the authors get."""
        return words_of_not_admitting()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        told = "\n".join([cleaned["reason"], *self.words()])
        digest = sha256(f"{self.project.pk}{self.project.version}{told}".encode()).hexdigest()
        self.asks_back = cleaned.get("seen") != digest
        if self.asks_back:
            self.data = self._typed() | {"seen": digest}
        return cleaned


class ReturnForm(LetterForm):
    """What is to be revised, and when the portal reminds of it."""

    act = Act.RETURN
    reason = ReasonField(help_text=_("Aus den Nein-Antworten vorausgefüllt; die einreichende Person liest den Text."))
    remind_on = day_field(_("Erinnern am"), _("Nennen Sie den Tag, an dem das Portal erinnert."))

    def words(self) -> tuple[str, str]:
        return words_of_returning(self.cleaned_data["remind_on"])


class ResumeForm(ActForm):
    """Why earlier than planned; not asked once the day is reached."""

    reason = ReasonField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.project.look_again_on
        if day is None or day <= clock.today():
            # What was typed before the day or the step moved on is shown again.
            if not self.data.get("reason"):
                del self.fields["reason"]
            return
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _("Vorgemerkt ist der {day}.").format(day=f"{day:%d.%m.%Y}")


class StopForm(ReasonForm):
    """Why a project ends, and what was learnt."""

    lesson = ReasonField(
        label=_("Was wir gelernt haben"),
        max_length=2000,
        error_messages={"required": _("Schreiben Sie auf, was andere daraus lernen können.")},
    )


class WithdrawForm(ReasonForm):
    """The submitter's request that the CDO records."""

    reason = ReasonField(
        label=_("Bitte der einreichenden Person"),
        help_text=_("Wer hat wann und auf welchem Weg darum gebeten, und warum?"),
        error_messages={"required": _("Halten Sie fest, wer wann um das Zurückziehen gebeten hat und warum.")},
    )


class MergeForm(ActForm):
    """Into which project; the one that was understood is shown before anything happens."""

    wanted = LineField(
        label=_("Worin geht das Vorhaben auf?"),
        help_text=_("Poolnummer oder ein Teil des Titels."),
        max_length=200,
        error_messages={"required": _("Nennen Sie die Poolnummer oder einen Teil des Titels.")},
    )
    target = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reason = TextField(label=_("Begründung"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    found: Project | None = None

    def clean_wanted(self) -> str:
        wanted = self.cleaned_data["wanted"]
        matches = list(self._candidates(wanted)[: MATCHES_SHOWN + 1])
        if not matches:
            raise ValidationError(_("Dazu gibt es kein Vorhaben, das noch etwas aufnehmen kann."))
        if len(matches) > 1:
            listed = "; ".join(_named(each) for each in matches[:MATCHES_SHOWN])
            raise ValidationError(
                _("Mehrere Vorhaben passen. Schreiben Sie Nummer oder Titel genauer: %(listed)s."),
                params={"listed": listed},
            )
        self.found = matches[0]
        return wanted

    def _candidates(self, wanted: str) -> QuerySet[Project]:
        others = Project.objects.exclude(pk=self.project.pk).exclude(step__in=[Step.DRAFT, *FINAL_STEPS])
        others = others.filter(is_example=self.project.is_example).order_by("pool_number", "title", "pk")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
            return others.filter(pool_number=int(wanted))
        exact = others.filter(title=wanted)
        return exact if exact.exists() else others.filter(title__icontains=wanted)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.asks_back = self.found is not None and cleaned.get("target") != self.found.pk
        if self.asks_back and self.found is not None:
            self.data = {**self.data.dict(), "target": str(self.found.pk)}  # type: ignore[attr-defined]
        return cleaned


def _named(project: Project) -> str:
    return f"{project.pool_number} {project.title}" if project.pool_number else project.title


class SlipForm(ReasonForm):
    """One field's new text, and why it was a slip."""

    field = forms.ChoiceField(widget=forms.HiddenInput, choices=[(name, name) for name in TEXT_FIELDS])

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].initial = field
        model_field: Any = Project._meta.get_field(field)
        label, old = model_field.verbose_name, getattr(self.project, field)
        if field == "beneficiary":
            self.fields["new_text"] = forms.ChoiceField(label=label, choices=Beneficiary.choices, initial=old)
        elif model_field.max_length and model_field.max_length <= 120:
            self.fields["new_text"] = LineField(label=label, max_length=model_field.max_length, initial=old)
        else:
            self.fields["new_text"] = TextField(
                label=label,
                max_length=model_field.max_length,
                initial=old,
                required=bool(old),
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        self.fields["reason"].label = _("Was war das Versehen?")
        self.order_fields(["field", "new_text", "reason"])


class ReachSlipForm(ReasonForm):
    """Where a project works, chosen anew, and why it was a slip."""

    field = forms.CharField(widget=forms.HiddenInput, initial="reach")
    reach = ReachField(label=_("Wo wirkt es?"), help_text=_("Stadtweit, oder in einzelnen Stadtteilen."))

    def __init__(self, *args: Any, stadtteile: Iterable[Stadtteil], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reach"].offer(stadtteile)  # type: ignore[attr-defined]
        self.fields["reach"].demanded = True  # type: ignore[attr-defined]
        self.fields["reach"].initial = [getattr(place, "pk", place) for place in self.project.places]
        self.fields["reason"].label = _("Was war das Versehen?")
        self.order_fields(["field", "reach", "reason"])


class ClassForm(ActForm):
    """A class to propose: a reason, for the Schnellboot two days."""

    reason = ReasonField()
    start_on = day_field(_("Beginn"), _("Nennen Sie den Tag des Beginns."))
    visible_on = day_field(_("Sichtbares Ergebnis"), _("Nennen Sie den Tag des sichtbaren Ergebnisses."))

    def __init__(self, *args: Any, mark: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=mark, **kwargs)
        if mark == ClassMark.Mark.LEUCHTTURM:
            del self.fields["start_on"], self.fields["visible_on"]


class ClassBackForm(ActForm):
    """Why a proposal is taken back, if there is more to say."""

    reason = TextField(label=_("Begründung"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


# --- People -------------------------------------------------------------------------------------------------------


def employed(*, is_example: bool, day: date) -> QuerySet[User]:
    """Return the accounts of those who are employed on `day`, of the project's world."""
    held = Mandate.objects.valid_on(day).filter(role=Role.EMPLOYEE, person__person__user=OuterRef("pk"))
    return User.objects.filter(Exists(held), is_active=True, is_demo=is_example).order_by("last_name", "username")


class PersonField(LineField):
    """A colleague, by account name or by full name as the list suggests it."""

    default_error_messages = {
        "unknown": _("„%(name)s“ ist hier nicht bekannt. Schreiben Sie den Anmeldenamen oder den vollen Namen."),
        "several": _("Mehrere Personen heißen „%(name)s“. Schreiben Sie den Anmeldenamen."),
    }

    def __init__(self, *, people: dict[str, User], **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "beschaeftigte", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.people = people

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        name = super().clean(value)
        if not name:
            return None
        if name in self.people:
            return self.people[name]
        found = [user for user in self.people.values() if name in (user.username, user.get_full_name())]
        if not found:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"name": name[:80]})
        if len(found) > 1:
            raise ValidationError(self.error_messages["several"], code="several", params={"name": name[:80]})
        return found[0]


def shown(user: User) -> str:
    """Return how a colleague is suggested and understood."""
    return f"{user.get_full_name() or user.username} ({user.username})"


class TeamForm(ActForm):
    """Who leads, who works along, and on what basis."""

    source = LineField(
        label=_("Grundlage"),
        max_length=300,
        help_text=_("Zum Beispiel die Verfügung und ihr Tag."),
        error_messages={"required": _("Nennen Sie die Grundlage.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {shown(user): user for user in employed(is_example=self.project.is_example, day=clock.today())}
        held = ProjectMandate.objects.filter(project=self.project, valid_until=None)
        lead = held.filter(role=ProjectMandate.Role.LEAD).select_related("person__person__user").first()
        members = list(held.filter(role=ProjectMandate.Role.MEMBER).select_related("person__person__user"))
        self.fields["lead"] = PersonField(
            people=self.people,
            label=_("Projektleitung"),
            initial=_shown_holder(lead),
            error_messages={"required": _("Nennen Sie die Projektleitung.")},
        )
        for number in range(1, max(4, len(members) + 2) + 1):
            current = members[number - 1] if number <= len(members) else None
            self.fields[f"member_{number}"] = PersonField(
                people=self.people,
                label=_("Mitarbeit {number}").format(number=number),
                required=False,
                initial=_shown_holder(current),
            )
        self.order_fields(["lead", *(name for name in self.fields if name.startswith("member_")), "source"])

    def members(self) -> list[User]:
        """Return who works along, each once."""
        named = (self.cleaned_data[name] for name in self.fields if name.startswith("member_"))
        return list({user.pk: user for user in named if user is not None}.values())


class AskExpertForm(ActForm):
    """Who is asked to rate, and on what basis."""

    source = LineField(
        label=_("Grundlage"),
        max_length=300,
        help_text=_("Zum Beispiel „Bitte der CDO vom 2. März“."),
        error_messages={"required": _("Nennen Sie die Grundlage.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {shown(user): user for user in employed(is_example=self.project.is_example, day=clock.today())}
        self.fields["person"] = PersonField(
            people=people, label=_("Person"), error_messages={"required": _("Nennen Sie, wen Sie bitten.")}
        )
        self.order_fields(["person", "source"])


def _shown_holder(mandate: ProjectMandate | None) -> str:
    link = getattr(mandate.person, "person", None) if mandate else None
    return shown(link.user) if link else ""


# --- Taking over --------------------------------------------------------------------------------------------------


class TakeOverForm(forms.Form):
    """An existing project, where its public source puts it."""

    title = LineField(label=_("Titel"), max_length=120, error_messages={"required": _("Nennen Sie den Titel.")})
    short_text = LineField(
        label=_("Kurztext"),
        max_length=400,
        help_text=_("Was die Quelle sagt, in ein bis drei eigenen Sätzen."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schreiben Sie in ein bis drei Sätzen, worum es geht.")},
    )
    lead_handlungsfeld = forms.ModelChoiceField(
        label=_("Handlungsfeld"), queryset=Handlungsfeld.objects.none(), required=False, empty_label=_("noch offen")
    )
    lead_unit = forms.ModelChoiceField(
        label=_("Federführende Stelle"),
        queryset=OrganisationUnit.objects.none(),
        required=False,
        empty_label=_("nennt die Quelle nicht"),
    )
    step = forms.ChoiceField(
        label=_("Wo steht das Projekt laut Quelle?"),
        choices=[(step.value, step.label) for step in Step if step in TAKEN_OVER_STEPS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, wo das Projekt laut Quelle steht.")},
    )
    on_day = forms.DateField(
        label=_("Seit wann?"),
        required=False,
        help_text=_("Zum Beispiel 24.12.2026; leer, wenn die Quelle es nicht sagt."),
        error_messages={"invalid": _("Schreiben Sie den Tag so: 24.12.2026")},
    )
    precision = forms.ChoiceField(
        label=_("Wie genau ist der Tag bekannt?"),
        choices=[choice for choice in Precision.choices if choice[0] != Precision.UNKNOWN],
        initial=Precision.DAY,
    )
    source_title = LineField(
        label=_("Öffentliche Quelle"),
        max_length=200,
        help_text=_("Titel der Seite"),
        error_messages={"required": _("Nennen Sie die öffentliche Quelle.")},
    )
    source_address = forms.URLField(
        label=_("Adresse der Quelle"),
        max_length=500,
        assume_scheme="https",
        error_messages={
            "required": _("Nennen Sie die Adresse der Quelle."),
            "invalid": _("Schreiben Sie die Adresse so: https://www.mainz.de/…"),
        },
    )
    source_read_on = day_field(_("Gelesen am"), _("Nennen Sie den Tag, an dem Sie die Quelle gelesen haben."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        fields = Handlungsfeld.objects.filter(edition=edition_in_force(today))
        self.fields["lead_handlungsfeld"].queryset = fields.order_by("number")  # type: ignore[attr-defined]
        units = OrganisationUnit.objects.valid_on(today).order_by("name", "code")
        self.fields["lead_unit"].queryset = units  # type: ignore[attr-defined]
