"""REL-16, SEC-03 for the forms that everybody may send: never a crash, nothing half written, nothing typed lost."""

from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from django.test import Client

from governance.record.text import clean_text
from pool.participation.models import Beteiligungsformat, Feedback, FeedbackContact, PageNote, Subscription
from tests.forms import form_with
from tests.pool.participation.test_offers import offered

pytestmark = pytest.mark.django_db
GIVEN = yaml.safe_load((Path(__file__).parents[2] / "bad_inputs.yaml").read_text(encoding="utf-8"))
FIELDS = {
    "text": ("rueckmeldung/projekt/{slug}/", {"kind": "hint"}),
    "name": ("rueckmeldung/projekt/{slug}/", {"kind": "hint", "text": "Hallo"}),
    "mail": ("folgen/projekt/{slug}/", {}),
    "note": ("hilfreich/?seite=/projekte/", {"antwort": "ja"}),
    "address": ("rueckmeldung/projekt/{slug}/", {"kind": "hint", "text": "Hallo"}),
    "text of a field": ("rueckmeldung/feld/feld-dv/", {"kind": "idea"}),
}
# The fields that go by another name in their form.
NAMES = {"note": "text", "address": "mail", "text of a field": "text"}
IS_MAIL, IS_DEMANDED = {"mail", "address"}, {"text", "text of a field", "mail"}
GETS = ("art", "antwort", "seite", "stimme", "page", "q", "sort", "feld", "stand", "jahr", "gibtesnicht")


def text_of(given: dict) -> str:
    return given["repeat"][0] * given["repeat"][1] if "repeat" in given else given["payload"]


def stored() -> int:
    return sum(model.objects.count() for model in (Feedback, FeedbackContact, PageNote, Subscription))


@pytest.mark.parametrize("given", GIVEN["texts"], ids=[row["id"] for row in GIVEN["texts"]])
@pytest.mark.parametrize("name", FIELDS)
def test_a_text_is_kept_cleaned_or_refused_with_a_message(name, given, client, project):
    path, others = FIELDS[name]
    address, field, text = (
        f"/beteiligung/{path.format(slug=project.slug)}",
        NAMES.get(name, name),
        text_of(given),
    )
    answer = client.post(address, form_with(client.get(address), field) | others | {field: text})
    assert answer.status_code in (302, 400, 413, 422), answer.status_code
    if answer.status_code == 422:
        assert stored() == 0, "nothing half written"
        shown = answer.content.decode()
        assert "<title>Fehler: " in shown
        assert 'aria-invalid="true"' in shown
        assert given["expect"] not in ("kept", "long") or escape(text[:50]) in shown, "shows what was typed"
    if given["expect"] == "missing":
        assert (answer.status_code == 422) is (name in IS_DEMANDED)
    elif given["expect"] in ("long", "refused") or name in IS_MAIL:
        assert answer.status_code != 302
    else:
        assert answer.status_code == 302
    if name in ("text", "text of a field") and answer.status_code == 302:
        assert Feedback.objects.get().text == given.get("stored", clean_text(text))


