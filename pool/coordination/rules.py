"""What changed between two texts, word by word: values only."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]
LONGEST_COMPARED = 3000  # words; beyond that the whole text counts as changed, so that comparing stays quick


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Kind
    text: str


def word_changes(old: str, new: str) -> list[Piece]:
    """Return the new text in pieces, with what went and what came marked where it happened."""
    before, after = re.findall(r"\s*\S+", old), re.findall(r"\s*\S+", new)
    if len(before) + len(after) > LONGEST_COMPARED:
        return [Piece("gone", old), Piece("new", new)]
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[k:m])))
            continue
        if j > i:
            pieces.append(Piece("gone", "".join(before[i:j])))
        if m > k:
            pieces.append(Piece("new", "".join(after[k:m])))
    return pieces
