"""The gate page and the rating page: the idea beside the question, what is still missing, one primary button."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import Grundkriterium
from governance.organisation.http import SignedInRequest
from governance.record import clock
from governance.strategy.rules import Dimension
from pool.casefile.desk import address, ask, attempt, desk_page, project_page, version_seen
from pool.casefile.desk_acts import ADMISSION
from pool.casefile.desk_flow import Flow, flow_of
from pool.casefile.desk_queries import idea_of
from pool.gate.actions import admit, answer_gate
from pool.gate.forms import GateForm
from pool.gate.queries import answers_of, links_of, open_round, rounds_beside
from pool.gate.rules import gate_result, missing_for_admit, unanswered
from pool.lifecycle import Act
from pool.maturity.actions import save_draft
from pool.maturity.forms import RatingForm, initial_of
from pool.maturity.queries import draft_of, earlier_ratings, opinions_for, samples_of
from pool.permissions import may
from pool.priority.actions import rate
from pool.priority.queries import rule_in_force
from pool.project.models import Project
from pool.questions.queries import dialogue_of
from pool.similarity.queries import differences_of
from pool.submission.queries import changes_since_round

RECORD, PUT_ASIDE = "festschreiben", "zwischenspeichern"
ADMIT, GO_ON = "aufnehmen", "naechste"


@project_page
def gate_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Answer the five Grundkriterien, as many as can be answered now; then stay, go on, or admit in the same click."""
    flow = flow_of(request, project)
    if request.method != "POST":
        ask(request, Act.ANSWER_GATE, project)
        return _show_gate(request, project, flow, _gate_form(project))
    form, wanted = _gate_form(project, request.POST), request.POST.get("tun", "")
    status = 422
    if form.is_valid():
        status = attempt(form, lambda: _answer(request, project, form, wanted))
        if not status:
            return _go_on(request, project, flow, wanted)
    project.refresh_from_db()
    return _show_gate(request, project, flow, form, status)


@transaction.atomic
def _answer(request: SignedInRequest, project: Project, form: GateForm, wanted: str) -> None:
    """Write the answers, and admit if that was asked for: both or neither."""
    answer_gate(project=project, answers=form.answers(), by=request.user, version=version_seen(request))
    if wanted == ADMIT:
        admit(project=project, by=request.user, version=project.version)


def _go_on(request: SignedInRequest, project: Project, flow: Flow | None, wanted: str) -> HttpResponse:
    if wanted == ADMIT:
        messages.success(request, _("„{title}“ ist im Pool. Es folgen die Reifegrade.").format(title=project.title))
        return redirect(address("rating", project, request.user) + (f"?{flow.query}" if flow else ""))
    messages.success(request, _("Antworten gespeichert um {time} Uhr.").format(time=_time()))
    if wanted == GO_ON and flow:
        return redirect(flow.next_address)
    return redirect(address("gate", project, request.user) + (f"?{flow.query}" if flow else ""))


def _gate_form(project: Project, data: Any = None) -> GateForm:
    links = links_of(project, clock.today())
    standing = answers_of(open_round(project))
    return GateForm(data, edition=project.edition, links=links, standing=standing)


def _show_gate(
    request: SignedInRequest, project: Project, flow: Flow | None, form: GateForm, status: int = 200
) -> HttpResponse:
    standing = answers_of(open_round(project))
    answers = {code: row.answer for code, row in standing.items()}
    criteria = {row.code: row for row in Grundkriterium.objects.filter(edition=project.edition)}
    links = form.links
    lacking = missing_for_admit(answers, has_need=links.has_need, offices_with_parts=links.offices_with_parts)
    return desk_page(
        request,
        "gate/desk.html",
        project,
        here=_("Prüfung"),
        status=status,
        flow=flow,
        admission=ADMISSION.consequences,
        admit=ADMIT,
        go_on=GO_ON,
        form=form,
        rows=form.rows(criteria),
        idea=idea_of(project),
        result=gate_result(answers),
        answered=5 - len(unanswered(answers)),
        answered_text=_("{count} von 5 beantwortet").format(count=5 - len(unanswered(answers))),
        unanswered=[code.label for code in unanswered(answers)],
        missing=lacking,
        standing=[standing[code] for code in criteria if code in standing] if status == 409 else [],
        earlier=project.gate_rounds.filter(closed_at__isnull=False).prefetch_related("answers").order_by("-number"),
        may_link=may(request.user, Act.LINK_NEEDS, project),
        differences=differences_of(project),
        changes=changes_since_round(project, with_money=True),
        beside=rounds_beside(project),
        dialogue=dialogue_of(project, request.user),
    )


@project_page
def rating_page(request: SignedInRequest, project: Project) -> HttpResponse:
    """Give the five levels with a reason each: put aside, or write as the rating of record."""
    flow = flow_of(request, project)
    if request.method != "POST":
        ask(request, Act.RATE, project)
        return _show_rating(request, project, flow, RatingForm(initial=initial_of(draft_of(project))))
    is_final = request.POST.get("tun") == RECORD
    form = RatingForm(request.POST, must_be_complete=is_final)
    status = 422
    if form.is_valid():
        status = attempt(form, lambda: _write(request, project, form, is_final), names=_REASON_FIELDS)
        if not status and is_final:
            done = _("Bewertung festgeschrieben. „{title}“ hat jetzt einen Platz.")
            messages.success(request, done.format(title=project.title))
            return redirect(flow.next_address if flow else address("change", project, request.user))
        if not status:
            messages.success(request, _("Zwischengespeichert um {time} Uhr.").format(time=_time()))
            return redirect(address("rating", project, request.user) + (f"?{flow.query}" if flow else ""))
    project.refresh_from_db()
    return _show_rating(request, project, flow, form, status)


_REASON_FIELDS = {f"{name}_reason": f"reason_{name}" for name in Dimension.values} | {
    name: f"level_{name}" for name in Dimension.values
}


def _write(request: SignedInRequest, project: Project, form: RatingForm, is_final: bool) -> object:
    seen = version_seen(request)
    if is_final:
        return rate(project=project, levels=form.levels(), reasons=form.reasons(), by=request.user, version=seen)
    return save_draft(project=project, content=form.content(), by=request.user, version=seen)


def _show_rating(
    request: SignedInRequest, project: Project, flow: Flow | None, form: RatingForm, status: int = 200
) -> HttpResponse:
    rubric = rule_in_force(with_examples=project.is_example).rubric
    opinions = opinions_for(request.user, project)
    missing = form.missing()
    given = len(Dimension) - sum(1 for name in Dimension.values if not form[f"level_{name}"].value())
    return desk_page(
        request,
        "maturity/desk.html",
        project,
        here=_("Bewertung"),
        status=status,
        flow=flow,
        form=form,
        rows=form.rows(rubric, opinions),
        rubric=rubric,
        opinions=opinions,
        samples=samples_of(rubric.pk),
        may_ask=may(request.user, Act.ASK_EXPERT, project),
        idea=idea_of(project),
        missing=missing,
        given=given,
        draft=draft_of(project),
        earlier=earlier_ratings(project),
        record=RECORD,
        put_aside=PUT_ASIDE,
    )


def _time() -> str:
    return f"{timezone.localtime(clock.now()):%H:%M}"
