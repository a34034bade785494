"""The desk's pages that write on a project's text or links: a marked correction, Handlungsbedarfe and units."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.models import Stadtteil
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.casefile.desk import address, ask, attempt, desk_page, project_page, version_seen
from pool.casefile.desk_forms import ReachSlipForm, SlipForm
from pool.casefile.desk_queries import idea_of
from pool.gate.queries import links_of
from pool.lifecycle import Act
from pool.project.actions import correct_reach, correct_slip
from pool.project.models import Project
from pool.project.rules import KEPT_FIELDS
from pool.submission.actions import link_needs
from pool.submission.forms import IdeaForms, idea_forms, stored_values
from pool.submission.queries import idea_frame


@project_page
def slip_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Correct a slip in one text: first choose the field, then write it anew beside the old one."""
    source = request.POST if request.method == "POST" else request.GET
    field = source.get("field" if request.method == "POST" else "feld", "")
    if request.method != "POST":
        ask(request, Act.CORRECT_SLIP, project)
    if field not in KEPT_FIELDS:
        return _choose_field(request, project)
    form = _slip_form(request, project, field)
    name = "reach" if field == "reach" else "new_text"
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = attempt(form, lambda: _correct(request, project, form, field), names={field: name})
        if not status:
            messages.success(request, _("Berichtigt. Der alte Text steht weiter in der früheren Fassung."))
            return redirect(address("change", project, request.user))
        project.refresh_from_db()
    return desk_page(
        request,
        "admin/pool/project/slip.html",
        project,
        here=Act.CORRECT_SLIP.label,
        status=status,
        form=form,
        old=_as_it_stands(project, field),
        is_public_at_once=field == "reach",
    )


def _slip_form(request: SignedInRequest, project: Project, field: str) -> SlipForm | ReachSlipForm:
    data = request.POST or None
    if field == "reach":
        return ReachSlipForm(data, project=project, stadtteile=Stadtteil.objects.order_by("slug"))
    return SlipForm(data, project=project, field=field)


def _as_it_stands(project: Project, field: str) -> str:
    if field == "reach":
        return project.reach_words or _("noch offen")
    return str(getattr(project, f"get_{field}_display", lambda: getattr(project, field))())


def _correct(request: SignedInRequest, project: Project, form: SlipForm | ReachSlipForm, field: str) -> object:
    cleaned = form.cleaned_data
    if isinstance(form, ReachSlipForm):
        return correct_reach(
            project=project,
            places=cleaned["reach"],
            reason=cleaned["reason"],
            by=request.user,
            version=version_seen(request),
        )
    return correct_slip(
        project=project,
        field=field,
        new_text=cleaned["new_text"],
        reason=cleaned["reason"],
        by=request.user,
        version=version_seen(request),
    )


def _choose_field(request: SignedInRequest, project: Project) -> HttpResponse:
    model_fields: list[Any] = [Project._meta.get_field(name) for name in KEPT_FIELDS]
    fields = [(each.name, each.verbose_name, _as_it_stands(project, each.name)) for each in model_fields]
    context: dict[str, Any] = {"here": Act.CORRECT_SLIP.label, "fields": fields, "form": None}
    return desk_page(request, "admin/pool/project/slip_fields.html", project, **context)


@project_page
def links_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Link Handlungsbedarfe and units with their parts, on record, while the idea is at the gate."""
    frame = idea_frame(project.edition, clock.today(), also_units=project.unit_links.values_list("unit_id", flat=True))
    if request.method != "POST":
        ask(request, Act.LINK_NEEDS, project)
        return _show_links(request, project, idea_forms(frame, initial=stored_values(project)))
    forms = idea_forms(frame, data=request.POST)
    needs = forms.form.fields["handlungsbedarfe"]
    forms.form.fields = {"handlungsbedarfe": needs}
    status = 422
    if forms.form.is_valid() & forms.units.is_valid():
        status = attempt(
            forms.form,
            lambda: link_needs(
                project=project,
                by=request.user,
                version=version_seen(request),
                handlungsbedarfe=forms.form.cleaned_data["handlungsbedarfe"],
                units=[
                    (row.cleaned_data["unit"], row.cleaned_data["part"], row.cleaned_data["task"])
                    for row in forms.units.kept()
                ],
            ),
        )
        if not status:
            messages.success(request, _("Verknüpft. Die Änderung steht im Verlauf."))
            return redirect(address("gate", project, request.user))
    project.refresh_from_db()
    return _show_links(request, project, forms, status)


def _show_links(request: SignedInRequest, project: Project, forms: IdeaForms, status: int = 200) -> HttpResponse:
    return desk_page(
        request,
        "admin/pool/project/links.html",
        project,
        here=Act.LINK_NEEDS.label,
        status=status,
        form=forms.form,
        groups=forms.form.need_groups(),
        units=forms.units,
        standing=links_of(project, clock.today()),
        idea=idea_of(project),
    )
