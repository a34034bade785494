"""SEC-22, REL-16: errors say in German what happened and carry a number that stands in the log."""

import logging
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from django.utils.html import escape

from mainzdigital.urls import *  # noqa: F403 - the portal's handlers belong to this test's site map
from mainzdigital.urls import urlpatterns as portal_addresses


def failing(exception: Exception):
    def view(request):
        raise exception

    view.login_required = False  # type: ignore[attr-defined]
    return view


urlpatterns = [
    *portal_addresses,
    path("unerreichbar/", failing(OperationalError("connection to server at 10.0.0.7 failed"))),
    path("zu-gross/", failing(OverflowError("Python int too large to convert to SQLite INTEGER"))),
    path("unpassend/", failing(DataError("value out of range"))),
    path("zu-viel/", failing(OperationalError("LIKE or GLOB pattern too complex"))),
    path("zugleich/", failing(IntegrityError("UNIQUE constraint failed: governance_user.username"))),
    path("kaputt/", failing(RuntimeError("secret detail in /srv/portal"))),
    path("verboten/", failing(PermissionDenied("Dazu fehlt Ihnen heute das Mandat."))),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def number_in(response) -> str:
    found = re.search(r"Vorgang <strong>([0-9A-F]{8})</strong>", response.content.decode())
    assert found, response.content.decode()
    return found[1]


CASES = [
    ("/konto/login/?q=%00", 400, "Diese Anfrage können wir nicht lesen"),
    ("/konto/%00/", 400, "Diese Anfrage können wir nicht lesen"),
    ("/zu-gross/", 400, "Diese Anfrage können wir nicht lesen"),
    ("/unpassend/", 400, "Diese Anfrage können wir nicht lesen"),
    ("/zu-viel/", 400, "Diese Anfrage können wir nicht lesen"),
    ("/verboten/", 403, "Diese Seite ist für Ihr Konto nicht offen"),
    ("/gibt-es-nicht/", 404, "Diese Seite gibt es nicht"),
    ("/zugleich/", 409, "Jemand war im selben Augenblick schneller"),
    ("/kaputt/", 500, "Hier ist uns ein Fehler passiert"),
    ("/unerreichbar/", 503, "Das Portal ist gerade nicht erreichbar"),
]


@pytest.mark.parametrize(("address", "status", "heading"), CASES)
def test_sec22_an_error_page_is_german_numbered_and_says_nothing_of_the_inside(
    visitor, caplog, address, status, heading
):
    with caplog.at_level(logging.WARNING, logger="portal.incident"):
        response = visitor.get(address)
    text = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in text
    assert '<html lang="de">' in text
    assert number_in(response) in caplog.text
    for inside in ("Traceback", "10.0.0.7", "/srv/portal", "SQLite", "UNIQUE", "Django", "secret"):
        assert inside not in text


def test_rel05_an_unreachable_database_says_when_to_try_again(visitor):
    assert visitor.get("/unerreichbar/").headers["Retry-After"] == "30"


def test_a_refusal_tells_its_reason(visitor):
    assert "Dazu fehlt Ihnen heute das Mandat." in visitor.get("/verboten/").content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [("/verboten/", 403), ("/gibt-es-nicht/", 404), ("/zugleich/", 409), ("/kaputt/", 500), ("/unerreichbar/", 503)],
)
def test_a_refused_form_shows_the_text_again(visitor, address, status):
    sent = {"problem": "Akten <b>wandern</b> per Post.", "password": "geheim-geheim", "stellen-TOTAL_FORMS": "2"}
    response = visitor.post(address, sent)
    assert response.status_code == status
    assert response.content.decode().count("<textarea") == 1
    assert escape("Akten <b>wandern</b> per Post.") in response.content.decode()
    assert "geheim-geheim" not in response.content.decode()


