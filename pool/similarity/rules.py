"""What two texts have in common: words brought to one form, and how much of them meets. Values only.

A text becomes terms: German word stems in small letters without umlauts, gender endings and words that say nothing. Two
terms meet where they are the same, where one is part of the other (compounds), where a synonym connects them, or where
one is the other with a spelling mistake. Rare terms weigh more than common ones.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import snowballstemmer
from rapidfuzz.distance import DamerauLevenshtein

LONGEST_TERM = 40
TITLE_WEIGHT, TEXT_WEIGHT, HIGHEST_WEIGHT = 2, 1, 3
# Below this the texts only share a manner of speaking. Tuned on tests/pool/similarity/pairs.yaml.
LEAST_SIMILARITY = 0.24
LEAST_WORDS = 2

EXACT, SYNONYM, PART, MISSPELT, SAME_BEGINNING = 1.0, 0.8, 0.7, 0.85, 0.6
SHORTEST_PART = 4
SHORTEST_COMPOUND = 7
SHORTEST_MISSPELT = 6
LONG_WORD = 9
COMMON_BEGINNING = 7
SHORTEST_COMMON_BEGINNING = 8

_WORD = re.compile(r"[^\W\d_]+(?:[:*][a-zäöüß]+)?")
_GENDER_ENDING = re.compile(r"[:*]in(nen)?$")
_ELECTRONIC = re.compile(r"\be(?=[A-ZÄÖÜ])")
_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_STEMMER = snowballstemmer.stemmer("german")

# Words that stand in ideas of every kind and say nothing about one of them.
_SAYS_NOTHING = """
aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei beim bereit bereits bis
da dabei dafür damit danach dann das dass davon dazu dem den denn der deren des dessen die dies diese diesem diesen
dieser dieses doch dort durch eben eigene eigenem eigenen eigener eigenes ein eine einem einen einer eines einfach
einfache einfacher einmal er erst es etwa etwas fest für gegen gemeinsam gemeinsame gemeinsamen gemeinsames ganz ganze
ganzen gehen geht gibt geben haben hat hier hin ihr ihre ihrem ihren ihrer ihres im immer in ins ist jede jedem jeden
jeder jedes jemand kann können kein keine keinen künftig kurz kurze kurzen man mehr mehrere mit mitten muss müssen nach
neu neue neuem neuen neuer neues nicht nichts noch nun nur ob oder ohne sagen schon sehen sehr sein seine seinem seinen
seiner selbst sich sie sind so soll sollen sollte statt stehen steht über überall um und uns unter usw viel viele vielen
vom von vor vorher was wann weil welche welchem welchen welcher welches wenn wer werden wie wieder wird wo wollen wunsch
wünsche zeigen zeigt zu zum zur zwei zwischen finden findet bekommen bekommt bieten bietet kommen kommt machen macht
laufen läuft nutzen nutzt geschehen geschieht
mainz mainzer mainzerinnen stadt städtisch städtische städtischen städtischer projekt vorhaben idee digital digitale
digitalen digitaler digitales digitalisieren digitalisierung elektronisch elektronische elektronischen elektronischer
elektronisches online netz internet software system plattform portal
"""


def term_of(word: str) -> str:
    """Return the form of one word in which words are compared: its stem, a to z only."""
    stem = _STEMMER.stemWord(_GENDER_ENDING.sub("", word.lower())).translate(_PLAIN)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return plain[:LONGEST_TERM]


NO_TERMS = frozenset(term_of(word) for word in _SAYS_NOTHING.split())


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in its order; a term that occurs twice stands twice."""
    text = unicodedata.normalize("NFC", text)
    words = _WORD.findall(_ELECTRONIC.sub("", text).replace("-", " "))
    terms = (term_of(word) for word in words if len(word) > 2 or word.isupper())
    return [term for term in terms if len(term) > 1 and term not in NO_TERMS]


def weighted_terms(title: str, short_text: str) -> dict[str, int]:
    """Return each term of an idea with its weight 1 to 3; the title weighs twice."""
    counted: Counter[str] = Counter()
    for text, weight in ((title, TITLE_WEIGHT), (short_text, TEXT_WEIGHT)):
        for term in terms_of(text):
            counted[term] += weight
    return {term: min(weight, HIGHEST_WEIGHT) for term, weight in counted.items()}


