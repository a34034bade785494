"""Accounts and units at the desk of those who run the portal."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from governance.models import Entry, OrganisationUnit, User
from governance.organisation.actions import change_account, change_unit
from tests.factories import PASSWORD, employed_in, mandate, unit, user_with
from tests.forms import form_with

USERS, UNITS = "/admin/governance/user/", "/admin/governance/organisationunit/"
NEW = {"username": "neu", "first_name": "Nina", "last_name": "Neu", "is_active": "on", "password": PASSWORD}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="governance.organisation.backends.AccountBackend")
    return client


def send(client, address, **sent):
    """Send the form of a page as it was just seen."""
    return client.post(address, {"seen": client.get(address).context["form"]["seen"].value()} | sent)


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
    send(browser(operator), f"{USERS}{user.pk}/change/", **sent)
    user.refresh_from_db()
    assert (user.first_name, user.username, user.check_password("Dom-Sandstein-Rot")) == ("Anna", "alt", True)
    send(browser(operator), f"{USERS}{user.pk}/change/", **sent | {"password": "", "is_active": ""})
    user.refresh_from_db()
    assert (user.is_active, user.check_password("Dom-Sandstein-Rot")) == (False, True)


def test_rel02_an_account_changed_meanwhile_is_not_overwritten_unseen(operator):
    """The second one to save sees what stands now beside what she typed; sent again, hers is written."""
    user, client = user_with(username="alt", first_name="Anna"), browser(operator)
    address = f"{USERS}{user.pk}/change/"
    sent: dict = form_with(client.get(address), "first_name")
    User.objects.filter(pk=user.pk).update(is_active=False, email="neu@stadt.mainz.de")
    refused = client.post(address, sent | {"first_name": "Annegret"})
    shown = refused.content.decode()
    assert refused.status_code == 422
    for said in ("inzwischen geändert", "Annegret", "neu@stadt.mainz.de", "Konto ist offen“: nein"):
        assert said in shown, said
    user.refresh_from_db()
    assert (user.first_name, user.is_active) == ("Anna", False)
    assert client.post(address, form_with(refused, "first_name")).status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Annegret"


def test_rel02_what_was_read_before_another_change_is_not_written(operator):
    """Between reading and writing stands the lock: the action itself compares."""
    seen = User.objects.get(pk=user_with(username="alt").pk)
    User.objects.filter(pk=seen.pk).update(last_name="Neu")
    with pytest.raises(ValidationError, match="inzwischen geändert"):
        change_account(user=seen, values={"first_name": "A"}, by=operator)
    place = unit("amt-7")
    OrganisationUnit.objects.filter(pk=place.pk).update(number="7")
    with pytest.raises(ValidationError, match="inzwischen geändert"):
        change_unit(unit=place, values={"name": "Amt sieben"}, successors=[], by=operator)


def test_rel02_a_unit_changed_meanwhile_is_not_overwritten_unseen(operator):
    place, heir, client = unit("amt-7"), unit("amt-8"), browser(operator)
    address = f"{UNITS}{place.pk}/change/"
    sent: dict = form_with(client.get(address), "name")
    place.successors.add(heir)
    refused = client.post(address, sent | {"name": "Amt sieben"})
    assert refused.status_code == 422
    assert f"Nachfolge“: {heir}" in refused.content.decode()
    assert "Amt sieben" in refused.content.decode()
    place.refresh_from_db()
    assert (place.name, list(place.successors.all())) == ("Stelle amt-7", [heir])


def test_nobody_closes_their_own_account(operator):
    sent = {"first_name": "B", "last_name": "B", "email": "", "is_active": "", "password": ""}
    response = send(browser(operator), f"{USERS}{operator.pk}/change/", **sent)
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
    send(client, f"{UNITS}{made.pk}/change/", **sent)
    made.refresh_from_db()
    assert (made.name, f"{made.valid_until}", list(made.successors.all())) == ("Amt neun", "2026-12-31", [heir])
    states = Entry.objects.filter(chain=f"unit:{made.pk}").order_by("number").values_list("to_state", flat=True)
    assert list(states) == ["added", "changed"]


def test_a_unit_never_stands_below_itself(operator):
    above = unit("amt-1")
    below = unit("abteilung-1", "abteilung", parent=above)
    response = send(browser(operator), f"{UNITS}{above.pk}/change/", name="A", kind="amt", parent=below.pk)
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
