"""The explanation of a rank in German sentences: formats what `pool.priority.rules` found, decides nothing."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.priority.queries import RankedProject
from pool.priority.rules import Distance
from pool.project.models import Project
from pool.templatetags.figures import score_text

register = template.Library()

CRITERIA = {
    "effect": _("ist die Wirkung"),
    "smaller_effect": _("ist die kleinere der beiden Wirkungen"),
    "vernetzung": _("ist die Vernetzung"),
    "synergien": _("sind die Synergien"),
    "kompetenzaufbau": _("ist der Kompetenzaufbau"),
}


@register.filter
def points(value: int) -> str:
    """Return a distance in points in words: „6,25 Punkte“, „1 Punkt“."""
    return _("1 Punkt") if value == 4 else _("{number} Punkte").format(number=score_text(value))


def steps(value: int) -> str:
    """Return a difference of levels in words."""
    return ngettext("eine Stufe", "{count} Stufen", value).format(count=value)


@register.simple_tag
def behind(entry: RankedProject, upper: RankedProject, named: bool = True) -> str:
    """Say what keeps `entry` below the one above it; not `named` where that one stands right above."""
    distance, rank = entry.ranked.to_upper, upper.ranked.rank
    if distance is None:
        return ""
    if distance.decided_by == "equal":
        if not named:
            return _("In allen Werten gleich mit dem Vorhaben davor.")
        return _("In allen Werten gleich mit „{title}“; beide teilen sich Platz {rank}.").format(
            title=upper.project.title, rank=rank
        )
    if distance.decided_by == "priority_class":
        return _class_sentence(distance, rank)
    place = _place(upper, named=named)
    if distance.decided_by == "score":
        return _("{points} hinter {place}.").format(points=points(distance.points), place=place)
    return _("Gleich viele Punkte wie {place}; dort {what} um {steps} höher.").format(
        place=place, what=CRITERIA[distance.decided_by], steps=steps(distance.difference)
    )


def _class_sentence(distance: Distance, rank: int) -> str:
    if distance.points < 0:
        return _("Platz {rank} steht davor, weil er in der Vorrangklasse ist, obwohl er {points} weniger hat.").format(
            rank=rank, points=points(-distance.points)
        )
    return _("Platz {rank} steht davor, weil er in der Vorrangklasse ist.").format(rank=rank)


@register.simple_tag
def ahead(entry: RankedProject, lower: RankedProject, named: bool = True) -> str:
    """Say what puts `entry` above the one below it; not `named` where that one stands right below."""
    distance, rank = entry.ranked.to_lower, lower.ranked.rank
    if distance is None:
        return ""
    if distance.decided_by == "equal":
        if not named:
            return _("In allen Werten gleich mit dem Vorhaben danach.")
        return _("In allen Werten gleich mit „{title}“; beide teilen sich Platz {rank}.").format(
            title=lower.project.title, rank=entry.ranked.rank
        )
    if distance.decided_by == "priority_class":
        sentence = _("Vor Platz {rank}, weil dieses Vorhaben in der Vorrangklasse ist")
        more = _(", obwohl Platz {rank} {points} mehr hat.") if distance.points < 0 else "."
        return (sentence + more).format(rank=rank, points=points(abs(distance.points)))
    place = _place(lower, named=named)
    if distance.decided_by == "score":
        return _("{points} vor {place}.").format(points=points(distance.points), place=place)
    return _("Gleich viele Punkte wie {place}; hier {what} um {steps} höher.").format(
        place=place, what=CRITERIA[distance.decided_by], steps=steps(distance.difference)
    )


def _place(neighbour: RankedProject, *, named: bool) -> str:
    text = _("Platz {rank}, „{title}“") if named else _("Platz {rank}")
    return text.format(rank=neighbour.ranked.rank, title=neighbour.project.title)


@register.simple_tag
def listed_in(listed: Mapping[object, str], project: Project) -> str:
    """Return the open sitting on whose list a project stands, or nothing."""
    return listed.get(project.pk, "")
