"""Calling for ideas from the coverage of the strategy, and ending a call early."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.calls import actions
from pool.calls.forms import CallForm
from pool.calls.queries import calls_of
from pool.lifecycle import Act, ProcedureError
from pool.permissions import require

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@room_required("lenkungsgruppe")
def new(request: SignedInRequest) -> HttpResponse:
    """Write a call; `?bedarf=` names the Handlungsbedarfe that the person has chosen, once or several times."""
    require(request.user, Act.ISSUE_CALL)
    today = clock.today()
    form = CallForm(request.POST or None, today=today, wanted=request.GET.getlist("bedarf"))
    if request.method == "POST" and form.is_valid():
        try:
            call = actions.issue_call(by=request.user, **form.values())
        except ProcedureError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Veröffentlicht. Der Aufruf steht bei den Ideen, solange er läuft."))
            return redirect(f"{reverse('steering:coverage')}#aufruf-{call.pk}")
    context = {
        "form": form,
        "need_boxes": form.need_boxes(),
        "crumbs": [(_("Abdeckung"), reverse("steering:coverage")), (_("Aufruf"), "")],
    }
    return render(request, "calls/new.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
@room_required("lenkungsgruppe")
def end(request: SignedInRequest, call_id: int) -> HttpResponse:
    """End a call before its last day."""
    require(request.user, Act.END_CALL)
    call = get_object_or_404(calls_of(request.user), pk=call_id)
    try:
        actions.end_call(call=call, by=request.user)
    except ProcedureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Der Aufruf ist beendet und steht nicht mehr bei den Ideen."))
    return redirect(f"{reverse('steering:coverage')}#aufruf-{call.pk}")
