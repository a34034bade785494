"""Mandates: granted on a source, never to oneself, with a scope that fits the role; absences; the first operator."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.mandates.actions import end_mandate, enter_absence, grant_first_operator, grant_mandate
from governance.mandates.models import Absence, Mandate
from governance.mandates.queries import standing_of
from governance.mandates.rules import Role
from governance.permissions import Act, NotAllowed, may, may_open
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.record.models import Entry
from tests.cast import Cast, assemble
from tests.factories import body, employed_in, handlungsfeld, held_by, mandate, mandate_of, unit, user_with

# --- Who may ------------------------------------------------------------------------------------------------------

# Who may name whom to what; everybody not named here may nothing. "CDO" holds today, or deputises an absent one.
CDO = {"cdo", "cdo_deputy_of_absent", "cdo_who_submitted", "cdo_in_lead_office"}
GRANTED_BY = {
    Role.EMPLOYEE: {"operator"},
    Role.COORDINATOR: {"operator", *CDO},
    Role.CDO: {"operator"},
    Role.CHAIR: {"operator"},
    Role.MEMBER: {"operator"},
    Role.ADVISORY_OFFICE: {"operator"},
    Role.OPERATOR: {"operator"},
    Role.UNIT_CONSENT: {"operator"},
}


@pytest.fixture(scope="module")
def cast(module_db) -> Cast:
    return assemble()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", [Act.GRANT_MANDATE, Act.END_MANDATE])
def test_who_grants_and_ends_which_mandate(act, role, cast):
    somebody = cast.employee
    allowed = {name for name, person in cast.everybody().items() if may(person, act, role=role, person=somebody)}
    assert allowed == GRANTED_BY[role]


@pytest.mark.parametrize("role", list(Role))
def test_nobody_grants_or_ends_an_own_mandate(role, cast):
    for name, person in cast.everybody().items():
        assert not may(person, Act.GRANT_MANDATE, role=role, person=person), name
        assert not may(person, Act.END_MANDATE, role=role, person=person), name


def test_who_enters_an_absence(cast):
    for name, person in cast.everybody().items():
        assert may(person, Act.ENTER_ABSENCE, person=cast.chair) is (name in {"operator", "chair"}), name


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (Act.EDIT_FRAME, CDO),
        (Act.EDIT_ORGANISATION, {"operator"}),
        (Act.CREATE_ACCOUNT, {"operator"}),
        (Act.RETRY_MAIL, {"operator"}),
        (Act.ERASE_PERSON, {"operator"}),
        (Act.EDIT_SYNONYMS, CDO),
    ],
)
def test_who_does_the_other_acts_on_the_frame(act, allowed, cast):
    assert {name for name, person in cast.everybody().items() if may(person, act)} == allowed


def test_the_table_names_every_act():
    named = {Act.GRANT_MANDATE, Act.END_MANDATE, Act.ENTER_ABSENCE, Act.EDIT_FRAME, Act.EDIT_ORGANISATION}
    assert set(Act) == {*named, Act.CREATE_ACCOUNT, Act.RETRY_MAIL, Act.EDIT_SYNONYMS, Act.ERASE_PERSON}


# --- Granting -----------------------------------------------------------------------------------------------------


@pytest.fixture
def operator(db):
    return user_with(mandate(Role.OPERATOR), username="betrieb")


def grant(by, **values):
    facts = {"role": Role.CDO, "source": "Verfügung vom 2. März 2026", "valid_from": clock.today()}
    return grant_mandate(by=by, **(facts | values))


def test_a_granted_mandate_holds_and_is_on_record(operator):
    person = user_with(username="neu")
    granted = grant(operator, person=person)
    assert standing_of(person).is_cdo
    entry = Entry.objects.get()
    assert (entry.act, entry.object_id, entry.to_state) == ("grant_mandate", str(granted.pk), "cdo")
    assert (entry.actor, entry.chain) == (actor_for(operator), f"mandates:{actor_for(person).pk}")
    assert granted.granted_by == actor_for(operator)


def test_nobody_grants_oneself_a_mandate(operator):
    with pytest.raises(NotAllowed, match="sich selbst"):
        grant(operator, person=operator)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("source", ["", "   ", "\u200b\u2060", "\n\t"])
def test_a_mandate_names_its_source(source, operator):
    with pytest.raises(ValidationError, match="Grundlage"):
        grant(operator, person=user_with(), source=source)
    assert not Mandate.objects.filter(role=Role.CDO).exists()


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [(0, None, True), (10, 20, True), (-9, 5, True), (31, None, False), (-90, -31, False)],
)
def test_everybody_is_employed_in_one_unit_at_a_time(first, last, is_refused, operator):
    person, today = user_with(employed_in(unit("amt-33"), first_day=-30, last_day=30)), clock.today()
    asked = {
        "person": person,
        "role": Role.EMPLOYEE,
        "unit": unit("amt-61"),
        "source": "Versetzung vom 2. März",
        "valid_from": today + timedelta(days=first),
        "valid_until": None if last is None else today + timedelta(days=last),
        "by": operator,
    }
    if is_refused:
        with pytest.raises(ValidationError, match="Beenden Sie zuerst"):
            grant_mandate(**asked)
    else:
        grant_mandate(**asked)
    assert Mandate.objects.filter(person=actor_for(person)).count() == 2 - is_refused


def test_a_person_without_right_grants_nothing(db):
    with pytest.raises(NotAllowed):
        grant(user_with(employed_in(unit())), person=user_with())
    with pytest.raises(NotAllowed):
        grant(user_with(is_superuser=True, is_staff=True), person=user_with())


SCOPES = {
    Role.EMPLOYEE: {"unit"},
    Role.COORDINATOR: {"handlungsfeld"},
    Role.CDO: set(),
    Role.CHAIR: {"body"},
    Role.MEMBER: {"body"},
    Role.ADVISORY_OFFICE: {"body"},
    Role.OPERATOR: set(),
    Role.UNIT_CONSENT: {"unit"},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "given",
    [set(), {"unit"}, {"handlungsfeld"}, {"body"}, {"unit", "body"}, {"handlungsfeld", "unit"}],
    ids=lambda given: "+".join(sorted(given)) or "nothing",
)
def test_the_scope_fits_the_role(given, role, operator):
    scope = {"unit": unit(), "handlungsfeld": handlungsfeld(), "body": body()}
    values = {"person": user_with(), "role": role, **{name: scope[name] for name in given}}
    if given == SCOPES[role]:
        assert grant(operator, **values).pk
    else:
        with pytest.raises(ValidationError, match="brauchen eine Einheit"):
            grant(operator, **values)


def test_the_end_is_not_before_the_beginning(operator):
    with pytest.raises(ValidationError, match="Das Ende liegt vor dem Beginn"):
        grant(operator, person=user_with(), valid_until=clock.today() - timedelta(days=1))


def test_a_deputy_holds_the_role_she_deputises(operator):
    cdo = user_with(mandate(Role.CDO))
    person = user_with()
    assert grant(operator, person=person, deputy_for=held_by(cdo, Role.CDO)).deputy_for.person == actor_for(cdo)
    with pytest.raises(ValidationError, match="dieselbe Rolle"):
        grant(operator, person=person, role=Role.OPERATOR, deputy_for=held_by(cdo, Role.CDO))
    with pytest.raises(ValidationError, match="Niemand vertritt sich selbst"):
        grant(operator, person=cdo, deputy_for=held_by(cdo, Role.CDO))


def test_who_deputises_the_voice_of_a_unit_speaks_for_the_same_unit(operator):
    speaker = user_with(mandate(Role.UNIT_CONSENT, unit=unit()))
    values = {"person": user_with(), "role": Role.UNIT_CONSENT, "deputy_for": held_by(speaker, Role.UNIT_CONSENT)}
    with pytest.raises(ValidationError, match="dieselbe Stelle"):
        grant(operator, **values, unit=unit("amt-20"))
    assert grant(operator, **values, unit=unit()).pk


@pytest.mark.parametrize(
    "values",
    [
        {"role": "emperor"},
        {"source": ""},
        {"valid_until": clock.today() - timedelta(days=1)},
        {"role": Role.CHAIR},
        {"unit": True},
    ],
    ids=str,
)
def test_the_database_refuses_what_the_action_refuses(values, db):
    actor = actor_for(user_with())
    if "unit" in values:
        values = {"unit": unit()}
    facts = {"role": Role.CDO, "source": "Verfügung", "valid_from": clock.today()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(person=actor, granted_by=actor, granted_at=clock.now(), **(facts | values))


# --- Ending -------------------------------------------------------------------------------------------------------


def test_an_ended_mandate_holds_through_its_last_day(operator):
    person = user_with(mandate(Role.CDO))
    end_mandate(mandate=held_by(person, Role.CDO), last_day=clock.today(), source="Verfügung vom 1. April", by=operator)
    assert standing_of(person).is_cdo
    assert not standing_of(person, clock.today() + timedelta(days=1)).is_cdo
    assert Entry.objects.get().act == "end_mandate"


@pytest.mark.parametrize("source", ["", "  ", "\u200b"])
def test_an_end_names_its_source_too(source, operator):
    person = user_with(mandate(Role.CDO))
    with pytest.raises(ValidationError, match="Grundlage"):
        end_mandate(mandate=held_by(person, Role.CDO), last_day=clock.today(), source=source, by=operator)
    assert held_by(person, Role.CDO).valid_until is None


def test_the_cdo_ends_coordinations_and_nothing_else(db):
    cdo = user_with(mandate(Role.CDO))
    coordinator = user_with(mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld()))
    member = user_with(mandate(Role.MEMBER, body=body()))
    end_mandate(mandate=held_by(coordinator, Role.COORDINATOR), last_day=clock.today(), source="Vermerk", by=cdo)
    with pytest.raises(NotAllowed):
        end_mandate(mandate=held_by(member, Role.MEMBER), last_day=clock.today(), source="Vermerk", by=cdo)


# --- Absence ------------------------------------------------------------------------------------------------------


def test_an_absence_is_entered_by_oneself_or_the_betrieb(operator):
    person = user_with(employed_in(unit()))
    today = clock.today()
    enter_absence(person=person, first_day=today, last_day=today, by=person)
    later = {"first_day": today + timedelta(days=7), "last_day": today + timedelta(days=9)}
    with pytest.raises(ValidationError, match="Grundlage"):
        enter_absence(person=person, **later, by=operator, source="\u200b")
    enter_absence(person=person, **later, by=operator, source="Urlaubsplan des Amtes")
    assert [row.entered_by for row in Absence.objects.order_by("pk")] == [actor_for(person), actor_for(operator)]
    assert set(Entry.objects.values_list("chain", flat=True)) == {f"mandates:{actor_for(person).pk}"}
    with pytest.raises(NotAllowed):
        enter_absence(person=person, first_day=today, last_day=today, by=user_with(mandate(Role.CDO)))


def test_an_absence_ends_after_it_begins(operator):
    today = clock.today()
    with pytest.raises(ValidationError, match="letzte Tag liegt vor dem ersten"):
        enter_absence(person=operator, first_day=today, last_day=today - timedelta(days=1), by=operator)


# --- The first operator -------------------------------------------------------------------------------------------


def test_the_first_operator_is_installed_once(db):
    first, second = user_with(username="erste"), user_with(username="zweite")
    grant_first_operator(person=first, source="Auftrag", by=system_actor())
    assert standing_of(first).is_operator
    with pytest.raises(ValidationError, match="schon ein Betriebskonto"):
        grant_first_operator(person=second, source="Auftrag", by=system_actor())


# --- What a mandate opens -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "opens"), [(None, False), (-1, True), (0, True), (1, False)])
def test_the_beirat_is_let_in_from_the_day_of_its_obligation(day, opens, db):
    obliged = None if day is None else clock.today() + timedelta(days=day)
    person = user_with(mandate(Role.MEMBER, body=body("beirat"), confidentiality_on=obliged))
    assert may_open(person, "lenkungsgruppe") is opens
    assert not may_open(person, "sitzungen")


def test_one_person_may_hold_several_mandates(db):
    person = user_with(employed_in(unit()), mandate(Role.MEMBER, body=body()))
    mandate_of(actor_for(person), mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld())).save()
    standing = standing_of(person)
    assert (standing.is_employee, standing.is_steering, bool(standing.handlungsfeld_ids)) == (True, True, True)


def test_standing_is_read_in_one_query(db, django_assert_num_queries):
    person = user_with(employed_in(unit()), mandate(Role.CDO), mandate(Role.MEMBER, body=body()))
    with django_assert_num_queries(1):
        standing_of(person)


# --- In whose place -----------------------------------------------------------------------------------------------


def test_a_deputy_cdo_grants_and_ends_in_the_place_of_the_absent_cdo(db):
    cast, field = assemble(), handlungsfeld("DV")
    given = {"person": cast.employee, "role": Role.COORDINATOR, "handlungsfeld": field}
    granted = grant(cast.cdo_deputy_of_absent, **given)
    end_mandate(mandate=granted, last_day=clock.today(), source="Verfügung", by=cast.cdo_deputy_of_absent)
    principal = held_by(cast.cdo_deputy_of_absent, Role.CDO).deputy_for.person
    entries = Entry.objects.filter(object_type="mandate", object_id=str(granted.pk))
    assert [entry.in_place_of for entry in entries] == [principal, principal]
    assert {entry.actor for entry in entries} == {actor_for(cast.cdo_deputy_of_absent)}


def test_who_acts_in_their_own_right_acts_for_nobody(db):
    cast, field = assemble(), handlungsfeld("DV")
    for by in (cast.cdo, cast.operator):
        granted = grant(by, person=user_with(), role=Role.COORDINATOR, handlungsfeld=field)
        assert Entry.objects.get(object_type="mandate", object_id=str(granted.pk)).in_place_of is None


def test_ending_a_mandate_never_makes_it_longer(operator):
    granted = grant(operator, person=user_with(), valid_until=clock.today())
    with pytest.raises(ValidationError, match="endet schon früher"):
        end_mandate(mandate=granted, last_day=clock.today() + timedelta(days=1), source="Verfügung", by=operator)
    assert Mandate.objects.get(pk=granted.pk).valid_until == clock.today()


def test_a_deputy_stands_where_the_deputised_person_stands(operator):
    chair = user_with(mandate(Role.CHAIR, body=body("beirat")))
    principal = held_by(chair, Role.CHAIR)
    with pytest.raises(ValidationError, match="dasselbe Gremium"):
        grant(operator, person=user_with(), role=Role.CHAIR, body=body(), deputy_for=principal)
    assert grant(operator, person=user_with(), role=Role.CHAIR, body=body("beirat"), deputy_for=principal).pk
