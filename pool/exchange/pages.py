"""A one-page PDF with a few lines of text, for the attachments of the examples."""

from collections.abc import Sequence

_BEGIN = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def small_pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page in A4 with the lines one below the other, the first one larger.

    The same lines give the same bytes. Only letters that Windows-1252 knows.
    """
    shown = [f"BT /F1 {20 if place == 0 else 12} Tf 60 {770 - 28 * place} Td ({_escaped(line)}) Tj ET"
             for place, line in enumerate(lines)]  # fmt: skip
    content = "\n".join(shown).encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, places = _BEGIN, []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
