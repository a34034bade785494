"""When the gate is passed, and what an answer or a closing act still needs: values only.

Source: Mainzer Weg, Prüfschritt 1 (Grundkriterien); Verfahrensordnung des Portals, „Prüfung“.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.strategy.rules import GrundkriteriumCode

Result = Literal["open", "passed", "not_passed"]

YES, NO, OPEN = "yes", "no", "open"
ANSWERS = (YES, NO, OPEN)
OFFICES_NEEDED = 2


def gate_result(answers: Mapping[str, str]) -> Result:
    """Return what five answers yield. Nobody types the result.

    Open while any of the five is missing, even beside a no; passed with five yes; otherwise not passed.
    """
    given = [answers.get(code, OPEN) for code in GrundkriteriumCode.values]
    if any(answer not in (YES, NO) for answer in given):
        return "open"
    return "passed" if all(answer == YES for answer in given) else "not_passed"


def missing_for_yes(code: str, *, has_need: bool, offices_with_parts: int) -> str | None:
    """Return what a yes to this criterion lacks in the project's links, in words, or None.

    Outside partners do not count, and a unit counts only with a part of its own.
    """
    if code == GrundkriteriumCode.HANDLUNGSBEDARFE and not has_need:
        return _("ein verknüpfter Handlungsbedarf")
    if code == GrundkriteriumCode.VERNETZUNG and offices_with_parts < OFFICES_NEEDED:
        lacking = OFFICES_NEEDED - offices_with_parts
        return ngettext(
            "ein zweites Amt oder eine zweite Gesellschaft mit eigenem Anteil",
            "zwei verschiedene Ämter oder Gesellschaften mit eigenem Anteil",
            lacking,
        )
    return None


def missing_for_answer(
    code: str, answer: str, *, reason: str, names_whom: bool, names_leitlinie: bool
) -> dict[str, str]:
    """Return what the answer itself lacks, by part: a no its reason, a Nutzen whom it is for, a no its Leitlinie."""
    missing = {}
    if answer == YES and code == GrundkriteriumCode.NUTZEN and not names_whom:
        missing["beneficiary"] = _("wem das Vorhaben nützt")
    if answer == NO and code == GrundkriteriumCode.LEITLINIEN and not names_leitlinie:
        missing["leitlinie"] = _("die Leitlinie, gegen die das Vorhaben steht")
    if answer == NO and not reason:
        missing["reason"] = _("eine Begründung für das Nein")
    return missing


def unanswered(answers: Mapping[str, str]) -> list[GrundkriteriumCode]:
    """Return the criteria that have neither yes nor no yet, in the order of the procedure."""
    return [code for code in GrundkriteriumCode if answers.get(code, OPEN) not in (YES, NO)]


def missing_for_admit(answers: Mapping[str, str], *, has_need: bool, offices_with_parts: int) -> list[str]:
    """Return what taking the project into the pool still needs, in words."""
    missing = [
        _("ein Ja zu „{name}“").format(name=code.label) for code in GrundkriteriumCode if answers.get(code) != YES
    ]
    for code in GrundkriteriumCode:
        lacking = missing_for_yes(code, has_need=has_need, offices_with_parts=offices_with_parts)
        if lacking:
            missing.append(lacking)
    return missing


def missing_for_refusal(answers: Mapping[str, str]) -> list[str]:
    """Return what giving back or not admitting still needs: all five answered, at least one no."""
    missing = [_("eine Antwort zu „{name}“").format(name=code.label) for code in unanswered(answers)]
    if not missing and gate_result(answers) == "passed":
        missing.append(_("mindestens ein Nein (alle fünf Grundkriterien sind erfüllt)"))
    return missing


def missing_for_reminder(remind_on: date | None, *, today: date) -> list[str]:
    """Return what is wrong with the day to remind, in words."""
    if remind_on is None:
        return [_("ein Tag, an dem wir erinnern")]
    return [] if remind_on > today else [_("ein Erinnerungstag, der in der Zukunft liegt")]
