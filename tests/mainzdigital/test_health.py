"""REL-05: operators see whether the process lives and whether the database answers."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection


@pytest.mark.django_db
def test_a_healthy_portal_says_ok(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_rel05_without_a_database_only_the_process_is_alive(client, monkeypatch):
    def unreachable(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", unreachable)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32  # an operator who is signed in asks in her browser
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (503, b"database unreachable\n")
    assert client.get("/healthz?live").status_code == 200
