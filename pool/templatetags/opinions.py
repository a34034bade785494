"""How opinions lie, drawn and in words: formats what `pool.maturity.rules` found, decides nothing."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.maturity.rules import Spread

register = template.Library()

FIRST, STEP, MIDDLE = 10, 28, 11


@register.simple_tag
def spread_line(spread: Spread) -> SafeString:
    """Draw the levels 0 to 4 as places on a line, a dot where opinions lie, larger for more; words stand beside it."""
    places = [FIRST + STEP * level for level in range(len(spread.counts))]
    base = format_html_join("", '<circle class="c-base" cx="{}" cy="11" r="2.5"/>', ((x,) for x in places))
    line = ""
    if spread.lowest is not None and spread.highest is not None:
        line = format_html(
            '<path class="c-mark" d="M{} {}H{}"/>', places[spread.lowest], MIDDLE, places[spread.highest]
        )
    dots = format_html_join(
        "",
        '<circle class="c-dot" cx="{}" cy="11" r="{}"/>',
        ((x, min(5 + count, 9)) for x, count in zip(places, spread.counts, strict=True) if count),
    )
    return format_html('<svg aria-hidden="true" viewBox="0 0 132 22">{}{}{}</svg>', base, line, dots)


@register.simple_tag
def spread_words(spread: Spread) -> str:
    """Say how the opinions lie: how many, from where to where, how many gave none. Never an average."""
    parts = []
    if spread.given:
        said = ngettext("{count} Einschätzung", "{count} Einschätzungen", spread.given).format(count=spread.given)
        if spread.lowest == spread.highest:
            parts.append(_("{said}: Stufe {level}").format(said=said, level=spread.lowest))
        else:
            parts.append(
                _("{said}: Stufe {lowest} bis {highest}").format(
                    said=said, lowest=spread.lowest, highest=spread.highest
                )
            )
    if spread.left_out:
        parts.append(_("{count} ohne Angabe").format(count=spread.left_out))
    return "; ".join(parts) + "." if parts else _("Noch keine Einschätzung.")
