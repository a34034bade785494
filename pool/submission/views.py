"""My ideas, the pool, the form of an idea, and handing it in."""

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
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.lifecycle import Act, IllegalMove, Incomplete, StaleVersion, Step
from pool.permissions import may, require
from pool.project.models import Project, Transition
from pool.similarity.queries import panel_for
from pool.submission import actions, filters
from pool.submission.forms import IdeaForms, form_token_of, idea_forms, stored_values, version_seen
from pool.submission.outline import outline
from pool.submission.queries import (
    differences,
    idea_frame,
    later_demands,
    leading_units,
    may_begin,
    my_projects,
    needs_in_order,
    pool_projects,
    sheet,
)
from pool.submission.rules import (
    IDEA_FIELDS,
    Waiting,
    act_of_submitting,
    missing_fields,
    missing_for_submit,
    waiting_for,
)

METHODS = ["GET", "HEAD", "POST"]
FORM_TEMPLATE = "submission/form.html"
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
def new(request: SignedInRequest) -> HttpResponse:
    if not may_begin(request.user):
        raise NotAllowed(_("Ideen reichen Beschäftigte im Konzern Stadt Mainz ein."))
    frame = idea_frame(edition_in_force(clock.today()), clock.today())
    token = form_token_of(request.POST)
    if request.method != "POST":
        return _form_page(request, None, idea_forms(frame, initial=_prefilled(request, frame)), token=token)
    idea = idea_forms(frame, data=request.POST)
    if not idea.is_valid():
        return _form_page(request, None, idea, token=token, status=UNPROCESSABLE)
    try:
        project = actions.create_draft(
            by=request.user, form_token=token, channel=Project.Channel.FORM, **idea.values(), **idea.links()
        )
    except ValidationError as error:
        return _refused(request, None, idea, error, token=token)
    # The same page sent again with other words: nothing is overwritten, nothing typed is lost.
    newer = differences(project, idea.values(), idea.links())
    if newer:
        return _form_page(request, project, idea, newer=newer, status=CONFLICT)
    return _saved(request, project)


@require_http_methods(METHODS)
@room_required("ideen")
def edit(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    if request.method != "POST":
        require(request.user, Act.EDIT_TEXT, project)
        frame = _frame_of(project)
        return _form_page(request, project, idea_forms(frame, initial=stored_values(project)))
    idea = idea_forms(_frame_of(project), data=request.POST, initial=stored_values(project))
    if not idea.is_valid():
        require(request.user, Act.EDIT_TEXT, project)
        return _form_page(request, project, idea, status=UNPROCESSABLE, version=version_seen(request.POST))
    try:
        actions.edit_text(
            project=project, by=request.user, version=version_seen(request.POST), values=idea.values(), **idea.links()
        )
    except StaleVersion:
        newer = differences(project, idea.values(), idea.links())
        return _form_page(request, project, idea, newer=newer, status=CONFLICT)
    except ValidationError as error:
        return _refused(request, project, idea, error)
    return _saved(request, project)


@require_http_methods(METHODS)
@room_required("ideen")
def check(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    if request.method != "POST":
        require(request.user, act_of_submitting(project.step), project)
        return _check_page(request, project)
    try:
        actions.submit(project=project, by=request.user, version=version_seen(request.POST))
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
    crumbs = [*_crumbs(project), (_("Eingereicht"), "")]
    return render(request, "submission/submitted.html", {"project": project, "text": text, "crumbs": crumbs})


# --- Pages --------------------------------------------------------------------------------------------------------


def _form_page(
    request: SignedInRequest, project: Project | None, idea: IdeaForms, *, status: int = 200, **context: Any
) -> HttpResponse:
    context = {
        "project": project,
        "idea": idea,
        "form": idea.form,
        "outline": outline(project, idea),
        "version": project.version if project else None,
        "token": None,
        "newer": None,
        "may_save": project is None or may(request.user, Act.EDIT_TEXT, project),
        "returned": _last_return(project),
        "similar": panel_for(project, *(str(idea.form[name].value() or "") for name in ("title", "short_text"))),
        "crumbs": [*_crumbs(project), (_("Bearbeiten") if project else _("Neue Idee"), "")],
        "address": reverse("submission:edit", args=[project.pk]) if project else reverse("submission:new"),
    } | context
    return render(request, FORM_TEMPLATE, context, status=status)


def _refused(
    request: SignedInRequest, project: Project | None, idea: IdeaForms, error: ValidationError, **context: Any
) -> HttpResponse:
    for message in error.messages:
        idea.form.add_error(None, message)
    return _form_page(request, project, idea, status=UNPROCESSABLE, **context)


def _saved(request: SignedInRequest, project: Project) -> HttpResponse:
    wanted = request.POST.get("aktion", "")
    if wanted == "pruefen":
        return redirect("submission:check", project.pk)
    time = f"{timezone.localtime(clock.now()):%H:%M}"
    messages.success(
        request,
        _(
            "Gespeichert um {time} Uhr, noch nicht eingereicht. Sie können jederzeit gehen und später weiterschreiben."
        ).format(time=time),
    )
    anchor = "#mitwirkung" if wanted == "zeile" else ""
    return redirect(reverse("submission:edit", args=[project.pk]) + anchor)


def _check_page(request: SignedInRequest, project: Project, *, problem: str = "", status: int = 200) -> HttpResponse:
    values = {name: getattr(project, name) for name in IDEA_FIELDS}
    context = {
        "project": project,
        "sections": sheet(project, with_money=True),
        "missing": list(zip(missing_fields(values), missing_for_submit(values), strict=True)),
        "later": later_demands(project),
        "problem": problem,
        "crumbs": [*_crumbs(project), (_("Angaben prüfen"), "")],
    }
    return render(request, CHECK_TEMPLATE, context, status=status)


def _crumbs(project: Project | None) -> list[tuple[str, str]]:
    start = [(_("Meine Ideen"), reverse("submission:mine"))]
    return [*start, (project.title, reverse("casefile:detail", args=[project.pk]))] if project else start


def _last_return(project: Project | None) -> Transition | None:
    if project is None or project.step != Step.RETURNED:
        return None
    return project.transitions.filter(act=Act.RETURN).order_by("-pk").first()


def _frame_of(project: Project) -> Any:
    linked = [*project.unit_links.values_list("unit_id", flat=True), *filter(None, [project.lead_unit_id])]
    return idea_frame(project.edition, clock.today(), also_units=linked)


def _prefilled(request: SignedInRequest, frame: Any) -> dict[str, Any]:
    """The lead unit is filled in only where the account is employed in exactly one unit on offer."""
    own = standing_of(request.user).unit_ids & {unit.pk for unit in frame.units}
    return {"lead_unit": next(iter(own))} if len(own) == 1 else {}
