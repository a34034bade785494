"""The desk's pages about no single project: the ranking with its list for the sitting, and taking a project over."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.organisation.actions import name_source
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from pool.casefile.desk import address as address_of
from pool.casefile.desk import attempt, desk_required
from pool.casefile.desk_forms import TakeOverForm
from pool.casefile.desk_queries import OpenList, open_lists
from pool.decision.actions import put_on_list
from pool.decision.models import Sitting
from pool.lifecycle import Act, ProcedureError, Step
from pool.permissions import require
from pool.priority.queries import Ranking, ranking, shows_examples_to
from pool.project.actions import take_over
from pool.project.models import Project
from pool.steering.views import RANKS_ON_A_PAGE, ranking_rows
from pool.submission.forms import form_token_of


@desk_required
def prioritisation(request: SignedInRequest) -> HttpResponse:
    """Show the ranking as the Lenkungsgruppe sees it, and put what is ticked on the list of an open sitting."""
    sittings = open_lists(is_example=shows_examples_to(request.user))
    if request.method == "POST":
        chosen = _ticked(request)
        key = next((each.key for each in sittings if str(each.key) == request.POST.get("sitzung")), None)
        sitting = Sitting.objects.get(pk=key) if key else None
        problem = _problem(chosen, sitting)
        if not problem and sitting is not None:
            _put_all(request, chosen, sitting)
            return redirect(request.get_full_path())
        return _show(request, sittings, {project.pk for project in chosen}, problem)
    return _show(request, sittings, set())


def _ticked(request: SignedInRequest) -> list[Project]:
    known = set()
    for text in request.POST.getlist("projekt"):
        try:
            known.add(UUID(text))
        except ValueError:
            continue
    return list(Project.objects.visible_to(request.user).filter(pk__in=known).order_by("pool_number"))


def _problem(chosen: list[Project], sitting: Sitting | None) -> str:
    if not chosen:
        return _("Kreuzen Sie an, was in die Sitzung soll.")
    return "" if sitting is not None else _("Wählen Sie die Sitzung, für die Sie vormerken.")


def _put_all(request: SignedInRequest, chosen: list[Project], sitting: Sitting) -> None:
    """Put each on the list for itself; what is refused is named and keeps nothing else back."""
    done = []
    for project in chosen:
        try:
            put_on_list(sitting=sitting, project=project, by=request.user)
            done.append(project.title)
        except (ProcedureError, NotAllowed, ValidationError) as error:
            said = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            messages.error(request, f"{project.title}: {said}")
    if done:
        text = ngettext(
            "Für die Sitzung „{sitting}“ vorgemerkt: {titles}.",
            "{count} Vorhaben für die Sitzung „{sitting}“ vorgemerkt: {titles}.",
            len(done),
        )
        messages.success(request, text.format(count=len(done), sitting=sitting, titles="; ".join(done)))


def _show(request: SignedInRequest, sittings: list[OpenList], ticked: set[UUID], problem: str = "") -> HttpResponse:
    order: Ranking = ranking(include_examples=shows_examples_to(request.user))
    page = Paginator(order.entries, RANKS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "order": order,
        "page": page,
        "rows": ranking_rows(order, range(max(page.start_index() - 1, 0), page.end_index())),
        "explains_here": False,
        "reads_cases": True,
        "is_selectable": True,
        "ticked": ticked,
        "errors": [{"text": problem, "target": "sitzung" if ticked else "rangliste"}] if problem else [],
        "listed": {project: each.name for each in sittings for project in each.projects},
        "sittings": sittings,
        "chosen_sitting": request.POST.get("sitzung", ""),
        "crumbs": [(_("Schreibtisch"), reverse("admin:index")), (_("Priorisierung"), "")],
    }
    return render(request, "admin/pool/project/prioritisation.html", context, status=422 if problem else 200)


@desk_required
def take_over_page(request: SignedInRequest) -> HttpResponse:
    """Take an existing project over, on a public source, where that source puts it."""
    require(request.user, Act.TAKE_OVER)
    form = TakeOverForm(request.POST or None)
    token = form_token_of(request.POST)
    status = 200
    if request.method == "POST":
        status, taken = 422, []
        if form.is_valid():
            status = attempt(form, lambda: taken.append(_take_over(request, form, token)))
        if not status:
            messages.success(request, _("Übernommen. Prüfen Sie den Eintrag."))
            return redirect(address_of("change", taken[0], request.user))
    crumbs = [
        (_("Schreibtisch"), reverse("admin:index")),
        (_("Projekte"), reverse("admin:pool_project_changelist")),
        (Act.TAKE_OVER.label, ""),
    ]
    context = {"form": form, "token": token, "crumbs": crumbs}
    return render(request, "admin/pool/project/take_over.html", context, status=status)


@transaction.atomic
def _take_over(request: SignedInRequest, form: TakeOverForm, token: UUID) -> Project:
    cleaned = form.cleaned_data
    return take_over(
        by=request.user,
        form_token=token,
        title=cleaned["title"],
        short_text=cleaned["short_text"],
        lead_unit=cleaned["lead_unit"],
        lead_handlungsfeld=cleaned["lead_handlungsfeld"],
        step=Step(cleaned["step"]),
        source=name_source(title=cleaned["source_title"], address=cleaned["source_address"], by=request.user),
        source_read_on=cleaned["source_read_on"],
        on_day=cleaned["on_day"],
        precision=cleaned["precision"],
    )
