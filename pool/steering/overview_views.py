"""Dashboard, coverage and the list behind their figures: read everything, write nothing."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import may_open
from governance.record import clock
from pool.calls.queries import all_calls
from pool.delivery.queries import room_row, with_standing
from pool.lifecycle import Act
from pool.permissions import may
from pool.priority.queries import rule_in_force, shows_examples_to
from pool.steering import charts, pictures
from pool.steering.coverage import coverage_of, needs_cover
from pool.steering.forms import OFFERED, steered_filter
from pool.steering.queries import ranked_rows, sittings_for, steered_rows
from pool.steering.rules import ENDED_STEPS, OPEN_STEPS, SERVING_STEPS, Cover, figures_of
from pool.steering.tables import balance_sentence, balance_table, call_rows, goal_table, need_table, topic_table

ROWS_ON_A_PAGE = 50
HEAD_OF_RANKING = 5


@require_safe
@room_required("lenkungsgruppe")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Show where the projects stand and what asks for a decision."""
    today = clock.today()
    sittings = sittings_for(request.user)
    rows = steered_rows(request.user)
    figures = figures_of(rows, today=today, last_sitting=sittings.closed_on)
    needs = needs_cover(rows)
    rule = rule_in_force(with_examples=shows_examples_to(request.user))
    head = ranked_rows(rows, rule)
    by_field = pictures.field_rows(figures, needs.fields)
    context = {
        "today": today,
        "sittings": sittings,
        "shows_sittings": may_open(request.user, "sitzungen"),
        "reads_cases": may_open(request.user, "ideen"),
        "figures": pictures.figures_on_top(figures, since=sittings.closed_on),
        "counted": figures,
        "waiting": figures.of("assessed"),
        "running": figures.of("running"),
        "step_rows": pictures.step_rows(figures, OPEN_STEPS),
        "step_sentence": pictures.step_sentence(figures),
        "ended_rows": pictures.step_rows(figures, ENDED_STEPS),
        "changed_rows": pictures.changed_rows(figures, sittings.closed_on),
        "changed_sentence": pictures.changed_sentence(figures, sittings.closed_on),
        "field_rows": by_field,
        "field_heads": pictures.field_heads(),
        "field_groups": pictures.GROUPS,
        "field_sentence": pictures.field_sentence(by_field),
        "clock_rows": charts.clock_rows(figures),
        "clock_counts": charts.clock_counts(figures),
        "clock_sentence": charts.clock_sentence(figures),
        "age_rows": charts.age_rows(figures),
        "age_heads": charts.age_heads(figures),
        "age_table": charts.age_table(figures, needs.fields),
        "age_sentence": charts.age_sentence(figures),
        "portfolio": charts.portfolio(figures),
        "portfolio_sentence": charts.portfolio_sentence(figures),
        "late_rows": pictures.late_rows(figures),
        "case_rows": pictures.case_rows(needs),
        "case_table": pictures.case_table(needs),
        "case_sentence": pictures.case_sentence(needs),
        "bare": needs.covered(Cover.NONE),
        "only_ideas": needs.covered(Cover.IDEAS),
        "head": head[:HEAD_OF_RANKING],
        "ranked_total": len(head),
        "rule": rule,
    }
    return render(request, "steering/dashboard.html", context)


@require_safe
@room_required("lenkungsgruppe")
def coverage(request: SignedInRequest) -> HttpResponse:
    """Show what the strategy asks for against what serves it."""
    rows = steered_rows(request.user)
    found, calls = coverage_of(rows), all_calls(request.user)
    context = {
        "may_call": may(request.user, Act.ISSUE_CALL),
        "calls": call_rows(calls, rows),
        "called": [call for call in calls if call.is_open],
        "today": clock.today(),
        "needs": found.needs,
        "case_rows": pictures.case_rows(found.needs),
        "case_sentence": pictures.case_sentence(found.needs),
        "gaps": [(cover, found.needs.covered(cover)) for cover in (Cover.NONE, Cover.IDEAS, Cover.SINGLE)],
        "need_table": need_table(found),
        "goal_table": goal_table(found),
        "serving": pictures.steps_of(SERVING_STEPS),
        "topics": topic_table(found.topics, "querschnitt"),
        "neglected_topics": [f"„{topic.name}“" for topic in found.topics if topic.tally.total == 0],
        "sdgs": topic_table(found.sdgs, "sdg"),
        "neglected_sdgs": [topic.name for topic in found.sdgs if topic.tally.total == 0],
        "balance": balance_table(found.balance),
        "balance_sentence": balance_sentence(found.balance),
    }
    return render(request, "steering/coverage.html", context)


@require_safe
@room_required("lenkungsgruppe")
def projects(request: SignedInRequest) -> HttpResponse:
    """List exactly the projects behind a figure."""
    filters = steered_filter(request.GET, request.user)
    known = set(filters.filters) | {"page"}
    reads_standing = may_open(request.user, "sitzungen")
    rows, today = with_standing(filters.qs) if reads_standing else filters.qs, clock.today()
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": filters,
        "offered": [filters.form[name] for name in OFFERED],
        "carried": [
            (name, value) for name in filters.filters if name not in OFFERED for value in request.GET.getlist(name)
        ],
        "page": page,
        "rows": [(each, room_row(each, today) if reads_standing else None) for each in page],
        "today": today,
        "crumbs": [(_("Lagebild"), reverse("steering:dashboard")), (_("Vorhaben"), "")],
        "ignored": sorted({name for name in request.GET if name not in known})[:5],
        "has_wrong_value": not filters.is_valid() or request.GET.get("page", str(page.number)) != str(page.number),
        "reads_cases": may_open(request.user, "ideen"),
    }
    return render(request, "steering/projects.html", context)
