"""A project from idea to result, who is what to it, and the history of its moves."""

import uuid

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import (
    SDG,
    Actor,
    Edition,
    Handlungsbedarf,
    Handlungsfeld,
    OrganisationUnit,
    Querschnittsthema,
    Source,
    Stadtteil,
    StrategicGoal,
    User,
)
from governance.record.models import Chained, ReasonedRow
from pool.lifecycle import MOVING_ACTS, Step
from pool.project.rules import Beneficiary, Precision, Reach, reach_in_words

# What a project can be said to reach: the whole city, or a part of it.
Place = Stadtteil | Reach
REASONED_ACTS = ["return", "decline_admission", "reopen_rating", "reopen_gate", "decline", "reconsider", "stop"]


class ProjectQuerySet(models.QuerySet):
    """Projects by what they are and by who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> "ProjectQuerySet":
        """Return the projects whose basic text `user` may read; the rule stands in `pool.permissions`."""
        from pool.permissions import visible_projects  # reason: permissions sees this model

        return self.filter(visible_projects(user))

    def in_pool(self) -> "ProjectQuerySet":
        """Return the projects "from pooled on": with a pool number or taken over, whatever came later."""
        return self.filter(Q(pool_number__isnull=False) | Q(is_taken_over=True))


class Project(Chained, models.Model):
    """One idea or project. The step is moved by `pool.project.actions.move` alone."""

    chain_prefix = "project"

    class Origin(models.TextChoices):
        EMPLOYEES = "employees", _("Beschäftigte")
        OFFICE = "office", _("Fachamt")
        CDO = "cdo", _("CDO")
        COORDINATION = "coordination", _("Handlungsfeldkoordination")
        BEIRAT = "beirat", _("Beirat")
        SENIORENBEIRAT = "seniorenbeirat", _("Seniorenbeirat")
        RESIDENT = "resident", _("Bürger:in")
        BUSINESS = "business", _("Unternehmen oder Kammer")

    class Channel(models.TextChoices):
        FORM = "form", _("Formular")
        WORKSHOP = "workshop", _("Workshop")
        LETTER = "letter", _("Brief")
        PHONE = "phone", _("Telefon")
        EVENT = "event", _("Veranstaltung")

    class Funding(models.TextChoices):
        SECURED = "secured", _("gesichert")
        APPLIED = "applied", _("beantragt")
        OPEN = "open", _("offen")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    natural_key = models.CharField(_("Schlüssel der Übernahme"), max_length=20, blank=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="projects", verbose_name=_("Ausgabe"))

    title = models.CharField(_("Titel"), max_length=120)
    short_text = models.CharField(_("Kurztext"), max_length=400, blank=True)
    problem = models.TextField(_("Welches Problem wird gelöst?"), max_length=4000, blank=True)
    benefit = models.TextField(_("Was wird besser?"), max_length=4000, blank=True)
    beneficiary = models.CharField(_("Wem nützt es?"), max_length=20, choices=Beneficiary, blank=True)
    participation = models.CharField(_("Wer wirkt mit? (ein Satz)"), max_length=400, blank=True)
    lead_unit = models.ForeignKey(
        OrganisationUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="led_projects",
        verbose_name=_("Federführende Stelle"),
    )
    lead_handlungsfeld = models.ForeignKey(
        Handlungsfeld,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="led_projects",
        verbose_name=_("Handlungsfeld"),
    )
    handlungsfeld_is_example = models.BooleanField(_("Zuordnung zum Handlungsfeld: Beispiel"), default=False)
    lead_unit_is_example = models.BooleanField(_("Federführende Stelle: Beispiel"), default=False, editable=False)
    origin = models.CharField(_("Von wem stammt die Idee?"), max_length=20, choices=Origin, blank=True)
    channel = models.CharField(_("Auf welchem Weg kam sie?"), max_length=20, choices=Channel, blank=True)

    may_be_mentioned = models.BooleanField(
        _("Wer Ähnliches plant, darf erfahren, dass in Ihrem Amt eine ähnliche Idee geprüft wird"), default=False
    )

    effort = models.TextField(_("Aufwand"), max_length=1000, blank=True)
    timing = models.CharField(_("Zeitraum"), max_length=200, blank=True)
    cost = models.CharField(_("Kosten"), max_length=200, blank=True)
    funding = models.CharField(_("Finanzierung"), max_length=10, choices=Funding, blank=True)
    procurement = models.TextField(_("Hinweise zur Vergabe"), max_length=1000, blank=True)
    council_matter = models.CharField(_("Rats- oder Ausschusssache"), max_length=300, blank=True)

    step = models.CharField(_("Schritt"), max_length=20, choices=Step, default=Step.DRAFT, editable=False)
    step_since = models.DateField(_("in diesem Schritt seit"), null=True, blank=True, editable=False)
    step_since_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY, editable=False)
    standing_is_example = models.BooleanField(_("Schritt und Tag: Beispiel"), default=False, editable=False)
    pool_number = models.PositiveIntegerField(_("Poolnummer"), unique=True, null=True, blank=True, editable=False)
    is_taken_over = models.BooleanField(_("übernommen"), default=False, editable=False)
    remind_on = models.DateField(_("erinnern am"), null=True, blank=True, editable=False)
    look_again_on = models.DateField(_("wieder ansehen am"), null=True, blank=True, editable=False)
    in_operation = models.BooleanField(_("in Betrieb"), default=False, editable=False)
    succeeded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors", editable=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_projects", editable=False
    )
    grown_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        editable=False,
        verbose_name=_("hervorgegangen aus"),
    )
    result = models.TextField(_("Ergebnis"), max_length=4000, blank=True, editable=False)
    slug = models.SlugField(_("öffentliche Adresse"), max_length=140, blank=True, editable=False)

    sdgs = models.ManyToManyField(SDG, blank=True, related_name="projects", verbose_name=_("UN-Ziele (SDGs)"))
    sdgs_are_example = models.BooleanField(_("SDGs: Beispiel"), default=False)
    # Written together, by `pool.project.actions.set_reach` alone: a constraint cannot see the rows of another table.
    reach = models.CharField(_("Wo es wirkt"), max_length=10, choices=Reach, blank=True)
    stadtteile = models.ManyToManyField(Stadtteil, blank=True, related_name="projects", verbose_name=_("Stadtteile"))
    reach_is_example = models.BooleanField(_("Wo es wirkt: Beispiel"), default=False)
    handlungsbedarfe = models.ManyToManyField(Handlungsbedarf, through="NeedLink", related_name="projects")
    units = models.ManyToManyField(OrganisationUnit, through="UnitLink", related_name="joined_projects")

    is_example = models.BooleanField(_("Beispiel"), default=False, editable=False)
    created_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("angelegt am"), editable=False)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("Projekt")
        verbose_name_plural = _("Projekte")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=Step.values), name="project_step_known"),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="project_has_a_title",
                violation_error_message=_("Geben Sie der Idee einen Titel."),
            ),
            models.CheckConstraint(
                condition=Q(step__in=["draft", "withdrawn"])
                | Q(is_taken_over=True)
                | (Q(lead_unit__isnull=False, lead_handlungsfeld__isnull=False) & ~Q(short_text="")),
                name="project_submitted_is_complete",
                violation_error_message=_("Es fehlen Kurztext, federführende Stelle oder Handlungsfeld."),
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=True, pool_number__isnull=True)
                | Q(
                    is_taken_over=False,
                    pool_number__isnull=True,
                    step__in=["draft", "submitted", "returned", "rejected", "withdrawn", "merged"],
                )
                | Q(is_taken_over=False, pool_number__isnull=False)
                & ~Q(step__in=["draft", "submitted", "returned", "rejected"]),
                name="project_pool_number_from_pooled_on",
                violation_error_message=_("Eine Poolnummer hat, was im Pool ist oder war; Übernommenes hat keine."),
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=False) | Q(step__in=["commissioned", "running", "completed", "stopped"]),
                name="project_taken_over_stands_where_its_source_puts_it",
            ),
            models.CheckConstraint(
                condition=Q(step="deferred", look_again_on__isnull=False)
                | ~Q(step="deferred") & Q(look_again_on__isnull=True),
                name="project_deferred_has_a_day_to_look_again",
                violation_error_message=_("Nennen Sie den Tag, an dem das Vorhaben wieder angesehen wird."),
            ),
            models.CheckConstraint(
                condition=Q(step="returned", remind_on__isnull=False) | ~Q(step="returned") & Q(remind_on__isnull=True),
                name="project_returned_has_a_day_to_remind",
                violation_error_message=_("Nennen Sie den Tag, an dem das Portal erinnert."),
            ),
            models.CheckConstraint(
                condition=Q(step="merged", merged_into__isnull=False) | ~Q(step="merged") & Q(merged_into__isnull=True),
                name="project_merged_names_its_target",
                violation_error_message=_("Nennen Sie das Vorhaben, in dem dieses aufgeht."),
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="project_not_merged_into_itself"),
            models.CheckConstraint(condition=~Q(grown_from=F("id")), name="project_not_grown_from_itself"),
            models.UniqueConstraint(
                fields=["natural_key"], condition=~Q(natural_key=""), name="project_taken_over_once_per_key"
            ),
            models.UniqueConstraint(fields=["slug"], condition=~Q(slug=""), name="project_slug_never_shared"),
            models.CheckConstraint(
                condition=Q(in_operation=False, succeeded_by__isnull=True) | Q(step="completed"),
                name="project_in_operation_is_completed",
            ),
            models.CheckConstraint(
                condition=Q(reach__in=["", *Reach.values]),
                name="project_reach_known",
                violation_error_message=_("Ein Projekt wirkt stadtweit, in einzelnen Stadtteilen, oder es ist offen."),
            ),
            models.CheckConstraint(
                condition=Q(reach_is_example=False) | ~Q(reach=""),
                name="project_reach_inferred_only_where_said",
                violation_error_message=_("Als Beispiel gekennzeichnet wird nur, was gesagt ist."),
            ),
        ]
        indexes = [
            models.Index(fields=["step", "pool_number"], name="project_step_pool_number"),
            models.Index(fields=["lead_handlungsfeld", "step"], name="project_field_step"),
            models.Index(fields=["-created_at", "id"], name="project_created"),
            models.Index(fields=["step", "step_since"], name="project_step_since"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_in_pool(self) -> bool:
        """Tell whether the project is "from pooled on": has a pool number or was taken over."""
        return self.pool_number is not None or self.is_taken_over

    @property
    def places(self) -> list[Place]:
        """Return what the project reaches: the whole city, some Stadtteile, or nothing while nobody has said so."""
        if self.reach == Reach.NAMED:
            return list(self.stadtteile.all())
        return [Reach.CITYWIDE] if self.reach == Reach.CITYWIDE else []

    @property
    def reach_words(self) -> str:
        """Return the same in words: „stadtweit“, „Drais, Finthen“, or nothing."""
        return reach_in_words(self.reach, [str(place) for place in self.places])


class ProjectMandate(models.Model):
    """What a person is to one project, from a day to a day, with its source."""

    class Role(models.TextChoices):
        SUBMITTER = "submitter", _("Einreichende Person")
        CO_AUTHOR = "co_author", _("Mitautor:in")
        EXPERT = "expert", _("Gutachtende")
        LEAD = "lead", _("Projektleitung")
        MEMBER = "member", _("Projektmitarbeitende")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="mandates")
    person = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="project_mandates")
    role = models.CharField(_("Rolle"), max_length=20, choices=Role)
    valid_from = models.DateField(_("gilt ab"))
    valid_until = models.DateField(_("gilt bis einschließlich"), null=True, blank=True)
    source = models.CharField(_("Grundlage"), max_length=300)
    granted_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Rolle im Projekt")
        verbose_name_plural = _("Rollen im Projekt")
        ordering = ["project", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["submitter", "co_author", "expert", "lead", "member"]),
                name="project_mandate_role_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="project_mandate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="project_mandate_names_its_source",
                violation_error_message=_("Nennen Sie die Grundlage, zum Beispiel die Benennung und ihren Tag."),
            ),
            models.UniqueConstraint(
                fields=["project", "person", "role"],
                condition=Q(valid_until__isnull=True),
                name="project_mandate_held_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "role"], name="project_mandate_person")]

    def __str__(self) -> str:
        return str(self.get_role_display())


class NeedLink(models.Model):
    """The project helps to meet a Handlungsbedarf."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="need_links")
    handlungsbedarf = models.ForeignKey(Handlungsbedarf, on_delete=models.PROTECT, related_name="need_links")
    is_example = models.BooleanField(_("Zuordnung: Beispiel"), default=False)

    class Meta:
        verbose_name = _("Verknüpfter Handlungsbedarf")
        verbose_name_plural = _("Verknüpfte Handlungsbedarfe")
        ordering = ["handlungsbedarf__handlungsfeld__number", "handlungsbedarf__number"]
        constraints = [models.UniqueConstraint(fields=["project", "handlungsbedarf"], name="need_linked_once")]

    def __str__(self) -> str:
        return str(self.handlungsbedarf)


