"""Collects named files out of installed packages, so that nothing third-party is copied into the repository."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"package {name} is not installed")
    return Path(next(iter(found.submodule_search_locations)))


class VendorFinder(BaseFinder):
    """settings.VENDOR_FILES = {prefix: (package, [patterns])}; a pattern that finds nothing is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.files: dict[str, tuple[str, FileSystemStorage]] = {}
        for prefix, (package, patterns) in settings.VENDOR_FILES.items():
            folder = package_folder(package)
            storage = FileSystemStorage(location=folder)
            storage.prefix = prefix  # type: ignore[attr-defined]
            for pattern in patterns:
                hits = sorted(folder.glob(pattern))
                if not hits:
                    raise FileNotFoundError(f"{folder}/{pattern}")
                for hit in hits:
                    relative = hit.relative_to(folder).as_posix()
                    self.files[f"{prefix}/{relative}"] = (relative, storage)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        hit = self.files.get(path)
        if hit is None:
            return []
        full = hit[1].path(hit[0])
        return [full] if find_all else full

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        for relative, storage in self.files.values():
            if not utils.matches_patterns(relative, ignore_patterns):
                yield relative, storage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed names; comments pointing to source maps are left alone, since no map is shipped."""

    patterns = tuple(
        (
            glob,
            tuple(
                pattern
                for pattern in patterns
                if "sourceMappingURL" not in (pattern[0] if isinstance(pattern, tuple) else pattern)
            ),
        )
        for glob, patterns in CompressedManifestStaticFilesStorage.patterns
    )
