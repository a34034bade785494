"""Several people at once: ten parallel submits make one submission, two writers lose nothing, on both databases."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from pool.lifecycle import ProcedureError
from pool.project.models import Project
from pool.submission import actions
from pool.submission.models import SideText
from pool.submission.queries import stored_parts
from pool.submission.rules import mark_of
from pool.submission.writing import save_typed
from tests.factories import edition_2022, employed_in, handlungsfeld, join, unit, user_with

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], object]) -> list[str]:
    """Do all tasks in the same moment; return what became of each. A busy SQLite in memory is asked again."""
    results: list[str] = []
    ready, freed = threading.Barrier(len(tasks)), threading.Event()

    def run(task: Callable[[], object]) -> None:
        try:
            ready.wait(timeout=30)
            for _attempt in range(2000):
                try:
                    task()
                except OperationalError:
                    if connection.vendor != "sqlite":
                        raise
                    freed.wait(0.02)
                    freed.clear()
                    continue
                results.append("done")
                return
            results.append("never")
        except ProcedureError as refused:
            results.append(type(refused).__name__)
        finally:
            connection.close()
            freed.set()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(results)


@pytest.fixture
def idea(transactional_db: None) -> Project:
    edition_2022()
    author = user_with(employed_in(unit("amt-33")), username="autorin")
    project = actions.create_draft(
        by=author,
        title="Wartezeit am Schalter online sehen",
        short_text="Wer kommt, sieht vorher, wie lange es dauert.",
        problem="Niemand weiß, wann es leer ist.",
        benefit="Wege entfallen.",
        beneficiary="both",
        lead_handlungsfeld=handlungsfeld("DV"),
        lead_unit=unit("amt-33"),
        participation="Das Bürgeramt misst, die KDZ zeigt an.",
    )
    project.author = author
    return project


def test_ten_parallel_submits_make_one_submission(idea: Project) -> None:
    def submit() -> None:
        actions.submit(project=Project.objects.get(pk=idea.pk), by=idea.author, version=idea.version)

    results = at_once(*[submit] * 10)
    assert results.count("done") == 1, results
    assert set(results) <= {"done", "StaleVersion", "IllegalMove"}
    assert idea.transitions.count() == idea.text_versions.count() == 1


def test_ten_parallel_beginnings_make_one_idea(idea: Project) -> None:
    token = uuid4()
    results = at_once(
        *[lambda: actions.create_draft(by=idea.author, form_token=token, title="Dieselbe Seite, zehnmal gesendet")] * 10
    )
    assert results == ["done"] * 10
    assert Project.objects.filter(form_token=token).count() == 1


def test_two_people_saving_at_once_lose_nothing(idea: Project) -> None:
    colleague = user_with(employed_in(unit("amt-50")), username="kollege")
    join(idea, colleague, "co_author")
    seen = {name: mark_of(text) for name, text in stored_parts(idea).items()}
    texts = [f"Fassung {number}" for number in range(6)]

    def saving(number: int) -> Callable[[], object]:
        by = (idea.author, colleague)[number % 2]
        return lambda: save_typed(
            project=Project.objects.get(pk=idea.pk),
            by=by,
            values={"effort": texts[number]},
            links={},
            seen=seen,
            window=uuid4(),
        )

    assert at_once(*map(saving, range(6))) == ["done"] * 6
    idea.refresh_from_db()
    kept = [row.content["effort"] for row in SideText.objects.all()]
    assert sorted([idea.effort, *kept]) == texts
