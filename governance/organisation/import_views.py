"""Reading in the organisation at the desk of those who run the portal: the tree of today, preview, all or nothing."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from governance.organisation.actions import import_units
from governance.organisation.http import SignedInRequest
from governance.organisation.models import OrganisationUnit, User
from governance.organisation.unit_rows import HEADS, MOST_ROWS, SHEET, plan_of, rows_of_today
from governance.permissions import Act, require
from governance.record import clock
from governance.tables.reading import LARGEST_FILE, ReadRow, ReadTable, megabytes, read_table
from governance.tables.templates import template_file
from governance.tables.writing import XLSX_TYPE

SALT = "governance.organisation.units"
PREVIEW_HOLDS = 4 * 60 * 60
ABSENT_SHOWN = 30
HINTS = gettext_lazy(
    "Im Blatt „Organisation“ steht der Stand von heute, je Stelle eine Zeile. Ändern Sie, was sich ändert, und fügen "
    "Sie Zeilen für neue Stellen an.\n"
    "Schlüssel: Kleinbuchstaben, Ziffern und Bindestriche; ein Schlüssel ändert sich nie und wird nie neu vergeben.\n"
    "Umbenennung als Berichtigung: Ändern Sie den Namen in der Zeile. Umbenennung zu einem Tag: Tragen Sie bei der "
    "alten Stelle den letzten Tag und die Nachfolge ein, und legen Sie die neue mit ihrem ersten Tag an.\n"
    "Aufteilung: Bei der alten Stelle mehrere Schlüssel in „Nachfolge“, durch Semikolon getrennt.\n"
    "Stellen, die nicht in der Datei stehen, bleiben, wie sie sind. Gelöscht wird nichts.\n"
    "Keine Formeln, keine verbundenen Zellen."
)


class TreeForm(forms.Form):
    """The file."""

    upload = forms.FileField(
        label=gettext_lazy("Tabelle der Organisation (XLSX)"),
        help_text=gettext_lazy("Höchstens 5 MB und 2.000 Zeilen. Geschrieben wird erst nach der Vorschau."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Wählen Sie die Tabelle aus.")},
    )

    def clean_upload(self) -> ReadTable:
        file = self.cleaned_data["upload"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                _("Die Datei ist {size} MB groß, erlaubt sind 5 MB.").format(size=megabytes(file.size))
            )
        return read_table(file.read(), heads=HEADS, sheet=SHEET, most_rows=MOST_ROWS)


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: SignedInRequest) -> HttpResponse:
    """Ask for the file; show what it would change; write it when that is confirmed."""
    require(request.user, Act.EDIT_ORGANISATION)
    if "liste" in request.POST:
        return _confirm(request)
    form = TreeForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if request.method == "POST" else 200)
    table: ReadTable = form.cleaned_data["upload"]
    plan = plan_of(table.rows)
    problems = sorted([*table.problems, *plan.problems], key=lambda each: (each.row or 0, each.column))
    if not problems and plan.is_empty:
        messages.info(request, _("Die Tabelle sagt, was schon gilt. Nichts wurde geändert."))
        return redirect("admin:governance_organisationunit_import")
    context = {
        "plan": plan,
        "problems": problems,
        "notices": table.notices,
        "absent": plan.absent[:ABSENT_SHOWN],
        "more_absent": max(len(plan.absent) - ABSENT_SHOWN, 0),
        "packed": "" if problems else _packed(request.user, table),
    }
    return _page(request, form, status=422 if problems else 200, **context)


def _confirm(request: SignedInRequest) -> HttpResponse:
    try:
        given = signing.loads(request.POST["liste"], salt=_salt(request.user), max_age=PREVIEW_HOLDS)
        plan = plan_of(
            ReadRow(number, texts, {name: date.fromisoformat(day) for name, day in days.items()}, {})
            for number, texts, days in given
        )
        import_units(plan=plan, by=request.user)
    except signing.BadSignature:
        return _page(
            request, TreeForm(), status=422, refused=_("Die Vorschau ist abgelaufen. Laden Sie die Datei neu hoch.")
        )
    except ValidationError as error:
        return _page(request, TreeForm(), status=422, refused=error.messages[0])
    new, changed = len(plan.new), len(plan.changed)
    done = [
        ngettext("eine Stelle angelegt", "{count} Stellen angelegt", new).format(count=new),
        ngettext("eine geändert", "{count} geändert", changed).format(count=changed),
    ]
    messages.success(request, _("Eingelesen: {what}.").format(what=", ".join(done)))
    return redirect("admin:governance_organisationunit_changelist")


def _packed(user: User, table: ReadTable) -> str:
    rows = [[row.number, row.texts, {name: day.isoformat() for name, day in row.days.items()}] for row in table.rows]
    return signing.dumps(rows, salt=_salt(user), compress=True)


def _salt(user: User) -> str:
    return f"{SALT}.{user.pk}"


def _page(request: SignedInRequest, form: TreeForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "form": form,
        "plan": None,
        "problems": [],
        "notices": [],
        "absent": [],
        "more_absent": 0,
        "packed": "",
        "refused": "",
        "crumbs": [
            (_("Schreibtisch"), reverse("admin:index")),
            (_("Organisationseinheiten"), reverse("admin:governance_organisationunit_changelist")),
            (_("Organisation einlesen"), ""),
        ],
    } | context
    return render(request, "admin/governance/import_units.html", context, status=status)


@require_safe
def tree_file(request: SignedInRequest) -> HttpResponse:
    """Give the tree of today as the table that is read in again."""
    require(request.user, Act.EDIT_ORGANISATION)
    kinds = [str(label) for label in OrganisationUnit.Kind.labels]
    content = template_file(
        sheet=SHEET, heads=HEADS, choices={"kind": kinds}, hints=str(HINTS).splitlines(), rows=rows_of_today(),
        most_rows=MOST_ROWS,
    )  # fmt: skip
    name = _("Organisation, Stand {day}.xlsx").format(day=f"{clock.today():%Y-%m-%d}")
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=XLSX_TYPE, headers={"Content-Disposition": disposition})
