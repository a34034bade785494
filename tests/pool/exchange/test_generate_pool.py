"""A synthetic pool: the same seed gives the same pool, in every step, marked, and gone with the examples."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from pool.exchange.removal import remove_examples
from pool.exchange.synthetic import generate_pool
from pool.lifecycle import ProcedureError
from pool.models import Project, Rating
from pool.priority.queries import ranking

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame() -> None:
    call_command("load_frame", verbosity=0)


def picture() -> list[tuple[object, ...]]:
    """Everything that the seed decides, in the order of the keys."""
    projects = Project.objects.order_by("pk").values_list(
        "pk", "title", "step", "step_since", "pool_number", "lead_unit__code", "need_links__handlungsbedarf__code"
    )
    ratings = Rating.objects.order_by("project").values_list("project", "vernetzung", "effect_inward", "synergien")
    return [*projects, *ratings]


def test_the_same_seed_gives_the_same_pool(frame: None) -> None:
    assert generate_pool(projects=60, seed=7) == 60
    first = picture()
    remove_examples()
    generate_pool(projects=60, seed=7)
    assert picture() == first
    remove_examples()
    generate_pool(projects=60, seed=8)
    assert picture() != first


def test_a_second_run_adds_only_what_is_missing(frame: None) -> None:
    generate_pool(projects=20, seed=7)
    assert generate_pool(projects=30, seed=7) == 10
    assert generate_pool(projects=30, seed=7) == 0
    assert Project.objects.count() == 30


def test_a_hundred_stand_in_every_step_and_are_all_marked(frame: None) -> None:
    generate_pool(projects=100, seed=1)
    steps = Counter(Project.objects.values_list("step", flat=True))
    assert steps == {
        "draft": 5, "submitted": 8, "returned": 4, "rejected": 5, "pooled": 12, "assessed": 28, "deferred": 4,
        "declined": 4, "commissioned": 6, "running": 12, "completed": 10, "stopped": 2,
    }  # fmt: skip
    assert not Project.objects.filter(is_example=False).exists()
    order = ranking(include_examples=True)
    assert (len(order.entries), len(order.unrated), len(order.deferred)) == (28, 12, 4)


def test_refused_without_the_frame_and_for_odd_numbers(db: None) -> None:
    with pytest.raises(ProcedureError, match="load_frame"):
        generate_pool(projects=1, seed=1)
    for projects in (0, -1, 10**9):
        with pytest.raises(CommandError, match="zwischen 1 und"):
            call_command("generate_pool", projects=projects, seed=1)


def test_never_in_a_real_portal(settings) -> None:  # type: ignore[no-untyped-def]
    settings.LOCAL = False
    with pytest.raises(CommandError, match="echtes Portal"):
        call_command("generate_pool", projects=1, seed=1)
