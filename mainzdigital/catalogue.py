"""The English words of the public pages: found in the sources, kept in one catalogue, compiled when installed.

German stands in the sources and is the msgid. Texts of the strategic frame are looked up by their German words too, so
that a text the city changes falls back to German instead of keeping an English that no longer says the same.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import yaml
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"

BEGUN = datetime(2026, 11, 25, tzinfo=UTC)

PUBLIC_COMPONENTS = (
    "header", "account_menu", "bell", "brand", "footer", "messages", "pager", "pills", "empty", "error_summary",
    "crumbs", "rail", "case", "case_letter", "bars", "contribution_bar", "milestone_line",
)  # fmt: skip

# Whatever a public page can say. Folders are read whole.
SOURCES = (
    "templates/base.html",
    "templates/publication",
    "templates/participation",
    *(f"templates/_components/{name}.html" for name in PUBLIC_COMPONENTS),
    *(
        f"pool/publication/{name}.py"
        for name in (
            "descriptions",
            "filters",
            "frame",
            "meta",
            "open_fields",
            "open_views",
            "queries",
            "rules",
            "views",
        )
    ),
    *(f"pool/participation/{name}.py" for name in ("forms", "queries", "retention", "rules", "views")),
    "governance/organisation/retention.py",
    "governance/public_forms.py",
    "pool/lifecycle.py",
    "pool/delivery/milestones.py",
    "pool/templatetags/delivery.py",
    "pool/templatetags/figures.py",
    "pool/templatetags/public.py",
    "governance/templatetags/portal.py",
)
# Of this file only what stands before these words is public.
ONLY_BEFORE = {"lifecycle.py": "class Act(TextChoices)"}
FRAME = ("fixtures/strategy_2022.yaml", "fixtures/criteria_1.yaml")
# What of the frame is text; the rest are keys, days and references.
TEXTS = frozenset(
    {
        "title", "short_title", "text", "lead", "question", "answer", "topic", "gap", "charta_group", "name",
        "holds_when", "guiding_question", "evidence", "hint", "anchors", "word",
    }
)  # fmt: skip
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collect() -> None:
    """Write the catalogue anew: every msgid of the sources, with the translation it had."""
    known = read()
    fresh = wanted()
    fresh.creation_date, fresh.revision_date = known.creation_date, known.revision_date  # no change, no difference
    for message in fresh:
        if message.id and (old := known.get(message.id, message.context)) is not None:
            message.string = old.string
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("wb") as file:
        pofile.write_po(file, fresh, width=100, sort_output=False, omit_header=False, include_lineno=False)


def read() -> Catalog:
    """Return the catalogue as it is kept; empty where there is none yet."""
    if not FILE.exists():
        return _empty()
    with FILE.open("rb") as file:
        return pofile.read_po(file, locale="en")


def compiled() -> bytes:
    """Return the catalogue in the form that gettext reads."""
    out = BytesIO()
    mofile.write_mo(out, read())
    return out.getvalue()


def compile_catalogue() -> None:
    """Write the compiled catalogue beside the readable one, whole or not at all."""
    target = FILE.with_suffix(".mo")
    with NamedTemporaryFile(dir=target.parent, suffix=".new", delete=False) as file:
        file.write(compiled())
    Path(file.name).replace(target)


def is_compiled() -> bool:
    """Tell whether the compiled catalogue is as new as the readable one."""
    target = FILE.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime >= FILE.stat().st_mtime


def missing() -> list[str]:
    """Return the German words that have no English yet."""
    known = read()
    return [_words(message.id) for message in wanted() if message.id and not _is_translated(known, message)]


def wanted() -> Catalog:
    """Return a catalogue of everything the public pages can say, without translations."""
    catalog = _empty()
    for path in _files():
        where = [(str(path.relative_to(ROOT)), 0)]
        for _line, message, _comments, context in _found(path):
            catalog.add(message, locations=where, context=context)
    for name in FRAME:
        for text in _texts(yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))):
            catalog.add(text, locations=[(name, 0)])
    return catalog


def _empty() -> Catalog:
    return Catalog(
        locale="en",
        header_comment="# What the public pages say in English. Brought up to date by: scripts/messages collect",
        project="mainzDIGITAL",
        version="",
        copyright_holder="Landeshauptstadt Mainz",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
        charset="utf-8",
    )


def _files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from sorted(path.rglob("*.html")) + sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _found(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text(encoding="utf-8").partition(ONLY_BEFORE.get(path.name, "\0"))[0]
    if path.suffix == ".html":
        if not settings.configured:
            settings.configure()
        text = templatize(text, origin=str(path))
    yield from extract("python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def _texts(value: object, key: str = "") -> Iterator[str]:
    """Yield the texts of the frame as they stand in its rows."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif isinstance(value, str) and key in TEXTS and value.strip():
        yield value.strip()


def _is_translated(known: Catalog, message: Message) -> bool:
    found = known.get(message.id, message.context)
    if found is None or found.fuzzy:
        return False
    parts = found.string if isinstance(found.string, (tuple, list)) else [found.string]
    return bool(parts) and all(parts)


def _words(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]
