"""Looking into an office file before anything of it is unpacked: what it is, and whether it is meant to do harm.

Office files are ZIP archives. Only names and sizes are read here, and the one small list of contents.
"""

import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_ENTRIES = 1000
MOST_UNPACKED = 50 * 1024 * 1024
HIGHEST_RATIO = 100
# Small parts may shrink by any factor: a list of contents of 20 kB repeats itself a lot.
FREE_OF_RATIO = 1024 * 1024
LONGEST_LIST = 512 * 1024
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
CONTENTS = "[Content_Types].xml"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}

PROTECTED = _(
    "Die Datei ist mit einem Kennwort geschützt oder in einem alten Format (.doc, .xls, .ppt). Speichern Sie sie ohne "
    "Kennwort im heutigen Format, zum Beispiel als .xlsx."
)
DAMAGED = _("Die Datei ist beschädigt oder unvollständig. Öffnen Sie sie, speichern Sie sie neu und versuchen Sie es.")
TOO_MUCH = _("Die Datei entpackt sich zu einer ungewöhnlich großen Menge und wurde nicht geöffnet.")
MACROS = _("Die Datei enthält Makros. Speichern Sie sie ohne Makros, zum Beispiel als .xlsx.")
# What a hostile archive may raise while its list of contents is read.
BROKEN = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    KeyError,
)


def kind_of_archive(content: bytes, *, most_unpacked: int = MOST_UNPACKED) -> str:
    """Return which office format a ZIP archive is (docx, xlsx, pptx, odt, ods, odp), or "" for any other archive.

    Raises ValidationError for what is encrypted, damaged, full of macros, or unpacks to too much.
    """
    if content.startswith(OLD_OFFICE):
        raise ValidationError(PROTECTED, code="protected")
    try:
        with ZipFile(BytesIO(content)) as archive:
            _refuse_bombs(archive, most_unpacked)
            return _kind(archive)
    except BROKEN:
        raise ValidationError(DAMAGED, code="damaged") from None


def _refuse_bombs(archive: ZipFile, most_unpacked: int) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most_unpacked:
        raise ValidationError(TOO_MUCH, code="too_much")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise ValidationError(PROTECTED, code="protected")
        if entry.file_size > FREE_OF_RATIO and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
            raise ValidationError(TOO_MUCH, code="too_much")


def _kind(archive: ZipFile) -> str:
    names = set(archive.namelist())
    if CONTENTS not in names:
        return _kind_of_open_document(archive, names)
    parts = _content_types(archive)
    has_macros = any("macroEnabled" in part or "vbaProject" in part for part in parts)
    if has_macros or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError(MACROS, code="macros")
    return next((MAIN_TYPES[part] for part in parts if part in MAIN_TYPES), "")


def _content_types(archive: ZipFile) -> list[str]:
    if archive.getinfo(CONTENTS).file_size > LONGEST_LIST:
        raise ValidationError(TOO_MUCH, code="too_much")
    try:
        root = fromstring(archive.read(CONTENTS))
    except (ParseError, DefusedXmlException):
        raise ValidationError(DAMAGED, code="damaged") from None
    return [each.get("ContentType", "") for each in root if each.tag in (f"{TYPES}Override", f"{TYPES}Default")]


def _kind_of_open_document(archive: ZipFile, names: set[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    if any(name.startswith("Basic/") for name in names):
        raise ValidationError(MACROS, code="macros")
    manifest = "META-INF/manifest.xml"
    is_short = manifest in names and archive.getinfo(manifest).file_size <= LONGEST_LIST
    if is_short and b"encryption-data" in archive.read(manifest):
        raise ValidationError(PROTECTED, code="protected")
    return OPEN_DOCUMENT.get(archive.read("mimetype").strip(), "")
