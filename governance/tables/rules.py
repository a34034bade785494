"""What a text becomes before it stands in a cell: values only.

A spreadsheet program takes a cell for a formula, cuts it or refuses the whole file for what the text happens to be.
"""

import re

CELL_LENGTH = 32_767
# What begins a formula or a command in a spreadsheet program, in its full-width form too, also behind blanks,
# quotation marks and line ends.
FORMULA = re.compile(r"^[\s\x00\"'´`„“”‚‘’]*[=+\-@＝＋－＠]")
BREAKING_START = ("\t", "\r", "\n", "\x00")
# What XML cannot hold: control characters, lone surrogates, the two that are no characters.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LINE_END = re.compile("\r\n?")
# Excel reads "_x0041_" as the letter A; the underscore is written out, so that it stays what somebody wrote.
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_LENGTH = 31


def cell_text(text: str) -> str:
    """Return a text without what no file can hold, with plain line ends."""
    return NOT_IN_XML.sub("", LINE_END.sub("\n", text))


def xlsx_text(text: str) -> str:
    """Return a text as it stands in an XLSX file."""
    return ESCAPE.sub("_x005F_", cell_text(text))


def looks_like_a_formula(text: str) -> bool:
    """Tell whether a spreadsheet program might calculate with a text instead of showing it."""
    return text.startswith(BREAKING_START) or FORMULA.match(text) is not None


def csv_text(text: str) -> str:
    """Return a text as it stands in a CSV file: an apostrophe before what might be taken for a formula.

    The apostrophe is the only change; taking one away before such a text gives what was written.
    """
    clean = cell_text(text)
    return f"'{clean}" if looks_like_a_formula(clean) or looks_like_a_formula(text) else clean


def units_of(text: str) -> int:
    """Return the length of a text as Excel counts it: characters beyond the basic plane count twice."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def parts_of(text: str, length: int) -> list[str]:
    """Return a text in parts of at most `length` as Excel counts; joined they are the text."""
    parts: list[str] = []
    part: list[str] = []
    used = 0
    for character in text:
        width = 2 if ord(character) > 0xFFFF else 1
        if used + width > length:
            parts.append("".join(part))
            part, used = [], 0
        part.append(character)
        used += width
    return [*parts, "".join(part)]


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet: without what a name may not hold, at most 31 characters."""
    return NOT_IN_SHEET_NAME.sub(" ", cell_text(text)).strip(" '")[:SHEET_NAME_LENGTH] or "Liste"
