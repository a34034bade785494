"""DAT-02: what is personal goes by its rule, the second run removes nothing, the log has numbers and no names."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command

from governance import public_forms, retention
from governance.record import clock
from governance.retention import RetentionRule, known_rules
from pool.participation.actions import answer_feedback, receive_feedback, refuse_feedback, show_feedback
from pool.participation.following import confirm
from pool.participation.models import Feedback, FeedbackContact, RetentionRun, Subscription
from tests.factories import employed_in, unit, user_with

pytestmark = pytest.mark.django_db


def run(days: float, *options: str) -> dict[str, int]:
    """Run the rules so many days from now, and return what the log says."""
    with clock.played(clock.now() + timedelta(days=days)):
        call_command("apply_retention", *options, verbosity=0)
    last = RetentionRun.objects.order_by("pk").last()
    return {key: number for key, number in last.counts.items() if number} if last else {}


def sent(project, text: str) -> Feedback:
    return receive_feedback(
        subject=project, kind="hint", text=text, token=public_forms.new_token().key, name="Ada", mail="ada@example.org"
    )


def test_name_and_mail_go_thirty_days_after_the_answer_or_the_refusal(project, cdo):
    answered, refused, waiting = (sent(project, text) for text in ("eins", "zwei", "drei"))
    show_feedback(feedback=answered, public_text="eins", by=cdo)
    answer_feedback(feedback=answered, answer="Danke.", answered_as=unit(), by=cdo)
    refuse_feedback(feedback=refused, refusal="senseless", by=cdo)
    assert run(29) == {}
    assert FeedbackContact.objects.count() == 3
    assert run(31) == {"feedback_contact": 2}
    assert FeedbackContact.objects.get().feedback == waiting
    assert run(31) == {}, "the second run removes nothing"
    assert run(181)["feedback_contact_unanswered"] == 1
    assert Feedback.objects.get(pk=answered.pk).public_text == "eins", "what everybody read stays"


def test_the_wording_goes_ninety_days_after_it_was_looked_through(project, cdo):
    row, waiting = sent(project, "Wortlaut"), sent(project, "Noch nicht gelesen")
    show_feedback(feedback=row, public_text="Öffentlich", by=cdo)
    run(91)
    row.refresh_from_db(), waiting.refresh_from_db()
    assert (row.text, row.public_text) == ("", "Öffentlich")
    assert waiting.text == "Noch nicht gelesen"


def test_an_address_that_nobody_confirmed_goes_after_48_hours(project):
    asked = Subscription.objects.create(mail="a@example.org", project=project, asked_at=clock.now())
    kept = Subscription.objects.create(mail="b@example.org", project=project, asked_at=clock.now())
    confirm(subscription=kept)
    assert run(1.9) == {}
    assert run(2.1) == {"subscription_unconfirmed": 1}
    assert not Subscription.objects.filter(pk=asked.pk).exists()
    assert Subscription.objects.filter(pk=kept.pk).exists()


def test_a_dry_run_counts_and_removes_nothing(project, cdo, capsys):
    refuse_feedback(feedback=sent(project, "x"), refusal="senseless", by=cdo)
    with clock.played(clock.now() + timedelta(days=40)):
        call_command("apply_retention", "--dry-run")
    assert "feedback_contact 1" in capsys.readouterr().out
    assert FeedbackContact.objects.exists()
    assert not RetentionRun.objects.exists()


def test_the_page_on_privacy_says_what_the_rules_do(client):
    page = client.get("/datenschutz/").content.decode()
    for rule in known_rules():
        assert str(rule.what) in page
        assert str(rule.period_words) in page


def test_a_new_rule_appears_on_the_page_by_itself_where_it_belongs(client, monkeypatch):
    new = [
        RetentionRule(
            key=f"new_{whose}", what=f"Neue Angabe ({whose})", purpose="zum Ausprobieren", begins="dem Anfang",
            period=timedelta(days=7), period_words="sieben Tage", remove=lambda before, for_real: 0,
            is_of_accounts=whose == "Konto",
        )
        for whose in ("alle", "Konto")
    ]  # fmt: skip
    monkeypatch.setattr(retention, "_rules", [*known_rules(), *new])
    page = client.get("/datenschutz/").content.decode()
    account = page.index('id="konto"')
    assert page.index("Neue Angabe (alle)") < account < page.index("Neue Angabe (Konto)")
    assert "Gelöscht nach: sieben Tage, gerechnet ab dem Anfang." in page


def test_what_signing_in_leaves_behind_goes_after_a_day(client, project):
    for number in range(2):
        client.post("/konto/login/", {"username": f"niemand{number}", "password": "falsch"})
    client.force_login(user_with(employed_in(unit())))
    assert (AccessAttempt.objects.count(), Session.objects.count()) == (2, 1)
    assert run(0.9) == {}
    assert run(2) == {"failed_sign_in": 2, "ended_session": 1}
    assert run(2) == {}
