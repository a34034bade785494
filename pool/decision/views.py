"""Sittings: the list of them, a new one, one with its agenda, its list, its minutes, closing it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.models import Body
from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from pool.decision import actions
from pool.decision.agenda_queries import (
    attendance_sheet,
    items_with_all,
    with_invitation,
)
from pool.decision.closing import DONE, RankingMoved, outdated_items
from pool.decision.consequences import consequence_of, moved_sentences
from pool.decision.forms import SittingForm
from pool.decision.models import Sitting, SittingItem
from pool.decision.queries import (
    candidates,
    items_in_order,
    order_before,
    seen_places,
    sittings_with_counts,
    visible_sittings,
)
from pool.decision.rules import Movement, SeenPlace, movements
from pool.decision.sitting_rules import AgendaChanges, AgendaLine, SittingState, agenda_changes
from pool.decision.verification import first_difference, previous_hash_of
from pool.lifecycle import Act, Incomplete, ProcedureError, Step
from pool.permissions import may, require
from pool.priority.queries import RankedProject, Ranking
from pool.project.models import Project
from pool.submission.forms import version_seen

METHODS = ["GET", "HEAD", "POST"]
CONFLICT, UNPROCESSABLE = 409, 422
SITTINGS_ON_A_PAGE = 20
HEAD_OF_RANKING = 10
CLOSED_BY = ("closed_by__person__user", "closed_in_place_of__person__user")


@require_safe
@room_required("sitzungen")
def sittings(request: SignedInRequest) -> HttpResponse:
    rows = sittings_with_counts(request.user)
    closed = rows.filter(closed_at__isnull=False).order_by("-day", "-pk")
    context = {
        "open_sittings": rows.filter(closed_at__isnull=True).order_by("day", "pk"),
        "page": Paginator(closed, SITTINGS_ON_A_PAGE).get_page(request.GET.get("page")),
        "may_open_sitting": may(request.user, Act.OPEN_SITTING),
    }
    return render(request, "decision/sittings.html", context)


@require_http_methods(METHODS)
@room_required("sitzungen")
def new_sitting(request: SignedInRequest) -> HttpResponse:
    require(request.user, Act.OPEN_SITTING)
    form = SittingForm(request.POST or None)
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_valid():
        body = get_object_or_404(Body.objects.order_by("pk"), kind=Body.Kind.LENKUNGSGRUPPE)
        try:
            created = actions.open_sitting(body=body, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("day", error.messages)
        except ProcedureError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, _("Die Sitzung ist angelegt. Setzen Sie jetzt Vorhaben auf die Liste."))
            return redirect("decision:sitting", created.pk)
    return render(request, "decision/new_sitting.html", {"form": form, "crumbs": crumbs_to()}, status=status)


@require_safe
@room_required("sitzungen")
def sitting(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    rows = with_invitation(visible_sittings(request.user).select_related("frozen_form__edition", *CLOSED_BY))
    found = get_object_or_404(rows, pk=sitting_id)
    items = items_in_order(found)
    order = order_before(is_example=found.is_example, with_apart=False) if found.is_open else None
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found),
        "rows": agenda_rows(items, order),
        "waiting": [item for item in items if item.state not in DONE],
        "next_step": _next_step(request, found, items),
        "outdated": outdated_items(items, seen_places(order)) if order else [],
        "head": order.entries[:HEAD_OF_RANKING] if order else [],
        "ranked_total": len(order.entries) if order else 0,
        "listed_projects": {item.project_id for item in items},
        "may_list": found.is_open and _keeps_list(request.user, found),
        "may_close": found.is_open and may(request.user, Act.CLOSE_SITTING),
        "frozen": None if found.is_open else found.frozen_form,
    }
    return render(request, "decision/sitting.html", context | _around(request.user, found, items))


def _around(user: User, found: Sitting, items: Sequence[SittingItem]) -> dict[str, Any]:
    """Return what the page of a sitting says beside its items: invitation, attendance, and who may do what."""
    has_turns = found.is_open and found.state != SittingState.RUNNING
    invited_at, agenda = found.invited_at, found.invited_agenda  # type: ignore[attr-defined]
    lines = [AgendaLine(item=item.pk, number=item.number, title=item.title) for item in items]
    changes = agenda_changes(agenda, lines) if agenda is not None and found.is_open else AgendaChanges()
    return {
        "invited_at": invited_at,
        "changes": changes,
        # Without any word on who is there the page asks nothing about seats.
        "sheet": attendance_sheet(found) if found.has_attendance else None,  # type: ignore[attr-defined]
        "is_day": found.day <= clock.today(),
        "may_record": found.is_open and may(user, Act.RECORD),
        "may_invite": has_turns and may(user, Act.INVITE) and (agenda is None or bool(changes)),
        "may_begin": has_turns and found.day <= clock.today() and may(user, Act.BEGIN_SITTING),
    }


def _next_step(request: SignedInRequest, found: Sitting, items: Sequence[SittingItem]) -> dict[str, str]:
    """Return the first item that waits for this person, as the words and the address of a button; else nothing.

    The chair confirms what is recorded; the CDO's office prepares every item first and records on the day.
    """
    if not found.is_open:
        return {}
    steps = [(SittingItem.State.RECORDED, Act.CONFIRM, _("Punkt {number} bestätigen"))]
    steps.append((SittingItem.State.LISTED, Act.RECORD, _("Punkt {number} vorbereiten")))
    if found.day <= clock.today():
        steps.append((SittingItem.State.PROPOSED, Act.RECORD, _("Punkt {number} protokollieren")))
    for state, act, words in steps:
        item = next((item for item in items if item.state == state), None)
        is_own = act == Act.CONFIRM and item is not None and item.recorded_by_id == standing_of(request.user).actor_id
        if item is not None and not is_own and may(request.user, act, item.project):
            address = reverse("decision:item", args=[found.pk, item.pk])
            return {"words": words.format(number=item.number), "address": address}
    return {}


def agenda_rows(items: Sequence[SittingItem], order: Ranking | None) -> list[dict[str, Any]]:
    """Return the items with their project's entry in the ranking, where it has one."""
    entries: dict[object, RankedProject] = {entry.project.pk: entry for entry in order.entries} if order else {}
    return [{"item": item, "entry": entries.get(item.project_id)} for item in items]


