"""Where a project stands on the way, and in whose words an act is told: values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pool.lifecycle import Act, Step

Text = str | Promise
State = Literal["done", "now", "open"]


@dataclass(frozen=True, slots=True)
class Station:
    """One stage of the way: its name, what stands under it, whether it is behind, here or ahead."""

    label: Text
    text: Text = ""
    state: State = "open"


# The stages of the whole way, and the step that each leads into.
STAGES: tuple[tuple[Text, Step], ...] = (
    (_("Eingereicht"), Step.SUBMITTED),
    (_("Geprüft"), Step.POOLED),
    (_("Bewertet"), Step.ASSESSED),
    (_("Beschlossen"), Step.COMMISSIONED),
    (_("In Umsetzung"), Step.RUNNING),
    (_("Abgeschlossen"), Step.COMPLETED),
)
# How many stages are behind a project in each step; None: as many as its history says.
_BEHIND: Mapping[Step, int | None] = MappingProxyType(
    {
        Step.DRAFT: 0,
        Step.SUBMITTED: 1,
        Step.RETURNED: 1,
        Step.REJECTED: 1,
        Step.POOLED: 2,
        Step.ASSESSED: 3,
        Step.DEFERRED: 3,
        Step.DECLINED: 3,
        Step.COMMISSIONED: 4,
        Step.RUNNING: 4,
        Step.COMPLETED: 6,
        Step.STOPPED: 4,
        Step.WITHDRAWN: None,
        Step.MERGED: None,
    }
)
# What stands under the stage a project has come to, where the step's own label would mislead.
_HERE: Mapping[Step, Text] = MappingProxyType(
    {
        Step.DRAFT: _("noch ein Entwurf"),
        Step.SUBMITTED: _("wartet auf die Prüfung"),
        Step.POOLED: _("wartet auf die Bewertung"),
        Step.ASSESSED: _("wartet auf einen Beschluss"),
        Step.COMMISSIONED: _("noch nicht begonnen"),
    }
)
TAKEN_OVER_FROM = 4  # a project that was taken over skipped the stages before


def way(step: str, reached: Mapping[str, Text], *, is_taken_over: bool = False) -> list[Station]:
    """Return the stages of a project's way; `reached` gives the day of each step it came into, in words."""
    here = Step(step)
    behind = _BEHIND[here]
    if behind is None:
        behind = sum(stage_step in reached for _label, stage_step in STAGES[:3])
    stations = []
    for index, (label, stage_step) in enumerate(STAGES):
        if index < behind:
            stations.append(Station(label, reached.get(stage_step, ""), "done"))
        elif index == behind:
            text = reached.get(here, "") if stage_step == here else _HERE.get(here, here.label)
            stations.append(Station(label, text, "now"))
        else:
            stations.append(Station(label))
    if is_taken_over:
        return [
            Station(_("Übernommen"), _("ohne Prüfung und Bewertung im Portal"), "done"),
            *stations[TAKEN_OVER_FROM:],
        ]
    return stations


_HANDS: Mapping[str, Text] = MappingProxyType(
    {
        Act.SUBMIT: _("Einreichende"),
        Act.RESUBMIT: _("Einreichende"),
        Act.WITHDRAW: _("CDO, auf Wunsch der einreichenden Person"),
        Act.START: _("Projektleitung"),
        Act.PROPOSE_COMPLETION: _("Projektleitung"),
        Act.COMMISSION: _("Lenkungsgruppe"),
        Act.DEFER: _("Lenkungsgruppe"),
        Act.DECLINE: _("Lenkungsgruppe"),
        Act.RECONSIDER: _("Lenkungsgruppe"),
        Act.REOPEN_GATE: _("Lenkungsgruppe"),
    }
)
GATE_ACTS = frozenset({Act.RETURN, Act.DECLINE_ADMISSION, Act.ADMIT, Act.REOPEN_GATE})


def hand_of(act: str, *, is_taken_over: bool = False, is_by_author: bool = False) -> Text:
    """Return by which role an act was done, for those who do not read names."""
    if act == Act.WITHDRAW and is_by_author:
        return _("Einreichende Person")
    if act == Act.STOP:
        return _("CDO") if is_taken_over else _("Lenkungsgruppe")
    if act == Act.TAKE_OVER:
        return _("Übernahme aus öffentlicher Quelle")
    return _HANDS.get(act, _("CDO"))


def days_reached(moves: Iterable[tuple[str, Text]]) -> dict[str, Text]:
    """Return the last day on which each step was reached, from (step, day in words) in the order of the history."""
    return dict(moves)


# --- What lies too long -------------------------------------------------------------------------------------------

# So many days a step may last before the first page of the desk names the project. A bound to look by, no deadline.
LONGEST_DAYS: Mapping[Step, int] = MappingProxyType(
    {Step.SUBMITTED: 14, Step.RETURNED: 42, Step.POOLED: 28, Step.ASSESSED: 90, Step.COMMISSIONED: 60}
)
# So early a Schnellboot is named whose visible result is due.
SCHNELLBOOT_NOTICE_DAYS = 28
# So early a sitting is named.
SITTING_NOTICE_DAYS = 21


def bounds_in_words() -> str:
    """Return the bounds of LONGEST_DAYS as one clause."""
    return ", ".join(f"{step.label} {days}" for step, days in LONGEST_DAYS.items())
