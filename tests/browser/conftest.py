"""A real browser against the portal as `make run` starts it: gunicorn, hashed assets, the real policy, SQLite.

The demonstration is loaded once per run, whoever asks first; every server works on a copy of its own.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.public_addresses import Public

# Playwright's synchronous interface runs an event loop in this thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "mainz-demo"
ROOT = settings.BASE_DIR


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _a_browser() -> None:
    if CHROMIUM is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing, and in the pipeline that is a failure.")
    pytest.skip("Chromium is missing (Debian: apt-get install chromium libatomic1)")


@dataclass(frozen=True)
class Demonstration:
    """The filled database, the collected assets, and every page with somebody who may open it."""

    folder: Path

    @property
    def pages(self) -> list[dict[str, str]]:
        return json.loads((self.folder / "pages.json").read_text(encoding="utf-8"))

    @property
    def public(self) -> list[Public]:
        """Every public address, in both languages."""
        return [Public(**each) for each in json.loads((self.folder / "public.json").read_text(encoding="utf-8"))]

    def environment(self, database: Path) -> dict[str, str]:
        clean = {
            k: v for k, v in os.environ.items() if k not in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL")
        }
        return clean | {
            "DEMO": "1",
            "DATABASE_URL": f"sqlite:///{database}",
            "VAR_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "mainzdigital.settings",
            "HOME": str(self.folder),
        }


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, _a_browser: None) -> Demonstration:
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    shared.mkdir(exist_ok=True)
    made = Demonstration(shared)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "pages.json").exists():
            subprocess.run(
                [sys.executable, "-m", "tests.browser.seed", str(shared)],
                cwd=ROOT,
                env=made.environment(shared / "seed.sqlite3"),
                check=True,
            )
    return made


@contextmanager
def serving(demonstration: Demonstration, folder: Path) -> Iterator[str]:
    """Run the portal on a copy of the demonstration; yield its address."""
    database = folder / "portal.sqlite3"
    with sqlite3.connect(demonstration.folder / "seed.sqlite3") as seed, sqlite3.connect(database) as copy:
        seed.backup(copy)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "mainzdigital.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "6"),
        *("--log-level", "warning", "--no-control-socket"),
    ]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=demonstration.environment(database), stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)  # longer than gunicorn waits for requests of its own


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - an address of our own
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The portal did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def portal(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for pages that are only read."""
    with serving(demonstration, tmp_path_factory.mktemp("portal")) as address:
        yield address


@pytest.fixture
def fresh_portal(demonstration: Demonstration, tmp_path: Path) -> Iterator[str]:
    """A server of one test's own, for a test that writes."""
    with serving(demonstration, tmp_path) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    switches = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


class Witness:
    """Notes whatever a page complains about: console, policy, failed and foreign requests."""

    def __init__(self, context: object, portal: str) -> None:
        self.portal = portal
        self.complaints: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda e: self.note(f"script error: {e.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("request", self._request)

    def note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _console(self, message: object) -> None:
        if message.type in ("error", "warning"):
            self.note(f"console {message.type}: {message.text}")

    def _failed(self, request: object) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page still asked for when it was left
            self.note(f"request failed: {request.url} {request.failure}")

    def _request(self, request: object) -> None:
        if not request.url.startswith((self.portal, "data:")):
            self.note(f"foreign host: {request.url}")

    def _response(self, response: object) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.note(f"{response.status}: {response.url}")

    def taken(self) -> list[str]:
        """Return the complaints since last asked."""
        taken, self.complaints = self.complaints, []
        return taken


def sign_in(page: object, portal: str, name: str) -> None:
    """Sign in by label, as a person does."""
    page.goto(f"{portal}/konto/login/")
    page.get_by_label("Anmeldename").fill(name)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(lambda url: "/konto/login/" not in url)


@pytest.fixture
def browser_as(chromium: object, portal: str) -> Iterator[Callable[[str], tuple[object, Witness]]]:
    """`page, witness = browser_as("cdo")`: a browser signed in as a role, or not at all."""
    opened = []

    def open_as(role: str, **options: object) -> tuple[object, Witness]:
        context = chromium.new_context(
            locale="de-DE", viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **options
        )
        opened.append(context)
        witness = Witness(context, portal)
        page = context.new_page()
        if role != "anonymous":
            sign_in(page, portal, role)
        return page, witness

    yield open_as
    for context in opened:
        context.close()
