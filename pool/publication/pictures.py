"""Pictures of public texts: decoded, made small, freed of everything but what is seen, and named by their content."""

import hashlib
import io
import math
import warnings
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP")
MEDIA_TYPE = "image/webp"
LARGEST_FILE = 5 * 1024 * 1024
LARGEST_EDGE = 1600
# What a page may send of one picture; the hardest one is made coarser, then smaller, until it keeps to it.
LARGEST_SENT = 60_000
QUALITIES = (82, 64, 46)
# A picture of a good camera has some 50 million dots; a file that unpacks to more is refused before it is unpacked.
MOST_DOTS = 50_000_000

TOO_LARGE = _("Das Bild ist größer als 5 MB. Verkleinern Sie es und laden Sie es noch einmal hoch.")
TOO_MANY_DOTS = _("Das Bild hat zu viele Bildpunkte. Verkleinern Sie es auf höchstens 8.000 mal 6.000.")
NOT_READABLE = _("Das ist kein lesbares Bild. Möglich sind PNG, JPEG und WebP.")


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A picture as it will be shown."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Return the name that the picture has by its content."""
        return hashlib.sha256(self.content).hexdigest()


def encode_picture(file: bytes) -> EncodedPicture:
    """Return an uploaded PNG, JPEG or WebP file as a WebP picture of at most 1600 dots and 60 kB, without metadata.

    Only what is seen is carried over: place, time, camera, colour profile and comments of the file are gone. Raises
    ValidationError for anything else, for files over 5 MB and for files that would unpack to a giant.
    """
    if len(file) > LARGEST_FILE:
        raise ValidationError(TOO_LARGE, code="too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encode(file)
    except Image.DecompressionBombError:
        raise ValidationError(TOO_MANY_DOTS, code="too_many_dots") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise ValidationError(NOT_READABLE, code="not_readable") from None


def _encode(file: bytes) -> EncodedPicture:
    with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_DOTS:
            raise ValidationError(TOO_MANY_DOTS, code="too_many_dots")
        upright = ImageOps.exif_transpose(opened)
        seen = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    seen.thumbnail((LARGEST_EDGE, LARGEST_EDGE))
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    while True:
        for quality in QUALITIES:
            target = io.BytesIO()
            bare.save(target, format="WEBP", quality=quality, method=4)
            if target.tell() <= LARGEST_SENT:
                return EncodedPicture(content=target.getvalue(), width=bare.width, height=bare.height)
        # As much smaller as it is too heavy, at least by a tenth, so that this ends even with nothing but grain.
        share = min(0.9, math.sqrt(LARGEST_SENT / target.tell()))
        size = (max(1, int(bare.width * share)), max(1, int(bare.height * share)))
        bare = bare.resize(size, Image.Resampling.LANCZOS)
