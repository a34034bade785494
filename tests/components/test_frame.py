"""The frame around every page: what it shows to whom, and what it costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import RequestFactory

from governance.mandates.context import Rooms, rooms
from governance.mandates.rules import Role
from tests.factories import employed_in, mandate, unit, user_with


def frame(user, path="/verfahren/", **context):
    request = RequestFactory().get(path)
    request.user = user
    return render_to_string("base.html", {"user": user, "messages": [], **context, **rooms(request)}, request=None)


def person_with(role):
    return user_with(employed_in(unit()) if role == Role.EMPLOYEE else mandate(role))


@pytest.mark.django_db
def test_a_visitor_is_offered_to_sign_in_and_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = frame(AnonymousUser())
    assert "Anmelden" in page
    assert "Abmelden" not in page
    assert "csrfmiddlewaretoken" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "open_rooms"),
    [
        (Role.EMPLOYEE, {"ideen"}),
        (Role.CDO, {"ideen", "lenkungsgruppe", "sitzungen", "admin"}),
        (Role.OPERATOR, {"admin"}),
        (None, set()),
    ],
)
def test_rooms_are_those_whose_doors_open(role, open_rooms):
    doors = Rooms(person_with(role) if role else AnonymousUser())
    assert {room for room in ("ideen", "lenkungsgruppe", "sitzungen", "admin") if getattr(doors, room)} == open_rooms


@pytest.mark.django_db
def test_signing_out_is_a_button_and_not_a_link():
    page = frame(person_with(Role.CDO))
    form = page.split('<form action="/konto/logout/" method="post">')[1].split("</form>")[0]
    assert '<button class="link-button" type="submit">Abmelden</button>' in form
    assert "Verwaltung" in page
    assert "Anmelden" not in page


def test_the_frame_has_a_way_past_the_menu_and_one_main_part():
    page = frame(AnonymousUser())
    assert page.index('href="#inhalt"') < page.index("<header")
    assert page.count("<main") == 1
    assert '<main id="inhalt" tabindex="-1">' in page
    assert '<html lang="de">' in page
    assert "– mainzDIGITAL</title>" in page


def test_what_went_wrong_is_announced_as_an_alert_and_what_went_well_as_status():
    page = frame(
        AnonymousUser(), messages=[Message(constants.SUCCESS, "Gespeichert."), Message(constants.ERROR, "Nein.")]
    )
    assert '<div class="alert alert-success" role="status">Gespeichert.</div>' in page
    assert '<div class="alert alert-danger" role="alert">Nein.</div>' in page


def test_error_pages_stand_without_context():
    page = render_to_string("_components/plain_base.html")
    assert '<main id="inhalt" tabindex="-1">' in page
    assert "Impressum und Kontakt" in page
