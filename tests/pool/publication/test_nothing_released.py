"""What is not released is nowhere: a project in each step, and every public page that a link leads to."""

import pytest
from django.test import Client

from pool.lifecycle import Step
from pool.project.models import Project
from tests.factories import class_mark, project_at
from tests.pool.publication.publishing import crawl, lay_the_frame
from tests.pool.publication.test_public_pages import PAGES, SECRET

pytestmark = pytest.mark.django_db
UNRELEASED = [step for step in Step if step != Step.MERGED]


@pytest.fixture(scope="module")
def nothing_released(module_db) -> dict[str, str]:
    """Every public page of a city that has a project in each step and has released none of them, by address."""
    lay_the_frame()
    for step in UNRELEASED:
        secret = f"{SECRET}-{step.value}-"
        project = project_at(step, title=secret, short_text=secret, problem=secret)
        class_mark(project, "leuchtturm", "confirmed")
        Project.objects.filter(pk=project.pk).update(slug=f"geheim-{step.value}")
    return crawl(Client())


@pytest.mark.parametrize("step", UNRELEASED, ids=lambda step: step.value)
def test_a_project_without_release_is_nowhere(client, nothing_released, step):
    assert client.get(f"/projekte/geheim-{step.value}/").status_code == 404
    assert [address for address, page in nothing_released.items() if f"{SECRET}-{step.value}-" in page] == []


def test_where_nothing_is_released_the_pages_say_so(nothing_released):
    assert set(PAGES) <= set(nothing_released)
    assert [address for address, page in nothing_released.items() if SECRET in page] == []
    assert "0 Projekte" in nothing_released["/projekte/"]
    assert "noch keines" in nothing_released["/"]
    assert "0 Projekte" in nothing_released["/strategie/"]
