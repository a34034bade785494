"""Naming a stand-in of the CDO for one project in a sitting, and ending it: pages of the chair."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record.forms import LineField, ReasonField
from pool.decision.models import Sitting
from pool.decision.queries import visible_sittings
from pool.decision.stand_ins import end_stand_in, name_stand_in, nameable_by
from pool.decision.views import METHODS, UNPROCESSABLE, crumbs_to
from pool.lifecycle import Act, ProcedureError
from pool.project.models import Project
from pool.stand_ins.models import StandIn


class StandInForm(forms.Form):
    """Which project, who stands in, and why."""

    project = forms.ChoiceField(
        label=gettext_lazy("Für welches Vorhaben?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Wählen Sie das Vorhaben."),
            "invalid_choice": gettext_lazy("Für dieses Vorhaben ist inzwischen jemand da. Wählen Sie ein anderes."),
        },
    )
    person = LineField(
        label=gettext_lazy("Wer vertritt die CDO? Anmeldename oder dienstliche E-Mail-Adresse"),
        help_text=gettext_lazy(
            "Eine Person aus dem Konzern Stadt Mainz, die nicht eingereicht hat, nicht mitschreibt, nicht im Team und "
            "nicht im federführenden Amt ist."
        ),
        max_length=254,
        error_messages={"required": gettext_lazy("Nennen Sie die Person.")},
    )
    reason = ReasonField(help_text=gettext_lazy("Steht im Protokoll der Sitzung und im Verlauf des Vorhabens."))

    def __init__(self, *args: Any, projects: list[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects = {str(each.pk): each for each in projects}
        choices = [(key, self._words(each)) for key, each in self.projects.items()]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _words(project: Project) -> str:
        parts = [project.title, str(project.lead_unit or ""), project.get_step_display()]
        return ", ".join(part for part in parts if part)

    def clean_person(self) -> User:
        typed = self.cleaned_data["person"]
        found = User.objects.filter(Q(username=typed) | Q(email__iexact=typed) & ~Q(email=""), is_active=True)[:2]
        if len(found) != 1:
            raise ValidationError(_("Unter dieser Angabe ist heute niemand im Konzern Stadt Mainz beschäftigt."))
        return found[0]


@require_http_methods(METHODS)
@room_required("sitzungen")
def name(request: SignedInRequest, sitting_id: int) -> HttpResponse:
    """Name who judges one project in place of the CDO, where she and every deputy are barred."""
    found = get_object_or_404(visible_sittings(request.user), pk=sitting_id)
    if not is_chair(request.user):
        raise NotAllowed(_("Dazu fehlt Ihnen heute das Mandat: {act}.").format(act=Act.NAME_STAND_IN.label))
    if not found.is_open:
        messages.error(request, _("Die Sitzung ist geschlossen. Benennen Sie die Vertretung in der nächsten."))
        return redirect("decision:sitting", found.pk)
    projects = nameable_by(request.user, is_example=found.is_example)
    form = StandInForm(request.POST if request.method == "POST" else None, projects=projects)
    if form.is_bound and form.is_valid() and _named(request, found, form):
        messages.success(request, _("Benannt. Die Person ist informiert und findet das Vorhaben über die Nachricht."))
        return redirect("decision:sitting", found.pk)
    context = {
        "sitting": found,
        "form": form,
        "projects": projects,
        "crumbs": crumbs_to(found, _("Vertretung benennen")),
    }
    return render(request, "decision/name_stand_in.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _named(request: SignedInRequest, sitting: Sitting, form: StandInForm) -> bool:
    cleaned = form.cleaned_data
    try:
        name_stand_in(
            sitting=sitting,
            project=form.projects[cleaned["project"]],
            person=cleaned["person"],
            reason=cleaned["reason"],
            by=request.user,
        )
    except (ProcedureError, NotAllowed) as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    else:
        return True
    return False


@require_POST
@room_required("sitzungen")
def end(request: SignedInRequest, stand_in_id: int) -> HttpResponse:
    """End what a sitting named; from then on the project waits for another stand-in."""
    sittings = visible_sittings(request.user).order_by().values("pk")
    row = get_object_or_404(StandIn.objects.select_related("project").filter(sitting__in=sittings), pk=stand_in_id)
    end_stand_in(stand_in=row, by=request.user)
    messages.success(request, _("Die Vertretung ist beendet."))
    return redirect("decision:sitting", row.sitting_id)


def is_chair(user: User) -> bool:
    """Tell whether somebody chairs the Lenkungsgruppe or deputises the chair."""
    return standing_of(user).holds("chair", body_kind="lenkungsgruppe")
