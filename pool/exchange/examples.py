"""Playing the example histories: every act through the same actions as in life, on the day it tells of.

An example is known by its form token, which follows from its code; what has been played is not played again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model

from governance.mandates.models import Body
from governance.messages.actions import Reach, reaching
from governance.models import (
    SDG,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    OrganisationUnit,
    Querschnittsthema,
    Stadtteil,
    User,
)
from governance.record import clock
from governance.strategy.queries import edition_in_force, needs_in_force
from governance.strategy.rules import Dimension, GrundkriteriumCode
from pool.attachments.actions import add_attachment
from pool.calls.actions import issue_call
from pool.calls.models import Call
from pool.casefile.actions import prepare_decision
from pool.delivery.actions import (
    complete,
    give_up_milestone,
    plan_milestone,
    propose_completion,
    reach_milestone,
    report,
    shift_milestone,
    start,
)
from pool.delivery.models import Milestone
from pool.delivery.team_actions import name_team
from pool.exchange.actions import places_of
from pool.exchange.pages import small_pdf
from pool.exchange.sittings import sitting_events
from pool.gate.actions import GateInput, admit, answer_gate, decline_admission, return_for_revision
from pool.lifecycle import Act
from pool.maturity.actions import abstain, ask_expert, comment, countersign, give_opinion
from pool.priority.actions import propose_class, rate, reopen_rating, resume
from pool.priority.queries import rule_in_force
from pool.project.actions import merge, withdraw
from pool.project.models import Project
from pool.publication.actions import release, write_public_text
from pool.publication.consents import ask_consent, record_consent
from pool.publication.models import PublicText
from pool.publication.release_rules import FURTHEST_PLAN
from pool.questions.actions import answer_question, ask_question, close_question, object_to_refusal
from pool.questions.models import Question
from pool.submission.actions import create_draft, edit_text, link_needs, submit
from pool.submission.links import answer_link, propose_link
from pool.submission.models import ProjectLink

Row = Mapping[str, Any]
OFFICE_OPENS = time(9)
SITTING_BEGINS = time(14)
PAUSE = timedelta(minutes=4)
NEWS = timedelta(days=21)
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Event:
    """One act on a day; `order` keeps what follows from what within a day."""

    day: date
    order: tuple[int, ...]
    play: Callable[[], object]
    is_in_sitting: bool = False


def form_token(code: str) -> UUID:
    """Return the token by which an example is known."""
    return uuid5(NAMESPACE_DNS, f"{code.lower()}.beispiel.example.org")


def moment(day: date, at: time = OFFICE_OPENS) -> datetime:
    """Return a moment of a day in the portal's time zone."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(settings.TIME_ZONE))


@contextmanager
def constraints_left_to_the_database() -> Iterator[None]:
    """Do not ask for every constraint before saving: the database refuses what breaks one, and loading halves its time.

    Only for a command of its own, never while requests are served.
    """
    original = Model.validate_constraints
    Model.validate_constraints = lambda self, exclude=None: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Model.validate_constraints = original  # type: ignore[method-assign]


def play(events: list[Event]) -> None:
    """Play the events in the order of their days, each at its own minute; what is long past tells nobody."""
    in_order = sorted(events, key=lambda event: (event.day, event.is_in_sitting, event.order))
    news_since = in_order[-1].day - NEWS if in_order else date.max
    for (day, is_in_sitting), of_the_day in groupby(in_order, key=lambda event: (event.day, event.is_in_sitting)):
        at = moment(day, SITTING_BEGINS if is_in_sitting else OFFICE_OPENS)
        for event in of_the_day:
            with clock.played(at), reaching(Reach.PORTAL if day > news_since else Reach.NOWHERE):
                event.play()
            at += PAUSE


