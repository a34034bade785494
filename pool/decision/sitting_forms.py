"""Forms around a sitting: who is there, how an item went, a drafted rule, the Beirat, a condition that is met."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.models import OrganisationUnit
from governance.record import clock
from governance.record.forms import ReasonField, TextField
from governance.record.layout import PortalFormHelper
from pool.decision.agenda_queries import AttendanceSheet
from pool.decision.day_field import DayField
from pool.decision.minutes import Minutes
from pool.decision.models import Recommendation, SittingItem
from pool.decision.sitting_rules import Vote
from pool.priority.models import RuleVersion
from pool.priority.rules import WIDEST_INTERVAL, Weights

VOTES = ("votes_yes", "votes_no", "votes_abstained")
WHOLE = {"invalid": _("Schreiben Sie eine ganze Zahl, zum Beispiel 5.")}


def count_field(label: Any, *, required: bool = False) -> forms.IntegerField:
    """Return a field for a number of votes."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=999,
        required=required,
        error_messages=WHOLE | {"required": _("Nennen Sie die Zahl; null schreiben Sie als 0.")},
    )


class AttendanceForm(forms.Form):
    """Who of those entitled is there."""

    present = forms.MultipleChoiceField(
        label=_("Wer ist anwesend?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Anwesend sein kann nur, wer am Tag der Sitzung ein Mandat hat.")},
    )

    def __init__(self, *args: Any, sheet: AttendanceSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, str] = {}
        for line in sheet.lines:
            role = _now("Vorsitz") if line.is_chair else _now("Mitglied")
            choices.setdefault(line.seat.holder, f"{line.holder} ({role})")
            for person, actor in zip(line.seat.deputies, line.deputies, strict=True):
                words = _now("{deputy} (Vertretung für {holder})").format(deputy=actor, holder=line.holder)
                choices.setdefault(person, words)
        self.fields["present"].choices = list(choices.items())  # type: ignore[attr-defined]
        self.fields["present"].initial = sorted(sheet.there)
        self.helper = PortalFormHelper(self, demanded=["present"], tag=False)