class Synonyms:
    """Which terms stand for the same, from groups of words as a person wrote them."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._others: dict[str, set[str]] = {}
        for group in groups:
            terms = {term_of(word.strip()) for word in group if word.strip()}
            for term in terms:
                self._others.setdefault(term, set()).update(terms - {term})

    def of(self, term: str) -> set[str]:
        """Return the other terms for the same."""
        return self._others.get(term, set())

    def __contains__(self, term: object) -> bool:
        return term in self._others


@dataclass(slots=True)
class Lookup:
    """What one typed term may meet: terms that are the same or its parts, and terms that contain one of these."""

    term: str
    same: dict[str, float] = field(default_factory=dict)
    within: dict[str, float] = field(default_factory=dict)


def lookup_of(term: str, synonyms: Synonyms) -> Lookup:
    """Return which terms of the vocabulary `term` may meet, each with how much that counts (0 to 1)."""
    lookup = Lookup(term, same={term: EXACT}, within={term: EXACT * PART})
    for other in synonyms.of(term):
        _put(lookup.same, other, SYNONYM)
        _put(lookup.within, other, SYNONYM * PART)
    for part in _parts_of(term):
        _put(lookup.same, part, PART)
        for other in synonyms.of(part):
            _put(lookup.same, other, SYNONYM * PART)
            _put(lookup.within, other, SYNONYM * PART * PART)
    lookup.within = {inner: factor for inner, factor in lookup.within.items() if len(inner) >= SHORTEST_PART}
    return lookup


def _parts_of(term: str) -> list[str]:
    """Return what a compound may begin or end with."""
    if len(term) < SHORTEST_COMPOUND:
        return []
    cuts = range(SHORTEST_PART, len(term) - 2)
    return [term[:cut] for cut in cuts] + [term[cut:] for cut in range(3, len(term) - SHORTEST_PART + 1)]


def _put(factors: dict[str, float], term: str, factor: float) -> None:
    factors[term] = max(factors.get(term, 0.0), factor)


def factor_of(lookup: Lookup, known: str) -> float:
    """Return how much a term of the vocabulary counts for the term looked up, 0 to 1."""
    term = lookup.term
    factors = [lookup.same.get(known, 0.0)]
    factors += [
        factor
        for inner, factor in lookup.within.items()
        if len(known) >= len(inner) + 3 and (known.startswith(inner) or known.endswith(inner))
    ]
    if _begins_alike(term, known):
        factors.append(SAME_BEGINNING)
    if is_misspelt(term, known):
        factors.append(MISSPELT)
    return max(factors)


def _begins_alike(term: str, known: str) -> bool:
    shortest = min(len(term), len(known))
    return shortest >= SHORTEST_COMMON_BEGINNING and term[:COMMON_BEGINNING] == known[:COMMON_BEGINNING]


def is_misspelt(term: str, known: str) -> bool:
    """Tell whether the two are one word with a slip: one letter changed, lost, added or swapped; two in long words."""
    if term == known or term[:2] != known[:2] or min(len(term), len(known)) < SHORTEST_MISSPELT:
        return False
    slips = 2 if len(term) >= LONG_WORD else 1
    return DamerauLevenshtein.distance(term, known, score_cutoff=slips) <= slips


def rarity(occurrences: int, total: int) -> float:
    """Return how much a term says: the more, the fewer of `total` texts hold it."""
    return math.log(1 + max(total, 1) / (occurrences or 0.5))


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much one known text has in common with what was typed, and by which of its terms."""

    similarity: float
    shared: frozenset[str]


def resemblance(
    typed: Mapping[str, int],
    known: Mapping[str, int],
    factors: Mapping[str, Mapping[str, float]],
    occurrences: Mapping[str, int],
    total: int,
) -> Resemblance | None:
    """Return what `known` shares with `typed`, or None where it is too little to be worth a person's time.

    `factors` gives for each typed term the terms of the vocabulary it meets. Two words on both sides must meet, so that
    one common word never makes two ideas alike.
    """
    gained, typed_size, met, shared = 0.0, 0.0, [], set()
    for term, weight in typed.items():
        meets = factors.get(term, {})
        rare = rarity(max((occurrences.get(each, 0) for each in meets), default=0), total)
        typed_size += rare * math.sqrt(weight) * 1.2
        here = {each: factor * math.sqrt(known[each]) for each, factor in meets.items() if each in known}
        if here:
            gained += rare * max(here.values()) * math.sqrt(weight)
            met.append(term)
            shared |= set(here)
    own_words = [term for term in met if not any(term != other and term in other for other in met)]
    if len(own_words) < LEAST_WORDS or len(shared) < LEAST_WORDS:
        return None
    known_size = sum(rarity(occurrences.get(term, 1), total) * math.sqrt(weight) for term, weight in known.items())
    similarity = gained / math.sqrt(typed_size * known_size)
    return Resemblance(similarity, frozenset(shared)) if similarity >= LEAST_SIMILARITY else None
