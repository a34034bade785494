"""Sittings, their items, and the frozen form that can be computed again years later."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Actor, Body, Edition, OrganisationUnit
from governance.record.models import Chained, ReasonedRow
from governance.record.rules import joined_reasons
from pool.decision.sitting_rules import SittingState
from pool.priority.models import ClassMark, RuleVersion
from pool.project.models import Project


class Sitting(Chained, models.Model):
    """A sitting of a body. Items take effect when it closes, all or none."""

    chain_prefix = "sitting"

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("Gremium"))
    day = models.DateField(_("Tag"))
    place = models.CharField(_("Ort und Uhrzeit"), max_length=160, blank=True)
    state = models.CharField(_("Stand"), max_length=10, choices=SittingState, default=SittingState.DRAFT)
    chair = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("Vorsitz"))
    opened_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("angelegt am"))
    began_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    began_at = models.DateTimeField(_("begonnen am"), null=True, blank=True)
    closed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(_("geschlossen am"), null=True, blank=True)
    is_example = models.BooleanField(_("Beispiel"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="sitting_closed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | Q(state__in=["draft", "invited", "running"], closed_at__isnull=True),
                name="sitting_state_known_and_closed_once_closed",
            ),
            models.CheckConstraint(
                condition=Q(began_at__isnull=True, began_by__isnull=True)
                | Q(began_at__isnull=False, began_by__isnull=False, state__in=["running", "closed"]),
                name="sitting_began_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["body", "day", "is_example"],
                name="sitting_once_a_day",
                violation_error_message=_("Für diesen Tag gibt es schon eine Sitzung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.day:%d.%m.%Y}"

    @property
    def is_open(self) -> bool:
        """Tell whether the sitting can still be worked on."""
        return self.closed_at is None


class Invitation(models.Model):
    """One invitation to a sitting, with the agenda as it then stood. Rows are only ever added: the last one counts."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="invitations")
    agenda = models.JSONField(_("Tagesordnung"))
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("eingeladen am"))

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ["sitting", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y}"


