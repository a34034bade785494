"""Playing the examples of taking part, through the same actions as in life, on the days they tell of."""

from collections.abc import Iterator, Mapping
from datetime import time
from functools import partial
from typing import Any

from governance.models import Handlungsfeld, OrganisationUnit, User
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.exchange.examples import Event, form_token
from pool.exchange.files import read
from pool.participation.actions import answer_feedback, enter_feedback, receive_feedback, show_feedback, take_up
from pool.participation.formats import FORMAT_VALUES, keep_format, keep_way
from pool.participation.models import Beteiligungsformat, Feedback, PageNote, PageOpinion
from pool.participation.rules import FormatState
from pool.project.models import Project

Row = Mapping[str, Any]


def participation_events(people: Mapping[str, User]) -> list[Event]:
    """Return every act of the examples of taking part, each with its day."""
    given, by = read("participation_examples.yaml"), people["cdo"]
    events = list(_format_events(given["formats"], by))
    for place, row in enumerate(given["feedback"]):
        events += _feedback_events(row, place, people)
    first = min(event.day for event in events)
    events.append(Event(first, (3, 0), partial(_keep_ways, given["ways"], by)))
    events.append(Event(first, (3, 1), partial(_keep_opinions, given["opinions"], given["notes"])))
    return events


def _subject(code: str) -> Project | Handlungsfeld:
    """Return the example project of a code, or the Handlungsfeld."""
    project = Project.objects.filter(form_token=form_token(code)).first()
    return project or Handlungsfeld.objects.get(edition=edition_in_force(clock.today()), code=code)


def _format_events(rows: list[Row], by: User) -> Iterator[Event]:
    for place, row in enumerate(rows):
        yield Event(row["day"], (4, place), partial(_keep_format, row, by, ""))
        if row.get("outcome"):
            yield Event(row["outcome_day"], (4, place), partial(_keep_format, row, by, row["outcome"]))


def _keep_format(row: Row, by: User, outcome: str) -> None:
    values = {name: row.get(name) for name in FORMAT_VALUES} | {"state": FormatState.PUBLISHED, "outcome": outcome}
    values |= {name: values[name] or "" for name in ("place", "online_address")}
    values |= {name: _time(row.get(name)) for name in ("begins", "ends")}
    keep_format(
        values=values,
        projects=[Project.objects.get(form_token=form_token(code)) for code in row["projects"]],
        handlungsfelder=Handlungsfeld.objects.filter(edition=edition_in_force(clock.today()), code__in=row["fields"]),
        by=by,
        row=Beteiligungsformat.objects.filter(title=row["title"], is_example=True).first(),
    )


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _feedback_events(row: Row, place: int, people: Mapping[str, User]) -> Iterator[Event]:
    by, token = people["cdo"], form_token(f"rueckmeldung-{place}")
    yield Event(row["day"], (5, place, 0), partial(_receive, row, token, by))

    def kept() -> Feedback:
        about = _subject(row["about"])
        key = {"project": about} if isinstance(about, Project) else {"handlungsfeld": about}
        return Feedback.objects.get(text=row["text"], is_example=True, **key)

    if "shown" in row:
        show = partial(_later, kept, show_feedback, public_text=row["text"], by=by)
        yield Event(row["shown"], (5, place, 1), show)
    if "answer" in row:
        office = OrganisationUnit.objects.get(code=row["office"])
        answer = partial(_later, kept, answer_feedback, answer=row["answer"], answered_as=office, by=by)
        yield Event(row["answered"], (5, place, 2), answer)
    if "idea" in row:
        person = people[row["idea_by"]]
        idea = partial(_later, kept, take_up, title=row["idea"], short_text=row["text"], person=person, by=by)
        yield Event(row["answered"], (5, place, 3), idea)


def _later(kept: Any, act: Any, **values: Any) -> None:
    act(feedback=kept(), **values)


def _receive(row: Row, token: Any, by: User) -> None:
    about, name, mail = _subject(row["about"]), row.get("name", ""), row.get("mail", "")
    said = {"subject": about, "kind": row["kind"], "text": row["text"], "name": name, "mail": mail}
    if row["channel"] == Project.Channel.FORM:
        receive_feedback(token=token, is_example=True, **said)
    else:
        enter_feedback(channel=row["channel"], received_on=row["day"], by=by, **said)


def _keep_ways(rows: list[Row], by: User) -> None:
    for position, row in enumerate(rows, start=1):
        keep_way(title=row["title"], text=row["text"], position=position, text_is_example=True, by=by)


def _keep_opinions(opinions: list[Row], notes: list[Row]) -> None:
    PageOpinion.objects.bulk_create(PageOpinion(**row, is_example=True) for row in opinions)
    PageNote.objects.bulk_create(
        PageNote(page=row["page"], on_day=row["day"], helped=row["helped"], text=row["text"], is_example=True)
        for row in notes
    )
