import smtplib
from collections.abc import Callable, Iterator

import pytest
from django.core.mail import EmailMessage

from governance.mandates.rules import Role
from governance.messages import delivery
from governance.models import User
from tests.factories import employed_in, mandate, unit, user_with


@pytest.fixture(autouse=True)
def _no_rest() -> Iterator[None]:
    """A server that did not answer in one test is asked again in the next."""
    delivery._Rest.until = 0.0
    yield
    delivery._Rest.until = 0.0


@pytest.fixture
def person(db) -> Callable[..., User]:
    def made(username: str = "erika", **account: object) -> User:
        account.setdefault("email", f"{username}@example.org")
        return user_with(employed_in(unit("amt-61")), username=username, **account)

    return made


@pytest.fixture
def operator(db) -> User:
    return user_with(mandate(Role.OPERATOR), username="betrieb")


def refuses(address: str) -> Callable[[EmailMessage], int]:
    """A server that takes every mail but those to one address."""

    def send(message: EmailMessage) -> int:
        if address in message.to:
            raise smtplib.SMTPRecipientsRefused({address: (550, f"unknown: {address}".encode())})
        return 1

    return send
