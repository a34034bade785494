"""The form of an idea: one form, six sections, nothing but the title demanded to save."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from governance.models import Handlungsfeld
from governance.record.forms import LineField, TextField
from pool.project.models import Beneficiary, Project, UnitLink
from pool.project.rules import WHOLE_OR_PARTS, Reach
from pool.submission.queries import IdeaFrame, stored_parts
from pool.submission.rules import DEMANDED, IDEA_FIELDS, WORKING_TITLE, mark_of

PLEASE_CHOOSE = _("Bitte wählen")
FROM_THE_LIST = _("Wählen Sie aus der Liste.")
MOST_ROWS = 20
NO_VERSION = -1
CHOSEN = ("handlungsbedarfe", "goals", "sdgs", "reach")
LISTS = ("units", "handlungsbedarfe", "goals", "partners", "sdgs", "reach")
Data = Mapping[str, Any]


def version_seen(data: Data) -> int:
    """Return the version of the page that was sent; a broken one is none, so that it counts as stale."""
    text = str(data.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_VERSION


def form_token_of(data: Data) -> UUID:
    """Return the token of the page that was sent, by which a second click is known; a fresh one for a new page."""
    return _uuid_in(data, "form_token")


def window_of(data: Data) -> UUID:
    """Return which window sent the form; one without a usable name is a new one."""
    return _uuid_in(data, "fenster")


def _uuid_in(data: Data, name: str) -> UUID:
    try:
        return UUID(str(data.get(name, "")))
    except ValueError:
        return uuid4()


def marks_of(project: Project | None) -> dict[str, str]:
    """Return the marks of what a page about to be shown holds, part by part."""
    return {name: mark_of(text) for name, text in stored_parts(project).items()} if project else {}


def marks_seen(data: Data) -> dict[str, str] | None:
    """Return the marks that a page was sent with; None where it has none or broken ones."""
    try:
        marks = json.loads(str(data.get("gesehen", "")))
    except ValueError:
        return None
    if not isinstance(marks, dict):
        return None
    return {name: mark for name, mark in marks.items() if isinstance(mark, str)}


class Offer(dict[str, Model]):
    """Rows by their key in a form; a key that is not among them is a wrong value, not a failure."""

    def __init__(self, rows: Iterable[Model]) -> None:
        super().__init__((str(row.pk), row) for row in rows)

    def taken(self, key: object) -> Model:
        try:
            return self[str(key)]
        except KeyError as unknown:
            raise ValueError from unknown


class RowChoiceField(forms.TypedChoiceField):
    """One of some rows that are already at hand; begins with nothing chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": FROM_THE_LIST})
        super().__init__(empty_value=None, required=False, **kwargs)

    def offer(self, rows: Iterable[Model]) -> None:
        offer = Offer(rows)
        self.choices = [("", PLEASE_CHOOSE), *((key, str(row)) for key, row in offer.items())]
        self.coerce = offer.taken


