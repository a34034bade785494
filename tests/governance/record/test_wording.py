"""ACC-20: what Django's own fields say is in the portal's words too."""

import re

import pytest
from django import forms
from django.utils.translation import override

from governance.organisation.models import User

CHOICES = [("a", "A")]
FOREIGN = "Wählen Sie aus der Liste."


class Everything(forms.Form):
    line = forms.SlugField()
    one = forms.ChoiceField(choices=CHOICES)
    many = forms.MultipleChoiceField(choices=CHOICES)
    row = forms.ModelChoiceField(User.objects.none())
    rows = forms.ModelMultipleChoiceField(User.objects.none())
    day = forms.DateField()
    tick = forms.BooleanField()


def errors_of(sent: dict[str, object]) -> dict[str, str]:
    return {name: " ".join(texts) for name, texts in Everything(sent).errors.items()}


@pytest.mark.django_db
def test_an_empty_field_is_told_what_to_do():
    assert errors_of({}) == {
        "line": "Füllen Sie dieses Feld aus.",
        "one": "Wählen Sie einen Eintrag.",
        "many": "Wählen Sie mindestens einen Eintrag.",
        "row": "Wählen Sie einen Eintrag.",
        "rows": "Wählen Sie mindestens einen Eintrag.",
        "day": "Nennen Sie einen Tag.",
        "tick": "Setzen Sie hier ein Häkchen.",
    }


@pytest.mark.django_db
def test_a_foreign_value_is_sent_back_to_the_list():
    said = errors_of({"line": "a\x00b", "one": "x", "many": ["x"], "row": "9", "rows": ["x"], "day": "31.02.2026"})
    assert [said[name] for name in ("one", "many", "row", "rows")] == [FOREIGN] * 4
    assert "(NUL)" in said["line"]
    assert said["day"] == "Schreiben Sie den Tag so: 24.12.2026"


def test_rows_that_were_cut_off_are_sent_again():
    with override("de"):
        said = " ".join(forms.formset_factory(Everything)({}).non_form_errors())
    assert said == "Das Formular kam nicht vollständig an. Senden Sie es noch einmal ab."
    assert not re.search("manipuliert|Bug", said)
