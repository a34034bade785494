"""Who stands at the gate: the CDO, the deputy, and a submitted idea with everything that admit demands."""

import pytest

from governance.organisation.models import User
from pool.project.models import Project
from tests.factories import employed_in, mandate, project_at, unit, user_with


@pytest.fixture
def cdo(db) -> User:
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.fixture
def submitter(db) -> User:
    return user_with(employed_in(unit("amt-61")), username="idee")


@pytest.fixture
def idea(submitter) -> Project:
    return project_at("submitted", submitter=submitter)
