"""Small parts every page uses: menu links, days, marks for examples, filters, pages, errors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.defaultfilters import linebreaks_filter
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

register = template.Library()

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
# Namespaces whose pages exist under /en/ too.
IN_TWO_LANGUAGES = frozenset({"publication", "participation"})
ALERT_CLASSES = {"success": "alert-success", "warning": "alert-warning", "error": "alert-danger"}
DAY_FORMATS = {"day": _lazy("j. F Y"), "month": "F Y", "year": "Y"}


@dataclass(frozen=True)
class Pill:
    """A chosen filter: what it says and the address of the list without it."""

    label: str
    href: str


@dataclass(frozen=True)
class FieldError:
    """One line of the summary on top of a form: the words and the field they lead to."""

    text: str
    target: str


# --- Frame --------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str, under: str | bool = "") -> str:
    """Return one menu entry; it says when it is this page, or when this page lies `under` an address.

    True stands for the entry's own address.
    """
    address = reverse(name)
    request = context.get("request")
    current = current_mark(request.path if request else "", address, address if under is True else str(under or ""))
    return format_html('<li><a href="{}"{}>{}</a></li>', address, current, label)


@register.simple_tag(takes_context=True)
def nav_mark(context: Context, name: str) -> SafeString:
    """Return the attribute that marks a hand-made link as the page itself."""
    request = context.get("request")
    return current_mark(request.path if request else "", reverse(name))


def current_mark(path: str, address: str, under: str = "") -> SafeString:
    """Return the attribute that marks a link as the page itself (page) or as the part it belongs to (true)."""
    if path == address:
        return mark_safe(' aria-current="page"')
    part = under or (address if address != "/" else "")
    if under and path.startswith(part):
        return mark_safe(' aria-current="true"')
    return mark_safe("")


@register.filter
def message_class(message: Message) -> str:
    """Return the look of a message by its kind."""
    return ALERT_CLASSES.get(message.level_tag, "alert-info")


@register.simple_tag
def beispiel(text: str = "") -> SafeString:
    """Return the mark of invented or inferred content; `text` narrows it: „Zuordnung: Beispiel“."""
    return format_html('<span class="beispiel">{}</span>', text or _("Beispiel"))


@register.simple_tag
def beispiel_if(flag: object, text: str = "") -> SafeString:
    """Return the mark of an example when `flag` holds, else nothing."""
    return beispiel(text) if flag else mark_safe("")


# --- Languages ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OtherLanguage:
    """This page in the other language of the public pages."""

    code: str
    name: str
    href: str


@register.simple_tag(takes_context=True)
def other_language(context: Context) -> OtherLanguage | None:
    """Return this page in the other language, or None where the page exists in German only."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or (not match.route.startswith("en/") and match.namespace not in IN_TWO_LANGUAGES):
        return None
    code = "de" if get_language() == "en" else "en"
    try:
        with override(code):
            address = reverse(match.view_name, args=match.args, kwargs=match.captured_kwargs)
    except NoReverseMatch:
        return None
    return OtherLanguage(code, LANGUAGE_NAMES[code], address)


@register.filter
def english(text: str) -> str:
    """Return a text that is kept in German, in English where the catalogue has exactly these words; without markup, for
    titles and attributes."""
    return _(text.replace("\r\n", "\n")) if text and get_language() == "en" else text


@register.filter
def in_german(text: str) -> SafeString | str:
    """Return a text that is kept in German only so that an English page says so: translated where the catalogue has
    exactly these words, else marked as German."""
    if not text or get_language() != "en":
        return text
    found = english(text)
    return found if found != text else format_html('<span lang="de">{}</span>', text)


@register.filter
def paragraphs_in_german(text: str) -> SafeString:
    """Return a text of some paragraphs as `in_german` does, each paragraph in its own element and the mark on the block
    around them, because a span may not hold paragraphs."""
    found = english(text)
    paragraphs: SafeString = linebreaks_filter(found)
    is_german = bool(text) and get_language() == "en" and found == text
    return format_html('<div lang="de">{}</div>', paragraphs) if is_german else paragraphs


# --- Words --------------------------------------------------------------------------------------------------------


@register.simple_tag
def day(value: date | datetime | None, precision: str = "day") -> str:
    """Print a day only as exactly as it is known: „3. November 2025“, „November 2025“, „2025“, „Jahr offen“."""
    if value is None or precision not in DAY_FORMATS:
        return _("Jahr offen")
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.date_format(value, str(DAY_FORMATS[precision]))


# --- Lists --------------------------------------------------------------------------------------------------------


