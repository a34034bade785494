"""Mandates and absences at the desk: granted, ended and entered by acts, never edited."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from governance.models import Absence, Entry, Mandate, User
from governance.record import clock
from governance.record.actions import actor_for
from tests.factories import body, employed_in, handlungsfeld, held_by, mandate, unit, user_with

MANDATES, ABSENCES = "/admin/governance/mandate/", "/admin/governance/absence/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="governance.organisation.backends.AccountBackend")
    return client


@pytest.fixture
def operator(db):
    return user_with(mandate("operator"), username="betrieb")


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.fixture
def person(db):
    return user_with(employed_in(unit("amt-50")), username="person")


def held(user):
    return set(actor_for(user).mandates.exclude(role="employee").values_list("role", flat=True))


def grant(client, receiver, role, **scope):
    sent = {"person": receiver.pk, "role": role, "valid_from": "01.03.2026", "source": "Verfügung"} | scope
    return client.post(f"{MANDATES}add/", sent)


def test_those_who_run_the_portal_grant_any_role_to_others(operator, person):
    client = browser(operator)
    assert grant(client, person, "chair", body=body().pk).status_code == 302
    assert grant(client, person, "coordinator", handlungsfeld=handlungsfeld().pk).status_code == 302
    assert held(person) == {"chair", "coordinator"}
    chain = f"mandates:{actor_for(person).pk}"
    assert Entry.objects.filter(chain=chain, act="grant_mandate").count() == 2


def test_rel03_the_same_mandate_is_granted_once(operator, person):
    client = browser(operator)
    assert grant(client, person, "chair", body=body().pk).status_code == 302
    again = grant(client, person, "chair", body=body().pk, source="Noch ein Klick")
    assert again.status_code == 422
    assert "schon erteilt" in again.content.decode()
    assert "Noch ein Klick" in again.content.decode()
    assert grant(client, person, "chair", body=body().pk, valid_until="31.12.2026").status_code == 302
    assert actor_for(person).mandates.filter(role="chair").count() == 2


def test_the_database_refuses_the_same_mandate_and_the_same_absence_twice(operator, person):
    held, day = held_by(person, "employee"), clock.today()
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.bulk_create([Mandate(**_values(held))])
    away = Absence(person=held.person, first_day=day, last_day=day, entered_by=held.person, entered_at=clock.now())
    away.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.bulk_create([Absence(**_values(away))])


def _values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}


def test_a_deputy_is_named_for_a_mandate_of_the_same_role(operator, cdo, person):
    client = browser(operator)
    wrong = grant(client, person, "chair", body=body().pk, deputy_for=held_by(cdo, "cdo").pk)
    assert list(wrong.context["form"].errors) == ["deputy_for"]
    assert grant(client, person, "cdo", deputy_for=held_by(cdo, "cdo").pk).status_code == 302
    assert Mandate.objects.get(person=actor_for(person), role="cdo").deputy_for == held_by(cdo, "cdo")


def test_nobody_grants_to_themselves(operator):
    response = grant(browser(operator), operator, "cdo")
    assert list(response.context["form"].errors) == ["person"]
    assert held(operator) == {"operator"}


def test_the_cdo_names_coordinators_and_nobody_else(cdo, person):
    client = browser(cdo)
    assert grant(client, person, "coordinator", handlungsfeld=handlungsfeld().pk).status_code == 302
    refused = grant(client, person, "chair", body=body().pk)
    assert list(refused.context["form"].errors) == ["role"]
    assert held(person) == {"coordinator"}


@pytest.mark.parametrize(
    "wrong", [{"source": ""}, {"source": "\u200b"}, {"valid_from": ""}, {"valid_from": "32.1.2026"}, {"person": "0"}]
)
def test_a_mandate_without_person_day_or_basis_is_refused(operator, person, wrong):
    response = grant(browser(operator), person, "cdo", **wrong)
    assert (response.status_code, held(person)) == (422, set())
    assert list(response.context["form"].errors) == list(wrong)


def test_a_role_without_what_it_is_for_is_refused(operator, person):
    response = grant(browser(operator), person, "chair")
    assert response.status_code == 422
    assert "ein Gremium" in response.content.decode()
    response = grant(browser(operator), person, "cdo", valid_until="28.02.2026")
    assert "Das Ende liegt vor dem Beginn." in response.content.decode()
    assert held(person) == set()


def test_a_mandate_is_ended_on_a_basis_and_never_edited(operator, cdo):
    row = held_by(cdo, "cdo")
    client = browser(operator)
    assert "<form class" not in client.get(f"{MANDATES}{row.pk}/change/").content.decode()
    address = f"{MANDATES}{row.pk}/beenden/"
    assert client.post(address, {"last_day": "01.03.2099", "end_source": ""}).status_code == 422
    client.post(address, {"last_day": "01.03.2099", "end_source": "Verfügung 7"})
    row.refresh_from_db()
    assert (f"{row.valid_until}", row.end_source) == ("2099-03-01", "Verfügung 7")
    assert Entry.objects.filter(act="end_mandate").count() == 1


def test_nobody_ends_their_own_and_the_cdo_only_coordinators(operator, cdo, person):
    own = held_by(operator, "operator")
    assert browser(operator).get(f"{MANDATES}{own.pk}/beenden/").status_code == 403
    employment = held_by(person, "employee")
    assert browser(cdo).get(f"{MANDATES}{employment.pk}/beenden/").status_code == 404
    assert browser(cdo).get(f"{MANDATES}{employment.pk}/change/").status_code == 404


def test_mandates_are_filtered_by_role_and_day(operator, cdo):
    user_with(mandate("cdo", last_day=-1))
    client = browser(operator)

    def shown(query):
        return client.get(f"{MANDATES}?{query}").context["cl"].result_count

    assert (shown("rolle=cdo"), shown("rolle=cdo&geltung=heute"), shown("geltung=beendet")) == (2, 1, 1)
    assert "ohne Wirkung" in client.get(f"{MANDATES}?rolle=kaiser").content.decode()


def test_an_absence_is_entered_for_a_person(operator, cdo):
    today = clock.today()
    days = {"first_day": f"{today:%d.%m.%Y}", "last_day": f"{today + timedelta(days=3):%d.%m.%Y}"}
    sent = {"person": cdo.pk, "source": "Urlaubsplan", **days}
    assert list(browser(operator).post(f"{ABSENCES}add/", sent | {"source": ""}).context["form"].errors) == ["source"]
    assert browser(operator).post(f"{ABSENCES}add/", sent).status_code == 302
    assert Absence.objects.get().person == actor_for(cdo)
    again = browser(operator).post(f"{ABSENCES}add/", sent)
    assert (again.status_code, Absence.objects.count()) == (422, 1)
    assert "schon eingetragen" in again.content.decode()
    wrong = sent | {"last_day": f"{today - timedelta(days=1):%d.%m.%Y}"}
    assert list(browser(operator).post(f"{ABSENCES}add/", wrong).context["form"].errors) == ["last_day"]


def test_absences_of_others_are_closed_to_the_cdo(cdo):
    assert browser(cdo).get(ABSENCES).status_code == 403
    assert browser(cdo).get(f"{ABSENCES}add/").status_code == 403


def test_a_superuser_without_mandate_grants_nothing(person):
    client = browser(user_with(is_superuser=True, is_staff=True))
    assert client.get(MANDATES).status_code == 403
    assert grant(client, person, "cdo").status_code == 403
    assert held(person) == set()
