"""Reading the data files that come with the software."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


def read(name: str) -> Any:
    """Return the content of one data file, or the joined lists of a folder of them."""
    path = FIXTURES / name
    if path.is_dir():
        return [row for part in sorted(path.glob("*.yaml")) for row in _load(part)]
    return _load(path)


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
