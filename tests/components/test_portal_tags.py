"""Menus, days, filters, pages and errors as every page uses them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import django_filters
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from governance.organisation.models import User
from governance.templatetags import portal


def page(source: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    return Template("{% load portal %}" + source).render(Context({"request": request, **context}))


# --- Days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precision", "text"),
    [("day", "3. November 2025"), ("month", "November 2025"), ("year", "2025"), ("unknown", "Jahr offen")],
)
def test_a_day_prints_only_what_is_known(precision, text):
    with override("de"):
        assert portal.day(date(2025, 11, 3), precision) == text


def test_no_day_is_an_open_year():
    assert portal.day(None) == "Jahr offen"


def test_a_moment_prints_the_day_in_mainz():
    late = datetime(2025, 11, 3, 23, 30, tzinfo=ZoneInfo("UTC"))
    with override("de"):
        assert portal.day(late) == "4. November 2025"


# --- Marks --------------------------------------------------------------------------------------------------------


def test_examples_are_marked_and_nothing_else():
    assert portal.beispiel() == '<span class="beispiel">Beispiel</span>'
    assert portal.beispiel_if(True, "Zuordnung: Beispiel") == '<span class="beispiel">Zuordnung: Beispiel</span>'
    assert portal.beispiel_if(False) == ""


# --- Menu ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "under", "mark"),
    [
        ("/ideen/", "", ' aria-current="page"'),
        ("/ideen/neu/", "", ""),
        ("/ideen/neu/", "/ideen/", ' aria-current="true"'),
        ("/projekte/", "/ideen/", ""),
    ],
)
def test_a_link_says_whether_it_is_this_page_or_its_part(path, under, mark):
    assert portal.current_mark(path, "/ideen/", under) == mark


# --- Pages --------------------------------------------------------------------------------------------------------


def test_pages_keep_search_and_filters():
    pager = page("{% pager page %}", "/?q=Kita&page=2&feld=a&feld=b", page=Paginator(range(30), 10).page(2))
    assert "Seite 2 von 3" in pager
    assert '<a href="?q=Kita&amp;page=1&amp;feld=a&amp;feld=b" rel="prev">Zurück zu Seite 1</a>' in pager
    assert '<a href="?q=Kita&amp;page=3&amp;feld=a&amp;feld=b" rel="next">Weiter zu Seite 3</a>' in pager


def test_the_ends_of_a_list_lead_no_further():
    first = page("{% pager page %}", page=Paginator(range(30), 10).page(1))
    last = page("{% pager page %}", "/?page=3", page=Paginator(range(30), 10).page(3))
    assert "Zurück" not in first
    assert "Weiter" not in last


def test_one_page_needs_no_pages():
    assert page("{% pager page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


# --- Filters ------------------------------------------------------------------------------------------------------


class AccountFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(label="Suche", field_name="username")
    kind = django_filters.ChoiceFilter(label="Art", choices=[("a", "Amt"), ("b", "Betrieb")], field_name="username")

    class Meta:
        model = User
        fields: list[str] = []


def pills(path: str) -> str:
    request = RequestFactory().get(path)
    filterset = AccountFilter(request.GET, queryset=User.objects.none())
    return page("{% filter_pills filterset %}", path, filterset=filterset)


def test_each_chosen_filter_can_be_removed_on_its_own():
    shown = pills("/?name=Kita&kind=b&sortierung=titel&page=3")
    assert "Suche: Kita" in shown
    assert "Art: Betrieb" in shown
    assert 'href="?name=Kita&amp;sortierung=titel"' in shown
    assert 'href="?sortierung=titel"' in shown
    assert "Alle Filter aufheben" in shown


def test_one_filter_needs_no_second_way_to_remove_it():
    assert "Alle Filter aufheben" not in pills("/?kind=a")


def test_without_filters_nothing_is_shown():
    assert pills("/").strip() == ""


def test_a_typed_filter_is_escaped():
    assert "<script>" not in pills("/?name=<script>alert(1)</script>")


def test_an_unknown_choice_is_no_pill():
    assert "Art:" not in pills("/?kind=nirgends")


# --- Errors -------------------------------------------------------------------------------------------------------


class IdeaForm(forms.Form):
    title = forms.CharField(label="Wie heißt die Idee?", error_messages={"required": "Nennen Sie einen Titel."})
    effect = forms.ChoiceField(label="Wirkung", choices=[("i", "innen"), ("a", "außen")], widget=forms.RadioSelect)

    def clean(self) -> None:
        raise forms.ValidationError("Die Idee wurde inzwischen geändert.")


def test_the_summary_leads_to_each_field():
    summary = page("{% error_summary form %}", form=IdeaForm({}))
    assert "3 Angaben fehlen noch oder passen nicht" in summary
    assert "<li>Die Idee wurde inzwischen geändert.</li>" in summary
    assert '<a href="#id_title">Wie heißt die Idee? Nennen Sie einen Titel.</a>' in summary
    assert '<a href="#id_effect_0">Wirkung: ' in summary
    assert 'tabindex="-1" autofocus' in summary


def test_the_summary_takes_several_forms_and_formsets():
    rows = forms.formset_factory(IdeaForm, min_num=1, validate_min=True)
    formset = rows({"z-TOTAL_FORMS": "1", "z-INITIAL_FORMS": "0", "z-0-title": "x"}, prefix="z")
    errors = [error.target for form in (IdeaForm({}, prefix="a"), formset) for error in portal.errors_of(form)]
    assert "id_a-title" in errors
    assert "id_z-0-effect_0" in errors


def test_a_form_without_errors_or_not_yet_sent_has_no_summary():
    assert page("{% error_summary form None %}", form=IdeaForm()).strip() == ""