def address_without(context: Context, *names: str, **replaced: object) -> str:
    """Return the query string of this page without some parameters and with others replaced."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    for name, value in replaced.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("_components/pager.html", takes_context=True)
def pager(context: Context, page: Page) -> dict[str, object]:
    """Show where in the list one is and lead to the pages before and after; keeps search and filters."""
    previous = address_without(context, page=page.previous_page_number()) if page.has_previous() else ""
    following = address_without(context, page=page.next_page_number()) if page.has_next() else ""
    return {"page": page, "previous": previous, "following": following}


@register.inclusion_tag("_components/pills.html")
def pills(chosen: Iterable[Pill | Mapping[str, str]], clear_href: str = "") -> dict[str, object]:
    """Show the chosen filters, each removable on its own, all by one link."""
    return {"chosen": list(chosen), "clear_href": clear_href}


@register.inclusion_tag("_components/pills.html", takes_context=True)
def filter_pills(context: Context, filterset: Any) -> dict[str, object]:
    """Show the chosen filters of a django-filter FilterSet, read from its bound form."""
    form = filterset.form
    form.is_valid()
    values = form.cleaned_data if form.is_bound else {}
    chosen = [
        Pill(
            f"{form.fields[name].label}: {value_label(form.fields[name], value)}",
            address_without(context, name, "page"),
        )
        for name, value in values.items()
        if value not in (None, "", [], ()) and not (hasattr(value, "exists") and not value)
    ]
    return {"chosen": chosen, "clear_href": address_without(context, *form.fields, "page")}


def value_label(field: Any, value: Any) -> str:
    """Return a filter's value as the person chose it."""
    if value is True:
        return _("ja")
    if isinstance(value, date):
        return formats.date_format(value, "d.m.Y")
    if isinstance(value, (list, tuple, set)) or hasattr(value, "values_list"):
        return ", ".join(value_label(field, each) for each in value)
    choices = getattr(field, "choices", None) or []
    flat: dict[str, str] = {}
    for key, text in choices:
        flat.update({str(k): str(v) for k, v in text} if isinstance(text, (list, tuple)) else {str(key): str(text)})
    return flat.get(str(value), str(value))


@register.inclusion_tag("_components/empty.html")
def empty_state(text: str, link_text: str = "", href: str = "") -> dict[str, str]:
    """Say what will stand here, why there is nothing yet, and the one next step."""
    return {"text": text, "link_text": link_text, "href": href}


# --- Forms --------------------------------------------------------------------------------------------------------


@register.inclusion_tag("_components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet | None) -> dict[str, object]:
    """List every error of the given forms and formsets on top, each leading to its field."""
    errors = [error for form in forms if form is not None for error in errors_of(form)]
    return {"errors": errors, "heading": summary_heading(len(errors))}


@register.inclusion_tag("_components/error_summary.html")
def desk_error_summary(adminform: Any, inlines: Iterable[Any]) -> dict[str, object]:
    """The same for a page of the admin, its inline parts included."""
    return error_summary(adminform.form, *(inline.formset for inline in inlines))


def errors_of(form: BaseForm | BaseFormSet) -> list[FieldError]:
    """Return the errors of a form or formset in the order of its fields; general ones first, without a target."""
    if isinstance(form, BaseFormSet):
        general = [FieldError(str(text), "") for text in form.non_form_errors()]
        return general + [error for each in form.forms for error in errors_of(each)]
    if not form.is_bound:
        return []
    found = [FieldError(str(text), "") for text in form.non_field_errors()]
    for bound in form:
        found += [FieldError(line_of(str(bound.label), str(text)), target_of(bound)) for text in bound.errors]
    return found


def line_of(label: str, text: str) -> str:
    """Return the line of the summary: which field, then the same words as at the field."""
    if not label:
        return text
    return f"{label} {text}" if label.endswith(("?", ":", ".")) else f"{label}: {text}"


def target_of(bound: BoundField) -> str:
    """Return the id the error leads to: the field itself, or the first choice of a group."""
    identifier = bound.auto_id
    if not bound.use_fieldset:
        return identifier
    first = next(iter(bound.subwidgets), None)
    return str(first.id_for_label) if first is not None and first.id_for_label else identifier


def summary_heading(count: int) -> str:
    """Return the heading of the summary."""
    return ngettext(
        "Eine Angabe fehlt noch oder passt nicht", "%(count)d Angaben fehlen noch oder passen nicht", count
    ) % {"count": count}


@register.filter
def row_heading(cell: SafeString) -> SafeString:
    """Tell whose row it is that a heading cell of the admin's list begins; other cells stay as they are."""
    return mark_safe(cell.replace("<th ", '<th scope="row" ', 1))
