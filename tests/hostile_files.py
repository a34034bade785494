"""Files that somebody might upload by mistake or on purpose, made here byte by byte, by name."""

import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/{part}" ContentType="{type}"/></Types>'
)
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PPTX_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def workbook(*rows: list[object], sheet: str = "Ideen", change: Callable[[Workbook], object] | None = None) -> bytes:
    """An XLSX file with these rows; `change` does something to it before it is saved."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def archive(entries: dict[str, bytes | str], method: int = ZIP_DEFLATED) -> bytes:
    """A ZIP archive with these entries."""
    target = BytesIO()
    with ZipFile(target, "w", method) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return target.getvalue()


def office(kind: str) -> bytes:
    """The smallest file that is of this kind."""
    main = {"docx": ("word/document.xml", DOCX_MAIN), "pptx": ("ppt/presentation.xml", PPTX_MAIN)}
    if kind == "xlsx":
        return workbook(["a"])
    if kind in main:
        part, content_type = main[kind]
        return archive({"[Content_Types].xml": CONTENT_TYPES.format(part=part, type=content_type), part: "<x/>"})
    open_document = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}[kind]
    target = BytesIO()
    with ZipFile(target, "w") as made:
        made.writestr(ZipInfo("mimetype"), f"application/vnd.oasis.opendocument.{open_document}", ZIP_STORED)
        made.writestr("content.xml", "<x/>")
    return target.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A file with one of its parts changed."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            made.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return target.getvalue()


def without(content: bytes, part: str) -> bytes:
    """A file that lacks one of its parts."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name != part:
                made.writestr(name, source.read(name))
    return target.getvalue()


def bomb() -> bytes:
    """A few kilobytes that unpack to far more than they say a sheet may be."""
    return changed(workbook(["Titel"]), "xl/worksheets/sheet1.xml", lambda _xml: b"0" * (60 * 1024 * 1024))


def lying_bomb() -> bytes:
    """A bomb whose list of contents calls it small."""
    made = bytearray(archive({"[Content_Types].xml": "<x/>", "a": b"0" * (30 * 1024 * 1024)}))
    size, small = (30 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little")
    return bytes(made.replace(size, small))


def encrypted_entry() -> bytes:
    """An archive that says its entries are encrypted."""
    made = bytearray(workbook(["Titel"]))
    place = made.find(b"PK\x01\x02")
    while place >= 0:
        made[place + 8] |= 1
        place = made.find(b"PK\x01\x02", place + 4)
    return bytes(made)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)
FOREIGN = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_entities(prolog: bytes, entity: bytes) -> bytes:
    """A sheet whose text is an entity that unfolds."""
    sheet = workbook(["Titel"], ["TEXT"])
    unfolding = changed(sheet, "xl/worksheets/sheet1.xml", lambda xml: prolog + xml.replace(b"TEXT", entity))
    assert unfolding != sheet
    return unfolding


def _damaged(content: bytes) -> bytes:
    """A file whose sheet no longer matches its checksum."""
    with ZipFile(BytesIO(content)) as source:
        info = source.getinfo("xl/worksheets/sheet1.xml")
    made = bytearray(content)
    made[info.header_offset + 80] ^= 0xFF
    return bytes(made)


# Each of these is refused as a whole.
REFUSED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"Titel;Kurztext\r\nEine Idee;Ein Satz\r\n",
    "pdf": lambda: b"%PDF-1.7\n%%EOF",
    "html": lambda: b"<html><table><tr><td>Titel</td></tr></table></html>",
    "a zip of nothing": lambda: archive({}),
    "another zip": lambda: archive({"readme.txt": "Hallo"}),
    "truncated": lambda: workbook(["Titel"])[:-200],
    "half": lambda: workbook(["Titel"])[:2000],
    "bad checksum": lambda: _damaged(workbook(["Titel"], ["x" * 50])),
    "no sheet": lambda: without(workbook(["Titel"]), "xl/worksheets/sheet1.xml"),
    "no workbook": lambda: without(workbook(["Titel"]), "xl/workbook.xml"),
    "no contents": lambda: without(workbook(["Titel"]), "[Content_Types].xml"),
    "bomb": bomb,
    "lying bomb": lying_bomb,
    "nested": lambda: archive({"a.zip": archive({"b": b"0" * 10_000_000})}),
    "many entries": lambda: archive({f"{n}": b"" for n in range(1500)}, ZIP_STORED),
    "billion laughs": lambda: with_entities(LAUGHS, b"&j;"),
    "foreign entity": lambda: with_entities(FOREIGN, b"&a;"),
    "laughs in the contents": lambda: changed(
        workbook(["Titel"]), "[Content_Types].xml", lambda xml: LAUGHS + xml[55:]
    ),
    "macro": lambda: changed(
        workbook(["Titel"]), "[Content_Types].xml",
        lambda xml: xml.replace(XLSX_MAIN.encode(), b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    ),
    "hidden macro": lambda: archive(
        {"[Content_Types].xml": CONTENT_TYPES.format(part="xl/workbook.xml", type=XLSX_MAIN), "xl/vbaProject.bin": "x"}
    ),
    "external link": lambda: changed(
        archive({**_parts(workbook(["Titel"], ["x"])), "xl/externalLinks/externalLink1.xml": b"<x/>"}), "none", bytes
    ),
    "encrypted": lambda: OLE + b"\0" * 3000,
    "encrypted entry": encrypted_entry,
    "ods": lambda: office("ods"),
    "docx": lambda: office("docx"),
    "deflated garbage": lambda: b"PK\x03\x04" + zlib.compress(b"x" * 1000),
    "too large": lambda: b"PK\x03\x04" + b"0" * (5 * 1024 * 1024),
}  # fmt: skip


def _parts(content: bytes) -> dict[str, bytes | str]:
    with ZipFile(BytesIO(content)) as source:
        return {name: source.read(name) for name in source.namelist()}
