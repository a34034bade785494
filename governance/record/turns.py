"""Writers of one process take turns on SQLite, where waiting for the database is a gamble."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_turn = threading.Lock()


def in_turn(act: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let an act that many people do at the same time begin its transaction one after the other.

    SQLite lets writers poll for its one lock; under a steady stream an unlucky one polls until its time is up and fails
    with "database is locked". Here they queue instead. PostgreSQL locks rows and needs none of this; an act inside a
    transaction that has begun already holds the lock and must not wait for a second one.
    """

    @wraps(act)
    def taking_turns(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            return act(*args, **kwargs)
        with _turn:
            return act(*args, **kwargs)

    return taking_turns
