"""What belongs to writing an idea besides its text: texts kept beside it, links to other projects, handing over."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor
from governance.record.models import ReasonedRow
from pool.project.models import Project


class SideText(models.Model):
    """What somebody typed where somebody else had written meanwhile: kept whole, to be compared and taken over.

    One row per window while it is open; settled rows stay, with the text that was replaced.
    """

    class State(models.TextChoices):
        OPEN = "open", _("noch nicht entschieden")
        TAKEN = "taken", _("übernommen")
        PUT_AWAY = "put_away", _("weggelegt")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="side_texts")
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    window = models.UUIDField(_("Fenster"))
    content = models.JSONField(_("Inhalt"), help_text=_("was getippt wurde, je Angabe"))
    replaced = models.JSONField(_("ersetzter Inhalt"), default=dict, help_text=_("was bis dahin galt, je Angabe"))
    begun_at = models.DateTimeField(_("begonnen am"))
    written_at = models.DateTimeField(_("zuletzt geschrieben am"))
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)
    settled_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("Aufgehobener Text")
        verbose_name_plural = _("Aufgehobene Texte")
        ordering = ["project", "begun_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "by", "window"], condition=Q(state="open"), name="side_text_one_open_per_window"
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "taken", "put_away"]), name="side_text_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, settled_by__isnull=True)
                | ~Q(state="open") & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="side_text_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())


class ProjectLink(models.Model):
    """One project needs, shares something with or follows another; counts once somebody of the other side agreed."""

    class Kind(models.TextChoices):
        NEEDS = "needs", _("braucht")
        SHARES = "shares", _("teilt mit")
        FOLLOWS = "follows", _("folgt auf")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("vorgeschlagen")
        CONFIRMED = "confirmed", _("bestätigt")
        REFUSED = "refused", _("nicht bestätigt")
        WITHDRAWN = "withdrawn", _("zurückgenommen")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="links_out")
    other = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(_("Verbindung"), max_length=10, choices=Kind)
    what = models.CharField(_("Was genau?"), max_length=200, blank=True)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("vorgeschlagen am"))
    answered_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(_("beantwortet am"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Verbindung zu einem anderen Vorhaben")
        verbose_name_plural = _("Verbindungen zu anderen Vorhaben")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "other", "kind"],
                condition=Q(state__in=["proposed", "confirmed"]),
                name="project_link_stands_once",
                violation_error_message=_("Diese Verbindung steht schon da."),
            ),
            models.CheckConstraint(
                condition=~Q(project=F("other")),
                name="project_link_leads_elsewhere",
                violation_error_message=_("Ein Vorhaben lässt sich nicht mit sich selbst verbinden."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["needs", "shares", "follows"]), name="project_link_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", answered_by__isnull=True, withdrawn_by__isnull=True)
                | Q(state__in=["confirmed", "refused"], answered_by__isnull=False, withdrawn_by__isnull=True)
                | Q(state="withdrawn", withdrawn_by__isnull=False),
                name="project_link_state_has_its_person",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("proposed_by")),
                name="project_link_answered_by_another",
                violation_error_message=_("Wer die Verbindung vorgeschlagen hat, bestätigt sie nicht."),
            ),
        ]
        indexes = [models.Index(fields=["other", "state"], name="project_link_other")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.other}"


class HandOver(ReasonedRow):
    """The submitter's part goes to a colleague: named by the submitter, or by the CDO on a recorded request.

    From nobody where the idea was read in from a list that named no person.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hand_overs")
    from_person = models.ForeignKey(
        Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("bisher"), null=True, blank=True
    )
    to_person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("künftig"))
    at = models.DateTimeField(_("am"))
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Übergabe einer Idee")
        verbose_name_plural = _("Übergaben von Ideen")
        ordering = ["project", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_person=F("to_person")),
                name="hand_over_to_somebody_else",
                violation_error_message=_("Nennen Sie eine andere Person."),
            ),
            models.CheckConstraint(
                condition=Q(from_person__isnull=False, by=F("from_person"))
                | ~Q(reason="")
                | Q(reason_removed_at__isnull=False),
                name="hand_over_on_request_has_a_reason",
                violation_error_message=_("Halten Sie fest, wer wann darum gebeten hat."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
