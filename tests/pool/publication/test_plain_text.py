"""The text in plain German and the credit of a picture: demanded, shown, found, and open as data."""

import re

import pytest
from django.db import IntegrityError, transaction

from governance.record import clock
from governance.record.actions import import_actor
from pool.lifecycle import Incomplete, Step
from pool.publication.actions import import_release, release, write_public_text
from pool.publication.models import PublicText, Release
from pool.publication.pictures import encode_picture
from pool.publication.readiness import points_of
from tests.factories import project_at, source
from tests.pool.publication.publishing import consented, image_file, taken_over, written

pytestmark = pytest.mark.django_db


def test_nothing_is_released_without_it_not_by_the_import_either(cdo):
    project = project_at(Step.RUNNING)
    with pytest.raises(Incomplete, match="der Text in einfacher Sprache"):
        release(text=consented(written(project, cdo, plain_text=" \u200b"), cdo), by=cdo)
    imported = taken_over(created_by=import_actor())
    words = {"title": "T", "short_text": "K", "source": source(), "source_read_on": clock.today()}
    with pytest.raises(Incomplete, match="der Text in einfacher Sprache"):
        import_release(project=imported, **words)
    assert not Release.objects.exists()


def test_what_was_public_without_it_stays_and_the_desk_names_it(client, frame, cdo, released):
    project = released(title="Ampeln")
    PublicText.objects.update(plain_text="")
    page = client.get("/projekte/ampeln/")
    assert page.status_code == 200
    assert "In einfacher Sprache" not in page.content.decode()
    missing = [point.key for point in points_of(project, project.public_texts.get(), None) if point.is_missing]
    assert missing == ["plain"]


def test_it_stands_near_the_top_marked_as_german_on_the_english_page(client, frame, released):
    released(title="Ampeln", plain_text="Die Ampel hilft Ihnen.", why="Ein langes Warum.")
    page = client.get("/projekte/ampeln/").content.decode()
    assert page.index("In einfacher Sprache") < page.index("Die Ampel hilft Ihnen.") < page.index("Ein langes Warum.")
    english = client.get("/en/projekte/ampeln/").content.decode()
    assert re.search(r'<div lang="de"><p>Die Ampel hilft Ihnen\.', english)
    assert "Texts about projects and dates are available in German only." in english


def test_it_is_found_and_open_as_data(client, frame, released):
    released(title="Ampeln", plain_text="Am Zebrastreifen hilft sie.")
    assert "Ampeln" in client.get("/projekte/?q=Zebrastreifen").content.decode()
    assert client.get("/offene-daten/projekte/ampeln.json").json()["einfache_sprache"] == "Am Zebrastreifen hilft sie."
    head, line = client.get("/offene-daten/projekte.csv").content.decode("utf-8-sig").splitlines()[:2]
    assert "einfache_sprache" in head
    assert "Am Zebrastreifen hilft sie." in line
    assert (
        "einfache_sprache"
        in client.get("/offene-daten/openapi.json").json()["components"]["schemas"]["Projekt"]["properties"]
    )


def test_a_picture_without_author_or_licence_is_not_kept(cdo):
    project, picture = project_at(Step.RUNNING), encode_picture(image_file())
    values = {"title": "T", "short_text": "K", "picture": picture, "picture_alt": "Ein Sensor", "by": cdo}
    for wrong in (
        {},
        {"picture_author": "A. Foto"},
        {"picture_licence": "cc0"},
        {"picture_author": "A. Foto", "picture_licence": "nicht-benannt"},
        {"picture_author": "A. Foto", "picture_licence": "erlaubnis"},
    ):
        with pytest.raises(Incomplete):
            write_public_text(project=project, **values, **wrong)
    text = write_public_text(project=project, **values, picture_author="A. Foto", picture_licence="cc0")
    for wrong in ({"picture_author": ""}, {"picture_licence": ""}, {"picture_licence": "erlaubnis"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicText.objects.filter(pk=text.pk).update(**wrong)


def test_the_credit_is_public_and_where_the_permission_lies_is_not(client, frame, released):
    shown = {"picture": encode_picture(image_file()), "picture_alt": "Ein Sensor", "picture_author": "A. Foto"}
    released(title="Ampeln", **shown, picture_licence="cc-by-4.0")
    page = client.get("/projekte/ampeln/").content.decode()
    assert re.search(r"<figcaption.*A\. Foto.*licenses/by/4\.0.*CC BY 4\.0", page)
    data = client.get("/offene-daten/projekte/ampeln.json").json()
    assert (data["bild_urheber"], data["bild_lizenz"]) == ("A. Foto", "cc-by-4.0")
