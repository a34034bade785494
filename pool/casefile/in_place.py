"""The desk's pages about one project at addresses outside the desk, for whom the chair named as stand-in of the CDO.

The desk itself stays closed to her: it lists everything. Here are the pages of the judging acts, for her project alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.models import User
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from pool.casefile.desk import ask, attempt, desk_page, project_for, project_page
from pool.casefile.desk_acts import ACT_PAGES, view_of
from pool.casefile.desk_class import class_page
from pool.casefile.desk_gate import gate_page, rating_page
from pool.casefile.desk_queries import BUTTONS, idea_of, open_lists
from pool.casefile.desk_release import release_page
from pool.decision.actions import put_on_list
from pool.decision.models import Sitting
from pool.decision.queries import open_item_of
from pool.decision.rules import may_stand_on_a_list
from pool.lifecycle import JUDGING_ACTS, Act
from pool.permissions import may
from pool.project.models import Project
from pool.stand_ins.queries import stands_in


class ListForm(forms.Form):
    """The sitting on whose list the project is put."""

    sitting = forms.ChoiceField(
        label=gettext_lazy("Sitzung"), error_messages={"required": gettext_lazy("Wählen Sie die Sitzung.")}
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = [(str(each.key), each.name) for each in open_lists(is_example=project.is_example)]
        self.fields["sitting"].choices = lists  # type: ignore[attr-defined]


@project_page
def list_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Put the project on the list of an open sitting."""
    ask(request, Act.RECORD, project)
    form, status = ListForm(request.POST if request.method == "POST" else None, project=project), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            sitting = Sitting.objects.get(pk=form.cleaned_data["sitting"])
            status = attempt(form, lambda: put_on_list(sitting=sitting, project=project, by=request.user))
        if not status:
            messages.success(request, _("Das Vorhaben steht auf der Liste."))
            return redirect("casefile:detail", project.pk)
    cannot = not form.fields["sitting"].choices  # type: ignore[attr-defined]
    shown = {"form": form, "idea": idea_of(project), "cannot": cannot}
    return desk_page(request, "casefile/in_place_list.html", project, here=_("Liste"), status=status, **shown)


PAGES: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "gate": ("pruefung", gate_page),
    "rating": ("bewertung", rating_page),
    "class": ("klasse", class_page),
    "release": ("veroeffentlichung", release_page),
    "list": ("liste", list_page),
    **{page.name: (page.path, view_of(page)) for page in ACT_PAGES if page.act in JUDGING_ACTS},
}


def _for_stand_ins(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Open a page to whom the chair named for this project; to the CDO's office it stands at the desk."""

    @wraps(view)
    def guarded(request: SignedInRequest, project_id: UUID) -> HttpResponse:
        if not stands_in(standing_of(request.user), project_for(request, project_id)):
            raise NotAllowed(_("Diese Seite gehört der Person, die der Vorsitz für dieses Vorhaben benannt hat."))
        return view(request, project_id=project_id)

    return room_required("ideen")(guarded)


def pages_in_place() -> list[URLPattern]:
    """Return the addresses, below the casefile."""
    return [
        path(f"<uuid:project_id>/in-vertretung/{address}/", _for_stand_ins(view), name=f"in_place_{name}")
        for name, (address, view) in PAGES.items()
    ]


def acts_in_place(project: Project, user: User) -> list[tuple[str, str, bool]]:
    """Return the buttons of a stand-in as words, address, and whether it is the main one; for anybody else nothing."""
    if not stands_in(standing_of(user), project):
        return []
    buttons = [
        (str(each.label), reverse(f"casefile:in_place_{each.page}", args=[project.pk]), each.is_next)
        for each in BUTTONS
        if each.page in PAGES and may(user, each.act, project) and each.applies(project)
    ]
    if may(user, Act.RECORD, project):
        item = open_item_of(project)
        if item is not None:
            address = reverse("decision:item", args=[item.sitting_id, item.pk])
            buttons.append((_("Beschluss vorbereiten und protokollieren"), address, False))
        elif may_stand_on_a_list(project.step, is_taken_over=project.is_taken_over):
            buttons.append(
                (_("Für eine Sitzung vormerken"), reverse("casefile:in_place_list", args=[project.pk]), False)
            )
    return buttons
