"""Bulk acts on what was ticked in the list: what each touches and says, then all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.organisation.forms import day_field
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.forms import REASON_LENGTH, ReasonField
from pool.casefile.actions import Refused, prepare_many, put_many_on_list
from pool.casefile.desk import desk_required
from pool.casefile.desk_acts import REVISION_TIME
from pool.casefile.desk_letters import Letter, letters_for, noes_of
from pool.casefile.desk_queries import open_lists
from pool.decision.models import Sitting
from pool.lifecycle import MOVES, Act, Step
from pool.permissions import require
from pool.priority.queries import shows_examples_to
from pool.project.models import Project

MOST_AT_ONCE = 100


class BulkForm(forms.Form):
    """What one bulk act asks besides the projects."""

    # A form that has to show what goes out before the act is done says so here.
    asks_back = False
    letters: Sequence[Letter] = ()

    def __init__(
        self, *args: Any, sittings: list[tuple[str, str]], projects: Sequence[Project] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sittings, self.projects = sittings, list(projects)


class BulkLetterForm(BulkForm):
    """One text for all and one for each idea; together they are the reason, shown as it goes out before it does."""

    act = Act.DECLINE_ADMISSION
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    reason = ReasonField(
        label=gettext_lazy("Text für alle"),
        help_text=gettext_lazy("Steht bei jedem der Vorhaben vor der eigenen Begründung; die Einreichenden lesen ihn."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        noes = noes_of(self.projects)
        for project in self.projects:
            self.fields[self._name(project)] = ReasonField(
                label=_("Begründung: {title}").format(title=project.title),
                initial=noes.get(project.pk, ""),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @staticmethod
    def _name(project: Project) -> str:
        return f"reason_{project.pk.hex}"

    def reasons(self) -> dict[UUID, str]:
        """Return the whole reason of each idea: the text for all, then its own."""
        common = self.cleaned_data.get("reason", "")
        own = {project.pk: self.cleaned_data.get(self._name(project), "") for project in self.projects}
        return {key: "\n\n".join(filter(None, [common, text])) for key, text in own.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        reasons = self.reasons()
        for project in self.projects:
            said, name = reasons[project.pk], self._name(project)
            if not said and not self.errors.get(name):
                self.add_error(name, _("Schreiben Sie eine Begründung, hier oder im Text für alle."))
            if len(said) > REASON_LENGTH:
                text = _("Mit dem Text für alle sind es {count} Zeichen; höchstens {most} haben Platz.")
                self.add_error(name, text.format(count=len(said), most=REASON_LENGTH))
        if self.errors:
            return cleaned
        day = cleaned.get("remind_on")
        self.letters = letters_for([(each, self.act, reasons[each.pk], day) for each in self.projects])
        told = [
            f"{each.project.pk}{each.project.version}{each.subject}{each.text}{each.reason}" for each in self.letters
        ]
        digest = sha256("\x1f".join(told).encode()).hexdigest()
        self.asks_back = cleaned.get("seen") != digest
        if self.asks_back:
            self.data = {name: self.data[name] for name in self.data} | {"seen": digest}
        return cleaned


class BulkReturnForm(BulkLetterForm):
    act = Act.RETURN
    remind_on = day_field(gettext_lazy("Erinnern am"), gettext_lazy("Nennen Sie den Tag, an dem das Portal erinnert."))
    field_order = ("seen", "reason", "remind_on")


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
            BulkLetterForm,
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
    data = request.POST if request.method == "POST" else None
    form = bulk.form(data, sittings=sittings, projects=projects, initial=_initial())
    if request.method != "POST":
        return _show_bulk(request, bulk, projects, form, _refused(request, bulk, projects))
    if not form.is_valid():
        return _show_bulk(request, bulk, projects, form, [], 422)
    if form.asks_back:
        in_the_way = _tried_out(request, bulk, projects, form)
        return _show_bulk(request, bulk, projects, form, in_the_way, 409 if in_the_way else 200)
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


def _refused(request: SignedInRequest, bulk: BulkAct, projects: list[Project]) -> list[tuple[Project, str]]:
    """Return what the person may not do this to, each with the reason."""
    refused, fitting = [], {origin for origin, act in MOVES if act == bulk.act}
    for project in projects:
        if fitting and project.step not in fitting:
            step = Step(project.step).label
            refused.append((project, _("Der Schritt „{step}“ erlaubt das nicht.").format(step=step)))
            continue
        try:
            require(request.user, bulk.act, project)
        except NotAllowed as refusal:
            refused.append((project, str(refusal)))
    return refused


def _tried_out(
    request: SignedInRequest, bulk: BulkAct, projects: list[Project], form: BulkForm
) -> list[tuple[Project, str]]:
    """Return what would be refused, so that it is said with the preview; whatever was written is taken back."""
    try:
        with transaction.atomic():
            _perform(request, bulk, projects, form)
            transaction.set_rollback(True)
    except Refused as error:
        return error.refusals
    return []


def _perform(request: SignedInRequest, bulk: BulkAct, projects: list[Project], form: BulkForm) -> int:
    cleaned = form.cleaned_data
    if bulk.act == Act.RECORD:
        sitting = Sitting.objects.get(pk=cleaned["sitting"])
        return put_many_on_list(projects=projects, sitting=sitting, by=request.user)
    return prepare_many(
        projects=projects,
        act=bulk.act,
        reasons=form.reasons() if isinstance(form, BulkLetterForm) else {},
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
        "is_letter": isinstance(form, BulkLetterForm),
        "refused": refused,
        "cannot": bulk.form is BulkSittingForm and not form.sittings,
        "crumbs": [
            (_("Schreibtisch"), reverse("admin:index")),
            (_("Projekte"), reverse("admin:pool_project_changelist")),
            (bulk.label, ""),
        ],
    }
    return render(request, "admin/pool/project/bulk.html", context, status=status)
