"""How long stays what signing in leaves behind. Registered at the start (governance.apps)."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.retention import RetentionRule

# Longer than wrong passwords lock an account out (AXES_COOLOFF_TIME), and than any session may last.
SIGN_IN_STAYS = timedelta(days=1)


def _remove(rows: QuerySet, for_real: bool) -> int:
    number = rows.count()
    if for_real:
        rows.delete()
    return number


def _attempts(before: datetime, for_real: bool) -> int:
    return _remove(AccessAttempt.objects.filter(attempt_time__lt=before), for_real)


def _sessions(before: datetime, for_real: bool) -> int:
    return _remove(Session.objects.filter(expire_date__lt=before), for_real)


RULES = (
    RetentionRule(
        key="failed_sign_in",
        what=_("Anmeldename, Prüfsumme der Netzadresse und Kennung des Browsers nach einem falschen Kennwort"),
        purpose=_("verhindern, dass jemand Kennwörter durchprobiert"),
        begins=_("dem Versuch"),
        period=SIGN_IN_STAYS,
        period_words=_("einen Tag"),
        remove=_attempts,
        is_of_accounts=True,
    ),
    RetentionRule(
        key="ended_session",
        what=_("Kennung einer Anmeldung mit der Zeit der letzten Handlung"),
        purpose=_("Sie angemeldet halten"),
        begins=_("dem Ende der Anmeldung"),
        period=SIGN_IN_STAYS,
        period_words=_("einen Tag"),
        remove=_sessions,
        is_of_accounts=True,
    ),
)
