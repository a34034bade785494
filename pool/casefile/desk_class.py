"""The class page: propose a Leuchtturm or a Schnellboot, or take a proposal back."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.organisation.http import SignedInRequest
from pool.casefile.desk import address, ask, attempt, desk_page, project_page, version_seen
from pool.casefile.desk_forms import ActForm, ClassBackForm, ClassForm
from pool.casefile.desk_queries import idea_of
from pool.lifecycle import Act
from pool.priority.actions import propose_class, withdraw_class
from pool.priority.models import ClassMark
from pool.priority.queries import rule_in_force
from pool.project.models import Project

PROPOSE, TAKE_BACK = "vorschlagen", "zuruecknehmen"


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One class on the page: what is said about it, and the form that changes it, if any."""

    mark: str
    label: str
    current: ClassMark | None
    form: ActForm | None
    deed: str


@project_page
def class_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Propose a class with its reason, or take an undecided proposal back."""
    if request.method != "POST":
        ask(request, Act.PROPOSE_CLASS, project)
        return _show(request, project)
    mark, deed = request.POST.get("klasse", ""), request.POST.get("tun", "")
    if mark not in ClassMark.Mark.values or deed not in (PROPOSE, TAKE_BACK):
        messages.error(request, _("Wählen Sie, was Sie vorschlagen oder zurücknehmen."))
        return redirect(address("class", project, request.user))
    form: ActForm = (
        ClassForm(request.POST, project=project, mark=mark)
        if deed == PROPOSE
        else ClassBackForm(request.POST, project=project, prefix=mark)
    )
    status = 422
    if form.is_valid():
        status = attempt(form, lambda: _perform(request, project, form, mark, deed))
        if not status:
            done = _("Klasse vorgeschlagen.") if deed == PROPOSE else _("Vorschlag zurückgenommen.")
            messages.success(request, done)
            return redirect(address("class", project, request.user))
    project.refresh_from_db()
    return _show(request, project, form, mark, status)


def _perform(request: SignedInRequest, project: Project, form: ActForm, mark: str, deed: str) -> object:
    seen, cleaned = version_seen(request), form.cleaned_data
    if deed == TAKE_BACK:
        return withdraw_class(project=project, mark=mark, by=request.user, version=seen, reason=cleaned["reason"])
    return propose_class(
        project=project,
        mark=mark,
        reason=cleaned["reason"],
        by=request.user,
        version=seen,
        start_on=cleaned.get("start_on"),
        visible_on=cleaned.get("visible_on"),
    )


def _show(
    request: SignedInRequest, project: Project, form: ActForm | None = None, sent: str = "", status: int = 200
) -> HttpResponse:
    current = {row.mark: row for row in ClassMark.objects.filter(project=project, is_current=True)}
    return desk_page(
        request,
        "admin/pool/project/class.html",
        project,
        here=_("Klasse"),
        status=status,
        form=form,
        rows=[_row(project, mark, current.get(mark), form if mark == sent else None) for mark in ClassMark.Mark],
        earlier=ClassMark.objects.filter(project=project, is_current=False).order_by("-pk"),
        rule=rule_in_force(with_examples=project.is_example),
        rating=project.ratings.filter(is_current=True).first(),
        idea=idea_of(project),
    )


def _row(project: Project, mark: str, current: ClassMark | None, sent: ActForm | None) -> MarkRow:
    label = str(ClassMark.Mark(mark).label)
    state = current.state if current else ""
    if state in (ClassMark.State.CONFIRMED, ClassMark.State.REFUSED):
        return MarkRow(mark, label, current, sent, "")
    if state == ClassMark.State.PROPOSED:
        back = sent if isinstance(sent, ClassBackForm) else ClassBackForm(project=project, prefix=mark)
        return MarkRow(mark, label, current, back, TAKE_BACK)
    form = sent if isinstance(sent, ClassForm) else ClassForm(project=project, mark=mark)
    return MarkRow(mark, label, current, form, PROPOSE)
