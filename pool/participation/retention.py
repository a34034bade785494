"""How long personal data of the public stay, one rule for each kind. Registered at the start (pool.apps).

The wording of a Rückmeldung counts as personal, because people write about themselves; what the office let through for
everybody to read stays with the project.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.messages.rules import MailState
from governance.retention import RetentionRule
from pool.participation.models import (
    Arrival,
    Feedback,
    FeedbackContact,
    PageNote,
    PublicMail,
    SentForm,
    Subscription,
)
from pool.participation.rules import (
    CONTACT_STAYS,
    CONTACT_STAYS_AT_MOST,
    COUNTER_STAYS,
    NOTE_STAYS,
    SENT_MAIL_STAYS,
    UNCONFIRMED_STAYS,
    WORDING_STAYS,
    FeedbackState,
)


def _remove(rows: QuerySet, for_real: bool) -> int:
    number = rows.count()
    if for_real:
        rows.delete()
    return number


def _done_contacts(before: datetime, for_real: bool) -> int:
    is_done = Q(feedback__answered_at__lt=before) | Q(
        feedback__state=FeedbackState.REFUSED, feedback__moderated_at__lt=before
    )
    return _remove(FeedbackContact.objects.filter(is_done), for_real)


def _old_contacts(before: datetime, for_real: bool) -> int:
    return _remove(FeedbackContact.objects.filter(feedback__created_at__lt=before), for_real)


def _wordings(before: datetime, for_real: bool) -> int:
    rows = Feedback.objects.filter(moderated_at__lt=before).exclude(text="")
    return rows.update(text="") if for_real else rows.count()


def _unconfirmed(before: datetime, for_real: bool) -> int:
    return _remove(Subscription.objects.filter(confirmed_at=None, asked_at__lt=before), for_real)


def _mails(before: datetime, for_real: bool) -> int:
    return _remove(PublicMail.objects.filter(queued_at__lt=before).exclude(state=MailState.QUEUED), for_real)


def _notes(before: datetime, for_real: bool) -> int:
    return _remove(PageNote.objects.filter(on_day__lt=before.date()), for_real)


def _counters(before: datetime, for_real: bool) -> int:
    return _remove(Arrival.objects.filter(window__lt=before), for_real) + _remove(
        SentForm.objects.filter(at__lt=before), for_real
    )


RULES = (
    RetentionRule(
        key="feedback_contact",
        what=_("Name und E-Mail-Adresse bei einer Rückmeldung"),
        purpose=_("Ihnen antworten, wenn Sie das möchten"),
        begins=_("der Antwort, oder dem Tag, an dem wir sie nicht zeigen"),
        period=CONTACT_STAYS,
        period_words=_("30 Tage"),
        remove=_done_contacts,
    ),
    RetentionRule(
        key="feedback_contact_unanswered",
        what=_("Name und E-Mail-Adresse bei einer Rückmeldung ohne Antwort"),
        purpose=_("Ihnen antworten, wenn Sie das möchten"),
        begins=_("dem Eingang"),
        period=CONTACT_STAYS_AT_MOST,
        period_words=_("180 Tage"),
        remove=_old_contacts,
    ),
    RetentionRule(
        key="feedback_wording",
        what=_("Wortlaut einer Rückmeldung, wie er bei uns ankam"),
        purpose=_("durchsehen und beantworten; der öffentliche Wortlaut bleibt beim Projekt stehen"),
        begins=_("der Durchsicht"),
        period=WORDING_STAYS,
        period_words=_("90 Tage"),
        remove=_wordings,
    ),
    RetentionRule(
        key="subscription_unconfirmed",
        what=_("E-Mail-Adresse, mit der jemand einem Projekt folgen wollte, ohne sie zu bestätigen"),
        purpose=_("um Bestätigung bitten. Bestätigte Adressen löschen wir, sobald Sie sich abmelden"),
        begins=_("der Bitte um Bestätigung"),
        period=UNCONFIRMED_STAYS,
        period_words=_("48 Stunden"),
        remove=_unconfirmed,
    ),
    RetentionRule(
        key="public_mail",
        what=_("Vermerk, dass eine Mail an Sie hinausging"),
        purpose=_("jede Mail genau einmal senden"),
        begins=_("dem Tag der Mail"),
        period=SENT_MAIL_STAYS,
        period_words=_("90 Tage"),
        remove=_mails,
    ),
    RetentionRule(
        key="page_note",
        what=_("Anmerkung zur Frage, ob eine Seite geholfen hat, ohne Namen"),
        purpose=_("Seiten verbessern"),
        begins=_("dem Eingang"),
        period=NOTE_STAYS,
        period_words=_("180 Tage"),
        remove=_notes,
    ),
    RetentionRule(
        key="form_counter",
        what=_("Prüfsumme Ihres Netzes, wenn Sie ein Formular senden oder sehr viel abrufen, jeden Tag eine andere"),
        purpose=_("Fluten abwehren und doppeltes Senden erkennen"),
        begins=_("dem Abruf"),
        period=COUNTER_STAYS,
        period_words=_("einen Tag"),
        remove=_counters,
    ),
)
