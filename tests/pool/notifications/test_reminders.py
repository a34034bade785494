"""Each reminder exactly once: late, twice, by two processes, and not when it has been done meanwhile."""

from datetime import date, timedelta

import pytest
from django.core import mail as mails
from django.core.management import call_command

from governance.messages.models import Message
from governance.record import clock
from governance.record.actions import actor_for
from pool.delivery.actions import report
from pool.project.models import Project
from pool.reminders import send_reminders
from pool.submission.actions import create_draft, edit_text, submit
from tests.conftest import moment

TODAY = date(2026, 3, 2)


def on(day: date):
    return clock.played(moment(f"{day:%Y-%m-%d} 06:00"))


def reminded() -> list[tuple[str, str]]:
    rows = Message.objects.order_by("pk").values_list("person__person__user__username", "kind")
    return sorted(rows)


@pytest.fixture
def returned(people) -> Project:
    return people.project("returned", remind_on=TODAY)


REVISION = [("author", "revision_due"), ("co-author", "revision_due")]


def test_before_its_day_nobody_is_reminded(returned):
    with on(TODAY - timedelta(days=1)):
        assert send_reminders() == 0


@pytest.mark.parametrize("late", [0, 1, 9])
def test_on_its_day_or_late_by_days_everybody_is_reminded_once(returned, late):
    for day in (late, late, late + 1, late + 40):
        with on(TODAY + timedelta(days=day)):
            call_command("send_reminders", verbosity=0)
    assert reminded() == REVISION
    assert sorted(mail.to[0] for mail in mails.outbox) == ["author@example.org", "co-author@example.org"]


def test_what_was_done_meanwhile_reminds_nobody(people, returned):
    submit(project=returned, by=people["author"])
    with on(TODAY + timedelta(days=3)):
        assert send_reminders() == 0


def test_a_new_day_makes_a_new_reminder(returned):
    with on(TODAY):
        send_reminders()
    Project.objects.filter(pk=returned.pk).update(remind_on=TODAY + timedelta(days=14))
    with on(TODAY + timedelta(days=20)):
        send_reminders()
    assert reminded() == sorted(REVISION * 2)


def test_a_deferred_project_is_looked_at_again_by_the_office(people):
    people.project("deferred", look_again_on=TODAY)
    with on(TODAY + timedelta(days=2)):
        assert send_reminders() == 1
        assert send_reminders() == 0
    assert reminded() == [("cdo", "look_again_due")]
    message = Message.objects.get()
    assert "2. März 2026" in message.subject
    assert message.person == actor_for(people["cdo"])


def test_a_draft_that_lies_for_thirty_days(people):
    with on(TODAY):
        project = create_draft(by=people["author"], title="Liegt")
    with on(TODAY + timedelta(days=20)):
        edit_text(project=project, by=people["author"], version=project.version, values={"title": "Liegt noch"})
    for day, number in ((30, 0), (49, 0), (50, 1), (51, 0), (90, 0)):
        with on(TODAY + timedelta(days=day)):
            assert send_reminders() == number, day
    with on(TODAY + timedelta(days=91)):
        edit_text(project=project, by=people["author"], version=project.version, values={"title": "Lag lange"})
    for day, number in ((120, 0), (125, 1)):
        with on(TODAY + timedelta(days=day)):
            assert send_reminders() == number, day


def test_an_overdue_report_reminds_the_team_and_the_desk_once(people):
    running = people.project("running")
    Project.objects.filter(pk=running.pk).update(step_since=TODAY - timedelta(days=400))
    running.mandates.filter(role__in=["lead", "member"]).update(valid_from=TODAY)
    due = date(2026, 6, 2)
    for day, number in ((due, 0), (due + timedelta(days=1), 4), (due + timedelta(days=9), 0)):
        with on(day):
            assert send_reminders() == number, day
    assert reminded() == [
        ("cdo", "report_missing"), ("deputy", "report_missing"), ("lead", "report_due"), ("member", "report_due"),
    ]  # fmt: skip
    assert "2. Juni 2026" in Message.objects.first().subject
    with on(due + timedelta(days=10)):
        said = {"standing": "on_track", "happened": "Viel.", "coming": "Mehr."}
        report(project=running, as_of=due + timedelta(days=10), by=people["lead"], **said)
        assert send_reminders() == 0
    with on(due + timedelta(days=10 + 93)):
        assert send_reminders() == 4


def test_who_has_no_team_is_asked_for_no_report(people):
    running = people.project("running")
    running.mandates.filter(role="lead").delete()
    with on(TODAY + timedelta(days=400)):
        assert send_reminders() == 0
