"""The filters of the list behind the dashboard's figures."""

import django_filters
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from governance.models import Handlungsfeld
from pool.lifecycle import Step
from pool.project.models import Project


class SteeredFilter(django_filters.FilterSet):
    """Narrow the list by step and Handlungsfeld; both stand in the address."""

    schritt = django_filters.MultipleChoiceFilter(
        field_name="step",
        label=_("Schritt"),
        choices=[choice for choice in Step.choices if choice[0] != Step.DRAFT],
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    handlungsfeld = django_filters.ModelMultipleChoiceFilter(
        field_name="lead_handlungsfeld__slug",
        to_field_name="slug",
        label=_("Handlungsfeld"),
        queryset=Handlungsfeld.objects.order_by("edition", "number"),
        widget=CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    class Meta:
        model = Project
        fields: list[str] = []
