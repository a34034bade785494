"""What the timer runs for people without an account: queue what is new, send what waits."""

from governance.messages.delivery import Outcome
from pool.participation.following import queue_changes
from pool.participation.mails import deliver_public


def deliver_to_the_public() -> Outcome:
    """Queue a mail for each published change nobody was told of, then send every mail that is due."""
    queue_changes()
    return deliver_public()
