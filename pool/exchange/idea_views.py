"""Reading in a list of ideas at the desk: the template, the preview, and then all or nothing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from governance.mandates.queries import standing_of
from governance.models import User
from governance.organisation.http import SignedInRequest
from governance.record import clock
from governance.record.forms import LineField
from governance.strategy.queries import edition_in_force
from governance.tables.reading import LARGEST_FILE, ReadRow, ReadTable, megabytes, read_table
from governance.tables.templates import template_file
from governance.tables.writing import XLSX_TYPE
from pool.casefile.desk import desk_required
from pool.exchange.actions import import_ideas
from pool.exchange.idea_rows import CHOICES, MOST_ROWS, NEEDS, SHEET, UNITS, CheckedRows, check_rows, heads
from pool.exchange.models import IdeaList
from pool.lifecycle import Act
from pool.permissions import require
from pool.project.models import UnitLink
from pool.submission.queries import idea_frame

SALT = "pool.exchange.ideas"
PREVIEW_HOLDS = 4 * 60 * 60
# What the preview carries in its form; the request itself is limited to 2.5 MB.
LONGEST_PREVIEW = 2_000_000
HINTS = gettext_lazy(
    "Füllen Sie im Blatt „Ideen“ je Idee eine Zeile aus. Die Überschriften bleiben, wie sie sind.\n"
    "Kennung: eindeutig über alle Listen, zum Beispiel WS26-01. Dieselbe Kennung wird nie zweimal eingelesen; ohne "
    "Kennung gelten Titel und Kurztext.\n"
    "Vollständige Ideen gelten nach dem Einlesen als eingereicht. Fehlt etwas, wird die Idee ein Entwurf der Person, "
    "deren Anmeldename in der letzten Spalte steht.\n"
    "Wer die Liste einliest, gilt nicht als einreichende Person.\n"
    "Ohne Angabe zum Weg gilt „Workshop“.\n"
    "Mehrere Partner stehen in einer Zelle, jeder in einer eigenen Zeile.\n"
    "Wo es wirkt: „stadtweit“, oder Stadtteile, durch Komma getrennt; leer heißt noch offen.\n"
    "Keine Formeln, keine verbundenen Zellen, höchstens 300 Zeilen."
)


class ListForm(forms.Form):
    """The file, where it comes from, and who stands for ideas that name nobody."""

    upload = forms.FileField(
        label=gettext_lazy("Ausgefüllte Vorlage (XLSX)"),
        help_text=gettext_lazy("Höchstens 5 MB und 300 Zeilen. Geschrieben wird erst nach der Vorschau."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Wählen Sie die ausgefüllte Vorlage aus.")},
    )
    source = LineField(
        label=gettext_lazy("Anlass"),
        max_length=200,
        help_text=gettext_lazy("Woher die Ideen stammen, zum Beispiel „Workshop Digitale Verwaltung, 12.11.2026“."),
        error_messages={"required": gettext_lazy("Nennen Sie den Anlass, aus dem die Ideen stammen.")},
    )
    person = LineField(
        label=gettext_lazy("Wer steht für Ideen ohne eigene Person? (Anmeldename)"),
        max_length=150,
        required=False,
        help_text=gettext_lazy(
            "Diese Person kann sie überarbeiten, wenn sie zurückkommen, und urteilt nicht mehr über sie. Leer: niemand."
        ),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_upload(self) -> ReadTable:
        file: UploadedFile = self.cleaned_data["upload"]
        if (file.size or 0) > LARGEST_FILE:
            words = _("Die Datei ist {size} MB groß, erlaubt sind 5 MB.")
            raise ValidationError(words.format(size=megabytes(file.size or 0)))
        self.file_name = (file.name or "")[:120]
        return read_table(file.read(), heads=heads(), sheet=SHEET, most_rows=MOST_ROWS)

    def clean_person(self) -> User | None:
        return _account(self.cleaned_data["person"], self.by)


def _account(name: str, by: User) -> User | None:
    if not name:
        return None
    user = User.objects.filter(username__iexact=name, is_active=True, is_demo=by.is_demo).first()
    if user is None or not standing_of(user).is_employee:
        raise ValidationError(_("Dieses Konto gibt es nicht, oder es reicht keine Ideen ein."))
    return user


@desk_required
def import_page(request: SignedInRequest) -> HttpResponse:
    """Ask for the file; show what it would become; write it when that is confirmed."""
    require(request.user, Act.IMPORT_IDEAS)
    if "liste" in request.POST:
        return _confirm(request)
    form = ListForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if request.method == "POST" else 200)
    table: ReadTable = form.cleaned_data["upload"]
    done = IdeaList.objects.filter(sha256=table.sha256, is_example=request.user.is_demo).first()
    if done is not None:
        _say_nothing_changed(request, done)
        return redirect("exchange:import_ideas")
    checked = check_rows(table.rows, by=request.user, person=form.cleaned_data["person"])
    problems = sorted([*table.problems, *checked.problems], key=lambda each: (each.row or 0, len(each.column)))
    packed = "" if problems else _packed(request, table, form)
    if not problems and len(packed) > LONGEST_PREVIEW:
        form.add_error("upload", _("Die Texte sind zusammen zu lang. Teilen Sie die Liste auf mehrere Dateien auf."))
        return _page(request, form, status=422)
    context = {"checked": checked, "problems": problems, "notices": table.notices, "packed": packed}
    return _page(request, form, status=422 if problems else 200, source=form.cleaned_data["source"], **context)


def _confirm(request: SignedInRequest) -> HttpResponse:
    """Write the list that the preview carries, read anew against the frame of this moment."""
    try:
        given = signing.loads(request.POST["liste"], salt=_salt(request.user), max_age=PREVIEW_HOLDS)
        rows = [ReadRow(number, texts, {}, {}) for number, texts in given["rows"]]
        person = _account(given["person"], request.user)
        done = IdeaList.objects.filter(sha256=given["sha256"], is_example=request.user.is_demo).first()
        if done is not None:
            _say_nothing_changed(request, done)
            return redirect("admin:pool_project_changelist")
        checked = check_rows(rows, by=request.user, person=person)
        import_ideas(
            checked=checked,
            sha256=given["sha256"],
            file_name=given["file_name"],
            source=given["source"],
            by=request.user,
        )
    except signing.BadSignature:
        return _refused(request, _("Die Vorschau ist abgelaufen oder unvollständig. Laden Sie die Datei neu hoch."))
    except ValidationError as error:
        return _refused(request, error.messages[0])
    messages.success(request, _done_words(checked))
    return redirect("admin:pool_project_changelist")


def _done_words(checked: CheckedRows) -> str:
    count = len(checked.new)
    text = ngettext("Eine Idee eingelesen.", "{count} Ideen eingelesen.", count).format(count=count)
    if checked.known:
        text += " " + ngettext(
            "Eine war schon da und blieb, wie sie ist.",
            "{count} waren schon da und blieben, wie sie sind.",
            len(checked.known),
        ).format(count=len(checked.known))
    return text


def _say_nothing_changed(request: SignedInRequest, done: IdeaList) -> None:
    words = _("Diese Datei wurde am {day} schon eingelesen („{source}“). Nichts wurde geändert.")
    messages.info(request, words.format(day=f"{done.at:%d.%m.%Y}", source=done.source))


def _refused(request: SignedInRequest, message: str) -> HttpResponse:
    form = ListForm(by=request.user)
    return _page(request, form, status=422, refused=message)


def _packed(request: SignedInRequest, table: ReadTable, form: ListForm) -> str:
    """Return what was read, signed for this person: the preview carries it, nothing is kept meanwhile."""
    person: User | None = form.cleaned_data["person"]
    content = {
        "sha256": table.sha256,
        "file_name": form.file_name,
        "source": form.cleaned_data["source"],
        "person": person.username if person else "",
        "rows": [[row.number, {name: text for name, text in row.texts.items() if text}] for row in table.rows],
    }
    return signing.dumps(content, salt=_salt(request.user), compress=True)


def _salt(user: User) -> str:
    return f"{SALT}.{user.pk}"


def _page(request: SignedInRequest, form: ListForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "form": form,
        "checked": None,
        "problems": [],
        "notices": [],
        "packed": "",
        "refused": "",
        "source": "",
        "crumbs": [
            (_("Schreibtisch"), reverse("admin:index")),
            (_("Projekte"), reverse("admin:pool_project_changelist")),
            (_("Ideen einlesen"), ""),
        ],
    } | context
    return render(request, "exchange/import_ideas.html", context, status=status)


@require_safe
@desk_required
def template(request: SignedInRequest) -> HttpResponse:
    """Give the template, with the frame of today to choose from."""
    require(request.user, Act.IMPORT_IDEAS)
    frame = idea_frame(edition_in_force(clock.today()), clock.today())
    units, needs = [unit.name for unit in frame.units], [need.title for need in frame.needs]
    choices = {name: [str(label) for label in kind.labels] for name, kind in CHOICES.items()}
    choices |= {"lead_handlungsfeld": [each.name for each in frame.handlungsfelder], "lead_unit": units}
    choices |= {f"need_{number}": needs for number in range(1, NEEDS + 1)}
    choices |= {f"unit_{number}": units for number in range(1, UNITS + 1)}
    choices |= {f"part_{number}": [str(label) for label in UnitLink.Part.labels] for number in range(1, UNITS + 1)}
    content = template_file(
        sheet=SHEET, heads=heads(), choices=choices, hints=str(HINTS).splitlines(), most_rows=MOST_ROWS
    )
    name = _("Vorlage Ideen, Stand {day}.xlsx").format(day=f"{clock.today():%Y-%m-%d}")
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=XLSX_TYPE, headers={"Content-Disposition": disposition})
