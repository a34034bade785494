"""When a call for ideas is open, and what it must say: values only."""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CallState(TextChoices):
    """Where a call stands on a day."""

    AHEAD = "ahead", gettext_lazy("beginnt noch")
    OPEN = "open", gettext_lazy("läuft")
    OVER = "over", gettext_lazy("abgelaufen")
    ENDED = "ended", gettext_lazy("vorzeitig beendet")


def state_of_call(*, first_day: date, last_day: date, is_ended: bool, today: date) -> CallState:
    """Return where a call stands on `today`; its first and last day are both open."""
    if is_ended:
        return CallState.ENDED
    if today < first_day:
        return CallState.AHEAD
    return CallState.OPEN if today <= last_day else CallState.OVER


def missing_for_call(*, title: str, text: str, needs: int) -> list[str]:
    """Return in German words what a call lacks."""
    missing = [] if title else [_("eine Überschrift")]
    if not text:
        missing.append(_("ein kurzer Text"))
    return missing if needs else [*missing, _("ein Handlungsbedarf")]


def problem_with_days(*, first_day: date, last_day: date, today: date) -> str:
    """Return in German words why these days cannot be, or an empty text."""
    if last_day < first_day:
        return _("Der letzte Tag liegt vor dem ersten.")
    return _("Der letzte Tag ist schon vorbei.") if last_day < today else ""
