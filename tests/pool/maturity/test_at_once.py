"""Twenty people rate fifty projects at once: no duplicate, no lock error, every chain of the record whole."""

import sqlite3
import threading
from pathlib import Path

import pytest
from django.db import connection

from governance.mandates.rules import Role
from governance.models import User
from governance.record.queries import chain_breaks
from pool.maturity.actions import give_opinion
from pool.maturity.models import Opinion
from pool.project.models import Project
from tests.factories import LEVELS, employed_in, handlungsfeld, mandate, project_at, rubric_1, unit, user_with

PEOPLE, PROJECTS = 20, 50


def in_a_file(folder: Path) -> str:
    """Copy the test database from memory into a file, where SQLite lets a second writer wait as it does in life."""
    path = folder / "portal.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(path)
    connection.connection.backup(target)
    target.execute("PRAGMA journal_mode=WAL")  # as the portal's own file is since its first connection
    target.close()
    return str(path)


def use(path: str) -> None:
    """Let this thread's connection work on the copy."""
    if path:
        connection.settings_dict = {**connection.settings_dict, "NAME": path}


@pytest.mark.django_db(transaction=True)
def test_twenty_people_rating_fifty_projects_leave_no_duplicate_and_no_lock_error(tmp_path):
    field, rubric = handlungsfeld("DV"), rubric_1()
    submitter = user_with(employed_in(unit("amt-61")))
    projects = [project_at("pooled", field=field, submitter=submitter).pk for _ in range(PROJECTS)]
    place = employed_in(unit("stab-a", "stabsstelle"))
    people = [user_with(place, mandate(Role.COORDINATOR, handlungsfeld=field)).pk for _ in range(PEOPLE)]
    path = in_a_file(tmp_path) if connection.vendor == "sqlite" else ""
    failures: list[str] = []
    ready = threading.Barrier(PEOPLE)

    def rate_all(number: int, key: int) -> None:
        use(path)
        try:
            ready.wait(timeout=60)
            own = projects[number:] + projects[:number]
            by = User.objects.get(pk=key)
            for project in own:
                give_opinion(
                    project=Project(pk=project),
                    levels=LEVELS,
                    reasons=dict.fromkeys(LEVELS, "Weil es so ist."),
                    by=by,
                    rubric=rubric,
                )
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    found: dict[str, object] = {}

    def look() -> None:
        use(path)
        rows = Opinion.objects.filter(is_current=True)
        found.update(
            rows=Opinion.objects.count(),
            different=rows.values_list("project", "round", "person").distinct().count(),
            broken=list(chain_breaks()),
        )
        connection.close()

    for work in (
        [threading.Thread(target=rate_all, args=pair) for pair in enumerate(people)],
        [threading.Thread(target=look)],
    ):
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(timeout=300)
    assert failures == []
    assert found == {"rows": PEOPLE * PROJECTS, "different": PEOPLE * PROJECTS, "broken": []}


@pytest.mark.django_db(transaction=True)
def test_the_same_opinion_sent_many_times_at_once_is_kept_once(tmp_path):
    field, rubric = handlungsfeld("DV"), rubric_1()
    project = project_at("pooled", field=field)
    person = user_with(employed_in(unit("stab-a", "stabsstelle")), mandate(Role.COORDINATOR, handlungsfeld=field))
    path = in_a_file(tmp_path) if connection.vendor == "sqlite" else ""
    failures: list[str] = []
    counted: list[int] = []
    ready = threading.Barrier(6)

    def send() -> None:
        use(path)
        try:
            ready.wait(timeout=60)
            give_opinion(
                project=project,
                levels=LEVELS,
                reasons=dict.fromkeys(LEVELS, "Weil es so ist."),
                by=User.objects.get(pk=person.pk),
                rubric=rubric,
            )
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    def count() -> None:
        use(path)
        counted.append(Opinion.objects.count())
        connection.close()

    for work in ([threading.Thread(target=send) for _ in range(6)], [threading.Thread(target=count)]):
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(timeout=120)
    assert (failures, counted) == ([], [1])
