"""The map of the site for search engines: every public page, in each language it exists in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

SITE = ("home", "strategy", "procedure", "projects", "open_data", "accessibility", "privacy", "imprint")
IN_GERMAN_ONLY = ("leichte_sprache", "gebaerdensprache")
LANGUAGES = ("de", "en")
# What search engines call the version for everybody whose language there is none in.
ANY_LANGUAGE = "x-default"
# A site map holds at most 50,000 addresses by its definition; some are kept for the pages that are always there.
MOST_PROJECTS = 50_000 // len(LANGUAGES) - 500


class MappedPage:
    """One page: its name among the addresses, what stands in its address, when it last changed if that is known."""

    __slots__ = ("changed", "name", "slug")

    def __init__(self, name: str, slug: str = "", changed: datetime | None = None) -> None:
        self.name = name
        self.slug = slug
        self.changed = changed

    def paths(self) -> dict[str, str]:
        """Return the page's paths by language, the German one first; one for all where it exists in German only."""
        found: dict[str, str] = {}
        for language in LANGUAGES:
            with override(language):
                path = reverse(self.name, args=[self.slug] if self.slug else [])
            if path not in found.values():
                found[language] = path
        return found


@dataclass(frozen=True, slots=True)
class Location:
    """One address on the map: in which languages the same page is found where, and when it last changed."""

    address: str
    versions: Sequence[tuple[str, str]] = ()
    changed: datetime | None = None


def locations(pages: Iterable[MappedPage], address: Callable[[str], str]) -> Iterator[Location]:
    """Yield every address of some pages; `address` makes a full address of a path."""
    for page in pages:
        found = {language: address(path) for language, path in page.paths().items()}
        for each in found.values():
            yield Location(each, versions_of(found), page.changed)


def versions_of(found: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return where a page is found in which language, and in German for whoever reads neither; nothing where there is
    one language only.
    """
    return [*found.items(), (ANY_LANGUAGE, found[settings.LANGUAGE_CODE])] if len(found) > 1 else []


_more: list[Callable[[], Iterable[MappedPage]]] = []


def also_on_the_map(pages: Callable[[], Iterable[MappedPage]]) -> None:
    """Let a later step name pages of its own. Called once, at the start."""
    _more.append(pages)


def pages_of_the_site() -> list[MappedPage]:
    """Return the pages that are always there, and those of later steps."""
    always = [MappedPage(f"publication:{name}") for name in SITE]
    german = [MappedPage(f"plain:{name}") for name in IN_GERMAN_ONLY]
    return [*always, *german, *(page for pages in _more for page in pages())]
