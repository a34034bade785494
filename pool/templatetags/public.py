"""What only public pages show: their description for machines, drawn pictures of Leuchttürme, bars of progress."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from governance.templatetags.portal import beispiel

register = template.Library()

# In a script element these could end it or begin markup; written out they are the same text to whoever reads JSON.
WRITTEN_OUT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def described(words: Mapping[str, Any]) -> SafeString:
    """Return schema.org words as JSON-LD: data that no browser runs, so the policy lets it stand."""
    text = json.dumps(words, ensure_ascii=False).translate(WRITTEN_OUT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


@register.simple_tag
def row_marks(row: Any) -> SafeString:
    """Return the one mark of a project in a list: that it is invented, or which of its facts are inferred.

    One mark that names them all, so that a list with many of them can still be read.
    """
    if row.is_example:
        return beispiel()
    inferred = [
        words
        for words, holds in (
            (_("Stand"), row.standing_is_example),
            (_("Zuordnung"), row.field_is_example and bool(row.field_name)),
            (_("Stelle"), row.unit_is_example and bool(row.unit_short)),
            (_("Ort"), row.reach_is_example and bool(row.reach)),
        )
        if holds
    ]
    return beispiel(_("Beispiel: {parts}").format(parts=", ".join(inferred))) if inferred else mark_safe("")


@register.filter
def breakable(name: str) -> SafeString:
    """Return the name of a field so that a narrow column may break it after an underscore; copied, it is the same."""
    return format_html_join(mark_safe("_<wbr>"), "{}", ((part,) for part in name.split("_")))


# A drawn picture: title and text set in type, each word a sort as long as the word, a red initial before three lines.
WIDTH, LINES, LINE_HEIGHT, SORT_HEIGHT = 240, 5, 18, 12
INITIAL_LINES, INITIAL_WIDTH, MARGIN = 3, 66, 8
PER_LETTER, BETWEEN = 5, 6
FILLED = {"running": "half", "completed": "full"}


@register.simple_tag
def set_in_type(title: str, text: str, step: str) -> SafeString:
    """Draw a project as a page of type: from its words alone, so that it always looks the same; filled as far as it is.

    For the eye only: title and step stand beside it in words.
    """
    kind = FILLED.get(step, "open")
    pieces = format_html_join("", "{}", ((_piece(x, y, width, kind),) for x, y, width in _lines(title, text)))
    initial = next((sign for sign in title.upper() if sign.isalnum()), "M")
    frame = '<svg class="set-type" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}</svg>'
    letter = format_html('<text x="{}" y="51">{}</text>', MARGIN, initial)
    return format_html(frame, WIDTH, LINES * LINE_HEIGHT + SORT_HEIGHT // 2, pieces, letter)


def _lines(title: str, text: str) -> Iterator[tuple[int, int, int]]:
    """Yield each word as left edge, upper edge and width, line by line."""
    line, x = 0, INITIAL_WIDTH
    for word in f"{title} {text}".split():
        width = min(len(word), 18) * PER_LETTER
        if x + width > WIDTH - MARGIN:
            line += 1
            x = INITIAL_WIDTH if line < INITIAL_LINES else MARGIN
        if line == LINES:
            return
        yield x, line * LINE_HEIGHT + SORT_HEIGHT // 2, width
        x += width + BETWEEN


def _piece(x: int, y: int, width: int, kind: str) -> SafeString:
    outline = format_html('<path class="cs-run" d="M{} {}h{}v{}h-{}z"/>', x, y, width, SORT_HEIGHT, width)
    if kind == "open":
        return outline
    height = SORT_HEIGHT if kind == "full" else SORT_HEIGHT // 2
    fill = format_html(
        '<path class="cs-half" d="M{} {}h{}v{}h-{}z"/>', x, y + SORT_HEIGHT - height, width, height, width
    )
    return format_html("{}{}", outline, fill)


@register.inclusion_tag("publication/_progress.html")
def progress_bar(progress: Any) -> dict[str, Any]:
    """Show how far the projects of a field are: a bar of type and the same in words."""
    return {"progress": progress}
