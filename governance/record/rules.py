"""How an entry of the record is hashed and chained: pure functions on values.

Source: Verfahrensordnung des Portals, „Protokoll“ (append-only record, one chain per aggregate).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

FIRST_HASH = "0" * 64


def canonical_json(value: object) -> str:
    """Return `value` as JSON in the one form that is hashed: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def sha256(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, as 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def reason_digest(*, salt: str, text: str) -> str:
    """Return the salted SHA-256 of a reason; the salt keeps short reasons from being guessed from the hash."""
    return sha256(f"{salt}\n{text}")


@dataclass(frozen=True, slots=True)
class EntryValues:
    """What an entry states: codes and ids only, never a name, a mail or free text."""

    chain: str
    number: int
    act: str
    object_type: str
    object_id: str
    from_state: str
    to_state: str
    actor: str
    in_place_of: str
    at: str
    reason_table: str
    reason_id: str
    reason_hash: str
    is_example: bool


def entry_hash(values: EntryValues, previous_hash: str) -> str:
    """Return the hash of an entry, bound to the one before it in its chain."""
    return sha256(previous_hash + "\n" + canonical_json(asdict(values)))


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first place where a chain does not hold."""

    chain: str
    number: int
    problem: str


def first_break(chain: str, entries: Iterable[tuple[EntryValues, str, str]]) -> ChainBreak | None:
    """Return the first break of one chain, or None.

    `entries` are (values, previous hash, hash) in the order of their numbers, beginning with 1.
    """
    previous, expected = FIRST_HASH, 1
    for values, stated_previous, stated_hash in entries:
        if values.number != expected:
            return ChainBreak(chain, expected, f"Eintrag {expected} fehlt")
        if stated_previous != previous:
            return ChainBreak(chain, expected, "Der Verweis auf den vorigen Eintrag stimmt nicht")
        if entry_hash(values, previous) != stated_hash:
            return ChainBreak(chain, expected, "Der Inhalt passt nicht zur Prüfsumme")
        previous, expected = stated_hash, expected + 1
    return None


def joined_reasons(reasons: Mapping[str, str]) -> str:
    """Return several reasons of one row as one text to digest (a rating gives five)."""
    return canonical_json(dict(reasons))
