"""What every test stands on: a strict template engine, a clock to set, tables that can be flushed, a named search."""

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template import engines
from django.template.base import FilterExpression
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from governance.record import clock
from governance.record.triggers import create_statements, drop_statements
from pool.participation.counting import tally

# A red run is red everywhere with the same example; `HYPOTHESIS_PROFILE=search` looks further, at random.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture], "database": None}
hypothesis_settings.register_profile("portal", derandomize=True, max_examples=100, **_PATIENT)
hypothesis_settings.register_profile("search", max_examples=5000, **_PATIENT)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "portal"))

APPEND_ONLY_TABLES = ("governance_entry", "pool_frozenform")
OWN_TEMPLATES = str(settings.BASE_DIR / "templates")


# --- Thousands of tests in one process ----------------------------------------------------------------------------


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the process: modules, models, ten thousand collected tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# --- Templates: a variable that does not exist is a mistake, in templates of our own ------------------------------


class UndefinedVariable(str):
    """Stands in for a template variable that does not exist: empty in Django's templates, a failure in ours."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False if _template_in_hand() is None else self._fail()

    def __contains__(self, part: object) -> bool:
        return _template_in_hand() is not None and self._fail()

    @staticmethod
    def _fail() -> bool:
        pytest.fail(f"Undefined variable {_variable_in_hand()} in {_template_in_hand()}", pytrace=False)


def _frames() -> Iterator[tuple[str, dict]]:
    frame = sys._getframe(1)
    while frame is not None:
        yield frame.f_code.co_name, frame.f_locals
        frame = frame.f_back


def _template_in_hand() -> str | None:
    """Return the template of our own whose node is being rendered, or None."""
    for name, local in _frames():
        if name == "render_annotated":
            origin = getattr(local["self"], "origin", None)
            return origin.name if origin and str(origin.name).startswith(OWN_TEMPLATES) else None
    return None


def _variable_in_hand() -> str:
    expressions = (local["self"] for name, local in _frames() if isinstance(local.get("self"), FilterExpression))
    return f"{{{{ {next(expressions, '?')} }}}}"


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail() -> Iterator[None]:
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, UndefinedVariable()
    yield
    engine.string_if_invalid = before


# --- Append-only tables: only tests that flush take the triggers away, and put them back --------------------------


def _run(statements_for: Callable[[str, str], list[str]]) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY_TABLES:
            for statement in statements_for(connection.vendor, table):
                cursor.execute(statement)


@contextmanager
def append_only_triggers_dropped() -> Iterator[None]:
    """Take the triggers away for the block. No setting, command or view of the portal can do this."""
    _run(drop_statements)
    try:
        yield
    finally:
        _run(create_statements)


@pytest.fixture(scope="session", autouse=True)
def _transactional_tests_can_flush() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with append_only_triggers_dropped():
            original(self)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


# --- Time ---------------------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    """Return a moment in the portal's time zone: `moment("2026-03-02 10:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


@pytest.fixture
def at() -> Callable[[str], AbstractContextManager[None]]:
    """Set the portal's clock: `with at("2026-03-02 10:00"): ...`."""
    return lambda text: clock.played(moment(text))


@pytest.fixture
def tomorrow() -> Iterator[None]:
    """Let the whole test happen a day later than its fixtures were made."""
    with clock.played(clock.now() + timedelta(days=1)):
        yield


# --- Requests are counted -----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_was_counted_before() -> None:
    """What one process counts in memory outlives a test's database; each test begins with none."""
    tally.forget()


# --- Mail -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dead_server(settings) -> None:
    """A mail server whose port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


# --- A world for a whole module -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Rows made under this fixture stay for the module and are rolled back after it.

    Every module that uses it marks its tests with `django_db` or asks for `db` somewhere, else no database is made.
    What a test changes under `db` is rolled back after it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
