"""A Lenkungsgruppe with its CDO, both with deputies, and the sittings it holds."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from governance.mandates.models import Body
from governance.mandates.rules import Role
from governance.organisation.models import User
from governance.record import clock
from pool.decision.actions import confirm, open_sitting, put_on_list, record_outcome
from pool.decision.models import Sitting, SittingItem
from pool.lifecycle import Step
from pool.project.models import Project
from tests.factories import body, edition_2022, employed_in, held_by, mandate, project_at, unit, user_with

# What an outcome needs at least, by outcome.
NEEDS = {
    "commission": {"funding": "secured", "council_matter": "nein", "unit_consent": "Leitung Bürgeramt, 02.03.2026"},
    "decline": {"reason": "Zu wenig Wirkung."},
    "reopen_gate": {"reason": "Ein zweites Amt ist dazugekommen."},
    "stop": {"reason": "Die Förderung entfällt.", "lesson": "Erst die Förderung, dann das Vorhaben."},
    "reconsider": {"reason": "Die Lage hat sich geändert."},
}


@dataclass(frozen=True)
class Group:
    """Who acts in these tests."""

    body: Body
    cdo: User
    cdo_deputy: User
    chair: User
    chair_deputy: User
    member: User


def make_group(*, is_demo: bool = False, prefix: str = "") -> Group:
    """Write a Lenkungsgruppe with its CDO; none of them is employed in the lead office amt-33."""
    edition_2022()
    group = body()
    konzern = unit("konzern", "group")

    def person(name: str, place: str, *given: object) -> User:
        office = unit(place, "stabsstelle", konzern)
        return user_with(employed_in(office), *given, username=f"{prefix}{name}", is_demo=is_demo)

    cdo = person("cdo", "stab-mainzdigital", mandate(Role.CDO))
    chair = person("vorsitz", "stab-buero-ob", mandate(Role.CHAIR, body=group))
    return Group(
        body=group,
        cdo=cdo,
        cdo_deputy=person("cdo-vertretung", "kdz", mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO))),
        chair=chair,
        chair_deputy=person(
            "vertretung", "amt-20", mandate(Role.CHAIR, body=group, deputy_for=held_by(chair, Role.CHAIR))
        ),
        member=person("mitglied", "amt-50", mandate(Role.MEMBER, body=group)),
    )


@pytest.fixture
def group(db) -> Group:
    return make_group()


@pytest.fixture
def today() -> date:
    return clock.today()


@pytest.fixture
def sitting(group: Group, today: date) -> Sitting:
    return open_sitting(body=group.body, day=today, place="14 Uhr, Stadthaus", by=group.cdo)


@pytest.fixture
def listed(group: Group, sitting: Sitting) -> SittingItem:
    """An assessed project on the list."""
    return put_on_list(sitting=sitting, project=project_at(Step.ASSESSED), by=group.cdo)


def recorded(group: Group, item: SittingItem, outcome: str = "commission", **values: object) -> SittingItem:
    """Record an outcome with what it needs at least."""
    given = {"text": "Die Lenkungsgruppe beschließt.", "reason": "", **NEEDS.get(outcome, {}), **values}
    if outcome == "defer":
        given.setdefault("look_again_on", clock.today() + timedelta(days=90))
    return record_outcome(item=item, outcome=outcome, by=group.cdo, **given)


def confirmed(group: Group, item: SittingItem, outcome: str = "commission", **values: object) -> SittingItem:
    """Record an outcome and confirm it."""
    return confirm(item=recorded(group, item, outcome, **values), by=group.chair)


def on_list(group: Group, sitting: Sitting, step: Step = Step.ASSESSED, **values: object) -> SittingItem:
    """Put a project in a step on the list."""
    return put_on_list(sitting=sitting, project=project_at(step, **values), by=group.cdo)


def step_of(item: SittingItem) -> str:
    """Return the step of the item's project as the database has it."""
    return Project.objects.get(pk=item.project_id).step
