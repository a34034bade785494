"""What moved in the ranking and why, in German words: formats what `pool.priority.moved` found, decides nothing."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.lifecycle import Step
from pool.priority.moved import Cause, Moved

register = template.Library()

LEVEL_NAMES = {
    "vernetzung": _("Vernetzung"),
    "effect_inward": _("Wirkung nach innen"),
    "effect_outward": _("Wirkung nach außen"),
    "kompetenzaufbau": _("Kompetenzaufbau"),
    "synergien": _("Synergien"),
}
OF_OTHERS = {
    Cause.OTHERS_LEFT: _("Vorhaben davor sind ausgeschieden"),
    Cause.OTHERS_LEVELS: _("andere haben neue Stufen"),
    Cause.OTHERS_CLASS: _("andere haben eine neue Klasse"),
    Cause.OTHERS_CAME: _("neue Vorhaben stehen davor"),
    Cause.RULE: _("neue Gewichte oder Klassenregel"),
}


@register.filter
def places_moved(places: int) -> str:
    """Return „2 Plätze höher“, „1 Platz tiefer“, „gleicher Platz“."""
    if places == 0:
        return _("gleicher Platz")
    words = (
        ngettext("{count} Platz höher", "{count} Plätze höher", -places)
        if places < 0
        else ngettext("{count} Platz tiefer", "{count} Plätze tiefer", places)
    )
    return words.format(count=abs(places))


@register.filter
def causes(row: Moved) -> list[str]:
    """Return the causes in words, each with the places it moved the project by."""
    found = []
    for step in row.steps:
        words = _cause_words(row, step.cause)
        is_end = step.cause in (Cause.CAME, Cause.LEFT)
        found.append(words if is_end else f"{words}: {places_moved(step.places)}")
    return found


def _cause_words(row: Moved, cause: Cause) -> str:
    if cause is Cause.CAME:
        if row.was_apart == Step.DEFERRED:
            return _("wieder in der Rangliste, war zurückgestellt")
        return _("neu bewertet, war schon im Pool") if row.was_apart == Step.POOLED else _("neue Idee in der Rangliste")
    if cause is Cause.LEFT:
        return _("nicht mehr in der Rangliste")
    if cause is Cause.OWN_LEVELS:
        changed = ", ".join(
            _("{name} {new} statt {old}").format(name=LEVEL_NAMES[each.dimension], new=each.new, old=each.old)
            for each in row.levels
        )
        return _("neue Stufe ({changed})").format(changed=changed)
    if cause is Cause.OWN_CLASS:
        if row.was_inside == row.is_inside:
            return _("neue Klasse, ohne Folge für den Vorrang")
        return _("neue Klasse, jetzt im Vorrang") if row.is_inside else _("neue Klasse, nicht mehr im Vorrang")
    return OF_OTHERS[cause]
