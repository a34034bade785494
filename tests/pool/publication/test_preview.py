"""The preview is the later page, and nobody but who releases or agrees sees it."""

import re
from uuid import uuid4

import pytest

from governance.mandates.rules import Role
from governance.record import clock
from pool.lifecycle import Step
from pool.publication.actions import release
from pool.publication.consents import ask_consent
from pool.publication.models import Consent, ConsentRequest
from pool.publication.pictures import encode_picture
from tests.factories import employed_in, mandate, project_at, unit, user_with
from tests.pool.publication.publishing import consented, image_file, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return unit("amt-33")


@pytest.fixture
def speaker(office):
    return user_with(employed_in(office), mandate(Role.UNIT_CONSENT, unit=office), username="spricht")


@pytest.fixture
def project(office):
    return project_at(Step.RUNNING, lead_unit=office, title="Sensoren am Rhein")


def text_of(project, cdo, **values):
    values = {
        "why": "Damit alle es wissen.",
        "learnt": "Viel.",
        "picture": encode_picture(image_file()),
        "picture_alt": "Ein Sensor",
        "picture_author": "A. Foto",
        "picture_licence": "cc-by-4.0",
        **values,
    }
    return written(project, cdo, **values)


def main_of(answer) -> str:
    found = re.search(r"<main .*</main>", answer.content.decode(), re.DOTALL)
    assert found
    return found.group()


@pytest.mark.parametrize(("preview", "public"), [("", ""), ("en/", "/en")])
def test_the_preview_is_the_later_page_byte_for_byte(client, frame, project, cdo, preview, public):
    text = text_of(project, cdo)
    client.force_login(cdo)
    seen = client.get(f"/ideen/{project.pk}/vorschau/1/{preview}")
    assert seen.status_code == 200
    release(text=consented(text, cdo), by=cdo)
    client.logout()
    page = client.get(f"{public}/projekte/sensoren-am-rhein/")
    assert main_of(seen) == main_of(page)
    assert "A. Foto" in main_of(page)
    assert "creativecommons.org/licenses/by/4.0" in main_of(page)


def test_the_preview_of_a_correction_is_the_later_page_too(client, frame, project, cdo):
    release(text=consented(text_of(project, cdo), cdo), by=cdo)
    text = text_of(project, cdo, title="Ganz neu")
    client.force_login(cdo)
    seen = client.get(f"/ideen/{project.pk}/vorschau/2/")
    assert "Ganz neu" in main_of(seen)
    assert "Ganz neu" not in client.get("/projekte/sensoren-am-rhein/").content.decode()
    release(text=consented(text, cdo), by=cdo, change="editorial")
    assert main_of(seen) == main_of(client.get("/projekte/sensoren-am-rhein/"))


def test_a_correction_is_looked_at_with_its_note_before_anything_is_kept(client, frame, project, cdo):
    release(text=consented(text_of(project, cdo), cdo), by=cdo)
    text = consented(text_of(project, cdo, title="Ganz neu"), cdo)
    client.force_login(cdo)
    sent = {"change": "noted", "note": "Der Start ist 2027.", "on_day": clock.today().isoformat(), "version": "1"}
    seen = client.post(f"/ideen/{project.pk}/vorschau/2/", sent)
    assert "Der Start ist 2027." in main_of(seen)
    assert "mit Ihrer Berichtigung" in seen.content.decode()
    page = client.get("/projekte/sensoren-am-rhein/")
    assert "Ganz neu" not in page.content.decode()
    assert not project.releases.exclude(note="").exists()
    release(text=text, by=cdo, change="noted", note="Der Start ist 2027.")
    assert main_of(seen) == main_of(client.get("/projekte/sensoren-am-rhein/"))


@pytest.mark.parametrize(
    ("change", "note", "said"), [("noted", "", True), ("noted", "x" * 1000, True), ("editorial", "", False)]
)
def test_a_preview_without_its_note_says_so(client, frame, project, cdo, change, note, said):
    release(text=consented(text_of(project, cdo), cdo), by=cdo)
    text_of(project, cdo, title="Ganz neu")
    client.force_login(cdo)
    seen = client.post(f"/ideen/{project.pk}/vorschau/2/", {"change": change, "note": note, "on_day": "2026-13-99"})
    assert seen.status_code == 200
    assert ("Die Berichtigung fehlt hier" in seen.content.decode()) is said
    assert 'id="berichtigt"' not in main_of(seen)


def test_it_is_marked_outside_the_page_and_kept_by_nobody(client, frame, project, cdo):
    text_of(project, cdo)
    client.force_login(cdo)
    seen = client.get(f"/ideen/{project.pk}/vorschau/1/")
    page = seen.content.decode()
    assert page.index("Vorschau, nicht öffentlich") < page.index("<main")
    assert "Vorschau" not in main_of(seen)
    assert '<meta name="robots" content="noindex' in page
    assert "no-store" in seen["Cache-Control"]
    project.refresh_from_db()
    assert project.slug == ""


def test_only_who_releases_or_agrees_sees_it_and_its_picture(client, frame, project, cdo, speaker):
    text = text_of(project, cdo)
    addresses = (f"/ideen/{project.pk}/vorschau/1/", f"/projekte/bild/{text.picture.sha256}.webp")
    assert client.get(addresses[0]).status_code == 302
    assert client.get(addresses[1]).status_code == 404
    for user, page, picture in ((user_with(employed_in(unit("amt-20"))), 403, 404), (speaker, 200, 200)):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [page, picture]
    assert "no-store" in client.get(addresses[1])["Cache-Control"]
    assert client.get(f"/ideen/{project.pk}/vorschau/9/").status_code == 404


def asked_of(project, cdo, office):
    return ask_consent(text=text_of(project, cdo), unit=office, token=uuid4(), by=cdo)


def test_the_lead_unit_sees_what_would_be_public_and_agrees(client, frame, project, cdo, speaker, office):
    asked_of(project, cdo, office)
    client.force_login(speaker)
    address = f"/ideen/{project.pk}/zustimmung/"
    page = client.get(address).content.decode()
    assert f"/ideen/{project.pk}/vorschau/1/" in page
    assert "Damit alle es wissen." in page
    project.refresh_from_db()
    sent = {"version": project.version, "answer": "ja"}
    assert client.post(address, sent).status_code == 302
    assert Consent.objects.get().giver.person.user == speaker
    assert client.post(address, sent).status_code == 409  # the second click
    assert "zugestimmt" in client.get(address).content.decode()


def test_a_refusal_without_a_reason_is_asked_again(client, frame, project, cdo, speaker, office):
    asked_of(project, cdo, office)
    client.force_login(speaker)
    project.refresh_from_db()
    address, sent = f"/ideen/{project.pk}/zustimmung/", {"version": project.version, "answer": "nein"}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"reason": "Der Titel führt irre."}).status_code == 302
    assert ConsentRequest.objects.get().state == "refused"
    client.force_login(cdo)
    desk = client.get(f"/admin/pool/project/{project.pk}/veroeffentlichung/").content.decode()
    assert "Der Titel führt irre." in desk


def test_the_page_is_closed_to_everybody_else_and_404_where_nobody_was_asked(client, project, cdo, speaker, office):
    client.force_login(speaker)
    assert client.get(f"/ideen/{project.pk}/zustimmung/").status_code == 404
    asked_of(project, cdo, office)
    for user in (cdo, user_with(employed_in(unit("amt-33")))):
        client.force_login(user)
        assert client.get(f"/ideen/{project.pk}/zustimmung/").status_code == 403
