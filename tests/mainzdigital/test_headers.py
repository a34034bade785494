"""SEC-05 to SEC-07: the same strict headers on every page, errors included; cookies only where they are needed."""

import pytest
from django.test import Client, override_settings

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
HTTPS = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-sitzung",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_NAME": "__Host-formular",
}


def request_for(client: Client, case: str):
    match case:
        case "page":
            return client.get("/konto/login/")
        case "redirect":
            return client.get("/admin/")
        case "missing":
            return client.get("/gibt-es-nicht/")
        case "method":
            return client.put("/konto/login/")
        case "nul":
            return client.get("/konto/login/?q=%00")
        case "host":
            return client.get("/konto/login/", headers={"host": "evil.example"})
        case "form":
            return Client(enforce_csrf_checks=True).post("/konto/login/", {"username": "x"})
        case "health":
            return client.get("/healthz")
    raise ValueError(case)


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["page", "redirect", "missing", "method", "nul", "host", "form", "health"])
def test_sec05_sec06_headers_stand_on_every_answer(client, case):
    headers = request_for(client, case).headers
    assert {part.strip() for part in headers["Content-Security-Policy"].split(";")} == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "charset=utf-8" in headers["Content-Type"].lower()


@pytest.mark.django_db
def test_sec06_pages_behind_the_sign_in_are_not_stored(client, person):
    client.force_login(person)
    assert "no-store" in client.get("/konto/passwort/").headers["Cache-Control"]
    assert "no-store" in client.get("/gibt-es-nicht/").headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/gibt-es-nicht/", 404), ("/projekte/erst-morgen/", 404), ("/offene-daten/projekte/erst-morgen.json", 404),
        ("/projekte/erst-morgen/feed/", 404), ("/projekte/bild/0123.webp", 404), ("/?seite=%00", 400),
        ("/offene-daten/projekte.json?feld=xyz", 400), ("/offene-daten/projekte.json?page=0", 404),
    ],
)  # fmt: skip
def test_what_is_refused_is_kept_by_nobody(client, address, status):
    """What is not public today may be tomorrow; a preview that one person sees others do not."""
    answer = client.get(address)
    assert answer.status_code == status
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_dat05_a_page_without_a_form_sets_no_cookie(client):
    for address in ("/gibt-es-nicht/", "/healthz", "/konto/passwort-vergessen/unterwegs/", "/admin/"):
        assert not client.get(address).cookies, address


@pytest.mark.django_db
def test_dat05_the_sign_in_page_sets_only_the_form_cookie(client, settings):
    assert set(client.get("/konto/login/").cookies) == {settings.CSRF_COOKIE_NAME}


@pytest.mark.django_db
@override_settings(**HTTPS)
def test_sec07_cookies_are_tight_on_a_real_portal(client, person):
    client.get("/konto/login/", secure=True)
    sent = {"username": "erika", "password": "Kirschgarten-Augustiner"}
    response = client.post("/konto/login/", sent, secure=True)
    assert response.status_code == 302
    assert set(client.cookies) == {"__Host-sitzung", "__Host-formular"}
    for cookie in client.cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


@pytest.mark.django_db
@override_settings(**HTTPS)
def test_sec06_a_real_portal_speaks_https_only(client):
    assert client.get("/konto/login/").headers["Location"] == "https://testserver/konto/login/"
    hsts = client.get("/konto/login/", secure=True).headers["Strict-Transport-Security"]
    assert "max-age=31536000" in hsts
    assert "includeSubDomains" in hsts
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_head_sends_the_length_of_the_page_and_no_body(client):
    page, head = client.get("/healthz"), client.head("/healthz")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == page.headers["Content-Length"] == "3"
