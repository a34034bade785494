"""Two people at once: one sitting closes once."""

import threading

import pytest
from django.db import OperationalError, connection

from pool.decision.actions import close_sitting, open_sitting
from pool.decision.models import FrozenForm, Sitting
from pool.lifecycle import ProcedureError, Step
from pool.project.models import Transition
from tests.factories import body
from tests.pool.decision.conftest import confirmed, make_group, on_list, step_of


@pytest.mark.django_db(transaction=True)
def test_two_closers_close_once(today):
    group = make_group()
    sitting = open_sitting(body=body(), day=today, place="", by=group.cdo)
    item = confirmed(group, on_list(group, sitting))
    seen = Sitting.objects.get(pk=sitting.pk).version
    results: list[str] = []
    ready = threading.Barrier(2)

    def close() -> None:
        try:
            ready.wait(timeout=20)
            close_sitting(sitting=Sitting.objects.get(pk=sitting.pk), by=group.chair, version=seen)
            results.append("closed")
        except ProcedureError:
            results.append("refused")
        except OperationalError:
            # SQLite in memory answers a second writer at once instead of letting it wait.
            results.append("refused" if connection.vendor == "sqlite" else "failed")
        finally:
            connection.close()

    closers = [threading.Thread(target=close) for _ in range(2)]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join(timeout=60)
    assert sorted(results) == ["closed", "refused"]
    assert FrozenForm.objects.count() == 1
    assert Transition.objects.filter(project=item.project, act="commission").count() == 1
    assert step_of(item) == Step.COMMISSIONED
