"""The desk's pages for single acts: what the act brings about is said first, then one form, then one button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, User
from governance.organisation.http import SignedInRequest
from governance.record import clock
from pool.audience import authors
from pool.casefile.actions import prepare_decision
from pool.casefile.desk import Text, address, ask, attempt, desk_page, project_page, version_seen
from pool.casefile.desk_flow import Flow, flow_of
from pool.casefile.desk_forms import (
    ActForm,
    LetterForm,
    MergeForm,
    ReasonForm,
    ResumeForm,
    ReturnForm,
    StopForm,
    TeamForm,
    WithdrawForm,
)
from pool.casefile.desk_queries import idea_of
from pool.casefile.models import PreparedDecision
from pool.delivery.actions import complete
from pool.delivery.team_actions import name_team
from pool.gate.actions import admit, decline_admission, return_for_revision
from pool.gate.models import GateAnswer
from pool.gate.queries import answers_of, open_round
from pool.gate.rules import NO
from pool.lifecycle import FINAL_STEPS, PREPARABLE, Act, Step
from pool.permissions import may
from pool.priority.actions import reopen_rating, resume
from pool.project.actions import merge, stop_taken_over, withdraw
from pool.project.models import Project
from pool.similarity.queries import similar_to

PUT_TEXT_IN, PREPARE = "baustein", "vorbereiten"
REVISION_TIME = timedelta(days=28)


@dataclass(frozen=True)
class ActPage:
    """One act's page. `perform` gets the project, the valid form, who acts, and the version that was seen."""

    act: Act
    name: str
    path: str
    button: Text
    consequences: tuple[Text, ...]
    perform: Callable[[Project, Any, User, int], object]
    done: Text
    form: type[ActForm] = ActForm
    initial: Callable[[Project], Mapping[str, object]] = field(default=lambda project: {})


def _reasons_of_the_noes(project: Project) -> dict[str, object]:
    answers = answers_of(open_round(project))
    lines = [f"{row.get_grundkriterium_display()}: {row.reason}" for row in answers.values() if row.answer == NO]
    return {"reason": "\n".join(lines)}


def _return_initial(project: Project) -> dict[str, object]:
    return _reasons_of_the_noes(project) | {"remind_on": clock.today() + REVISION_TIME}


ADMISSION = ActPage(
    act=Act.ADMIT,
    name="admit",
    path="aufnehmen",
    button=_("In den Pool aufnehmen"),
    consequences=(
        _("Das Vorhaben bekommt die nächste Poolnummer."),
        _("Alle Beschäftigten können es ab jetzt lesen; die einreichende Person sieht alle fünf Antworten."),
        _("Die Prüfrunde ist geschlossen und wird nicht mehr geändert."),
        _("Als Nächstes bewerten Sie die Reifegrade."),
    ),
    perform=lambda project, form, by, seen: admit(project=project, by=by, version=seen),
    done=_("In den Pool aufgenommen."),
)

