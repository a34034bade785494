"""The accounts of the demonstration, with their mandates. Never in a real portal."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from governance.mandates.actions import enter_absence, grant_first_operator, grant_mandate
from governance.mandates.models import Absence, Body, Mandate
from governance.mandates.queries import cache_for_request
from governance.mandates.rules import Role
from governance.models import Handlungsfeld, OrganisationUnit, User
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.strategy.queries import edition_in_force

PASSWORD = "mainz-demo"  # noqa: S105 (it is printed on the sign-in page of the demonstration)
HOLDS_FROM = date(2024, 1, 1)
GRANTED_ON = date(2024, 1, 2)
YESTERDAY = "gestern"


def load_accounts(rows: Iterable[Mapping[str, Any]]) -> dict[str, User]:
    """Create the accounts that are missing and grant their mandates; return all of them by username.

    Call on a played clock. The first account holds the role Betrieb and grants the others theirs.
    """
    rows = list(rows)
    password = make_password(PASSWORD)
    people, new = {}, []
    for row in rows:
        user, is_new = _account(row, password)
        people[user.username] = user
        if is_new:
            new.append(row)
    for row in new:
        for mandate in row["mandates"]:
            _grant(people, people[row["username"]], mandate)
    for user in people.values():
        cache_for_request(user)  # nobody's mandates change within a day that is played
    return people


def load_absences(rows: Iterable[Mapping[str, Any]], people: Mapping[str, User], by: User) -> None:
    """Enter the absences of the examples that are missing. Call on a played clock."""
    for row in rows:
        person = people[row["person"]]
        if Absence.objects.filter(person=actor_for(person), first_day=row["first_day"]).exists():
            continue
        enter_absence(
            person=person,
            first_day=row["first_day"],
            last_day=row["last_day"],
            by=by,
            source="" if person == by else "Beispiel: Urlaubsplan",
        )


def _account(row: Mapping[str, Any], password: str) -> tuple[User, bool]:
    first_name, last_name = row["name"].split(" ", 1)
    signs_in = row.get("signs_in", True)
    user, is_new = User.objects.get_or_create(
        username=row["username"],
        defaults={
            "first_name": first_name,
            "last_name": last_name,
            "email": f"{row['username']}@example.org",
            "password": password if signs_in else make_password(None),
            "is_demo": True,
            "date_joined": clock.now(),
        },
    )
    if not user.is_demo:
        raise ValidationError(f"Das Konto „{user.username}“ gibt es schon, und es ist kein Beispielkonto.")
    return user, is_new


def _grant(people: Mapping[str, User], person: User, row: Mapping[str, Any]) -> None:
    if row["role"] == Role.OPERATOR:
        grant_first_operator(person=person, source=row["source"], by=system_actor())
        return
    edition = edition_in_force(clock.today())
    until = row.get("valid_until")
    grant_mandate(
        person=person,
        role=Role(row["role"]),
        source=row["source"],
        valid_from=row.get("valid_from", HOLDS_FROM),
        valid_until=clock.real_today() - timedelta(days=1) if until == YESTERDAY else until,
        body=Body.objects.get(code=row["body"]) if "body" in row else None,
        handlungsfeld=Handlungsfeld.objects.get(edition=edition, code=row["handlungsfeld"])
        if "handlungsfeld" in row
        else None,
        unit=OrganisationUnit.objects.get(code=row["unit"]) if "unit" in row else None,
        deputy_for=Mandate.objects.get(person__person__user=people[row["deputy_for"]], role=row["role"])
        if "deputy_for" in row
        else None,
        confidentiality_on=row.get("confidentiality_on"),
        by=people["betrieb"],
    )
