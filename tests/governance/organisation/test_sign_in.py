"""Sign-in: to the room where the work is, without saying who has an account, and never to another host."""

from datetime import date

import pytest

from governance.mandates.rules import Role
from governance.organisation.models import User
from tests.governance.organisation.conftest import PASSWORD

WRONG = "Anmeldename oder Passwort stimmt nicht. Prüfen Sie beides, auch Groß- und Kleinschreibung."


def sign_in(client, username: str, password: str = PASSWORD, **fields):
    return client.post("/konto/login/", {"username": username, "password": password, **fields})


@pytest.mark.parametrize(
    ("roles", "body", "room"),
    [
        ([Role.EMPLOYEE, Role.CDO], "", "/admin/"),
        ([Role.OPERATOR], "", "/admin/"),
        ([Role.EMPLOYEE, Role.CHAIR], "lenkungsgruppe", "/lenkungsgruppe/"),
        ([Role.MEMBER], "beirat", "/lenkungsgruppe/"),
        ([Role.EMPLOYEE], "", "/ideen/"),
        ([], "", "/"),
    ],
)
def test_sign_in_leads_to_the_room_of_the_mandate(client, employ, roles, body, room):
    employ("erika", *roles, body=body)
    response = sign_in(client, "erika")
    assert (response.status_code, response.headers["Location"]) == (302, room)


def test_a_mandate_that_ended_opens_no_room(client, employ):
    employ("ehemalig", Role.EMPLOYEE, valid_until=date(2024, 6, 30))
    assert sign_in(client, "ehemalig").headers["Location"] == "/"


def test_sign_in_goes_on_where_the_visitor_wanted_to_go(client, employ):
    employ("erika", Role.EMPLOYEE)
    assert sign_in(client, "erika", next="/konto/abwesenheit/").headers["Location"] == "/konto/abwesenheit/"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "%2f%2fevil.example",
        " //evil.example",
        "/\t/evil.example",
        "/x\r\nLocation: //evil.example",
        "ftp://evil.example",
        "evil.example",
        "\x00//evil.example",
        "https://testserver@evil.example/",
        "//testserver.evil.example",
        "http://testserver:80@evil.example",
        "/\u2028/evil.example",
    ],
)
def test_sec15_sign_in_never_leads_to_another_host(client, employ, target):
    employ("erika", Role.EMPLOYEE)
    location = sign_in(client, "erika", next=target).headers["Location"]
    assert location.startswith("/") or not location.startswith(("//", "http", "javascript", "data", "ftp"))
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location
    assert "\n" not in location


def test_sec10_unknown_wrong_and_closed_read_the_same(client, employ, settings):
    employ("erika", Role.EMPLOYEE)
    employ("zu", Role.EMPLOYEE, is_active=False)
    pages = [sign_in(client, "niemand"), sign_in(client, "erika", "falsch-falsch-falsch"), sign_in(client, "zu")]
    for page in pages:
        assert page.status_code == 200
        assert WRONG in page.content.decode()
        assert "<title>Fehler: Anmelden" in " ".join(page.content.decode().split())
    assert not client.cookies.get(settings.SESSION_COOKIE_NAME)


def test_empty_fields_say_what_to_do_and_keep_the_name(client, employ):
    page = sign_in(client, "erika", "").content.decode()
    assert "Geben Sie Ihr Passwort ein." in page
    assert 'value="erika"' in page


def test_acc13_a_password_manager_finds_its_fields(client, db):
    page = client.get("/konto/login/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "novalidate" in page


@pytest.mark.parametrize("username", ["erika\x00", "e" * 5000, "", "\u200b"])
def test_odd_names_are_no_error(client, employ, username):
    employ("erika", Role.EMPLOYEE)
    assert sign_in(client, username).status_code == 200


def test_input69_a_password_of_a_megabyte_is_refused_quickly(client, employ):
    employ("erika", Role.EMPLOYEE)
    response = sign_in(client, "erika", "x" * 1_000_000)
    assert response.status_code == 200
    assert WRONG in response.content.decode()


def test_the_demo_lists_its_accounts_and_fills_the_name_in(client, employ, settings):
    employ("cdo", Role.CDO, is_demo=True, first_name="Demo", last_name="CDO")
    employ("echt", Role.EMPLOYEE)
    page = client.get("/konto/login/?konto=cdo&next=/admin/").content.decode()
    assert "mainz-demo" in page
    assert "?konto=cdo&amp;next=%2Fadmin%2F" in page
    assert 'value="cdo"' in page
    assert "?konto=echt" not in page


def test_sec23_a_real_portal_knows_no_demo_account(client, employ, settings):
    settings.DEMO = False
    employ("cdo", Role.CDO, is_demo=True)
    page = client.get("/konto/login/?konto=cdo").content.decode()
    assert "mainz-demo" not in page
    assert "cdo" not in page
    assert WRONG in sign_in(client, "cdo").content.decode()


def test_sec23_a_demo_session_ends_where_the_demo_ends(client, employ, settings):
    client.force_login(employ("cdo", Role.CDO, is_demo=True))
    settings.DEMO = False
    assert client.get("/konto/passwort/").status_code == 302


def test_sign_out_ends_the_session(client, employ, settings):
    client.force_login(employ("erika", Role.EMPLOYEE))
    response = client.post("/konto/logout/")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/konto/passwort/").status_code == 302


def test_who_is_signed_in_is_not_asked_again(client, employ):
    client.force_login(employ("erika", Role.EMPLOYEE))
    assert client.get("/konto/login/").headers["Location"] == "/ideen/"


def test_sec23_a_fresh_portal_has_no_account(db):
    assert not User.objects.exists()
