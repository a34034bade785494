"""Played histories send no mail, only their last weeks are news, and removing the examples takes their news along."""

from datetime import timedelta

from governance.messages.actions import tell
from governance.messages.models import Mail, Message
from governance.models import User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Actor
from pool.exchange.examples import Event, play
from pool.exchange.removal import remove_examples
from pool.message_kinds import Kind
from pool.submission.actions import submit


def test_only_the_last_weeks_are_told_and_in_the_portal_alone(people, told):
    today = clock.today()
    long_ago, lately = people.project("draft"), people.project("draft")

    def handed_in(project) -> object:
        return lambda: submit(project=project, by=people["author"])

    events = [Event(today - timedelta(days=60), (1,), handed_in(long_ago)), Event(today, (2,), handed_in(lately))]
    heard = told(play, events=events)
    assert heard["author"] == {"handed_in"}
    assert set(Message.objects.values_list("address", flat=True)) == {
        f"/ideen/{lately.pk}/",
        f"/admin/pool/project/{lately.pk}/change/",
    }
    assert not Mail.objects.exists()


def test_removing_the_examples_takes_what_example_accounts_were_told(people):
    author, cdo = (actor_for(people[name]) for name in ("author", "cdo"))
    User.objects.filter(username="author").update(is_demo=True)
    Actor.objects.filter(pk=author.pk).update(is_example=True)
    tell(people=[author.pk, cdo.pk], kind=Kind.ADMITTED, subject="Im Pool", address="/ideen/")
    remove_examples()
    assert list(Message.objects.values_list("person", flat=True)) == [cdo.pk]
    assert list(Mail.objects.values_list("person", flat=True)) == [cdo.pk]
