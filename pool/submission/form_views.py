"""The form of an idea: showing, saving, saving while somebody types, and comparing two texts."""

import json
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.queries import standing_of
from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.forms import search_text
from governance.strategy.queries import edition_in_force
from pool.calls.models import Call
from pool.calls.queries import call_to_answer, open_calls
from pool.lifecycle import Act, ProcedureError, StaleVersion, Step
from pool.permissions import may, require
from pool.project.models import Project, Transition
from pool.questions.actions import answer_question, keep_answers
from pool.questions.forms import ANSWER_PREFIX, answer_forms, typed_answers
from pool.similarity.queries import panel_for
from pool.submission import actions
from pool.submission.forms import (
    IdeaForms,
    form_token_of,
    idea_forms,
    marks_of,
    marks_seen,
    stored_values,
    version_seen,
    window_of,
)
from pool.submission.outline import outline
from pool.submission.queries import (
    IdeaFrame,
    changes_since_round,
    differences,
    hints_for,
    idea_frame,
    may_begin,
    open_side_texts,
    part_rows,
)
from pool.submission.rules import SECTIONS, WORKING_TITLE
from pool.submission.views import CONFLICT, METHODS, UNPROCESSABLE, crumbs_to
from pool.submission.writing import Saved, keep_unsaved, save_typed

FORM_TEMPLATE = "submission/form.html"
SEARCH = "suche"
CALL = "aufruf"


@require_http_methods(METHODS)
@room_required("ideen")
def new(request: SignedInRequest) -> HttpResponse:
    frame = _frame_to_begin(request)
    token = form_token_of(request.POST)
    if request.method != "POST":
        return _form_page(request, None, idea_forms(frame, initial=_prefilled(request, frame)), token=token)
    idea = idea_forms(frame, data=request.POST)
    is_searching = request.POST.get("aktion") == SEARCH
    if not idea.is_valid() and not (is_searching and _lacks_only_a_title(idea)):
        return _form_page(request, None, idea, token=token, status=UNPROCESSABLE)
    try:
        project = _begin(request, idea, token)
    except ValidationError as error:
        return _refused(request, None, idea, error, token=token)
    # The same page sent again with other words: nothing is overwritten, nothing typed is lost.
    if differences(project, idea.values(), idea.links()):
        return _save(request, project, idea)
    return _saved(request, project)


