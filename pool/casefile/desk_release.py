"""The release page: text, consent, release and taking back, each on its own button."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from governance.mandates.queries import standing_of
from governance.organisation.http import SignedInRequest
from pool.casefile.desk import address, ask, attempt, desk_page, project_page
from pool.lifecycle import Act
from pool.permissions import may
from pool.project.models import Project
from pool.publication.actions import record_consent, release, take_back, write_public_text
from pool.publication.forms import ConsentForm, PublicTextForm, ReleaseForm, TakeBackForm
from pool.publication.models import PublicText
from pool.stand_ins.queries import stands_in

TEXT, CONSENT, RELEASE, TAKE_BACK = "fassung", "zustimmung", "veroeffentlichen", "zuruecknehmen"


@project_page
def release_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Write the public text, record the lead unit's consent, release, take back."""
    last = project.public_texts.select_related("picture").order_by("-number").first()
    if request.method != "POST":
        ask(request, Act.RELEASE if stands_in(standing_of(request.user), project) else Act.RECORD_CONSENT, project)
        return _show(request, project, last)
    deed = request.POST.get("tun", "")
    form = _forms(project, last, request).get(deed)
    if form is None or (last is None and deed in (CONSENT, RELEASE)):
        messages.error(request, _("Schreiben Sie zuerst eine Fassung des öffentlichen Textes."))
        return redirect(address("release", project, request.user))
    status = 422
    if form.is_valid():
        status = attempt(form, lambda: PERFORM[deed](project, last, form, request.user))
        if not status:
            messages.success(request, DONE[deed])
            return redirect(address("release", project, request.user))
    project.refresh_from_db()
    return _show(request, project, last, deed, form, status)


def _write(project: Project, last: PublicText | None, form: Any, by: Any) -> object:
    return write_public_text(project=project, by=by, **form.values())


def _consent(project: Project, last: Any, form: Any, by: Any) -> object:
    return record_consent(text=last, by=by, **form.cleaned_data)


def _release(project: Project, last: Any, form: Any, by: Any) -> object:
    return release(text=last, by=by, **form.cleaned_data)


def _take_back(project: Project, last: PublicText | None, form: Any, by: Any) -> object:
    return take_back(project=project, by=by, **form.cleaned_data)


PERFORM: dict[str, Callable[[Project, PublicText | None, Any, Any], object]] = {
    TEXT: _write,
    CONSENT: _consent,
    RELEASE: _release,
    TAKE_BACK: _take_back,
}
DONE = {
    TEXT: _("Fassung festgehalten. Öffentlich ändert sich noch nichts."),
    CONSENT: _("Zustimmung festgehalten."),
    RELEASE: _("Veröffentlicht."),
    TAKE_BACK: _("Veröffentlichung zurückgenommen."),
}


def _forms(project: Project, last: PublicText | None, request: SignedInRequest | None = None) -> dict[str, forms.Form]:
    data, files = (request.POST, request.FILES) if request else (None, None)
    has_consent = last is not None and hasattr(last, "consent")
    first = {"version": project.version}
    return {
        TEXT: PublicTextForm(data, files, last_text=last, initial=PublicTextForm.initial_for(project, last)),
        CONSENT: ConsentForm(data, project=project, initial=first | {"unit": project.lead_unit_id}),
        RELEASE: ReleaseForm(data, project=project, has_consent=has_consent, initial=first),
        TAKE_BACK: TakeBackForm(data, initial=first),
    }


def _show(
    request: SignedInRequest,
    project: Project,
    last: PublicText | None,
    deed: str = "",
    sent: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    fresh = _forms(project, last)
    shown = {name: sent if name == deed and sent is not None else form for name, form in fresh.items()}
    current = project.releases.filter(is_current=True).select_related("text", "source").first()
    may_release = may(request.user, Act.RELEASE, project)
    is_released = current is not None and last is not None and current.text_id == last.pk
    consent = getattr(last, "consent", None) if last else None
    return desk_page(
        request,
        "admin/pool/project/release.html",
        project,
        here=_("Veröffentlichung"),
        status=status,
        form=sent,
        last=last,
        consent=consent,
        current=current,
        is_released=is_released,
        text_form=shown[TEXT] if may_release else None,
        consent_form=shown[CONSENT]
        if may(request.user, Act.RECORD_CONSENT, project) and last is not None and consent is None and not is_released
        else None,
        release_form=shown[RELEASE]
        if may_release and last is not None and not is_released and (consent is not None or project.is_taken_over)
        else None,
        take_back_form=shown[TAKE_BACK] if may_release and current is not None else None,
        opens_text=last is None or deed == TEXT,
    )
