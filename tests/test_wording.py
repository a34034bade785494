"""ACC-20: what the portal says is plain: never only that something is wrong, always "Sie", and sentences that end soon.

Every word of ours is read: the texts of the program without its comments and docstrings, the templates, the fixtures.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from governance.record import wording

ROOT = Path(settings.BASE_DIR)
PROGRAM = sorted(path for name in ("governance", "pool", "mainzdigital") for path in (ROOT / name).rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.suffix != ".typ")
DATA = sorted((ROOT / "fixtures").glob("*.yaml"))
# Words that say that something is wrong and not what to do; none of ours needs them.
BLAME = re.compile(r"\b(?:un|nicht )(?:gültig|zulässig)", re.IGNORECASE)
# "Sie" is what everybody is called; "du" stands in no text.
FAMILIAR = re.compile(r"\b(?:du|dich|dir|dein(?:e[mnrs]?)?|euch|eure[mnrs]?|kannst|musst|möchtest|willst)\b")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)


def said_in(path: Path) -> Iterator[str]:
    """Yield the texts of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield COMMENT.sub("", text)
        return
    tree = ast.parse(text)
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    explained = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, owners)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in explained:
            yield node.value


@pytest.mark.parametrize("path", [*PROGRAM, *TEMPLATES, *DATA], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_only_called_wrong_and_nobody_is_called_du(path):
    wrong = [found[0] for text in said_in(path) for rule in (BLAME, FAMILIAR) for found in rule.finditer(text)]
    assert wrong == []


def test_the_words_are_looked_for_where_they_would_stand():
    assert BLAME.search("Der Wert ist ungültig.")
    assert FAMILIAR.search("Hier kannst du suchen.")
    assert not FAMILIAR.search("Sie können Ihre Daten suchen.")
    assert list(said_in(Path(wording.__file__)))
