"""Projects at the desk: the queue, one project with its open acts, and the addresses of the pages that do the acts.

Nothing here writes: every page calls the same actions as the rest of the portal.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance.mandates.queries import standing_of
from governance.models import Handlungsfeld, OrganisationUnit
from governance.record import clock
from governance.record.admin import DeskAdmin, DeskFilter
from governance.templatetags.portal import beispiel_if, day
from pool.casefile.desk import desk_page, project_page
from pool.casefile.desk_acts import ACT_PAGES, view_of
from pool.casefile.desk_bulk import BULK_ACTS, MOST_AT_ONCE, bulk_page
from pool.casefile.desk_class import class_page
from pool.casefile.desk_experts import experts_page
from pool.casefile.desk_flow import FLOW_PAGES, LIST, begin_flow, list_query_of
from pool.casefile.desk_gate import gate_page, rating_page
from pool.casefile.desk_lists import prioritisation, take_over_page
from pool.casefile.desk_prepared import prepared_page
from pool.casefile.desk_queries import QUEUES, idea_of, open_acts, waits_for_cdo, why_not
from pool.casefile.desk_release import release_page
from pool.casefile.desk_text import links_page, slip_page
from pool.decision.queries import open_item_of
from pool.gate.queries import answers_of, current_round
from pool.lifecycle import Step
from pool.maturity.queries import rating_of_record
from pool.project.models import Precision, Project
from pool.publication.queries import release_of
from pool.questions.queries import dialogue_of
from pool.templatetags.figures import step_stamp

EVERYTHING = "alle"


class WaitingFilter(DeskFilter):
    """What a project waits for. Without any choice the list shows what waits for the CDO."""

    title = _("Aufgabe")
    parameter_name = "wartet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.shows_own = not (set(request.GET) - {"p", "o", "wartet"})
        return [(queue.key, queue.label) for queue in QUEUES.values()] + [(EVERYTHING, _("alle Projekte"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        value = self.value()
        if value in QUEUES:
            return QUEUES[value].picked(queryset, request.user, clock.today())
        return waits_for_cdo(queryset, clock.today()) if value is None and self.shows_own else queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            if choice["display"] == _("All"):
                choice |= {"display": _("was auf mich wartet"), "selected": self.value() is None and self.shows_own}
                choice["query_string"] = "?"
            yield choice


class StepFilter(DeskFilter):
    """The step."""

    title = _("Schritt")
    parameter_name = "schritt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Step.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        return queryset.filter(step=self.value()) if self.value() else queryset


def choices_of(request: HttpRequest) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the Handlungsfelder by number and the units that lead anything by name; one query for a page."""
    found = getattr(request, "_desk_choices", None)
    if found is None:
        fields = Handlungsfeld.objects.order_by().values_list("number", "slug", "name")
        units = OrganisationUnit.objects.filter(led_projects__isnull=False).order_by()
        rows = list(fields.union(units.values_list(Value(0), "code", "name")))
        by_number = sorted(row for row in rows if row[0])
        by_name = sorted((row for row in rows if not row[0]), key=lambda row: (row[2], row[1]))
        found = list({slug: name for _number, slug, name in by_number}.items()), [row[1:] for row in by_name]
        request._desk_choices = found  # type: ignore[attr-defined]
    return found


class HandlungsfeldFilter(DeskFilter):
    """The lead Handlungsfeld."""

    title = _("Handlungsfeld")
    parameter_name = "handlungsfeld"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return choices_of(request)[0]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        return queryset.filter(lead_handlungsfeld__slug=self.value()) if self.value() else queryset


class LeadUnitFilter(DeskFilter):
    """The lead unit, of those that lead anything."""

    title = _("Federführung")
    parameter_name = "stelle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return choices_of(request)[1]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        return queryset.filter(lead_unit__code=self.value()) if self.value() else queryset


class ExampleFilter(DeskFilter):
    """Examples or real projects. Without a choice real accounts see no examples."""

    title = _("Beispiel")
    parameter_name = "beispiel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("nur Beispiele")), ("nein", _("nur echte Projekte"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        if self.value() is None:
            return queryset if request.user.is_demo else queryset.filter(is_example=False)  # type: ignore[union-attr]
        return queryset.filter(is_example=self.value() == "ja")


# What a step waits for, and the page that does it.
NEXT_PAGES = {
    Step.SUBMITTED: ("gate", _("prüfen")),
    Step.POOLED: ("rating", _("bewerten")),
    Step.COMMISSIONED: ("team", _("Team benennen")),
}


def _to_bulk_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Project]) -> HttpResponse:
    """Lead to the page of the chosen act with what was ticked."""
    chosen = [("projekt", key) for key in queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1]]
    if len(chosen) > MOST_AT_ONCE:
        messages.warning(request, _("Bearbeiten Sie höchstens {count} auf einmal.").format(count=MOST_AT_ONCE))
        return redirect(request.get_full_path())
    return redirect(
        f"{reverse('admin:pool_project_bulk')}?{urlencode([('tun', request.POST.get('action', '')), *chosen])}"
    )


