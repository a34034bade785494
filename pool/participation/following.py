"""Following a project or a Handlungsfeld by mail: asking, confirming, leaving, and one mail for each published change.

Changes are not announced by the acts that make them: `queue_changes` reads what is published and queues a mail for what
nobody was told of yet, under a key that exists once. So it sees only what was committed, and no act waits for it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from governance.models import Handlungsfeld
from governance.record import clock
from governance.record.text import clean_line
from pool.participation import mails
from pool.participation.counting import is_first_time
from pool.participation.links import CONFIRM, link_token
from pool.participation.models import Feedback, FeedbackContact, PublicMail, Subscription
from pool.participation.queries import Change, changes_of
from pool.participation.rules import CONFIRM_AGAIN, MOST_ASKED_AT_ONCE, MailKind
from pool.project.models import Project
from pool.publication.queries import release_of


@transaction.atomic
def follow(*, subject: Project | Handlungsfeld, mail: str, token: UUID) -> None:
    """Ask an address whether it wants to follow; nothing is sent to one that follows already or was just asked, nor to
    one that was asked about MOST_ASKED_AT_ONCE things within the hour and said nothing.

    Nothing tells whoever sent the form which of these it was. Raises ValidationError for what is no address.
    """
    mail = clean_line(mail).lower()
    validate_email(mail)
    if not is_first_time(token):
        return
    key: dict[str, Any] = {"project": subject} if isinstance(subject, Project) else {"handlungsfeld": subject}
    now = clock.now()
    asked = Subscription.objects.filter(mail=mail, confirmed_at=None, asked_at__gt=now - CONFIRM_AGAIN)
    if asked.count() >= MOST_ASKED_AT_ONCE:
        return
    row, is_new = Subscription.objects.get_or_create(mail=mail, **key, defaults={"asked_at": now})
    if row.confirmed_at is not None or (not is_new and now - row.asked_at < CONFIRM_AGAIN):
        return
    Subscription.objects.filter(pk=row.pk).update(asked_at=now)
    with override(settings.LANGUAGE_CODE):  # mails are German, also to those who read the pages in English
        sentence = _("Bitte bestätigen Sie, dass Sie Neues zu „{what}“ per Mail bekommen möchten.")
        _queue(
            kind=MailKind.CONFIRM,
            key=f"confirm:{row.pk}:{int(now.timestamp())}",
            subscription=row,
            sentence=sentence.format(what=name_of(subject)),
            address=reverse("participation:confirm", args=[link_token(row, CONFIRM)]),
        )
    transaction.on_commit(mails.try_once, robust=True)


def confirm(*, subscription: Subscription) -> None:
    """Confirm that an address follows; a second time changes nothing."""
    Subscription.objects.filter(pk=subscription.pk, confirmed_at=None).update(confirmed_at=clock.now())


def leave(*, subscription: Subscription) -> None:
    """Stop following: the address and every mail that waits for it are deleted."""
    subscription.delete()


def queue_answer(*, contact: FeedbackContact, feedback: Feedback) -> None:
    """Queue the mail that says where the answer to a Rückmeldung stands, and try it once after the commit."""
    subject = feedback.project or feedback.handlungsfeld
    if subject is None:
        raise ValidationError(_("Die Rückmeldung gehört zu nichts."))
    _queue(
        kind=MailKind.ANSWER,
        key=f"answer:{feedback.pk}",
        contact=contact,
        sentence=_("Ihre Rückmeldung zu „{what}“ ist beantwortet.").format(what=name_of(subject)),
        address=f"{voices_address(subject)}?stimme={feedback.pk.hex[:8]}",
    )
    transaction.on_commit(mails.try_once, robust=True)


def queue_refusal(*, contact: FeedbackContact, feedback: Feedback) -> None:
    """Queue the mail that says why a Rückmeldung is not shown and where it can be written anew, and try it once."""
    subject = feedback.project or feedback.handlungsfeld
    if subject is None:
        raise ValidationError(_("Die Rückmeldung gehört zu nichts."))
    about = "projekt" if isinstance(subject, Project) else "feld"
    sentence = _("Ihre Rückmeldung zu „{what}“ zeigen wir nicht öffentlich. Der Grund: {reason}.")
    _queue(
        kind=MailKind.REFUSED,
        key=f"refused:{feedback.pk}",
        contact=contact,
        sentence=sentence.format(what=name_of(subject), reason=feedback.get_refusal_display()),
        address=reverse("participation:feedback", args=[about, subject.slug]),
    )
    transaction.on_commit(mails.try_once, robust=True)


def queue_changes() -> int:
    """Queue one mail for each published change and each confirmed address that was not told of it; return how many.

    Told is only what was published after the address was confirmed. Whatever runs at the same time, the key of a mail
    exists once.
    """
    number = 0
    followed: dict[str, list[Change]] = {}
    for row in Subscription.objects.filter(confirmed_at__isnull=False).select_related("project", "handlungsfeld"):
        subject = row.project or row.handlungsfeld
        if subject is None or row.confirmed_at is None:
            continue
        about = f"{subject._meta.model_name}:{subject.pk}"
        if about not in followed:
            followed[about] = changes_of(subject)
        number += _queue_new(row, followed[about], row.confirmed_at)
    return number


def _queue_new(row: Subscription, changes: Iterable[Change], since: datetime) -> int:
    wanted = {f"change:{row.pk}:{change.key}": change for change in changes if change.at > since}
    known = set(PublicMail.objects.filter(key__in=wanted).values_list("key", flat=True))
    return sum(
        _queue(kind=MailKind.CHANGE, key=key, subscription=row, sentence=change.sentence, address=change.address)
        for key, change in wanted.items()
        if key not in known
    )


def _queue(*, key: str, sentence: str, **values: Any) -> bool:
    now = clock.now()
    try:
        with transaction.atomic():
            PublicMail.objects.create(key=key, sentence=sentence[:300], queued_at=now, next_try_at=now, **values)
    except IntegrityError:
        return False
    return True


def name_of(subject: Project | Handlungsfeld) -> str:
    """Return the name under which the public knows a project or a Handlungsfeld."""
    if isinstance(subject, Handlungsfeld):
        return subject.name
    release = release_of(subject)
    return release.text.title if release else str(_("ein Projekt, das nicht mehr öffentlich ist"))


def address_of(subject: Project | Handlungsfeld) -> str:
    """Return the public page of a project or a Handlungsfeld."""
    name = "publication:project" if isinstance(subject, Project) else "publication:strategy_field"
    return reverse(name, args=[subject.slug])


def voices_address(subject: Project | Handlungsfeld) -> str:
    """Return the page with everything that is shown about a project or a Handlungsfeld."""
    about = "projekt" if isinstance(subject, Project) else "feld"
    return reverse("participation:voices", args=[about, subject.slug])
