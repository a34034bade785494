"""A city with something to publish: the CDO, and projects that are released the proper way."""

from collections.abc import Callable

import pytest

from governance.mandates.rules import Role
from governance.models import User
from governance.record import clock
from governance.record.actions import import_actor
from pool.project.models import Project
from pool.publication.actions import import_release, release
from tests.factories import employed_in, mandate, project_at, source, unit, user_with
from tests.pool.publication.publishing import PLAIN, consented, lay_the_frame, taken_over, written


@pytest.fixture
def cdo(db) -> User:
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def released(cdo) -> Callable[..., Project]:
    """`released("running", title="…")`: a project whose text the lead unit agreed to and the CDO released."""

    def make(step: str = "running", **values: object) -> Project:
        text_values = {
            name: values.pop(name)
            for name in (
                "short_text",
                "why",
                "learnt",
                "plain_text",
                "picture",
                "picture_alt",
                "picture_author",
                "picture_licence",
            )
            if name in values
        }
        project = project_at(step, **values)
        release(text=consented(written(project, cdo, **text_values), cdo), by=cdo)
        project.refresh_from_db()
        return project

    return make


@pytest.fixture
def imported(db) -> Callable[..., Project]:
    """A real project that was taken over by the import and released on its public source."""

    def make(step: str = "running", **values: object) -> Project:
        project = taken_over(step, created_by=import_actor(), **values)
        import_release(
            project=project,
            title=project.title,
            short_text=project.short_text,
            plain_text=PLAIN,
            source=source(),
            source_read_on=clock.today(),
        )
        return project

    return make


@pytest.fixture
def frame(db):
    """The strategy and the rule in force, as far as public pages show them."""
    return lay_the_frame()
