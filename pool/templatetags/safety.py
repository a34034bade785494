"""Swap, safety and ties in German sentences and one small figure: formats what the rules found, decides nothing."""

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.priority.models import RuleVersion
from pool.priority.queries import Explained, RankedProject
from pool.priority.rules import Degree
from pool.priority.stability import ONE_IN, RANKS_COUNTED, Safety
from pool.priority.swap import LOWER, ClassSwap, LevelSwap, Swap, WeightSwap
from pool.priority.variation import Reach

register = template.Library()

# In the dative: „bei der Vernetzung“.
AT = {
    "vernetzung": _("bei der Vernetzung"),
    "effect_inward": _("bei der Wirkung nach innen"),
    "effect_outward": _("bei der Wirkung nach außen"),
    "kompetenzaufbau": _("beim Kompetenzaufbau"),
    "synergien": _("bei den Synergien"),
}
NAMES = {
    Degree.VERNETZUNG: _("Vernetzung"),
    Degree.EFFECT: _("Wirkung"),
    Degree.KOMPETENZAUFBAU: _("Kompetenzaufbau"),
    Degree.SYNERGIEN: _("Synergien"),
}
# From so many places on they are drawn as a line, not as dots.
DOTS_AT_MOST = 30
LEFT, RIGHT = 4, 96


# --- The swap -----------------------------------------------------------------------------------------------------


@register.simple_tag
def swap_up_sentence(explained: Explained, rule: RuleVersion) -> str:
    """Say what single change would bring the entry above the one that stands before it; nothing for the first."""
    if explained.upper is None:
        return ""
    return swap_sentence(
        explained.swap_up, upper=explained.upper, lower=explained.entry, told_of=explained.entry, rule=rule
    )


@register.simple_tag
def swap_down_sentence(explained: Explained, rule: RuleVersion) -> str:
    """Say what single change would bring the one below above the entry; nothing for the last."""
    if explained.lower is None:
        return ""
    return swap_sentence(
        explained.swap_down, upper=explained.entry, lower=explained.lower, told_of=explained.entry, rule=rule
    )


def swap_sentence(
    swap: Swap | None, *, upper: RankedProject, lower: RankedProject, told_of: RankedProject, rule: RuleVersion
) -> str:
    """Say which single change exchanges two neighbours, as told on the page of one of them; „Platz 3“ is the other."""
    is_lower = told_of is lower
    other = _("Platz {rank}").format(rank=(upper if is_lower else lower).ranked.rank)
    if upper.ranked.rank == lower.ranked.rank:  # nothing to exchange
        return ""
    result = (
        _("stünde dieses Vorhaben vor {other}").format(other=other)
        if is_lower
        else _("stünde {other} vor diesem Vorhaben").format(other=other)
    )
    if isinstance(swap, LevelSwap):
        is_own = (swap.side == LOWER) == is_lower
        return _("Mit {change} {where}{whose} ({new} statt {old}) {result}.").format(
            change=_("einer Stufe mehr") if swap.new > swap.old else _("einer Stufe weniger"),
            where=AT[swap.dimension],
            whose="" if is_own else _(" von {other}").format(other=other),
            new=swap.new,
            old=swap.old,
            result=result,
        )
    if isinstance(swap, WeightSwap):
        return _("{weights} {result}.").format(weights=_weights_words(swap, rule), result=result)
    if isinstance(swap, ClassSwap):
        if swap.side == LOWER:
            return _("Als Leuchtturm oder Schnellboot {result}.").format(result=result)
        behind = _("stünde {other} hinter diesem Vorhaben") if is_lower else _("stünde dieses Vorhaben hinter {other}")
        return _("Ohne seine Klasse {result}.").format(result=behind.format(other=other))
    return _("Keine einzelne Änderung tauscht es mit {other}.").format(other=other)


def _weights_words(swap: WeightSwap, rule: RuleVersion) -> str:
    raised, lowered = (getattr(rule, f"weight_{degree.value}") for degree in (swap.raised, swap.lowered))
    return _("Mit {more} statt {raised_now} % für {raised} und {less} statt {lowered_now} % für {lowered}").format(
        raised=NAMES[swap.raised],
        more=raised + swap.percents,
        raised_now=raised,
        lowered=NAMES[swap.lowered],
        less=lowered - swap.percents,
        lowered_now=lowered,
    )


# --- Safety -------------------------------------------------------------------------------------------------------


