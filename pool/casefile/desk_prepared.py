"""The pages for many at once: releasing prepared decisions together, and bulk acts on what was ticked in the list."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.organisation.forms import day_field
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.forms import ReasonField
from pool.casefile.actions import Refused, drop_decision, prepare_many, put_many_on_list, release_decisions
from pool.casefile.desk import desk_required
from pool.casefile.desk_acts import ACT_PAGES, REVISION_TIME
from pool.casefile.desk_queries import open_lists
from pool.casefile.models import PreparedDecision
from pool.decision.models import Sitting
from pool.lifecycle import Act, ProcedureError
from pool.permissions import may
from pool.priority.queries import shows_examples_to
from pool.project.models import Project

MOST_AT_ONCE = 100
CONSEQUENCES = {page.act: page.consequences for page in ACT_PAGES}


@desk_required
def prepared_page(request: SignedInRequest) -> HttpResponse:
    """Show all prepared decisions with what each will do; release the sound ones together, or drop one."""
    rows = prepared_decisions(request)
    if request.method != "POST":
        return _show_prepared(request, rows)
    dropped = next((row for row in rows if str(row.pk) == request.POST.get("verwerfen")), None)
    if dropped is not None:
        try:
            drop_decision(prepared=dropped, by=request.user)
        except NotAllowed as error:
            return _show_prepared(request, rows, [str(error)], 403)
        messages.success(request, _("Verworfen. Das Vorhaben wartet wieder auf Ihre Entscheidung."))
        return redirect(reverse("admin:pool_project_prepared"))
    chosen = [row for row in rows if str(row.pk) in request.POST.getlist("entscheidung")]
    try:
        if len(chosen) != len(set(request.POST.getlist("entscheidung"))):
            raise ProcedureError(_("Die Liste hat sich inzwischen geändert. Sehen Sie sie noch einmal durch."))
        count = release_decisions(prepared=chosen, by=request.user)
    except Refused as refused:
        said = [f"{project.title}: {reason}" for project, reason in refused.refusals]
        return _show_prepared(request, prepared_decisions(request), said, 409)
    except ProcedureError as error:
        return _show_prepared(request, prepared_decisions(request), [str(error)], 409)
    text = ngettext("{count} Entscheidung freigegeben.", "{count} Entscheidungen freigegeben.", count)
    messages.success(request, text.format(count=count))
    return redirect(reverse("admin:pool_project_prepared"))


def prepared_decisions(request: SignedInRequest) -> list[PreparedDecision]:
    """Return what waits for its release in this person's world, in the order of the queue; one query."""
    rows = PreparedDecision.objects.filter(state=PreparedDecision.State.WAITING)
    if not shows_examples_to(request.user):
        rows = rows.filter(project__is_example=False)
    rows = rows.select_related("project", "by__person__user", "in_place_of__person__user")
    return list(rows.order_by("project__step_since", "pk"))


