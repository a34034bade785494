"""How much may hang on an idea, and what a file is called: values only."""

import re

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_SUM = 25 * 1024 * 1024
MOST_FILES = 20
# Taken away and added again and again, files would fill the disk; what was judged with an idea is kept.
MOST_EVER = 60
NAME_LENGTH = 120
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
NOT_IN_A_NAME = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
TURNS_OR_HIDES = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\ud800-\udfff]")
# Names that Windows keeps for devices, with any ending.
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
UNNAMED = "Anlage"


def clean_name(name: str, kind: str) -> str:
    """Return the name under which a file is shown: no path, nothing hidden, the ending of its content."""
    base = re.split(r"[/\\]", TURNS_OR_HIDES.sub("", name))[-1]
    base = " ".join(NOT_IN_A_NAME.sub(" ", base).split())
    stem, dot, ending = base.rpartition(".")
    if not dot or not _is_an_ending(ending.lower()):
        stem = base
    stem = stem.strip(". ")
    if not stem or DEVICES.match(stem):
        stem = f"{UNNAMED} {stem}".strip()
    return f"{stem[: NAME_LENGTH - len(kind) - 1].rstrip('. ')}.{kind}"


def _is_an_ending(text: str) -> bool:
    """Tell an ending (a few letters or digits) from the rest of a name with a full stop in it."""
    return re.fullmatch(r"[a-z0-9]{1,5}", text) is not None and not text.isdigit()
