"""What may be public, under which address, and how it is found: values only.

Source: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pool.lifecycle import Act, Step
from pool.similarity.rules import SHORTEST_PART, is_misspelt, term_of

# Addresses below /projekte/ that are, or will be, pages of their own.
RESERVED_SLUGS = frozenset({"bild", "feed"})
UMLAUTS_SPELLED = re.compile("(?<=[aou])e")
ENDING = re.compile("(?:en|er|es|e|n|s)$")
FOREIGN_PLURAL = re.compile("(?<=[aiouy])s$")
WORD = re.compile(r"[^\W\d_]+")
SHORTEST_SWAPPED = 5
SLUG_LENGTH = 120
NAMELESS_SLUG = "projekt"
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

# What a compartment of the Setzkasten holds. What was ended, given up or withdrawn serves no need any more.
NOT_BEGUN = frozenset({Step.POOLED, Step.ASSESSED, Step.DEFERRED, Step.COMMISSIONED})
ENDED = frozenset({Step.DECLINED, Step.STOPPED, Step.WITHDRAWN})


def missing_for_text(*, title: str, short_text: str, has_picture: bool, picture_alt: str) -> list[str]:
    """Return in words what a public text still lacks."""
    wanted = (
        (title, _("ein Titel")),
        (short_text, _("ein Kurztext")),
        (picture_alt or not has_picture, _("eine Beschreibung des Bildes für Menschen, die es nicht sehen")),
    )
    return [words for there, words in wanted if not there]


def missing_for_consent(*, given_by: str, given_on: date, written_on: date, today: date) -> list[str]:
    """Return in words why a consent cannot stand for a text version: somebody gives it, after the text was written."""
    found = []
    if not given_by:
        found.append(_("die Person, die zugestimmt hat"))
    if given_on > today:
        found.append(_("ein Tag der Zustimmung, der nicht in der Zukunft liegt"))
    if given_on < written_on:
        found.append(_("ein Tag der Zustimmung, an dem es diese Fassung schon gab"))
    return found


def missing_for_release(
    *, plain_text: str, is_taken_over: bool, has_consent: bool, has_source: bool, read_on: date | None, today: date
) -> list[str]:
    """Return in words what a release still lacks.

    Needed is the text in plain German, and the lead unit's consent to this version; for a project that was taken over,
    its public source and the day it was read stand in place of consent.
    """
    found = [] if plain_text else [_("der Text in einfacher Sprache")]
    if has_consent:
        return found
    if not is_taken_over:
        return [*found, _("die Zustimmung der federführenden Stelle zu dieser Fassung")]
    if not has_source:
        found.append(_("die Zustimmung der federführenden Stelle oder die öffentliche Quelle"))
    if has_source and read_on is None:
        found.append(_("der Tag, an dem die Quelle gelesen wurde"))
    if read_on is not None and read_on > today:
        found.append(_("ein Lesetag, der nicht in der Zukunft liegt"))
    return found


def slug_base(title: str) -> str:
    """Return a title as it stands in an address: „Ämter öffnen“ is "aemter-oeffnen"."""
    text = unicodedata.normalize("NFC", title).lower().translate(UMLAUTS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    text = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    if len(text) > SLUG_LENGTH:
        text = text[: SLUG_LENGTH + 1].rpartition("-")[0] or text[:SLUG_LENGTH]
    return text or NAMELESS_SLUG


def slug_for(title: str, taken: Collection[str]) -> str:
    """Return the address of a project that is released for the first time; one once given is never given again."""
    base = slug_base(title)
    slug, number = base, 1
    while slug in taken or slug in RESERVED_SLUGS:
        number += 1
        slug = f"{base}-{number}"
    return slug


def folded(text: str) -> str:
    """Return a text as it is searched: no case, no accents, „ü“ as „u“."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in text if not unicodedata.combining(sign)).split())


def spelled_out(text: str) -> str:
    """Return a text as it is searched by those who type „ue“ for „ü“."""
    return folded(unicodedata.normalize("NFC", text).lower().translate(UMLAUTS))


def search_text(*texts: str) -> str:
    """Return both spellings of some texts, to be stored beside them and searched."""
    joined = "\n".join(text for text in texts if text)
    plain, long = folded(joined), spelled_out(joined)
    return plain if plain == long else f"{plain}\n{long}"


def term_to_find(word: str) -> str:
    """Return the stem of a word as it is searched: „Bäume“, „Baeume“ and „Baum“ are one, „Büros“ and „Büro“ too."""
    return FOREIGN_PLURAL.sub("", UMLAUTS_SPELLED.sub("", term_of(word)))


def search_terms(*texts: str) -> str:
    """Return the stems of all words of some texts, each once, to be stored beside them: " baum strass "."""
    words = WORD.findall(unicodedata.normalize("NFC", " ".join(texts)))
    terms = dict.fromkeys(term for word in words if len(term := term_to_find(word)) > 1)
    return f" {' '.join(terms)} " if terms else ""


