"""The room /koordination/: queue, opinion, ranking and gaps of my fields, countersigning, samples, inner comments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from pool.calls.queries import open_calls
from pool.coordination.queries import idea_for, my_field_ids, need_counts, ranked_in_my_fields
from pool.coordination.shown import ROWS_ON_A_PAGE, opinion_page, queue_page
from pool.lifecycle import Act, ProcedureError, StaleVersion
from pool.maturity import actions
from pool.maturity.forms import CommentForm, OpinionForm, RemarkForm, StandBackForm
from pool.maturity.models import InnerComment
from pool.maturity.queries import (
    asked_of,
    in_order,
    rating_of_record,
    samples_of,
    to_countersign,
    without_countersignature,
)
from pool.permissions import Aspect, may, may_read, require, visible_projects
from pool.priority.queries import ranking, rule_in_force, shows_examples_to
from pool.project.models import Project
from pool.questions.queries import my_questions
from pool.questions.rules import WHERE_RATED
from pool.steering.views import RANKS_ON_A_PAGE, ranking_rows

METHODS = ["GET", "HEAD", "POST"]
CONFLICT, UNPROCESSABLE = 409, 422
SEND, PUT_ASIDE, SKIP, ABSTAIN, BIASED = "senden", "zwischenspeichern", "ueberspringen", "enthalten", "befangen"
ASK = "fragen"


@require_safe
@room_required("koordination")
def queue(request: SignedInRequest) -> HttpResponse:
    """Show what needs me, least rated first; to the CDO's office every open round."""
    return queue_page(request)


@require_safe
@room_required("koordination")
def following(request: SignedInRequest) -> HttpResponse:
    """Lead to the next project that needs me, after the one named in the address."""
    return redirect(_address_of_next(request, _open_ids(request), request.GET.get("nach", "")))


def _open_ids(request: SignedInRequest) -> list[UUID]:
    return list(in_order(asked_of(request.user, answered=False)).values_list("pk", flat=True))


def _address_of_next(request: SignedInRequest, waiting: list[UUID], after: str) -> str:
    """Return the address of the project after `after` in the order of the queue, from the top again at its end."""
    keys = [str(each) for each in waiting]
    rest = keys[keys.index(after) + 1 :] + keys[: keys.index(after)] if after in keys else keys
    return reverse("coordination:opinion", args=[rest[0]]) if rest else reverse("coordination:queue")


