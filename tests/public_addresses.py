"""Every public address, derived: the names from the resolver, what they are opened on from tests/test_urls.py.

A new public address is fetched, measured and searched by every test that asks here, without being named anywhere: its
row in the table of addresses is enough. A row that is opened on something new fails until its test can say on what.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils.translation import override

from tests.test_urls import FILES, NO_PAGES, ROWS, Row

# What refuses: an address of each kind of error that needs no account.
ERRORS = {404: "/gibt-es-nicht/", 400: "/?seite=%00"}


@dataclass(frozen=True)
class Public:
    """One public address: its name, its language, whether it is a page or a file, what it answers by the table."""

    name: str
    address: str
    language: str
    is_page: bool
    has_form: bool
    status: int

    def __str__(self) -> str:
        return self.address


def open_names() -> set[str]:
    """Return the names of all views that are marked as open to everybody."""
    return {name for name, view, _languages in _views() if getattr(view, "login_required", True) is False}


def public_addresses(opened_on: Mapping[str, Sequence[Sequence[object]]], *statuses: int) -> list[Public]:
    """Return every public address in every language that it exists in, with the statuses asked for (200).

    `opened_on` gives for each word of the table the arguments to open an address on.
    """
    languages = {name: found for name, _view, found in _views()}
    return [
        Public(
            name=row.name,
            address=address,
            language=language,
            is_page=row.name not in NO_PAGES and row.opened_on not in FILES,
            has_form=row.methods == "GP",
            status=row.answers["anonymous"],
        )
        for row in _rows()
        if row.answers["anonymous"] in (statuses or (200,))
        for arguments in opened_on[row.opened_on]
        for language in languages[row.name]
        for address in [_reversed(row.name, arguments, language)]
    ]


def _rows() -> Iterator[Row]:
    names = open_names()
    return (row for row in ROWS if row.name in names)


def _reversed(name: str, arguments: Sequence[object], language: str) -> str:
    with override(language):
        return reverse(name, args=arguments)


def _views() -> Iterator[tuple[str, object, list[str]]]:
    """Yield name, view and languages of everything the resolver knows."""
    every = [code for code, _name in settings.LANGUAGES]

    def walk(resolver: object, namespace: str, languages: list[str]) -> Iterator[tuple[str, object, list[str]]]:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inner = namespace + (f"{pattern.namespace}:" if pattern.namespace else "")
                is_translated = hasattr(pattern.pattern, "prefix_default_language")
                yield from walk(pattern, inner, every if is_translated else languages)
            else:
                yield f"{namespace}{pattern.name or ''}", pattern.callback, languages

    return walk(get_resolver(), "", [settings.LANGUAGE_CODE])
