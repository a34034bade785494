"""Picking gate rounds and answers, and what the links of a project give the gate to judge by."""

from dataclasses import dataclass
from datetime import date

from governance.organisation.queries import office_ids
from governance.strategy.rules import GrundkriteriumCode
from pool.gate.models import GateAnswer, GateRound
from pool.lifecycle import Step
from pool.project.models import Project


@dataclass(frozen=True, slots=True)
class Links:
    """What the gate asks of a project's links."""

    has_need: bool
    offices_with_parts: int


def open_round(project: Project) -> GateRound | None:
    """Return the round that answers are written into, or None before the first answer."""
    return project.gate_rounds.filter(closed_at__isnull=True).first()


def current_round(project: Project) -> GateRound | None:
    """Return the round that stands for the project's present step.

    While it is submitted: the open one (None before the first answer: a new round starts empty). Later: the last
    closed one, which says why it was admitted, returned or not admitted.
    """
    if project.step == Step.SUBMITTED:
        return open_round(project)
    return project.gate_rounds.filter(closed_at__isnull=False).order_by("-number").first()


def answers_of(gate_round: GateRound | None) -> dict[str, GateAnswer]:
    """Return the current answers of a round by the code of the Grundkriterium; what is not answered is missing."""
    if gate_round is None:
        return {}
    rows = gate_round.answers.filter(is_current=True).select_related("leitlinie", "by", "in_place_of")
    return {row.grundkriterium: row for row in rows}


def answer_values(gate_round: GateRound | None) -> dict[str, str]:
    """Return the bare answers (yes, no, open) of a round, as the rules want them."""
    return {code: row.answer for code, row in answers_of(gate_round).items()}


@dataclass(frozen=True, slots=True)
class BesideRow:
    """One Grundkriterium in two rounds."""

    code: str
    label: str
    before: GateAnswer | None
    now: GateAnswer | None

    @property
    def has_changed(self) -> bool:
        """Tell whether the answer is another one than in the round before."""
        return bool(self.before and self.now and self.before.answer != self.now.answer)


@dataclass(frozen=True, slots=True)
class RoundsBeside:
    """The last closed round beside the one that runs; `now` is None before its first answer."""

    before: GateRound
    now: GateRound | None
    rows: list[BesideRow]


def rounds_beside(project: Project) -> RoundsBeside | None:
    """Return two rounds side by side while a project is judged anew; None in its first round."""
    before = project.gate_rounds.filter(closed_at__isnull=False).order_by("-number").first()
    if before is None or project.step != Step.SUBMITTED:
        return None
    now = open_round(project)
    old, new = answers_of(before), answers_of(now)
    rows = [BesideRow(code.value, str(code.label), old.get(code), new.get(code)) for code in GrundkriteriumCode]
    return RoundsBeside(before, now, rows)


def links_of(project: Project, day: date) -> Links:
    """Return what the project is linked with on `day`: any Handlungsbedarf, and how many offices with a part.

    The lead unit counts only where it is linked with a part; two units of one office count once.
    """
    units = project.unit_links.exclude(part="").values_list("unit_id", flat=True)
    return Links(has_need=project.need_links.exists(), offices_with_parts=len(office_ids(units, day)))
