"""Asking, answering and settling questions about an idea, and objecting to its refusal."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.permissions import NotAllowed
from pool.lifecycle import Act, ProcedureError
from pool.permissions import acts_as, require
from pool.project.models import Project
from pool.questions import actions
from pool.questions.forms import AskForm, ObjectionForm, TurnForm, with_forms
from pool.questions.models import Question
from pool.questions.queries import OFFICE, Thread, dialogue_of, objection_of
from pool.questions.rules import WHERE_RATED, Topic

METHODS = ["GET", "HEAD", "POST"]
CONFLICT, UNPROCESSABLE = 409, 422
LARGEST_KEY = 2**63
# What the buttons of a question do, by their value.
ANSWER, AGAIN, CLOSE = "antworten", "nachfragen", "erledigt"
_SAID: dict[str, tuple[Callable[[Question, str, User], object], str | Promise]] = {
    ANSWER: (
        lambda question, text, by: actions.answer_question(question=question, text=text, by=by),
        _lazy("Beantwortet. Ihre Antwort ist bei der Person, die gefragt hat."),
    ),
    AGAIN: (
        lambda question, text, by: actions.ask_again(question=question, text=text, by=by),
        _lazy("Nachgefragt. Die Frage liegt wieder bei den Mitschreibenden."),
    ),
    CLOSE: (
        lambda question, text, by: actions.close_question(question=question, by=by),
        _lazy("Die Rückfrage ist erledigt."),
    ),
}


@require_http_methods(METHODS)
@room_required("ideen")
def ask(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Ask the authors something; `?zu=` names the section, criterion or degree, `?zurueck=` the page to return to."""
    project = _project(request, project_id)
    require(request.user, Act.ASK_QUESTION, project)
    about, place = request.GET.get("zu", ""), _place(request, project)
    form = AskForm(request.POST or None, initial={"topic": about if about in Topic.values else ""})
    status = 200
    if request.method == "POST":
        status = _tried(
            form,
            lambda: actions.ask_question(
                project=project, topic=form.cleaned_data["topic"], text=form.cleaned_data["text"], by=request.user
            ),
        )
        if not status:
            messages.success(request, _("Gefragt. Die Antwort kommt zu Ihnen zurück."))
            return redirect(place)
    consequences = [
        _("Wer die Idee schreibt, bekommt die Frage und kann antworten, auch ohne den Text zu ändern."),
        _("Die Antwort kommt zu Ihnen zurück; Sie erklären die Frage für erledigt oder fragen nach."),
        _("Frage und Antwort lesen nur die Mitschreibenden, das Büro der CDO, die Lenkungsgruppe und die Koordination "
          "des Handlungsfelds."),
    ]  # fmt: skip
    if acts_as(request.user, Act.ASK_QUESTION, project) not in OFFICE:
        consequences.append(
            _("Ihre Stufen und Gründe stehen nicht dabei. Wer selbst noch bewertet, liest die Frage erst danach.")
        )
    heading = _("Rückfrage stellen")
    return _page(request, project, form, heading, heading, consequences, status, back=place)


