"""The meeting pack as PDF/UA: tagged, with bookmarks, the same bytes from the same values on every machine."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from governance.templatetags.portal import day
from pool.exchange.meeting_pack_queries import Standing
from pool.exchange.meeting_pack_values import Pack
from pool.templatetags.figures import score_text

SOURCE = Path(settings.BASE_DIR) / "templates" / "exchange" / "meeting_pack.typ"
PROGRAM = Path(__file__).with_name("typesetting.py")
LONGEST_SECONDS = 60
MOST_PLACES = 200

# What the font of the document has, as tests/pool/exchange/test_meeting_pack_pdf.py proves character by character.
SETTABLE = (
    "\\x20-\\x7e\\xa0-\\xac\\xae-\\u02af\\u0384-\\u038a\\u038c\\u038e-\\u03a1\\u03a3-\\u03ce\\u0400-\\u0477\\u048c-\\u04c4"
    "\\u1e00-\\u1eff\\u2010-\\u2027\\u202f-\\u2037\\u2039-\\u203e\\u2044\\u2070\\u2071\\u2074-\\u208e\\u20ac\\u20bf\\u2113"
    "\\u2116\\u2122\\u2126\\u212e\\u2153-\\u2184\\u2190-\\u2199\\u2200-\\u220d\\u220f-\\u222e\\u2248\\u2249\\u2260-\\u2262"
    "\\u2264\\u2265\\u25a0\\u25a1\\u25b2\\u25b3\\u25b6\\u25b7\\u25bc\\u25bd\\u25c0\\u25c1\\u25c6\\u25c7\\u2605\\u2714\\u2718"
)
NOT_SETTABLE = re.compile(f"[^\n{SETTABLE}]+")
NOT_PLAIN = re.compile("[^\n\\x20-\\x7e\\xa0-\\xac\\xae-\\xff„“‚‘–…€□]+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f]")
STAND_IN = "□"
# A word longer than a line may be parted anywhere; the parting shows nothing.
LONG_WORD = re.compile(r"(\S{24})(?=\S{8})")
PARTING = "\u200b"


class NoPdf(Exception):
    """No PDF could be made; the message says why, in German."""


def is_available() -> bool:
    """Tell whether the typesetter is installed."""
    return find_spec("typst") is not None


def pdf_of(pack: Pack, standing: Standing) -> bytes:
    """Return the pack as PDF. Raises NoPdf where the typesetter is missing or refuses."""
    if not is_available():
        raise NoPdf(
            _("Auf diesem Rechner fehlt das Programm für PDF (Paket „typst“). Webseite und XLSX gibt es trotzdem.")
        )
    # A character that the typesetter cannot set after all must not keep a sitting from its pack: once more, plainer.
    document = _set(printed(pack, standing)) or _set(printed(pack, standing, not_settable=NOT_PLAIN))
    if document is None:
        raise NoPdf(_("Das PDF ließ sich nicht setzen. Webseite und XLSX gibt es trotzdem."))
    return document


def _set(values: Mapping[str, Any]) -> bytes | None:
    """Return the document, or None where the typesetter refuses the values. Raises NoPdf where it takes too long."""
    given = json.dumps({"source": SOURCE.read_text(encoding="utf-8"), "values": values})
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)],
            input=given.encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NoPdf(_("Das PDF wurde nicht rechtzeitig fertig. Webseite und XLSX gibt es trotzdem.")) from None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"%PDF-") else None


def printed(pack: Pack, standing: Standing, *, not_settable: re.Pattern[str] = NOT_SETTABLE) -> dict[str, Any]:
    """Return the values as the document sets them: text only in characters that its font has, days in words."""
    values = asdict(pack)
    setter = _Setter(not_settable)
    found: dict[str, Any] = setter.set(values)
    found["places"] = [_scored(place) for place in found["places"][:MOST_PLACES]]
    found["profiles"] = [
        {**each, "place": _scored(each["place"]) if each["place"] else None} for each in found["profiles"]
    ]
    on_list = {each["project"] for each in found["profiles"]}
    found["reasoned"] = [place for place in found["places"] if place["project"] not in on_list]
    found["ranked_total"] = len(pack.places)
    if pack.recomputation:  # whoever copies a hash gets the hash, without partings
        found["recomputation"] |= {"hash": pack.recomputation.hash, "previous_hash": pack.recomputation.previous_hash}
    found["standing"] = setter.set(list(standing.sentences))
    found["rule_words"] = setter.set(pack.head.rule_words)
    found["stand_in"] = setter.stood_in
    return found


def _scored(place: Mapping[str, Any]) -> dict[str, Any]:
    degrees = [{**each, "points": score_text(each["points"])} for each in place["degrees"]]
    return {**place, "score": score_text(place["score"]), "degrees": degrees}


class _Setter:
    """Makes values ready to be set, and knows whether a character had to be stood in for."""

    def __init__(self, not_settable: re.Pattern[str]) -> None:
        self.not_settable = not_settable
        self.stood_in = False

    def set(self, value: Any) -> Any:
        """Return a value with its texts made settable."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, Mapping):
            return {key: self.set(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.set(each) for each in value]
        return value

    def _text(self, text: str) -> str:
        plain = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        shown = self.not_settable.sub(STAND_IN, plain)
        self.stood_in = self.stood_in or shown != plain
        return LONG_WORD.sub(rf"\1{PARTING}", shown)