class GoalLink(models.Model):
    """The project serves a strategic goal chosen for itself; the goals of its Handlungsbedarfe follow from those."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="goal_links")
    goal = models.ForeignKey(
        StrategicGoal, on_delete=models.PROTECT, related_name="goal_links", verbose_name=_("Strategisches Ziel")
    )

    class Meta:
        verbose_name = _("Gewähltes strategisches Ziel")
        verbose_name_plural = _("Gewählte strategische Ziele")
        ordering = ["goal__handlungsfeld__number", "goal__number"]
        constraints = [models.UniqueConstraint(fields=["project", "goal"], name="goal_linked_once")]

    def __str__(self) -> str:
        return str(self.goal)


class UnitLink(models.Model):
    """A unit takes part, with a part of its own."""

    class Part(models.TextChoices):
        WORKS_OUT = "works_out", _("erarbeitet")
        CARRIES_OUT = "carries_out", _("setzt um")
        BOTH = "both", _("erarbeitet und setzt um")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="unit_links")
    unit = models.ForeignKey(
        OrganisationUnit, on_delete=models.PROTECT, related_name="unit_links", verbose_name=_("Stelle")
    )
    part = models.CharField(_("Anteil"), max_length=20, choices=Part, blank=True)
    task = models.CharField(_("Aufgabe"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Beteiligte Stelle")
        verbose_name_plural = _("Beteiligte Stellen")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "unit"], name="unit_takes_part_once"),
            models.CheckConstraint(
                condition=Q(part__in=["", "works_out", "carries_out", "both"]), name="unit_part_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class OutsidePartner(models.Model):
    """Somebody outside the Konzern who takes part; does not count for the Grundkriterium Vernetzung."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("Partner"), max_length=160)
    task = models.CharField(_("Aufgabe"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Partner außerhalb des Konzerns")
        verbose_name_plural = _("Partner außerhalb des Konzerns")
        ordering = ["project", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="partner_named_once")]

    def __str__(self) -> str:
        return self.name


class QuerschnittAnswer(models.Model):
    """What the project does for a Querschnittsthema; "noch offen" is an answer (empty text)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="querschnitt_answers")
    querschnittsthema = models.ForeignKey(Querschnittsthema, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(_("Antwort"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("Antwort zum Querschnittsthema")
        verbose_name_plural = _("Antworten zu Querschnittsthemen")
        ordering = ["project", "querschnittsthema__number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "querschnittsthema"], name="querschnittsthema_answered_once")
        ]

    def __str__(self) -> str:
        return self.text or str(_("noch offen"))


class ProjectSource(models.Model):
    """A public page that the project's text or standing was read on."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="project_links")
    read_on = models.DateField(_("gelesen am"))

    class Meta:
        verbose_name = _("Quelle des Projekts")
        verbose_name_plural = _("Quellen des Projekts")
        ordering = ["project", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "source"], name="source_named_once")]

    def __str__(self) -> str:
        return str(self.source)


