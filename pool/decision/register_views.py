"""The register of Beschlüsse: what closed sittings decided, the proof of it, and correcting a slip in one."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import may_open
from governance.record import clock
from governance.record.rules import FIRST_HASH
from pool.decision import frozen
from pool.decision.agenda_queries import items_with_all
from pool.decision.corrections import correct_item, correctable_fields
from pool.decision.filters import RegisterFilter
from pool.decision.forms import CorrectionForm
from pool.decision.models import FrozenForm, ItemCorrection, SittingItem
from pool.decision.queries import ITEM_PEOPLE, register, register_choices, standing_text
from pool.decision.verification import first_difference, previous_hash_of
from pool.decision.views import CONFLICT, METHODS, UNPROCESSABLE
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.permissions import may, require
from pool.priority.rules import Levels
from pool.project.models import Project
from pool.submission.filters import notices
from pool.submission.forms import version_seen

ROWS_ON_A_PAGE = 50


@require_safe
@room_required("lenkungsgruppe")
def resolutions(request: SignedInRequest) -> HttpResponse:
    chosen = RegisterFilter(request.GET, register(request.user), choices=register_choices(request.user))
    page = Paginator(chosen.qs, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "filter_names": ("jahr", "ergebnis", "handlungsfeld", "vorhaben", "gremium", "ersetzt", "auflage"),
        "today": clock.today(),
        "page": page,
        "notices": notices(chosen, request.GET, page),
        "is_narrowed": any(chosen.form.cleaned_data.values()),
    }
    return render(request, "decision/resolutions.html", context)


@require_safe
@room_required("lenkungsgruppe")
def resolution(request: SignedInRequest, item_id: int) -> HttpResponse:
    people = [f"{role}__person__user" for role in (*ITEM_PEOPLE, "sitting__closed_by", "sitting__closed_in_place_of")]
    rows = items_with_all(register(request.user)).select_related("sitting__frozen_form__edition", *people)
    found = get_object_or_404(rows, pk=item_id)
    kept = found.sitting.frozen_form
    reads_inside = may_open(request.user, "sitzungen")
    context = {
        "item": found,
        "frozen": kept,
        "is_first": kept.previous_hash == FIRST_HASH,
        "crumbs": [(_("Beschlüsse"), reverse("decision:resolutions")), (found.title, "")],
        "decisions": list(found.mark_decisions.all()),
        "later": found.superseded_by.filter(is_final=True).select_related("sitting__body").first(),
        "difference": first_difference(kept, previous_hash=previous_hash_of(kept)),
        "places": frozen_places(kept, found),
        # The Beirat reads no names and no money; the Lenkungsgruppe and the CDO do.
        "reads_inside": reads_inside,
        "has_open_condition": bool(found.conditions) and found.met is None,
        "may_correct": reads_inside and may(request.user, Act.RECORD, found.project),
    }
    return render(request, "decision/resolution.html", context)


@require_http_methods(METHODS)
@room_required("sitzungen")
def correct(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Correct a slip in the text of a Beschluss or, by `?feld=reason`, in its reason."""
    found = get_object_or_404(register(request.user), pk=item_id)
    require(request.user, Act.RECORD, found.project)
    asked = request.POST.get("field", "") if request.method == "POST" else request.GET.get("feld", "")
    fields = correctable_fields(found)
    field = asked if asked in fields else ItemCorrection.Field.TEXT.value
    form = CorrectionForm(request.POST or None, item=found, field=field)
    status = UNPROCESSABLE if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        status = _correct(request, found, asked, form)
        if not status:
            messages.success(request, _("Berichtigt. Der beschlossene Wortlaut steht weiter daneben."))
            return redirect("decision:resolution", found.pk)
    found.sitting.refresh_from_db(fields=["version"])
    # Only who was told that the sitting moved on goes on from its new version.
    seen = version_seen(request.POST) if status == UNPROCESSABLE else found.sitting.version
    way = [(_("Beschlüsse"), reverse("decision:resolutions"))]
    context = {
        "item": found,
        "form": form,
        "version": seen,
        "field": field,
        "label": ItemCorrection.Field(field).label,
        "others": [ItemCorrection.Field(name) for name in fields if name != field],
        "standing": standing_text(found, field),
        "crumbs": [*way, (found.title, reverse("decision:resolution", args=[found.pk])), (_("Berichtigen"), "")],
    }
    return render(request, "decision/correct.html", context, status=status)


def _correct(request: SignedInRequest, found: SittingItem, field: str, form: CorrectionForm) -> int:
    """Do it and return 0, or say on the form what refused it and return the status."""
    try:
        correct_item(item=found, field=field, by=request.user, version=version_seen(request.POST), **form.cleaned_data)
    except ProcedureError as error:
        form.add_error(None, str(error))
        return UNPROCESSABLE if isinstance(error, Incomplete) else CONFLICT
    except ValidationError as error:
        form.add_error(None, error.messages)
        return UNPROCESSABLE
    return 0


def frozen_places(form: FrozenForm, item: SittingItem) -> list[dict[str, Any]]:
    """Return the ranking as frozen, with today's titles; one query."""
    try:
        places = frozen.read(form.content)["ranked"]
    except (ValueError, KeyError):
        return []
    rows = Project.objects.filter(pk__in=[place["project"] for place in places]).values_list("pk", "title")
    titles = {str(pk): title for pk, title in rows}
    return [
        place
        | {
            "title": titles.get(place["project"], place["project"]),
            "levels": asdict(Levels(**place["levels"])) | {"effect": Levels(**place["levels"]).effect},
            "is_this": place["project"] == str(item.project_id),
        }
        for place in places
    ]
