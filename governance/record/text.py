"""What typed text becomes before it is stored: readable, comparable, and the same on every database."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NUL_MESSAGE = _("Der Text enthält ein unsichtbares Steuerzeichen (NUL). Fügen Sie ihn bitte ohne Formatierung ein.")
CHANGED_MEANWHILE = _("Das wurde inzwischen geändert. Ihre Eingaben stehen noch hier; prüfen Sie den neuen Stand.")
# Characters that turn the reading direction: they can make a name read as something else.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
# Control characters other than tab and line feed, lone surrogates, the byte order mark, other invisible fillers.
CONTROL = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufff9-\ufffb]")
TERMINAL_SEQUENCE = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
LINE_END = re.compile("\r\n|\r|\x85|\u2028|\u2029")
# Joiners build emoji and letters of other scripts, so they stay inside a text; alone they are no text. Format and
# control characters, marks without a letter and blanks go by their category; these show nothing in spite of theirs.
SHOWS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")


def clean_text(value: str) -> str:
    """Return `value` in NFC with plain line ends, without control and direction characters and outer blanks.

    Text of nothing but blanks and invisible characters is empty. Raises ValidationError on NUL, which PostgreSQL
    cannot store.
    """
    if "\x00" in value:
        raise ValidationError(NUL_MESSAGE, code="null_characters_not_allowed")
    value = LINE_END.sub("\n", value)
    value = CONTROL.sub("", TERMINAL_SEQUENCE.sub("", value))
    value = unicodedata.normalize("NFC", DIRECTION.sub("", value)).strip()
    return value if any(is_visible(character) for character in value) else ""


def is_visible(character: str) -> bool:
    """Tell whether a reader sees this character by itself: a letter, a digit, a sign."""
    return character not in SHOWS_NOTHING and unicodedata.category(character)[0] in "LNPS"


def clean_line(value: str) -> str:
    """Return `value` cleaned and on one line."""
    return " ".join(clean_text(value).split())
