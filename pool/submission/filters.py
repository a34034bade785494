"""Searching, filtering and sorting the pool by its address; what the address gets wrong is said, never a failure."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Handlungsbedarf, OrganisationUnit
from governance.record.forms import SearchField, search_text
from governance.record.layout import FilterFormHelper
from pool.lifecycle import Step
from pool.project.models import NeedLink, Project, UnitLink
from pool.submission.search import Lowered, having_words

PAGE_SIZE = 50
LONGEST_ECHO = 40
SORT, PAGE = "sortierung", "page"
ALL = gettext_lazy("alle")
IN_POOL_STEPS = [
    (step.value, step.label) for step in Step if step not in (Step.DRAFT, Step.SUBMITTED, Step.RETURNED, Step.REJECTED)
]
SORTS: Mapping[str, tuple[Any, tuple[Any, ...]]] = {
    "bewegt": (gettext_lazy("zuletzt bewegt zuerst"), (F("step_since").desc(nulls_last=True), "pk")),
    "titel": (gettext_lazy("nach Titel"), (Lowered("title"), "pk")),
    "poolnummer": (gettext_lazy("nach Poolnummer"), (F("pool_number").asc(nulls_last=True), "pk")),
}


class WordsFilter(django_filters.CharFilter):
    """Words typed by a person, cut and cleaned."""

    field_class = SearchField


class PoolFilter(django_filters.FilterSet):
    """What the list of the pool can be narrowed to."""

    q = WordsFilter(label=gettext_lazy("Suche"), method="with_words")
    schritt = django_filters.ChoiceFilter(
        label=gettext_lazy("Schritt"), field_name="step", choices=IN_POOL_STEPS, empty_label=ALL
    )
    handlungsfeld = django_filters.ChoiceFilter(
        label=gettext_lazy("Handlungsfeld"), field_name="lead_handlungsfeld", empty_label=ALL
    )
    bedarf = django_filters.ChoiceFilter(label=gettext_lazy("Handlungsbedarf"), method="serving_need", empty_label=ALL)
    stelle = django_filters.ChoiceFilter(label=gettext_lazy("Beteiligte Stelle"), method="with_unit", empty_label=ALL)

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[Project],
        *,
        needs: list[Handlungsbedarf],
        units: list[OrganisationUnit],
    ) -> None:
        super().__init__(data, queryset)
        fields = {need.handlungsfeld_id: need.handlungsfeld for need in needs}
        self._offer("handlungsfeld", [(pk, field.name) for pk, field in fields.items()])
        self._offer("bedarf", [(need.pk, need.title) for need in needs])
        self._offer("stelle", [(unit.pk, unit.short_name or unit.name) for unit in units])

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.filters[name].extra["choices"] = choices

    def with_words(self, rows: QuerySet[Project], name: str, text: str) -> QuerySet[Project]:
        return having_words(rows, text, "title", "short_text")

    def serving_need(self, rows: QuerySet[Project], name: str, key: str) -> QuerySet[Project]:
        return rows.filter(Exists(NeedLink.objects.filter(project=OuterRef("pk"), handlungsbedarf=int(key))))

    def with_unit(self, rows: QuerySet[Project], name: str, key: str) -> QuerySet[Project]:
        joined = UnitLink.objects.filter(project=OuterRef("pk"), unit=int(key))
        return rows.filter(Q(lead_unit=int(key)) | Exists(joined))

    def get_form_class(self) -> type[forms.Form]:
        form_class = super().get_form_class()
        form_class.helper = FilterFormHelper()  # type: ignore[attr-defined]
        return form_class


def in_order(rows: QuerySet[Project], data: QueryDict) -> QuerySet[Project]:
    """Return the rows in the order the address names, the usual one where it names none that is known."""
    _label, order = SORTS.get(data.get(SORT, ""), SORTS["bewegt"])
    return rows.order_by(*order)


def page_of(rows: QuerySet[Project], data: QueryDict) -> Page:
    """Return the page the address names, or the nearest there is."""
    return Paginator(rows, PAGE_SIZE).get_page(data.get(PAGE))


def notices(filters: django_filters.FilterSet, data: QueryDict, page: Page) -> list[str]:
    """Return in words what of the address could not be followed."""
    said = []
    unknown = [name for name in data if name not in filters.filters and name not in (SORT, PAGE)]
    if unknown:
        said.append(_("Unbekannte Angaben in der Adresse wurden nicht beachtet: {names}.").format(names=_echo(unknown)))
    for name in filters.form.errors:
        label = filters.form.fields[name].label
        said.append(
            _("Der Filter „{label}“ kennt „{value}“ nicht und wurde nicht angewendet.").format(
                label=label, value=_echo([str(data.get(name, ""))])
            )
        )
    if data.get(SORT, "") not in (*SORTS, ""):
        said.append(_("Die Sortierung „{value}“ gibt es nicht.").format(value=_echo([str(data.get(SORT, ""))])))
    if PAGE in data and data[PAGE] != str(page.number):
        said.append(_("Diese Seite gibt es nicht; Sie sehen Seite {number}.").format(number=page.number))
    cut = search_text(data.get("q", ""))[1]
    return [*said, cut] if cut else said


def _echo(words: list[str]) -> str:
    return ", ".join(word[:LONGEST_ECHO] for word in words[:5])