ACT_PAGES = (
    ADMISSION,
    ActPage(
        act=Act.RETURN,
        name="return",
        path="zurueckgeben",
        button=_("Zur Überarbeitung zurückgeben"),
        consequences=(
            _("Die einreichende Person kann den Text ändern und erneut einreichen."),
            _("Sie liest die fünf Antworten und Ihre Begründung."),
            _("Die Prüfrunde ist geschlossen; nach dem erneuten Einreichen beginnt eine neue, leere."),
        ),
        perform=lambda project, form, by, seen: return_for_revision(
            project=project,
            reason=form.cleaned_data["reason"],
            remind_on=form.cleaned_data["remind_on"],
            by=by,
            version=seen,
        ),
        done=_("Zur Überarbeitung zurückgegeben."),
        form=ReturnForm,
        initial=_return_initial,
    ),
    ActPage(
        act=Act.DECLINE_ADMISSION,
        name="decline",
        path="nicht-aufnehmen",
        button=_("Nicht aufnehmen"),
        consequences=(
            _("Das Vorhaben kommt nicht in den Pool; die einreichende Person liest die Antworten und Ihre Begründung."),
            _("Sie kann es in dieser Fassung nicht mehr einreichen."),
            _("Das lässt sich am Schreibtisch nicht rückgängig machen: Neu geöffnet wird die Prüfung nur durch einen "
              "Beschluss der Lenkungsgruppe."),
        ),
        perform=lambda project, form, by, seen: decline_admission(
            project=project, reason=form.cleaned_data["reason"], by=by, version=seen
        ),
        done=_("Nicht aufgenommen."),
        form=LetterForm,
        initial=_reasons_of_the_noes,
    ),
    ActPage(
        act=Act.REOPEN_RATING,
        name="reopen",
        path="bewertung-oeffnen",
        button=_("Bewertung neu öffnen"),
        consequences=(
            _("Das Vorhaben verliert seinen Platz in der Rangliste, bis es neu bewertet ist."),
            _("Die bisherige Bewertung bleibt als frühere Runde erhalten und lesbar."),
        ),
        perform=lambda project, form, by, seen: reopen_rating(
            project=project, reason=form.cleaned_data["reason"], by=by, version=seen
        ),
        done=_("Bewertung neu geöffnet."),
        form=ReasonForm,
    ),
    ActPage(
        act=Act.RESUME,
        name="resume",
        path="wieder-aufnehmen",
        button=_("Wieder aufnehmen"),
        consequences=(_("Das Vorhaben steht mit seiner Bewertung wieder in der Rangliste."),),
        perform=lambda project, form, by, seen: resume(
            project=project, reason=form.cleaned_data.get("reason", ""), by=by, version=seen
        ),
        done=_("Wieder aufgenommen."),
        form=ResumeForm,
    ),
    ActPage(
        act=Act.MERGE,
        name="merge",
        path="zusammenfuehren",
        button=_("Zusammenführen"),
        consequences=(
            _("Dieses Vorhaben endet als „aufgegangen“ und verweist auf das andere."),
            _("Seine Texte, Prüfrunden und Bewertungen bleiben lesbar; in die Rangliste kommt es nicht mehr."),
            _("Beide Verläufe halten die Zusammenführung fest. Sie lässt sich nicht rückgängig machen."),
        ),
        perform=lambda project, form, by, seen: merge(
            project=project, target=form.found, reason=form.cleaned_data["reason"], by=by, version=seen
        ),
        done=_("Zusammengeführt."),
        form=MergeForm,
    ),
    ActPage(
        act=Act.WITHDRAW,
        name="withdraw",
        path="zurueckziehen",
        button=_("Zurückziehen"),
        consequences=(
            _("Das Vorhaben endet als „zurückgezogen“ und wird nicht weiter geprüft, bewertet oder beraten."),
            _("Es bleibt lesbar. Das Zurückziehen lässt sich nicht rückgängig machen."),
        ),
        perform=lambda project, form, by, seen: withdraw(
            project=project, reason=form.cleaned_data["reason"], by=by, version=seen
        ),
        done=_("Zurückgezogen."),
        form=WithdrawForm,
    ),
    ActPage(
        act=Act.STOP,
        name="stop",
        path="beenden",
        button=_("Beenden"),
        consequences=(
            _("Das übernommene Projekt endet als „beendet“; Begründung und Erkenntnis bleiben lesbar."),
            _("Das lässt sich nicht rückgängig machen."),
        ),
        perform=lambda project, form, by, seen: stop_taken_over(
            project=project,
            reason=form.cleaned_data["reason"],
            lesson=form.cleaned_data["lesson"],
            by=by,
            version=seen,
        ),
        done=_("Beendet."),
        form=StopForm,
    ),
    ActPage(
        act=Act.COMPLETE,
        name="complete",
        path="abschliessen",
        button=_("Abschließen"),
        consequences=(
            _("Das Vorhaben ist abgeschlossen, mit dem Ergebnis, das die Projektleitung vorgeschlagen hat."),
            _("Das lässt sich nicht rückgängig machen."),
        ),
        perform=lambda project, form, by, seen: complete(project=project, by=by, version=seen),
        done=_("Abgeschlossen."),
    ),
    ActPage(
        act=Act.NAME_TEAM,
        name="team",
        path="team",
        button=_("Team benennen"),
        consequences=(
            _("Wer hier steht, gehört ab heute zum Team; wer nicht mehr hier steht, scheidet mit gestern aus."),
            _("Die Projektleitung kann die Umsetzung beginnen und den Abschluss vorschlagen."),
            _("Wer im Team ist, urteilt über dieses Vorhaben nicht mehr."),
        ),
        perform=lambda project, form, by, seen: name_team(
            project=project,
            lead=form.cleaned_data["lead"],
            members=form.members(),
            source=form.cleaned_data["source"],
            by=by,
            version=seen,
        ),
        done=_("Team benannt."),
        form=TeamForm,
    ),
)  # fmt: skip


