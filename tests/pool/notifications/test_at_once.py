"""Many at once, in processes of their own, on SQLite as a file and on PostgreSQL: everything is said and sent once."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from governance.messages.actions import tell
from governance.messages.models import Mail, Message
from governance.record import clock
from governance.record.actions import actor_for
from pool.message_kinds import Kind
from pool.project.models import Project

pytestmark = pytest.mark.django_db(transaction=True)

SUBMIT_TEN_TIMES = """
import threading, uuid
import django
django.setup()
from django.db import connection
from governance.models import Handlungsfeld, OrganisationUnit, User
from pool.lifecycle import ProcedureError
from pool.submission.actions import create_draft, submit
token, ready = uuid.UUID(int=7), threading.Barrier(10)
values = dict(
    title="Zehnmal", short_text="Kurz.", problem="Ein Problem.", benefit="Nutzen.", beneficiary="both",
    participation="Zwei wirken mit.", lead_unit=OrganisationUnit.objects.get(code="amt-61"),
    lead_handlungsfeld=Handlungsfeld.objects.get(code="DV"),
)
def once():
    try:
        author = User.objects.get(username="author")
        ready.wait(timeout=60)
        submit(project=create_draft(by=author, form_token=token, **values), by=author)
    except ProcedureError:
        pass
    finally:
        connection.close()
threads = [threading.Thread(target=once) for _ in range(10)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
"""


@pytest.fixture
def outside(tmp_path: Path) -> Callable[..., None]:
    """Run commands side by side in processes of their own on the rows of this test; they write mails to files."""
    database = tmp_path / "portal.sqlite3"

    def run(*commands: list[str]) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(database) as copy:
                connection.connection.backup(copy)
            address = f"sqlite:///{database}"
        else:
            values = connection.settings_dict
            address = (
                f"postgres://{values['USER']}@/{values['NAME']}?host={values['OPTIONS'].get('host') or values['HOST']}"
            )
        environment = os.environ | {
            "DEMO": "1",
            "DATABASE_URL": address,
            "DATABASE_POOL": "0",
            "VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "mainzdigital.settings",
        }
        environment.pop("EMAIL_URL", None)
        started = [
            subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, env=environment, stderr=subprocess.PIPE)
            for command in commands
        ]
        said = [process.communicate(timeout=120)[1].decode() for process in started]
        assert [process.returncode for process in started] == [0] * len(started), said
        if connection.vendor == "sqlite":
            with sqlite3.connect(database) as copy:
                copy.backup(connection.connection)

    return run


def receivers(folder: Path) -> list[str]:
    """Return to whom the mails in the files went."""
    files = sorted((folder / "mail").glob("*")) if (folder / "mail").exists() else []
    return sorted(re.findall(r"^To: (\S+)$", "".join(file.read_text() for file in files), re.MULTILINE))


def manage(name: str) -> list[str]:
    return ["manage.py", name, "--verbosity", "0"]


def test_two_runs_remind_once(people, outside, tmp_path):
    for _number in range(3):
        people.project("returned", remind_on=clock.today())
    outside(manage("send_reminders"), manage("send_reminders"))
    assert Message.objects.count() == 6
    assert receivers(tmp_path) == ["author@example.org"] * 3 + ["co-author@example.org"] * 3
    outside(manage("send_reminders"), manage("deliver_messages"))
    assert len(receivers(tmp_path)) == 6


def test_three_deliverers_send_each_mail_once(people, outside, tmp_path):
    everybody = [actor_for(user).pk for user in people.by_name.values()]
    for number in range(5):
        tell(people=everybody, kind=Kind.ADMITTED, subject=f"Nummer {number}", address="/ideen/")
    outside(*[manage("deliver_messages")] * 3)
    assert receivers(tmp_path) == sorted([f"{name}@example.org" for name in people.by_name] * 5)
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_two_digests_write_once(people, outside, tmp_path):
    tell(people=[actor_for(people["cdo"]).pk], kind=Kind.TO_CHECK, subject="Wartet", address="/ideen/")
    outside(manage("send_digests"), manage("send_digests"))
    assert receivers(tmp_path) == ["cdo@example.org"]


def test_ten_parallel_submissions_make_one_project_and_one_mail(people, outside, tmp_path):
    outside(["-c", SUBMIT_TEN_TIMES])
    project = Project.objects.get()
    assert (project.title, project.step) == ("Zehnmal", "submitted")
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["handed_in", "to_check"]
    assert receivers(tmp_path) == ["author@example.org"]
