"""What an item will do or has done, and what moved in a ranking, in German sentences: formats, decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pool.decision.models import SittingItem
from pool.decision.rules import MARK_NAMES, MOVING_OUTCOMES, Movement
from pool.lifecycle import Act, IllegalMove, Step, target_of

State = SittingItem.State


@dataclass(frozen=True, slots=True)
class Consequence:
    """What closing does with one item."""

    item: SittingItem
    sentences: list[str]
    is_ready: bool


def consequence_of(item: SittingItem) -> Consequence:
    """Say what happens to an item when its sitting closes."""
    if item.state in (State.ADJOURNED, State.DROPPED):
        return Consequence(item, [_("Hat keine Wirkung; das Vorhaben wird für andere Sitzungen frei.")], True)
    if item.state != State.CONFIRMED:
        return Consequence(item, [_("Muss vorher bestätigt, vertagt oder abgesetzt werden.")], False)
    return Consequence(item, sentences_of(item), True)


def sentences_of(item: SittingItem) -> list[str]:
    """Say what a confirmed outcome does."""
    said = []
    project = item.project
    if project is not None and item.outcome in MOVING_OUTCOMES:
        said.append(_("Geht von „{origin}“ zu „{target}“.").format(**_steps(project.step, item.outcome)))
    if item.outcome == "defer" and item.look_again_on:
        said.append(_("Wird am {day} wieder angesehen.").format(day=f"{item.look_again_on:%d.%m.%Y}"))
    if item.outcome == "adopt_rule":
        said.append(_("{rule} ist beschlossen.").format(rule=item.title))
    if item.outcome == "no_change":
        is_objection = item.kind == SittingItem.Kind.OBJECTION
        stays = _("Es bleibt bei „nicht aufgenommen“; die einreichende Person erfährt es mit der Begründung.")
        said.append(stays if is_objection else _("Die Regel bleibt, wie sie ist."))
    for decision in item.mark_decisions.all():
        text = _("Die Klasse {mark} wird bestätigt.") if decision.confirms else _("Die Klasse {mark} wird abgelehnt.")
        said.append(text.format(mark=MARK_NAMES[decision.mark]))
    if item.supersedes is not None:
        said.append(_("Ersetzt den Beschluss vom {day}.").format(day=f"{item.supersedes.sitting.day:%d.%m.%Y}"))
    return said


def _steps(step: str, outcome: str) -> dict[str, str]:
    try:
        target = target_of(step, Act(outcome))
    except IllegalMove:
        return {"origin": str(Step(step).label), "target": _("nicht möglich")}
    return {"origin": str(Step(step).label), "target": str(target.label)}


def moved_sentences(moved: Sequence[Movement], titles: Mapping[str, str]) -> list[str]:
    """Say what moved between the ranking confirmed and today's."""
    return [_sentence(each, titles.get(each.project, each.project)) for each in moved]


def would_move_sentences(moved: Sequence[Movement], titles: Mapping[str, str]) -> list[str]:
    """Say which places another rule would give to the projects ranked today."""
    said = _("„{title}“ käme von Platz {old} auf Platz {new}.")
    return [
        said.format(title=titles.get(each.project, each.project), old=each.old_rank, new=each.new_rank)
        for each in moved
    ]


def _sentence(move: Movement, title: str) -> str:
    if move.old_rank is None:
        return _("„{title}“ ist neu auf Platz {new}.").format(title=title, new=move.new_rank)
    if move.new_rank is None:
        return _("„{title}“, zuvor Platz {old}, steht nicht mehr in der Rangfolge.").format(
            title=title, old=move.old_rank
        )
    said = (
        _("„{title}“ ging von Platz {old} auf Platz {new}")
        if move.old_rank != move.new_rank
        else _("„{title}“ blieb auf Platz {new}")
    ).format(title=title, old=move.old_rank, new=move.new_rank)
    if move.old_score != move.new_score:
        said += _("; die Punkte sind andere")
    if move.has_other_marks:
        said += _("; die Klasse ist eine andere")
    return said + "."
