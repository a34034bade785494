"""The address alone decides the language: public pages under /en/ in English, everything else in German."""

import re

import pytest

from mainzdigital import catalogue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "language"),
    [("/", "de"), ("/projekte/", "de"), ("/en/", "en"), ("/en/projekte/", "en"), ("/konto/login/", "de")],
)
def test_the_address_decides_whatever_the_browser_prefers(address, language, client):
    answer = client.get(address, headers={"accept-language": "fr, en;q=0.8, de;q=0.5"})
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.content.decode()
    assert "accept-language" not in answer.headers.get("Vary", "").lower()


@pytest.mark.parametrize(("address", "other"), [("/projekte/", "/en/projekte/"), ("/en/strategie/", "/strategie/")])
def test_a_page_links_to_itself_in_the_other_language(address, other, client):
    page = client.get(address).content.decode()
    assert re.search(rf'<a href="{other}" lang="(de|en)" hreflang="(de|en)">', page)
    assert re.search(rf'<link rel="alternate" hreflang="(de|en)" href="http://testserver{other}">', page)


def test_an_inner_page_offers_no_other_language(client):
    assert 'hreflang="en"' not in client.get("/konto/login/").content.decode()
    assert client.get("/en/ideen/").status_code == 404
    assert client.get("/en/konto/login/").status_code == 404


def test_reading_english_sets_no_cookie(client):
    assert not client.get("/en/").cookies


def test_the_catalogue_is_what_the_sources_say():
    wanted = {message.id for message in catalogue.wanted() if message.id}
    kept = {message.id for message in catalogue.read() if message.id}
    assert kept == wanted, "Rufen Sie auf: scripts/messages collect"


def test_nothing_is_left_without_english():
    assert catalogue.missing() == []


def test_english_without_the_last_stroke_leads_to_english(client, db):
    answer = client.get("/en")
    assert (answer.status_code, answer["Location"]) == (301, "/en/")
