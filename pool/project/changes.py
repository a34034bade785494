"""What changed between two versions of a text, word by word: values only.

Used where an idea comes back: the authors see what they changed since, the office what is new since the last round.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]

# A word with the blanks after it: joined again they give the text itself.
_WORDS = re.compile(r"\S+\s*|\s+")
# Two texts that repeat the same few words without end are not compared word by word.
MOST_PAIRS = 400_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stand in both texts, only in the old one, or only in the new one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose text is another one now."""

    name: str
    old: str
    new: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What an idea is linked with otherwise than before: what went and what came, each in words."""

    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def link_changes(old: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]) -> list[LinkChange]:
    """Return by label what went and what came; labels in the order of `new`, then those that are gone altogether."""
    found = []
    for label in dict.fromkeys([*new, *old]):
        before, after = old.get(label, ()), new.get(label, ())
        change = LinkChange(
            label,
            tuple(text for text in before if text not in after),
            tuple(text for text in after if text not in before),
        )
        if change.gone or change.new:
            found.append(change)
    return found


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces from `old` to `new`, in reading order, what went before what came.

    Without those gone they give the new text, without the new ones the words of the old; blanks alone are no change.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matched = [word.strip() for word in before], [word.strip() for word in after]
    if _pairs(*matched) > MOST_PAIRS:
        return _joined([("gone", old), ("new", new)])
    found: list[tuple[Kind, str]] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, *matched, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(after[b1:b2])))
        else:
            found += [("gone", "".join(before[a1:a2])), ("new", "".join(after[b1:b2]))]
    return _joined(found)


def _pairs(before: Iterable[str], after: Iterable[str]) -> int:
    """Return how many pairs of equal words there are: what comparing costs."""
    count = Counter(after)
    return sum(number * count[word] for word, number in Counter(before).items())


def _joined(found: Iterable[tuple[Kind, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in found if text)


def text_changes(
    old: Mapping[str, str],
    new: Mapping[str, str],
    names: Iterable[str],
    in_words: Callable[[str, str], str] = lambda name, value: value,
) -> list[FieldChange]:
    """Return the fields of `names` whose words differ between two contents of a text version, in their order.

    `in_words` gives a field's value as a reader knows it.
    """
    found = []
    for name in names:
        before, after = in_words(name, old.get(name, "")), in_words(name, new.get(name, ""))
        if before.split() != after.split():
            found.append(FieldChange(name, before, after, word_changes(before, after)))
    return found
