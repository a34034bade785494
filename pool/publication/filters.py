"""The filters of the public list, and how many projects each choice would leave, counted in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.record.forms import SearchField, search_text
from governance.record.layout import FilterFormHelper
from governance.templatetags.portal import english
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.project.models import GoalLink, NeedLink, Project
from pool.project.rules import Reach
from pool.publication.choices import FrameChoices
from pool.publication.models import Release
from pool.publication.queries import CITYWIDE, NOT_SAID, grouped, place_key
from pool.publication.rules import folded, slug_base
from pool.publication.search import MOST_WORDS, Words, condition_of, known_words, words_of

UNKNOWN_YEAR = "offen"
ALONE = "alone-"
ORDER_NAME = "sortierung"
# The orders of the list: the value in the address, its words, the columns. A title is compared as it is searched, so
# that both databases put umlauts where the alphabet has them.
ORDERS: dict[str, tuple[Promise, tuple[Any, ...]]] = {
    "neu": (gettext_lazy("zuletzt veröffentlicht"), ("-released_at", "-pk")),
    "titel": (gettext_lazy("nach Titel"), ("text__search_text", "pk")),
    "schritt": (
        gettext_lazy("zuletzt weitergekommen"),
        (F("project__step_since").desc(nulls_last=True), "-pk"),
    ),
}
FIRST_ORDER = "neu"
# Of an address that holds names nobody knows, so much is repeated.
SHOWN_NAMES, SHOWN_OF_NAME = 3, 30
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
class WaysOut:
    """Where nothing is found: the filters that are to blame, the words that alone would find something."""

    blamed: list[Choice]
    single: list[Choice]


@dataclass(frozen=True, slots=True)
class Counted:
    """The facets that have choices, and how many projects are hits, published, invented."""

    facets: list[Facet]
    hits: int
    total: int
    invented: int


class PublicProjectFilter(django_filters.FilterSet):
    """Search and filters of the public list. Values that do not exist are left out and named by the page."""

    q = django_filters.CharFilter(label=gettext_lazy("Suche"), method="search")
    feld = django_filters.ChoiceFilter(
        label=gettext_lazy("Handlungsfeld"), field_name="project__lead_handlungsfeld__slug"
    )
    stand = django_filters.ChoiceFilter(label=gettext_lazy("Stand"), method="in_step")
    klasse = django_filters.ChoiceFilter(label=gettext_lazy("Klasse"), method="of_class")
    stadtteil = django_filters.ChoiceFilter(label=gettext_lazy("Stadtteil"), method="working_in")
    ziel = django_filters.ChoiceFilter(label=gettext_lazy("Strategisches Ziel"), method="serving_goal")
    bedarf = django_filters.ChoiceFilter(label=gettext_lazy("Handlungsbedarf"), method="serving_need")
    jahr = django_filters.ChoiceFilter(label=gettext_lazy("Jahr"), method="since_year")
    sdg = django_filters.ChoiceFilter(label=gettext_lazy("UN-Ziel"), method="serving_sdg")

    class Meta:
        model = Release
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Release], choices: FrameChoices) -> None:
        super().__init__(data, queryset=queryset)
        self._conditions: dict[str, Q] = {}
        self.form_choices: dict[str, list[tuple[str, str]]] = {
            "feld": _in_english(choices.fields),
            "stand": [(slug, step_label(step)) for slug, step in STEP_SLUGS.items()],
            "klasse": [(mark.value, str(mark.label)) for mark in ClassMark.Mark],
            "stadtteil": [
                (CITYWIDE, str(Reach.CITYWIDE.label)),
                *choices.stadtteile,
                (NOT_SAID, _("noch nicht gesagt, wo")),
            ],
            "ziel": _in_english(choices.goals),
            "bedarf": _in_english(choices.needs),
            "jahr": [
                *((str(year), str(year)) for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)),
                (UNKNOWN_YEAR, _("Jahr offen")),
            ],
            "sdg": [(number, f"{number} {name}") for number, name in _in_english(choices.sdgs)],
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
        """Keep projects in whose text, unit or frame every word stands; `pool.publication.search` says how."""
        for word in words_of(value):
            queryset = queryset.filter(self._having(word))
        return queryset

    def _having(self, word: str) -> Q:
        if word not in self._conditions:
            self._conditions[word] = condition_of(word, self.known)
        return self._conditions[word]

    @cached_property
    def known(self) -> Words:
        """Return what search knows; asked once, and only where something is searched."""
        return known_words()

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

    def serving_goal(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that serve a strategic goal, by one of their Handlungsbedarfe or chosen for itself."""
        by_need = NeedLink.objects.filter(project=OuterRef("project"), handlungsbedarf__goals__code=value)
        chosen = GoalLink.objects.filter(project=OuterRef("project"), goal__code=value)
        return queryset.filter(Exists(by_need) | Exists(chosen))

    def since_year(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that have been in their step since a year, or since nobody knows when."""
        if value == UNKNOWN_YEAR:
            return queryset.filter(project__step_since__isnull=True)
        return queryset.filter(project__step_since__year=int(value))

    def serving_sdg(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that name one of the UN goals."""
        through = Project.sdgs.through.objects.filter(project=OuterRef("project"), sdg__number=int(value))
        return queryset.filter(Exists(through))

    def working_in(self, queryset: QuerySet[Release], name: str, value: str) -> QuerySet[Release]:
        """Keep projects that name a Stadtteil, that reach the whole city, or that have not said where they work."""
        if value == CITYWIDE:
            return queryset.filter(project__reach=Reach.CITYWIDE)
        if value == NOT_SAID:
            return queryset.filter(project__reach="")
        through = Project.stadtteile.through.objects.filter(project=OuterRef("project"), stadtteil__slug=value)
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
        chosen = self.without("ziel").annotate(goal=F("project__goal_links__goal")).filter(goal__isnull=False)
        by_need = NeedLink.objects.filter(project=OuterRef("project"), handlungsbedarf__goals=OuterRef("goal"))
        branches = grouped(total, "all", "").union(
            grouped(total.filter(project__is_example=True), "invented", ""),
            grouped(self.without(""), "hits", ""),
            grouped(self.without("feld"), "feld", "project__lead_handlungsfeld__slug"),
            grouped(self.without("stand"), "stand", "project__step"),
            grouped(confirmed, "klasse", "project__class_marks__mark"),
            grouped(self.without("ziel"), "ziel", "project__need_links__handlungsbedarf__goals__code"),
            grouped(chosen.exclude(Exists(by_need)), "ziel", "project__goal_links__goal__code"),
            grouped(self.without("bedarf"), "bedarf", "project__need_links__handlungsbedarf__code"),
            grouped(self.without("jahr"), "jahr", ExtractYear("project__step_since")),
            grouped(self.without("sdg"), "sdg", "project__sdgs__number"),
            grouped(self.without("stadtteil"), "stadtteil", place_key()),
            all=True,
        )
        sums = ("all", "invented", "hits")
        counted: dict[str, dict[str, int]] = {name: {} for name in (*sums, *self.form_choices)}
        for kind, key, _extra, number in branches:
            value = _value_of(kind, key)
            counted[kind][value] = counted[kind].get(value, 0) + number
        total_number, invented, hits = (counted[kind].get("", 0) for kind in sums)
        facets = [self._facet(name, counted[name]) for name in self.form_choices]
        return Counted([facet for facet in facets if facet.choices], hits, total_number, invented)

    def _facet(self, name: str, counted: dict[str, int]) -> Facet:
        chosen = self.form.cleaned_data.get(name) or ""
        choices = [
            Choice(
                label=str(label),
                count=counted[value],
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
            is_long=name in ("ziel", "bedarf", "jahr", "sdg", "stadtteil"),
            is_used=bool(chosen),
        )

    def address(self) -> str:
        """Return the query of what is chosen, to be carried to another address; empty where nothing is."""
        return self._address("").removeprefix("?")

    def _address(self, name: str, value: str = "", **more: str) -> str:
        """Return the address of the list with one filter set to a value, or lifted, and others set besides."""
        query = {**self.chosen(), name: value, **more}
        address = QueryDict(mutable=True)
        address.update({key: query[key] for key in self.form.fields if query.get(key)})
        if self.order != FIRST_ORDER:
            address[ORDER_NAME] = self.order
        return f"?{address.urlencode()}"

    def chosen(self) -> dict[str, str]:
        """Return the filters that are used, with their values."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def also_citywide(self, counted: Counted) -> Choice | None:
        """Return the projects for the whole city, for whoever chose one Stadtteil; None where there are none."""
        if self.chosen().get("stadtteil", CITYWIDE) in (CITYWIDE, NOT_SAID):
            return None
        href = self._address("stadtteil", CITYWIDE)
        return next((each for facet in counted.facets for each in facet.choices if each.href == href), None)

    def named_place(self) -> Choice | None:
        """Return the list with a searched Stadtteil as its filter, for whoever typed its name; not counted."""
        for word in () if self.chosen().get("stadtteil") else self.searched():
            for slug, name in self.form_choices["stadtteil"][1:-1]:
                if folded(word) == folded(name):
                    others = " ".join(other for other in self.searched() if other != word)
                    return Choice(name, 0, self._address("q", others, stadtteil=slug), False)
        return None

    # --- Order ----------------------------------------------------------------------------------------------------

    @property
    def order(self) -> str:
        """Return the order asked for, else the first."""
        asked = self.data.get(ORDER_NAME, "")
        return asked if asked in ORDERS else FIRST_ORDER

    def ordered(self, releases: QuerySet[Release]) -> QuerySet[Release]:
        """Return releases in the order asked for."""
        return releases.order_by(*ORDERS[self.order][1])

    def orders(self) -> list[Choice]:
        """Return the orders to choose from."""
        base = QueryDict(mutable=True)
        base.update(self.chosen())
        found = []
        for name, (label, _columns) in ORDERS.items():
            address = base.copy()
            if name != FIRST_ORDER:
                address[ORDER_NAME] = name
            found.append(Choice(str(label), 0, f"?{address.urlencode()}", name == self.order))
        return found

    # --- Nothing found --------------------------------------------------------------------------------------------

    def ways_out(self) -> WaysOut:
        """Return what would let something be found: lifting one filter, or searching one of several words alone.

        For the page of no hits, in one query; most first.
        """
        chosen = self.chosen()
        if not chosen:
            return WaysOut([], [])
        words = self.searched() if len(self.searched()) > 1 else []
        alone = [self.without("q").filter(self._having(word)) for word in words]
        first, *others = [
            *(grouped(self.without(name), name, "") for name in chosen),
            *(grouped(found, f"{ALONE}{number}", "") for number, found in enumerate(alone)),
        ]
        counts = {kind: number for kind, _key, _extra, number in first.union(*others, all=True)}
        blamed = [
            Choice(self._words(name, value), counts[name], self._address(name), False)
            for name, value in chosen.items()
            if counts.get(name)
        ]
        single = [
            Choice(word, counts[f"{ALONE}{number}"], self._address("q", word), False)
            for number, word in enumerate(words)
            if counts.get(f"{ALONE}{number}")
        ]
        return WaysOut(
            sorted(blamed, key=lambda choice: -choice.count), sorted(single, key=lambda choice: -choice.count)
        )

    def _words(self, name: str, value: str) -> str:
        label = _("Suche") if name == "q" else str(self.form.fields[name].label)
        return f"{label}: {dict(self.form_choices.get(name, [])).get(value, value)}"

    # --- Notices --------------------------------------------------------------------------------------------------

    def notices(self) -> list[str]:
        """Return in words what of the address could not be used."""
        found = [
            _("Den Wert im Filter „{name}“ gibt es nicht; er wurde nicht verwendet.").format(
                name=self.form.fields[name].label
            )
            for name in self.form.errors
        ]
        unknown = [name for name in self.data if name not in self.form.fields and name not in ("page", ORDER_NAME)]
        if unknown:
            names = ", ".join(f"„{name[:SHOWN_OF_NAME]}“" for name in unknown[:SHOWN_NAMES])
            found.append(
                _("Die Adresse enthält Angaben, die es hier nicht gibt; sie wurden nicht verwendet: {names}.").format(
                    names=names
                )
            )
        for name in self.data:
            if name not in unknown and len(set(self.data.getlist(name))) > 1:
                twice = _("„{name}“ steht mehrmals in der Adresse; verwendet wurde nur die letzte Angabe.")
                found.append(twice.format(name=name))
        if (self.data.get(ORDER_NAME) or self.order) != self.order:
            found.append(_("Diese Reihenfolge gibt es nicht; die Liste steht in der üblichen."))
        word, cut = search_text(self.data.get("q", ""))
        if cut:
            found.append(cut)
        if len(word.split()) > MOST_WORDS:
            found.append(_("Gesucht wurde nach den ersten {count} Wörtern.").format(count=MOST_WORDS))
        return found

    def searched(self) -> list[str]:
        """Return the words that were searched."""
        return words_of(self.chosen().get("q", ""))

    def corrected(self) -> list[str]:
        """Return the searched words that stand in no text and were also looked for with a slip."""
        return [word for word in self.searched() if self.known.meant_by(word)]

    def widened(self) -> list[str]:
        """Return the searched words for which other words for the same thing were also looked for."""
        return [word for word in self.searched() if self.known.related_to(word)]


def _in_english(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return values with their words in the language of the page, as far as the catalogue has them."""
    return [(value, english(words)) for value, words in pairs]


def _value_of(kind: str, key: str | None) -> str:
    """Return a counted key as it stands in the address."""
    if kind == "stand":
        return SLUGS_OF_STEPS.get(key or "", "")
    if kind == "jahr":
        return key or UNKNOWN_YEAR
    return key or ""


def hidden_values(filterset: PublicProjectFilter) -> Iterable[tuple[str, str]]:
    """Return the chosen filters and the order that the search form carries along."""
    order = [(ORDER_NAME, filterset.order)] if filterset.order != FIRST_ORDER else []
    return [(name, value) for name, value in filterset.chosen().items() if name != "q"] + order
