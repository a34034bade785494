"""The Beirat's reading of what is coming, its recommendations, and the conditions of Beschlüsse."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from pool.decision import actions
from pool.decision.agenda_queries import advised_items
from pool.decision.models import SittingItem
from pool.decision.queries import order_before, register
from pool.decision.sitting_forms import ConditionMetForm, RecommendationForm
from pool.decision.views import CONFLICT, METHODS, UNPROCESSABLE
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.permissions import may, require
from pool.priority.queries import shows_examples_to


@require_safe
@room_required("lenkungsgruppe")
def recommendations(request: SignedInRequest) -> HttpResponse:
    """Show what the next sittings are about and what the Beirat recommends: no proposal, outcome, vote or name."""
    shows_examples = shows_examples_to(request.user)
    items = list(advised_items(with_examples=shows_examples))
    ranks: dict[object, int] = {}
    for is_example in sorted({item.sitting.is_example for item in items}):
        order = order_before(is_example=is_example, with_apart=False)
        ranks |= {entry.project.pk: entry.ranked.rank for entry in order.entries}
    context = {
        "groups": [
            {"sitting": sitting, "rows": [_row(item, ranks) for item in of_it]}
            for sitting, of_it in groupby(items, key=lambda item: item.sitting)
        ],
        "may_recommend": may(request.user, Act.RECOMMEND),
    }
    return render(request, "decision/recommendations.html", context)


def _row(item: SittingItem, ranks: dict[object, int]) -> dict[str, object]:
    given = list(item.recommendations.all())
    return {"item": item, "rank": ranks.get(item.project_id), "last": given[-1] if given else None, "count": len(given)}


@require_http_methods(METHODS)
@room_required("lenkungsgruppe")
def recommend(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Enter the Beirat's recommendation on one item, or enter it anew."""
    require(request.user, Act.RECOMMEND)
    found = get_object_or_404(advised_items(with_examples=shows_examples_to(request.user)), pk=item_id)
    given = list(found.recommendations.all())
    form = RecommendationForm(request.POST if request.method == "POST" else None, last=given[-1] if given else None)
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_bound and form.is_valid():
        status = _recommend(request, found, form)
        if not status:
            messages.success(request, _("Die Empfehlung ist eingetragen. Die Lenkungsgruppe sieht sie beim Punkt."))
            return redirect("decision:recommendations")
        given = list(found.recommendations.order_by("pk"))
    context = {
        "item": found,
        "given": given,
        "form": form,
        "crumbs": [(_("Empfehlungen"), reverse("decision:recommendations")), (found.title, "")],
    }
    return render(request, "decision/recommend.html", context, status=status)


def _recommend(request: SignedInRequest, found: SittingItem, form: RecommendationForm) -> int:
    """Do it and return 0, or say on the form what refused it and return the status."""
    seen = request.POST.get("gesehen", "")
    last_seen = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else None
    try:
        actions.recommend(item=found, by=request.user, last_seen=last_seen, **form.cleaned_data)
    except ProcedureError as error:
        form.add_error(None, str(error))
        return UNPROCESSABLE if isinstance(error, Incomplete) else CONFLICT
    except ValidationError as error:
        form.add_error(None, error.messages)
        return UNPROCESSABLE
    return 0


@require_http_methods(METHODS)
@room_required("sitzungen")
def meet_condition(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Note that the condition of a Beschluss is met."""
    found = get_object_or_404(register(request.user).select_related("follow_up", "condition_met"), pk=item_id)
    require(request.user, Act.RECORD, found.project)
    if not found.conditions or found.met is not None:
        messages.info(request, _("Zu diesem Beschluss steht keine Auflage offen."))
        return redirect("decision:resolution", found.pk)
    form = ConditionMetForm(request.POST if request.method == "POST" else None)
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.meet_condition(item=found, by=request.user, **form.cleaned_data)
        except ProcedureError as error:
            form.add_error(None, str(error))
            status = UNPROCESSABLE if isinstance(error, Incomplete) else CONFLICT
        else:
            messages.success(request, _("Die Auflage ist als erfüllt festgehalten."))
            return redirect("decision:resolution", found.pk)
    way = [(_("Beschlüsse"), reverse("decision:resolutions"))]
    context = {
        "item": found,
        "form": form,
        "crumbs": [*way, (found.title, reverse("decision:resolution", args=[found.pk])), (_("Auflage"), "")],
    }
    return render(request, "decision/meet_condition.html", context, status=status)
