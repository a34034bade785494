"""Earlier rankings, as closed sittings have frozen them, and today's, as values that can be compared."""

from collections.abc import Sequence

from django.db.models import Case, QuerySet, Subquery, TextField, Value, When

from governance.organisation.models import User
from pool.decision import frozen
from pool.decision.models import FrozenForm
from pool.lifecycle import Step
from pool.priority.moved import Standing
from pool.priority.queries import Ranking, shows_examples_to, weights_of
from pool.priority.rules import Candidate, Levels, Weights


def frozen_forms(user: User, chosen: Sequence[int]) -> QuerySet[FrozenForm]:
    """Return the frozen forms a person may compare, the latest first, with the text of those sittings in `chosen` only
    as `read_content`; of none chosen that of the latest. One query, however long the texts are.
    """
    rows = FrozenForm.objects.select_related("sitting__body").order_by("-sitting__day", "-pk")
    if not shows_examples_to(user):
        rows = rows.filter(is_example=False)
    wanted = When(sitting__in=chosen, then="content")
    if not chosen:
        wanted = When(pk=Subquery(rows.values("pk")[:1]), then="content")
    return rows.defer("content").annotate(read_content=Case(wanted, default=Value(""), output_field=TextField()))


def standing_in(content: str) -> Standing:
    """Return the ranking a frozen form of any format holds. Raises ValueError where it is none."""
    form = frozen.read(content)
    candidates = tuple(
        Candidate(
            project_id=place["project"],
            pool_number=place["pool_number"],
            levels=Levels(**place["levels"]),
            mark_states=tuple(place["marks"].values()),
        )
        for place in form["ranked"]
    )
    apart = dict.fromkeys(form["deferred"], Step.DEFERRED.value) | dict.fromkeys(form["unrated"], Step.POOLED.value)
    return Standing(candidates, Weights(**form["weights"]), form["effect_threshold"], apart)


def standing_of(order: Ranking) -> Standing:
    """Return a ranking of today as values."""
    candidates = tuple(entry.ranked.candidate for entry in order.entries)
    return Standing(candidates, weights_of(order.rule), order.rule.effect_threshold)