@require_http_methods(METHODS)
@room_required("koordination")
def opinion(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Give an opinion: send, put aside, skip, ask the authors, abstain or declare bias."""
    project = _project(request, project_id)
    if request.method != "POST":
        return opinion_page(request, project)
    deed = request.POST.get("tun", PUT_ASIDE)
    if deed in (ABSTAIN, BIASED):
        return _stand_back(request, project, deed)
    form = OpinionForm(request.POST, must_be_complete=deed == SEND)
    if not form.is_valid():
        return opinion_page(request, project, form=form, status=UNPROCESSABLE)
    waiting = _open_ids(request)
    refused = _tried(form, lambda: _perform(request, project, form, deed))
    if refused:
        return opinion_page(request, project, form=form, status=refused)
    if deed == ASK:
        return redirect(reverse("questions:ask", args=[project.pk]) + f"?zurueck={WHERE_RATED}")
    if deed == PUT_ASIDE:
        messages.success(request, _("Zwischengespeichert um {time} Uhr.").format(time=_time()))
        return redirect("coordination:opinion", project.pk)
    if deed == SEND:
        messages.success(request, _("Einschätzung zu „{title}“ gesendet.").format(title=project.title))
    return redirect(_address_of_next(request, waiting, str(project.pk)))


def _perform(request: SignedInRequest, project: Project, form: OpinionForm, deed: str) -> object:
    seen = _round_seen(request)
    if deed == SEND:
        return actions.give_opinion(
            project=project,
            levels=form.levels(),
            reasons=form.reasons(),
            by=request.user,
            rubric=rule_in_force(with_examples=project.is_example).rubric,
            round_seen=seen,
        )
    if deed in (SKIP, ASK) and not form.says_something:
        return None
    return actions.save_opinion_draft(project=project, content=form.content(), by=request.user, round_seen=seen)


def _stand_back(request: SignedInRequest, project: Project, deed: str) -> HttpResponse:
    form = StandBackForm(request.POST)
    act = actions.abstain if deed == ABSTAIN else actions.declare_bias
    waiting, refused = _open_ids(request), UNPROCESSABLE
    if form.is_valid():
        refused = _tried(
            form,
            lambda: act(
                project=project,
                by=request.user,
                rubric=rule_in_force(with_examples=project.is_example).rubric,
                reason=form.cleaned_data["reason"],
                round_seen=_round_seen(request),
            ),
        )
    if refused:
        return opinion_page(request, project, stand_back=form, status=refused)
    said = _("enthalten") if deed == ABSTAIN else _("befangen")
    messages.success(request, _("Festgehalten: „{title}“, {said}.").format(title=project.title, said=said))
    return redirect(_address_of_next(request, waiting, str(project.pk)))


def _round_seen(request: SignedInRequest) -> int:
    """Return the round that the page showed; a missing or broken one is no round at all, so it counts as stale."""
    text = request.POST.get("runde", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _tried(form: Any, perform: Callable[[], object]) -> int:
    """Try an act; return 0, or the status of the page that shows the form again with what was said."""
    try:
        perform()
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except ValidationError as error:
        form.add_error(None, error.messages)
        return UNPROCESSABLE
    except ProcedureError as error:
        form.add_error(None, str(error))
        return CONFLICT
    return 0


@require_safe
@room_required("koordination")
def my_questions_page(request: SignedInRequest) -> HttpResponse:
    """List the questions that I asked and that are not settled: first those whose answer waits for me."""
    page = Paginator(my_questions(request.user), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "coordination/questions.html", {"page": page})


# --- Inner comments -----------------------------------------------------------------------------------------------


@require_POST
@room_required("koordination")
def comment(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Add an inner comment, and lead back to where it was written."""
    project = _project(request, project_id)
    require(request.user, Act.COMMENT, project)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return opinion_page(request, project, comment=form, status=UNPROCESSABLE)
    actions.comment(project=project, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, _("Der Kommentar steht bei den internen Kommentaren."))
    return redirect(_back_to(request, project))


@require_POST
@room_required("koordination")
def black_out(request: SignedInRequest, project_id: UUID, comment_id: int) -> HttpResponse:
    """Take the words of a comment away for good."""
    project = _project(request, project_id)
    if not may_read(request.user, Aspect.COMMENTS, project):
        raise NotAllowed(_("Interne Kommentare liest, wer das Vorhaben beurteilt."))
    row = get_object_or_404(InnerComment, pk=comment_id, project=project)
    actions.black_out_comment(comment=row, by=request.user)
    messages.success(request, _("Der Kommentar ist geschwärzt."))
    return redirect(_back_to(request, project))


def _back_to(request: SignedInRequest, project: Project) -> str:
    name = "casefile:detail" if request.POST.get("zurueck") == "akte" else "coordination:opinion"
    return reverse(name, args=[project.pk]) + "#kommentare"


# --- My fields ----------------------------------------------------------------------------------------------------


@require_safe
@room_required("koordination")
def ranking_page(request: SignedInRequest) -> HttpResponse:
    """Show the places of my fields' projects, each with its explanation; the ranks are those of the whole ranking."""
    order = ranking(include_examples=shows_examples_to(request.user), readable=visible_projects(request.user))
    mine = ranked_in_my_fields(request.user, order)
    page = Paginator(mine, RANKS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "order": order,
        "page": page,
        "rows": ranking_rows(order, places=list(page), visible=set(mine)),
        "total": len(mine),
        "reads_cases": True,
        "explains_here": True,
        "is_everything": my_field_ids(request.user) is None,
    }
    return render(request, "coordination/ranking.html", context)


@require_safe
@room_required("koordination")
def needs(request: SignedInRequest) -> HttpResponse:
    """Show which Handlungsbedarfe of my fields nothing serves yet."""
    counts = need_counts(request.user)
    context = {
        "bare": [row for row in counts if not row.count],
        "served": [row for row in counts if row.count],
        "has_fields": bool(counts),
        "open_calls": open_calls(request.user, fields={row.need.handlungsfeld_id for row in counts}),
    }
    return render(request, "coordination/needs.html", context)


@require_safe
@room_required("koordination")
def samples(request: SignedInRequest) -> HttpResponse:
    """Show the sample ratings that tell how the levels are meant."""
    rubric = rule_in_force(with_examples=shows_examples_to(request.user)).rubric
    context = {"rubric": rubric, "samples": samples_of(rubric.pk), "dimensions": list(rubric.dimensions.all())}
    return render(request, "coordination/samples.html", context)


# --- Countersigning -----------------------------------------------------------------------------------------------


@require_safe
@room_required("koordination")
def to_countersign_page(request: SignedInRequest) -> HttpResponse:
    """List the ratings of record that wait for my countersignature; to the CDO all that have none."""
    rows = to_countersign(request.user)
    standing = standing_of(request.user)
    reads_all = standing.is_cdo and not any(held.is_deputy for held in standing.held if held.role == "cdo")
    if reads_all:
        rows = without_countersignature(Project.objects.filter(is_example=request.user.is_demo))
        rows = rows.select_related("lead_handlungsfeld", "lead_unit").order_by("step_since", "pk")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "coordination/to_countersign.html", {"page": page, "reads_all": reads_all})


@require_http_methods(METHODS)
@room_required("koordination")
def countersign_page(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Show the rating of record beside the idea, and countersign it."""
    project = _project(request, project_id)
    if not may_read(request.user, Aspect.RATING, project):
        raise NotAllowed(_("Die Bewertung liest, wer das Vorhaben begleitet."))
    rating = rating_of_record(project)
    form = RemarkForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            status = _tried(form, lambda: _countersign(request, project, form))
        if not status:
            messages.success(request, _("Gegengezeichnet: „{title}“.").format(title=project.title))
            return redirect("coordination:to_countersign")
    standing = standing_of(request.user)
    context = {
        "project": project,
        "rating": rating,
        "form": form,
        "idea": idea_for(request.user, project),
        "reads_names": may_read(request.user, Aspect.NAMES, project),
        "may_countersign": rating is not None
        and rating.by_id != standing.actor_id
        and rating.countersigned is None
        and may(request.user, Act.COUNTERSIGN, project),
    }
    return render(request, "coordination/countersign.html", context, status=status)


def _countersign(request: SignedInRequest, project: Project, form: RemarkForm) -> object:
    rating = project.ratings.filter(is_current=True).first()
    if rating is None or str(rating.pk) != request.POST.get("bewertung"):
        raise StaleVersion(_("Die Bewertung wurde inzwischen neu geöffnet. Prüfen Sie den neuen Stand."))
    return actions.countersign(project=project, rating=rating, by=request.user, remark=form.cleaned_data["reason"])


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("lead_unit", "lead_handlungsfeld")
    return get_object_or_404(rows, pk=project_id)


def _time() -> str:
    return f"{timezone.localtime(clock.now()):%H:%M}"
