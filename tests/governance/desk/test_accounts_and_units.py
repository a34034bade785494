"""Accounts and units at the desk of those who run the portal."""

import pytest
from django.test import Client

from governance.models import Entry, OrganisationUnit, User
from tests.factories import PASSWORD, employed_in, mandate, unit, user_with

USERS, UNITS = "/admin/governance/user/", "/admin/governance/organisationunit/"
NEW = {"username": "neu", "first_name": "Nina", "last_name": "Neu", "is_active": "on", "password": PASSWORD}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="governance.organisation.backends.AccountBackend")
    return client


@pytest.fixture
def operator(db):
    return user_with(mandate("operator"), username="betrieb")


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


def test_an_account_is_opened_without_any_right(operator):
    response = browser(operator).post(f"{USERS}add/", NEW | {"is_superuser": "on", "is_staff": "on", "is_demo": "on"})
    assert response.headers["Location"] == USERS
    user = User.objects.get(username="neu")
    assert (user.is_superuser, user.is_staff, user.is_demo) == (False, False, False)
    assert user.check_password(PASSWORD)
    assert not user.actor_person.actor.mandates.exists()
    assert Entry.objects.filter(chain=f"mandates:{user.actor_person.actor_id}", to_state="created").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "kurz"}, "password"),
        ({"password": "123456789012345"}, "password"),
        ({"password": ""}, "password"),
        ({"username": "betrieb"}, "username"),
        ({"username": "\u200b"}, "username"),
        ({"username": "a b"}, "username"),
        ({"email": "keine"}, "email"),
        ({"first_name": "x" * 151}, "first_name"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_the_rest_stays(operator, wrong, field):
    response = browser(operator).post(f"{USERS}add/", NEW | wrong)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Nina" in response.content.decode() or field == "first_name"
    assert "<title>Fehler: Konto anlegen" in response.content.decode()
    assert not User.objects.filter(last_name="Neu").exists()


def test_an_account_is_changed_and_its_password_set(operator):
    user = user_with(username="alt")
    sent = {"first_name": "Anna", "last_name": "Alt", "email": "", "is_active": "on", "password": "Dom-Sandstein-Rot"}
    browser(operator).post(f"{USERS}{user.pk}/change/", sent)
    user.refresh_from_db()
    assert (user.first_name, user.username, user.check_password("Dom-Sandstein-Rot")) == ("Anna", "alt", True)
    browser(operator).post(f"{USERS}{user.pk}/change/", sent | {"password": "", "is_active": ""})
    user.refresh_from_db()
    assert (user.is_active, user.check_password("Dom-Sandstein-Rot")) == (False, True)


def test_nobody_closes_their_own_account(operator):
    sent = {"first_name": "B", "last_name": "B", "email": "", "is_active": "", "password": ""}
    response = browser(operator).post(f"{USERS}{operator.pk}/change/", sent)
    assert list(response.context["form"].errors) == ["is_active"]
    operator.refresh_from_db()
    assert operator.is_active


def test_accounts_are_closed_to_the_cdo_and_to_a_superuser(cdo):
    for user in (cdo, user_with(is_superuser=True, is_staff=True)):
        client = browser(user)
        assert client.get(USERS).status_code == 403
        assert client.get(f"{USERS}add/").status_code == 403
        assert client.post(f"{USERS}add/", NEW).status_code == 403
        assert client.post(f"{USERS}{cdo.pk}/change/", NEW).status_code == 403
    assert not User.objects.filter(username="neu").exists()


def test_a_unit_is_added_renamed_and_ended_on_record(operator):
    client = browser(operator)
    client.post(f"{UNITS}add/", {"code": "amt-99", "name": "Amt 99", "kind": "amt"})
    made = OrganisationUnit.objects.get(code="amt-99")
    heir = unit("amt-98")
    sent = {"name": "Amt neun", "kind": "amt", "valid_until": "31.12.2026", "successors": [heir.pk]}
    client.post(f"{UNITS}{made.pk}/change/", sent)
    made.refresh_from_db()
    assert (made.name, f"{made.valid_until}", list(made.successors.all())) == ("Amt neun", "2026-12-31", [heir])
    states = Entry.objects.filter(chain=f"unit:{made.pk}").order_by("number").values_list("to_state", flat=True)
    assert list(states) == ["added", "changed"]


def test_a_unit_never_stands_below_itself(operator):
    above = unit("amt-1")
    below = unit("abteilung-1", "abteilung", parent=above)
    response = browser(operator).post(f"{UNITS}{above.pk}/change/", {"name": "A", "kind": "amt", "parent": below.pk})
    assert list(response.context["form"].errors) == ["parent"]
    above.refresh_from_db()
    assert above.parent is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "schloss"}, "kind"),
        ({"code": "Ämter 9"}, "code"),
        ({"code": "amt-1"}, "code"),
        ({"parent": "999999"}, "parent"),
        ({"valid_from": "gestern"}, "valid_from"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(operator, wrong, field):
    unit("amt-1")
    sent = {"code": "amt-99", "name": "Amt 99", "kind": "amt"} | wrong
    response = browser(operator).post(f"{UNITS}add/", sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not OrganisationUnit.objects.filter(code="amt-99").exists()


def test_the_cdo_reads_units_and_changes_none(cdo):
    place = unit("amt-1")
    client = browser(cdo)
    assert "Stelle amt-1" in client.get(UNITS).content.decode()
    text = client.get(f"{UNITS}{place.pk}/change/").content.decode()
    assert "Stelle speichern" not in text
    client.post(f"{UNITS}{place.pk}/change/", {"name": "Neu", "kind": "amt"})
    place.refresh_from_db()
    assert place.name == "Stelle amt-1"
    assert client.get(f"{UNITS}add/").status_code == 403
