"""The map of the site for search engines: every public page, in each language it exists in."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import override

SITE = ("home", "strategy", "procedure", "projects", "open_data", "accessibility", "privacy", "imprint")
IN_GERMAN_ONLY = ("leichte_sprache", "gebaerdensprache")
LANGUAGES = ("de", "en")
# A site map holds at most 50,000 addresses by its definition; some are kept for the pages that are always there.
MOST_PROJECTS = 50_000 // len(LANGUAGES) - 500


class MappedPage:
    """One page: its name among the addresses, what stands in its address, when it last changed if that is known."""

    __slots__ = ("changed", "name", "slug")

    def __init__(self, name: str, slug: str = "", changed: datetime | None = None) -> None:
        self.name = name
        self.slug = slug
        self.changed = changed

    def paths(self) -> list[str]:
        """Return the page's paths, the German one first."""
        found = []
        for language in LANGUAGES:
            with override(language):
                found.append(reverse(self.name, args=[self.slug] if self.slug else []))
        return list(dict.fromkeys(found))


_more: list[Callable[[], Iterable[MappedPage]]] = []


def also_on_the_map(pages: Callable[[], Iterable[MappedPage]]) -> None:
    """Let a later step name pages of its own. Called once, at the start."""
    _more.append(pages)


def pages_of_the_site() -> list[MappedPage]:
    """Return the pages that are always there, and those of later steps."""
    always = [MappedPage(f"publication:{name}") for name in SITE]
    german = [MappedPage(f"plain:{name}") for name in IN_GERMAN_ONLY]
    return [*always, *german, *(page for pages in _more for page in pages())]
