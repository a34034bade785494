"""What a file is by its content, and what of it is kept. Names and declared types count for nothing."""

import io
import warnings
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps, UnidentifiedImageError

from governance.tables.archives import OLD_OFFICE, PROTECTED, kind_of_archive
from governance.tables.reading import megabytes
from pool.attachments.rules import LARGEST_FILE

PICTURES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
MOST_DOTS = 50_000_000
LARGEST_EDGE = 4000
PDF_BEGINS, PDF_ENDS = b"%PDF-", b"%%EOF"
PDF_TAIL = 2048

NOT_POSSIBLE = gettext_lazy(
    "Diese Art von Datei geht nicht. Möglich sind PDF, Bilder (PNG, JPEG, WebP) und Office-Dateien (docx, xlsx, pptx, "
    "odt, ods, odp)."
)
TOO_MANY_DOTS = gettext_lazy("Das Bild hat zu viele Bildpunkte. Verkleinern Sie es auf höchstens 8.000 mal 6.000.")
CUT_PDF = gettext_lazy(
    "Das PDF ist unvollständig. Öffnen Sie es, speichern Sie es neu und versuchen Sie es noch einmal."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an uploaded file."""

    kind: str
    content: bytes


def examine(content: bytes) -> Kept:
    """Return the kind of a file by its content, and the content to keep; pictures are drawn anew without metadata.

    Raises ValidationError with one plain sentence for anything that is not on the list, too large or harmful.
    """
    if not content:
        raise ValidationError(_("Die Datei ist leer."), code="empty")
    refuse_size(len(content))
    if content.startswith(PDF_BEGINS):
        if PDF_ENDS not in content[-PDF_TAIL:]:
            raise ValidationError(CUT_PDF, code="damaged")
        return Kept("pdf", content)
    if content.startswith(OLD_OFFICE):
        raise ValidationError(PROTECTED, code="protected")
    if content.startswith(b"PK"):
        kind = kind_of_archive(content)
        if not kind:
            raise ValidationError(NOT_POSSIBLE, code="other_kind")
        return Kept(kind, content)
    return _picture(content)


def refuse_size(size: int) -> None:
    """Raise ValidationError for a file over the limit, saying how large it is."""
    if size > LARGEST_FILE:
        raise ValidationError(
            _("Die Datei ist {size} MB groß, erlaubt sind 5 MB.").format(size=megabytes(size)), code="too_large"
        )


def _picture(content: bytes) -> Kept:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _drawn_anew(content)
    except Image.DecompressionBombError:
        raise ValidationError(TOO_MANY_DOTS, code="too_many_dots") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise ValidationError(NOT_POSSIBLE, code="other_kind") from None


def _drawn_anew(content: bytes) -> Kept:
    """Carry over what is seen and nothing else: place, time, camera, colour profile and comments stay behind."""
    with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as opened:
        if opened.width * opened.height > MOST_DOTS:
            raise ValidationError(TOO_MANY_DOTS, code="too_many_dots")
        form = opened.format or ""
        upright = ImageOps.exif_transpose(opened)
        has_glass = upright.has_transparency_data and form != "JPEG"
        seen = upright.convert("RGBA" if has_glass else "RGB")
    seen.thumbnail((LARGEST_EDGE, LARGEST_EDGE))
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    target = io.BytesIO()
    options = {} if form == "PNG" else {"quality": 85}
    bare.save(target, format=form, **options)
    return Kept(PICTURES[form], target.getvalue())
