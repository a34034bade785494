"""One item of a sitting: reading it, proposal, outcome, confirmation, setting it aside."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.permissions import NotAllowed, may_open
from pool.decision import actions
from pool.decision.consequences import moved_sentences, sentences_of
from pool.decision.forms import ItemForm, NoteForm, OutcomeForm, ProposalForm, prefilled
from pool.decision.minutes import problem_with_departure
from pool.decision.models import SittingItem
from pool.decision.queries import decidable_marks, order_before, seen_places, standing_resolutions, visible_items
from pool.decision.rules import movements, ranking_hash
from pool.decision.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to, titles_of
from pool.gate.models import GateAnswer
from pool.gate.queries import answers_of, current_round
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, Step
from pool.permissions import require
from pool.project.models import Project
from pool.stand_ins.queries import stands_in
from pool.submission.forms import version_seen

State = SittingItem.State


def find_item(request: SignedInRequest, sitting_id: int, item_id: int) -> SittingItem:
    """Return an item of a sitting the person may see, or 404."""
    found = get_object_or_404(visible_items(request.user), pk=item_id)
    if found.sitting_id != sitting_id:
        raise Http404
    return found


def item_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open an item's page to the room of sittings, and to whom the chair named for the item's project."""

    @wraps(view)
    def guarded(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
        if not may_open(request.user, "sitzungen"):
            found = visible_items(request.user).filter(pk=item_id, sitting=sitting_id).first()
            if found is None or found.project is None or not stands_in(standing_of(request.user), found.project):
                raise NotAllowed(_("Dieser Bereich ist für Ihr Konto nicht vorgesehen."))
        return view(request, sitting_id=sitting_id, item_id=item_id)

    return guarded


@require_safe
@item_door
def item(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    found = find_item(request, sitting_id, item_id)
    if found.is_final and found.state == State.CONFIRMED:
        return redirect("decision:resolution", found.pk)
    return item_page(request, found)


def item_page(
    request: SignedInRequest,
    found: SittingItem,
    *,
    note: NoteForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show an item with everything that is decided on, and the acts open to this person."""
    context = _shown(found) | _acts_open_to(request.user, found) | {"note": note or NoteForm(), "refused": refused}
    return render(request, "decision/item.html", context, status=status)


def _shown(found: SittingItem) -> dict[str, Any]:
    """Return what every page about an item shows of it."""
    project = found.project
    order = order_before(is_example=found.sitting.is_example, with_apart=False)
    seen = seen_places(order)
    current_hash = ranking_hash(seen)
    has_moved = bool(found.confirmed_ranking_hash) and found.confirmed_ranking_hash != current_hash
    moved = movements(found.confirmed_ranking or [], seen) if has_moved and found.sitting.is_open else []
    return {
        "item": found,
        "sitting": found.sitting,
        "project": project,
        "following": found.sitting.items.filter(number__gt=found.number).order_by("number").first(),
        "crumbs": crumbs_to(found.sitting, _("Punkt {number}").format(number=found.number)),
        "entry": next((entry for entry in order.entries if entry.project.pk == found.project_id), None),
        "order": order,
        "ranking_hash": current_hash,
        "moved": moved_sentences(moved, titles_of(moved)),
        "marks": decidable_marks(project),
        "rating": project.ratings.filter(is_current=True).select_related("countersignature").first()
        if project
        else None,
        "refusals": _refusals(project),
        "objection": project.objections.first() if project and found.kind == SittingItem.Kind.OBJECTION else None,
        "earlier": standing_resolutions(project)[:5] if project else [],
        "decisions": list(found.mark_decisions.all()),
        "departure": problem_with_departure(found, found.outcome or found.proposal, is_reasoned=bool(found.reason))
        if found.sitting.is_open
        else "",
        "sentences": sentences_of(found) if found.outcome and found.sitting.is_open else [],
    }


def _refusals(project: Project | None) -> list[GateAnswer]:
    """Return the noes for which a project was not admitted; for all others nothing."""
    if project is None or project.step != Step.REJECTED:
        return []
    return [answer for answer in answers_of(current_round(project)).values() if answer.answer == "no"]


def _acts_open_to(user: User, found: SittingItem) -> dict[str, Any]:
    """Return which acts a person may do now, and why not where the office is hers in general."""
    standing, is_open = standing_of(user), found.sitting.is_open
    keeps = standing.is_cdo or (found.project is not None and stands_in(standing, found.project))
    may_record, why_not_record = _asked(user, Act.RECORD, found) if is_open and keeps else (False, "")
    is_chair = standing.holds("chair", body_kind="lenkungsgruppe")
    may_confirm, why_not_confirm = _asked(user, Act.CONFIRM, found) if is_open and is_chair else (False, "")
    if may_confirm and standing.actor_id == found.recorded_by_id:
        may_confirm, why_not_confirm = (
            False,
            _("Sie haben das Ergebnis protokolliert; bestätigen muss eine andere Person."),
        )
    return {
        "may_record": may_record,
        "may_confirm": may_confirm and found.state in (State.RECORDED, State.CONFIRMED),
        "why_not": why_not_record or (why_not_confirm if found.state in (State.RECORDED, State.CONFIRMED) else ""),
        "may_propose": may_record and found.state in actions.WAITING,
        "may_take_off": may_record and found.state in (State.LISTED, State.PROPOSED),
    }


def _asked(user: User, act: Act, found: SittingItem) -> tuple[bool, str]:
    try:
        require(user, act, found.project)
    except NotAllowed as error:
        return False, str(error)
    return True, ""


# --- Forms --------------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@item_door
def propose(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    return _item_form(
        request,
        find_item(request, sitting_id, item_id),
        ProposalForm,
        "decision/propose.html",
        lambda found, form: actions.propose(
            item=found, by=request.user, version=version_seen(request.POST), **form.values()
        ),
        _("Der Beschlussvorschlag ist gespeichert."),
    )


@require_http_methods(METHODS)
@item_door
def record(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    return _item_form(
        request,
        find_item(request, sitting_id, item_id),
        OutcomeForm,
        "decision/record.html",
        lambda found, form: actions.record_outcome(
            item=found, by=request.user, version=version_seen(request.POST), **form.values()
        ),
        _("Das Ergebnis ist protokolliert. Der Vorsitz bestätigt es."),
    )


def _item_form(
    request: SignedInRequest,
    found: SittingItem,
    form_class: type[ItemForm],
    template: str,
    act: Callable[[SittingItem, Any], SittingItem],
    done: str,
) -> HttpResponse:
    require(request.user, Act.RECORD, found.project)
    if not found.sitting.is_open:
        messages.error(request, _("Die Sitzung ist geschlossen; ihre Beschlüsse ändert nur ein späterer Beschluss."))
        return redirect("decision:item", found.sitting_id, found.pk)
    form = form_class(request.POST or None, item=found, initial=prefilled(found))
    status, is_stale = (UNPROCESSABLE if form.is_bound else 200), False
    if form.is_valid():
        try:
            act(found, form)
        except StaleVersion as error:
            status, is_stale = CONFLICT, True
            form.add_error(None, str(error))
        except Incomplete as error:
            form.add_error(None, str(error))
        except ProcedureError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, done)
            return redirect("decision:item", found.sitting_id, found.pk)
    fresh = find_item(request, found.sitting_id, found.pk)
    # Only who was told that the item moved on goes on from its new version.
    version = version_seen(request.POST) if form.is_bound and not is_stale else fresh.version
    context = _shown(fresh) | {"form": form, "is_stale": is_stale, "version": version}
    return render(request, template, context, status=status)


# --- Acts by one button -------------------------------------------------------------------------------------------


@require_POST
@room_required("sitzungen")
def confirm(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    return _pressed(
        request,
        find_item(request, sitting_id, item_id),
        lambda found: actions.confirm(
            item=found,
            by=request.user,
            version=version_seen(request.POST),
            seen_hash=request.POST.get("seen_hash", "")[:64],
        ),
        _("Das Ergebnis ist bestätigt. Es gilt, sobald die Sitzung geschlossen ist."),
    )


@require_POST
@room_required("sitzungen")
def send_back(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    found = find_item(request, sitting_id, item_id)
    note = NoteForm(request.POST)
    if not note.is_valid():
        require(request.user, Act.CONFIRM, found.project)
        return item_page(request, found, note=note, status=UNPROCESSABLE)
    return _pressed(
        request,
        found,
        lambda found: actions.send_back(
            item=found, by=request.user, version=version_seen(request.POST), note=note.cleaned_data["note"]
        ),
        _("Das Ergebnis ist zurückgegeben. Das Büro der CDO sieht Ihren Hinweis."),
        note=note,
    )


@require_POST
@item_door
def adjourn(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    return _pressed(
        request,
        find_item(request, sitting_id, item_id),
        lambda found: actions.adjourn(item=found, by=request.user, version=version_seen(request.POST)),
        _("Der Punkt ist vertagt."),
    )


@require_POST
@item_door
def drop(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    return _pressed(
        request,
        find_item(request, sitting_id, item_id),
        lambda found: actions.drop(item=found, by=request.user, version=version_seen(request.POST)),
        _("Der Punkt ist abgesetzt."),
    )


@require_POST
@item_door
def take_off_list(request: SignedInRequest, sitting_id: int, item_id: int) -> HttpResponse:
    found = find_item(request, sitting_id, item_id)
    try:
        actions.take_off_list(item=found, by=request.user, version=version_seen(request.POST))
    except ProcedureError as error:
        return item_page(request, found, refused=str(error), status=CONFLICT)
    messages.success(request, _("„{title}“ steht nicht mehr auf der Liste.").format(title=found.title))
    if not may_open(request.user, "sitzungen"):
        return redirect("casefile:detail", found.project_id)
    return redirect("decision:sitting", sitting_id)


def _pressed(
    request: SignedInRequest,
    found: SittingItem,
    act: Callable[[SittingItem], SittingItem],
    done: str,
    note: NoteForm | None = None,
) -> HttpResponse:
    """Do an act and go back to the item; what refuses it is said on the item's page as it stands now."""
    try:
        act(found)
    except ProcedureError as error:
        status = UNPROCESSABLE if isinstance(error, Incomplete) else CONFLICT
        fresh = find_item(request, found.sitting_id, found.pk)
        return item_page(request, fresh, note=note, refused=str(error), status=status)
    messages.success(request, done)
    return redirect("decision:item", found.sitting_id, found.pk)
