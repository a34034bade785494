"""Around the ranking: other weights tried out, and what moved since a sitting. Both read, neither stores anything."""

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.permissions import may_open
from pool.decision.earlier import frozen_forms, standing_in, standing_of
from pool.decision.models import FrozenForm
from pool.decision.queries import order_before
from pool.priority.moved import Standing, moved
from pool.priority.queries import RankedProject, Ranking, ranking, shows_examples_to
from pool.priority.rules import Ranked, ranked
from pool.project.models import Project
from pool.steering.ranking_forms import PeriodForm, WhatIfForm

ROWS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A project's place under other weights, beside today's."""

    entry: RankedProject
    now: Ranked

    @property
    def places(self) -> int:
        """By how many places it would move; negative is towards the top."""
        return self.now.rank - self.entry.ranked.rank

    @property
    def changes_class(self) -> bool:
        """Tell whether it would enter or leave the priority class."""
        return self.now.criteria.priority_class != self.entry.ranked.criteria.priority_class


def other_places(order: Ranking, form: WhatIfForm) -> list[OtherPlace]:
    """Return every ranked project under the weights of a valid form, in their order."""
    by_id = {entry.ranked.candidate.project_id: entry for entry in order.entries}
    candidates = [entry.ranked.candidate for entry in order.entries]
    rows = ranked(candidates, form.weights(), form.cleaned_data["ab"])
    return [OtherPlace(by_id[row.candidate.project_id], row) for row in rows]


@require_safe
@room_required("lenkungsgruppe")
def what_if(request: SignedInRequest) -> HttpResponse:
    """Show the ranking under the weights of the address: exact, and nothing is saved."""
    order = ranking(include_examples=shows_examples_to(request.user), with_apart=False)
    form = WhatIfForm(request.GET, rule=order.rule)
    rows = other_places(order, form) if form.is_valid() else []
    context = {
        "form": form,
        "order": order,
        "page": Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "moved": sum(row.places != 0 for row in rows),
        "crumbs": [(_("Rangliste"), reverse("steering:ranking")), (_("Was wäre, wenn"), "")],
    }
    return render(request, "steering/what_if.html", context)


@require_safe
@room_required("lenkungsgruppe")
def movement(request: SignedInRequest) -> HttpResponse:
    """Show what moved in the ranking since a closed sitting, until another one or today, and why."""
    asked = [int(value) for value in (request.GET.get("seit"), request.GET.get("bis")) if value and _is_key(value)]
    forms_frozen = list(frozen_forms(request.user, asked))
    given = {"seit": request.GET.get("seit") or (str(forms_frozen[0].sitting_id) if forms_frozen else "")}
    form = PeriodForm(given | {"bis": request.GET.get("bis", "")}, forms_frozen=forms_frozen)
    by_key = {str(each.sitting_id): each for each in forms_frozen}
    context = {
        "form": form,
        "has_sittings": bool(forms_frozen),
        "reads_cases": may_open(request.user, "ideen"),
        "crumbs": [(_("Rangliste"), reverse("steering:ranking")), (_("Was sich bewegt hat"), "")],
    }
    if forms_frozen and form.is_valid() and form.cleaned_data["seit"]:
        since, until = by_key[form.cleaned_data["seit"]], by_key.get(form.cleaned_data["bis"])
        context |= _compared(request, since, until)
    return render(request, "steering/movement.html", context)


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _compared(request: SignedInRequest, since: FrozenForm, until: FrozenForm | None) -> dict[str, object]:
    """Return both ends and what moved between them; a real sitting is compared with real ones, an example with
    examples."""
    if until is not None and (until.is_example != since.is_example or until.pk <= since.pk):
        return {"cannot_compare": True}
    before = standing_in(since.read_content)  # type: ignore[attr-defined]
    if until is not None:
        after = standing_in(until.read_content)  # type: ignore[attr-defined]
    else:
        after = standing_of(order_before(is_example=since.is_example, with_apart=False))
    rows = moved(before, after)
    numbers = {each.project_id: each.pool_number for each in (*before.candidates, *after.candidates)}
    projects = Project.objects.visible_to(request.user).in_bulk([UUID(row.project_id) for row in rows])
    return {
        "since": since,
        "until": until,
        "rule_words": _rule_words(before, after),
        "rows": [
            {
                "moved": row,
                "project": projects.get(UUID(row.project_id)),
                "pool_number": numbers[row.project_id],
            }
            for row in rows
        ],
        "stayed": len({each.project_id for each in after.candidates} - {row.project_id for row in rows}),
    }


def _rule_words(before: Standing, after: Standing) -> str:
    """Say what is new in the rule, or nothing."""
    if before.weights == after.weights and before.threshold == after.threshold:
        return ""
    if before.weights == after.weights:
        return _("Vorrangklasse ab Wirkung {new} statt {old}").format(new=after.threshold, old=before.threshold)
    return _("Gewichte {new} statt {old}").format(
        new=" / ".join(str(part) for part in after.weights.by_degree().values()),
        old=" / ".join(str(part) for part in before.weights.by_degree().values()),
    )
