"""What is seen before it is public: the preview, and the page where the lead unit agrees to a text or refuses it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from pool.lifecycle import Act, ProcedureError, StaleVersion
from pool.permissions import may, require
from pool.project.models import Project
from pool.publication.consents import give_consent, refuse_consent
from pool.publication.forms import ConsentAnswerForm, NotedForm
from pool.publication.http import address_of
from pool.publication.models import ConsentRequest, PublicText
from pool.publication.pages import preview_page
from pool.publication.previews import may_preview
from pool.publication.release_rules import Change
from pool.publication.views import project_shown

UNPROCESSABLE, CONFLICT = 422, 409


@require_http_methods(["GET", "HEAD", "POST"])
@room_required("ideen")
def preview(request: SignedInRequest, project_id: UUID, number: int) -> HttpResponse:
    """Show a version exactly as the public would see it, in German; a POST brings the note of a correction along and
    writes nothing.
    """
    return _preview(request, project_id, number, "de")


@require_safe
@room_required("ideen")
def preview_english(request: SignedInRequest, project_id: UUID, number: int) -> HttpResponse:
    """Show a version exactly as the public would see it, on the English page."""
    return _preview(request, project_id, number, "en")


def _preview(request: SignedInRequest, project_id: UUID, number: int, language: str) -> HttpResponse:
    project = _project(request, project_id)
    if not may_preview(request.user, project):
        raise NotAllowed(_("Die Vorschau sieht, wer den Text veröffentlicht oder ihm zustimmt."))
    texts = project.public_texts.select_related(
        "picture", "consent", "project__lead_unit", "project__lead_handlungsfeld"
    )  # type: ignore[attr-defined]
    text = get_object_or_404(texts, number=number)
    note = NotedForm(request.POST).noted(clock.today()) if request.method == "POST" else None
    other = "consent:preview" if language == "en" else "consent:preview_english"
    bar = {
        "number": number,
        "note": note,
        "lacks_note": note is None and request.POST.get("change") == Change.NOTED,
        "other": reverse(other, args=[project.pk, number]),
        "other_name": _("Deutsch") if language == "en" else "English",
        "other_code": "de" if language == "en" else "en",
        "answer": "",
        "back": "",
    }
    if may(request.user, Act.GIVE_CONSENT, project):
        bar["answer"] = reverse("consent:answer", args=[project.pk])
    if standing_of(request.user).is_cdo:
        bar["back"] = reverse("admin:pool_project_release", args=[project.pk])
    with override(language):
        page = preview_page(text, partial(address_of, request), note)
        response = project_shown(request, page, preview=bar)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@room_required("ideen")
def answer(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Show who speaks for the lead unit what would be public, and take the answer."""
    project = _project(request, project_id)
    require(request.user, Act.GIVE_CONSENT, project)
    asked = _last_request(project)
    if asked is None:
        raise Http404
    if request.method != "POST":
        return _page(request, project, asked, ConsentAnswerForm(initial={"version": project.version}))
    form = ConsentAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, project, asked, form, status=UNPROCESSABLE)
    status = _tried(form, lambda: _perform(request, asked, form))
    if status:
        project.refresh_from_db()
        return _page(request, project, _last_request(project) or asked, form, status=status)
    agreed = form.cleaned_data["answer"] == ConsentAnswerForm.AGREES
    said = _("Ihre Zustimmung ist festgehalten.") if agreed else _("Ihre Ablehnung ist bei der CDO.")
    messages.success(request, said)
    return redirect("consent:answer", project.pk)


def _perform(request: SignedInRequest, asked: ConsentRequest, form: ConsentAnswerForm) -> object:
    seen = form.cleaned_data["version"]
    if form.cleaned_data["answer"] == ConsentAnswerForm.AGREES:
        return give_consent(request=asked, by=request.user, version=seen)
    return refuse_consent(request=asked, reason=form.cleaned_data["reason"], by=request.user, version=seen)


def _tried(form: ConsentAnswerForm, perform: Callable[[], object]) -> int:
    """Try the answer and return 0, or the status of the page that shows the form again with what was said."""
    try:
        perform()
    except StaleVersion as error:
        form.add_error(None, str(error))
        return CONFLICT
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except ProcedureError as error:
        form.add_error(None, str(error))
        return UNPROCESSABLE
    except ValidationError as error:
        form.add_error(None, error.messages)  # type: ignore[arg-type]
        return UNPROCESSABLE
    return 0


def _page(
    request: SignedInRequest, project: Project, asked: ConsentRequest, form: ConsentAnswerForm, *, status: int = 200
) -> HttpResponse:
    before = _public_before(asked.text)
    context = {
        "project": project,
        "asked": asked,
        "text": asked.text,
        "is_open": asked.state == ConsentRequest.State.OPEN,
        "before": before,
        "form": form,
        # Only who is told that the project moved on goes on from its new version.
        "version": project.version if status in (200, CONFLICT) else request.POST.get("version", ""),
        "crumbs": [
            (_("Der Pool"), reverse("submission:pool")),
            (project.title, reverse("casefile:detail", args=[project.pk])),
            (_("Zustimmung"), ""),
        ],
    }
    return render(request, "consent/answer.html", context, status=status)


def _public_before(text: PublicText) -> bool:
    """Tell whether an earlier version was public already, so that this one replaces it."""
    return text.project.releases.exclude(text=text).exists()  # type: ignore[attr-defined]


def _last_request(project: Project) -> ConsentRequest | None:
    rows = ConsentRequest.objects.filter(project=project).select_related("text__picture", "text__project", "unit")
    return rows.order_by("-pk").first()


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("lead_unit", "lead_handlungsfeld")
    return get_object_or_404(rows, pk=project_id)