def example_events(rows: list[Row], sittings: list[Row], people: Mapping[str, User]) -> list[Event]:
    """Return every act of the example projects and sittings."""
    stage = Stage(rows, people)
    events = []
    for place, row in enumerate(rows):
        for number, act in enumerate(stage.expanded(row["history"])):
            events.append(Event(act["day"], (0, place, number), _bound(stage, row, act)))
    for place, row in enumerate(sittings):
        body = Body.objects.get(code=row["body"])
        for number, (day, is_in_sitting, step) in enumerate(sitting_events(row, body, people, stage.project)):
            events.append(Event(day, (1, place, number), step, is_in_sitting))
    return events


def call_events(rows: list[Row], people: Mapping[str, User]) -> list[Event]:
    """Return the example calls for ideas, each on the day it was made public."""
    needs = {need.code: need for need in needs_in_force(rows[0]["issued"])} if rows else {}
    return [Event(row["issued"], (-1, place), _call(row, needs, people)) for place, row in enumerate(rows)]


def _call(row: Row, needs: Mapping[str, Handlungsbedarf], people: Mapping[str, User]) -> Callable[[], object]:
    named = [needs[code] for code in row["needs"]]
    values = {name: row[name] for name in ("title", "text", "first_day", "last_day")}
    return lambda: issue_call(**values, needs=named, by=people[row["by"]], form_token=form_token(row["code"]))


def _bound(stage: "Stage", row: Row, act: Row) -> Callable[[], object]:
    return lambda: getattr(stage, f"play_{act['act']}")(row, act, stage.people[act["by"]])


