"""The page of an idea's files, and downloading one."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from pool.attachments.actions import add_attachment, remove_attachment
from pool.attachments.forms import AttachmentsForm
from pool.attachments.models import Attachment
from pool.attachments.queries import attachments_of, downloadable
from pool.lifecycle import Act
from pool.permissions import require
from pool.project.models import Project

UNPROCESSABLE = 422
# A file is never a page of the portal, whatever it holds.
SANDBOX = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
@room_required("ideen")
def page(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = _project(request, project_id)
    require(request.user, Act.EDIT_TEXT, project)
    if request.method != "POST":
        return _page(request, project, AttachmentsForm())
    form = AttachmentsForm(request.POST, request.FILES)
    if not form.is_valid() or not _add(request, project, form):
        return _page(request, project, form, status=UNPROCESSABLE)
    count = len(form.cleaned_data["uploads"])
    text = ngettext("Eine Datei hinzugefügt.", "{count} Dateien hinzugefügt.", count).format(count=count)
    messages.success(request, text)
    return redirect("attachments:page", project.pk)


def _add(request: SignedInRequest, project: Project, form: AttachmentsForm) -> bool:
    """Add all files or none, and tell which one was refused."""
    added: list[Attachment] = []
    try:
        with transaction.atomic():
            for name, content in form.cleaned_data["uploads"]:
                current = name
                added.append(add_attachment(project=project, name=name, content=content, by=request.user))
    except ValidationError as error:
        for attachment in added:
            attachment.file.delete(save=False)
        form.add_error("uploads", f"„{current[:60]}“: {error.messages[0]}")
        return False
    return True


@require_POST
@room_required("ideen")
def remove(request: SignedInRequest, project_id: UUID, attachment_id: UUID) -> HttpResponse:
    project = _project(request, project_id)
    attachment = get_object_or_404(Attachment, project=project, pk=attachment_id)
    remove_attachment(attachment=attachment, by=request.user)
    messages.success(request, _("Entfernt: {name}").format(name=attachment.name))
    return redirect("attachments:page", project.pk)


@require_safe
@room_required("ideen")
def download(request: SignedInRequest, project_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    attachment = downloadable(request.user, _project(request, project_id), attachment_id)
    if attachment is None:
        raise Http404
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("Diese Datei ist nicht mehr da.")) from None
    response = FileResponse(file, as_attachment=True, filename=attachment.name, content_type=attachment.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _page(request: SignedInRequest, project: Project, form: AttachmentsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "project": project,
        "form": form,
        "hanging": attachments_of(project),
        "crumbs": [
            (_("Meine Ideen"), reverse("submission:mine")),
            (project.title, reverse("casefile:detail", args=[project.pk])),
            (_("Anlagen"), ""),
        ],
    }
    return render(request, "attachments/page.html", context, status=status)


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
