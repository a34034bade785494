"""No name, address or text of anybody ever stands in a mail; a dead server stops no act."""

import ast
from pathlib import Path

import pytest
from django.core import mail as mails
from django.utils.html import escape

from governance.messages import delivery
from governance.messages.actions import queue_digests
from governance.messages.models import Mail, MailPreference, Message
from governance.record import clock
from governance.record.actions import actor_for
from pool import judging_notifications, notifications, release_notifications
from pool.lifecycle import Step
from pool.message_kinds import Kind
from pool.notifications import News, To, tell
from pool.submission.actions import submit
from tests.factories import body
from tests.pool.notifications.conftest import MARKER, everything_by_mail

MODULES = (notifications, judging_notifications, release_notifications)
EVENTS = {
    "submitted": {"again": False},
    "co_author_named": {"person": "author"},
    "co_author_ended": {"person": "author"},
    "side_text_kept": {"side_text": 1},
    "read_in": {"person": "author", "is_submitted": True},
    "submitter_named": {"person": "author"},
    "link_withdrawn": {"link": 1},
    "expert_ended": {"person": "author", "mandate": 1},
    "everybody_answered": {"number": 1, "asked": 2},
    "commented": {"comment": 1, "people": ["author"]},
    "countersigned": {},
    "handed_over": {"to": "author", "before": "author"},
    "link_proposed": {"link": 1},
    "link_answered": {"proposed_by": "author", "is_confirmed": True, "link": 1},
    "expert_asked": {"person": "author"},
    "stand_in_named": {"person": "author", "row": 1},
    "asked_to_join": {"request": 1},
    "join_answered": {"person": "author", "is_accepted": True, "request": 1},
    "question_asked": {"question": 1, "turn": 1},
    "question_answered": {"question": 1, "turn": 2, "asked_by": "author", "is_of_office": True},
    "question_closed": {"question": 1, "turn": 3},
    "objected": {},
    "corrected": {},
    "withdrawn": {"was_draft": False},
    "merged": {},
    "took_in": {},
    "taken_over": {},
    "review_begun": {},
    "returned": {"remind_on": clock.today()},
    "not_admitted": {},
    "admitted": {},
    "rated": {},
    "rating_reopened": {},
    "resumed": {},
    "put_on_list": {"sitting": 1, "body": "body", "day": clock.today()},
    "outcome_recorded": {"sitting": 1, "item": 1},
    "outcome_sent_back": {"sitting": 1, "item": 1},
    "decided": {"outcome": "defer", "label": "zurückgestellt", "day": clock.today(), "look_again_on": clock.today()},
    "team_named": {"lead": ["author"], "members": [], "left": []},
    "started": {},
    "completion_proposed": {},
    "completed": {},
    "stopped": {},
    "consent_asked": {"request": 1},
    "consent_given": {"request": 1, "asked_by": "author"},
    "consent_refused": {"request": 2, "asked_by": "author"},
    "consent_ended": {"request": 1, "is_void": True},
    "released": {},
    "taken_back": {},
}


def test_the_list_of_events_is_whole():
    sources = [ast.parse(Path(module.__file__).read_text(encoding="utf-8")) for module in MODULES]
    nodes = [node for source in sources for node in source.body]
    events = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and _takes_news(node)}
    assert events == {*EVENTS, "tell"}


def _takes_news(node: ast.FunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "news" and not node.name.startswith("_")


@pytest.mark.parametrize("step", [Step.SUBMITTED, Step.RUNNING])
def test_no_mail_carries_what_people_typed_or_who_they_are(people, step):
    project = people.project(step, slug="vorhaben" if step == Step.RUNNING else "")
    actors = {"author": actor_for(people["author"]).pk, "body": body().pk}

    def real(value):
        return [actors[each] for each in value] if isinstance(value, list) else actors.get(value, value)

    with everything_by_mail(people):
        for name, values in EVENTS.items():
            if name == "released" and not project.slug:
                continue
            news = News(project=project, by=None, at=clock.now())
            event = next(getattr(module, name) for module in MODULES if hasattr(module, name))
            event(news, **{key: real(value) for key, value in values.items()})
        delivery.deliver()
    assert len(mails.outbox) > 30
    for mail in mails.outbox:
        said = mail.subject + mail.body
        assert MARKER not in said
        assert "Vorname" not in said
        assert not [user.email for user in people.by_name.values() if user.email in said]
        assert mail.recipients() == mail.to
        assert len(mail.to) == 1
    assert Message.objects.filter(about__contains=MARKER).exists()


def test_a_digest_carries_no_typed_text_either(people):
    project = people.project("pooled")
    tell(News(project, None, clock.now()), To([p.pk for p in _actors(people)], Kind.IN_MY_FIELD, "Neues im Feld"))
    queue_digests()
    delivery.deliver()
    assert len(mails.outbox) == len(people.by_name)
    assert not [mail for mail in mails.outbox if MARKER in mail.subject + mail.body]


def _actors(people):
    return [actor_for(user) for user in people.by_name.values()]


def test_a_title_is_escaped_in_the_portal(people, told, client):
    title = "<script>alert(1)</script> & Co"
    told(submit, project=people.project("draft", title=title), by=people["author"])
    client.force_login(people["author"])
    page = client.get("/konto/nachrichten/").content.decode()
    assert escape(title) in page
    assert title not in page


def test_a_dead_server_stops_no_act_and_the_mail_goes_out_once_when_it_is_back(people, told, dead_server, settings):
    project = people.project("draft")
    told(submit, project=project, by=people["author"])
    project.refresh_from_db()
    assert project.step == "submitted"
    assert mails.outbox == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"queued"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    delivery.deliver()
    delivery.deliver()
    assert sorted(mail.to[0] for mail in mails.outbox) == ["author@example.org", "co-author@example.org"]


def test_after_a_dead_server_the_next_act_does_not_ask_it_again(people, told, dead_server):
    told(submit, project=people.project("draft"), by=people["author"])
    attempts = sum(Mail.objects.values_list("attempts", flat=True))
    assert attempts == 1
    told(submit, project=people.project("draft"), by=people["author"])
    assert sum(Mail.objects.values_list("attempts", flat=True)) == attempts


def test_one_submission_sends_its_author_one_mail_and_the_office_none_before_the_evening(people, told):
    project = people.project("draft")
    told(submit, project=project, by=people["author"])
    assert sorted(mail.to[0] for mail in mails.outbox) == ["author@example.org", "co-author@example.org"]
    queue_digests()
    delivery.deliver()
    assert mails.outbox[-1].to == ["cdo@example.org"]


def test_a_choice_of_one_person_is_hers_alone(people, told):
    MailPreference.objects.create(
        person=actor_for(people["author"]), kind=Kind.HANDED_IN, way="off", chosen_at=clock.now()
    )
    told(submit, project=people.project("draft"), by=people["author"])
    assert [mail.to[0] for mail in mails.outbox] == ["co-author@example.org"]