@require_safe
@room_required("sitzungen")
def minutes(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Show agenda or minutes in full, made for paper."""
    found = get_object_or_404(visible_sittings(request.user).select_related(*CLOSED_BY), pk=sitting_id)
    sheet = attendance_sheet(found)
    order = order_before(is_example=found.is_example, with_apart=False) if found.is_open else None
    frozen = None if found.is_open else found.frozen_form
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Druckansicht")),
        "rows": agenda_rows(list(items_with_all(found.items.all()).order_by("number")), order),
        "sheet": sheet,
        "frozen": frozen,
        "difference": first_difference(frozen, previous_hash=previous_hash_of(frozen)) if frozen else "",
    }
    return render(request, "decision/minutes.html", context)


@require_http_methods(METHODS)
@room_required("sitzungen")
def put_on_list(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Offer the projects about which something can be decided; those ticked come on the list one by one."""
    found = get_object_or_404(visible_sittings(request.user), pk=sitting_id)
    offered = candidates(request.user, is_example=found.is_example)
    if not offered:
        require(request.user, Act.OPEN_SITTING)
    if not found.is_open:
        messages.error(request, _("Die Sitzung ist geschlossen; ihre Liste ändert sich nicht mehr."))
        return redirect("decision:sitting", found.pk)
    refused: list[str] = []
    ticked: set[UUID] = set()
    if request.method == "POST":
        chosen = set(request.POST.getlist("projekt"))
        picked = [project for project in offered if str(project.pk) in chosen]
        if not picked:
            refused = [_("Wählen Sie mindestens ein Vorhaben aus der Liste.")]
        for project in picked:
            try:
                actions.put_on_list(sitting=found, project=project, by=request.user)
            except (ProcedureError, NotAllowed) as error:
                refused.append(f"{project}: {error}")
                ticked.add(project.pk)
        count = len(picked) - len(ticked)
        if count:
            messages.success(request, _listed_message(count))
        if not refused:
            return redirect("decision:sitting", found.pk)
        offered = candidates(request.user, is_example=found.is_example)
    order = order_before(is_example=found.is_example, with_apart=False)
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Liste")),
        "groups": _candidate_groups(offered, order),
        "has_candidates": bool(offered),
        "refused": refused,
        "ticked": ticked,
    }
    return render(request, "decision/list.html", context, status=UNPROCESSABLE if refused else 200)


