"""A sitting before it closes: inviting to it, beginning it, and noting who is there."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from pool.decision import actions
from pool.decision.agenda_queries import attendance_sheet, changes_since_invitation, last_invitation
from pool.decision.models import Sitting
from pool.decision.queries import items_in_order, visible_sittings
from pool.decision.sitting_forms import AttendanceForm
from pool.decision.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.permissions import require
from pool.submission.forms import version_seen


def find_sitting(request: SignedInRequest, sitting_id: int) -> Sitting:
    """Return a sitting the person may see, or 404."""
    return get_object_or_404(visible_sittings(request.user), pk=sitting_id)


def closed_page(request: SignedInRequest, found: Sitting) -> HttpResponse | None:
    """Lead back from a page that an open sitting alone has."""
    if found.is_open:
        return None
    messages.info(request, _("Die Sitzung ist schon geschlossen."))
    return redirect("decision:sitting", found.pk)


@require_http_methods(METHODS)
@room_required("sitzungen")
def invite(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Show who is invited to what, and do it."""
    found = find_sitting(request, sitting_id)
    require(request.user, Act.INVITE)
    closed = closed_page(request, found)
    if closed is not None:
        return closed
    refused, status = "", 200
    if request.method == "POST":
        refused, status = _try(
            lambda: actions.invite(sitting=found, by=request.user, version=version_seen(request.POST))
        )
        if not refused:
            messages.success(
                request, _("Die Einladung ist verschickt. Alle Berechtigten finden sie in ihren Nachrichten.")
            )
            return redirect("decision:sitting", found.pk)
        found = find_sitting(request, sitting_id)
    last = last_invitation(found)
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Einladen")),
        "items": items_in_order(found),
        "sheet": attendance_sheet(found),
        "last": last,
        "changes": changes_since_invitation(found, last),
        "refused": refused,
    }
    return render(request, "decision/invite.html", context, status=status)


@require_POST
@room_required("sitzungen")
def begin(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    found = find_sitting(request, sitting_id)
    refused, _status = _try(
        lambda: actions.begin_sitting(sitting=found, by=request.user, version=version_seen(request.POST))
    )
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Die Sitzung ist eröffnet."))
    return redirect("decision:sitting", found.pk)


@require_http_methods(METHODS)
@room_required("sitzungen")
def attendance(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Note who of those entitled is there; the page says at once whether the group can decide."""
    found = find_sitting(request, sitting_id)
    require(request.user, Act.RECORD)
    closed = closed_page(request, found)
    if closed is not None:
        return closed
    sheet = attendance_sheet(found)
    form = AttendanceForm(request.POST if request.method == "POST" else None, sheet=sheet)
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_bound and form.is_valid():
        refused, status = _try(
            lambda: actions.record_attendance(
                sitting=found,
                present=form.cleaned_data["present"],
                by=request.user,
                version=version_seen(request.POST),
            )
        )
        if not refused:
            messages.success(request, _("Die Anwesenheit ist festgehalten."))
            return redirect("decision:sitting", found.pk)
        form.add_error(None, refused)
        found = find_sitting(request, sitting_id)
    context = {"sitting": found, "crumbs": crumbs_to(found, _("Anwesenheit")), "sheet": sheet, "form": form}
    return render(request, "decision/attendance.html", context, status=status)


def _try(act: Callable[[], object]) -> tuple[str, int]:
    """Do it and return nothing, or what refused it and the status."""
    try:
        act()
    except ProcedureError as error:
        return str(error), UNPROCESSABLE if isinstance(error, Incomplete) else CONFLICT
    return "", 200
