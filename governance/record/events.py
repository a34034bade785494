"""Security events, one structured line each. No names, no passwords, no typed text; accounts by their number."""

import json
import logging

logger = logging.getLogger("portal.security")


def quoted(value: object) -> str:
    """A value as it stands in a line of the log: line breaks and quotes written out, length bounded."""
    return json.dumps(str(value)[:300])


def security_event(event: str, **facts: object) -> None:
    """Write `event` with its facts as name=value pairs; facts that are None are left out."""
    pairs = [f"{name}={quoted(value)}" for name, value in facts.items() if value is not None]
    logger.info(" ".join([f"event={event}", *pairs]))