def _show_prepared(
    request: SignedInRequest, rows: list[PreparedDecision], problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    sound = [row for row in rows if not row.is_stale]
    context = {
        "sound": [(row, CONSEQUENCES[Act(row.act)]) for row in sound],
        "stale": [row for row in rows if row.is_stale],
        "errors": [{"text": text, "target": ""} for text in problems or []],
        "crumbs": [(_("Schreibtisch"), reverse("admin:index")), (_("Vorbereitete Entscheidungen"), "")],
    }
    return render(request, "admin/pool/project/prepared.html", context, status=status)


# --- What was ticked in the list -----------------------------------------------------------------------------------


class BulkForm(forms.Form):
    """What one bulk act asks besides the projects."""

    def __init__(self, *args: Any, sittings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sittings = sittings


class BulkReasonForm(BulkForm):
    reason = ReasonField(help_text=gettext_lazy("Steht bei jedem der Vorhaben; die Einreichenden lesen sie."))


class BulkReturnForm(BulkReasonForm):
    remind_on = day_field(gettext_lazy("Erinnern am"), gettext_lazy("Nennen Sie den Tag, an dem das Portal erinnert."))


class BulkSittingForm(BulkForm):
    sitting = forms.ChoiceField(
        label=gettext_lazy("Sitzung"),
        error_messages={"required": gettext_lazy("Wählen Sie die Sitzung, für die Sie vormerken.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sitting"].choices = self.sittings  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act on many: its name in the address, whose right it asks, what it says and does."""

    key: str
    label: Any
    act: Act
    consequences: tuple[Any, ...]
    form: type[BulkForm] = BulkForm


_MOVES_NOTHING = gettext_lazy(
    "Vorbereiten bewegt nichts und benachrichtigt niemanden. Erst Ihre gemeinsame Freigabe tut das."
)
BULK_ACTS = {
    each.key: each
    for each in (
        BulkAct("admit", gettext_lazy("Aufnahme vorbereiten"), Act.ADMIT, (_MOVES_NOTHING,)),
        BulkAct("return", gettext_lazy("Rückgabe vorbereiten"), Act.RETURN, (_MOVES_NOTHING,), BulkReturnForm),
        BulkAct(
            "decline_admission",
            gettext_lazy("Nichtaufnahme vorbereiten"),
            Act.DECLINE_ADMISSION,
            (_MOVES_NOTHING,),
            BulkReasonForm,
        ),
        BulkAct(
            "vormerken",
            gettext_lazy("Für eine Sitzung vormerken"),
            Act.RECORD,
            (
                gettext_lazy(
                    "Die Vorhaben stehen am Ende der Liste; die Mitglieder der Lenkungsgruppe werden informiert."
                ),
            ),
            BulkSittingForm,
        ),
    )
}


@desk_required
def bulk_page(request: SignedInRequest) -> HttpResponse:
    """List by name and number what a bulk act will touch, then do it to all or to none."""
    source = request.POST if request.method == "POST" else request.GET
    bulk, projects = BULK_ACTS.get(source.get("tun", "")), _chosen(request, source.getlist("projekt"))
    if bulk is None or not projects:
        messages.warning(request, _("Kreuzen Sie in der Liste an, was Sie gemeinsam bearbeiten."))
        return redirect(reverse("admin:pool_project_changelist"))
    sittings = [(str(each.key), each.name) for each in open_lists(is_example=shows_examples_to(request.user))]
    form = bulk.form(request.POST if request.method == "POST" else None, sittings=sittings, initial=_initial())
    if request.method != "POST":
        refused = [(each, _("Dazu fehlt Ihnen bei diesem Vorhaben das Recht, oder sein Schritt erlaubt es nicht."))
                   for each in projects if not may(request.user, bulk.act, each)]  # fmt: skip
        return _show_bulk(request, bulk, projects, form, refused)
    if not form.is_valid():
        return _show_bulk(request, bulk, projects, form, [], 422)
    try:
        count = _perform(request, bulk, projects, form)
    except Refused as error:
        return _show_bulk(request, bulk, projects, form, error.refusals, 409)
    messages.success(request, _("{act}: {count} Vorhaben.").format(act=bulk.label, count=count))
    return redirect(
        reverse("admin:pool_project_changelist" if bulk.act == Act.RECORD else "admin:pool_project_prepared")
    )


def _initial() -> dict[str, object]:
    return {"remind_on": clock.today() + REVISION_TIME}


def _perform(request: SignedInRequest, bulk: BulkAct, projects: list[Project], form: BulkForm) -> int:
    cleaned = form.cleaned_data
    if bulk.act == Act.RECORD:
        sitting = Sitting.objects.get(pk=cleaned["sitting"])
        return put_many_on_list(projects=projects, sitting=sitting, by=request.user)
    return prepare_many(
        projects=projects,
        act=bulk.act,
        reason=cleaned.get("reason", ""),
        remind_on=cleaned.get("remind_on"),
        by=request.user,
    )


def _chosen(request: SignedInRequest, texts: list[str]) -> list[Project]:
    keys = set()
    for text in texts[:MOST_AT_ONCE]:
        try:
            keys.add(UUID(text))
        except ValueError:
            continue
    return list(Project.objects.visible_to(request.user).filter(pk__in=keys).order_by("step_since", "title", "pk"))


def _show_bulk(
    request: SignedInRequest,
    bulk: BulkAct,
    projects: list[Project],
    form: BulkForm,
    refused: list[tuple[Project, str]],
    status: int = 200,
) -> HttpResponse:
    context = {
        "bulk": bulk,
        "projects": projects,
        "form": form,
        "refused": refused,
        "cannot": bulk.form is BulkSittingForm and not form.sittings,
        "crumbs": [
            (_("Schreibtisch"), reverse("admin:index")),
            (_("Projekte"), reverse("admin:pool_project_changelist")),
            (bulk.label, ""),
        ],
    }
    return render(request, "admin/pool/project/bulk.html", context, status=status)