def test_rel05_a_session_that_cannot_be_read_is_a_503_too(visitor, monkeypatch, settings):
    def unreachable(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", unreachable)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    response = visitor.get("/konto/passwort/")
    assert response.status_code == 503
    assert "Das Portal ist gerade nicht erreichbar" in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("address", ["/konto/login/", "/admin/", "/healthz", "/gibt-es-nicht/"])
def test_sec01_other_methods_get_the_german_405_page(visitor, method, address):
    response = visitor.generic(method, address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
    assert "So lässt sich diese Seite nicht aufrufen" in response.content.decode()


def test_sec01_a_refused_post_names_the_methods_of_that_page(visitor):
    response = visitor.post("/healthz")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "So lässt sich diese Seite nicht aufrufen" in response.content.decode()


def test_sec01_sign_out_does_not_answer_to_a_link(visitor, person):
    visitor.force_login(person)
    assert visitor.get("/konto/logout/").status_code == 405


def test_a_method_override_is_ignored(visitor):
    assert visitor.get("/healthz", headers={"x-http-method-override": "DELETE"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "testserver:junk", "testserver@evil.example"])
def test_sec16_a_foreign_host_is_refused(visitor, host):
    response = visitor.get("/konto/login/", headers={"host": host})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_sec16_a_forwarded_host_is_not_believed(visitor):
    response = visitor.get("/admin/", headers={"x-forwarded-host": "evil.example"})
    assert "evil" not in response.headers["Location"]


@pytest.mark.django_db
def test_a_form_that_is_not_fresh_shows_the_text_again_but_no_password():
    strict = Client(enforce_csrf_checks=True)
    sent = {"problem": "Akten <b>wandern</b> per Post.", "password": "geheim-geheim", "new_password1": "auch-geheim"}
    response = strict.post("/konto/login/", sent)
    text = response.content.decode()
    assert response.status_code == 403
    assert "Das Formular ist nicht mehr frisch" in text
    assert escape("Akten <b>wandern</b> per Post.") in text
    assert "geheim" not in text


def test_input33_a_form_sent_after_the_session_ended_shows_the_text_again(visitor, person):
    visitor.force_login(person)
    person.is_active = False
    person.save()
    response = visitor.post("/konto/passwort/", {"notiz": "Lange getippt."})
    assert response.status_code == 403
    assert "Lange getippt." in response.content.decode()


def test_an_inner_page_sends_a_visitor_to_the_sign_in_in_one_step(visitor):
    for address in ("/admin/", "/konto/passwort/"):
        response = visitor.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, f"/konto/login/?next={address}")
        assert visitor.post(address).status_code == 302


def test_input08_more_than_the_limit_is_a_413(visitor):
    response = visitor.post("/konto/login/", {"username": "a" * 3_000_000})
    assert response.status_code == 413
    assert "größer als 2,5 MB" in response.content.decode()


def test_input31_too_many_fields_are_a_400(visitor):
    assert visitor.post("/konto/login/", {f"feld{n}": "x" for n in range(1001)}).status_code == 400


@pytest.mark.parametrize(
    "cookie", ['sitzung="\\000\\001"', "sitzung=" + "x" * 5000, "formular=;;;=", "messages=%00", 'sitzung="\\ud800"']
)
def test_input67_junk_in_cookies_is_a_fresh_session(visitor, cookie):
    assert visitor.get("/konto/login/", headers={"cookie": cookie}).status_code == 200
    assert visitor.get("/admin/", headers={"cookie": cookie}).status_code == 302


@pytest.mark.parametrize("query", ["q=%ff%fe", "&".join(f"a{n}=1" for n in range(300)), "next=" + "x" * 7000])
def test_input59_input60_odd_query_strings_are_no_error(visitor, query):
    assert visitor.get(f"/konto/login/?{query}").status_code == 200


@override_settings(DEBUG=False)
def test_sec24_nothing_extra_is_reachable(visitor):
    for address in ("/.git/config", "/.env", "/db.sqlite3", "/media/", "/static/", "/static/../manage.py", "/debug/"):
        assert visitor.get(address).status_code == 404, address
