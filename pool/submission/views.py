"""My ideas, the pool, the form of an idea, and handing it in."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.lifecycle import IllegalMove, Incomplete, StaleVersion, Step
from pool.permissions import require
from pool.project.models import Project
from pool.submission import actions, filters
from pool.submission.forms import version_seen
from pool.submission.queries import (
    hints_for,
    later_demands,
    leading_units,
    may_begin,
    my_projects,
    needs_in_order,
    open_side_texts,
    pool_projects,
    sheet,
    text_mark,
)
from pool.submission.rules import (
    IDEA_FIELDS,
    Waiting,
    act_of_submitting,
    answer_due,
    missing_fields,
    missing_for_submit,
    waiting_for,
)

METHODS = ["GET", "HEAD", "POST"]
CHECK_TEMPLATE = "submission/check.html"
CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@room_required("ideen")
def mine(request: SignedInRequest) -> HttpResponse:
    page = Paginator(my_projects(request.user), filters.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(project, _waiting(project)) for project in page],
        "may_begin": may_begin(request.user),
    }
    return render(request, "submission/mine.html", context)


def _waiting(row: Any) -> Waiting:
    return waiting_for(
        row.step,
        is_author=row.writes,
        is_lead=row.leads,
        has_lead=row.has_lead,
        has_proposal=row.has_proposal,
    )


@require_safe
@room_required("ideen")
def pool(request: SignedInRequest) -> HttpResponse:
    chosen = filters.PoolFilter(request.GET, pool_projects(request.user), needs=needs_in_order(), units=leading_units())
    page = filters.page_of(filters.in_order(chosen.qs, request.GET), request.GET)
    return render(
        request,
        "submission/pool.html",
        {
            "filter": chosen,
            "filter_names": ("schritt", "handlungsfeld", "bedarf", "stelle"),
            "page": page,
            "notices": filters.notices(chosen, request.GET, page),
            "sorts": {name: label for name, (label, _order) in filters.SORTS.items()},
            "sort": request.GET.get(filters.SORT, ""),
            "is_narrowed": any(chosen.form.cleaned_data.values()),
        },
    )


@require_http_methods(METHODS)
@room_required("ideen")
def check(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    if request.method != "POST":
        require(request.user, act_of_submitting(project.step), project)
        return _check_page(request, project)
    try:
        actions.submit(
            project=project,
            by=request.user,
            version=version_seen(request.POST),
            text_seen=request.POST.get("gelesen"),
        )
    except (StaleVersion, IllegalMove) as error:
        project.refresh_from_db()
        if project.step == Step.SUBMITTED:
            return redirect("submission:submitted", project.pk)
        require(request.user, act_of_submitting(project.step), project)
        return _check_page(request, project, problem=str(error), status=CONFLICT)
    except Incomplete as error:
        return _check_page(request, project, problem=str(error), status=UNPROCESSABLE)
    return redirect("submission:submitted", project.pk)


@require_safe
@room_required("ideen")
def submitted(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    text = project.text_versions.order_by("-number").first()
    if project.step != Step.SUBMITTED or text is None:
        return redirect("casefile:detail", project.pk)
    crumbs = [*crumbs_to(project), (_("Eingereicht"), "")]
    context = {
        "project": project,
        "text": text,
        "due": answer_due(project.step_since or clock.today()),
        "crumbs": crumbs,
    }
    return render(request, "submission/submitted.html", context)


# --- Pages --------------------------------------------------------------------------------------------------------


def _check_page(request: SignedInRequest, project: Project, *, problem: str = "", status: int = 200) -> HttpResponse:
    values = {name: getattr(project, name) for name in IDEA_FIELDS}
    context = {
        "project": project,
        "side_texts": open_side_texts(project),
        "me": standing_of(request.user).actor_id,
        "hints": hints_for(project),
        "text_seen": text_mark(project),
        "due": answer_due(clock.today()),
        "sections": sheet(project, with_money=True),
        "missing": list(zip(missing_fields(values), missing_for_submit(values), strict=True)),
        "later": later_demands(project),
        "problem": problem,
        "crumbs": [*crumbs_to(project), (_("Angaben prüfen"), "")],
    }
    return render(request, CHECK_TEMPLATE, context, status=status)


def crumbs_to(project: Project | None) -> list[tuple[str, str]]:
    start = [(_("Meine Ideen"), reverse("submission:mine"))]
    return [*start, (project.title, reverse("casefile:detail", args=[project.pk]))] if project else start
