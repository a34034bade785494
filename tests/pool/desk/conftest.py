"""The desk as people meet it: signed-in browsers of the CDO, the deputy, those who run the portal, and others."""

from collections.abc import Callable

import pytest
from django.test import Client

from governance.organisation.models import User
from pool.project.models import Project
from tests.factories import body, employed_in, held_by, mandate, project_at, unit, user_with

BACKEND = "governance.organisation.backends.AccountBackend"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def cdo(db) -> User:
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.fixture
def deputy(cdo) -> User:
    return user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate("cdo", deputy_for=held_by(cdo, "cdo")))


@pytest.fixture
def operator(db) -> User:
    return user_with(mandate("operator"), username="betrieb")


@pytest.fixture
def others(db) -> dict[str, User]:
    """People for whom the desk stays closed."""
    return {
        "employee": user_with(employed_in(unit("amt-50"))),
        "chair": user_with(employed_in(unit("amt-61")), mandate("chair", body=body())),
        "former_cdo": user_with(employed_in(unit("amt-61")), mandate("cdo", last_day=-1)),
    }


@pytest.fixture
def desk(cdo) -> Client:
    return browser(cdo)


@pytest.fixture
def page() -> Callable[[Project, str], str]:
    """Return the address of one of a project's pages: `page(project, "pruefung")`."""
    return lambda project, name: f"/admin/pool/project/{project.pk}/{name}/"


@pytest.fixture
def idea(db) -> Project:
    return project_at("submitted", title="Digitale Sprechstunde")
