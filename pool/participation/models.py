"""Taking part: Rückmeldungen, Beteiligungsformate, who follows what, whether a page helped, and counters."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.messages.rules import MailState
from governance.models import Actor, Handlungsfeld, OrganisationUnit
from pool.participation.rules import (
    PAGE_LENGTH,
    FeedbackKind,
    FeedbackState,
    FormatState,
    MailKind,
    Mode,
    Refusal,
)
from pool.project.models import Project

ONE_SUBJECT = Q(project__isnull=False, handlungsfeld__isnull=True) | Q(
    project__isnull=True, handlungsfeld__isnull=False
)


class Feedback(models.Model):
    """What somebody wrote or said about a project or a Handlungsfeld.

    The public reads `public_text` and `answer`, and only once somebody of the CDO's office has let it through; `text`
    is what was sent and is removed by rule. Who sent it stands apart, in FeedbackContact.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="feedback")
    handlungsfeld = models.ForeignKey(
        Handlungsfeld, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback"
    )
    kind = models.CharField(_("Art"), max_length=10, choices=FeedbackKind)
    channel = models.CharField(_("Weg"), max_length=20, choices=Project.Channel)
    text = models.TextField(_("Wortlaut"), max_length=4000, blank=True)
    received_on = models.DateField(_("eingegangen am"))
    created_at = models.DateTimeField(_("eingetragen am"))
    entered_by = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("Stand"), max_length=10, choices=FeedbackState, default=FeedbackState.WAITING)
    public_text = models.TextField(_("Öffentlicher Wortlaut"), max_length=4000, blank=True)
    refusal = models.CharField(_("Warum nicht gezeigt"), max_length=20, choices=Refusal, blank=True)
    moderated_by = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moderated_at = models.DateTimeField(_("durchgesehen am"), null=True, blank=True)
    answer = models.TextField(_("Antwort"), max_length=4000, blank=True)
    answered_as = models.ForeignKey(
        OrganisationUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Stelle")
    )
    answered_by = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("beantwortet am"), null=True, blank=True)
    idea = models.OneToOneField(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="from_public", verbose_name=_("Idee")
    )
    is_example = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["-received_on", "-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="feedback_on_one_subject"),
            models.CheckConstraint(condition=Q(kind__in=FeedbackKind.values), name="feedback_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Project.Channel.values), name="feedback_channel_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", refusal="", public_text="", moderated_at__isnull=True)
                | (Q(state="shown", refusal="", moderated_at__isnull=False) & ~Q(public_text=""))
                | Q(state="refused", public_text="", moderated_at__isnull=False, refusal__in=Refusal.values),
                name="feedback_state_holds",
                violation_error_message=_(
                    "Was gezeigt wird, braucht einen öffentlichen Wortlaut; was nicht gezeigt wird, einen Grund."
                ),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_as__isnull=True, answered_by__isnull=True)
                | (
                    Q(
                        state="shown",
                        answered_at__isnull=False,
                        answered_as__isnull=False,
                        answered_by__isnull=False,
                    )
                    & ~Q(answer="")
                ),
                name="feedback_answer_by_an_office",
                violation_error_message=_("Eine Antwort nennt die Stelle, die sie gibt."),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-received_on"], condition=Q(state="shown"), name="feedback_of_project"),
            models.Index(
                fields=["handlungsfeld", "-received_on"], condition=Q(state="shown"), name="feedback_of_field"
            ),
            models.Index(fields=["state", "received_on"], name="feedback_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} vom {self.received_on:%d.%m.%Y}"


class FeedbackContact(models.Model):
    """Who sent a Rückmeldung, where they said so; kept only to answer, and removed by rule."""

    feedback = models.OneToOneField(Feedback, on_delete=models.CASCADE, related_name="contact", primary_key=True)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    mail = models.EmailField(_("E-Mail-Adresse"), blank=True)
    wants_answer = models.BooleanField(_("möchte eine Antwort per Mail"), default=False)

    class Meta:
        verbose_name = _("Absender:in")
        verbose_name_plural = _("Absender:innen")
        ordering = ["feedback"]
        constraints = [
            models.CheckConstraint(
                condition=Q(wants_answer=False) | ~Q(mail=""),
                name="feedback_answer_needs_a_mail",
                violation_error_message=_("Für eine Antwort per Mail brauchen wir eine Adresse."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Absender:in"))


class Beteiligungsformat(models.Model):
    """A way to take part that has a day: an event, a workshop, a consultation, on site or on line."""

    slug = models.SlugField(_("Adresse"), max_length=120, unique=True, editable=False)
    title = models.CharField(_("Titel"), max_length=120)
    short_text = models.TextField(_("Kurztext"), max_length=800)
    audience = models.CharField(_("Für wen"), max_length=200)
    mode = models.CharField(_("Wo"), max_length=10, choices=Mode)
    first_day = models.DateField(_("erster Tag"))
    last_day = models.DateField(_("letzter Tag"), null=True, blank=True)
    begins = models.TimeField(_("Beginn"), null=True, blank=True)
    ends = models.TimeField(_("Ende"), null=True, blank=True)
    place = models.CharField(_("Ort"), max_length=300, blank=True)
    online_address = models.URLField(_("Adresse im Netz"), max_length=300, blank=True)
    accessibility = models.TextField(_("Barrierefreiheit"), max_length=800)
    contact = models.TextField(_("Anmeldung und Kontakt"), max_length=800)
    outcome = models.TextField(_("Was daraus wurde"), max_length=4000, blank=True)
    projects = models.ManyToManyField(
        Project, blank=True, related_name="participation_formats", verbose_name=_("Projekte")
    )
    handlungsfelder = models.ManyToManyField(
        Handlungsfeld, blank=True, related_name="participation_formats", verbose_name=_("Handlungsfelder")
    )
    state = models.CharField(_("Stand"), max_length=10, choices=FormatState, default=FormatState.DRAFT)
    published_at = models.DateTimeField(_("veröffentlicht am"), null=True, blank=True)
    changed_at = models.DateTimeField(_("geändert am"))
    changed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    is_example = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Beteiligungsformat")
        verbose_name_plural = _("Beteiligungsformate")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FormatState.values), name="format_state_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="format_mode_known"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="format_ends_after_it_begins",
                violation_error_message=_("Der letzte Tag liegt vor dem ersten. Prüfen Sie beide."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="format_public_since"
            ),
            models.CheckConstraint(
                condition=Q(mode="online") | ~Q(place=""),
                name="format_on_site_has_a_place",
                violation_error_message=_("Nennen Sie den Ort."),
            ),
            models.CheckConstraint(
                condition=Q(mode="on_site") | ~Q(online_address=""),
                name="format_online_has_an_address",
                violation_error_message=_("Nennen Sie die Adresse im Netz."),
            ),
        ]
        indexes = [models.Index(fields=["state", "first_day"], name="format_coming")]

    def __str__(self) -> str:
        return self.title


class Subscription(models.Model):
    """An address that follows a project or a Handlungsfeld by mail; nothing more is known of whoever it belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mail = models.EmailField(_("E-Mail-Adresse"))
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="followers")
    handlungsfeld = models.ForeignKey(
        Handlungsfeld, on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    asked_at = models.DateTimeField(_("um Bestätigung gebeten am"))
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Abonnement")
        verbose_name_plural = _("Abonnements")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=ONE_SUBJECT, name="subscription_on_one_subject"),
            models.UniqueConstraint(
                fields=["mail", "project"], condition=Q(project__isnull=False), name="subscription_once_per_project"
            ),
            models.UniqueConstraint(
                fields=["mail", "handlungsfeld"],
                condition=Q(handlungsfeld__isnull=False),
                name="subscription_once_per_field",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Abonnement"))


class PublicMail(models.Model):
    """One mail to somebody without an account, sent once; the address stands with its reason, and goes with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=MailKind)
    key = models.CharField(max_length=160, unique=True, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, related_name="mails")
    contact = models.ForeignKey(FeedbackContact, on_delete=models.CASCADE, null=True, related_name="mails")
    sentence = models.CharField(max_length=300)
    address = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=160, blank=True)

    class Meta:
        verbose_name = _("Mail an die Öffentlichkeit")
        verbose_name_plural = _("Mails an die Öffentlichkeit")
        ordering = ["queued_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MailKind.values), name="public_mail_kind_known"),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="public_mail_state_known"),
            models.CheckConstraint(
                condition=Q(subscription__isnull=False, contact__isnull=True)
                | Q(subscription__isnull=True, contact__isnull=False),
                name="public_mail_to_one_address",
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="public_mail_due")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class WayToTakePart(models.Model):
    """A way to reach the office without the net: a heading and a few lines."""

    position = models.PositiveSmallIntegerField(_("Reihenfolge"))
    title = models.CharField(_("Überschrift"), max_length=80)
    text = models.TextField(_("Text"), max_length=800)
    text_is_example = models.BooleanField(_("Text: Beispiel"), default=False)
    changed_at = models.DateTimeField(_("geändert am"))
    changed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Weg ohne Netz")
        verbose_name_plural = _("Wege ohne Netz")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class PageOpinion(models.Model):
    """How many found that a public page helped, by month."""

    page = models.CharField(_("Seite"), max_length=PAGE_LENGTH)
    month = models.DateField(_("Monat"))
    helped = models.PositiveIntegerField(_("ja"), default=0)
    did_not = models.PositiveIntegerField(_("nein"), default=0)
    is_example = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Urteil über eine Seite")
        verbose_name_plural = _("Urteile über Seiten")
        ordering = ["-month", "page"]
        constraints = [
            models.UniqueConstraint(fields=["page", "month", "is_example"], name="page_opinion_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="page_opinion_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.month:%m/%Y}"


class PageNote(models.Model):
    """What somebody wrote about a page besides yes or no, without a name, removed by rule."""

    page = models.CharField(_("Seite"), max_length=PAGE_LENGTH)
    on_day = models.DateField(_("am"))
    helped = models.BooleanField(_("hat geholfen"))
    text = models.TextField(_("Text"), max_length=600)
    is_example = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Anmerkung zu einer Seite")
        verbose_name_plural = _("Anmerkungen zu Seiten")
        ordering = ["-on_day", "-pk"]

    def __str__(self) -> str:
        return f"{self.page}, {self.on_day:%d.%m.%Y}"


class SentForm(models.Model):
    """A public form that was taken in: sent a second time, it counts no second time."""

    token = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Gesendetes Formular")
        verbose_name_plural = _("Gesendete Formulare")
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.token)


class Arrival(models.Model):
    """How many public forms arrived in a window of time from one sender, known by a keyed hash of one day only."""

    sender = models.CharField(max_length=64)
    window = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Zähler für Formulare")
        verbose_name_plural = _("Zähler für Formulare")
        ordering = ["window", "sender"]
        constraints = [models.UniqueConstraint(fields=["sender", "window"], name="arrival_once_per_window")]

    def __str__(self) -> str:
        return f"{self.window:%d.%m.%Y %H:%M}"


class RetentionRun(models.Model):
    """That personal data were removed by rule: when, and how many of each kind; no names."""

    at = models.DateTimeField(_("am"))
    counts = models.JSONField(_("entfernt"))

    class Meta:
        verbose_name = _("Lauf der Löschregeln")
        verbose_name_plural = _("Läufe der Löschregeln")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y %H:%M}"
