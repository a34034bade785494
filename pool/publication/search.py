"""How a typed word finds released texts: in any form, with a slip of the pen, by a word for the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast

from pool.project.models import NeedLink, Project
from pool.publication.queries import released_projects
from pool.publication.rules import WORD, folded, meant_terms, part_to_find, spelled_out, term_to_find
from pool.similarity.models import SynonymGroup

MOST_WORDS = 10
# So short a word is also part of many others: „KI“ is no part of „Kinder“, „App“ none of „knapp“ at its beginning.
SHORT, SHORTEST_COMPOUND = 3, 5
MOST_CUT_OFF = 4
# Words that a question is made of, but not its topic; as they are searched, without umlauts.
_FILLERS = """
der die das den dem des ein eine einen einem einer im in am an auf aus bei fur fuer mit nach ohne um und oder von vom
vor zu zum zur wie wo was wann wer ist sind gibt es ich wir man mein meine meinen unser unsere kann
the a an of for in on and or to
"""
FILLERS = frozenset(_FILLERS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of all released texts; by stem, what of stored stems the other words for the same must meet."""

    vocabulary: frozenset[str] = frozenset()
    synonyms: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def meant_by(self, word: str) -> list[str]:
        """Return what a misspelt word may stand for. Which of several words in one was misspelt cannot be said."""
        terms = terms_of(word)
        return meant_terms(word, self.vocabulary) if len(terms) == 1 and not self.related_to(word) else []

    def related_to(self, word: str) -> frozenset[str]:
        """Return what of stored stems the other words for the same thing must meet."""
        terms = terms_of(word)
        return self.synonyms.get(terms[0], frozenset()) if len(terms) == 1 else frozenset()


def known_words() -> Words:
    """Return what search knows, in one query; only released texts are asked, so it tells nothing about others."""
    texts = released_projects().order_by().annotate(kind=Value("text"), words=_text("text__search_terms"))
    groups = SynonymGroup.objects.order_by().annotate(kind=Value("same"), group=_text("words"))
    vocabulary: set[str] = set()
    synonyms: dict[str, frozenset[str]] = {}
    for kind, words in texts.values_list("kind", "words").union(groups.values_list("kind", "group"), all=True):
        if kind == "text":
            vocabulary.update(words.split())
        else:
            same = {terms_of(word)[0]: _part_of_compound(word) for word in words.split(",") if terms_of(word)}
            for term in same:
                others = frozenset(part for other, part in same.items() if other != term)
                synonyms[term] = synonyms.get(term, frozenset()) | others
    return Words(frozenset(vocabulary), synonyms)


def _text(column: str) -> Cast:
    return Cast(column, CharField())


def words_of(value: str) -> list[str]:
    """Return the words that are searched: without the ones that say nothing, unless there are no others."""
    words = value.split()[:MOST_WORDS]
    return [word for word in words if folded(word) not in FILLERS] or words


def terms_of(word: str) -> list[str]:
    """Return the stems of what was typed between two blanks."""
    terms = (term_to_find(part) for part in WORD.findall(word))
    return [term for term in terms if len(term) > 1]


def condition_of(word: str, known: Words) -> Q:
    """Return the condition under which a released project has a word: in text, unit, field, Stadtteil or need."""
    if WORD.fullmatch(word) and 1 < len(folded(word)) <= SHORT:
        found = _short(word)
    else:
        found = Q(project__lead_unit__name__icontains=word) | Q(project__lead_unit__short_name__icontains=word)
        found |= Q(project__lead_handlungsfeld__name__icontains=word) | _serving(word) | _working_in(word)
        for spelling in {folded(word), spelled_out(word)} - {""}:
            found |= Q(text__search_text__contains=spelling)
        if terms := [term for term in terms_of(word) if not _says_too_little(term, word)]:
            found |= Q(*(Q(text__search_terms__contains=part_to_find(term)) for term in terms))
    for meant in known.meant_by(word):
        found |= Q(text__search_terms__contains=f" {meant} ")
    for related in known.related_to(word):
        found |= Q(text__search_terms__contains=related)
    return found


def _serving(word: str) -> Q:
    """Return the condition that a project serves a Handlungsbedarf of that name, which its text may not repeat."""
    named = Q(handlungsbedarf__title__icontains=word) | Q(handlungsbedarf__short_title__icontains=word)
    return Q(Exists(NeedLink.objects.filter(named, project=OuterRef("project"))))


def _working_in(word: str) -> Q:
    """Return the condition that a project works in a Stadtteil of that name: who lives there types it as a topic."""
    named = Project.stadtteile.through.objects.filter(stadtteil__name__icontains=word, project=OuterRef("project"))
    return Q(Exists(named))


def _says_too_little(term: str, word: str) -> bool:
    """Tell whether so much was cut off a word that its stem means something else: „Sicherheit“ became „sich“."""
    return len(term) < SHORTEST_COMPOUND and len(folded(word)) - len(term) >= MOST_CUT_OFF


def _short(word: str) -> Q:
    """Return the condition of a short word: whole; with three letters also at the beginning or end of a longer one."""
    typed, term = folded(word), term_to_find(word)
    found = Q()
    for name in ("lead_unit__short_name", "lead_unit__name", "lead_handlungsfeld__name"):
        whole_name = f"project__{name}"
        found |= Q(**{f"{whole_name}__iexact": word}) | Q(**{f"{whole_name}__icontains": f" {word} "})
        found |= Q(**{f"{whole_name}__istartswith": f"{word} "}) | Q(**{f"{whole_name}__iendswith": f" {word}"})
    for whole in {typed, term} - {""}:
        found |= Q(text__search_terms__contains=f" {whole} ")
    if len(typed) == SHORT and len(term) > 1:
        found |= Q(text__search_terms__contains=f" {typed}")
        found |= Q(text__search_terms__regex=f"[a-z]{{{SHORT}}}{term} ")
    return found


def _part_of_compound(word: str) -> str:
    """Return what of a stored stem a synonym must meet: any part; if short its end; if it was cut short all of it.

    „Rad“ is in „Leihrad“; „Ältere“ became „alt“, which is no part of „Inhalt“.
    """
    term = terms_of(word)[0]
    if len(term) >= SHORTEST_COMPOUND:
        return term
    return f"{term} " if term == folded(word) and len(term) >= SHORT else f" {term} "
