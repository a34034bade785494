"""Comparing a text that was kept beside an idea with what is stored, and taking over what shall count."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.lifecycle import Act, StaleVersion
from pool.permissions import require
from pool.project.models import Project
from pool.submission.forms import IdeaForms, data_of_parts, idea_forms, marks_of, marks_seen
from pool.submission.models import SideText
from pool.submission.queries import SheetRow, idea_frame, part_rows, stored_parts, typed_parts, typed_texts
from pool.submission.rules import mark_of
from pool.submission.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to
from pool.submission.writing import settle


@dataclass(frozen=True, slots=True)
class Pair:
    """One part of an idea in two texts: what is stored, and what was kept beside it."""

    stored: SheetRow
    kept: list[str]


@require_http_methods(METHODS)
@room_required("ideen")
def compare(request: SignedInRequest, project_id: UUID, side_text_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    require(request.user, Act.EDIT_TEXT, project)
    side_text = get_object_or_404(SideText.objects.select_related("by"), pk=side_text_id, project=project)
    if request.method != "POST":
        return _page(request, project, side_text)
    chosen = [name for name in request.POST.getlist("nehmen") if name in side_text.content]
    idea = _as_typed(project, side_text, chosen)
    values = {name: value for name, value in idea.values().items() if name in chosen}
    links = _chosen_links(idea, chosen)
    if set(typed_parts(values, links)) != set(chosen):
        problem = _("Etwas davon lässt sich so nicht mehr übernehmen. Schreiben Sie es im Formular neu.")
        return _page(request, project, side_text, problem=problem, status=UNPROCESSABLE)
    try:
        seen = marks_seen(request.POST) or {}
        row = settle(side_text=side_text, by=request.user, seen=seen, values=values, links=links)
    except StaleVersion as error:
        project.refresh_from_db()
        side_text.refresh_from_db()
        return _page(request, project, side_text, problem=str(error), status=CONFLICT)
    except ValidationError as error:
        return _page(request, project, side_text, problem=" ".join(error.messages), status=UNPROCESSABLE)
    taken = row.state == SideText.State.TAKEN
    messages.success(
        request,
        _("Übernommen. Der ersetzte Text bleibt beim aufgehobenen stehen.")
        if taken
        else _("Es bleibt beim gespeicherten Text. Der andere ist weggelegt und nicht gelöscht."),
    )
    return redirect("submission:edit", project.pk)


def _page(
    request: SignedInRequest, project: Project, side_text: SideText, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "side_text": side_text,
        "is_open": side_text.state == SideText.State.OPEN,
        "is_mine": side_text.by_id == standing_of(request.user).actor_id,
        "pairs": _pairs(project, side_text),
        "seen": json.dumps({name: mark_of("") for name in side_text.content} | marks_of(project)),
        "problem": problem,
        "crumbs": [*crumbs_to(project), (_("Zwei Texte vergleichen"), "")],
    }
    return render(request, "submission/compare.html", context, status=status)


def _pairs(project: Project, side_text: SideText) -> list[Pair]:
    """Return what differs still, or what was decided about; the kept text in the words of the sheet."""
    stored = stored_parts(project)
    is_open = side_text.state == SideText.State.OPEN
    names = [name for name, text in side_text.content.items() if not is_open or text != stored.get(name, "")]
    idea = _as_typed(project, side_text, names)
    kept = typed_texts(idea.values(), idea.links())
    return [Pair(row, kept.get(row.name) or _plain(side_text, row.name)) for row in part_rows(project, names)]


def _plain(side_text: SideText, name: str) -> list[str]:
    """A kept text that the form of today no longer takes is shown as it was typed."""
    text = side_text.content.get(name, "")
    return [text] if text and not text.startswith("[") else []


def _as_typed(project: Project, side_text: SideText, names: Iterable[str]) -> IdeaForms:
    parts: Mapping[str, Any] = stored_parts(project) | {name: side_text.content[name] for name in names}
    linked = [*project.unit_links.values_list("unit_id", flat=True), *filter(None, [project.lead_unit_id])]
    idea = idea_forms(idea_frame(project.edition, clock.today(), also_units=linked), data=data_of_parts(parts))
    idea.is_valid()
    return idea


def _chosen_links(idea: IdeaForms, chosen: Iterable[str]) -> dict[str, Any]:
    links = {name: rows for name, rows in idea.links().items() if name in chosen}
    topics = {topic: text for topic, text in idea.links()["querschnitt"].items() if f"topic_{topic.pk}" in chosen}
    return links | ({"querschnitt": topics} if topics else {})
