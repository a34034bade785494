"""What resembles an idea while it is written, and what people make of it: another idea, or one to join."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record.forms import search_text
from pool.lifecycle import Act, ProcedureError
from pool.permissions import require
from pool.project.models import Project
from pool.similarity import actions
from pool.similarity.forms import AnswerForm, DifferenceForm, JoinForm
from pool.similarity.models import JoinRequest
from pool.similarity.queries import findable, office_to_mention, panel_for

METHODS = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422
TEMPLATE = "similarity/act.html"


@require_POST
@room_required("ideen")
def suggestions(request: SignedInRequest) -> HttpResponse:
    """Answer what has been typed with what resembles it. Writes nothing; posted, so that no address holds the text."""
    title, short_text = (search_text(request.POST.get(name, ""))[0] for name in ("title", "short_text"))
    project = None
    if own := _uuid(request.POST.get("project", "")):
        project = Project.objects.visible_to(request.user).filter(pk=own).first()
    return render(request, "similarity/_panel.html", {"similar": panel_for(project, title, short_text)})


@require_http_methods(METHODS)
@room_required("ideen")
def different(request: SignedInRequest, project_id: UUID, other_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    require(request.user, Act.EXPLAIN_DIFFERENCE, project)
    other = get_object_or_404(Project.objects.filter(findable()).exclude(pk=project.pk), pk=other_id)
    said = project.differences.filter(other=other, is_current=True).first()
    stored = {"reason": said.reason} if said else {}
    form = DifferenceForm(request.POST if request.method == "POST" else None, initial=stored)
    status = 200
    if request.method == "POST":
        done = _attempt(
            form,
            lambda: actions.explain_difference(
                project=project, other=other, reason=form.cleaned_data["reason"], by=request.user
            ),
        )
        if done:
            messages.success(request, _("Notiert. Wer Ihre Idee prüft, liest, worin sie sich unterscheidet."))
            return redirect(reverse("submission:edit", args=[project.pk]) + "#aehnlich")
        status = UNPROCESSABLE
    context = {
        "heading": _("Meine Idee ist anders"),
        "lead": _("Verglichen mit: {other}").format(other=_name(other)),
        "consequences": [
            _("Wer prüft und bewertet, liest Ihren Satz neben der Idee."),
            _("Sie können ihn ändern, solange Sie an der Idee schreiben."),
        ],
        "button": _("Unterschied notieren"),
        "back": reverse("submission:edit", args=[project.pk]) + "#aehnlich",
        "back_text": _("Zurück zur Idee"),
        "project": project,
        "form": form,
    }
    return render(request, TEMPLATE, context, status=status)


@require_http_methods(METHODS)
@room_required("ideen")
def join(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(Project.objects.filter(findable()), pk=project_id)
    require(request.user, Act.ASK_TO_JOIN, project)
    form = JoinForm(request.POST if request.method == "POST" else None)
    back = reverse("casefile:detail", args=[project.pk]) if project.is_in_pool else reverse("submission:mine")
    status = 200
    if request.method == "POST":
        done = _attempt(
            form,
            lambda: actions.ask_to_join(project=project, reason=form.cleaned_data["reason"], by=request.user),
        )
        if done:
            messages.success(request, _("Gefragt. Wer die Idee eingereicht hat, sagt zu oder sagt ab."))
            return redirect(back)
        status = UNPROCESSABLE
    context = {
        "heading": _("Um Mitwirkung bitten"),
        "lead": _name(project),
        "consequences": [
            _("Die einreichende Person liest Ihren Namen und Ihren Satz und sagt zu oder ab."),
            _("Sagt sie zu, schreiben Sie mit: Sie lesen die Idee ganz und ändern den Text, solange er offen ist."),
            _("Wer mitschreibt, urteilt später nicht über diese Idee: keine Prüfung, keine Bewertung, kein Beschluss."),
        ],
        "button": _("Um Mitwirkung bitten"),
        "back": back,
        "back_text": _("Zurück"),
        "project": project if project.is_in_pool else None,
        "form": form,
    }
    return render(request, TEMPLATE, context, status=status)


@require_http_methods(METHODS)
@room_required("ideen")
def answer(request: SignedInRequest, project_id: UUID, request_id: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    require(request.user, Act.ANSWER_JOIN_REQUEST, project)
    if request_id >= 2**63:
        raise Http404
    asked = get_object_or_404(project.join_requests.select_related("person__person__user"), pk=request_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        accepts = form.data.get("answer") == JoinRequest.Answer.ACCEPTED
        if _attempt(form, lambda: actions.answer_join_request(request=asked, accept=accepts, by=request.user)):
            told = _("Zugesagt. Die Person schreibt ab heute mit.") if accepts else _("Abgesagt.")
            messages.success(request, told)
            return redirect("casefile:detail", project.pk)
        status = UNPROCESSABLE
    return render(request, "similarity/answer.html", {"project": project, "asked": asked, "form": form}, status=status)


def _attempt(form: Form, perform: object) -> bool:
    """Try an act with a valid form; what is refused stands beside what was typed."""
    if not form.is_valid():
        return False
    try:
        perform()  # type: ignore[operator]
    except ValidationError as error:
        form.add_error(None, error.messages)
    except ProcedureError as error:
        form.add_error(None, str(error))
    return not form.errors


def _name(project: Project) -> str:
    """Return how a project may be called before all staff: one that is being checked only by its office."""
    if project.is_in_pool:
        return project.title
    office = office_to_mention(project)
    return _("eine ähnliche Idee aus: {office}").format(office=office) if office else _("eine ähnliche Idee")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
