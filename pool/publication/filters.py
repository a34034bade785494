"""The filters of the public list, and how many projects each choice would leave, counted in one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Handlungsfeld
from governance.record.forms import SearchField, search_text
from governance.record.layout import FilterFormHelper
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.project.models import NeedLink, Project
from pool.publication.models import Release
from pool.publication.queries import grouped
from pool.publication.rules import folded, slug_base, spelled_out

UNKNOWN_YEAR = "offen"
MOST_WORDS = 10
FIRST_YEAR, LAST_YEAR = 1990, 2100
PUBLIC_STEPS = tuple(
    step for step in Step if step not in {Step.DRAFT, Step.SUBMITTED, Step.RETURNED, Step.REJECTED, Step.MERGED}
)
STEP_SLUGS = {slug_base(str(step.label)): step for step in PUBLIC_STEPS}
SLUGS_OF_STEPS = {step.value: slug for slug, step in STEP_SLUGS.items()}


def step_label(step: Step) -> str:
    """Return a step as the public reads it."""
    return _("in Betrieb oder abgeschlossen") if step == Step.COMPLETED else str(step.label)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter: its words, how many projects it leaves, where it leads, whether it is chosen."""

    label: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its values."""

    name: str
    label: str
    choices: list[Choice]
    is_long: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """The facets that have choices, and how many projects are hits, published, invented."""

    facets: list[Facet]
    hits: int
    total: int
    invented: int


class PublicProjectFilter(django_filters.FilterSet):
    """Search and filters of the public list. Values that do not exist are left out and named by the page."""

    q = django_filters.CharFilter(label=gettext_lazy("Projekte durchsuchen"), method="search")
    feld = django_filters.ChoiceFilter(
        label=gettext_lazy("Handlungsfeld"), field_name="project__lead_handlungsfeld__slug"
    )
    stand = django_filters.ChoiceFilter(label=gettext_lazy("Stand"), method="in_step")
    klasse = django_filters.ChoiceFilter(label=gettext_lazy("Klasse"), method="of_class")
    bedarf = django_filters.ChoiceFilter(label=gettext_lazy("Handlungsbedarf"), method="serving_need")
    jahr = django_filters.ChoiceFilter(label=gettext_lazy("Jahr"), method="since_year")
    sdg = django_filters.ChoiceFilter(label=gettext_lazy("UN-Ziel"), method="serving_sdg")

    class Meta:
        model = Release
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Release], fields: Sequence[Handlungsfeld]) -> None:
        super().__init__(data, queryset=queryset)
        needs = [need for each in fields for need in each.handlungsbedarfe.all()]
        self.form_choices: dict[str, list[tuple[str, str]]] = {
            "feld": [(each.slug, each.name) for each in fields],
            "stand": [(slug, step_label(step)) for slug, step in STEP_SLUGS.items()],
            "klasse": [(mark.value, str(mark.label)) for mark in ClassMark.Mark],
            "bedarf": [(need.code, need.title) for need in needs],
            "jahr": [
                *((str(year), str(year)) for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)),
                (UNKNOWN_YEAR, _("Jahr offen")),
            ],
            "sdg": [(str(number), _("Ziel {number}").format(number=number)) for number in range(1, 18)],
        }

    @property
    def form(self) -> forms.Form:
        """Return the form with the choices of today."""
        if not hasattr(self, "_form"):
            form = self.get_form_class()(self.data, prefix=self.form_prefix)
            form.fields["q"] = SearchField(label=self.filters["q"].label)
            for name, choices in self.form_choices.items():
                form.fields[name].choices = choices
            form.helper = FilterFormHelper(form)
            self._form = form
        return self._form

    # Each filter is a condition of its own, so that no two of them multiply rows.

    def search(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects whose released text, unit or field contains every word, however umlauts are written."""
        for word in value.split()[:MOST_WORDS]:
            found = Q(project__lead_unit__name__icontains=word) | Q(project__lead_unit__short_name__icontains=word)
            found |= Q(project__lead_handlungsfeld__name__icontains=word)
            for spelling in {folded(word), spelled_out(word)} - {""}:
                found |= Q(text__search_text__contains=spelling)
            queryset = queryset.filter(found)
        return queryset

    def in_step(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects in a step."""
        return queryset.filter(project__step=STEP_SLUGS[value])

    def of_class(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects whose class a Beschluss confirmed."""
        confirmed = ClassMark.objects.filter(
            project=OuterRef("project"), mark=value, is_current=True, state=ClassMark.State.CONFIRMED
        )
        return queryset.filter(Exists(confirmed))

    def serving_need(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that serve a Handlungsbedarf."""
        return queryset.filter(
            Exists(NeedLink.objects.filter(project=OuterRef("project"), handlungsbedarf__code=value))
        )

    def since_year(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that have been in their step since a year, or since nobody knows when."""
        if value == UNKNOWN_YEAR:
            return queryset.filter(project__step_since__isnull=True)
        return queryset.filter(project__step_since__year=int(value))

    def serving_sdg(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that name one of the UN goals."""
        through = Project.sdgs.through.objects.filter(project=OuterRef("project"), sdg__number=int(value))
        return queryset.filter(Exists(through))

    # --- Facets ---------------------------------------------------------------------------------------------------

    def without(self, name: str) -> QuerySet[Release]:
        """Return what all filters but one leave."""
        queryset = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name and value:
                queryset = self.filters[other].filter(queryset, value)
        return queryset

    def counted(self, total: QuerySet[Release]) -> Counted:
        """Return the facets, the hits, all published projects and the invented ones among them, in one query."""
        self.form.is_valid()
        confirmed = self.without("klasse").filter(
            project__class_marks__is_current=True, project__class_marks__state=ClassMark.State.CONFIRMED
        )
        branches = grouped(total, "all", "").union(
            grouped(total.filter(project__is_example=True), "invented", ""),
            grouped(self.without(""), "hits", ""),
            grouped(self.without("feld"), "feld", "project__lead_handlungsfeld__slug"),
            grouped(self.without("stand"), "stand", "project__step"),
            grouped(confirmed, "klasse", "project__class_marks__mark"),
            grouped(self.without("bedarf"), "bedarf", "project__need_links__handlungsbedarf__code"),
            grouped(self.without("jahr"), "jahr", ExtractYear("project__step_since")),
            grouped(self.without("sdg"), "sdg", "project__sdgs__number", "project__sdgs__name"),
            all=True,
        )
        sums = ("all", "invented", "hits")
        counted: dict[str, dict[str, tuple[str, int]]] = {name: {} for name in (*sums, *self.form_choices)}
        for kind, key, extra, number in branches:
            counted[kind][_value_of(kind, key)] = (extra, number)
        total_number, invented, hits = (counted[kind].get("", ("", 0))[1] for kind in sums)
        facets = [self._facet(name, counted[name]) for name in self.form_choices]
        return Counted([facet for facet in facets if facet.choices], hits, total_number, invented)

    def _facet(self, name: str, counted: dict[str, tuple[str, int]]) -> Facet:
        chosen = self.form.cleaned_data.get(name) or ""
        choices = [
            Choice(
                label=f"{value} {counted[value][0]}" if name == "sdg" else str(label),
                count=counted[value][1],
                href=self._address(name, value),
                is_chosen=value == chosen,
            )
            for value, label in self.form_choices[name]
            if value in counted
        ]
        return Facet(
            name=name,
            label=str(self.filters[name].label),
            choices=choices,
            is_long=name in ("bedarf", "jahr", "sdg"),
            is_used=bool(chosen),
        )

    def _address(self, name: str, value: str) -> str:
        query = {key: chosen for key, chosen in self.form.cleaned_data.items() if chosen} | {name: value}
        address = QueryDict(mutable=True)
        address.update({key: query[key] for key in self.form.fields if key in query})
        return f"?{address.urlencode()}"

    # --- Notices --------------------------------------------------------------------------------------------------

    def notices(self) -> list[str]:
        """Return in words what of the address could not be used."""
        found = [
            _("Den Wert im Filter „{name}“ gibt es nicht; er wurde nicht verwendet.").format(
                name=self.form.fields[name].label
            )
            for name in self.form.errors
        ]
        if any(name not in self.form.fields and name != "page" for name in self.data):
            found.append(_("Die Adresse enthält Angaben, die es hier nicht gibt; sie wurden nicht verwendet."))
        word, cut = search_text(self.data.get("q", ""))
        if cut:
            found.append(cut)
        if len(word.split()) > MOST_WORDS:
            found.append(_("Gesucht wurde nach den ersten {count} Wörtern.").format(count=MOST_WORDS))
        return found


def _value_of(kind: str, key: str | None) -> str:
    """Return a counted key as it stands in the address."""
    if kind == "stand":
        return SLUGS_OF_STEPS.get(key or "", "")
    if kind == "jahr":
        return key or UNKNOWN_YEAR
    return key or ""


def hidden_values(form: forms.Form) -> Iterable[tuple[str, Any]]:
    """Return the chosen filters that the search form carries along."""
    return [(name, value) for name, value in form.cleaned_data.items() if value and name != "q"]
