"""Messages to a person in the portal, how she wants to hear of them by mail, and the mails that wait or went out.

No row holds a mail address or a name: rows point to an actor, the address is read at sending time. Erasing a person
takes the bridge to the account away, and what is still queued is then sent to nobody.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.messages.rules import MailState, Way
from governance.record.models import Actor


class Mail(models.Model):
    """One mail to one person, sent once. What it says is put together when it is sent: from its messages, or the link
    to a new password, which thus stands nowhere before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="mails", verbose_name=_("Person"))
    key = models.CharField(max_length=160, unique=True, editable=False)
    is_digest = models.BooleanField(_("Tagesübersicht"), default=False)
    is_password = models.BooleanField(_("Neues Passwort"), default=False)
    state = models.CharField(_("Stand"), max_length=10, choices=MailState, default=MailState.QUEUED)
    queued_at = models.DateTimeField(_("eingereiht am"))
    next_try_at = models.DateTimeField(_("nächster Versuch"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    tried_at = models.DateTimeField(_("zuletzt versucht"), null=True, blank=True)
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)
    problem = models.CharField(_("Hindernis"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("Mail")
        verbose_name_plural = _("Mails")
        ordering = ["-queued_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="mail_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="queued", next_try_at__isnull=False)
                | ~Q(state="queued") & Q(next_try_at__isnull=True),
                name="mail_queued_has_a_next_try",
            ),
            models.CheckConstraint(condition=Q(is_digest=False) | Q(is_password=False), name="mail_is_of_one_kind"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="mail_due"),
            models.Index(fields=["state", "-queued_at"], name="mail_by_state"),
        ]

    def __str__(self) -> str:
        if self.is_password:
            return str(_("Neues Passwort"))
        return str(_("Tagesübersicht") if self.is_digest else _("Einzelne Mail"))


class Message(models.Model):
    """Something a person is told. It always stands in the portal; whether a mail goes too is her choice (`way`).

    `subject` and `text` are sentences of the portal itself. What other people typed, such as a project's title,
    stands in `about` alone and never goes into a mail.
    """

    person = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="messages", verbose_name=_("Person"))
    kind = models.CharField(_("Anlass"), max_length=40)
    subject = models.CharField(_("Betreff"), max_length=160)
    text = models.CharField(_("Text"), max_length=600, blank=True)
    about = models.CharField(_("Worum es geht"), max_length=200, blank=True)
    address = models.CharField(_("Seite"), max_length=300)
    created_at = models.DateTimeField(_("am"))
    read_at = models.DateTimeField(_("gelesen am"), null=True, blank=True)
    way = models.CharField(_("Mail"), max_length=10, choices=Way)
    # What was mailed keeps its mail, else the next daily mail would say it again.
    mail = models.ForeignKey(Mail, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    key = models.CharField(max_length=160, blank=True, editable=False)

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="message_way_known"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="message_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="message_of_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.subject


class MailPreference(models.Model):
    """How a person wants to hear of one kind of message by mail, where she has chosen."""

    person = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="mail_preferences")
    kind = models.CharField(_("Anlass"), max_length=40)
    way = models.CharField(_("Mail"), max_length=10, choices=Way)
    chosen_at = models.DateTimeField(_("gewählt am"))

    class Meta:
        verbose_name = _("Wunsch zu Mails")
        verbose_name_plural = _("Wünsche zu Mails")
        ordering = ["person", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="mail_preference_once_per_kind"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="mail_preference_way_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_way_display()}"
