"""SEC-20: a portal that is not set up properly does not start; it says in one line what is missing."""

import os
import subprocess
import sys

import pytest

GOOD_KEY = "k7Jq2mZxR9vTn4LwYb8sPd3Hf6Gc1AeUoXiQ5rNtVyWzMpKjDh"
PRODUCTION = {"SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": "mainzdigital.mainz.de"}
# What a test run sets, and what a portal reads: neither may reach the portal that the test starts.
TEST_VARIABLES = ("DJANGO_ALLOW_ASYNC_UNSAFE",)
OWN_VARIABLES = ("DEMO", "DEBUG", "PRODUCTION", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "TRUST_PROXY")


def manage(*arguments: str, tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES + TEST_VARIABLES}
    inherited["DJANGO_SETTINGS_MODULE"] = "mainzdigital.settings"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=inherited | {"VAR_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({}, "SECRET_KEY fehlt"),
        ({**PRODUCTION, "SECRET_KEY": "kurz"}, "zu kurz"),
        ({**PRODUCTION, "SECRET_KEY": "a" * 60}, "zu kurz oder zu einfach"),
        ({**PRODUCTION, "SECRET_KEY": "django-insecure-" + GOOD_KEY}, "Beispielwert"),
        ({"SECRET_KEY": GOOD_KEY}, "ALLOWED_HOSTS fehlt"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ganze Namen"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ".mainz.de"}, "ganze Namen"),
        ({**PRODUCTION, "DEBUG": "flase"}, "DEBUG muss 1 oder 0 sein"),
        ({**PRODUCTION, "DATABASE_URL": "mysql://root@db/portal"}, "DATABASE_URL"),
        ({**PRODUCTION, "OPEN_DATA_CONTRIBUTOR": "mainz"}, "http://dcat-ap.de/def/contributors/"),
        ({**PRODUCTION, "OPEN_DATA_CONTRIBUTOR": "https://dcat-ap.de/def/contributors/mainz"}, "muss mit http://"),
        ({"DEMO": "1", "PRODUCTION": "1"}, "schließen sich aus"),
        ({"DEBUG": "1", "PRODUCTION": "1"}, "schließen sich aus"),
        ({"DEMO": "1", "ALLOWED_HOSTS": "mainzdigital.mainz.de"}, "nur auf dem eigenen Rechner"),
    ],
)
def test_sec20_a_badly_set_portal_does_not_start(environment, complaint, tmp_path):
    result = manage("check", tmp_path=tmp_path, **environment)
    assert result.returncode != 0
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


def test_sec20_a_real_portal_passes_the_deployment_checks(tmp_path):
    result = manage("check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path, **PRODUCTION)
    assert result.returncode == 0, result.stderr


def test_a_demo_starts_with_a_random_key_of_its_own_that_stays(tmp_path):
    show = ("shell", "-v", "0", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first = manage(*show, tmp_path=tmp_path, DEMO="1").stdout
    second = manage(*show, tmp_path=tmp_path, DEMO="1").stdout
    assert len(first.strip()) >= 50
    assert first == second
    assert (tmp_path / "local-secret-key").stat().st_mode & 0o077 == 0


def test_a_demo_answers_only_to_this_machine(tmp_path):
    show = ("shell", "-v", "0", "-c", "from django.conf import settings; print(sorted(settings.ALLOWED_HOSTS))")
    assert manage(*show, tmp_path=tmp_path, DEMO="1").stdout.strip() == "['127.0.0.1', '[::1]', 'localhost']"
