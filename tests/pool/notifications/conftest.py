"""People around one project, each known by name, and acts done as in life: committed, and then told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from governance.mandates.rules import Role
from governance.messages import delivery
from governance.messages.models import MailPreference, Message
from governance.messages.rules import Way
from governance.models import User
from governance.record import clock
from governance.record.actions import actor_for
from pool.message_kinds import Kind
from pool.project.models import Project
from tests.factories import (
    body,
    edition_2022,
    employed_in,
    handlungsbedarf,
    handlungsfeld,
    held_by,
    join,
    mandate,
    project_at,
    unit,
    user_with,
)

# Nothing of this may ever stand in a mail.
MARKER = "Kennwort-Quitte"


@dataclass
class People:
    """Who they are to the project, or that they are nothing to it."""

    by_name: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        # A fresh object, as in a request of its own.
        return User.objects.get(pk=self.by_name[name].pk)

    def project(self, step: str, **values: object) -> Project:
        """A project in a step, written by author and co-author, with a team from commissioned on."""
        values = {"title": f"Titel {MARKER}", "short_text": f"Kurztext {MARKER}"} | values
        project = project_at(step, submitter=self.by_name["author"], field=handlungsfeld("DV"), **values)
        join(project, self.by_name["co-author"], "co_author")
        if step in ("commissioned", "running"):
            join(project, self.by_name["lead"], "lead")
            join(project, self.by_name["member"], "member")
        return project


@pytest.fixture(autouse=True)
def _no_rest() -> Iterator[None]:
    delivery._Rest.until = 0.0
    yield
    delivery._Rest.until = 0.0


@pytest.fixture
def people(db) -> People:
    edition_2022()
    handlungsbedarf(handlungsfeld("DV"))
    group, konzern = body(), unit("konzern", "group")
    made = People()

    def person(name: str, place: str, *given: object) -> User:
        made.by_name[name] = user_with(
            employed_in(unit(place, "stabsstelle", konzern)),
            *given,
            username=name,
            first_name="Vorname",
            last_name=f"{MARKER}-{name}",
            email=f"{name}@example.org",
        )
        return made.by_name[name]

    cdo = person("cdo", "stab-mainzdigital", mandate(Role.CDO))
    person("deputy", "kdz", mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)))
    person("chair", "stab-buero-ob", mandate(Role.CHAIR, body=group))
    person("steering", "amt-20", mandate(Role.MEMBER, body=group))
    person("coordinator", "amt-50", mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV")))
    person("elsewhere", "amt-50", mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("BZ")))
    for name in ("author", "co-author", "lead", "member", "colleague"):
        person(name, "amt-61")
    return made


@pytest.fixture
def told(django_capture_on_commit_callbacks) -> Callable[..., dict[str, set[str]]]:
    """Do an act and return who was told of what: `told(submit, project=project, by=author)`."""

    def done(act: Callable[..., object], **values: object) -> dict[str, set[str]]:
        before = set(Message.objects.values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            act(**values)
        found: dict[str, set[str]] = {}
        for message in Message.objects.exclude(pk__in=before).select_related("person__person__user"):
            found.setdefault(message.person.person.user.username, set()).add(message.kind)
        return found

    return done


@contextmanager
def everything_by_mail(people: People) -> Iterator[None]:
    """Let everybody want a mail about everything at once."""
    MailPreference.objects.bulk_create(
        MailPreference(person=actor_for(user), kind=kind, way=Way.AT_ONCE, chosen_at=clock.now())
        for user in people.by_name.values()
        for kind in Kind.values
    )
    yield
