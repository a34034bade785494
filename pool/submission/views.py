"""My ideas, the pool, the form of an idea, and handing it in."""

from dataclasses import dataclass
from datetime import date
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
from pool.calls.queries import open_calls
from pool.deadlines import answer_due, is_overdue, objection_ends, question_due
from pool.lifecycle import IllegalMove, Incomplete, StaleVersion, Step
from pool.permissions import require
from pool.project.models import Precision, Project, ProjectMandate
from pool.questions.rules import ENDED, problem_with_objection
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
    NextStep,
    Waiting,
    act_of_submitting,
    missing_fields,
    missing_for_submit,
    next_step,
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
        "rows": [_my_row(project) for project in page],
        "may_begin": may_begin(request.user),
        "open_calls": open_calls(request.user),
    }
    return render(request, "submission/mine.html", context)


@dataclass(frozen=True, slots=True)
class MyRow:
    """One of my ideas: with whom it lies, until when an answer is due, what I do next."""

    project: Project
    waiting: Waiting
    due: date | None
    is_overdue: bool
    question_due: date | None
    objection_until: date | None
    step: NextStep | None
    address: str


def _my_row(row: Any) -> MyRow:
    today = clock.today()
    due = answer_due(row.step, row.step_since) if row.step_since_precision == Precision.DAY else None
    is_asked = row.writes and row.asked is not None and Step(row.step) not in ENDED
    question = question_due(row.asked_since) if is_asked else None
    is_submitter = any(mandate.role == ProjectMandate.Role.SUBMITTER for mandate in row.mine)
    is_too_late = problem_with_objection(
        step=row.step, decided_on=row.refused_on, today=today, has_objected=row.has_objected
    )
    may_object = is_submitter and not is_too_late
    following = next_step(
        row.step,
        is_author=row.writes,
        is_submitter=is_submitter,
        is_lead=row.leads,
        is_asked=is_asked,
        has_proposal=row.has_proposal,
        may_object=may_object,
    )
    arguments = [row.pk, row.asked] if following and following.page == "questions:thread" else [row.pk]
    return MyRow(
        project=row,
        waiting=_waiting(row),
        due=due,
        is_overdue=is_overdue(question or due, today=today),
        question_due=question,
        objection_until=objection_ends(row.refused_on) if may_object else None,
        step=following,
        address=reverse(following.page, args=arguments) if following else "",
    )


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
        "due": answer_due(Step.SUBMITTED, project.step_since or clock.today()),
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
        "due": answer_due(Step.SUBMITTED, clock.today()),
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
