"""A city that listens: the CDO, a released project, a Handlungsfeld, and a person who fills in forms by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from governance import public_forms
from governance.mandates.rules import Role
from governance.models import User
from governance.record import clock
from pool.project.models import Project
from pool.publication.actions import release
from tests.factories import (
    edition_2022,
    employed_in,
    handlungsbedarf,
    handlungsfeld,
    mandate,
    project_at,
    unit,
    user_with,
)
from tests.forms import form_with
from tests.pool.publication.publishing import consented, written


@pytest.fixture(autouse=True)
def _time_to_read(monkeypatch) -> None:
    """Tests send as soon as they have read; a test of the bound itself sets it again."""
    monkeypatch.setattr(public_forms, "SOONEST", timedelta(0))


@pytest.fixture
def cdo(db) -> User:
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def project(cdo) -> Project:
    edition_2022()
    handlungsbedarf(handlungsfeld())
    made = project_at("running", title="Termine online")
    # A minute ago, so that what a test does now is later.
    with clock.played(clock.now() - timedelta(minutes=1)):
        release(text=consented(written(made, cdo, title="Termine online"), cdo), by=cdo)
    made.refresh_from_db()
    return made


@pytest.fixture
def send(client) -> Callable[..., HttpResponse]:
    """`send(address, field, **typed)`: open a page, fill in its form as a browser would, send it."""

    def sent(address: str, field: str, browser: Client | None = None, **typed: object) -> HttpResponse:
        browser = browser or client
        page = browser.get(address)
        assert page.status_code == 200, address
        return browser.post(address, form_with(page, field) | typed)

    return sent