def _keeps_list(user: User, sitting: Sitting) -> bool:
    """Tell whether the way to the list is shown: to the office, and to a deputy who has something to put on it."""
    if may(user, Act.RECORD):
        return True
    return standing_of(user).is_cdo and bool(candidates(user, is_example=sitting.is_example))


def _listed_message(count: int) -> str:
    return ngettext(
        "Ein Vorhaben steht jetzt auf der Liste.", "{count} Vorhaben stehen jetzt auf der Liste.", count
    ).format(count=count)


def _candidate_groups(offered: Sequence[Project], order: Ranking) -> list[dict[str, Any]]:
    """Return the candidates by step, those ranked in the order of the ranking and first."""
    entries = {entry.project.pk: entry for entry in order.entries}
    ranks = {pk: position for position, pk in enumerate(entries)}
    sorted_projects = sorted(offered, key=lambda project: ranks.get(project.pk, len(ranks)))
    steps = (Step.ASSESSED, Step.DEFERRED, Step.COMMISSIONED, Step.RUNNING, Step.DECLINED, Step.REJECTED)
    groups = []
    for step in steps:
        rows = [(project, entries.get(project.pk)) for project in sorted_projects if project.step == step]
        if rows:
            groups.append({"step": step, "label": step.label, "rows": rows})
    return groups


@require_http_methods(METHODS)
@room_required("sitzungen")
def close(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Say what closing does, item by item, and do it."""
    found = get_object_or_404(visible_sittings(request.user), pk=sitting_id)
    require(request.user, Act.CLOSE_SITTING)
    if not found.is_open:
        messages.info(request, _("Die Sitzung ist schon geschlossen."))
        return redirect("decision:sitting", found.pk)
    if request.method != "POST":
        return _close_page(request, found)
    try:
        actions.close_sitting(sitting=found, by=request.user, version=version_seen(request.POST))
    except RankingMoved as error:
        return _close_page(request, found, refused=str(error), moved=error.moved, status=CONFLICT)
    except Incomplete as error:
        return _close_page(request, found, refused=str(error), status=UNPROCESSABLE)
    except ProcedureError as error:
        return _close_page(request, found, refused=str(error), status=CONFLICT)
    messages.success(request, _("Die Sitzung ist geschlossen. Alle bestätigten Beschlüsse gelten."))
    return redirect("decision:sitting", found.pk)


def _close_page(
    request: SignedInRequest,
    found: Sitting,
    *,
    refused: str = "",
    moved: Sequence[Movement] = (),
    status: int = 200,
) -> HttpResponse:
    found = visible_sittings(request.user).get(pk=found.pk)
    items = items_in_order(found, with_marks=True)
    order = order_before(is_example=found.is_example, with_apart=False)
    seen = seen_places(order)
    outdated = outdated_items(items, seen)
    consequences = [consequence_of(item) for item in items]
    if outdated and not moved:
        moved = movements(outdated[0].confirmed_ranking or [], seen)
    context = {
        "sitting": found,
        "crumbs": crumbs_to(found, _("Schließen")),
        "consequences": consequences,
        "unfinished": [each for each in consequences if not each.is_ready],
        "outdated": outdated,
        "moved": moved_sentences(moved, titles_of(moved)),
        "sheet": attendance_sheet(found),
        "refused": refused,
        "is_ready": all(each.is_ready for each in consequences) and not outdated,
    }
    return render(request, "decision/close.html", context, status=status)


def titles_of(moved: Sequence[Movement] | Sequence[SeenPlace]) -> dict[str, str]:
    """Return the titles of the projects that moved; one query."""
    ids = [each.project if isinstance(each, Movement) else each["project"] for each in moved]
    return {str(pk): title for pk, title in Project.objects.filter(pk__in=ids).values_list("pk", "title")}


def crumbs_to(found: Sitting | None = None, *further: str) -> list[tuple[str, str]]:
    """Return the way to a page of a sitting."""
    way = [(_("Sitzungen"), reverse("decision:sittings"))]
    if found is None:
        return [*way, (_("Neue Sitzung"), "")]
    return [*way, (str(found), reverse("decision:sitting", args=[found.pk])), *((text, "") for text in further)]
