"""A person enters the days she is away; on these days her deputy acts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.mandates.models import Absence
from governance.mandates.rules import Role
from governance.record import clock

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with clock.played(MONDAY):
        yield


@pytest.fixture
def erika(client, employ):
    user = employ("erika", Role.EMPLOYEE)
    client.force_login(user)
    return user


def enter(client, first: str, last: str, **extra):
    return client.post("/konto/abwesenheit/", {"first_day": first, "last_day": last, **extra}, follow=True)


def test_a_person_enters_her_own_absence_and_sees_it(client, erika):
    page = enter(client, "24.12.2026", "2027-01-03").content.decode()
    assert "Ihre Abwesenheit ist eingetragen." in page
    assert "24.12.2026" in page
    assert "03.01.2027" in page
    absence = Absence.objects.get()
    assert (absence.first_day, absence.last_day) == (date(2026, 12, 24), date(2027, 1, 3))
    assert absence.person.person.user == erika
    assert absence.entered_by == absence.person


def test_rel03_sent_twice_it_stands_once(client, erika):
    enter(client, "24.12.2026", "03.01.2027")
    assert "stehen schon in Ihrer Liste" in enter(client, "24.12.2026", "03.01.2027").content.decode()
    assert Absence.objects.count() == 1


def test_sec03_extra_fields_change_nothing(client, erika, employ):
    other = employ("otto", Role.EMPLOYEE)
    enter(client, "24.12.2026", "03.01.2027", person=other.pk, entered_by=other.pk, pk="99")
    assert Absence.objects.get().person.person.user == erika


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("24.12.2026", "23.12.2026", "Der letzte Tag liegt vor dem ersten."),
        ("30.02.2027", "01.03.2027", "Schreiben Sie den Tag so: 24.12.2026"),
        ("24.12.2026", "31.12.9999", "höchstens ein Jahr"),
        ("01.01.0000", "01.01.2027", "Schreiben Sie den Tag so: 24.12.2026"),
        ("20.11.2026", "22.11.2026", "schon vorbei"),
        ("", "01.03.2027", "Nennen Sie den ersten Tag"),
        ("24.12.2026\x00", "01.03.2027", "Schreiben Sie den Tag so: 24.12.2026"),
    ],
)
def test_input20_a_day_that_cannot_be_is_explained_and_what_was_typed_stays(client, erika, first, last, message):
    response = enter(client, first, last)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert f'value="{last}"' in response.content.decode()
    assert not Absence.objects.exists()


def test_without_a_mandate_there_is_nobody_to_deputise(client, employ):
    user = employ("ehemalig", Role.EMPLOYEE, valid_until=MONDAY.date() - timedelta(days=1))
    client.force_login(user)
    assert client.get("/konto/abwesenheit/").status_code == 403
    assert enter(client, "24.12.2026", "03.01.2027").status_code == 403
    assert not Absence.objects.exists()


def test_sec02_the_list_shows_nobody_elses_absence(client, erika, employ):
    otto = employ("otto", Role.EMPLOYEE)
    client.force_login(otto)
    enter(client, "01.12.2026", "02.12.2026")
    client.force_login(erika)
    assert "01.12.2026" not in client.get("/konto/abwesenheit/").content.decode()


def test_the_page_costs_few_queries(client, erika, django_assert_max_num_queries):
    for day in range(1, 6):
        enter(client, f"0{day}.12.2026", f"0{day}.12.2026")
    with django_assert_max_num_queries(7):
        client.get("/konto/abwesenheit/")
