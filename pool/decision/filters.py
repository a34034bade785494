"""Narrowing the register of Beschlüsse by its address; what the address gets wrong is said, never a failure."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from governance.record import clock
from pool.decision.models import SittingItem
from pool.decision.queries import RegisterChoices
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

    gremium = django_filters.ChoiceFilter(label=_("Gremium"), field_name="sitting__body__code", empty_label=ALL)
    vorhaben = django_filters.ChoiceFilter(label=_("Vorhaben"), field_name="project__pool_number", empty_label=ALL)
    ersetzt = django_filters.ChoiceFilter(
        label=_("Geltung"),
        method="by_replacement",
        choices=[("nein", _("gilt")), ("ja", _("durch einen späteren Beschluss ersetzt"))],
        empty_label=ALL,
    )
    auflage = django_filters.ChoiceFilter(
        label=_("Auflage"),
        method="by_condition",
        choices=[("offen", _("offen")), ("ueberfaellig", _("überfällig")), ("erfuellt", _("erfüllt"))],
        empty_label=ALL,
    )

    class Meta:
        model = SittingItem
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[SittingItem], *, choices: RegisterChoices) -> None:
        super().__init__(data, queryset)
        self._offer("jahr", choices.years)
        self._offer("handlungsfeld", choices.fields)
        self._offer("gremium", choices.bodies)
        self._offer("vorhaben", choices.projects)

    def by_replacement(self, rows: QuerySet[SittingItem], name: str, value: str) -> QuerySet[SittingItem]:
        later = Exists(SittingItem.objects.filter(supersedes=OuterRef("pk"), is_final=True))
        return rows.filter(later if value == "ja" else ~later)

    def by_condition(self, rows: QuerySet[SittingItem], name: str, value: str) -> QuerySet[SittingItem]:
        rows = rows.exclude(conditions="")
        if value == "ueberfaellig":
            return rows.filter(condition_met__isnull=True, conditions_due_on__lt=clock.today())
        return rows.filter(condition_met__isnull=value == "offen")

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.filters[name].extra["choices"] = choices

    def with_words(self, rows: QuerySet[SittingItem], name: str, text: str) -> QuerySet[SittingItem]:
        return having_words(rows, text, "title", "text")
