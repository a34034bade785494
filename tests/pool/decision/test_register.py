"""The register of Beschlüsse: who reads what, filters, proof."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.record import clock
from pool.decision.actions import adjourn, close_sitting, open_sitting, put_on_list
from pool.decision.models import FrozenForm, Sitting, SittingItem
from pool.lifecycle import Step
from tests.factories import body, employed_in, handlungsfeld, mandate, unit, user_with
from tests.pool.decision.conftest import confirmed, make_group, on_list

REGISTER = "/lenkungsgruppe/beschluesse/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(client: Client, **query: str) -> list[str]:
    return [item.title for item in client.get(REGISTER, query).context["page"]]


@pytest.fixture
def decided(group, sitting) -> SittingItem:
    item = on_list(group, sitting, title="Kita-App")
    return confirmed(
        group, item, text="Wortlaut des Beschlusses", reason="Weil es wirkt.", unit_consent="Frau Beispiel"
    )


@pytest.fixture
def closed(group, sitting, decided) -> SittingItem:
    close_sitting(sitting=sitting, by=group.chair)
    decided.refresh_from_db()
    return decided


@pytest.fixture
def beirat(group):
    return user_with(mandate(Role.MEMBER, body=body("beirat"), confidentiality_on=clock.today()))


def test_only_closed_sittings_stand_in_the_register(group, sitting, decided):
    client = signed_in(group.member)
    assert titles(client) == []
    assert client.get(reverse("decision:resolution", args=[decided.pk])).status_code == 404
    close_sitting(sitting=sitting, by=group.chair)
    assert titles(client) == ["Kita-App"]


def test_what_was_set_aside_is_no_beschluss(group, sitting, decided):
    away = adjourn(item=on_list(group, sitting, Step.DEFERRED), by=group.cdo)
    close_sitting(sitting=sitting, by=group.chair)
    assert titles(signed_in(group.cdo)) == ["Kita-App"]
    assert signed_in(group.cdo).get(reverse("decision:resolution", args=[away.pk])).status_code == 404


def test_the_lenkungsgruppe_reads_everything_about_a_beschluss(group, closed):
    page = signed_in(group.member).get(reverse("decision:resolution", args=[closed.pk])).content.decode()
    form = FrozenForm.objects.get()
    for words in (
        "Wortlaut des Beschlusses",
        "Weil es wirkt.",
        "Frau Beispiel",
        str(group.cdo),
        str(group.chair),
        form.hash,
        "mit dieser Sitzung beginnt die Reihe",
        "Nachgerechnet: stimmt",
        "kein Auftrag, keine Vergabe und keine Mittelfreigabe",
    ):
        assert words in page


def test_the_beirat_reads_the_beschluss_without_names_and_money(group, closed, beirat):
    client = signed_in(beirat)
    assert titles(client) == ["Kita-App"]
    page = client.get(reverse("decision:resolution", args=[closed.pk])).content.decode()
    assert "Wortlaut des Beschlusses" in page
    assert "Weil es wirkt." in page
    for words in (
        "Frau Beispiel",
        str(group.cdo),
        str(group.chair),
        "gesichert",
        "Finanzierung",
        "/ideen/",
        "Protokoll",
    ):
        assert words not in page.split("<main")[1]


def test_the_register_is_closed_to_everybody_else(group, closed):
    unbound = user_with(mandate(Role.MEMBER, body=body("beirat")))
    for person in (unbound, user_with(employed_in(unit("amt-61"))), user_with(is_superuser=True)):
        assert signed_in(person).get(REGISTER).status_code == 403
        assert signed_in(person).get(reverse("decision:resolution", args=[closed.pk])).status_code == 403
    assert Client().get(REGISTER).status_code == 302


def test_examples_stand_there_for_example_accounts_alone(group, closed, today):
    demo = make_group(is_demo=True, prefix="demo-")
    sitting = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    example = confirmed(demo, on_list(demo, sitting, is_example=True, title="Ausgedacht"))
    close_sitting(sitting=sitting, by=demo.chair)
    assert titles(signed_in(group.cdo)) == ["Kita-App"]
    assert signed_in(group.cdo).get(reverse("decision:resolution", args=[example.pk])).status_code == 404
    page = signed_in(demo.cdo).get(reverse("decision:resolution", args=[example.pk])).content.decode()
    assert '<span class="beispiel">Beispiel</span>' in page


def test_the_register_is_narrowed_by_its_address(group, sitting, decided):
    further = on_list(group, sitting, Step.DEFERRED, field=handlungsfeld("BZ"), title="Lernorte ÖFFNEN")
    confirmed(group, further, "decline")
    close_sitting(sitting=sitting, by=group.chair)
    client, year = signed_in(group.cdo), str(sitting.day.year)
    assert titles(client) == ["Kita-App", "Lernorte ÖFFNEN"]
    assert titles(client, ergebnis="decline") == ["Lernorte ÖFFNEN"]
    assert titles(client, handlungsfeld="feld-dv") == ["Kita-App"]
    assert titles(client, jahr=year, ergebnis="commission") == ["Kita-App"]
    assert titles(client, q="lernorte öffnen") == ["Lernorte ÖFFNEN"]
    assert titles(client, q="wortlaut") == ["Kita-App"]
    assert titles(client, q="%") == []
    page = client.get(REGISTER, {"ergebnis": "decline", "jahr": year}).content.decode()
    assert "Ergebnis: nicht weiterverfolgt" in page
    assert f"Jahr: {year}" in page


@pytest.mark.parametrize(
    "query",
    [
        {"jahr": "abc"},
        {"jahr": "1"},
        {"ergebnis": "erfunden"},
        {"handlungsfeld": "feld-xx"},
        {"sortierung": "passwort"},
        {"unbekannt": "1"},
        {"page": "abc"},
        {"page": "9" * 400},
        {"q": "%" * 60_000},
    ],
)
def test_a_broken_address_is_said_and_never_fails(group, closed, query):
    answer = signed_in(group.cdo).get(REGISTER, query)
    assert answer.status_code == 200
    assert "note-warn" in answer.content.decode()


def test_what_replaces_what_is_said_on_both_sides(group, closed, today):
    later = open_sitting(body=group.body, day=today + timedelta(days=7), place="", by=group.cdo)
    item = put_on_list(sitting=later, project=closed.project, by=group.cdo)
    item = confirmed(group, item, "reconsider", supersedes=closed)
    close_sitting(sitting=later, by=group.chair)
    client = signed_in(group.member)
    newer, older = (reverse("decision:resolution", args=[row.pk]) for row in (item, closed))
    assert older in client.get(newer).content.decode()
    page = client.get(older).content.decode()
    assert "Ersetzt durch" in page
    assert newer in page


def test_a_removed_reason_is_said_to_be_removed(group, closed):
    SittingItem.objects.update(reason="", reason_removed_at=clock.now())
    page = signed_in(group.member).get(reverse("decision:resolution", args=[closed.pk])).content.decode()
    assert "<dd>entfernt</dd>" in page
    assert "Nachgerechnet: stimmt" in page


def test_a_changed_row_shows_on_the_page(group, closed):
    SittingItem.objects.update(text="Nachträglich anders")
    page = signed_in(group.member).get(reverse("decision:resolution", args=[closed.pk])).content.decode()
    assert "Nachgerechnet: stimmt nicht" in page
    assert "„Beschlusstext“ stimmt nicht überein" in page


@pytest.mark.parametrize("count", [1, 60])
def test_the_register_costs_the_same_whatever_its_length(group, sitting, decided, count, django_assert_num_queries):
    close_sitting(sitting=sitting, by=group.chair)
    SittingItem.objects.bulk_create(
        SittingItem(
            sitting=sitting,
            number=100 + number,
            kind="project",
            project=decided.project,
            title=f"Vorhaben {number}",
            state="confirmed",
            outcome="decline",
            reason="Grund",
            is_final=True,
            recorded_by=decided.recorded_by,
            recorded_at=decided.recorded_at,
            confirmed_by=decided.confirmed_by,
            confirmed_at=decided.confirmed_at,
        )
        for number in range(count)
    )
    assert Sitting.objects.count() == 1
    client = signed_in(group.member)
    for query in ({}, {"ergebnis": "decline", "handlungsfeld": "feld-dv", "q": "Vorhaben"}):
        with django_assert_num_queries(7):
            answer = client.get(REGISTER, query)
        assert len(answer.content) < 40_000
