"""What a public page says about itself to search engines, feed readers and previews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pool.publication.http import address_of
from pool.publication.site_map import LANGUAGES, versions_of

LONGEST = 200
# What previews show of a page without a photograph; drawn by scripts/preview-picture.
DRAWN = {"de": "bilder/vorschau.png", "en": "bilder/vorschau-en.png"}
DRAWN_SIZE = (1200, 630)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that goes with a page."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Meta:
    """Title and one sentence of a page, its lasting path and the one a print bears, its feeds, picture, and description
    for machines."""

    title: str
    says: str
    path: str = ""
    printed: str = ""
    kind: str = "website"
    feeds: Sequence[Feed] = ()
    picture: str = ""
    picture_alt: str = ""
    picture_size: tuple[int, int] | None = None
    described: Mapping[str, Any] = field(default_factory=dict)


def meta_of(request: HttpRequest, meta: Meta) -> dict[str, Any]:
    """Return a page's description as its head shows it, with full addresses."""
    says = " ".join(meta.says.split())
    drawn = static(DRAWN.get(get_language() or "de", DRAWN["de"]))
    drawn_alt = _("Ein Setzkasten: in den Fächern liegen Lettern, manche leer, manche halb, manche ganz gefüllt.")
    path = meta.path or request.path
    width, height = (meta.picture_size or ("", "")) if meta.picture else DRAWN_SIZE
    return {
        "title": meta.title,
        "says": says if len(says) <= LONGEST else f"{says[: LONGEST - 2].rsplit(' ', 1)[0]} …",
        "address": address_of(request, path),
        "versions": _versions(request, path),
        "printed": address_of(request, meta.printed or path),
        "kind": meta.kind,
        "feeds": meta.feeds,
        "picture": address_of(request, meta.picture or drawn),
        "picture_alt": meta.picture_alt if meta.picture else drawn_alt,
        "picture_width": width,
        "picture_height": height,
        "described": dict(meta.described),
    }


def _versions(request: HttpRequest, path: str) -> list[tuple[str, str]]:
    """Return where the page of a lasting path is found in which language, as the map of the site says it too."""
    paths = {language: translate_url(path, language) for language in LANGUAGES}
    if len(set(paths.values())) < len(paths):
        return []
    return versions_of({language: address_of(request, each) for language, each in paths.items()})
