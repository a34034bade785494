"""A small cast for the account pages: each with the mandates that open her first room."""

from datetime import date

import pytest

from governance.mandates.models import Body, Mandate
from governance.mandates.rules import Role
from governance.organisation.models import OrganisationUnit, User
from governance.record import clock
from governance.record.actions import actor_for, system_actor

PASSWORD = "Kirschgarten-Augustiner"


@pytest.fixture
def employ(db):
    """Make an account that holds a role since 2024."""

    def make(username: str, *roles: str, body: str = "", valid_until: date | None = None, **fields) -> User:
        user = User.objects.create_user(username, f"{username}@example.org", PASSWORD, **fields)
        for role in roles:
            Mandate.objects.create(
                person=actor_for(user),
                role=role,
                body=body_of(body) if role in (Role.CHAIR, Role.MEMBER) else None,
                unit=unit() if role == Role.EMPLOYEE else None,
                confidentiality_on=date(2024, 1, 2) if body == "beirat" else None,
                valid_from=date(2024, 1, 1),
                valid_until=valid_until,
                source="Verfügung vom 1. Januar 2024",
                granted_by=system_actor(),
                granted_at=clock.now(),
            )
        return user

    return make


def body_of(code: str) -> Body:
    return Body.objects.get_or_create(code=code, defaults={"kind": code, "name": code.title()})[0]


def unit() -> OrganisationUnit:
    return OrganisationUnit.objects.get_or_create(code="hauptamt", defaults={"name": "Hauptamt", "kind": "amt"})[0]
