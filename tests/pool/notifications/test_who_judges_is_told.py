"""Between those who judge and those who write: who is told when a word was said, taken back or is still missing."""

from uuid import uuid4

from governance.mandates.rules import Role
from governance.messages.kinds import usual_way
from governance.messages.models import Message
from governance.messages.rules import Way
from governance.record.actions import actor_for
from pool.maturity.actions import abstain, ask_expert, comment, countersign, end_expert, give_opinion
from pool.message_kinds import Kind
from pool.priority.actions import rate
from pool.project.models import ProjectMandate
from pool.submission.authors import end_co_author
from pool.submission.links import propose_link, withdraw_link
from pool.submission.writing import save_typed
from tests.factories import LEVELS, handlungsfeld, join, mandate, mandate_of, rubric_1, taken_over_at
from tests.pool.notifications.conftest import MARKER


def said() -> dict[str, object]:
    return {"levels": dict.fromkeys(LEVELS, 2), "reasons": dict.fromkeys(LEVELS, MARKER), "rubric": rubric_1()}


def test_when_everybody_asked_has_answered_the_office_hears_it_once(people, told):
    project = people.project("pooled")
    join(project, people["colleague"], "expert")
    assert told(give_opinion, project=project, by=people["coordinator"], **said()) == {}
    heard = told(abstain, project=project, by=people["colleague"], rubric=rubric_1())
    assert heard == {"cdo": {"all_answered"}}
    again = said() | {"levels": dict.fromkeys(LEVELS, 3)}
    assert told(give_opinion, project=project, by=people["coordinator"], **again) == {}
    assert Message.objects.get().address.endswith("/bewertung/")


def test_a_request_to_rate_ends(people, told):
    project = people.project("pooled")
    asked = ask_expert(project=project, person=people["colleague"], source="Bitte", by=people["cdo"])
    assert told(end_expert, mandate=asked, by=people["cdo"]) == {"colleague": {"opinion_wanted"}}
    assert Message.objects.get().subject.startswith("Die Bitte um Ihr Gutachten ist beendet")


def test_a_rating_waits_for_a_second_signature_and_the_office_hears_of_it(people, told):
    project = people.project("pooled")
    levels = {"levels": dict.fromkeys(LEVELS, 2), "reasons": dict.fromkeys(LEVELS, MARKER)}
    heard = told(rate, project=project, by=people["cdo"], **levels)
    assert heard["coordinator"] == heard["deputy"] == {"to_countersign"}
    assert "elsewhere" not in heard
    rating = project.ratings.get()
    heard = told(countersign, project=project, rating=rating, by=people["coordinator"])
    assert heard == {"cdo": {"countersigned"}}


def test_who_rated_is_not_asked_to_sign(people, told):
    project = people.project("pooled")
    join(project, people["cdo"], "co_author")
    levels = {"levels": dict.fromkeys(LEVELS, 2), "reasons": dict.fromkeys(LEVELS, MARKER)}
    heard = told(rate, project=project, by=people["deputy"], **levels)
    assert "deputy" not in heard
    assert heard["coordinator"] == {"to_countersign"}


def test_an_inner_comment_reaches_only_those_inside_and_nobody_who_rates_blind(people, told):
    project = people.project("pooled")
    join(project, people["colleague"], "expert")
    heard = told(comment, project=project, text=MARKER, by=people["colleague"])
    assert heard == {"cdo": {"inner_comment"}, "deputy": {"inner_comment"}}
    give_opinion(project=project, by=people["coordinator"], **said())
    heard = told(comment, project=project, text=MARKER, by=people["colleague"])
    assert set(heard) == {"cdo", "deputy", "coordinator"}
    assert usual_way(Kind.INNER_COMMENT) == Way.DAILY
    assert not Message.objects.filter(text__contains=MARKER).exists()


def test_whoever_wrote_the_idea_hears_of_no_inner_comment_even_as_a_coordinator(people, told):
    project = people.project("submitted")
    mandate_of(actor_for(people["author"]), mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV"))).save()
    heard = told(comment, project=project, text=MARKER, by=people["cdo"])
    assert set(heard) == {"deputy", "coordinator"}


def test_a_co_author_hears_that_it_is_over(people, told):
    project = people.project("returned")
    held = ProjectMandate.objects.get(project=project, role="co_author")
    heard = told(end_co_author, project=project, mandate=held, by=people["author"])
    assert heard == {"co-author": {"co_author_ended"}}
    assert Message.objects.get().address == "/ideen/"


def test_the_other_authors_hear_of_a_second_text_once(people, told):
    project = people.project("returned")
    window = uuid4()

    def typed(text: str) -> dict[str, set[str]]:
        values = {"values": {"problem": text}, "links": {}, "seen": {"problem": "älter"}, "window": window}
        return told(save_typed, project=project, by=people["co-author"], version=project.version, **values)

    assert typed("Zweiter Text.") == {"author": {"side_text_kept"}}
    assert typed("Zweiter Text, länger.") == {}


def test_the_other_side_hears_that_a_link_is_taken_back(people, told):
    project, other = people.project("pooled"), taken_over_at("running", field=handlungsfeld("DV"))
    join(other, people["lead"], "lead")
    link = propose_link(project=project, other=other, kind="needs", by=people["author"])
    assert told(withdraw_link, link=link, by=people["author"]) == {"lead": {"linked"}}
    assert Message.objects.get().subject.startswith("Eine Verbindung zu Ihrem Vorhaben ist zurückgenommen")
