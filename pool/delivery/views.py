"""The room /umsetzung/: my projects, the page of each, and a page per job."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from pool.delivery import jobs
from pool.delivery.forms import TeamWordForm
from pool.delivery.milestones import is_going_on
from pool.delivery.models import Milestone
from pool.delivery.queries import (
    OVER,
    carried_out_by,
    current_proposal,
    milestones_of,
    reports_of,
    room_list,
    room_row,
    team_on,
    with_standing,
)
from pool.lifecycle import Act, IllegalMove, Incomplete, ProcedureError, StaleVersion, Step
from pool.permissions import Who, acts_as, may, require
from pool.project.models import Project
from pool.submission.forms import version_seen

METHODS = ["GET", "HEAD", "POST"]
CONFLICT, REFUSED, UNPROCESSABLE = 409, 403, 422
ROWS_ON_A_PAGE, REPORTS_ON_A_PAGE = 30, 12


@require_safe
@room_required("umsetzung")
def projects(request: SignedInRequest) -> HttpResponse:
    """List what is being carried out, the next day first; with `?zeige=beendet` what is over."""
    shows = request.GET.get("zeige", "")
    page = Paginator(room_list(request.user, shows), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    context = {
        "page": page,
        "rows": [room_row(each, today) for each in page],
        "shows_over": shows == OVER,
        "over": OVER,
        "reads_all": standing_of(request.user).is_cdo,
        "today": today,
    }
    return render(request, "delivery/projects.html", context)


@require_safe
@room_required("umsetzung")
def project(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Show one project to its team and the CDO's office: milestones, reports, what is to be done."""
    found, today = _project(request, project_id), clock.today()
    may_plan = may(request.user, Act.PLAN_MILESTONE, found)
    context = {
        "project": found,
        "row": room_row(found, today),
        "milestones": milestones_of(found, reads_inside=True),
        "reports": Paginator(reports_of(found), REPORTS_ON_A_PAGE).get_page(request.GET.get("page")),
        "team": team_on(found, today),
        "proposal": current_proposal(found) if found.step == Step.RUNNING else None,
        "may_plan": may_plan,
        "may_close": may_plan or may(request.user, Act.REACH_MILESTONE, found),
        "may_start": may(request.user, Act.START, found),
        "may_propose": may(request.user, Act.PROPOSE_COMPLETION, found),
        "goes_on": is_going_on(found.step),
        "today": today,
        "crumbs": [(_("Umsetzung"), reverse("delivery:projects")), (found.title, "")],
    }
    return render(request, "delivery/project.html", context)


@require_http_methods(METHODS)
@room_required("umsetzung")
def plan(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _job(request, _project(request, project_id), jobs.PLAN)


@require_http_methods(METHODS)
@room_required("umsetzung")
def report(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    return _job(request, _project(request, project_id), jobs.REPORT)


@require_http_methods(METHODS)
@room_required("umsetzung")
def shift(request: SignedInRequest, project_id: UUID, milestone_id: int) -> HttpResponse:
    """Shift an open milestone; put right what was called reached by mistake."""
    is_reached = Milestone.objects.filter(pk=milestone_id, project=project_id).exclude(reached_on=None).exists()
    return _job_on(request, project_id, milestone_id, jobs.REOPEN if is_reached else jobs.SHIFT)


@require_http_methods(METHODS)
@room_required("umsetzung")
def rename(request: SignedInRequest, project_id: UUID, milestone_id: int) -> HttpResponse:
    return _job_on(request, project_id, milestone_id, jobs.RENAME)


@require_http_methods(METHODS)
@room_required("umsetzung")
def reach(request: SignedInRequest, project_id: UUID, milestone_id: int) -> HttpResponse:
    return _job_on(request, project_id, milestone_id, jobs.REACH)


@require_http_methods(METHODS)
@room_required("umsetzung")
def give_up(request: SignedInRequest, project_id: UUID, milestone_id: int) -> HttpResponse:
    return _job_on(request, project_id, milestone_id, jobs.GIVE_UP)


def _job_on(request: SignedInRequest, project_id: UUID, milestone_id: int, job: jobs.Job) -> HttpResponse:
    found = _project(request, project_id)
    return _job(request, found, job, get_object_or_404(Milestone, project=found, pk=milestone_id))


def _job(request: SignedInRequest, found: Project, job: jobs.Job, milestone: Milestone | None = None) -> HttpResponse:
    """Show the page of a job, or do it; what was typed stays where it was refused."""
    names_source = acts_as(request.user, job.act, found) is Who.CDO_OFFICE
    if request.method != "POST":
        require(request.user, job.act, found)
        initial = {name: getattr(milestone, name) for name in job.begins_with}
        return _job_page(request, found, job, milestone, job.form(names_source=names_source, initial=initial))
    form, seen = job.form(request.POST, names_source=names_source), version_seen(request.POST)
    if not form.is_valid():
        require(request.user, job.act, found)
        return _job_page(request, found, job, milestone, form, seen=seen, status=UNPROCESSABLE)
    status = _tried(form, lambda: job.perform(milestone or found, form.values(), request.user, seen))
    if status:
        found.refresh_from_db()
        # Only who was told that the project moved on goes on from its new version.
        seen = found.version if status == CONFLICT else seen
        return _job_page(request, found, job, milestone, form, seen=seen, status=status)
    messages.success(request, str(job.done))
    return redirect("delivery:project", found.pk)


def _tried(form: TeamWordForm, perform: Callable[[], object]) -> int:
    """Try an act and return 0, or the status of the page that shows the form again with what was said."""
    try:
        perform()
    except (StaleVersion, IllegalMove) as error:
        form.add_error(None, str(error))
        return CONFLICT
    except NotAllowed as error:
        form.add_error(None, str(error))
        return REFUSED
    except (Incomplete, ProcedureError) as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    else:
        return 0
    return UNPROCESSABLE


def _job_page(
    request: SignedInRequest,
    found: Project,
    job: jobs.Job,
    milestone: Milestone | None,
    form: TeamWordForm,
    *,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    is_closed = milestone is not None and not (
        milestone.facts.is_open or (milestone.given_up_on is None and job in (jobs.REOPEN, jobs.RENAME))
    )
    context = {
        "project": found,
        "milestone": milestone,
        "is_closed": is_closed,
        "job": job,
        "form": form,
        "version": found.version if seen is None else seen,
        "is_open": may(request.user, job.act, found) and not is_closed,
        "crumbs": [
            (_("Umsetzung"), reverse("delivery:projects")),
            (found.title, reverse("delivery:project", args=[found.pk])),
            (job.heading, ""),
        ],
    }
    return render(request, "delivery/job.html", context, status=status)


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    rows = with_standing(carried_out_by(request.user)).select_related("lead_unit", "lead_handlungsfeld")
    return get_object_or_404(rows, pk=project_id)