class RowsChoiceField(forms.TypedMultipleChoiceField):
    """Some of some rows that are already at hand."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": FROM_THE_LIST, "invalid_list": FROM_THE_LIST})
        super().__init__(empty_value=[], required=False, **kwargs)

    def offer(self, rows: Iterable[Model]) -> None:
        offer = Offer(rows)
        self.choices = [(key, str(row)) for key, row in offer.items()]
        self.coerce = offer.taken


class ReachField(RowsChoiceField):
    """The whole city or some of its parts, never both; nothing chosen leaves it open."""

    def offer(self, rows: Iterable[Model]) -> None:
        offer = Offer(rows)
        whole = (Reach.CITYWIDE.value, Reach.CITYWIDE.label)
        self.choices = [whole, *((key, str(row)) for key, row in offer.items())]
        self.coerce = lambda key: Reach.CITYWIDE if key == Reach.CITYWIDE else offer.taken(key)

    def clean(self, value: Any) -> Any:
        places = super().clean(value)
        if Reach.CITYWIDE in places and len(places) > 1:
            raise ValidationError(WHOLE_OR_PARTS)
        return places


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """What one Handlungsfeld offers in the form: a fold with its Handlungsbedarfe and goals as checkboxes.

    `needs` and `goals` are pairs of a box and the other words it is found by.
    """

    handlungsfeld: Handlungsfeld
    needs: list[tuple[Any, str]]
    goals: list[tuple[Any, str]]
    is_open: bool

    @property
    def boxes(self) -> list[Any]:
        """The boxes of the Handlungsbedarfe alone."""
        return [box for box, _words in self.needs]

    @property
    def chosen(self) -> int:
        """How many are chosen."""
        return sum(bool(box.data["selected"]) for box, _words in (*self.needs, *self.goals))


def folded(text: str) -> str:
    """Return a text as it is searched: without case and without the dots of umlauts."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _paragraph(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class IdeaForm(forms.Form):
    """What an idea says. Handing in demands more than saving; see `rules.DEMANDED`."""

    title = LineField(
        label=_("Wie heißt die Idee?"),
        help_text=_("So, dass Kolleg:innen aus anderen Häusern sie verstehen."),
        max_length=120,
        error_messages={"required": _("Geben Sie der Idee einen Titel.")},
    )
    short_text = LineField(
        label=_("Was soll geschehen?"),
        help_text=_("Ein bis drei Sätze, wie Sie es jemandem am Telefon erzählen."),
        max_length=400,
        required=False,
        widget=_paragraph(3),
    )
    problem = TextField(
        label=_("Welches Problem wird gelöst?"),
        help_text=_("Was ist heute schwierig, für wen, und woran merkt man es?"),
        max_length=4000,
        required=False,
        widget=_paragraph(5),
    )
    origin = forms.ChoiceField(
        label=_("Von wem stammt die Idee?"), choices=[("", PLEASE_CHOOSE), *Project.Origin.choices], required=False
    )
    may_be_mentioned = forms.BooleanField(
        label=_("Wer Ähnliches plant, darf erfahren, dass in unserem Amt eine ähnliche Idee geprüft wird"),
        help_text=_("Genannt wird nur das Amt, kein Wort Ihres Textes. Im Pool ist die Idee ohnehin für alle lesbar."),
        required=False,
    )
    benefit = TextField(
        label=_("Was wird besser?"),
        help_text=_("Wenn es gelingt: Was ist dann leichter, schneller, gerechter oder günstiger?"),
        max_length=4000,
        required=False,
        widget=_paragraph(5),
    )
    beneficiary = forms.ChoiceField(
        label=_("Wem nützt es?"),
        choices=Beneficiary.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": FROM_THE_LIST},
    )
    reach = ReachField(
        label=_("Wo wirkt es?"),
        help_text=_("Stadtweit, oder in einzelnen Stadtteilen. Nichts gewählt heißt: noch offen."),
    )
    lead_handlungsfeld = RowChoiceField(
        label=_("In welches Handlungsfeld gehört die Idee vor allem?"),
    )
    handlungsbedarfe = RowsChoiceField(label=_("Welchen Handlungsbedarfen dient sie?"))
    goals = RowsChoiceField(label=_("Welchen strategischen Zielen dient sie?"))
    lead_unit = RowChoiceField(
        label=_("Wer hat die Federführung?"),
        help_text=_("Die Stelle, die das Vorhaben verantworten würde. Sie muss noch nichts zugesagt haben."),
    )
    participation = LineField(
        label=_("Wer wirkt mit?"),
        help_text=_("Ein Satz genügt, zum Beispiel: Das Bürgeramt erarbeitet den Ablauf, die KDZ setzt ihn um."),
        max_length=400,
        required=False,
        widget=_paragraph(2),
    )
    effort = TextField(
        label=_("Wie groß ist der Aufwand?"),
        help_text=_("Grob geschätzt: Wer müsste wie viel Zeit einsetzen?"),
        max_length=1000,
        required=False,
        widget=_paragraph(3),
    )
    timing = LineField(
        label=_("Welcher Zeitraum schwebt Ihnen vor?"),
        help_text=_("Zum Beispiel: Erprobung ab Herbst, Dauer ein Jahr."),
        max_length=200,
        required=False,
    )
    cost = LineField(
        label=_("Was kostet es ungefähr?"),
        help_text=_("Auch „noch nicht bekannt“ ist eine Antwort."),
        max_length=200,
        required=False,
    )
    funding = forms.ChoiceField(
        label=_("Wie steht es um die Finanzierung?"),
        choices=[("", PLEASE_CHOOSE), *Project.Funding.choices],
        required=False,
    )
    procurement = TextField(
        label=_("Muss etwas beschafft oder vergeben werden?"), max_length=1000, required=False, widget=_paragraph(2)
    )
    council_matter = LineField(
        label=_("Muss der Stadtrat, ein Ausschuss oder ein Aufsichtsrat zustimmen?"),
        help_text=_("Zum Beispiel: nein; oder welches Gremium und mit welchem Ergebnis."),
        max_length=300,
        required=False,
    )
    sdgs = RowsChoiceField(label=_("Welchen Nachhaltigkeitszielen der Vereinten Nationen dient sie?"))

    def __init__(self, *args: Any, frame: IdeaFrame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frame = frame
        self.fields["lead_handlungsfeld"].offer(frame.handlungsfelder)  # type: ignore[attr-defined]
        self.fields["handlungsbedarfe"].offer(frame.needs)  # type: ignore[attr-defined]
        self.fields["goals"].offer(frame.goals)  # type: ignore[attr-defined]
        self.fields["lead_unit"].offer(frame.units)  # type: ignore[attr-defined]
        self.fields["sdgs"].offer(frame.sdgs)  # type: ignore[attr-defined]
        self.fields["reach"].offer(frame.stadtteile)  # type: ignore[attr-defined]
        for topic in frame.topics:
            self.fields[f"topic_{topic.pk}"] = LineField(
                label=topic.name,
                help_text=_("Ein Satz, oder leer für „noch offen“. {text}").format(text=topic.text),
                max_length=400,
                required=False,
                widget=_paragraph(2),
            )
        for name in DEMANDED:
            self.fields[name].demanded = True  # type: ignore[attr-defined]

    def need_groups(self, wanted: str = "") -> list[NeedGroup]:
        """Return what each Handlungsfeld offers; with a search word what is found by it, and always what is chosen."""
        needs = {str(box.data["value"]): box for box in self["handlungsbedarfe"]}
        goals = {str(box.data["value"]): box for box in self["goals"]} if "goals" in self.fields else {}
        words = folded(wanted).split()

        def shown(box: Any, *more: str) -> bool:
            text = folded(" ".join([str(box.choice_label), *more]))
            return not words or box.data["selected"] or all(word in text for word in words)

        groups = []
        for field in self.frame.handlungsfelder:
            own = [(needs[str(n.pk)], n.gap) for n in self.frame.needs if n.handlungsfeld_id == field.pk]
            aims = [(goals[str(g.pk)], "") for g in self.frame.goals if goals and g.handlungsfeld_id == field.pk]
            own = [(box, more) for box, more in own if shown(box, more, field.name)]
            aims = [(box, more) for box, more in aims if shown(box, more, field.name)]
            if own or aims:
                is_open = bool(words) or any(box.data["selected"] for box, _more in (*own, *aims))
                groups.append(NeedGroup(field, own, aims, is_open))
        return groups

    def topics(self) -> list[forms.BoundField]:
        """Return the fields of the Querschnittsthemen."""
        return [self[f"topic_{topic.pk}"] for topic in self.frame.topics]


class RowForm(forms.Form):
    """One row among others: its fields stand side by side, without a count of letters, none called "freiwillig"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.demanded = True  # type: ignore[attr-defined]
            field.limit = None  # type: ignore[attr-defined]


class UnitRowForm(RowForm):
    """A unit that takes part, with its own part."""

    unit = RowChoiceField(label=_("Stelle"))
    part = forms.ChoiceField(label=_("Anteil"), choices=[("", PLEASE_CHOOSE), *UnitLink.Part.choices], required=False)
    task = LineField(label=_("Aufgabe"), max_length=200, required=False)

    def __init__(self, *args: Any, frame: IdeaFrame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(frame.units)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("unit") and "unit" not in self.errors and (cleaned.get("part") or cleaned.get("task")):
            self.add_error("unit", _("Wählen Sie die Stelle zu dieser Zeile, oder leeren Sie die ganze Zeile."))
        return cleaned


class PartnerRowForm(RowForm):
    """Somebody outside the Konzern who takes part."""

    name = LineField(label=_("Partner"), max_length=160, required=False)
    task = LineField(label=_("Aufgabe"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name") and "name" not in self.errors and cleaned.get("task"):
            self.add_error("name", _("Nennen Sie den Partner zu dieser Zeile, oder leeren Sie die ganze Zeile."))
        return cleaned


class RowsFormSet(forms.BaseFormSet):
    """Rows of one kind, each thing named once; `key` is the field that names it."""

    key = ""
    twice = _("Das steht schon in einer anderen Zeile.")

    def clean(self) -> None:
        if self.is_bound and (self.management_form.cleaned_data["TOTAL_FORMS"] or 0) < 0:
            raise ValidationError(_("Die Zeilen sind unvollständig angekommen. Laden Sie die Seite neu."))
        seen = set()
        for form in self.kept():
            named = form.cleaned_data[self.key]
            if named in seen:
                form.add_error(self.key, self.twice)
            seen.add(named)

    def kept(self) -> list[forms.Form]:
        """Return the rows that say something and are not to be removed."""
        return [
            form
            for form in self.forms
            if not form.errors and form.cleaned_data.get(self.key) and not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Zeile entfernen")


class UnitRows(RowsFormSet):
    key = "unit"
    twice = _("Diese Stelle steht schon in einer anderen Zeile.")


class PartnerRows(RowsFormSet):
    key = "name"
    twice = _("Dieser Partner steht schon in einer anderen Zeile.")


def _formset(row: type[forms.Form], base: type[RowsFormSet], extra: int) -> Any:
    return forms.formset_factory(
        row,
        formset=base,
        extra=extra,
        can_delete=True,
        can_delete_extra=False,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )


UnitRowsFormSet = _formset(UnitRowForm, UnitRows, extra=2)
PartnerRowsFormSet = _formset(PartnerRowForm, PartnerRows, extra=1)


@dataclass(frozen=True, slots=True)
class IdeaForms:
    """The form of an idea with its rows of units and partners, checked and read as one."""

    form: IdeaForm
    units: UnitRows
    partners: PartnerRows

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.units.is_valid(), self.partners.is_valid()])

    @property
    def has_errors(self) -> bool:
        return self.form.is_bound and not self.is_valid()

    def values(self) -> dict[str, Any]:
        """Return the idea's own fields, as the actions take them; those with errors are left out."""
        linked = set(CHOSEN) | {f"topic_{topic.pk}" for topic in self.form.frame.topics}
        return {name: value for name, value in self.form.cleaned_data.items() if name not in linked}

    def links(self) -> dict[str, Any]:
        """Return what the idea is linked with, as the actions take it; what has errors is left out."""
        cleaned = self.form.cleaned_data
        links: dict[str, Any] = {name: cleaned[name] for name in CHOSEN if name in cleaned}
        if self.units.is_valid():
            links["units"] = [_values(row, "unit", "part", "task") for row in self.units.kept()]
        if self.partners.is_valid():
            links["partners"] = [_values(row, "name", "task") for row in self.partners.kept()]
        topics = {topic: f"topic_{topic.pk}" for topic in self.form.frame.topics}
        links["querschnitt"] = {topic: cleaned[name] for topic, name in topics.items() if name in cleaned}
        return links

    def complaints(self) -> list[tuple[str, str]]:
        """Return what is wrong as pairs: the anchor of the field, and what to do."""
        found = [(f"id_{name}", str(errors[0])) for name, errors in self.form.errors.items()]
        for rows, anchor in ((self.units, "stellen-0"), (self.partners, "partner-0")):
            found += [(anchor, str(message)) for message in rows.non_form_errors()]
            for row in rows.forms:
                found += [(f"id_{row.prefix}-{name}", str(errors[0])) for name, errors in row.errors.items()]
        return found


def _values(row: forms.Form, *names: str) -> tuple[Any, ...]:
    return tuple(row.cleaned_data[name] for name in names)


def idea_forms(frame: IdeaFrame, *, data: Data | None = None, initial: Mapping[str, Any] | None = None) -> IdeaForms:
    """Return the forms of an idea, filled with what was sent or with what is stored."""
    stored = initial or {}
    return IdeaForms(
        form=IdeaForm(data, frame=frame, initial=dict(stored)),
        units=UnitRowsFormSet(data, prefix="stellen", initial=stored.get("units"), form_kwargs={"frame": frame}),
        partners=PartnerRowsFormSet(data, prefix="partner", initial=stored.get("partners")),
    )


def data_of_parts(parts: Mapping[str, str]) -> MultiValueDict:
    """Return parts kept as plain text as a form would send them, so that they are checked like anything typed."""
    data: MultiValueDict = MultiValueDict()
    columns = {"units": ("stellen", ("unit", "part", "task")), "partners": ("partner", ("name", "task"))}
    for name, text in parts.items():
        rows = json.loads(text) if name in LISTS and text else []
        if name in columns:
            prefix, cells = columns[name]
            data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), "0"
            for number, row in enumerate(rows):
                for cell, value in zip(cells, row, strict=True):
                    data[f"{prefix}-{number}-{cell}"] = str(value)
        elif name in LISTS:
            data.setlist(name, [str(pk) for pk in rows])
        else:
            data[name] = text
    return data


def stored_values(project: Project) -> dict[str, Any]:
    """Return a stored idea as the initial values of its forms."""
    own = {name: getattr(project, name) for name in IDEA_FIELDS}
    if own["title"] == WORKING_TITLE:
        own["title"] = ""
    topics = {f"topic_{row.querschnittsthema_id}": row.text for row in project.querschnitt_answers.all()}
    return {
        **own,
        **topics,
        "lead_handlungsfeld": project.lead_handlungsfeld_id,
        "lead_unit": project.lead_unit_id,
        "handlungsbedarfe": list(project.need_links.values_list("handlungsbedarf_id", flat=True)),
        "goals": list(project.goal_links.values_list("goal_id", flat=True)),
        "sdgs": list(project.sdgs.values_list("pk", flat=True)),
        "reach": [getattr(place, "pk", place) for place in project.places],
        "units": [
            {"unit": link.unit_id, "part": link.part, "task": link.task} for link in project.unit_links.order_by("pk")
        ],
        "partners": [{"name": row.name, "task": row.task} for row in project.partners.order_by("pk")],
    }
