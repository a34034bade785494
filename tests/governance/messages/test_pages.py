"""A person's messages, what she chooses about mails, and the queue at the desk of those who run the portal."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.mandates.actions import end_mandate, grant_mandate
from governance.mandates.rules import Role
from governance.messages.actions import tell
from governance.messages.kinds import known_groups, labels, usual_way
from governance.messages.models import Mail, MailPreference, Message
from governance.messages.rules import MailState, Way
from governance.models import Mandate
from governance.record import clock
from governance.record.actions import actor_for
from tests.factories import handlungsfeld, mandate, user_with

INBOX, PREFERENCES, PROFILE = "/konto/nachrichten/", "/konto/benachrichtigungen/", "/konto/"
QUEUE = "/admin/governance/mail/"


def told(user, number: int = 1, **values):
    values = {"kind": "mandate_granted", "subject": "Sie haben ein neues Mandat", "address": "/konto/"} | values
    return [tell(people=[actor_for(user).pk], **values)[0] for _each in range(number)]


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def erika(person, client):
    erika = person()
    client.force_login(erika)
    return erika


def test_a_message_is_opened_read_and_counted(client, erika):
    (message,) = told(erika, about="Ein Titel", text="Ein Satz.")
    page = text_of(client, INBOX)
    for shown in ("Sie haben ein neues Mandat", "Ein Titel", "Ein Satz.", "Eine ungelesene Nachricht."):
        assert shown in page
    assert "Nachrichten, 1 ungelesen" in text_of(client, "/konto/")
    answer = client.post(f"{INBOX}{message.pk}/")
    assert (answer.status_code, answer.url) == (302, "/konto/")
    message.refresh_from_db()
    assert message.read_at is not None
    assert "Nachrichten, 1 ungelesen" not in text_of(client, "/konto/")
    assert "Sie haben alles gelesen." in text_of(client, INBOX)
    assert '<a href="/konto/">Sie haben ein neues Mandat</a>' in text_of(client, INBOX)


def test_reading_a_message_again_keeps_the_first_moment(client, erika):
    (message,) = told(erika)
    client.post(f"{INBOX}{message.pk}/")
    first = Message.objects.get().read_at
    client.post(f"{INBOX}{message.pk}/")
    assert Message.objects.get().read_at == first


def test_nobody_reads_or_marks_the_messages_of_another(client, erika, person):
    (message,) = told(person("frank"), subject="Nur für Frank")
    assert "Nur für Frank" not in text_of(client, INBOX)
    assert client.post(f"{INBOX}{message.pk}/").status_code == 404
    client.post(f"{INBOX}gelesen/")
    assert Message.objects.get().read_at is None


def test_all_are_marked_as_read_at_once(client, erika):
    told(erika, 3)
    answer = client.post(f"{INBOX}gelesen/", follow=True)
    assert "3 Nachrichten sind als gelesen markiert." in answer.content.decode()
    assert not Message.objects.filter(read_at=None).exists()


def test_a_long_list_has_pages_and_costs_no_more_queries(client, erika):
    counted = []
    for number in (1, 60):
        told(erika, number)
        client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            page = text_of(client, INBOX)
        counted.append(len(queries))
    assert "Seite 1 von 3" in page
    assert counted[0] == counted[1] <= 7


def test_the_number_in_the_menu_costs_no_query(client, erika):
    def cost() -> int:
        client.get("/projekte/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/projekte/")
        return len(queries)

    before = cost()
    told(erika, 120)
    assert cost() == before
    assert "99+" in text_of(client, "/projekte/")


def test_each_kind_that_concerns_a_person_can_be_chosen(client, erika):
    page = text_of(client, PREFERENCES)
    for shown in ("Meine Ideen", "Meine Idee kommt in den Pool", "Umsetzung", "Mandate"):
        assert shown in page
    for hidden in ("Am Schreibtisch der CDO", "Lenkungsgruppe</h2>", "Meine Handlungsfelder"):
        assert hidden not in page
    offered = set(re.findall(r'<select[^>]*name="(\w+)"', page))
    answer = client.post(PREFERENCES, dict.fromkeys(offered, "at_once") | {"admitted": "daily", "rated": "off"})
    assert answer.status_code == 302
    chosen = dict(MailPreference.objects.filter(person=actor_for(erika)).values_list("kind", "way"))
    assert (chosen["admitted"], chosen["rated"], chosen["returned"]) == ("daily", "off", "at_once")
    page = text_of(client, PREFERENCES)
    select = re.search(r'<select[^>]*name="rated".*?</select>', page, re.DOTALL)[0]
    assert re.search(r'value="off"[^>]*selected', select)


def test_a_choice_that_does_not_exist_is_refused_with_words(client, erika):
    answer = client.post(PREFERENCES, {"admitted": "brieftaube"})
    assert answer.status_code == 422
    assert "Wählen Sie aus der Liste." in answer.content.decode()
    assert not MailPreference.objects.exists()


def test_the_office_and_the_coordinators_choose_theirs(client, db):
    field = mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV"))
    for given, shown in ((mandate(Role.CDO), "Am Schreibtisch der CDO"), (field, "Meine Handlungsfelder")):
        client.force_login(user_with(given))
        assert shown in text_of(client, PREFERENCES)


def test_what_reaches_an_office_is_collected_unless_it_chose_otherwise():
    assert usual_way("to_check") == Way.DAILY
    assert usual_way("admitted") == Way.AT_ONCE
    assert len(labels()) == sum(len(group.kinds) for group in known_groups())


def test_the_profile_names_the_account_and_its_mandates(client, erika):
    page = text_of(client, PROFILE)
    for shown in (erika.username, erika.email, "Beschäftigte (Stelle amt-61)", INBOX, PREFERENCES, "/konto/passwort/"):
        assert shown in page


# --- Mandates -----------------------------------------------------------------------------------------------------


def test_a_mandate_granted_or_ended_is_told_to_its_holder(
    person, operator, django_capture_on_commit_callbacks, mailoutbox
):
    erika = person()
    with django_capture_on_commit_callbacks(execute=True):
        given = grant_mandate(
            person=erika,
            role=Role.CDO,
            source="Verfügung von Klara Klarname",
            valid_from=clock.today(),
            by=operator,
        )
    with django_capture_on_commit_callbacks(execute=True):
        end_mandate(mandate=given, last_day=clock.today(), source="Verfügung", by=operator)
    assert list(Message.objects.order_by("pk").values_list("kind", "person")) == [
        ("mandate_granted", actor_for(erika).pk),
        ("mandate_ended", actor_for(erika).pk),
    ]
    assert [mail.to for mail in mailoutbox] == [["erika@example.org"]] * 2
    assert not [mail for mail in mailoutbox if "Klarname" in mail.body + mail.subject]
    assert Mandate.objects.filter(pk=given.pk).exists()


# --- The queue ----------------------------------------------------------------------------------------------------


def failed_mail(user) -> Mail:
    told(user, subject="Geheimer Anlass")
    Mail.objects.update(state=MailState.FAILED, next_try_at=None, problem="SMTPDataError 554", attempts=8)
    return Mail.objects.get()


def test_those_who_run_the_portal_see_what_failed_and_send_it_again(client, person, operator):
    mail = failed_mail(person())
    client.force_login(operator)
    page = text_of(client, QUEUE)
    for shown in ("gescheitert", "SMTPDataError 554", "erika", "Gescheiterte Mail erneut senden"):
        assert shown in page
    assert "Geheimer Anlass" not in page
    retry = f"{QUEUE}erneut/?mail={mail.pk}"
    assert retry in page
    assert "Eine gescheiterte Mail" in text_of(client, retry)
    assert client.post(retry).status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    assert "Keine Mail ist gescheitert." in text_of(client, f"{QUEUE}erneut/")


def test_the_desk_of_those_who_run_the_portal_says_that_mails_failed(client, person, operator):
    client.force_login(operator)
    assert "gescheiterte Mail" not in text_of(client, "/admin/")
    failed_mail(person())
    assert "Eine gescheiterte Mail" in text_of(client, "/admin/")


@pytest.mark.parametrize("role", [Role.CDO, Role.COORDINATOR])
def test_nobody_else_sees_the_queue(client, person, role):
    failed_mail(person())
    scope = {"handlungsfeld": handlungsfeld("DV")} if role == Role.COORDINATOR else {}
    client.force_login(user_with(mandate(role, **scope)))
    assert client.get(QUEUE).status_code == 403
    assert client.post(f"{QUEUE}erneut/").status_code == 403
    assert Mail.objects.get().state == MailState.FAILED


def test_the_queue_filters_by_state(client, person, operator):
    failed_mail(person())
    client.force_login(operator)
    assert "erika" in text_of(client, f"{QUEUE}?stand=failed")
    assert "erika" not in text_of(client, f"{QUEUE}?stand=sent")
