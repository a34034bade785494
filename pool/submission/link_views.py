"""The page where a project is linked with others, and where somebody of the other side confirms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record.forms import search_text
from pool.lifecycle import Act, ProcedureError, StaleVersion
from pool.permissions import may, require
from pool.project.models import Project
from pool.submission.link_forms import LinkForm
from pool.submission.links import answer_link, propose_link, withdraw_link
from pool.submission.queries import linkable, links_of
from pool.submission.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to

DONE = {
    "bestaetigen": gettext_lazy("Die Verbindung ist bestätigt und steht jetzt in beiden Akten."),
    "ablehnen": gettext_lazy("Die Verbindung ist nicht bestätigt. Sie steht in keiner Akte."),
    "zuruecknehmen": gettext_lazy("Die Verbindung ist zurückgenommen."),
}


@require_http_methods(METHODS)
@room_required("ideen")
def links(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    if not may(request.user, Act.ANSWER_LINK, project):
        require(request.user, Act.PROPOSE_LINK, project)
    if request.method != "POST":
        return _page(request, project)
    wanted = request.POST.get("tun", "")
    return _decide(request, project, wanted) if wanted in DONE else _propose(request, project)


def _propose(request: SignedInRequest, project: Project) -> HttpResponse:
    if not may(request.user, Act.PROPOSE_LINK, project):
        problem = _("Verbindungen schlägt vor, wer die Idee schreibt oder das Vorhaben leitet.")
        return _page(request, project, problem=problem, status=UNPROCESSABLE)
    form = LinkForm(request.POST, found=linkable(project, request.user, _words(request)))
    if not form.is_valid():
        return _page(request, project, form, status=UNPROCESSABLE)
    try:
        propose_link(project=project, by=request.user, **form.cleaned_data)
    except ProcedureError as error:
        form.add_error(None, str(error))
        return _page(request, project, form, status=UNPROCESSABLE)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _page(request, project, form, status=UNPROCESSABLE)
    messages.success(
        request, _("Vorgeschlagen. Die Verbindung zählt, sobald jemand für das andere Vorhaben sie bestätigt.")
    )
    return redirect("submission:links", project.pk)


def _decide(request: SignedInRequest, project: Project, wanted: str) -> HttpResponse:
    key = request.POST.get("verbindung", "")
    link = next((view.link for view in links_of(project, request.user) if str(view.link.pk) == key), None)
    try:
        if link is None:
            raise StaleVersion(_("Diese Verbindung steht nicht mehr."))
        if wanted == "zuruecknehmen":
            withdraw_link(link=link, by=request.user)
        else:
            answer_link(link=link, is_confirmed=wanted == "bestaetigen", by=request.user)
    except StaleVersion as error:
        return _page(request, project, problem=str(error), status=CONFLICT)
    messages.success(request, str(DONE[wanted]))
    return redirect("submission:links", project.pk)


def _words(request: SignedInRequest) -> str:
    return search_text(request.POST.get("q") or request.GET.get("q", ""))[0]


def _page(
    request: SignedInRequest, project: Project, form: LinkForm | None = None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    words = _words(request)
    may_propose = may(request.user, Act.PROPOSE_LINK, project)
    found = linkable(project, request.user, words) if may_propose and words else []
    context: dict[str, Any] = {
        "project": project,
        "links": links_of(project, request.user),
        "words": words,
        "found": found,
        "form": form or LinkForm(found=found),
        "may_propose": may_propose,
        "problem": problem,
        "crumbs": [*crumbs_to(project), (_("Verbindungen"), "")],
    }
    return render(request, "submission/links.html", context, status=status)
