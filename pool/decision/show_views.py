"""A sitting on a screen in the room: one item at a time, in letters that the last row reads."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from pool.decision.agenda_queries import agenda_points, departure_of
from pool.decision.life_views import find_sitting
from pool.decision.queries import order_before
from pool.decision.rules import needs_countersignature


@require_safe
@room_required("sitzungen")
def show(request: SignedInRequest, sitting_id: int, number: int) -> HttpResponse:
    """Show item `number` of a sitting; 0 is the agenda itself."""
    found = find_sitting(request, sitting_id)
    order = order_before(is_example=found.is_example, with_apart=False) if found.is_open else None
    points = agenda_points(found, reads_inside=True, order=order)
    if number > len(points):
        raise Http404(_("Diesen Punkt hat die Tagesordnung nicht."))
    point = points[number - 1] if number else None
    over = departure_of(point.item, point.item.outcome or point.item.proposal) if point else []
    context = {
        "sitting": found,
        "points": points,
        "point": point,
        "number": number,
        "previous": number - 1 if number else None,
        "next": number + 1 if number < len(points) else None,
        "over": over,
        "ranked_total": len(order.entries) if order else 0,
        "lacks_countersignature": bool(
            point
            and point.project
            and point.entry
            and needs_countersignature(point.project.step, is_countersigned=point.entry.is_countersigned)
        ),
    }
    return render(request, "decision/show.html", context)
