"""Playing the example sittings: the list, the proposals, and on the day itself outcome, confirmation and close."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from governance.mandates.models import Body
from governance.models import OrganisationUnit, User
from governance.record.actions import actor_for
from pool.decision.actions import (
    close_sitting,
    confirm,
    invite,
    meet_condition,
    open_sitting,
    propose,
    put_on_list,
    put_rule_on_list,
    recommend,
    record_attendance,
    record_outcome,
)
from pool.decision.minutes import NOTHING_NOTED, Minutes
from pool.decision.models import Sitting, SittingItem
from pool.decision.queries import supersedable
from pool.decision.sitting_rules import Vote
from pool.decision.stand_ins import name_stand_in
from pool.priority.models import RuleVersion
from pool.project.models import Project

Row = Mapping[str, Any]
Play = Callable[[], object]
VOTES = ("votes_yes", "votes_no", "votes_abstained")


def sitting_events(
    row: Row, body: Body, people: Mapping[str, User], project_of: Callable[[str], Project]
) -> Iterator[tuple[date, bool, Play]]:
    """Yield day, whether it happens in the sitting itself, and the act, in the order of the minutes."""
    played = PlayedSitting(row, body, people, project_of)
    yield row["opened"], False, played.open
    for item in row["items"]:
        yield item["listed"], False, partial(played.put, item)
    for item in row["items"]:
        if "proposed" in item:
            yield item["proposed"], False, partial(played.propose, item)
    for named in row.get("stand_ins", ()):
        yield named["day"], False, partial(played.name, named)
    if "invited" in row:
        yield row["invited"], False, played.invite
    for item in row["items"]:
        if "advice" in item:
            yield item["advice"]["day"], False, partial(played.advise, item)
    if not row["close"]:
        return
    yield row["day"], True, played.note_attendance
    for item in row["items"]:
        yield row["day"], True, partial(played.record, item)
    for item in row["items"]:
        yield row["day"], True, partial(played.confirm, item)
    yield row["day"], True, played.close
    for item in row["items"]:
        if "met" in item.get("condition", {}):
            yield item["condition"]["met"], False, partial(played.meet_condition, item)


class PlayedSitting:
    """One sitting while it is being played."""

    def __init__(self, row: Row, body: Body, people: Mapping[str, User], project_of: Callable[[str], Project]) -> None:
        self.row, self.body, self.people, self.project_of = row, body, people, project_of

    @property
    def sitting(self) -> Sitting:
        """The sitting as it stands now."""
        return Sitting.objects.get(body=self.body, day=self.row["day"], is_example=True)

    @property
    def office(self) -> User:
        """Who keeps the list and the minutes."""
        return self.people[self.row["opened_by"]]

    @property
    def chair(self) -> User:
        """Who chairs."""
        return self.people[self.row["chair"]]

    def open(self) -> None:
        """Open the sitting."""
        open_sitting(body=self.body, day=self.row["day"], place=self.row["place"], by=self.office)

    def put(self, item: Row) -> None:
        """Put an item on the list."""
        if item["kind"] == SittingItem.Kind.RULE:
            rule = RuleVersion.objects.get(number=item["rule"])
            put_rule_on_list(sitting=self.sitting, rule_version=rule, kind=item["kind"], by=self.office)
        else:
            put_on_list(sitting=self.sitting, project=self.project_of(item["project"]), by=self.office)

    def invite(self) -> None:
        """Invite those entitled."""
        invite(sitting=self.sitting, by=self.office)

    def advise(self, item: Row) -> None:
        """Enter what the Beirat recommends."""
        said = item["advice"]
        recommend(
            item=self._item(item),
            text=said["text"],
            day=said["day"],
            **dict(zip(VOTES, said["votes"], strict=True)),
            by=self.people["beirat-gf"],
        )

    def note_attendance(self) -> None:
        """Note who is there."""
        present = [str(actor_for(self.people[name]).pk) for name in self.row.get("present", ())]
        if present:
            record_attendance(sitting=self.sitting, present=present, by=self.office)

    def meet_condition(self, item: Row) -> None:
        """Note that a condition is met."""
        said = item["condition"]
        meet_condition(item=self._item(item), met_on=said["met"], reason=said["how"], by=self.office)

    def propose(self, item: Row) -> None:
        """Write the proposed resolution."""
        propose(
            item=self._item(item),
            proposal=item["outcome"],
            text=item["text"],
            reason=item["reason"],
            by=self.office,
            **self._further(item),
        )

    def name(self, named: Row) -> None:
        """Name who stands in for the CDO on one project."""
        name_stand_in(
            sitting=self.sitting,
            project=self.project_of(named["project"]),
            person=self.people[named["person"]],
            reason=named["reason"],
            by=self.chair,
        )

    def record(self, item: Row) -> None:
        """Record the outcome, as it was proposed."""
        superseded = None
        if item["outcome"] == SittingItem.Outcome.RECONSIDER:
            superseded = supersedable(self.project_of(item["project"])).first()
        record_outcome(
            item=self._item(item),
            outcome=item["outcome"],
            text=item["text"],
            reason=item["reason"],
            marks=item.get("marks"),
            supersedes=superseded,
            minutes=self._minutes(item),
            by=self.office,
            **self._further(item),
        )

    def confirm(self, item: Row) -> None:
        """Confirm the recorded outcome."""
        confirm(item=self._item(item), by=self.chair)

    def close(self) -> None:
        """Close the sitting."""
        close_sitting(sitting=self.sitting, by=self.chair)

    def _item(self, item: Row) -> SittingItem:
        items = SittingItem.objects.filter(sitting=self.sitting)
        if item["kind"] == SittingItem.Kind.RULE:
            return items.get(rule_version__number=item["rule"])
        return items.get(project=self.project_of(item["project"]))

    def _minutes(self, item: Row) -> Minutes:
        if "present" not in self.row:
            return NOTHING_NOTED
        votes, condition = item.get("votes"), item.get("condition", {})
        return Minutes(
            vote=Vote("counted", *votes) if votes else Vote("unanimous"),
            dissent=item.get("dissent", ""),
            conditions=condition.get("text", ""),
            conditions_due_on=condition.get("due"),
            follow_up=OrganisationUnit.objects.get(code=condition["unit"]) if condition else None,
        )

    def _further(self, item: Row) -> dict[str, Any]:
        given = {
            "look_again_on": item.get("look_again_on"),
            "lesson": item.get("lesson", ""),
            "no_countersignature": item.get("no_countersignature", ""),
        }
        if item["outcome"] == SittingItem.Outcome.COMMISSION:
            project = self.project_of(item["project"])
            given |= {
                "funding": project.funding,
                "council_matter": project.council_matter,
                "unit_consent": item.get("unit_consent", ""),
            }
        return given
