"""What a release asks for, how ready a text is for it, and how plain its plain German is: values only.

Source: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

PLAIN_TEXT_LENGTH = 1200
NOTE_LENGTH = 300
# What is planned further ahead than this is a slip of the year.
FURTHEST_PLAN = timedelta(days=366)


class PictureLicence(TextChoices):
    """Under which terms a picture may be shown."""

    OWN = "eigene-aufnahme", _lazy("eigene Aufnahme der Stadt")
    CC0 = "cc0", "CC0 1.0"
    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    DL_BY = "dl-de-by-2.0", _lazy("Datenlizenz Deutschland – Namensnennung 2.0")
    PERMISSION = "erlaubnis", _lazy("Erlaubnis liegt vor")
    # Versions written before a licence was asked for; nobody can choose it.
    UNNAMED = "nicht-benannt", _lazy("Lizenz noch nicht benannt")

    @classmethod
    def named(cls) -> list[str]:
        """Return the terms that can be chosen."""
        return [each.value for each in cls if each is not cls.UNNAMED]


LICENCE_TEXTS = {
    PictureLicence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/deed.de",
    PictureLicence.CC_BY: "https://creativecommons.org/licenses/by/4.0/deed.de",
    PictureLicence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/deed.de",
    PictureLicence.DL_BY: "https://www.govdata.de/dl-de/by-2-0",
}
# What the public reads beside the author; of an own picture or a permission the name says enough.
LICENCES_TO_NAME = frozenset(LICENCE_TEXTS)


class Change(TextChoices):
    """What a newer version changes on a page that is public already."""

    EDITORIAL = "editorial", _lazy("redaktionell: am Inhalt ändert sich nichts")
    NOTED = "noted", _lazy("inhaltlich: mit sichtbarer Berichtigung auf der Seite")


def missing_for_picture(*, author: str, licence: str, permission: str) -> list[str]:
    """Return in words what a picture still lacks before it may be shown."""
    wanted = (
        (author, _("wer das Bild gemacht hat")),
        (licence in PictureLicence.named(), _("die Lizenz des Bildes")),
        (permission or licence != PictureLicence.PERMISSION, _("wo die Erlaubnis für das Bild liegt")),
    )
    return [words for there, words in wanted if not there]


def missing_for_change(*, replaces: bool, change: str, note: str) -> list[str]:
    """Return in words what is still to be said about what changes; nothing where nothing is public yet."""
    if not replaces:
        return []
    if change not in Change.values:
        return [_("was sich ändert: redaktionell, oder eine Berichtigung für alle")]
    if change == Change.NOTED and not note:
        return [_("die Berichtigung in einem Satz")]
    return []


def problem_with_day(day: date, *, today: date) -> str:
    """Return in words why a release cannot be planned for a day; "" where it can, today included."""
    if day < today:
        return _("Der Tag liegt in der Vergangenheit. Wählen Sie heute oder einen späteren Tag.")
    if day > today + FURTHEST_PLAN:
        return _("Der Tag liegt mehr als ein Jahr voraus. Wählen Sie einen früheren.")
    return ""


# --- Ready for release ----------------------------------------------------------------------------------------------


class State(Enum):
    """How far one point of the list is."""

    READY = "ready"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list: its key, its name, how far it is, what that means, and the field where it is put right."""

    key: str
    name: str
    state: State
    words: str
    anchor: str = ""

    @property
    def is_missing(self) -> bool:
        """Tell whether the release waits for it."""
        return self.state is State.MISSING

    @property
    def state_words(self) -> str:
        """Return the state in a word."""
        return {State.READY: _("da"), State.MISSING: _("fehlt"), State.NOT_NEEDED: _("nicht nötig")}[self.state]


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What the list looks at: the last version and what stands behind it."""

    has_text: bool = False
    why: str = ""
    plain_text: str = ""
    has_picture: bool = False
    picture_alt: str = ""
    picture_author: str = ""
    picture_licence: str = ""
    picture_permission: str = ""
    is_taken_over: bool = False
    has_source: bool = False
    has_consent: bool = False
    consent_by: str = ""
    waits_for: str = ""
    waits_since: date | None = None
    refused: bool = False
    milestones: int = 0
    newer_milestones: int = 0


def readiness(facts: TextFacts) -> list[Point]:
    """Return what a release of the last version needs, point by point, and by whom it is waited for.

    The consent stands last: it is given to all of it.
    """
    if not facts.has_text:
        words = _("Es gibt noch keine Fassung. Die CDO schreibt sie.")
        return [Point("text", _("Titel und Kurztext"), State.MISSING, words, "id_title")]
    found = [
        Point("text", _("Titel und Kurztext"), State.READY, _("Beides steht in der Fassung."), "id_title"),
        _why(facts),
        _plain(facts),
        *_picture(facts),
        _milestones(facts),
        _ground(facts),
    ]
    return found


def _why(facts: TextFacts) -> Point:
    if facts.why:
        return Point("why", _("Warum"), State.READY, _("Steht in der Fassung."), "id_why")
    words = _("Leer. Ohne sagt die Seite nicht, warum es das Projekt gibt.")
    return Point("why", _("Warum"), State.NOT_NEEDED, words, "id_why")


def _plain(facts: TextFacts) -> Point:
    name = _("Text in einfacher Sprache")
    if facts.plain_text:
        return Point("plain", name, State.READY, _("Steht in der Fassung."), "id_plain_text")
    return Point("plain", name, State.MISSING, _("Die CDO schreibt ihn in einer neuen Fassung."), "id_plain_text")


def _picture(facts: TextFacts) -> list[Point]:
    if not facts.has_picture:
        return [Point("picture", _("Bild"), State.NOT_NEEDED, _("Die Fassung hat kein Bild."), "id_picture")]
    alt = State.READY if facts.picture_alt else State.MISSING
    missing = missing_for_picture(
        author=facts.picture_author, licence=facts.picture_licence, permission=facts.picture_permission
    )
    words = _("Es fehlt: {missing}. Die CDO trägt es in einer neuen Fassung nach.").format(missing="; ".join(missing))
    return [
        Point("picture_alt", _("Bildbeschreibung"), alt, facts.picture_alt or _("Sie fehlt."), "id_picture_alt"),
        Point(
            "picture_licence",
            _("Bildlizenz"),
            State.MISSING if missing else State.READY,
            words if missing else _("Urheber und Lizenz stehen in der Fassung."),
            "id_picture_licence",
        ),
    ]


def _milestones(facts: TextFacts) -> Point:
    if facts.newer_milestones:
        words = ngettext(
            "Ein öffentlicher Meilenstein ist neuer als diese Fassung oder heißt anders. Die nächste hat ihn.",
            "{number} öffentliche Meilensteine sind neuer als diese Fassung oder heißen anders. Die nächste hat sie.",
            facts.newer_milestones,
        ).format(number=facts.newer_milestones)
        return Point("milestones", _("Meilensteine"), State.NOT_NEEDED, words, "fassungen")
    if not facts.milestones:
        words = _("Das Team hat keine öffentlichen Meilensteine geplant.")
        return Point("milestones", _("Meilensteine"), State.NOT_NEEDED, words)
    words = ngettext("Einer geht mit.", "{number} gehen mit.", facts.milestones).format(number=facts.milestones)
    return Point("milestones", _("Meilensteine"), State.READY, words)


def _ground(facts: TextFacts) -> Point:
    name = _("Zustimmung der federführenden Stelle")
    if facts.has_consent:
        return Point("consent", name, State.READY, facts.consent_by, "zustimmung")
    if facts.is_taken_over:
        name = _("Zustimmung, oder Quelle und Lesetag")
    if facts.waits_for:
        words = _("Gewartet wird auf: {unit}, gebeten am {day}.").format(
            unit=facts.waits_for, day=f"{facts.waits_since:%d.%m.%Y}" if facts.waits_since else "–"
        )
        return Point("consent", name, State.MISSING, words, "zustimmung")
    if facts.refused:
        words = _("Die Stelle hat abgelehnt. Die CDO liest die Begründung und schreibt eine neue Fassung.")
        return Point("consent", name, State.MISSING, words, "zustimmung")
    if facts.is_taken_over and facts.has_source:
        words = _("Bei diesem übernommenen Projekt genügt die Quelle; den Lesetag nennt die CDO beim Veröffentlichen.")
        return Point("consent", name, State.READY, words, "id_source")
    return Point("consent", name, State.MISSING, _("Die CDO bittet die Stelle darum."), "zustimmung")


# --- Plain German ---------------------------------------------------------------------------------------------------

LONGEST_AVERAGE = 15
LONGEST_SENTENCE = 20
LONG_WORD = 16
MOST_NAMED = 5
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:[-‑'’][^\W_]+)*")
_PASSIVE = re.compile(r"\b(?:wird|werden|wurde|wurden|worden)\b", re.IGNORECASE)
# „Die Stadt wird größer“ is no passive; beside a participle it may be one.
_PARTICIPLE = re.compile(
    r"\b(?:(?:an|auf|aus|be|bei|durch|ein|ent|er|fest|frei|her|hin|mit|nach|über|um|ver|vor|weiter|zer|zu|zurück)?"
    r"ge[a-zäöüß]+(?:t|en)|[a-zäöüß]+iert|(?:be|ent|er|ver|zer)[a-zäöüß]+(?:t|en))\b"
)


def plain_hints(text: str) -> list[str]:
    """Return what would make a text plainer, in words; hints only, they refuse nothing.

    Looked at are the length of sentences, long words without a hyphen, and the passive.
    """
    sentences = [each for each in (part.strip() for part in _SENTENCE_END.split(text)) if _WORD.search(each)]
    if not sentences:
        return []
    lengths = [len(_WORD.findall(each)) for each in sentences]
    average = sum(lengths) / len(lengths)
    hints = []
    if average > LONGEST_AVERAGE:
        hints.append(
            _("Ein Satz hat im Schnitt {number} Wörter. Gut sind höchstens {most}.").format(
                number=round(average), most=LONGEST_AVERAGE
            )
        )
    elif max(lengths) > LONGEST_SENTENCE:
        hints.append(_("Der längste Satz hat {number} Wörter. Teilen Sie ihn.").format(number=max(lengths)))
    long_words = list(dict.fromkeys(word for word in _WORD.findall(text) if _is_long(word)))
    if long_words:
        named = ", ".join(f"„{word}“" for word in long_words[:MOST_NAMED])
        hints.append(_("Lange Wörter: {words}. Gibt es kürzere, oder hilft ein Bindestrich?").format(words=named))
    passive = sum(1 for each in sentences if _is_passive(each))
    if passive:
        hints.append(
            _("{number} Mal steht vielleicht das Passiv („wird gemacht“). Sagen Sie, wer etwas tut.").format(
                number=passive
            )
        )
    return hints


def _is_long(word: str) -> bool:
    return any(len(part) >= LONG_WORD for part in re.split(r"[-‑]", word))


def _is_passive(sentence: str) -> bool:
    found = _PASSIVE.search(sentence)
    if not found:
        return False
    just_before = " ".join(sentence[: found.start()].split()[-1:])
    return bool(_PARTICIPLE.search(sentence[found.end() :]) or _PARTICIPLE.fullmatch(just_before))
