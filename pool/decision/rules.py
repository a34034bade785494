"""What a Beschluss may say, what it needs, and what has moved in a ranking: values only.

Source: Verfahrensordnung des Portals, „Schritte und Züge“, „Klasse“ und „Sitzungen“.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from django.utils.translation import gettext as _

from governance.record.rules import canonical_json, sha256
from pool.lifecycle import BY_BESCHLUSS, Act, Step, acts_from

# The outcome of an item that moves a project carries the name of the act; these three move nothing. On an objection
# "no_change" means that it stays "nicht aufgenommen".
CLASS_ONLY, ADOPT_RULE, NO_CHANGE = "class_only", "adopt_rule", "no_change"
RULE_KINDS = frozenset({"rule", "weights"})
OBJECTION = "objection"
MOVING_OUTCOMES = tuple(act.value for act in (*BY_BESCHLUSS, Act.STOP))

# Steps in which a class may be decided without anything else.
CLASSED_STEPS = frozenset({Step.ASSESSED, Step.DEFERRED, Step.COMMISSIONED, Step.RUNNING})
NEEDS_REASON = frozenset({"decline", "reconsider", "reopen_gate", "stop"})
MARK_NAMES = {"leuchtturm": "Leuchtturm", "schnellboot": "Schnellboot"}

FIRST_DAY = date(2018, 1, 1)  # the joint work on the strategy began in 2018
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Missing:
    """Something an outcome lacks: the field it belongs to, its name, and what to do about it."""

    field: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class OutcomeValues:
    """An outcome as it is about to be recorded; `marks` says of each decided class whether it is confirmed."""

    outcome: str
    text: str = ""
    reason: str = ""
    look_again_on: date | None = None
    lesson: str = ""
    funding: str = ""
    council_matter: str = ""
    unit_consent: str = ""
    marks: Mapping[str, bool] = field(default_factory=dict)
    names_superseded: bool = False
    kind: str = "project"


# Whoever decides in these steps decides on the rating of record.
RATED_STEPS = frozenset({Step.ASSESSED, Step.DEFERRED})


def needs_countersignature(step: str, *, is_countersigned: bool) -> bool:
    """Tell whether an item on a project in `step` needs a reason why its rating has no countersignature."""
    return step in RATED_STEPS and not is_countersigned


def moving_outcomes(step: str) -> tuple[str, ...]:
    """Return the outcomes that move a project out of `step`, in the order of the table of moves."""
    return tuple(act.value for act in acts_from(step) if act in BY_BESCHLUSS or act == Act.STOP)


def may_stand_on_a_list(step: str, *, is_taken_over: bool) -> bool:
    """Tell whether there is anything to decide about a project in `step`.

    About a project that was taken over there is no Beschluss; the CDO stops it.
    """
    return not is_taken_over and bool(moving_outcomes(step))


def possible_outcomes(*, kind: str, step: str, is_taken_over: bool, has_marks: bool) -> tuple[str, ...]:
    """Return what an item may say; `has_marks`: there is a class to confirm or refuse."""
    if kind in RULE_KINDS:
        return (ADOPT_RULE, NO_CHANGE)
    if kind == OBJECTION:
        return (Act.REOPEN_GATE.value, NO_CHANGE) if step == Step.REJECTED and not is_taken_over else ()
    class_only = (CLASS_ONLY,) if has_marks and step in CLASSED_STEPS and not is_taken_over else ()
    if kind == "class":
        return class_only
    if kind != "project" or is_taken_over:
        return ()
    return (*moving_outcomes(step), *class_only)


def missing_for_outcome(values: OutcomeValues, *, undecided: Collection[str], sitting_day: date) -> list[Missing]:
    """Return what the outcome lacks. `undecided` are the marks proposed and not yet decided: each needs a word."""
    found = []
    if not values.text.strip():
        found.append(Missing("text", _("der Beschlusstext"), _("Schreiben Sie den Beschlusstext.")))
    found += _missing_marks(values, undecided)
    refuses = any(not confirms for confirms in values.marks.values())
    refuses |= values.kind == OBJECTION and values.outcome == NO_CHANGE
    if (values.outcome in NEEDS_REASON or refuses) and not values.reason.strip():
        found.append(Missing("reason", _("eine Begründung"), _("Begründen Sie das Ergebnis.")))
    if values.outcome == Act.DEFER:
        found += _missing_day(values.look_again_on, sitting_day)
    if values.outcome == Act.STOP and not values.lesson.strip():
        found.append(Missing("lesson", _("was wir gelernt haben"), _("Schreiben Sie, was wir gelernt haben.")))
    if values.outcome == Act.RECONSIDER and not values.names_superseded:
        found.append(
            Missing("supersedes", _("der ersetzte Beschluss"), _("Nennen Sie den Beschluss, der ersetzt wird."))
        )
    if values.outcome == Act.COMMISSION:
        found += _missing_answers(values)
    return found


def _missing_marks(values: OutcomeValues, undecided: Collection[str]) -> list[Missing]:
    if values.outcome == CLASS_ONLY and not values.marks and not undecided:
        text = _("Sagen Sie zu mindestens einer Klasse, ob sie bestätigt wird.")
        return [Missing("outcome", _("ein Wort zur Klasse"), text)]
    return [
        Missing(
            f"mark_{mark}",
            _("ein Wort zur Klasse {mark}").format(mark=MARK_NAMES[mark]),
            _("{mark} ist vorgeschlagen. Sagen Sie, ob die Klasse bestätigt wird.").format(mark=MARK_NAMES[mark]),
        )
        for mark in sorted(undecided)
        if mark not in values.marks
    ]


def _missing_day(day: date | None, sitting_day: date) -> list[Missing]:
    label = _("der Tag, an dem das Vorhaben wieder angesehen wird")
    if day is None:
        message = _("Nennen Sie den Tag, an dem das Vorhaben wieder angesehen wird.")
        return [Missing("look_again_on", label, message)]
    if day <= sitting_day:
        return [Missing("look_again_on", label, _("Nennen Sie einen Tag nach der Sitzung."))]
    if day.year > sitting_day.year + 10:
        return [Missing("look_again_on", label, _("Nennen Sie einen Tag in den nächsten zehn Jahren."))]
    return []


def _missing_answers(values: OutcomeValues) -> list[Missing]:
    """The three answers that stand beside a project before it is marked for implementation."""
    asked = (
        ("funding", values.funding, _("die Finanzierung"), _("Sagen Sie, wie es um die Finanzierung steht.")),
        (
            "council_matter",
            values.council_matter,
            _("Rats- oder Ausschusssache"),
            _("Schreiben Sie „nein“ oder welche Rats- oder Ausschusssache es ist und mit welchem Ergebnis."),
        ),
        (
            "unit_consent",
            values.unit_consent,
            _("die Zustimmung der federführenden Stelle"),
            _("Nennen Sie, wer für die federführende Stelle zugestimmt hat, und den Tag."),
        ),
    )
    return [Missing(name, label, message) for name, given, label, message in asked if not given.strip()]


def standard_text(
    outcome: str,
    *,
    title: str,
    look_again_on: date | None = None,
    marks: Mapping[str, bool],
    kind: str = "project",
) -> str:
    """Return the usual wording of a Beschluss, offered where nothing was written."""
    sentences = {
        "commission": _("Die Lenkungsgruppe bestimmt „{title}“ zur Umsetzung."),
        "defer": _("Die Lenkungsgruppe stellt „{title}“ zurück und sieht das Vorhaben am {day} wieder an."),
        "decline": _("Die Lenkungsgruppe verfolgt „{title}“ nicht weiter."),
        "reconsider": _("Die Lenkungsgruppe berät „{title}“ erneut; das Vorhaben steht wieder in der Rangfolge."),
        "reopen_gate": _("Die Lenkungsgruppe lässt „{title}“ neu an den Grundkriterien prüfen."),
        "stop": _("Die Lenkungsgruppe beendet „{title}“."),
        CLASS_ONLY: _("Die Lenkungsgruppe entscheidet über die Klasse von „{title}“."),
        ADOPT_RULE: _("Die Lenkungsgruppe beschließt die Regel: {title}."),
        NO_CHANGE: _("Die Lenkungsgruppe lässt die Regel, wie sie ist."),
    }
    if kind == OBJECTION:
        sentences |= {
            "reopen_gate": _("Die Lenkungsgruppe gibt dem Widerspruch statt: „{title}“ wird neu geprüft."),
            NO_CHANGE: _("Die Lenkungsgruppe weist den Widerspruch zurück: „{title}“ bleibt nicht aufgenommen."),
        }
    day = f"{look_again_on:%d.%m.%Y}" if look_again_on else _("zu einem Tag, der noch fehlt,")
    parts = [sentences[outcome].format(title=title, day=day)]
    for mark, confirms in sorted(marks.items()):
        decided = _("Sie bestätigt die Klasse {mark}.") if confirms else _("Sie bestätigt die Klasse {mark} nicht.")
        parts.append(decided.format(mark=MARK_NAMES[mark]))
    return " ".join(parts)


def problem_with_day(day: date, *, today: date) -> str:
    """Return why no sitting can be on `day`, or ""."""
    if day < FIRST_DAY:
        return _("Nennen Sie einen Tag ab 2018, dem Beginn der gemeinsamen Arbeit.")
    if day.year > today.year + YEARS_AHEAD:
        return _("Nennen Sie einen Tag in den nächsten zwei Jahren.")
    return ""


# --- The ranking seen when confirming ----------------------------------------------------------------------------


class SeenPlace(TypedDict):
    """One place of a ranking as a confirming person saw it."""

    project: str
    rank: int
    score: int
    marks: dict[str, str]


def ranking_hash(seen: Sequence[SeenPlace]) -> str:
    """Return the SHA-256 of a ranking seen: project ids, ranks, scores, marks."""
    return sha256(canonical_json(list(seen)))


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to one project between two rankings; None where it had or has no rank."""

    project: str
    old_rank: int | None
    new_rank: int | None
    old_score: int | None
    new_score: int | None
    has_other_marks: bool = False


def movements(before: Sequence[SeenPlace], after: Sequence[SeenPlace]) -> list[Movement]:
    """Return what moved from one ranking to the next, in the order of the newer one, those gone last."""
    old = {place["project"]: place for place in before}
    new = {place["project"]: place for place in after}
    found = []
    for project in [*new, *(project for project in old if project not in new)]:
        was, now = old.get(project), new.get(project)
        if was == now:
            continue
        found.append(
            Movement(
                project=project,
                old_rank=was["rank"] if was else None,
                new_rank=now["rank"] if now else None,
                old_score=was["score"] if was else None,
                new_score=now["score"] if now else None,
                has_other_marks=bool(was and now and was["marks"] != now["marks"]),
            )
        )
    return found
