"""Asking somebody to rate a project, and taking the request back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.organisation.http import SignedInRequest
from pool.casefile.desk import address, ask, attempt, desk_page, project_page, version_seen
from pool.casefile.desk_forms import ActForm, AskExpertForm
from pool.casefile.desk_queries import idea_of
from pool.lifecycle import Act
from pool.maturity.actions import ask_expert, end_expert
from pool.maturity.queries import opinions_for
from pool.project.models import Project, ProjectMandate

END = "beenden"


@project_page
def experts_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Ask one person at a time, on a named source; end what is asked."""
    if request.method != "POST":
        ask(request, Act.ASK_EXPERT, project)
        return _show(request, project, AskExpertForm(project=project))
    if request.POST.get("tun") == END:
        return _end(request, project)
    form = AskExpertForm(request.POST, project=project)
    status = 422
    if form.is_valid():
        status = attempt(
            form,
            lambda: ask_expert(
                project=project,
                person=form.cleaned_data["person"],
                source=form.cleaned_data["source"],
                by=request.user,
                version=version_seen(request),
            ),
        )
        if not status:
            messages.success(
                request, _("Um ein Gutachten gebeten: {person}.").format(person=form.cleaned_data["person"])
            )
            return redirect(address("experts", project, request.user))
    project.refresh_from_db()
    return _show(request, project, form, status)


def _end(request: SignedInRequest, project: Project) -> HttpResponse:
    key = request.POST.get("bitte", "")
    rows = ProjectMandate.objects.filter(project=project, role=ProjectMandate.Role.EXPERT)
    mandate = rows.select_related("project").filter(pk=int(key) if key.isascii() and key.isdigit() else 0).first()
    form = ActForm(request.POST, project=project)
    form.is_valid()
    if mandate is None:
        messages.error(request, _("Diese Bitte um ein Gutachten gilt nicht mehr."))
        return redirect(address("experts", project, request.user))
    person = mandate.person
    status = attempt(form, lambda: end_expert(mandate=mandate, by=request.user, version=version_seen(request)))
    if status:
        project.refresh_from_db()
        return _show(request, project, AskExpertForm(project=project), status, refused=form)
    messages.success(request, _("Die Bitte an {person} ist beendet.").format(person=person))
    return redirect(address("experts", project, request.user))


def _show(
    request: SignedInRequest,
    project: Project,
    form: AskExpertForm,
    status: int = 200,
    refused: ActForm | None = None,
) -> HttpResponse:
    return desk_page(
        request,
        "admin/pool/project/experts.html",
        project,
        here=_("Gutachten"),
        status=status,
        form=refused or form,
        ask_form=form,
        opinions=opinions_for(request.user, project),
        idea=idea_of(project),
    )
