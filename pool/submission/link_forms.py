"""The form of a link between two projects."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.record.forms import LineField
from pool.project.models import Project
from pool.submission.forms import FROM_THE_LIST, RowChoiceField
from pool.submission.models import ProjectLink


class LinkForm(forms.Form):
    """A link to another project: which, how, and what exactly."""

    other = RowChoiceField(label=_("Mit welchem Vorhaben?"))
    kind = forms.ChoiceField(
        label=_("Wie hängen sie zusammen?"),
        choices=[
            (ProjectLink.Kind.NEEDS, _("Diese Idee braucht das andere Vorhaben")),
            (ProjectLink.Kind.SHARES, _("Beide teilen etwas: Technik, Daten, Menschen")),
            (ProjectLink.Kind.FOLLOWS, _("Diese Idee folgt auf das andere Vorhaben")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, wie beide zusammenhängen."), "invalid_choice": FROM_THE_LIST},
    )
    what = LineField(label=_("Was genau?"), max_length=200, required=False)

    def __init__(self, *args: Any, found: Iterable[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other: Any = self.fields["other"]
        other.offer(found)
        other.choices = other.choices[1:]
        other.widget = forms.RadioSelect(choices=other.choices)
        other.required = True
        other.error_messages["required"] = _("Wählen Sie ein Vorhaben.")
