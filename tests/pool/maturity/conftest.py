"""Those who rate a project of DV, led by the Bürgeramt: two coordinators, an asked expert, the CDO with a deputy."""

from dataclasses import dataclass

import pytest
from django.test import Client

from governance.mandates.rules import Role
from governance.organisation.models import User
from pool.project.models import Project
from tests.factories import (
    employed_in,
    handlungsbedarf,
    handlungsfeld,
    held_by,
    join,
    mandate,
    project_at,
    unit,
    user_with,
)


@dataclass(frozen=True)
class Raters:
    """Who rates, and who reads."""

    coordinator: User
    second: User  # of another Handlungsfeld that the project serves
    expert: User
    barred: User  # coordinates DV and works in the lead office
    cdo: User
    deputy: User


def make_raters(*projects: Project) -> Raters:
    """Write the people, none of them but `barred` employed in the lead office amt-33."""
    field, other = handlungsfeld("DV"), handlungsfeld("BZ")

    def person(name: str, place: str, *given: object) -> User:
        return user_with(employed_in(unit(place, "stabsstelle")), *given, username=name)

    cdo = person("cdo", "stab-mainzdigital", mandate(Role.CDO))
    made = Raters(
        coordinator=person("koordination", "stab-a", mandate(Role.COORDINATOR, handlungsfeld=field)),
        second=person("zweite", "stab-b", mandate(Role.COORDINATOR, handlungsfeld=other)),
        expert=person("gutachten", "stab-c"),
        barred=user_with(
            employed_in(unit("amt-33")), mandate(Role.COORDINATOR, handlungsfeld=field), username="eigene"
        ),
        cdo=cdo,
        deputy=person("vertretung", "kdz", mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO))),
    )
    for project in projects:
        join(project, made.expert, "expert")
    return made


@pytest.fixture
def project(db) -> Project:
    """A pooled project of DV that also serves a need of BZ."""
    made = project_at("pooled", field=handlungsfeld("DV"))
    made.need_links.create(handlungsbedarf=handlungsbedarf(handlungsfeld("BZ")))
    return made


@pytest.fixture
def raters(project) -> Raters:
    return make_raters(project)


def browser(user: User) -> Client:
    """Return a browser signed in as a person."""
    client = Client()
    client.force_login(user)
    return client