class Stage:
    """Plays the acts of example projects; one method per act, named as in the data files."""

    def __init__(self, rows: list[Row], people: Mapping[str, User]) -> None:
        edition = edition_in_force(rows[0]["history"][0]["day"])
        self.people = people
        self.questions: dict[tuple[str, str], Question] = {}
        self.milestones: dict[tuple[str, str], Milestone] = {}
        self.units = OrganisationUnit.objects.in_bulk(field_name="code")
        self.sdgs = SDG.objects.in_bulk(field_name="number")
        self.stadtteile = Stadtteil.objects.in_bulk(field_name="slug")
        self.fields = {row.code: row for row in Handlungsfeld.objects.filter(edition=edition)}
        self.needs = {row.code: row for row in Handlungsbedarf.objects.filter(handlungsfeld__edition=edition)}
        self.topics = {row.code: row for row in Querschnittsthema.objects.filter(edition=edition)}
        self.rubric = rule_in_force(with_examples=True).rubric
        self.leitlinien = {row.code: row for row in Leitlinie.objects.filter(edition=edition)}

    def project(self, code: str) -> Project:
        """Return an example as it stands now."""
        return Project.objects.get(form_token=form_token(code))

    def expanded(self, history: list[Row]) -> Iterator[Row]:
        """Split publishing into its two days: the text with the lead unit's consent, then the release."""
        for act in history:
            if act["act"] in ("publish", "plan"):
                yield {**act, "act": "agree", "day": act["consent_day"]}
                yield {**act, "act": "release" if act["act"] == "publish" else "plan_release"}
            else:
                yield act

    # --- Writing and handing in

    def play_draft(self, row: Row, act: Row, by: User) -> None:
        """Begin the idea."""
        create_draft(
            by=by,
            form_token=form_token(row["code"]),
            call=Call.objects.filter(form_token=form_token(row["answers"])).first() if "answers" in row else None,
            units=[self._unit_part(part) for part in row["units"]],
            handlungsbedarfe=[self.needs[code] for code in row["needs"]],
            partners=[(name, "") for name in row["partners"]],
            sdgs=[self.sdgs[number] for number in row["sdgs"]],
            reach=places_of(row, self.stadtteile),
            querschnitt={self.topics[code]: text for code, text in row["querschnitt"].items()},
            lead_unit=self.units[row["lead"]],
            lead_handlungsfeld=self.fields[row["field"]],
            **{
                name: row[name]
                for name in (
                    "title", "short_text", "problem", "benefit", "beneficiary", "participation", "origin", "channel",
                    "effort", "timing", "funding", "cost", "council_matter",
                )
            },
        )  # fmt: skip
        for file in row.get("attachments", []):
            add_attachment(
                project=self.project(row["code"]), name=file["name"], content=small_pdf(file["lines"]), by=by
            )

    def play_submit(self, row: Row, act: Row, by: User) -> None:
        """Begin the idea and hand it in."""
        self.play_draft(row, act, by)
        submit(project=self.project(row["code"]), by=by)

    def play_resubmit(self, row: Row, act: Row, by: User) -> None:
        """Answer what was asked and hand in again."""
        project = self.project(row["code"])
        answers = {**row["querschnitt"], **act.get("changes", {}).get("querschnitt", {})}
        edit_text(
            project=project,
            by=by,
            version=None,
            values={},
            querschnitt={self.topics[code]: text for code, text in answers.items()},
        )
        submit(project=project, by=by)

    def play_link_unit(self, row: Row, act: Row, by: User) -> None:
        """Link one more unit with its part."""
        project = self.project(row["code"])
        link_needs(
            project=project,
            by=by,
            version=None,
            handlungsbedarfe=[self.needs[code] for code in row["needs"]],
            units=[self._unit_part(part) for part in (*row["units"], act)],
        )

    def play_propose_link(self, row: Row, act: Row, by: User) -> None:
        """Propose a link to another idea."""
        project, other = self.project(row["code"]), self.project(act["other"])
        propose_link(project=project, other=other, kind=act["kind"], what=act["what"], by=by)

    def play_confirm_link(self, row: Row, act: Row, by: User) -> None:
        """Confirm a proposed link for the other side."""
        link = ProjectLink.objects.get(
            project=self.project(row["code"]), other=self.project(act["other"]), kind=act["kind"]
        )
        answer_link(link=link, is_confirmed=True, by=by)

    def play_withdraw(self, row: Row, act: Row, by: User) -> None:
        """Withdraw the idea."""
        withdraw(project=self.project(row["code"]), by=by, reason=act["reason"])

    def play_merge(self, row: Row, act: Row, by: User) -> None:
        """Let the idea merge into another."""
        merge(project=self.project(row["code"]), target=self.project(act["target"]), by=by, reason=act["reason"])

    # --- The gate

    def play_gate(self, row: Row, act: Row, by: User) -> None:
        """Answer the Grundkriterien; an answer left out is still open."""
        answers = {
            code: GateInput(
                answer="yes" if given[0] else "no",
                reason=given[1],
                beneficiary=row["beneficiary"] if code == GrundkriteriumCode.NUTZEN and given[0] else "",
                leitlinie=self.leitlinien.get(act.get("leitlinie", ""))
                if code == GrundkriteriumCode.LEITLINIEN
                else None,
            )
            for code, given in zip(GrundkriteriumCode.values, act["answers"], strict=True)
            if given is not None
        }
        answer_gate(project=self.project(row["code"]), answers=answers, by=by)

    def play_admit(self, row: Row, act: Row, by: User) -> None:
        """Take the idea into the pool."""
        admit(project=self.project(row["code"]), by=by)

    def play_return(self, row: Row, act: Row, by: User) -> None:
        """Give the idea back."""
        return_for_revision(project=self.project(row["code"]), reason=act["reason"], remind_on=act["remind_on"], by=by)

    def play_decline_admission(self, row: Row, act: Row, by: User) -> None:
        """Do not take the idea into the pool."""
        decline_admission(project=self.project(row["code"]), reason=act["reason"], by=by)

    def play_prepare(self, row: Row, act: Row, by: User) -> None:
        """Prepare what is to happen at the gate."""
        prepare_decision(
            project=self.project(row["code"]),
            act=Act(act["decision"]),
            reason=act.get("reason", ""),
            remind_on=act.get("remind_on"),
            by=by,
        )

    # --- Questions and the objection

    def play_ask(self, row: Row, act: Row, by: User) -> None:
        """Ask the authors something; `key` names the question within the idea."""
        question = ask_question(project=self.project(row["code"]), topic=act["topic"], text=act["text"], by=by)
        self.questions[row["code"], act["key"]] = question

    def play_answer(self, row: Row, act: Row, by: User) -> None:
        """Answer a question."""
        answer_question(question=self.questions[row["code"], act["key"]], text=act["text"], by=by)

    def play_settle(self, row: Row, act: Row, by: User) -> None:
        """Declare a question settled."""
        close_question(question=self.questions[row["code"], act["key"]], by=by)

    def play_object(self, row: Row, act: Row, by: User) -> None:
        """Object to the refusal."""
        object_to_refusal(project=self.project(row["code"]), reason=act["reason"], by=by)

    # --- Opinions and countersignature

    def play_ask_expert(self, row: Row, act: Row, by: User) -> None:
        """Ask somebody to rate the idea."""
        person, source = self.people[act["person"]], "Beispiel: Bitte um ein Gutachten"
        ask_expert(project=self.project(row["code"]), person=person, source=source, by=by)

    def play_opinion(self, row: Row, act: Row, by: User) -> None:
        """Send an opinion; a level left out stands as nothing."""
        given = {name: pair for name, pair in zip(Dimension.values, act["levels"], strict=True) if pair is not None}
        give_opinion(
            project=self.project(row["code"]),
            levels={name: level for name, (level, _reason) in given.items()},
            reasons={name: reason for name, (_level, reason) in given.items()},
            by=by,
            rubric=self.rubric,
        )

    def play_abstain(self, row: Row, act: Row, by: User) -> None:
        """Abstain from an opinion."""
        abstain(project=self.project(row["code"]), by=by, rubric=self.rubric, reason=act["reason"])

    def play_comment(self, row: Row, act: Row, by: User) -> None:
        """Write a word for inside."""
        comment(project=self.project(row["code"]), text=act["text"], by=by)

    def play_countersign(self, row: Row, act: Row, by: User) -> None:
        """Countersign the rating of record."""
        project = self.project(row["code"])
        countersign(project=project, rating=project.ratings.get(is_current=True), by=by)

    # --- Rating and class

    def play_rate(self, row: Row, act: Row, by: User) -> None:
        """Write the rating of record."""
        pairs = dict(zip(Dimension.values, act["levels"], strict=True))
        rate(
            project=self.project(row["code"]),
            levels={name: level for name, (level, _reason) in pairs.items()},
            reasons={name: reason for name, (_level, reason) in pairs.items()},
            by=by,
        )

    def play_reopen_rating(self, row: Row, act: Row, by: User) -> None:
        """Open the rating again."""
        reopen_rating(project=self.project(row["code"]), reason=act["reason"], by=by)

    def play_resume(self, row: Row, act: Row, by: User) -> None:
        """Bring a deferred project back."""
        resume(project=self.project(row["code"]), by=by, reason=act["reason"])

    def play_propose_class(self, row: Row, act: Row, by: User) -> None:
        """Propose a class."""
        propose_class(
            project=self.project(row["code"]),
            mark=act["mark"],
            reason=act["reason"],
            by=by,
            start_on=act.get("start_on"),
            visible_on=act.get("visible_on"),
        )

    # --- Carrying out

    def play_team(self, row: Row, act: Row, by: User) -> None:
        """Name the team."""
        name_team(
            project=self.project(row["code"]),
            lead=self.people[act["lead"]],
            members=[self.people[username] for username in act["members"]],
            source="Beispiel: Benennung durch die CDO",
            by=by,
        )

    def play_start(self, row: Row, act: Row, by: User) -> None:
        """Begin the work."""
        start(project=self.project(row["code"]), by=by)

    def play_milestone(self, row: Row, act: Row, by: User) -> None:
        """Plan a milestone; `key` names it within the project."""
        self.milestones[row["code"], act["key"]] = plan_milestone(
            project=self.project(row["code"]),
            title=act["title"],
            day=act["until"],
            precision=act.get("precision", "day"),
            is_public=act.get("public", True),
            source=act.get("source", ""),
            by=by,
        )

    def play_shift(self, row: Row, act: Row, by: User) -> None:
        """Shift a milestone."""
        shift_milestone(
            milestone=self._milestone(row, act),
            day=act["until"],
            precision=act.get("precision", "day"),
            reason=act["reason"],
            source=act.get("source", ""),
            by=by,
        )

    def play_reach(self, row: Row, act: Row, by: User) -> None:
        """Note that a milestone is reached."""
        reach_milestone(milestone=self._milestone(row, act), day=act["reached"], source=act.get("source", ""), by=by)

    def play_give_up(self, row: Row, act: Row, by: User) -> None:
        """Give a milestone up."""
        give_up_milestone(
            milestone=self._milestone(row, act), reason=act["reason"], source=act.get("source", ""), by=by
        )

    def play_report(self, row: Row, act: Row, by: User) -> None:
        """Report how the project stands."""
        report(
            project=self.project(row["code"]),
            as_of=act["as_of"],
            standing=act["standing"],
            happened=act["happened"],
            coming=act["coming"],
            source=act.get("source", ""),
            by=by,
        )

    def _milestone(self, row: Row, act: Row) -> Milestone:
        return Milestone.objects.get(pk=self.milestones[row["code"], act["key"]].pk)

    def play_propose_completion(self, row: Row, act: Row, by: User) -> None:
        """Propose to complete."""
        propose_completion(
            project=self.project(row["code"]), result=act["result"], in_operation=act["in_operation"], by=by
        )

    def play_complete(self, row: Row, act: Row, by: User) -> None:
        """Complete."""
        complete(project=self.project(row["code"]), by=by)

    # --- Publishing

    def play_write_text(self, row: Row, act: Row, by: User) -> PublicText:
        """Write the public text."""
        return write_public_text(
            project=self.project(row["code"]),
            title=row["title"],
            short_text=row["short_text"],
            why=act["why"],
            learnt=act["learnt"],
            plain_text=act["plain_text"],
            by=by,
        )

    def play_agree(self, row: Row, act: Row, by: User) -> None:
        """Write the public text and record the lead unit's consent to it."""
        text = self.play_write_text(row, act, by)
        unit = self.units[row["lead"]]
        record_consent(text=text, unit=unit, given_by=act["who"], given_on=act["consent_day"], by=by)

    def play_ask_consent(self, row: Row, act: Row, by: User) -> None:
        """Ask the lead unit to agree to the text in the portal."""
        token = form_token(f"{row['code']}-zustimmung")
        ask_consent(text=self._last_text(row), unit=self.units[row["lead"]], token=token, by=by)

    def play_release(self, row: Row, act: Row, by: User) -> None:
        """Release the text that was agreed to."""
        release(text=self._last_text(row), change=act.get("change", ""), note=act.get("note", ""), by=by)

    def play_plan_release(self, row: Row, act: Row, by: User) -> None:
        """Plan the release for a day that lies ahead of whoever looks at the examples, as far as can be planned."""
        day = min(clock.real_today() + SOON, act["day"] + FURTHEST_PLAN)
        release(text=self._last_text(row), on_day=max(day, act["day"] + SOON), by=by)

    def _last_text(self, row: Row) -> PublicText:
        return PublicText.objects.filter(project=self.project(row["code"])).latest("number")

    def _unit_part(self, row: Row) -> tuple[OrganisationUnit, str, str]:
        return self.units[row["unit"]], row["part"], row["task"]
