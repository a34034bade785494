"""REL-16, SEC-03 for the forms that everybody may send: never a crash, nothing half written, nothing typed lost."""

from html import escape
from pathlib import Path

import pytest
import yaml

from governance.record.text import clean_text
from pool.participation.models import Feedback, FeedbackContact, PageNote, Subscription
from tests.forms import form_with

pytestmark = pytest.mark.django_db
GIVEN = yaml.safe_load((Path(__file__).parents[2] / "bad_inputs.yaml").read_text(encoding="utf-8"))
FIELDS = {
    "text": ("rueckmeldung/projekt/{slug}/", {"kind": "hint"}),
    "name": ("rueckmeldung/projekt/{slug}/", {"kind": "hint", "text": "Hallo"}),
    "mail": ("folgen/projekt/{slug}/", {}),
    "note": ("hilfreich/?seite=/projekte/", {"antwort": "ja"}),
}


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
        name.replace("note", "text"),
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
    demanded = name in ("text", "mail")
    if given["expect"] == "missing":
        assert (answer.status_code == 422) is demanded
    elif given["expect"] in ("long", "refused") or name == "mail":
        assert answer.status_code != 302
    else:
        assert answer.status_code == 302
    if name == "text" and answer.status_code == 302:
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