class Attendance(models.Model):
    """One word on whether a person entitled was there. Rows are only ever added: the current one counts."""

    class Presence(models.TextChoices):
        PRESENT = "present", _("anwesend")
        ABSENT = "absent", _("nicht anwesend")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(_("Anwesenheit"), max_length=10, choices=Presence)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("festgehalten am"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Anwesenheit")
        verbose_name_plural = _("Anwesenheiten")
        ordering = ["sitting", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "person"], condition=Q(is_current=True), name="attendance_current_once"
            ),
            models.CheckConstraint(condition=Q(presence__in=["present", "absent"]), name="attendance_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_presence_display())


class SittingItem(ReasonedRow):
    """One item of a sitting; after closing, a Beschluss. `reason` is the reason of the outcome."""

    reason_fields = ("reason", "no_countersignature", "dissent")

    class Kind(models.TextChoices):
        PROJECT = "project", _("Projekt")
        CLASS = "class", _("Klasse")
        RULE = "rule", _("Regel")
        WEIGHTS = "weights", _("Gewichte")
        OBJECTION = "objection", _("Widerspruch")

    class Outcome(models.TextChoices):
        COMMISSION = "commission", _("zur Umsetzung bestimmt")
        DEFER = "defer", _("zurückgestellt")
        DECLINE = "decline", _("nicht weiterverfolgt")
        RECONSIDER = "reconsider", _("erneut zu beraten")
        REOPEN_GATE = "reopen_gate", _("Prüfung neu eröffnet")
        STOP = "stop", _("beendet")
        CLASS_ONLY = "class_only", _("nur über die Klasse entschieden")
        ADOPT_RULE = "adopt_rule", _("Regel beschlossen")
        NO_CHANGE = "no_change", _("ohne Änderung")

    class Voting(models.TextChoices):
        UNANIMOUS = "unanimous", _("einstimmig")
        COUNTED = "counted", _("ausgezählt")

    class State(models.TextChoices):
        LISTED = "listed", _("vorgemerkt")
        PROPOSED = "proposed", _("mit Beschlussvorschlag")
        RECORDED = "recorded", _("Ergebnis protokolliert")
        CONFIRMED = "confirmed", _("bestätigt")
        ADJOURNED = "adjourned", _("vertagt")
        DROPPED = "dropped", _("abgesetzt")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField(_("Nummer"))
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, blank=True, related_name="sitting_items")
    rule_version = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="sitting_items"
    )
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    title = models.CharField(_("Titel"), max_length=200)
    state = models.CharField(_("Stand"), max_length=20, choices=State, default=State.LISTED)

    proposal = models.CharField(_("Vorgeschlagenes Ergebnis"), max_length=20, choices=Outcome, blank=True)
    proposal_text = models.TextField(_("Beschlussvorschlag"), max_length=4000, blank=True)
    outcome = models.CharField(_("Ergebnis"), max_length=20, choices=Outcome, blank=True)
    text = models.TextField(_("Beschlusstext"), max_length=4000, blank=True)
    look_again_on = models.DateField(_("wieder ansehen am"), null=True, blank=True)
    lesson = models.TextField(_("Was wir gelernt haben"), max_length=2000, blank=True)
    funding = models.CharField(_("Finanzierung"), max_length=10, choices=Project.Funding, blank=True)
    council_matter = models.CharField(_("Rats- oder Ausschusssache"), max_length=300, blank=True)
    unit_consent = models.CharField(_("Zustimmung der federführenden Stelle"), max_length=300, blank=True)
    no_countersignature = models.TextField(_("Warum ohne Gegenzeichnung"), max_length=1000, blank=True)

    # The vote: never public, never for the Beirat. `voters` are the seats taken, less those whose holder is befangen.
    voting = models.CharField(_("Abstimmung"), max_length=10, choices=Voting, blank=True)
    voters = models.PositiveSmallIntegerField(_("Stimmberechtigt"), null=True, blank=True)
    votes_yes = models.PositiveSmallIntegerField(_("Ja"), null=True, blank=True)
    votes_no = models.PositiveSmallIntegerField(_("Nein"), null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(_("Enthaltungen"), null=True, blank=True)
    dissent = models.TextField(_("Abweichende Meinung"), max_length=2000, blank=True)
    conditions = models.TextField(_("Auflage"), max_length=2000, blank=True)
    conditions_due_on = models.DateField(_("Auflage zu erfüllen bis"), null=True, blank=True)
    follow_up = models.ForeignKey(
        OrganisationUnit,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("Wer der Auflage nachgeht"),
    )

    proposed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    recorded_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_ranking_hash = models.CharField(max_length=64, blank=True)
    confirmed_ranking = models.JSONField(null=True, blank=True)
    sent_back_note = models.CharField(_("Zurückgegeben, weil"), max_length=400, blank=True)
    is_final = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Tagesordnungspunkt")
        verbose_name_plural = _("Tagesordnungspunkte")
        ordering = ["sitting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="item_number_once"),
            # A project stands in one open sitting at most; closing makes its items final.
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(is_final=False, project__isnull=False),
                name="project_in_one_open_sitting",
                violation_error_message=_("Das Vorhaben steht schon auf der Liste einer offenen Sitzung."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="item_confirmed_by_another_person",
                violation_error_message=_("Wer protokolliert hat, bestätigt nicht."),
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True, recorded_at__isnull=True)
                | Q(recorded_by__isnull=False, recorded_at__isnull=False),
                name="item_recorded_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, recorded_by__isnull=False),
                name="item_confirmed_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["recorded", "confirmed"]) | ~Q(outcome=""), name="item_recorded_has_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False), name="item_confirmed_has_person"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["rule", "weights"]) | Q(project__isnull=False), name="item_names_its_project"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["rule", "weights"]) | Q(rule_version__isnull=False), name="item_names_its_rule"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="defer") | Q(look_again_on__isnull=False),
                name="item_defer_names_a_day",
                violation_error_message=_("Nennen Sie den Tag, an dem das Vorhaben wieder angesehen wird."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["decline", "reconsider", "reopen_gate", "stop"])
                | ~Q(reason="")
                | Q(reason_removed_at__isnull=False),
                name="item_outcome_has_a_reason",
                violation_error_message=_("Begründen Sie das Ergebnis."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="objection", outcome="no_change")
                | ~Q(reason="")
                | Q(reason_removed_at__isnull=False),
                name="item_refused_objection_has_a_reason",
                violation_error_message=_("Begründen Sie, warum es bei der Entscheidung bleibt."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="reconsider") | Q(supersedes__isnull=False),
                name="item_reconsider_names_the_superseded",
                violation_error_message=_("Nennen Sie den Beschluss, der ersetzt wird."),
            ),
            models.CheckConstraint(
                condition=Q(voting="counted", votes_yes__isnull=False, votes_no__isnull=False)
                & Q(votes_abstained__isnull=False)
                | Q(voting__in=["", "unanimous"], votes_yes__isnull=True, votes_no__isnull=True)
                & Q(votes_abstained__isnull=True),
                name="item_votes_counted_or_not",
                violation_error_message=_("Nennen Sie Ja, Nein und Enthaltungen."),
            ),
            models.CheckConstraint(
                condition=~Q(voting="counted")
                | Q(voters__isnull=True)
                | Q(voters=F("votes_yes") + F("votes_no") + F("votes_abstained")),
                name="item_votes_are_those_of_the_voters",
                violation_error_message=_("Die Stimmen ergeben zusammen nicht die Zahl der Stimmberechtigten."),
            ),
            models.CheckConstraint(
                condition=~Q(voting="counted") | Q(votes_yes__gt=F("votes_no")),
                name="item_votes_carry_the_outcome",
                violation_error_message=_("Ein Beschluss braucht mehr Ja- als Neinstimmen."),
            ),
            models.CheckConstraint(
                condition=Q(conditions="", conditions_due_on__isnull=True, follow_up__isnull=True)
                | ~Q(conditions="") & Q(conditions_due_on__isnull=False, follow_up__isnull=False),
                name="item_condition_has_day_and_office",
                violation_error_message=_("Zu einer Auflage gehören ein Tag und die Stelle, die ihr nachgeht."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def outcome_words(self) -> str:
        """The outcome in the words of its kind."""
        return outcome_label(self.kind, self.outcome)

    @property
    def met(self) -> "ConditionMet | None":
        """The word that its condition is met, if there is one."""
        return getattr(self, "condition_met", None)

    def digest_text(self) -> str:
        """Return every text of the Beschluss as the one text that the record's hash stands for."""
        names = ("title", "proposal_text", "text", "reason", "lesson", "funding", "council_matter", "unit_consent")
        said = {name: getattr(self, name) for name in names}
        if self.no_countersignature:  # came later; without it the text is what it was before
            said["no_countersignature"] = self.no_countersignature
        said |= {name: getattr(self, name) for name in ("dissent", "conditions") if getattr(self, name)}
        return joined_reasons(said)


def outcome_label(kind: str, outcome: str) -> str:
    """Return an outcome in words; on an objection in those that answer it."""
    if kind == SittingItem.Kind.OBJECTION and outcome == SittingItem.Outcome.NO_CHANGE:
        return str(_("Widerspruch zurückgewiesen, es bleibt bei „nicht aufgenommen“"))
    if kind == SittingItem.Kind.OBJECTION and outcome == SittingItem.Outcome.REOPEN_GATE:
        return str(_("Widerspruch stattgegeben, Prüfung neu eröffnet"))
    return str(SittingItem.Outcome(outcome).label) if outcome else ""


class MarkDecision(models.Model):
    """What an item says about one undecided mark of its project: confirm or refuse."""

    item = models.ForeignKey(SittingItem, on_delete=models.CASCADE, related_name="mark_decisions")
    mark = models.CharField(_("Klasse"), max_length=20, choices=ClassMark.Mark)
    confirms = models.BooleanField(_("bestätigt"))

    class Meta:
        verbose_name = _("Entscheidung über eine Klasse")
        verbose_name_plural = _("Entscheidungen über Klassen")
        ordering = ["item", "mark"]
        constraints = [models.UniqueConstraint(fields=["item", "mark"], name="mark_decided_once_per_item")]

    def __str__(self) -> str:
        return f"{self.get_mark_display()}: {'bestätigt' if self.confirms else 'abgelehnt'}"


class Recusal(models.Model):
    """A person entitled who is befangen on one item and does not vote on it. Part of the record of the outcome."""

    item = models.ForeignKey(SittingItem, on_delete=models.CASCADE, related_name="recusals")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Befangenheit")
        verbose_name_plural = _("Befangenheiten")
        ordering = ["item", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="recused_once_per_item")]

    def __str__(self) -> str:
        return str(_("befangen"))


class Recommendation(ReasonedRow):
    """What the Beirat recommends on one item. Rows are only ever added; the last one counts.

    `reason` says, from the second on, why it was entered anew.
    """

    reason_fields = ("reason", "text")

    item = models.ForeignKey(SittingItem, on_delete=models.PROTECT, related_name="recommendations")
    text = models.TextField(_("Empfehlung"), max_length=4000, blank=True)
    day = models.DateField(_("Sitzung des Beirats am"))
    votes_yes = models.PositiveSmallIntegerField(_("Ja"))
    votes_no = models.PositiveSmallIntegerField(_("Nein"))
    votes_abstained = models.PositiveSmallIntegerField(_("Enthaltungen"))
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("eingetragen am"))

    class Meta:
        verbose_name = _("Empfehlung des Beirats")
        verbose_name_plural = _("Empfehlungen des Beirats")
        ordering = ["item", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(reason_removed_at__isnull=False),
                name="recommendation_has_a_text",
                violation_error_message=_("Schreiben Sie, was der Beirat empfiehlt."),
            ),
            models.CheckConstraint(
                condition=Q(votes_yes__gt=F("votes_no")),
                name="recommendation_was_carried",
                violation_error_message=_("Eine Empfehlung braucht mehr Ja- als Neinstimmen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"

    def digest_text(self) -> str:
        """Return text and reason as the one text that the record's hash stands for."""
        return joined_reasons({"text": self.text, "reason": self.reason})


class ConditionMet(ReasonedRow):
    """That the condition of a Beschluss is met, and by what. `reason` says what was done."""

    item = models.OneToOneField(SittingItem, on_delete=models.PROTECT, related_name="condition_met")
    met_on = models.DateField(_("erfüllt am"))
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("festgehalten am"))

    class Meta:
        verbose_name = _("Erfüllte Auflage")
        verbose_name_plural = _("Erfüllte Auflagen")
        ordering = ["item"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="condition_met_says_how",
                violation_error_message=_("Schreiben Sie, womit die Auflage erfüllt ist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.met_on:%d.%m.%Y}"


class ItemCorrection(ReasonedRow):
    """A slip in a Beschluss, set right beside it: the Beschluss keeps its words. Rows are only ever added.

    `reason` says what the slip was.
    """

    reason_fields = ("reason", "new_text")

    class Field(models.TextChoices):
        TEXT = "text", _("Beschlusstext")
        REASON = "reason", _("Begründung")

    item = models.ForeignKey(SittingItem, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(_("Was berichtigt wird"), max_length=10, choices=Field)
    new_text = models.TextField(_("Berichtigter Text"), max_length=4000, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(_("berichtigt am"))

    class Meta:
        verbose_name = _("Berichtigung eines Beschlusses")
        verbose_name_plural = _("Berichtigungen von Beschlüssen")
        ordering = ["item", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(field__in=["text", "reason"]), name="item_correction_of_text_or_reason"),
            models.CheckConstraint(
                condition=~Q(new_text="") | Q(reason_removed_at__isnull=False),
                name="item_correction_has_a_text",
                violation_error_message=_("Schreiben Sie den berichtigten Text."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="item_correction_has_a_reason",
                violation_error_message=_("Schreiben Sie, was das Versehen war."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}, {self.at:%d.%m.%Y}"

    def digest_text(self) -> str:
        """Return field, new text and reason as the one text that the record's hash stands for."""
        return joined_reasons({"field": self.field, "new_text": self.new_text, "reason": self.reason})


class FrozenForm(models.Model):
    """A closed sitting as canonical JSON, chained by hash. Rows are only ever added; triggers refuse the rest."""

    sitting = models.OneToOneField(Sitting, on_delete=models.PROTECT, related_name="frozen_form")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    format = models.PositiveSmallIntegerField(default=1)
    content = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    is_example = models.BooleanField()

    class Meta:
        verbose_name = _("Festgeschriebene Fassung")
        verbose_name_plural = _("Festgeschriebene Fassungen")
        ordering = ["sitting"]

    def __str__(self) -> str:
        return self.hash[:12]
