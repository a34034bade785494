"""A call for ideas: who may make one, where staff see it, what is chosen with it, when it leaves."""

import re
from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.messages.models import MailPreference, Message
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.models import Entry
from governance.record.queries import chain_breaks, lost_ends, reason_findings
from pool.calls.actions import end_call, issue_call
from pool.calls.models import Call, CallIdea
from pool.calls.rules import CallState, state_of_call
from pool.exchange.removal import remove_examples
from pool.lifecycle import Incomplete, ProcedureError
from pool.message_kinds import Kind
from pool.models import Project
from tests import cast, factories
from tests.forms import form_with

pytestmark = pytest.mark.django_db
MINE, NEW, COVERAGE = "/ideen/", "/ideen/neu/", "/lenkungsgruppe/abdeckung/"


@pytest.fixture
def people() -> cast.Cast:
    factories.rule_1()
    return cast.assemble()


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


def called(people: cast.Cast, *, first: int = 0, last: int = 10, **values: object) -> Call:
    today = clock.today()
    needs = values.pop("needs", None) or [factories.handlungsbedarf()]
    given = {"title": "Weniger Wege", "text": "Gesucht sind Ideen.", "by": people.cdo} | values
    days = {"first_day": today + timedelta(days=first), "last_day": today + timedelta(days=last)}
    return issue_call(needs=needs, **days, **given)


def test_a_call_is_recorded_and_its_chain_holds(people: cast.Cast) -> None:
    call = called(people)
    end_call(call=call, by=people.cdo)
    acts = Entry.objects.filter(chain=f"call:{call.pk}").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["issue_call", "end_call"]
    assert [*chain_breaks(), *lost_ends(), *reason_findings()] == []


def test_nobody_but_the_cdo_calls(people: cast.Cast) -> None:
    for person in (people.chair, people.coordinator, people.beirat, people.employee, people.cdo_deputy):
        with pytest.raises(NotAllowed):
            called(people, by=person)
    assert called(people, by=people.cdo_deputy_of_absent).issued_in_place_of is not None


def test_a_call_says_what_it_wants_and_ends_after_it_begins(people: cast.Cast) -> None:
    with pytest.raises(Incomplete):
        called(people, title=" ")
    with pytest.raises(Incomplete):
        issue_call(title="x", text="y", needs=[], first_day=clock.today(), last_day=clock.today(), by=people.cdo)
    with pytest.raises(ProcedureError):
        called(people, first=5, last=4)
    with pytest.raises(ProcedureError):
        called(people, first=-5, last=-1)
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 11, 9), CallState.AHEAD),
        (date(2026, 11, 10), CallState.OPEN),
        (date(2026, 11, 20), CallState.OPEN),
        (date(2026, 11, 21), CallState.OVER),
    ],
)
def test_both_days_are_open(day: date, state: CallState) -> None:
    days = {"first_day": date(2026, 11, 10), "last_day": date(2026, 11, 20)}
    assert state_of_call(**days, is_ended=False, today=day) == state
    assert state_of_call(**days, is_ended=True, today=day) == CallState.ENDED


def test_staff_see_an_open_call_and_no_other(people: cast.Cast) -> None:
    called(people, title="Offener Aufruf")
    called(people, title="Späterer Aufruf", first=3)
    ended = called(people, title="Beendeter Aufruf")
    over = called(people, title="Abgelaufener Aufruf")
    end_call(call=ended, by=people.cdo)
    Call.objects.filter(pk=over.pk).update(
        first_day=clock.today() - timedelta(days=9), last_day=clock.today() - timedelta(days=1)
    )
    for address in (MINE, NEW):
        page = signed_in(people.employee).get(address).content.decode()
        assert "Offener Aufruf" in page
        assert not re.search("Späterer|Beendeter|Abgelaufener", page)
    coordinator = signed_in(people.coordinator).get("/koordination/bedarfe/").content.decode()
    assert "Offener Aufruf" in coordinator
    assert (
        "Offener Aufruf" not in signed_in(people.coordinator_elsewhere).get("/koordination/bedarfe/").content.decode()
    )


def test_an_idea_from_a_call_has_its_needs_chosen_and_nothing_else(people: cast.Cast) -> None:
    need = factories.handlungsbedarf()
    factories.handlungsbedarf(number=2)
    call = called(people, needs=[need])
    client = signed_in(people.employee)
    answered = form_with(client.get(f"{NEW}?aufruf={call.pk}"), "title")
    free = form_with(client.get(NEW), "title")
    assert answered.pop("handlungsbedarfe") == [str(need.pk)]
    assert answered.pop("aufruf") == [str(call.pk)]
    for filled in (answered, free):
        filled.pop("form_token"), filled.pop("fenster"), filled.pop("csrfmiddlewaretoken", None)
    assert answered == free
    assert "Sie antworten auf den Aufruf „Weniger Wege“" in client.get(f"{NEW}?aufruf={call.pk}").content.decode()


