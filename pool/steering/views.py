"""Dashboard, ranking and the list behind the figures: read everything, write nothing."""

from collections.abc import Sequence, Set

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import may_open
from governance.record import clock
from pool.lifecycle import Step
from pool.permissions import visible_projects
from pool.priority.queries import Ranking, RankingWithSafety, ranking, ranking_with_safety, shows_examples_to
from pool.steering.forms import SteeredFilter
from pool.steering.queries import (
    ENDED_STEPS,
    OPEN_STEPS,
    Counts,
    counts_for,
    next_sitting,
    steered_projects,
)

RANKS_ON_A_PAGE = 20
ROWS_ON_A_PAGE = 50
HEAD_OF_RANKING = 5


def _list_address(**parameters: str | list[str]) -> str:
    return f"{reverse('steering:projects')}?{urlencode(parameters, doseq=True)}"


@require_safe
@room_required("lenkungsgruppe")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Show where the projects stand, by step and field, and the head of the ranking."""
    counts = counts_for(request.user)
    order = ranking(include_examples=shows_examples_to(request.user), with_apart=False)
    shows_sittings = may_open(request.user, "sitzungen")
    context = {
        "counts": counts,
        "waiting": counts.of(Step.ASSESSED),
        "running": counts.of(Step.RUNNING),
        "figures": _figures(counts),
        "step_rows": _step_rows(counts, OPEN_STEPS),
        "ended_rows": _step_rows(counts, ENDED_STEPS),
        "field_rows": [
            {
                "label": field.name,
                "value": field.count,
                "href": _list_address(handlungsfeld=field.slug),
            }
            for field in counts.by_field
        ],
        "sentences": _sentences(counts),
        "head": order.entries[:HEAD_OF_RANKING],
        "ranked_total": len(order.entries),
        "order": order,
        "sitting": next_sitting(request.user) if shows_sittings else None,
        "shows_sittings": shows_sittings,
        "today": clock.today(),
    }
    return render(request, "steering/dashboard.html", context)


def _figures(counts: Counts) -> list[dict[str, object]]:
    parts = [
        (_("warten auf einen Beschluss"), (Step.ASSESSED,), reverse("steering:ranking")),
        (_("im Pool, noch nicht bewertet"), (Step.POOLED,), ""),
        (_("in Umsetzung"), (Step.RUNNING,), ""),
        (_("abgeschlossen"), (Step.COMPLETED,), ""),
    ]
    return [
        {
            "label": label,
            "value": counts.of(*steps),
            "href": href or _list_address(schritt=[step.value for step in steps]),
        }
        for label, steps, href in parts
    ]


def _sentences(counts: Counts) -> dict[str, str]:
    """Return the finding of each chart in words."""
    waiting, ended = counts.of(Step.ASSESSED), counts.of(*ENDED_STEPS)
    steps = _("Von {open} offenen Vorhaben sind {running} in Umsetzung; {waiting} warten auf die Lenkungsgruppe (rot).")
    most = max((field.count for field in counts.by_field), default=0)
    leading = [field.name for field in counts.by_field if field.count == most]
    return {
        "steps": steps.format(open=counts.of(*OPEN_STEPS), running=counts.of(Step.RUNNING), waiting=waiting),
        "fields": ngettext(
            "{names} steht mit {most} von {total} Vorhaben vorn.",
            "{names} stehen mit je {most} von {total} Vorhaben vorn.",
            len(leading),
        ).format(names=_(" und ").join(f"„{name}“" for name in leading), most=most, total=counts.total)
        if leading
        else "",
        "ended": _("{completed} von {ended} Vorhaben, die zu Ende sind, wurden abgeschlossen.").format(
            completed=counts.of(Step.COMPLETED), ended=ended
        ),
    }


def _step_rows(counts: Counts, steps: tuple[Step, ...]) -> list[dict[str, object]]:
    return [
        {
            "label": str(step.label),
            "value": counts.by_step[step],
            "href": _list_address(schritt=step.value),
            "hot": step == Step.ASSESSED and counts.by_step[step] > 0,
        }
        for step in steps
        if counts.by_step[step] or step in OPEN_STEPS[2:]
    ]


@require_safe
@room_required("lenkungsgruppe")
def ranking_page(request: SignedInRequest) -> HttpResponse:
    """Show the ranking; every rank explains itself."""
    safe = ranking_with_safety(
        include_examples=shows_examples_to(request.user),
        readable=visible_projects(request.user),
        with_opinions=may_open(request.user, "sitzungen"),
    )
    order = safe.order
    page = Paginator(order.entries, RANKS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "order": order,
        "page": page,
        "rows": ranking_rows(order, range(max(page.start_index() - 1, 0), page.end_index()), safe=safe),
        "weightings": safe.safeties[0].total if safe.safeties else 0,
        "with_opinions": may_open(request.user, "sitzungen"),
        "explains_here": False,
        "outscoring": sum(entry.ranked.outscores_class for entry in order.entries),
        "reads_cases": may_open(request.user, "ideen"),
    }
    return render(request, "steering/ranking.html", context)


@require_safe
@room_required("lenkungsgruppe")
def place(request: SignedInRequest, pool_number: int) -> HttpResponse:
    """Explain one rank to the end: contributions, reasons of record, neighbours."""
    safe = ranking_with_safety(
        include_examples=shows_examples_to(request.user),
        with_apart=False,
        with_opinions=may_open(request.user, "sitzungen"),
    )
    order = safe.order
    numbers = [entry.project.pool_number for entry in order.entries]
    if pool_number not in numbers:
        raise Http404(_("Dieses Vorhaben hat keinen Platz in der Rangliste."))
    index = numbers.index(pool_number)
    row = ranking_rows(order, [index], safe=safe)[0]
    context = {**row, "order": order, "reads_cases": may_open(request.user, "ideen")}
    context["group_ranks"] = _group_ranks(safe, index)
    return render(request, "steering/place.html", context)


def ranking_rows(
    order: Ranking,
    places: Sequence[int],
    visible: Set[int] | None = None,
    safe: RankingWithSafety | None = None,
) -> list[dict[str, object]]:
    """Return the entries at `places` with their neighbours and the heads of the two groups.

    With `visible`, neighbours outside it are not told, only that there are some. With `safe`, each entry is explained,
    and the first of a group of practically tied ones names the first and last rank of the group.
    """
    rows: list[dict[str, object]] = []
    was_inside = None
    for index in places:
        entry = order.entries[index]
        inside = bool(entry.ranked.criteria.priority_class)
        beside = [place for place in (index - 1, index + 1) if 0 <= place < len(order.entries)]
        shown = {place: order.entries[place] for place in beside if visible is None or place in visible}
        rows.append(
            {
                "entry": entry,
                "upper": shown.get(index - 1),
                "lower": shown.get(index + 1),
                "hides_neighbours": len(shown) < len(beside),
                "opens_class": inside and was_inside is None,
                "opens_others": not inside and was_inside is not False,
                "explained": safe.explained(index) if safe else None,
                "tie": _tie_that_opens(safe, index, is_first=index == places[0]) if safe else None,
            }
        )
        was_inside = inside
    return rows


def _tie_that_opens(safe: RankingWithSafety, place: int, *, is_first: bool) -> tuple[int, int] | None:
    """Return the first and last rank of the group that begins at `place`, or goes on at the head of a page.

    Those that merely share one rank say so themselves.
    """
    opens = is_first or not any(place in group and place != group[0] for group in safe.groups)
    return _group_ranks(safe, place) if opens else None


def _group_ranks(safe: RankingWithSafety, place: int) -> tuple[int, int] | None:
    """Return the first and last rank of the practically tied neighbours around `place`, None where there are none."""
    group = next((group for group in safe.groups if place in group), None)
    if group is None:
        return None
    entries = safe.order.entries
    first, last = entries[group[0]].ranked.rank, entries[group[-1]].ranked.rank
    return (first, last) if first != last else None


@require_safe
@room_required("lenkungsgruppe")
def projects(request: SignedInRequest) -> HttpResponse:
    """List exactly the projects behind a figure."""
    rows = steered_projects(request.user).select_related("lead_handlungsfeld", "lead_unit")
    filters = SteeredFilter(request.GET, queryset=rows.order_by("title", "pk"))
    known = set(filters.filters) | {"page"}
    page = Paginator(filters.qs, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": filters,
        "page": page,
        "crumbs": [(_("Lagebild"), reverse("steering:dashboard")), (_("Vorhaben"), "")],
        "ignored": sorted({name for name in request.GET if name not in known})[:5],
        "has_wrong_value": not filters.is_valid() or request.GET.get("page", str(page.number)) != str(page.number),
        "reads_cases": may_open(request.user, "ideen"),
    }
    return render(request, "steering/projects.html", context)
