"""The ranking and the explanation of one place: read everything, write nothing."""

from collections.abc import Sequence, Set

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import may_open
from pool.permissions import visible_projects
from pool.priority.queries import Ranking, RankingWithSafety, ranking_with_safety, shows_examples_to

RANKS_ON_A_PAGE = 20


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
        with_reach=True,
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
