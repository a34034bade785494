"""The layers of the design hold: which module may know which."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = sorted([*ROOT.glob("pool/*/rules.py"), *ROOT.glob("governance/*/rules.py"), ROOT / "pool/lifecycle.py"])
# Of Django a rule may use the bases of enumerations, translation and its lazy strings.
ALLOWED_OF_DJANGO = {("django.db.models", "TextChoices"), ("django.db.models", "IntegerChoices")}
WORDS_OF_DJANGO = {"django.utils.translation", "django.utils.functional"}
LONGEST_MODULE = 500


def imports_of(path: Path) -> set[tuple[str, str]]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "", alias.name) for alias in node.names}
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_import_contracts_are_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_rules_use_neither_database_nor_request_nor_clock(path):
    of_django = {(module, name) for module, name in imports_of(path) if module.split(".")[0] == "django"}
    assert of_django - {pair for pair in of_django if pair[0] in WORDS_OF_DJANGO} <= ALLOWED_OF_DJANGO
    source = path.read_text(encoding="utf-8")
    for clock in ("timezone.now", "date.today", "datetime.now", "clock.today", "clock.now"):
        assert clock not in source


def python_files() -> list[Path]:
    folders = ("mainzdigital", "governance", "pool")
    return sorted(
        path for folder in folders for path in ROOT.glob(f"{folder}/**/*.py") if "migrations" not in path.parts
    )


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_a_module_stays_readable_and_asks_the_one_clock(path):
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= LONGEST_MODULE
    if path.name != "clock.py":
        for clock in ("timezone.now(", "date.today(", "datetime.now(", "localdate()"):
            assert clock not in source


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py", "misc.py"])
def test_no_module_is_named_after_nothing(name):
    assert [path for path in python_files() if path.name == name] == []