def share(count: int, total: int) -> str:
    """Return a share of the weightings in whole per cent; neither 0 % nor 100 % unless it is none or all."""
    if count == total:
        return _("100 %")
    if count == 0:
        return _("0 %")
    rounded = (200 * count + total) // (2 * total)
    if rounded == 0:
        return _("unter 1 %")
    return _("über 99 %") if rounded == 100 else _("{number} %").format(number=rounded)


@register.filter
def of_weightings(count: int, safety: Safety) -> str:
    """Return a number of weightings as a share of all of them."""
    return share(count, safety.total)


@register.filter
def span(found: Safety | Reach) -> str:
    """Return „Platz 1 bis 3“, or „Platz 5“ where it is one."""
    if found.best == found.worst:
        return _("Platz {rank}").format(rank=found.best)
    return _("Platz {best} bis {worst}").format(best=found.best, worst=found.worst)


@register.filter
def safety_words(safety: Safety) -> str:
    """Say how safe a place is in a few words: „in 51 % der Gewichtungen Platz 8, in 83 % unter den ersten 10“."""
    if safety.is_certain:
        return _("sicher: bei jeder Gewichtung Platz {rank}").format(rank=safety.rank)
    said = _("in {share} der Gewichtungen Platz {rank}").format(
        share=share(safety.at_rank, safety.total), rank=safety.rank
    )
    for most, count in zip(RANKS_COUNTED, safety.within, strict=True):
        if most > safety.rank and safety.best <= most < safety.worst:
            return said + _(", in {share} unter den ersten {most}").format(share=share(count, safety.total), most=most)
    return said


@register.filter
def ranks_counted(safety: Safety) -> list[tuple[int, str]]:
    """Return the shares of weightings with a rank of at most k, as far as k says something."""
    pairs = zip(RANKS_COUNTED, safety.within, strict=True)
    return [(most, share(count, safety.total)) for most, count in pairs if safety.best <= most < safety.worst]


@register.simple_tag
def range_defs(places: int) -> SafeString:
    """Draw once, unseen, what every `range_line` of a page refers to: the places, and a span from best to worst."""
    drawn = mark_safe('<line class="r-line" x1="4%" x2="96%"/>')
    if 1 < places <= DOTS_AT_MOST:
        each = ((_across(rank, places),) for rank in range(1, places + 1))
        drawn = format_html_join("", '<circle class="r-dot" cx="{}%" r="2"/>', each)
    return format_html(
        '<svg class="visually-hidden" aria-hidden="true"><g id="rp">{}</g><symbol id="rs" '
        'overflow="visible"><line class="c-mark" x2="100%"/><line class="c-mark" y1="-6" y2="6"/><line class="c-mark" '
        'x1="100%" x2="100%" y1="-6" y2="6"/></symbol></svg>',
        drawn,
    )


@register.simple_tag
def range_line(safety: Safety, places: int) -> SafeString:
    """Draw the range of a place: dots for the places, a line from best to worst, a big dot for today.

    Needs `range_defs` on the page. The same values stand beside it in words, so the figure is hidden from those who
    listen.
    """
    spanned = mark_safe("")
    if not safety.is_certain:
        width = _percent((RIGHT - LEFT) * (safety.worst - safety.best), places - 1)
        spanned = format_html('<use href="#rs" x="{}%" width="{}%"/>', _across(safety.best, places), width)
    return format_html(
        '<svg class="range" aria-hidden="true"><use href="#rp"/>{}<circle cx="{}%" r="6"/></svg>',
        spanned,
        _across(safety.rank, places),
    )


def _across(rank: int, places: int) -> str:
    """Return where a place lies on the line, in per cent of the width."""
    return _percent(LEFT * (places - 1) + (RIGHT - LEFT) * (rank - 1), places - 1) if places > 1 else "50"


def _percent(value: int, of: int) -> str:
    """Return a fraction with two places, as short as they are."""
    return f"{value / of:.2f}".rstrip("0").rstrip(".")


@register.filter
def thousands(number: int) -> str:
    """Return „6.181“, in English „6,181“."""
    return number_format(number, force_grouping=True)


@register.simple_tag
def tie_percent() -> str:
    """Return the share from which on neighbours are practically tied, out of the rule itself."""
    return share(1, ONE_IN)


# --- Ties ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def tie_sentence(first: int, last: int) -> str:
    """Name the places of a group of practically tied neighbours."""
    return ngettext(
        "Platz {first} und {last} liegen praktisch gleichauf.",
        "Platz {first} bis {last} liegen praktisch gleichauf.",
        last - first,
    ).format(first=first, last=last)