@require_http_methods(METHODS)
@room_required("ideen")
def edit(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    if request.method != "POST":
        require(request.user, Act.EDIT_TEXT, project)
        return _form_page(request, project, idea_forms(_frame_of(project), initial=stored_values(project)))
    idea = idea_forms(_frame_of(project), data=request.POST, initial=stored_values(project))
    is_searching = request.POST.get("aktion") == SEARCH and project.title == WORKING_TITLE
    if not idea.is_valid() and not (is_searching and _lacks_only_a_title(idea)):
        require(request.user, Act.EDIT_TEXT, project)
        return _form_page(request, project, idea, status=UNPROCESSABLE, version=version_seen(request.POST))
    return _save(request, project, idea)


@require_POST
@room_required("ideen")
def autosave_new(request: SignedInRequest) -> HttpResponse:
    """Save a form that has no idea yet: the first time begins it, without a title under a working title."""
    idea = idea_forms(_frame_to_begin(request), data=request.POST)
    idea.is_valid()
    try:
        project = _begin(request, idea, form_token_of(request.POST))
    except ValidationError as error:
        return _not_saved(error.messages)
    return _autosave(request, project, idea)


@require_POST
@room_required("ideen")
def autosave(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    return _autosave(request, project, idea_forms(_frame_of(project), data=request.POST))


# --- Saving -------------------------------------------------------------------------------------------------------


def _begin(request: SignedInRequest, idea: IdeaForms, token: UUID) -> Project:
    values = {"title": WORKING_TITLE} | idea.values()
    return actions.create_draft(
        by=request.user,
        form_token=token,
        call=_answered_call(request),
        channel=Project.Channel.FORM,
        **values,
        **idea.links(),
    )


def _save_typed(request: SignedInRequest, project: Project, idea: IdeaForms) -> Saved:
    return save_typed(
        project=project,
        by=request.user,
        values=idea.values(),
        links=idea.links(),
        seen=marks_seen(request.POST) or {},
        version=version_seen(request.POST),
        window=window_of(request.POST),
    )


def _keep_answers(request: SignedInRequest, project: Project) -> list[tuple[str, str]]:
    """Keep what is typed to questions inside the form, and return what is too long to be kept."""
    typed, complaints = typed_answers(request.POST)
    if typed and may(request.user, Act.ANSWER_QUESTION, project):
        keep_answers(project=project, texts=typed, by=request.user)
    return complaints


def _save(request: SignedInRequest, project: Project, idea: IdeaForms) -> HttpResponse:
    _keep_answers(request, project)
    try:
        saved = _save_typed(request, project, idea)
    except StaleVersion:
        keep_unsaved(
            project=project,
            by=request.user,
            values=idea.values(),
            links=idea.links(),
            window=window_of(request.POST),
        )
        newer = differences(project, idea.values(), idea.links())
        return _form_page(request, project, idea, newer=newer, status=CONFLICT)
    except ValidationError as error:
        return _refused(request, project, idea, error)
    if not saved.is_whole:
        project.refresh_from_db()
        context = {
            "newer": part_rows(project, sorted(saved.merged.disputed)),
            "side_text": saved.side_text,
            "marks": saved.marks,
        }
        return _form_page(request, project, idea, status=CONFLICT, **context)
    return _saved(request, project)


def _autosave(request: SignedInRequest, project: Project, idea: IdeaForms) -> HttpResponse:
    """Save what is sound, and answer in words what became of it and of the rest."""
    if not all(rows.management_form.is_valid() for rows in (idea.units, idea.partners)):
        return _not_saved([_("Das Formular kam unvollständig an.")])
    idea.is_valid()
    complaints = [*idea.complaints(), *_keep_answers(request, project)]
    if project.title == WORKING_TITLE and not request.POST.get("title", "").strip():
        complaints = [(anchor, words) for anchor, words in complaints if anchor != "id_title"]
    try:
        saved = _save_typed(request, project, idea)
    except StaleVersion:
        keep_unsaved(
            project=project, by=request.user, values=idea.values(), links=idea.links(), window=window_of(request.POST)
        )
        project.refresh_from_db()
        step = project.get_step_display()  # type: ignore[attr-defined]
        said = _("Die Idee ist inzwischen „{step}“. Ihr Text steht noch hier und ist neben der Idee aufgehoben.")
        return _not_saved([said.format(step=step)], status=CONFLICT)
    except ValidationError as error:
        return _not_saved(error.messages)
    project.refresh_from_db()
    answer = _standing(project, idea, is_checked=bool(complaints)) | {
        "version": project.version,
        "seen": saved.marks,
        "complaints": [{"anchor": anchor, "text": words} for anchor, words in complaints],
        "disputed": _disputed(saved),
        "elsewhere": [str(row.label) for row in part_rows(project, sorted(saved.merged.elsewhere))],
        "text": _saved_words(),
    }
    return JsonResponse(answer)


def _saved_words() -> str:
    time = f"{timezone.localtime(clock.now()):%H:%M}"
    return _("Gespeichert um {time} Uhr. Sie können jederzeit gehen.").format(time=time)


def _not_saved(reasons: list[str], *, status: int = UNPROCESSABLE) -> JsonResponse:
    return JsonResponse({"text": " ".join([_("Nicht gespeichert."), *map(str, reasons)])}, status=status)


def _disputed(saved: Saved) -> dict[str, str] | None:
    if saved.side_text is None:
        return None
    text = ngettext(
        "An einer Stelle hat inzwischen jemand anderes geschrieben. Beide Texte sind aufgehoben.",
        "An %(count)d Stellen hat inzwischen jemand anderes geschrieben. Alle Texte sind aufgehoben.",
        len(saved.merged.disputed),
    ) % {"count": len(saved.merged.disputed)}
    return {"text": text, "href": reverse("submission:compare", args=[saved.project.pk, saved.side_text.pk])}


def _standing(project: Project, idea: IdeaForms, *, is_checked: bool) -> dict[str, Any]:
    return {
        "address": reverse("submission:edit", args=[project.pk]),
        "autosave": reverse("submission:autosave", args=[project.pk]),
        "sections": [
            {"slug": entry.slug, "state": entry.state, "css": entry.css}
            for entry in outline(project, idea if is_checked else None)
        ],
        "hints": [{"code": hint.code, "text": str(hint.text), "said": hint.is_said} for hint in hints_for(project)],
    }


# --- Pages --------------------------------------------------------------------------------------------------------


def _form_page(
    request: SignedInRequest, project: Project | None, idea: IdeaForms, *, status: int = 200, **context: Any
) -> HttpResponse:
    wanted, notice = search_text(request.POST.get("suchwort") or request.GET.get(SEARCH, ""))
    marks = context.pop("marks", None)
    if marks is None:
        marks = marks_seen(request.POST)
    if marks is None:
        marks = marks_of(project)
    context = {
        "project": project,
        "idea": idea,
        "form": idea.form,
        "outline": outline(project, idea),
        "hints": hints_for(project),
        "version": project.version if project else None,
        "token": None,
        "newer": None,
        "call": None if project else call_to_answer(request.user, request.POST.get(CALL) or request.GET.get(CALL)),
        "open_calls": [] if project or request.GET.get(CALL) or request.POST else open_calls(request.user),
        "side_text": None,
        "side_texts": open_side_texts(project) if project else [],
        "me": standing_of(request.user).actor_id,
        "window": window_of(request.POST),
        "seen": json.dumps(marks, separators=(",", ":")),
        "wanted": wanted,
        "wanted_notice": notice,
        "groups": idea.form.need_groups(wanted),
        "may_save": project is None or may(request.user, Act.EDIT_TEXT, project),
        "returned": _last_return(project),
        "changes": changes_since_round(project, with_money=True) if project else None,
        "answers": answer_forms(project, request.user, request.POST or None),
        "similar": panel_for(project, *(str(idea.form[name].value() or "") for name in ("title", "short_text"))),
        "has_title": project is not None and project.title != WORKING_TITLE,
        "crumbs": [*crumbs_to(project), (_("Bearbeiten") if project else _("Neue Idee"), "")],
        "address": reverse("submission:edit", args=[project.pk]) if project else reverse("submission:new"),
        "autosave": reverse("submission:autosave", args=[project.pk])
        if project
        else reverse("submission:autosave_new"),
    } | context
    return render(request, FORM_TEMPLATE, context, status=status)


def _refused(
    request: SignedInRequest, project: Project | None, idea: IdeaForms, error: ValidationError, **context: Any
) -> HttpResponse:
    for message in error.messages:
        idea.form.add_error(None, message)
    return _form_page(request, project, idea, status=UNPROCESSABLE, **context)


def _saved(request: SignedInRequest, project: Project) -> HttpResponse:
    """Go where the button leads: to the check, to the next section, to what was found, or back to the form."""
    wanted = request.POST.get("aktion", "")
    if wanted.startswith(ANSWER_PREFIX):
        return _answered(request, project, wanted)
    if wanted == "pruefen":
        return redirect("submission:check", project.pk)
    address = reverse("submission:edit", args=[project.pk])
    if wanted == SEARCH:
        return redirect(f"{address}?{urlencode({SEARCH: request.POST.get('suchwort', '')})}#strategie")
    time = f"{timezone.localtime(clock.now()):%H:%M}"
    messages.success(
        request,
        _(
            "Gespeichert um {time} Uhr, noch nicht eingereicht. Sie können jederzeit gehen und später weiterschreiben."
        ).format(time=time),
    )
    slugs = [section.slug for section in SECTIONS]
    anchors = {"zeile": "#mitwirkung"} | {f"weiter-{slug}": f"#{following}" for slug, following in pairwise(slugs)}
    return redirect(address + anchors.get(wanted, ""))


def _answered(request: SignedInRequest, project: Project, wanted: str) -> HttpResponse:
    """The text is saved; give the answer beside it back, or show what it lacks."""
    answers = answer_forms(project, request.user, request.POST)
    for row in answers:
        if row.form.prefix == wanted and row.form.is_valid():
            try:
                answer_question(question=row.question, text=row.form.cleaned_data["text"], by=request.user)
            except ProcedureError as error:
                row.form.add_error(None, str(error))
            else:
                messages.success(request, _("Gespeichert und beantwortet. Die Antwort ist bei der Person, die fragt."))
                return redirect("submission:edit", project.pk)
    project.refresh_from_db()
    idea = idea_forms(_frame_of(project), initial=stored_values(project))
    context = {"answers": answers, "marks": marks_of(project)}
    return _form_page(request, project, idea, status=UNPROCESSABLE, **context)


def _lacks_only_a_title(idea: IdeaForms) -> bool:
    return {anchor for anchor, _words in idea.complaints()} == {"id_title"}


def _last_return(project: Project | None) -> Transition | None:
    if project is None or project.step != Step.RETURNED:
        return None
    return project.transitions.filter(act=Act.RETURN).order_by("-pk").first()


def _frame_to_begin(request: SignedInRequest) -> IdeaFrame:
    if not may_begin(request.user):
        raise NotAllowed(_("Ideen reichen Beschäftigte im Konzern Stadt Mainz ein."))
    return idea_frame(edition_in_force(clock.today()), clock.today())


def _frame_of(project: Project) -> IdeaFrame:
    linked = [*project.unit_links.values_list("unit_id", flat=True), *filter(None, [project.lead_unit_id])]
    return idea_frame(project.edition, clock.today(), also_units=linked)


def _prefilled(request: SignedInRequest, frame: IdeaFrame) -> dict[str, Any]:
    """The lead unit is filled in only where the account is employed in exactly one unit on offer.

    Of a call that the person has chosen, its Handlungsbedarfe are chosen too, and nothing besides.
    """
    own = standing_of(request.user).unit_ids & {unit.pk for unit in frame.units}
    filled: dict[str, Any] = {"lead_unit": next(iter(own))} if len(own) == 1 else {}
    chosen = call_to_answer(request.user, request.GET.get(CALL))
    if chosen is not None:
        offered = {need.pk for need in frame.needs}
        filled["handlungsbedarfe"] = [need.pk for need in chosen.needs if need.pk in offered]
    return filled


def _answered_call(request: SignedInRequest) -> Call | None:
    """The call whose page the form was opened from; one that is over meanwhile is none."""
    chosen = call_to_answer(request.user, request.POST.get(CALL))
    return chosen.call if chosen else None
