"""The page of prepared decisions: what each will do and say, released together or dropped one by one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from pool.casefile.actions import Refused, drop_decision, release_decisions
from pool.casefile.desk import desk_required
from pool.casefile.desk_acts import ACT_PAGES
from pool.casefile.desk_letters import letters_for
from pool.casefile.models import PreparedDecision
from pool.lifecycle import Act, ProcedureError
from pool.priority.queries import shows_examples_to

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
    letters = letters_for([(row.project, Act(row.act), row.reason, row.remind_on) for row in sound])
    context = {
        "sound": [(row, CONSEQUENCES[Act(row.act)], letter) for row, letter in zip(sound, letters, strict=True)],
        "stale": [row for row in rows if row.is_stale],
        "errors": [{"text": text, "target": ""} for text in problems or []],
        "crumbs": [(_("Schreibtisch"), reverse("admin:index")), (_("Vorbereitete Entscheidungen"), "")],
    }
    return render(request, "admin/pool/project/prepared.html", context, status=status)
