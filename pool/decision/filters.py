"""Narrowing the register of Beschlüsse by its address; what the address gets wrong is said, never a failure."""

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pool.decision.models import SittingItem
from pool.submission.filters import WordsFilter
from pool.submission.search import having_words

ALL = _("alle")


class RegisterFilter(django_filters.FilterSet):
    """What the register can be narrowed to."""

    q = WordsFilter(label=_("Suche"), method="with_words")
    jahr = django_filters.ChoiceFilter(label=_("Jahr"), field_name="sitting__day__year", empty_label=ALL)
    ergebnis = django_filters.ChoiceFilter(
        label=_("Ergebnis"), field_name="outcome", choices=SittingItem.Outcome.choices, empty_label=ALL
    )
    handlungsfeld = django_filters.ChoiceFilter(
        label=_("Handlungsfeld"), field_name="project__lead_handlungsfeld__slug", empty_label=ALL
    )

    class Meta:
        model = SittingItem
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[SittingItem],
        *,
        years: list[int],
        fields: list[tuple[str, str]],
    ) -> None:
        super().__init__(data, queryset)
        self._offer("jahr", [(str(year), str(year)) for year in years])
        self._offer("handlungsfeld", fields)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.filters[name].extra["choices"] = choices

    def with_words(self, rows: QuerySet[SittingItem], name: str, text: str) -> QuerySet[SittingItem]:
        return having_words(rows, text, "title", "text")