def view_of(page: ActPage) -> Callable[..., HttpResponse]:
    """Return the view of one act's page."""

    def _prepare(project: Project, form: Any, by: User, seen: int) -> object:
        cleaned = form.cleaned_data
        reason, remind_on = cleaned.get("reason", ""), cleaned.get("remind_on")
        return prepare_decision(project=project, act=page.act, reason=reason, remind_on=remind_on, by=by, version=seen)

    @project_page
    def act_page(request: SignedInRequest, project: Project) -> HttpResponse:
        if request.method != "POST":
            ask(request, page.act, project)
            return _show(request, project, page, page.form(initial=dict(page.initial(project)), project=project))
        form, flow = page.form(request.POST, project=project), flow_of(request, project)
        seen = version_seen(request)
        if isinstance(form, LetterForm) and request.POST.get("tun") == PUT_TEXT_IN:
            ask(request, page.act, project)
            return _show(request, project, page, page.form(initial=form.with_text(), project=project), version=seen)
        status = 422
        if form.is_valid():
            status = 200
            if not form.asks_back:
                is_prepared = page.act in PREPARABLE and request.POST.get("tun") == PREPARE
                perform = _prepare if is_prepared else page.perform
                status = attempt(form, lambda: perform(project, form, request.user, seen))
                if not status:
                    prepared = _("Vorbereitet. Bis zur gemeinsamen Freigabe bewegt sich nichts.")
                    messages.success(request, str(prepared if is_prepared else page.done))
                    return redirect(_onward(project, flow, request.user))
        project.refresh_from_db()
        # Only who was told that the project moved on goes on from its new version.
        return _show(request, project, page, form, status, version=project.version if status == 409 else seen)

    return act_page


def _similar(request: SignedInRequest, project: Project) -> list[Project]:
    """Return what resembles the project and could take it in, the most similar first."""
    found = [each.project.pk for each in similar_to(project.title, project.short_text, besides=project)]
    rows = Project.objects.visible_to(request.user).filter(pk__in=found, is_example=project.is_example)
    rows = rows.exclude(step__in=[Step.DRAFT, *FINAL_STEPS])
    return sorted(rows, key=lambda row: found.index(row.pk))


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out, to whom, as it will be read."""

    recipients: list[Actor]
    subject: str
    text: str
    reason: str
    answers: list[GateAnswer]


def _letter(project: Project, form: LetterForm) -> Letter:
    subject, text = form.words()
    recipients = Actor.objects.filter(pk__in=authors(project)).select_related("person__user").order_by("pk")
    answers = list(answers_of(open_round(project)).values())
    return Letter(list(recipients), subject, text, form.cleaned_data["reason"], answers)


def _onward(project: Project, flow: Flow | None, by: User) -> str:
    """Return where one goes on: in a list with the rating of what was just admitted, else with the next idea."""
    if flow is None:
        return address("change", project, by)
    if project.step == Step.POOLED:
        return f"{address('rating', project, by)}?{flow.query}"
    return flow.next_address


def _show(
    request: SignedInRequest,
    project: Project,
    page: ActPage,
    form: ActForm,
    status: int = 200,
    *,
    version: int | None = None,
) -> HttpResponse:
    return desk_page(
        request,
        "admin/pool/project/act.html",
        project,
        here=page.button,
        status=status,
        form=form,
        flow=flow_of(request, project),
        page=page,
        version=project.version if version is None else version,
        consequences=page.consequences,
        found=getattr(form, "found", None) if form.asks_back else None,
        letter=_letter(project, form) if isinstance(form, LetterForm) and form.asks_back else None,
        is_letter=isinstance(form, LetterForm),
        put_text_in=PUT_TEXT_IN,
        prepare=PREPARE if may(request.user, Act.PREPARE_DECISION, project) and page.act in PREPARABLE else "",
        prepared=project.prepared_decisions.filter(state=PreparedDecision.State.WAITING).first(),
        people=list(getattr(form, "people", {})),
        similar=_similar(request, project) if page.act == Act.MERGE else [],
        proposal=project.completion_proposals.filter(is_current=True).first() if page.act == Act.COMPLETE else None,
        idea=idea_of(project),
    )
