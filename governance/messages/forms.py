"""How a person wants to hear of each kind of message by mail."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from governance.messages.kinds import KindGroup
from governance.messages.rules import Way


class PreferencesForm(forms.Form):
    """One choice per kind, in the groups that concern the person."""

    def __init__(self, *args: Any, groups: Sequence[KindGroup], chosen: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        for group in groups:
            for kind in group.kinds:
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=Way.choices,
                    initial=chosen.get(kind.value, group.way),
                    error_messages={"required": _("Wählen Sie, ob und wann eine Mail kommt.")},
                )

    def parts(self) -> list[tuple[str, list[BoundField]]]:
        """Return the fields under the headings of their groups."""
        return [(str(group.title), [self[kind.value] for kind in group.kinds]) for group in self.groups]
