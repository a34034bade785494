"""ACC-18: Leichte Sprache keeps to its rules as far as a program can tell, and says that nobody has tested it yet."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

WORDS_AT_MOST = 12
LETTERS_AT_MOST = 16  # longer ones take a hyphen


def sentences(page: str) -> list[str]:
    main = page[page.index("<main") : page.index("</main>")]
    blocks = re.findall(r"<(?:p|li|dd|h1|h2|dt)[^>]*>(.*?)</(?:p|li|dd|h1|h2|dt)>", main, re.DOTALL)
    plain = [re.sub(r"<[^>]+>", " ", block) for block in blocks]
    return [part.strip() for block in plain for part in re.split(r"(?<=[.?:])\s+", block) if part.strip()]


@pytest.fixture
def page(client: Client) -> str:
    return client.get("/leichte-sprache/").content.decode()


def test_acc_18_sentences_are_short(page):
    found = sentences(page)
    assert len(found) > 60
    assert [each for each in found if len(each.split()) > WORDS_AT_MOST] == []


def test_acc_18_long_words_take_a_hyphen(page):
    words = {word for each in sentences(page) for word in re.findall(r"[A-Za-zÄÖÜäöüß]+", each) if "@" not in each}
    assert {word for word in words if len(word) > LETTERS_AT_MOST} == set()


@pytest.mark.parametrize(
    "form", [" würde", " könnte", " wäre", " hätte", " wird von ", " werden von ", " wurde ", " des "]
)
def test_acc_18_no_subjunctive_no_passive_no_genitive(form, page):
    assert [each for each in sentences(page) if form in f" {each.lower()} "] == []


def test_it_says_that_nobody_has_tested_it_and_is_found_on_every_page(page, client):
    assert "noch nicht geprüft" in page
    for address in ("/", "/projekte/", "/konto/login/", "/en/"):
        assert 'href="/leichte-sprache/"' in client.get(address).content.decode(), address


def test_the_missing_films_are_named_as_missing(client):
    assert "fehlen noch" in client.get("/gebaerdensprache/").content.decode()