@admin.register(Project)
class ProjectAdmin(DeskAdmin):
    description = _(
        "Ohne Filter stehen hier die Vorhaben, die auf Sie warten, die ältesten zuerst. Den Schritt ändert kein Feld, "
        "sondern nur die passende Handlung auf der Seite des Vorhabens."
    )
    list_display = (
        "title_shown",
        "pool_number",
        "step_shown",
        "since_shown",
        "field_shown",
        "unit_shown",
        "next_words",
    )
    list_display_links = ("title_shown",)
    is_taken_away = False  # its files say more than the page
    list_filter = (WaitingFilter, StepFilter, HandlungsfeldFilter, LeadUnitFilter, ExampleFilter)
    list_select_related = ("lead_handlungsfeld", "lead_unit")
    search_fields = ("title", "short_text", "=pool_number")
    search_help_text = _("Titel, Kurztext oder Poolnummer")
    sortable_by = ("title_shown", "pool_number", "since_shown")
    ordering = ("step_since", "title", "pk")
    list_per_page = 30
    change_list_template = "admin/pool/project/change_list.html"

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_cdo

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Any, str, str]]:
        """Offer the acts on many; each leads to a page that lists what it will touch."""
        if not standing_of(request.user).is_cdo:
            return {}
        return {key: (_to_bulk_page, key, str(bulk.label)) for key, bulk in BULK_ACTS.items()}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return Project.objects.visible_to(request.user).defer("problem", "benefit", "effort", "procurement", "result")

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "gate": ("pruefung", gate_page),
            "links": ("verknuepfung", links_page),
            "rating": ("bewertung", rating_page),
            "experts": ("gutachten", experts_page),
            "class": ("klasse", class_page),
            "correct": ("berichtigen", slip_page),
            "release": ("veroeffentlichung", release_page),
            **{page.name: (page.path, view_of(page)) for page in ACT_PAGES},
        }
        wrap = self.admin_site.admin_view
        own = [
            path("priorisierung/", wrap(prioritisation), name="pool_project_prioritisation"),
            path("reihe/", wrap(begin_flow), name="pool_project_flow"),
            path("vorbereitet/", wrap(prepared_page), name="pool_project_prepared"),
            path("gemeinsam/", wrap(bulk_page), name="pool_project_bulk"),
            path("uebernehmen/", wrap(take_over_page), name="pool_project_take_over"),
            *(
                path(f"<uuid:project_id>/{address}/", wrap(view), name=f"pool_project_{name}")
                for name, (address, view) in pages.items()
            ),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one project with what can be done to it now; nothing on the page is a field."""
        try:
            return require_safe(case_page)(request, project_id=UUID(object_id))
        except ValueError:
            raise Http404 from None

    @admin.display(description=_("Titel"), ordering="title")
    def title_shown(self, project: Project) -> str:
        return format_html("{} {}", project.title, beispiel_if(project.is_example))

    @admin.display(description=_("Schritt"))
    def step_shown(self, project: Project) -> str:
        return step_stamp(project.step)

    @admin.display(description=_("seit"), ordering="step_since")
    def since_shown(self, project: Project) -> str:
        if project.step_since is None:
            return "–"
        if project.step_since_precision == Precision.DAY:
            return f"{project.step_since:%d.%m.%Y}"
        return day(project.step_since, project.step_since_precision)

    @admin.display(description=_("Handlungsfeld"))
    def field_shown(self, project: Project) -> str:
        return project.lead_handlungsfeld.name if project.lead_handlungsfeld else "–"

    @admin.display(description=_("federführend"))
    def unit_shown(self, project: Project) -> str:
        unit = project.lead_unit
        return (unit.short_name or unit.name) if unit else "–"

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Project], str], ...]:
        """Offer the next page to those who do the CDO's work today; a deputy otherwise reads what is next."""
        if standing_of(request.user).acts_as_cdo:
            return (*self.list_display[:-1], next_link_of(list_query_of(request)))
        return (*self.list_display[:-1], "next_words")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, with the way to work through it in its order."""
        own = {"flow_query": urlencode({LIST: list_query_of(request)})}
        return super().changelist_view(request, own | (extra_context or {}))

    @admin.display(description=_("als Nächstes"))
    def next_words(self, project: Project) -> str:
        return str(NEXT_PAGES.get(Step(project.step), ("", "–"))[1])


def next_link_of(list_query: str) -> Callable[[Project], str]:
    """Return the column that leads to what a project waits for and, from a list, on to the next in its order."""
    onward = f"?{urlencode({LIST: list_query})}"

    @admin.display(description=_("als Nächstes"))
    def next_shown(project: Project) -> str:
        name, label = NEXT_PAGES.get(Step(project.step), ("", ""))
        if not name:
            return "–"
        address = reverse(f"admin:pool_project_{name}", args=[project.pk])
        address += onward if project.step in FLOW_PAGES else ""
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, label, project.title
        )

    return next_shown


@project_page
def case_page(request: HttpRequest, project: Project) -> HttpResponse:
    """One project at the desk: where it stands, what is open, the idea, how it was judged, how it went."""
    acts = open_acts(request.user, project)
    return desk_page(
        request,
        "admin/pool/project/case.html",
        project,
        here="",
        form=None,
        idea=idea_of(project),
        next_act=next((act for act in acts if act.is_next), None),
        acts=[act for act in acts if not act.is_next],
        why_not=why_not(request.user, project),
        gate_round=current_round(project),
        answers=answers_of(current_round(project)).values(),
        rating=rating_of_record(project),
        dialogue=dialogue_of(project, request.user),
        marks=project.class_marks.filter(is_current=True),
        item=open_item_of(project),
        release=release_of(project),
        transitions=project.transitions.select_related("by__person__user", "in_place_of__person__user").order_by("-pk"),
    )