class TextVersion(ReasonedRow):
    """The project's text as it was submitted or corrected: a copy that never changes."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("eingereicht")
        CORRECTED = "corrected", _("berichtigt")
        TAKEN_OVER = "taken_over", _("übernommen")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="text_versions")
    number = models.PositiveIntegerField(_("Fassung"))
    kind = models.CharField(_("Anlass"), max_length=20, choices=Kind)
    content = models.JSONField(_("Inhalt"))
    links = models.JSONField(_("Verknüpftes"), null=True, blank=True)  # in words by label; None: not kept
    at = models.DateTimeField(_("am"))
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Textfassung")
        verbose_name_plural = _("Textfassungen")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="text_version_number_once"),
            models.CheckConstraint(
                condition=~Q(kind="corrected") | ~Q(reason="") | Q(reason_removed_at__isnull=False),
                name="correction_has_a_reason",
                violation_error_message=_("Nennen Sie, was Sie berichtigen und warum."),
            ),
        ]

    def __str__(self) -> str:
        return f"Fassung {self.number}"


class Transition(ReasonedRow):
    """One move of a project. Rows are only added; the step on the project is the last row's."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="transitions")
    act = models.CharField(_("Handlung"), max_length=40, choices=[(act.value, act.label) for act in MOVING_ACTS])
    from_step = models.CharField(_("von"), max_length=20, choices=Step, blank=True)
    to_step = models.CharField(_("nach"), max_length=20, choices=Step)
    at = models.DateTimeField(_("festgehalten am"))
    on_day = models.DateField(_("am"), null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", verbose_name=_("durch"))
    in_place_of = models.ForeignKey(
        Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("in Vertretung für")
    )

    class Meta:
        verbose_name = _("Schritt im Verlauf")
        verbose_name_plural = _("Verlauf")
        ordering = ["project", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(precision="unknown", on_day__isnull=True)
                | ~Q(precision="unknown") & Q(on_day__isnull=False),
                name="transition_day_as_precise_as_known",
            ),
            models.CheckConstraint(
                condition=Q(act__in=[act.value for act in MOVING_ACTS]), name="transition_act_known"
            ),
            models.CheckConstraint(condition=Q(to_step__in=Step.values), name="transition_step_known"),
            # A Beschluss keeps its reason in its item too; withdrawing needs one from the pool on.
            models.CheckConstraint(
                condition=~Q(act__in=REASONED_ACTS)
                & ~Q(act="withdraw", from_step__in=["pooled", "assessed", "deferred"])
                | ~Q(reason="")
                | Q(reason_removed_at__isnull=False),
                name="transition_has_a_reason",
                violation_error_message=_("Begründen Sie diesen Schritt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.get_to_step_display()}"
