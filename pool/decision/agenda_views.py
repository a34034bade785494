"""The agenda: filled from the ranking in one step, put in another order, and a rule drafted for it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from pool.decision import actions
from pool.decision.agenda_queries import CHOICES, Suggestion, suggested_agenda
from pool.decision.consequences import would_move_sentences
from pool.decision.item_views import find_item
from pool.decision.life_views import closed_page, find_sitting
from pool.decision.models import Sitting
from pool.decision.queries import order_before, order_under, seen_places
from pool.decision.rules import movements
from pool.decision.sitting_forms import RuleDraftForm
from pool.decision.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to
from pool.lifecycle import Act, ProcedureError
from pool.permissions import require
from pool.priority.queries import rule_in_force
from pool.submission.forms import version_seen

FIRST, MOST = 10, 100
SHOWN_MOVES = 15


@require_http_methods(METHODS)
@room_required("sitzungen")
def fill(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Show what one step would put on the list, in ranking order, and do it with what stays ticked."""
    found = find_sitting(request, sitting_id)
    require(request.user, Act.RECORD)
    closed = closed_page(request, found)
    if closed is not None:
        return closed
    choice, first, notice = _asked(request)
    order = order_before(is_example=found.is_example, with_apart=False)
    suggestion = suggested_agenda(request.user, found, choice=choice, first=first, order=order)
    refused: list[str] = []
    if request.method == "POST":
        refused = _fill(request, found, suggestion)
        if not refused:
            return redirect("decision:sitting", found.pk)
        found = find_sitting(request, sitting_id)
        suggestion = suggested_agenda(request.user, found, choice=choice, first=first, order=order)
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Aus der Rangliste")),
        "choice": choice,
        "first": first,
        "most": MOST,
        "notice": notice,
        "suggestion": suggestion,
        "ranked_total": len(order.entries),
        "class_total": len(order.in_class),
        "refused": refused,
    }
    return render(request, "decision/fill.html", context, status=UNPROCESSABLE if refused else 200)


def _asked(request: SignedInRequest) -> tuple[str, int, str]:
    """Return what is to be shown, and what of the address could not be used."""
    given = request.POST if request.method == "POST" else request.GET
    choice, number = given.get("auswahl", CHOICES[0]), given.get("zahl", str(FIRST))
    notice = ""
    if choice not in CHOICES:
        choice, notice = CHOICES[0], _("Diese Auswahl gibt es nicht. Gezeigt werden die ersten der Rangliste.")
    first = int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 0
    if not 1 <= first <= MOST:
        first, notice = FIRST, _("Nennen Sie eine Zahl von 1 bis {most}.").format(most=MOST)
    return choice, first, notice


def _fill(request: SignedInRequest, found: Sitting, suggestion: Suggestion) -> list[str]:
    """Put what is ticked on the list; return what did not get there, in words."""
    ticked = set(request.POST.getlist("projekt"))
    picked = [row for row in suggestion.rows if str(row.project.pk) in ticked]
    if not picked:
        return [_("Wählen Sie mindestens ein Vorhaben aus der Liste.")]
    try:
        filled = actions.fill_agenda(
            sitting=found,
            projects=[(row.project, row.kind) for row in picked],
            by=request.user,
            version=version_seen(request.POST),
        )
    except ProcedureError as error:
        return [str(error)]
    if filled.items:
        count = len(filled.items)
        said = ngettext(
            "Ein Vorhaben steht jetzt auf der Liste.", "{count} Vorhaben stehen jetzt auf der Liste.", count
        )
        messages.success(request, said.format(count=count))
    titles = {row.project.pk: str(row.project) for row in picked}
    return [f"{titles[pk]}: {said}" for pk, said in filled.refused.items()]


@require_POST
@room_required("sitzungen")
def move(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    """Move an item up or down, or to the place that was typed."""
    found = find_item(request, sitting_id, item_id)
    wanted = request.POST.get("auf", "")
    places = {"hoch": found.number - 1, "runter": found.number + 1}
    to = places.get(wanted, int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 5 else 0)
    try:
        actions.move_item(item=found, to=to, by=request.user, version=version_seen(request.POST))
    except ProcedureError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('decision:sitting', args=[sitting_id])}#punkte")


@require_http_methods(METHODS)
@room_required("sitzungen")
def draft_rule(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Draft a rule version for the agenda; what it would move is shown before and changes nothing."""
    found = find_sitting(request, sitting_id)
    require(request.user, Act.RECORD)
    closed = closed_page(request, found)
    if closed is not None:
        return closed
    rule = rule_in_force(with_examples=found.is_example)
    form = RuleDraftForm(request.POST if request.method == "POST" else None, rule=rule)
    status, moved = (UNPROCESSABLE if form.is_bound else 200), None
    if form.is_bound and form.is_valid():
        moved = moves_under(found, form.values())
        status = 200
        if "aufnehmen" in request.POST:
            status = _draft(request, found, form)
            if not status:
                return redirect("decision:sitting", found.pk)
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Gewichte und Regel")),
        "form": form,
        "rule": rule,
        "moved": moved,
        "shown": (moved or [])[:SHOWN_MOVES],
    }
    return render(request, "decision/draft_rule.html", context, status=status)


def moves_under(found: Sitting, values: dict[str, Any]) -> list[str]:
    """Say what other weights and another threshold would move in today's order of the sitting's world."""
    order = order_before(is_example=found.is_example, with_apart=False)
    titles = {entry.ranked.candidate.project_id: entry.project.title for entry in order.entries}
    other = order_under(order, values["weights"], values["effect_threshold"])
    moved = [each for each in movements(seen_places(order), other) if each.old_rank != each.new_rank]
    return would_move_sentences(moved, titles)


def _draft(request: SignedInRequest, found: Sitting, form: RuleDraftForm) -> int:
    """Do it and return 0, or say on the form what refused it and return the status."""
    try:
        actions.draft_rule(sitting=found, by=request.user, version=version_seen(request.POST), **form.values())
    except ProcedureError as error:
        form.add_error(None, str(error))
        return CONFLICT
    except ValidationError as error:
        form.add_error(None, error.messages)
        return UNPROCESSABLE
    messages.success(
        request, _("Der Entwurf steht auf der Tagesordnung. Er gilt erst nach einem Beschluss, ab seinem Tag.")
    )
    return 0
