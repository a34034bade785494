"""What people say about a project: taken in at once, shown only when looked through, answered by an office."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance import public_forms
from governance.models import Entry, Message
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.queries import chain_breaks
from pool.lifecycle import ProcedureError
from pool.participation import counting
from pool.participation.actions import (
    answer_feedback,
    enter_feedback,
    receive_feedback,
    refuse_feedback,
    show_feedback,
    take_up,
)
from pool.participation.models import Arrival, Feedback, FeedbackContact
from pool.participation.rules import LIMITS, Limit
from tests.factories import employed_in, handlungsfeld, unit, user_with
from tests.forms import form_with

pytestmark = pytest.mark.django_db
SECRET = "Geheimmarke"
SECRET_MAIL = "geheim.marke@example.org"


def address(project) -> str:
    return f"/beteiligung/rueckmeldung/projekt/{project.slug}/"


def received(project, **values: object) -> Feedback:
    values = {"kind": "question", "text": "Ab wann gilt das?", "token": public_forms.new_token().key, **values}
    return receive_feedback(subject=project, **values)


# --- The form -----------------------------------------------------------------------------------------------------


def test_what_is_sent_waits_and_the_last_page_says_what_happens_until_when(client, project, send):
    answer = send(address(project), "text", kind="hint", text="Der Knopf fehlt.")
    assert (answer.status_code, answer.url) == (302, address(project) + "danke/")
    row = Feedback.objects.get()
    assert (row.kind, row.text, row.state, row.channel) == ("hint", "Der Knopf fehlt.", "waiting", "form")
    assert not FeedbackContact.objects.exists()
    thanks = client.get(answer.url).content.decode()
    assert re.search(r"antwortet in der Regel bis zum \d+\. \w+ 20\d\d", thanks)
    assert "Der Knopf fehlt." not in client.get(f"/projekte/{project.slug}/").content.decode()


def test_no_cookie_is_set_and_no_page_is_kept_by_a_cache(client, project, send):
    page = client.get(address(project))
    answer = send(address(project), "text", kind="hint", text="Hallo")
    assert not page.cookies
    assert not answer.cookies
    assert not client.cookies
    assert "no-store" in page.headers["Cache-Control"]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(send, project):
    answer = send(address(project), "text", text="Mein langer Text", wants_answer="on", name="Ada")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mein langer Text" in page
    assert 'value="Ada"' in page
    assert "Wählen Sie, worum es geht." in page
    assert "Nennen Sie eine E-Mail-Adresse" in page
    assert "<title>Fehler: " in page
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("mail_typed", ["keine", "a@b", "x@example.org\nBcc: alle@example.org", "a@b.de, c@d.de"])
def test_an_address_that_is_none_or_several_is_refused(send, project, mail_typed):
    answer = send(address(project), "text", kind="hint", text="Hallo", mail=mail_typed)
    assert answer.status_code == 422
    assert not Feedback.objects.exists()


def test_the_same_form_sent_again_gives_one_row(client, project):
    sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Einmal"}
    answers = [client.post(address(project), sent) for _time in range(3)]
    assert {answer.url for answer in answers} == {address(project) + "danke/"}
    assert Feedback.objects.count() == 1


def test_a_token_that_is_not_ours_is_refused_and_the_text_can_be_copied(client, project):
    for token in ("", "abc", "0" * 32 + ".1:x", public_forms.new_token().signed()[:-1] + "!"):
        answer = client.post(address(project), {"form_token": token, "kind": "hint", "text": "Nicht verlieren"})
        assert answer.status_code == 403, token
        assert "Nicht verlieren" in answer.content.decode()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver"}, 302),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "http://testserver/projekte/"}, 302),
        ({"referer": "https://evil.example/testserver"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({}, 302),
    ],
)
def test_a_form_on_a_page_of_somebody_else_is_refused(client, project, headers, status):
    sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Hallo"}
    assert client.post(address(project), sent, headers=headers).status_code == status


def test_over_https_a_browser_that_names_no_page_is_refused(client, project):
    sent = form_with(client.get(address(project), secure=True), "text") | {"kind": "hint", "text": "Hallo"}
    assert client.post(address(project), sent, secure=True).status_code == 403
    own = {"origin": "https://testserver"}
    assert client.post(address(project), sent, secure=True, headers=own).status_code == 302


def test_too_quick_or_too_old_asks_for_a_second_click_and_keeps_the_text(client, project, monkeypatch):
    monkeypatch.setattr(public_forms, "SOONEST", timedelta(seconds=2))
    sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Mein Text"}
    quick = client.post(address(project), sent)
    assert quick.status_code == 422
    assert "Mein Text" in quick.content.decode()
    with clock.played(clock.now() + public_forms.LATEST + timedelta(minutes=1)):
        old = client.post(address(project), sent)
        again = form_with(old, "text")
        assert old.status_code == 422
        assert again["text"] == ["Mein Text"]
        assert again["form_token"] != sent["form_token"]
    assert not Feedback.objects.exists()
    with clock.played(clock.now() + timedelta(seconds=3)):
        assert client.post(address(project), sent).status_code == 302


def test_a_script_that_fills_in_everything_is_forgotten(send, project):
    answer = send(address(project), "text", kind="hint", text="Kaufen", webseite="http://x.example")
    assert answer.status_code == 302
    assert not Feedback.objects.exists()


def test_one_sender_does_not_use_up_what_is_left_for_everybody(project, monkeypatch):
    monkeypatch.setattr(counting, "LIMITS", {"feedback": Limit(per_sender=2, together=5)})
    one = [counting.seconds_to_wait(purpose="feedback", sender="one") for _form in range(20)]
    assert [wait > 0 for wait in one] == [False] * 2 + [True] * 18
    others = [counting.seconds_to_wait(purpose="feedback", sender=f"other {number}") for number in range(4)]
    assert [wait > 0 for wait in others] == [False] * 3 + [True], "together five, and no more"


def test_a_flood_is_told_to_wait_and_keeps_its_text_but_others_go_on(client, project, send):
    for number in range(LIMITS["feedback"].per_sender):
        assert send(address(project), "text", kind="hint", text=f"Nummer {number}").status_code == 302
    answer = send(address(project), "text", kind="hint", text="Eine zu viel")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 601
    assert "Eine zu viel" in answer.content.decode()
    assert Feedback.objects.count() == LIMITS["feedback"].per_sender
    sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Von woanders"}
    assert client.post(address(project), sent, REMOTE_ADDR="203.0.113.9").status_code == 302
    with clock.played(clock.now() + timedelta(minutes=11)):
        assert send(address(project), "text", kind="hint", text="Später").status_code == 302


def test_no_address_of_a_sender_is_kept(client, project):
    for _time in range(2):
        sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Hallo"}
        client.post(address(project), sent, REMOTE_ADDR="203.0.113.77")
    kept = " ".join(str(list(row)) for row in Arrival.objects.values_list())
    assert "203.0.113" not in kept
    today = set(Arrival.objects.values_list("sender", flat=True))
    with clock.played(clock.now() + timedelta(days=1)):
        sent = form_with(client.get(address(project)), "text") | {"kind": "hint", "text": "Hallo"}
        client.post(address(project), sent, REMOTE_ADDR="203.0.113.77")
    assert len(set(Arrival.objects.values_list("sender", flat=True)) - today) == 2, "another day, another hash"


@pytest.mark.parametrize("where", ["projekt/gibt-es-nicht", "feld/gibt-es-nicht", "person/cdo", "projekt/x/y"])
def test_there_is_no_form_for_what_is_not_public(client, project, where):
    assert client.get(f"/beteiligung/rueckmeldung/{where}/").status_code == 404


def test_the_desk_hears_once_that_something_waits_and_nothing_of_what_it_says(
    project, cdo, django_capture_on_commit_callbacks
):
    token = public_forms.new_token().key
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            row = received(project, text=SECRET, name=SECRET, mail=SECRET_MAIL, token=token)
    [message] = Message.objects.filter(kind="feedback_waiting")
    assert message.person == actor_for(cdo)
    assert message.address == f"/admin/pool/feedback/{row.pk}/change/"
    assert SECRET not in message.subject + message.text + message.about


# --- What the public reads ----------------------------------------------------------------------------------------


def test_the_public_reads_only_what_was_let_through(client, project, cdo):
    row = received(project, text=f"{SECRET} Wortlaut", name=SECRET, mail=SECRET_MAIL, wants_answer=True)
    page = f"/projekte/{project.slug}/"
    assert SECRET not in client.get(page).content.decode()
    show_feedback(feedback=row, public_text="Ab wann geht es los?", by=cdo)
    assert "Ab wann geht es los?" in client.get(page).content.decode()
    assert "Die Antwort steht noch aus." in client.get(page).content.decode()
    answer_feedback(feedback=row, answer="Ab Mai.", answered_as=unit("amt-33"), by=cdo)
    shown = client.get(page).content.decode()
    assert "Ab Mai." in shown
    assert "Stelle amt-33" in shown
    assert str(cdo) not in shown
    refuse_other = received(project, text=f"{SECRET} zwei", name=SECRET)
    refuse_feedback(feedback=refuse_other, refusal="insults", by=cdo)
    addresses = [page, "/", "/projekte/", "/beteiligung/", "/strategie/feld-dv/", address(project), f"/en{page}"]
    addresses += [address(project) + "danke/", f"/beteiligung/folgen/projekt/{project.slug}/", "/datenschutz/"]
    for each in addresses:
        found = client.get(each).content.decode()
        assert SECRET not in found, each
        assert SECRET_MAIL not in found, each


def test_markup_is_shown_as_text(client, project, cdo):
    row = received(project, text="x")
    show_feedback(feedback=row, public_text="<script>alert(1)</script> {{ 7*7 }}", by=cdo)
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page


def test_a_handlungsfeld_has_its_own_voices(client, project, cdo):
    row = receive_feedback(subject=handlungsfeld(), kind="idea", text="WLAN zeigen", token=public_forms.new_token().key)
    show_feedback(feedback=row, public_text="WLAN zeigen", by=cdo)
    assert "WLAN zeigen" in client.get("/strategie/feld-dv/").content.decode()
    assert "WLAN zeigen" not in client.get(f"/projekte/{project.slug}/").content.decode()


# --- The desk -----------------------------------------------------------------------------------------------------


def test_every_act_of_the_office_stands_in_the_record(project, cdo):
    row = enter_feedback(
        subject=project, kind="hint", channel="letter", text="Per Brief", received_on=clock.today(), by=cdo
    )
    show_feedback(feedback=row, public_text="Per Brief", by=cdo)
    answer_feedback(feedback=row, answer="Danke.", answered_as=unit(), by=cdo)
    entries = Entry.objects.filter(chain=f"feedback:{row.pk}").order_by("number")
    assert [(entry.from_state, entry.to_state) for entry in entries] == [
        ("", "waiting"),
        ("waiting", "shown"),
        ("shown", "answered"),
    ]
    assert "Per Brief" not in str(list(entries.values()))
    assert not list(chain_breaks())


def test_only_the_office_moderates(project, cdo):
    row, other = received(project), user_with(employed_in(unit()))
    for act in (
        lambda: show_feedback(feedback=row, public_text="x", by=other),
        lambda: refuse_feedback(feedback=row, refusal="insults", by=other),
        lambda: answer_feedback(feedback=row, answer="x", answered_as=unit(), by=other),
        lambda: take_up(feedback=row, title="x", short_text="", person=other, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    row.refresh_from_db()
    assert row.state == "waiting"


def test_an_answer_needs_a_shown_question_and_stays_public(project, cdo):
    row = received(project)
    with pytest.raises(ProcedureError):
        answer_feedback(feedback=row, answer="x", answered_as=unit(), by=cdo)
    show_feedback(feedback=row, public_text="Frage", by=cdo)
    with pytest.raises(ValidationError):
        answer_feedback(feedback=row, answer=" \u200b", answered_as=unit(), by=cdo)
    answer_feedback(feedback=row, answer="Antwort", answered_as=unit(), by=cdo)
    with pytest.raises(ProcedureError):
        refuse_feedback(feedback=row, refusal="insults", by=cdo)


def test_the_database_refuses_an_answer_of_nobody_and_words_of_what_is_not_shown(project, cdo):
    row = received(project)
    for values in ({"answer": "x"}, {"state": "shown"}, {"public_text": "x"}, {"refusal": "insults"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Feedback.objects.filter(pk=row.pk).update(**values)


def test_whoever_asked_for_it_gets_one_mail_with_the_way_to_the_answer(
    project, cdo, django_capture_on_commit_callbacks
):
    row = received(project, text=SECRET, name="Ada Beispiel", mail="ada@example.org", wants_answer=True)
    silent = received(project, mail="still@example.org")
    for each in (row, silent):
        show_feedback(feedback=each, public_text="Frage", by=cdo)
    for words in ("Antwort", "Bessere Antwort"):
        with django_capture_on_commit_callbacks(execute=True):
            answer_feedback(feedback=row, answer=words, answered_as=unit(), by=cdo)
            answer_feedback(feedback=silent, answer=words, answered_as=unit(), by=cdo)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert f"/beteiligung/stimmen/projekt/{project.slug}/?stimme={row.pk.hex[:8]}" in mail.outbox[0].body
    assert SECRET not in mail.outbox[0].body + mail.outbox[0].subject
    assert "Termine online" in mail.outbox[0].body


def test_whoever_asked_for_an_answer_is_told_why_nothing_is_shown(project, cdo, django_capture_on_commit_callbacks):
    asked = {"mail": "ada@example.org", "wants_answer": True}
    row, silent = received(project, text=SECRET, **asked), received(project, mail="still@example.org")
    advertising = received(project, text="Kaufen!", **asked)
    for each, reason in ((row, "names_people"), (row, "other_topic"), (silent, "insults"), (advertising, "advertises")):
        with django_capture_on_commit_callbacks(execute=True):
            refuse_feedback(feedback=each, refusal=reason, by=cdo)
    [letter] = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert "Der Grund: Nennt andere Menschen beim Namen." in letter.body
    assert f"/beteiligung/rueckmeldung/projekt/{project.slug}/" in letter.body
    assert SECRET not in letter.body + letter.subject
    assert "wird nicht gezeigt" in letter.subject


def test_an_idea_of_the_public_keeps_where_it_came_from(client, project, cdo):
    person = user_with(employed_in(unit()))
    row = enter_feedback(
        subject=project, kind="idea", channel="phone", text="Mehr Bänke", received_on=clock.today(), by=cdo
    )
    show_feedback(feedback=row, public_text="Mehr Bänke", by=cdo)
    idea = take_up(feedback=row, title="Mehr Bänke", short_text="", person=person, by=cdo)
    assert (idea.step, idea.origin, idea.channel) == ("draft", "resident", "phone")
    assert idea.lead_handlungsfeld == project.lead_handlungsfeld
    with pytest.raises(ProcedureError):
        take_up(feedback=row, title="Noch einmal", short_text="", person=person, by=cdo)
    assert "Daraus wurde eine Idee" not in client.get(f"/projekte/{project.slug}/").content.decode()


def test_that_it_became_an_idea_is_said_once_the_idea_is_public(client, project, cdo):
    row = received(project, kind="idea")
    show_feedback(feedback=row, public_text="Mehr Bänke", by=cdo)
    Feedback.objects.filter(pk=row.pk).update(idea=project)
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    assert "Daraus wurde eine Idee im Verfahren:" in page


def test_the_desk_lets_through_answers_and_says_what_is_refused(client, project, cdo):
    row = received(project)
    client.force_login(cdo)
    desk = f"/admin/pool/feedback/{row.pk}"
    page = client.get(f"{desk}/change/").content.decode()
    assert f"{desk}/durchsehen/" in page
    assert f"{desk}/beantworten/" not in page
    form = form_with(client.get(f"{desk}/zeigen/"), "public_text")
    assert form["public_text"] == ["Ab wann gilt das?"]
    assert client.post(f"{desk}/zeigen/", form).status_code == 302
    stale = client.post(f"{desk}/zeigen/", form | {"public_text": "Ältere Fassung"})
    assert stale.status_code == 422
    assert "Ältere Fassung" in stale.content.decode()
    unit("stab-mainzdigital", "stabsstelle")
    answered = form_with(client.get(f"{desk}/beantworten/"), "answer") | {"answer": "Ab Mai."}
    assert client.post(f"{desk}/beantworten/", answered).status_code == 302
    refused = client.post(f"{desk}/ablehnen/", {"refusal": "insults"})
    assert refused.status_code == 422
    assert "schon öffentlich beantwortet" in refused.content.decode()
    assert "Ab Mai." in client.get(f"/projekte/{project.slug}/").content.decode()
