"""The filters of the list behind the figures. All of them stand in the address; each can be taken off by itself."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from governance.models import SDG, Handlungsbedarf, Querschnittsthema, StrategicGoal, User
from governance.record import clock
from governance.strategy.queries import needs_in_force
from pool.calls.models import Call
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.project.models import Precision, Project
from pool.steering.coverage import edition
from pool.steering.queries import (
    clock_condition,
    counting_states,
    direction_condition,
    late_condition,
    level_condition,
    serving_rated,
    steered_projects,
    with_mark,
)
from pool.steering.rules import LEVELS, SERVING_STEPS, Clock, Direction, Late

ANY_REASON, NO_CLASS, UNRATED = "ja", "keine", "ohne"
LEVEL_CHOICES = [(str(level), str(level)) for level in LEVELS]
# The filters that the page offers as boxes; the others come with a link from a figure.
OFFERED = ("schritt", "handlungsfeld", "klasse", "faellig")


class SteeredFilter(django_filters.FilterSet):
    """Narrow the list by everything that a figure of the dashboard or the coverage counts."""

    schritt = django_filters.MultipleChoiceFilter(
        field_name="step",
        label=_("Schritt"),
        choices=[choice for choice in Step.choices if choice[0] != Step.DRAFT],
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    handlungsfeld = django_filters.MultipleChoiceFilter(
        field_name="lead_handlungsfeld__slug",
        label=_("Handlungsfeld"),
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    klasse = django_filters.MultipleChoiceFilter(
        method="of_class",
        label=_("Klasse"),
        choices=[*ClassMark.Mark.choices, (NO_CLASS, _("ohne Klasse"))],
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    faellig = django_filters.MultipleChoiceFilter(
        method="late",
        label=_("Überfällig"),
        choices=[(ANY_REASON, _("aus irgendeinem Grund")), *Late.choices],
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    versprechen = django_filters.ChoiceFilter(method="clock_at", label=_("Schnellboot-Uhr"), choices=Clock.choices)
    wirkung = django_filters.ChoiceFilter(
        method="directed", label=_("Wirkung"), choices=[*Direction.choices, (UNRATED, _("noch nicht bewertet"))]
    )
    innen = django_filters.ChoiceFilter(method="inward", label=_("Wirkung nach innen"), choices=LEVEL_CHOICES)
    aussen = django_filters.ChoiceFilter(method="outward", label=_("Wirkung nach außen"), choices=LEVEL_CHOICES)
    bedarf = django_filters.MultipleChoiceFilter(method="of_need", label=_("Handlungsbedarf"))
    ziel = django_filters.ChoiceFilter(method="of_goal", label=_("Strategisches Ziel"))
    querschnitt = django_filters.ChoiceFilter(method="of_topic", label=_("Querschnittsthema"))
    sdg = django_filters.ChoiceFilter(method="of_sdg", label=_("UN-Ziel"))
    aufruf = django_filters.ChoiceFilter(method="of_call", label=_("Aufruf"))
    seit = django_filters.DateFilter(method="changed_after", label=_("In diesem Schritt seit nach dem"))

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Project], *, states: frozenset[str], needs: Iterable[Handlungsbedarf]
    ) -> None:
        super().__init__(data, queryset)
        self.states = states
        listed = list(needs)
        fields = {need.handlungsfeld.slug: need.handlungsfeld.name for need in listed}
        self.filters["handlungsfeld"].extra["choices"] = list(fields.items())
        self.filters["bedarf"].extra["choices"] = [(need.code, need.title) for need in listed]
        self.filters["ziel"].extra["choices"] = _named("ziel", data, _goals)
        self.filters["querschnitt"].extra["choices"] = _named("querschnitt", data, _topics)
        self.filters["aufruf"].extra["choices"] = _named("aufruf", data, _calls)
        self.filters["sdg"].extra["choices"] = _named("sdg", data, _sdgs)

    def of_class(self, rows: QuerySet[Project], _name: str, values: list[str]) -> QuerySet[Project]:
        marked = {mark: with_mark(mark, self.states) for mark in ClassMark.Mark.values}
        unmarked = Q(step__in=SERVING_STEPS)
        for condition in marked.values():
            unmarked &= ~condition
        return rows.filter(_any(marked.get(value, unmarked) for value in values))

    def late(self, rows: QuerySet[Project], _name: str, values: list[str]) -> QuerySet[Project]:
        reasons = Late.values if ANY_REASON in values else values
        return rows.filter(_any(late_condition(reason, clock.today(), self.states) for reason in reasons))

    def clock_at(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(clock_condition(value, clock.today(), self.states))

    def directed(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        if value == UNRATED:
            return rows.filter(~serving_rated(), step__in=SERVING_STEPS)
        return rows.filter(direction_condition(value))

    def inward(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(level_condition(inward=int(value)))

    def outward(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(level_condition(outward=int(value)))

    def of_need(self, rows: QuerySet[Project], _name: str, values: list[str]) -> QuerySet[Project]:
        served = Handlungsbedarf.objects.filter(code__in=values, handlungsfeld__edition__in=edition())
        return rows.filter(pk__in=served.filter(projects__isnull=False).values("projects"))

    def of_goal(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        goals = StrategicGoal.objects.filter(code=value, handlungsfeld__edition__in=edition())
        chosen = goals.filter(goal_links__isnull=False).values("goal_links__project")
        through = goals.filter(handlungsbedarfe__projects__isnull=False).values("handlungsbedarfe__projects")
        return rows.filter(Q(pk__in=chosen) | Q(pk__in=through))

    def of_topic(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        topics = Querschnittsthema.objects.filter(code=value, edition__in=edition(), answers__isnull=False)
        return rows.filter(pk__in=topics.exclude(answers__text="").values("answers__project"))

    def of_sdg(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        goals = SDG.objects.filter(number=int(value), projects__isnull=False)
        return rows.filter(pk__in=goals.values("projects"))

    def of_call(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(call_idea__call=int(value))

    def changed_after(self, rows: QuerySet[Project], _name: str, value: Any) -> QuerySet[Project]:
        return rows.filter(step_since__gt=value, step_since_precision=Precision.DAY)


def steered_filter(data: QueryDict, user: User) -> SteeredFilter:
    """Return the filter of the list behind the figures as `user` may read it, in the order of titles; one query."""
    rows = steered_projects(user).select_related("lead_handlungsfeld", "lead_unit").order_by("title", "pk")
    needs = needs_in_force(clock.today())
    return SteeredFilter(data, rows, states=counting_states(user), needs=needs)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


def _named(name: str, data: QueryDict, ask: Any) -> list[tuple[str, str]]:
    """Return the choices of a filter that only a link uses; asked only where the address names it."""
    return [(str(value), str(label)) for value, label in ask()] if data.get(name) else []


def _goals() -> Iterable[tuple[str, str]]:
    return StrategicGoal.objects.filter(handlungsfeld__edition__in=edition()).values_list("code", "text")


def _topics() -> Iterable[tuple[str, str]]:
    return Querschnittsthema.objects.filter(edition__in=edition()).values_list("code", "name")


def _sdgs() -> Iterable[tuple[int, str]]:
    return SDG.objects.values_list("number", "name")


def _calls() -> Iterable[tuple[int, str]]:
    return Call.objects.values_list("pk", "title")
