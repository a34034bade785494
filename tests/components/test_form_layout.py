"""Forms show hints before and errors above their fields, joined to them for screen readers."""

import re

import pytest
from django import forms
from django.template import Context, Template

from governance.record.forms import LineField, TextField
from governance.record.layout import DayInput, FilterFormHelper, PortalFormHelper


class IdeaForm(forms.Form):
    title = LineField(max_length=120, label="Titel", help_text="So, dass andere ihn verstehen.")
    problem = TextField(max_length=300, label="Problem", required=False)
    partner = LineField(label="Partner", required=False)
    day = forms.DateField(label="Beginn", required=False, widget=DayInput)
    effect = forms.ChoiceField(
        label="Wirkung",
        help_text="Es darf beides sein.",
        choices=[("i", "innen"), ("a", "außen")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="Ich habe gefragt")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PortalFormHelper(self, submit="Idee einreichen", demanded=["problem"])


def shown(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def part(html: str, name: str) -> str:
    return html.split(f'id="div_id_{name}"')[1].split('id="div_id_')[0]


def test_hint_then_error_then_field():
    title = part(shown(IdeaForm({})), "title")
    order = [title.index(text) for text in ("<label", "So, dass", "Füllen Sie dieses Feld aus.", "<input")]
    assert order == sorted(order)


def test_hint_and_error_are_joined_to_the_field():
    title = part(shown(IdeaForm({})), "title")
    field = re.search(r"<input[^>]*>", title).group()
    assert 'aria-describedby="id_title_helptext id_title_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_title_helptext"' in title
    assert 'id="id_title_error"' in title


def test_a_good_field_says_nothing_of_errors():
    title = part(shown(IdeaForm({"title": "Kita-App"})), "title")
    assert "aria-invalid" not in title
    assert "Fehler" not in title


def test_a_group_of_choices_is_a_fieldset_with_its_question():
    effect = part(shown(IdeaForm({})), "effect")
    assert '<fieldset aria-describedby="id_effect_helptext id_effect_error">' in effect
    assert "<legend>Wirkung</legend>" in effect
    assert effect.count('type="radio"') == 2
    assert 'for="id_effect_1"' in effect


@pytest.mark.parametrize(
    ("name", "is_marked"), [("title", False), ("problem", False), ("partner", True), ("day", True)]
)
def test_only_what_is_never_needed_is_called_voluntary(name, is_marked):
    assert ("(freiwillig)" in part(shown(IdeaForm()), name)) is is_marked


def test_the_length_is_said_without_a_script():
    assert "höchstens 300 Zeichen" in part(shown(IdeaForm()), "problem")
    assert "maxlength" not in shown(IdeaForm())


def test_every_missing_answer_says_what_to_do():
    form = IdeaForm({})
    assert form.errors["effect"] == ["Wählen Sie einen Eintrag."]
    assert form.errors["agreed"] == ["Setzen Sie hier ein Häkchen."]


def test_the_browser_does_not_get_in_the_way():
    html = shown(IdeaForm())
    assert re.search(r"<form[^>]*novalidate", html)
    assert 'value="Idee einreichen"' in html


def test_the_summary_stands_before_the_fields_and_can_be_left_to_the_page():
    form = IdeaForm({})
    assert shown(form).index("error-box") < shown(form).index('id="div_id_title"')
    form.helper.hide_summary = True
    assert "error-box" not in shown(form)


def test_typed_text_is_shown_again():
    assert "Kita &amp; Co" in shown(IdeaForm({"title": "Kita & Co"}))


def test_a_day_is_shown_again_as_the_browser_needs_it():
    assert 'value="2026-12-10"' in part(shown(IdeaForm({"day": "2026-12-10"})), "day")


def test_filters_are_sent_openly_and_not_called_voluntary():
    form = IdeaForm()
    form.helper = FilterFormHelper(form)
    html = shown(form)
    assert "(freiwillig)" not in html
    assert "csrfmiddlewaretoken" not in html
