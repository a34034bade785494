"""The casefile of one project, and the pages of acts below it."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.record import clock
from pool.casefile import acts
from pool.casefile.desk import attempt
from pool.casefile.queries import casefile_of, reader_of
from pool.casefile.rights import rights_on_projects, rights_on_the_frame
from pool.lifecycle import Act
from pool.maturity.forms import CommentForm
from pool.permissions import may, require
from pool.project.models import Project
from pool.questions.forms import with_forms
from pool.questions.queries import dialogue_of, objection_of
from pool.similarity.queries import open_join_requests
from pool.submission.forms import version_seen
from pool.submission.queries import Changes, changes_since_round, links_of

METHODS = ["GET", "HEAD", "POST"]
CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@room_required("ideen")
def detail(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = _project(request, project_id)
    context = {
        "project": project,
        "case": casefile_of(project, request.user),
        "acts": acts.open_acts(project, request.user),
        "dialogue": with_forms(dialogue_of(project, request.user)),
        "changes": _changes(project, request.user),
        "objection": objection_of(project, request.user),
        "join_requests": open_join_requests(project) if may(request.user, Act.ANSWER_JOIN_REQUEST, project) else [],
        "links": links_of(project, request.user),
        "may_link": may(request.user, Act.PROPOSE_LINK, project) or may(request.user, Act.ANSWER_LINK, project),
        "comment_form": CommentForm(),
        "today": clock.today(),
        "crumbs": [*_crumbs(project)[:-1], (project.title, "")],
    }
    return render(request, "casefile/detail.html", context)


def _changes(project: Project, user: User) -> Changes | None:
    """Return what is new since the last round for whoever reads the gate, money only for those who read it."""
    reader = reader_of(user, project)
    return changes_since_round(project, with_money=reader.money) if reader.gate else None


@require_safe
@room_required("ideen")
def rights(request: SignedInRequest) -> HttpResponse:
    """Say who may do what. It stands here rather than at the desk or under /verfahren/: everybody who works with the
    portal may know it, and the public page names no inner role."""
    moving, still = rights_on_projects()
    context = {
        "groups": [
            (_("Was ein Vorhaben bewegt"), moving),
            (_("Was nichts bewegt"), still),
            (_("Rahmen, Organisation und Mandate"), rights_on_the_frame()),
        ],
        "crumbs": [(_("Ideen"), reverse("submission:mine")), (_("Wer darf was"), "")],
    }
    return render(request, "casefile/rights.html", context)


@require_http_methods(METHODS)
@room_required("ideen")
def withdraw(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.WITHDRAW)


@require_http_methods(METHODS)
@room_required("ideen")
def start(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.START)


@require_http_methods(METHODS)
@room_required("ideen")
def propose_completion(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.PROPOSE_COMPLETION)


@require_http_methods(METHODS)
@room_required("ideen")
def co_author(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.CO_AUTHOR)


@require_http_methods(METHODS)
@room_required("ideen")
def end_co_author(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.END_CO_AUTHOR)


@require_http_methods(METHODS)
@room_required("ideen")
def hand_over(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.HAND_OVER)


@require_http_methods(METHODS)
@room_required("ideen")
def name_submitter(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.NAME_SUBMITTER)


@require_http_methods(METHODS)
@room_required("ideen")
def begin_again(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _act(request, project_id, acts.BEGIN_AGAIN)


def _act(request: SignedInRequest, project_id: UUID, page: acts.ActPage) -> HttpResponse:
    project = _project(request, project_id)
    if request.method != "POST":
        require(request.user, page.act, project)
        return _act_page(request, project, page, page.form(project=project))
    form = page.form(request.POST, project=project)
    if not form.is_valid():
        require(request.user, page.act, project)
        return _act_page(request, project, page, form, seen=version_seen(request.POST), status=UNPROCESSABLE)
    seen, made = version_seen(request.POST), []
    status = attempt(form, lambda: made.append(page.perform(project, form.cleaned_data, request.user, seen)))
    if status:
        project.refresh_from_db()
        # Only who was told that the project moved on goes on from its new version.
        return _act_page(request, project, page, form, seen=None if status == CONFLICT else seen, status=status)
    messages.success(request, str(page.done))
    if page.leads_to is not None:
        return redirect(page.leads_to(made[0]))
    is_visible = Project.objects.visible_to(request.user).filter(pk=project.pk).exists()
    return redirect("casefile:detail", project.pk) if is_visible else redirect("submission:mine")


def _act_page(
    request: SignedInRequest,
    project: Project,
    page: acts.ActPage,
    form: Form,
    *,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": project,
        "page": page,
        "consequences": page.consequences(project),
        "form": form,
        "version": project.version if seen is None else seen,
        "is_open": may(request.user, page.act, project),
        "crumbs": [*_crumbs(project), (page.heading, "")],
    }
    return render(request, "casefile/act.html", context, status=status)


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("lead_unit", "lead_handlungsfeld")
    return get_object_or_404(rows, pk=project_id)


def _crumbs(project: Project) -> list[tuple[str, str]]:
    listed = ("submission:pool", _("Der Pool")) if project.is_in_pool else ("submission:mine", _("Meine Ideen"))
    return [(listed[1], reverse(listed[0])), (project.title, reverse("casefile:detail", args=[project.pk]))]