def send(client: Client, aufruf: object) -> HttpResponse:
    """Write an idea in the form as it opens, and save it with this call named."""
    filled = form_with(client.get(NEW), "title")
    return client.post(NEW, filled | {"title": ["Eine Idee"], "aufruf": [str(aufruf)]})


def test_an_idea_begun_from_a_call_counts_once_it_is_handed_in(people: cast.Cast) -> None:
    call = called(people)
    assert send(signed_in(people.employee), call.pk).status_code == 302
    project = Project.objects.get(title="Eine Idee")
    assert CallIdea.objects.get(project=project).call == call
    cdo = signed_in(people.cdo)
    assert "noch keine Idee" in cdo.get(COVERAGE).content.decode()
    handed_in = factories.project_at("submitted")
    CallIdea.objects.create(call=call, project=handed_in)
    page = cdo.get(COVERAGE).content.decode()
    address = re.search(r'<a href="([^"]*aufruf=[^"]*)">1 Idee</a>', page)
    listed = cdo.get(address[1].replace("&amp;", "&")).content.decode()
    assert "1 Vorhaben" in listed
    assert handed_in.title in listed
    assert "noch keine Idee" in signed_in(people.member).get(COVERAGE).content.decode()


@pytest.mark.parametrize("wrong", ["0", "abc", "9" * 30, "²", "-1"])
def test_a_call_that_is_none_hinders_nobody(people: cast.Cast, wrong: str) -> None:
    assert signed_in(people.employee).get(NEW, {"aufruf": wrong}).status_code == 200
    assert send(signed_in(people.employee), wrong).status_code == 302
    assert not CallIdea.objects.exists()


def test_a_call_that_ended_meanwhile_loses_no_idea(people: cast.Cast) -> None:
    call = called(people)
    end_call(call=call, by=people.cdo)
    assert send(signed_in(people.employee), call.pk).status_code == 302
    assert Project.objects.filter(title="Eine Idee").exists()
    assert not CallIdea.objects.exists()


def test_the_cdo_makes_a_call_from_gaps_and_a_double_click_makes_one(people: cast.Cast) -> None:
    need = factories.handlungsbedarf()
    client = signed_in(people.cdo)
    address = f"{reverse('calls:new')}?bedarf={need.code}&bedarf=gibt-es-nicht"
    page = client.get(address).content.decode()
    assert re.search(rf'<input[^>]*value="{need.code}"[^>]*checked', page)
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    data = {
        "form_token": token,
        "title": "Weniger Wege",
        "text": "Gesucht.",
        "needs": [need.code],
        "first_day": f"{clock.today():%d.%m.%Y}",
        "last_day": f"{clock.today() + timedelta(days=3):%Y-%m-%d}",
    }
    for _click in range(2):
        assert client.post(reverse("calls:new"), data).status_code == 302
    assert Call.objects.count() == 1
    wrong = client.post(reverse("calls:new"), data | {"needs": [], "last_day": "1.1.2020"})
    assert wrong.status_code == 422
    assert "Wählen Sie mindestens einen Handlungsbedarf." in wrong.content.decode()
    assert "Fehler: " in wrong.content.decode()
    assert client.post(reverse("calls:end", args=[Call.objects.get().pk])).status_code == 302
    assert client.post(reverse("calls:end", args=[Call.objects.get().pk])).status_code == 302
    assert Entry.objects.filter(act="end_call").count() == 1


def test_only_those_who_asked_are_told(people: cast.Cast, django_capture_on_commit_callbacks) -> None:
    def choose(person: object, way: str) -> None:
        MailPreference.objects.create(
            person=person.actor_person.actor, kind=Kind.CALL_ISSUED, way=way, chosen_at=clock.now()
        )

    choose(people.employee, "daily")
    choose(people.expert, "off")
    choose(people.cdo, "daily")
    with django_capture_on_commit_callbacks(execute=True):
        called(people)
    told = Message.objects.filter(kind=Kind.CALL_ISSUED)
    assert [message.person_id for message in told] == [people.employee.actor_person.actor_id]
    assert told[0].way == "daily"


def test_examples_and_real_calls_stay_apart_and_examples_can_be_removed(people: cast.Cast) -> None:
    real = called(people, title="Echter Aufruf")
    demo = factories.user_with(
        factories.mandate("cdo"), factories.employed_in(factories.unit("amt-10")), is_demo=True, username="demo-cdo"
    )
    example = called(people, title="Beispielaufruf", by=demo)
    assert "Beispielaufruf" not in signed_in(people.employee).get(MINE).content.decode()
    assert "Echter Aufruf" not in signed_in(demo).get(MINE).content.decode()
    with pytest.raises(ProcedureError):
        end_call(call=real, by=demo)
    CallIdea.objects.create(call=example, project=factories.project_at("pooled", is_example=True))
    remove_examples()
    assert list(Call.objects.all()) == [real]
    assert [*chain_breaks(), *lost_ends()] == []
