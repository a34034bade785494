"""The release page: what is still missing, the one next step, the versions, what was public when. One button an act."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from governance.mandates.queries import standing_of
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.casefile.desk import address, ask, attempt, desk_page, project_page
from pool.lifecycle import Act, ProcedureError
from pool.permissions import may
from pool.project.models import Project
from pool.publication.actions import call_off, change_day, release, take_back, write_public_text
from pool.publication.consents import ask_consent, record_consent, withdraw_request
from pool.publication.forms import (
    AskConsentForm,
    ChangeDayForm,
    ConsentForm,
    PublicTextForm,
    ReleaseForm,
    TakeBackForm,
    VersionedForm,
)
from pool.publication.models import ConsentRequest, PublicText
from pool.publication.release_rules import plain_hints
from pool.publication.workbench import Bench, bench_of
from pool.stand_ins.queries import stands_in

TEXT, ASK, WITHDRAW, CONSENT = "fassung", "bitten", "bitte-zuruecknehmen", "zustimmung"
RELEASE, DAY, CALL_OFF, TAKE_BACK = "veroeffentlichen", "tag", "absagen", "zuruecknehmen"
NEEDS_TEXT = frozenset({ASK, CONSENT, RELEASE})


@project_page
def release_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Write the public text, ask for consent or record it, release, plan, call off, take back."""
    bench = bench_of(project)
    if request.method != "POST":
        ask(request, Act.RELEASE if stands_in(standing_of(request.user), project) else Act.RECORD_CONSENT, project)
        return _show(request, project, bench)
    deed = request.POST.get("tun", "")
    form = _forms(project, bench, request).get(deed)
    if form is None or (bench.last is None and deed in NEEDS_TEXT):
        messages.error(request, _("Schreiben Sie zuerst eine Fassung des öffentlichen Textes."))
        return redirect(address("release", project, request.user))
    status = 422
    if form.is_valid():
        status = attempt(form, lambda: PERFORM[deed](project, bench, form, request.user))
        if not status:
            messages.success(request, DONE[deed])
            return redirect(address("release", project, request.user))
    project.refresh_from_db()
    return _show(request, project, bench_of(project), deed, form, status)


def _write(project: Project, bench: Bench, form: Any, by: Any) -> object:
    return write_public_text(project=project, by=by, **form.values())


def _ask(project: Project, bench: Bench, form: Any, by: Any) -> object:
    return ask_consent(text=_last(bench), by=by, **form.cleaned_data)


def _withdraw(project: Project, bench: Bench, form: Any, by: Any) -> object:
    if bench.request is None:
        raise ProcedureError(_("Um Zustimmung ist nicht gebeten."))
    return withdraw_request(request=bench.request, by=by, **form.cleaned_data)


def _consent(project: Project, bench: Bench, form: Any, by: Any) -> object:
    return record_consent(text=_last(bench), by=by, **form.cleaned_data)


def _release(project: Project, bench: Bench, form: Any, by: Any) -> object:
    return release(text=_last(bench), by=by, **form.cleaned_data)


def _last(bench: Bench) -> PublicText:
    if bench.last is None:
        raise ProcedureError(_("Schreiben Sie zuerst eine Fassung des öffentlichen Textes."))
    return bench.last


PERFORM: dict[str, Callable[[Project, Bench, Any, Any], object]] = {
    TEXT: _write,
    ASK: _ask,
    WITHDRAW: _withdraw,
    CONSENT: _consent,
    RELEASE: _release,
    DAY: lambda project, bench, form, by: change_day(project=project, by=by, **form.cleaned_data),
    CALL_OFF: lambda project, bench, form, by: call_off(project=project, by=by, **form.cleaned_data),
    TAKE_BACK: lambda project, bench, form, by: take_back(project=project, by=by, **form.cleaned_data),
}
DONE = {
    TEXT: _("Fassung festgehalten. Öffentlich ändert sich noch nichts."),
    ASK: _("Die Stelle ist gebeten und bekommt eine Nachricht."),
    WITHDRAW: _("Die Bitte um Zustimmung ist zurückgezogen."),
    CONSENT: _("Zustimmung festgehalten."),
    RELEASE: _("Festgehalten. Ab wann die Fassung öffentlich ist, steht oben."),
    DAY: _("Der Tag ist geändert."),
    CALL_OFF: _("Die geplante Veröffentlichung ist abgesagt."),
    TAKE_BACK: _("Veröffentlichung zurückgenommen."),
}


def _forms(project: Project, bench: Bench, request: SignedInRequest | None = None) -> dict[str, forms.Form]:
    data, files = (request.POST, request.FILES) if request else (None, None)
    last, first = bench.last, {"version": project.version}
    to_unit, today = first | {"unit": project.lead_unit_id}, first | {"on_day": clock.today()}
    return {
        TEXT: PublicTextForm(data, files, last_text=last, initial=PublicTextForm.initial_for(project, last)),
        ASK: AskConsentForm(data, project=project, initial=to_unit | {"token": uuid4()}),
        WITHDRAW: VersionedForm(data, initial=first),
        CONSENT: ConsentForm(data, project=project, initial=to_unit),
        RELEASE: ReleaseForm(
            data,
            project=project,
            has_consent=bench.consent is not None,
            replaces=bench.current is not None,
            initial=today,
        ),
        DAY: ChangeDayForm(
            data, initial=first | {"on_day": clock.day_of(bench.planned.released_at) if bench.planned else None}
        ),
        CALL_OFF: VersionedForm(data, initial=first),
        TAKE_BACK: TakeBackForm(data, initial=first),
    }


def _show(
    request: SignedInRequest,
    project: Project,
    bench: Bench,
    deed: str = "",
    sent: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {name: sent if name == deed and sent is not None else form for name, form in _forms(project, bench).items()}
    user, last = request.user, bench.last
    may_release, may_ask = may(user, Act.RELEASE, project), may(user, Act.ASK_CONSENT, project)
    waits = bench.request is not None and bench.request.state == ConsentRequest.State.OPEN
    asks = may_ask and last is not None and bench.consent is None and not bench.is_out and not waits
    return desk_page(
        request,
        "admin/pool/project/release.html",
        project,
        here=_("Veröffentlichung"),
        status=status,
        form=sent,
        bench=bench,
        waits=waits,
        days_waiting=(clock.today() - clock.day_of(bench.request.asked_at)).days if waits and bench.request else 0,
        hints=plain_hints(last.plain_text) if last is not None else [],
        text_form=shown[TEXT] if may_release else None,
        ask_form=shown[ASK] if asks and last is not None and last.plain_text else None,
        withdraw_form=shown[WITHDRAW] if may_ask and waits else None,
        consent_form=shown[CONSENT]
        if may(user, Act.RECORD_CONSENT, project) and last is not None and bench.consent is None and not bench.is_out
        else None,
        release_form=shown[RELEASE] if may_release and bench.is_ready and not bench.is_out else None,
        day_form=shown[DAY] if may_release and bench.planned is not None else None,
        take_back_form=shown[TAKE_BACK] if may_release and (bench.current or bench.planned) else None,
        opens_text=last is None or deed == TEXT,
        opens_paper=deed == CONSENT,
    )