class MinutesFields(forms.Form):
    """How an outcome came about: asked when it is recorded, beside the outcome."""

    voting = forms.ChoiceField(
        label=_("Abstimmung"),
        choices=[("", _("nicht festgehalten")), *SittingItem.Voting.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    votes_yes = count_field(_("Ja"))
    votes_no = count_field(_("Nein"))
    votes_abstained = count_field(_("Enthaltungen"))
    recused = forms.MultipleChoiceField(label=_("Befangen"), required=False, widget=forms.CheckboxSelectMultiple)
    dissent = TextField(
        label=_("Abweichende Meinung"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    conditions = TextField(
        label=_("Auflage"),
        help_text=_("Zum Beispiel „Vor dem Start liegt das Datenschutzkonzept vor“."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    conditions_due_on = DayField(label=_("Auflage zu erfüllen bis"), required=False)
    follow_up = forms.ModelChoiceField(
        label=_("Wer der Auflage nachgeht"),
        help_text=_("Eine Stelle, keine Person."),
        queryset=OrganisationUnit.objects.none(),
        required=False,
        empty_label=_("Bitte wählen"),
    )

    def offer_people(self, sheet: AttendanceSheet, barred: Sequence[str]) -> None:
        """Offer those who have a vote today; who is barred by the portal's rule is ticked and stays so."""
        there = [line.taken_by for line in sheet.lines if line.taken_by is not None]
        if not there:
            self.fields.pop("recused")
        else:
            choices = [(str(actor.pk), f"{actor}{_by_rule(actor.pk, barred)}") for actor in there]
            self.fields["recused"].choices = choices  # type: ignore[attr-defined]
            self.fields["recused"].initial = list(barred)
        self.fields["follow_up"].queryset = OrganisationUnit.objects.valid_on(clock.today()).order_by("name", "code")  # type: ignore[attr-defined]

    def minutes(self) -> Minutes:
        """Return what was said, for the action."""
        given = self.cleaned_data
        return Minutes(
            vote=Vote(given.get("voting") or "", *(given.get(name) for name in VOTES)),
            recused=given.get("recused") or (),
            dissent=given.get("dissent") or "",
            conditions=given.get("conditions") or "",
            conditions_due_on=given.get("conditions_due_on"),
            follow_up=given.get("follow_up"),
        )


def _by_rule(actor: object, barred: Sequence[str]) -> str:
    return _now(" (befangen nach der Verfahrensordnung)") if str(actor) in barred else ""


def minutes_of(item: SittingItem, barred: Sequence[str]) -> dict[str, Any]:
    """Return what the form begins with."""
    return {
        "voting": item.voting,
        **{name: getattr(item, name) for name in VOTES},
        "recused": sorted({*barred, *(str(row.person_id) for row in item.recusals.all())}),
        "dissent": item.dissent,
        "conditions": item.conditions,
        "conditions_due_on": item.conditions_due_on,
        "follow_up": item.follow_up_id,
    }


class RuleDraftForm(forms.Form):
    """A rule version to decide on: four whole percents that sum to 100, effect, interval, and a day."""

    vernetzung = forms.IntegerField(label=_("Vernetzung"), min_value=0, max_value=100, error_messages=WHOLE)
    effect = forms.IntegerField(label=_("Wirkung"), min_value=0, max_value=100, error_messages=WHOLE)
    kompetenzaufbau = forms.IntegerField(label=_("Kompetenzaufbau"), min_value=0, max_value=100, error_messages=WHOLE)
    synergien = forms.IntegerField(label=_("Synergien"), min_value=0, max_value=100, error_messages=WHOLE)
    effect_threshold = forms.IntegerField(
        label=_("Vorrangklasse ab Wirkung"), help_text=_("Stufe 0 bis 4"), min_value=0, max_value=4
    )
    accepted_interval = forms.IntegerField(
        label=_("Spielraum je Gewicht"),
        help_text=_(
            "Um so viele Prozentpunkte darf jedes Gewicht abweichen, wenn die Sicherheit der Plätze berechnet wird."
        ),
        min_value=0,
        max_value=WIDEST_INTERVAL,
    )
    valid_from = DayField(label=_("Gilt ab"), help_text=_("Ein Tag nach der Sitzung"))

    def __init__(self, *args: Any, rule: RuleVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "vernetzung": rule.weight_vernetzung,
            "effect": rule.weight_effect,
            "kompetenzaufbau": rule.weight_kompetenzaufbau,
            "synergien": rule.weight_synergien,
            "effect_threshold": rule.effect_threshold,
            "accepted_interval": rule.accepted_interval,
        }
        self.helper = PortalFormHelper(self, tag=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parts = [cleaned.get(name) for name in ("vernetzung", "effect", "kompetenzaufbau", "synergien")]
        whole = [part for part in parts if part is not None]
        if len(whole) == len(parts) and sum(whole) != 100:
            said = _now("Die vier Gewichte ergeben {sum} Prozent; zusammen sind es 100.").format(sum=sum(whole))
            self.add_error("synergien", said)
        elif len(whole) == len(parts):
            cleaned["weights"] = Weights(*whole)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        names = ("weights", "effect_threshold", "accepted_interval", "valid_from")
        return {name: self.cleaned_data[name] for name in names}


class RecommendationForm(forms.Form):
    """What the Beirat recommends on one item."""

    text = TextField(
        label=_("Was empfiehlt der Beirat?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Schreiben Sie, was der Beirat empfiehlt.")},
    )
    day = DayField(label=_("Sitzung des Beirats am"))
    votes_yes = count_field(_("Ja"), required=True)
    votes_no = count_field(_("Nein"), required=True)
    votes_abstained = count_field(_("Enthaltungen"), required=True)
    reason = ReasonField(
        label=_("Warum tragen Sie die Empfehlung neu ein?"),
        help_text=_("Die bisherige Empfehlung bleibt nachzulesen."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Schreiben Sie, warum Sie die Empfehlung neu eintragen.")},
    )

    def __init__(self, *args: Any, last: Recommendation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if last is None:
            self.fields.pop("reason")
        else:
            names = ("text", "day", *VOTES)
            self.initial = {name: getattr(last, name) for name in names}
        self.helper = PortalFormHelper(self, tag=False)


class ConditionMetForm(forms.Form):
    """That a condition is met, when and by what."""

    met_on = DayField(label=_("Erfüllt am"))
    reason = ReasonField(
        label=_("Womit ist die Auflage erfüllt?"),
        max_length=1000,
        error_messages={"required": _("Schreiben Sie, womit die Auflage erfüllt ist.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, submit=_("Als erfüllt festhalten"))
