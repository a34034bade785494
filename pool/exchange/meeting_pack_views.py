"""The meeting pack of a sitting: page, PDF, workbook, and keeping the state in which it is handed out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record.events import security_event
from governance.tables.writing import XLSX_TYPE
from pool.decision.models import Sitting
from pool.decision.queries import visible_sittings
from pool.decision.views import crumbs_to
from pool.exchange.actions import make_pack
from pool.exchange.meeting_pack import pack_of
from pool.exchange.meeting_pack_book import book_of
from pool.exchange.meeting_pack_pdf import MOST_PLACES, NoPdf, is_available, pdf_of
from pool.exchange.meeting_pack_queries import PEOPLE, standing_of_pack
from pool.lifecycle import Act
from pool.permissions import may

PDF_TYPE = "application/pdf"
NOT_POSSIBLE = 503


def _sitting(request: SignedInRequest, sitting_id: int) -> Sitting:
    """Return a sitting the person may see, or 404."""
    people = [f"{role}__person__user" for role in PEOPLE]
    rows = visible_sittings(request.user).select_related("frozen_form__edition", *people)
    return get_object_or_404(rows, pk=sitting_id)


@require_safe
@room_required("sitzungen")
def meeting_pack(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Show the whole pack, made for reading and for paper."""
    return _page(request, _sitting(request, sitting_id))


def _page(request: SignedInRequest, sitting: Sitting, *, refused: str = "", status: int = 200) -> HttpResponse:
    pack = pack_of(sitting)
    places = pack.places[:MOST_PLACES]
    context = {
        "sitting": sitting,
        "pack": pack,
        "places": places,
        "reasoned": [place for place in places if place.on_list is None],
        "items_by_number": {item.number: item for item in pack.items},
        "standing": standing_of_pack(sitting, pack),
        "may_make": may(request.user, Act.MAKE_PACK),
        "has_pdf": is_available(),
        "refused": refused,
        "crumbs": crumbs_to(sitting, pack.head.title),
    }
    return render(request, "exchange/meeting_pack.html", context, status=status)


@require_safe
@room_required("sitzungen")
def meeting_pack_file(request: SignedInRequest, sitting_id: int, kind: str) -> HttpResponse:
    """Give the pack as PDF or workbook; where no PDF can be made, the page that says so."""
    sitting = _sitting(request, sitting_id)
    pack = pack_of(sitting)
    standing = standing_of_pack(sitting, pack)
    try:
        content = pdf_of(pack, standing) if kind == "pdf" else book_of(pack, standing)
    except NoPdf as error:
        return _page(request, sitting, refused=str(error), status=NOT_POSSIBLE)
    security_event("list_taken", list="meeting_pack", form=kind, account=request.user.pk)
    response = HttpResponse(content, content_type=PDF_TYPE if kind == "pdf" else XLSX_TYPE)
    name = f"{pack.head.title} {pack.head.day:%Y-%m-%d}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@room_required("sitzungen")
def make(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Keep the state in which the pack is handed out."""
    sitting = _sitting(request, sitting_id)
    _made, is_new = make_pack(sitting=sitting, by=request.user)
    if is_new:
        messages.success(request, _("Der Stand ist festgehalten. Ab jetzt sagt die Seite, was sich daran ändert."))
    else:
        messages.info(request, _("Seit dem letzten Stand hat sich nichts geändert."))
    return redirect(reverse("exchange:meeting_pack", args=[sitting.pk]))
