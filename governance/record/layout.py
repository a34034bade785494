"""How forms are laid out. What stands in a field comes from its form; this says only how it is shown."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import Promise


class PortalFormHelper(FormHelper):
    """Layout of a form that changes something: errors on top, hints before and errors above fields, one main button.

    `submit` is the deed on the button; without it the template writes the buttons. `demanded` are fields that may be
    empty in a draft and are needed later: they are not called "freiwillig". `summary=False` where one page holds
    several forms and its template writes one summary for all of them.
    """

    def __init__(
        self,
        form: forms.BaseForm | None = None,
        *,
        submit: str | Promise = "",
        demanded: Iterable[str] = (),
        summary: bool = True,
        tag: bool = True,
    ) -> None:
        super().__init__(form)
        self.attrs = {"novalidate": True, "data-einmal": True}
        self.include_media = False
        self.hide_summary = not summary
        self.form_tag = tag
        if form is not None:
            for name in demanded:
                form.fields[name].demanded = True  # type: ignore[attr-defined]
        if submit:
            self.add_input(Submit("senden", submit))


class FilterFormHelper(FormHelper):
    """Layout of a search or filter form: sent by GET, nothing in it is called "freiwillig"."""

    def __init__(self, form: forms.BaseForm | None = None) -> None:
        super().__init__(form)
        self.form_method = "get"
        self.form_tag = False
        self.include_media = False
        self.hide_summary = True
        self.hide_optional = True


class DayInput(forms.DateInput):
    """A day, picked or typed; the browser shows it in the person's own way."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")