def part_to_find(term: str) -> str:
    """Return what of the stored stems a typed stem must meet: a part of a word, or the beginning of one if short."""
    return term if len(term) >= SHORTEST_PART else f" {term}"


def meant_terms(word: str, vocabulary: Collection[str]) -> list[str]:
    """Return the stems that a misspelt word may stand for; none where its own stem occurs.

    „oe“ may be an umlaut written out or two letters that changed places, so each reading is tried, also without the
    ending that a stem would have lost.
    """
    readings = {term_to_find(word), term_of(word), ENDING.sub("", folded(word))}
    if any(reading in known for known in vocabulary for reading in readings):
        return []
    return sorted(
        known
        for known in vocabulary
        if any(is_misspelt(reading, known) or is_swapped(reading, known) for reading in readings)
    )


def is_swapped(term: str, known: str) -> bool:
    """Tell whether two neighbouring letters after the first changed places: „Shculen“.

    It is the surest of all slips, so it is also forgiven in words that are too short for another.
    """
    if len(term) != len(known) or len(term) < SHORTEST_SWAPPED or term[0] != known[0]:
        return False
    swaps = (term[:at] + term[at + 1] + term[at] + term[at + 2 :] for at in range(1, len(term) - 1))
    return term != known and known in swaps


def unchanged_since(last_act: datetime | None, now: datetime) -> datetime | None:
    """Return since when nothing public can have changed: the full hour after the last act, None until it has passed.

    An hour is as exactly as the public learns when somebody worked in the portal.
    """
    if last_act is None:
        return None
    hour = last_act.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return hour if hour <= now else None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage on the way of a project, as the public sees it."""

    step: Step
    state: Literal["done", "now", "open"]
    text: str = ""

    @property
    def label(self) -> str:
        """Return the stage in words."""
        return str(self.step.label)


# The way of an idea that succeeds. What was put off, declined, ended or withdrawn stands in a sentence instead.
WAY = (Step.SUBMITTED, Step.POOLED, Step.ASSESSED, Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED)


def stages(step: str, days: Mapping[str, str] = MappingProxyType({})) -> list[Stage]:
    """Return the way of a project with what is done and where it stands; empty where it left the way.

    `days` says in words when a step was reached; what is still open has no day.
    """
    if step not in WAY:
        return []
    reached = WAY.index(Step(step))
    states: tuple[Literal["done", "now", "open"], ...] = ("done", "now", "open")
    return [
        Stage(
            each, states[1 + (number > reached) - (number < reached)], days.get(each, "") if number <= reached else ""
        )
        for number, each in enumerate(WAY)
    ]


# What of its history a project tells the public, with the sentence that goes with it. What was sent back, judged anew
# or put together inside is nobody's business outside; a reason is never told.
TRACE = {
    Act.SUBMIT: _lazy("Beschäftigte haben die Idee eingereicht."),
    Act.ADMIT: _lazy("Die Idee erfüllt alle fünf Grundkriterien und kam in den Pool."),
    Act.RATE: _lazy("Die vier Reifegrade sind bewertet."),
    Act.COMMISSION: _lazy("Die Lenkungsgruppe hat das Projekt zur Umsetzung bestimmt."),
    Act.DEFER: _lazy("Die Lenkungsgruppe hat das Projekt zurückgestellt."),
    Act.RESUME: _lazy("Das Projekt steht wieder zur Entscheidung."),
    Act.DECLINE: _lazy("Die Lenkungsgruppe hat beschlossen, das Projekt nicht weiterzuverfolgen."),
    Act.RECONSIDER: _lazy("Die Lenkungsgruppe berät noch einmal über das Projekt."),
    Act.START: _lazy("Ein Team hat mit der Umsetzung begonnen."),
    Act.COMPLETE: _lazy("Das Projekt ist abgeschlossen."),
    Act.STOP: _lazy("Das Projekt wurde beendet, bevor es fertig war."),
    Act.WITHDRAW: _lazy("Das Projekt wurde zurückgezogen."),
    Act.TAKE_OVER: _lazy("Das Projekt gab es schon; es steht hier, wie öffentliche Quellen es beschreiben."),
}
# These happen again after a new round inside; only the last time counts.
TOLD_ONCE = frozenset({Act.SUBMIT, Act.ADMIT, Act.RATE})


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a project as it is stored: what was done, and the day with its precision."""

    act: str
    to_step: str
    day: date | None
    precision: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One station of the public trace: the step, the day as exactly as it is known, one sentence."""

    act: str
    step: str
    day: date | None
    precision: str
    at: datetime
    sentence: str

    @property
    def label(self) -> str:
        """Return the step in words."""
        return str(Step(self.step).label)


def trace_of(moves: Sequence[Move]) -> list[TraceStep]:
    """Return what the public reads of a project's history, oldest first."""
    last = {move.act: number for number, move in enumerate(moves)}
    return [
        TraceStep(move.act, move.to_step, move.day, move.precision, move.at, str(TRACE[Act(move.act)]))
        for number, move in enumerate(moves)
        if move.act in TRACE and (move.act not in TOLD_ONCE or last[move.act] == number)
    ]