@require_http_methods(METHODS)
@room_required("ideen")
def object_to_refusal(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Object to "nicht aufgenommen", once and in time."""
    project = _project(request, project_id)
    require(request.user, Act.OBJECT, project)
    chance = objection_of(project, request.user)
    if not chance.may_object and request.method != "POST":
        messages.warning(request, _("Ein Widerspruch ist hier nicht mehr möglich."))
        return redirect("casefile:detail", project.pk)
    form = ObjectionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _tried(
            form,
            lambda: actions.object_to_refusal(project=project, reason=form.cleaned_data["reason"], by=request.user),
        )
        if not status:
            messages.success(request, _("Der Widerspruch ist eingelegt. Über ihn beschließt die Lenkungsgruppe."))
            return redirect(reverse("casefile:detail", args=[project.pk]) + "#widerspruch")
    until = f"{chance.until:%d.%m.%Y}" if chance.until else ""
    consequences = [
        _("Möglich ist der Widerspruch bis einschließlich {day}, und nur einmal.").format(day=until) if until else "",
        _("Das Büro der CDO und die Lenkungsgruppe lesen ihn. Er kommt in einer Sitzung auf die Liste."),
        _("Die Lenkungsgruppe lässt die Idee neu prüfen, oder es bleibt bei der Entscheidung. Sie erfahren beides mit "
          "Begründung."),
        _("Bis dahin bleibt die Idee „nicht aufgenommen“. Ändern oder zurücknehmen lässt sich der Widerspruch nicht."),
        _("Er gehört zu diesem Verfahren und ist kein förmlicher Rechtsbehelf."),
    ]  # fmt: skip
    heading = _("Widerspruch einlegen")
    return _page(request, project, form, heading, heading, [each for each in consequences if each], status)


@require_http_methods(METHODS)
@room_required("ideen")
def thread(request: SignedInRequest, project_id: UUID, question_id: int) -> HttpResponse:
    """One question with everything said in it; who has the next word says it here."""
    project = _project(request, project_id)
    if question_id >= LARGEST_KEY:
        raise Http404
    question = get_object_or_404(project.questions, pk=question_id)
    dialogue = dialogue_of(project, request.user)
    if all(each.question.pk != question.pk for each in dialogue.threads):
        raise NotAllowed(_("Diese Rückfrage lesen, wer an der Idee schreibt, wer sie prüft und wer gefragt hat."))
    if request.method != "POST":
        return _thread_page(request, project, question)
    wanted = request.POST.get("tun", "")
    form = TurnForm(request.POST, question=question.pk, is_answer=wanted == ANSWER)
    if wanted == CLOSE:
        form.fields["text"].required = False
    if wanted not in _SAID:
        return _thread_page(request, project, question, form=form, status=UNPROCESSABLE)
    perform, done = _SAID[wanted]
    status = _tried(form, lambda: perform(question, form.cleaned_data.get("text", ""), request.user))
    if not status:
        messages.success(request, str(done))
        return redirect(_place(request, project))
    return _thread_page(request, project, question, form=form, status=status)


def _thread_page(
    request: SignedInRequest, project: Project, question: Question, *, form: TurnForm | None = None, status: int = 200
) -> HttpResponse:
    dialogue = with_forms(dialogue_of(project, request.user))
    row: Thread = next(each for each in dialogue.threads if each.question.pk == question.pk)
    if form is not None:
        row.form = form
    context = {
        "project": project,
        "thread": row,
        "form": form,
        "dialogue": dialogue,
        "asked_from": WHERE_RATED if _is_asked_from_rating(request) else "",
        "back": _place(request, project),
        "crumbs": [*_crumbs(project), (_("Rückfrage"), "")],
    }
    return render(request, "questions/thread.html", context, status=status)


def _page(
    request: SignedInRequest,
    project: Project,
    form: Form,
    heading: str,
    button: str,
    consequences: list[str],
    status: int,
    back: str = "",
) -> HttpResponse:
    context = {
        "project": project,
        "back": back or reverse("casefile:detail", args=[project.pk]),
        "form": form,
        "heading": heading,
        "button": button,
        "consequences": consequences,
        "crumbs": [*_crumbs(project), (heading, "")],
    }
    return render(request, "questions/act.html", context, status=status)


def _tried(form: Form, perform: Callable[[], object]) -> int:
    """Try an act with a valid form; return 0, or the status of the page that shows what was said beside the words."""
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        perform()
    except ValidationError as error:
        form.add_error(None, error.messages)
    except ProcedureError as error:
        form.add_error(None, str(error))
        return CONFLICT
    return UNPROCESSABLE if form.errors else 0


def _project(request: SignedInRequest, project_id: UUID) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)


def _place(request: SignedInRequest, project: Project) -> str:
    """Return where a question was written: the page on which somebody rates, else the casefile."""
    page = "coordination:opinion" if _is_asked_from_rating(request) else "casefile:detail"
    return reverse(page, args=[project.pk]) + "#rueckfragen"


def _is_asked_from_rating(request: SignedInRequest) -> bool:
    return WHERE_RATED in (request.POST.get("zurueck"), request.GET.get("zurueck"))


def _crumbs(project: Project) -> list[tuple[str, str]]:
    return [
        (_("Meine Ideen"), reverse("submission:mine")),
        (project.title, reverse("casefile:detail", args=[project.pk])),
    ]
