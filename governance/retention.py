"""How long personal data stay, and removing them when they are due. Each app tells its own rules at the start.

The same rules drive the removal and the page that tells people about it, so that neither can promise what the other
does not do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One kind of personal data: what it is, what for, from when it counts, and how it is removed.

    `remove(before, for_real)` removes what began before that moment, or only counts it; it returns how many.
    `is_of_accounts` tells data of those who sign in from data of everybody else.
    """

    key: str
    what: str | Promise
    purpose: str | Promise
    begins: str | Promise
    period: timedelta
    period_words: str | Promise
    remove: Callable[[datetime, bool], int]
    is_of_accounts: bool = False


_rules: list[RetentionRule] = []


def register(*rules: RetentionRule) -> None:
    """Add rules after those of other apps. Called once, at the start. Raises ValueError for a key told twice."""
    for rule in rules:
        if rule.key in {known.key for known in _rules}:
            raise ValueError(f"Retention rule told twice: {rule.key}")
        _rules.append(rule)


def known_rules() -> tuple[RetentionRule, ...]:
    """Return every rule in the order in which they were told."""
    return tuple(_rules)


def apply(*, now: datetime, for_real: bool) -> dict[str, int]:
    """Remove what is due by every rule, or only count it; return how many by the key of the rule."""
    return {rule.key: rule.remove(now - rule.period, for_real) for rule in _rules}