@pytest.mark.parametrize("body", ['{"text": "x"}', "<x/>", "", "text=%ff%fe", "a=1&" * 1200])
@pytest.mark.parametrize(
    "kind", ["application/json", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_that_is_no_form_is_refused(client, project, body, kind):
    for path, _others in FIELDS.values():
        address = f"/beteiligung/{path.format(slug=project.slug)}"
        answer = client.generic("POST", address, body, content_type=kind)
        assert answer.status_code in (400, 403, 413), answer.status_code
    assert stored() == 0


def test_fields_that_no_form_has_change_nothing(client, project):
    address = f"/beteiligung/rueckmeldung/projekt/{project.slug}/"
    extra = {"state": "shown", "public_text": "x", "answer": "x", "is_example": "on", "channel": "letter", "id": "1"}
    client.post(address, form_with(client.get(address), "text") | extra | {"kind": "hint", "text": "Hallo"})
    row = Feedback.objects.get()
    assert (row.state, row.public_text, row.answer, row.is_example, row.channel) == ("waiting", "", "", False, "form")


@pytest.mark.parametrize("kind", ["", "alles", "shown", "1"])
def test_a_choice_that_is_none_is_refused_and_the_text_stays(client, project, kind):
    address = f"/beteiligung/rueckmeldung/projekt/{project.slug}/"
    answer = client.post(address, form_with(client.get(address), "text") | {"kind": kind, "text": "Bleibt stehen"})
    assert answer.status_code == 422
    assert "Bleibt stehen" in answer.content.decode()


# --- Addresses: what a link can hold ------------------------------------------------------------------------------


def payloads() -> list[str]:
    texts = [text_of(row) for row in GIVEN["texts"]]
    return [*texts, *(text_of(row) for row in GIVEN["queries"] if row["name"] in ("q", "page", "sort", "id"))]


def pages_of(project) -> list[str]:
    """Return every public page about taking part that is there."""
    about = f"projekt/{project.slug}/"
    row = Beteiligungsformat.objects.exclude(state="draft").first()
    names = ("rueckmeldung/", "stimmen/", "folgen/")
    pages = ["", "hilfreich/", "hilfreich/danke/", f"{row.slug}/", f"{row.slug}/termin.ics"]
    pages += [f"{name}{about}" for name in names] + [f"{name}{about}danke/" for name in names if name != "stimmen/"]
    return [f"/beteiligung/{page}" for page in pages]


def test_rel_16_no_value_in_the_address_of_any_public_page_is_a_crash(client, project, cdo):
    offered(cdo, projects=[project])
    others = ["/", "/strategie/feld-dv/", f"/projekte/{project.slug}/", "/datenschutz/", "/leichte-sprache/"]
    others += [
        "/projekte/",
        "/offene-daten/projekte.json",
        "/offene-daten/projekte.csv",
        "/projekte/feed/",
        "/sitemap.xml",
    ]
    browser = Client(raise_request_exception=False)
    for address in [*pages_of(project), *others]:
        for value in payloads():
            answer = browser.get(address, dict.fromkeys(GETS, value))
            assert answer.status_code in (200, 302, 400, 404), (address, value[:40], answer.status_code)
            if answer.status_code == 302:
                assert answer.url.startswith("/beteiligung/")
            assert "<script>alert(1)" not in answer.content.decode("utf-8", "replace"), address
    assert stored() == 0


@pytest.mark.parametrize("row", GIVEN["raw_queries"], ids=[row["id"] for row in GIVEN["raw_queries"]])
def test_rel_16_no_query_string_is_a_crash(row, project, cdo):
    offered(cdo)
    query = row["repeat"][0] * row["repeat"][1] if "repeat" in row else row["query"]
    browser = Client(raise_request_exception=False)
    for address in pages_of(project):
        assert browser.get(f"{address}?{query}").status_code in (200, 302, row.get("status", 404), 404), address


@pytest.mark.parametrize(
    "path",
    ["folgen/bestaetigen/{}/", "folgen/beenden/{}/", "rueckmeldung/{}/x/", "rueckmeldung/projekt/{}/", "stimmen/{}/x/",
     "stimmen/feld/{}/", "folgen/projekt/{}/", "{}/", "{}/termin.ics"],
)  # fmt: skip
def test_rel_16_no_part_of_an_address_is_a_crash(path, project):
    browser = Client(raise_request_exception=False)
    for value in payloads():
        address = f"/beteiligung/{path.format(quote(value[:2000], safe=''))}"
        for answer in (browser.get(address), browser.post(address, {"List-Unsubscribe": "One-Click"})):
            assert answer.status_code in (200, 302, 400, 403, 404, 405), (address[:90], answer.status_code)


@pytest.mark.parametrize("value", ["", "abc", "a.b:c", "0" * 5000, "\u0000", "ff.1:x", "../../x"])
def test_27_a_form_token_that_is_not_ours_changes_nothing(client, project, value):
    for path, others in FIELDS.values():
        address = f"/beteiligung/{path.format(slug=project.slug)}"
        answer = client.post(address, {"form_token": value, "mail": "a@example.org", "text": "Hallo"} | others)
        assert answer.status_code in (400, 403), (address, answer.status_code)
    assert stored() == 0


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example/", "/\\evil", "/admin/", "/ideen/", "javascript:x"]
)
def test_15_did_this_help_leads_back_to_our_own_public_pages_only(client, project, page):
    assert client.get("/beteiligung/hilfreich/", {"seite": page}).status_code == 404
    form = form_with(client.get("/beteiligung/hilfreich/"), "text")
    assert client.post("/beteiligung/hilfreich/", form | {"seite": page, "antwort": "ja"}).status_code == 404
    thanks = client.get("/beteiligung/hilfreich/danke/", {"seite": page}).content.decode()
    assert 'href="/"' in thanks
    assert page not in thanks.replace('href="/ideen/', "")
    assert stored() == 0
