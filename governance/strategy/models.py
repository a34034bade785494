"""The strategic frame and the implementation frame, as an edition; provenance stands at the fact."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.organisation.models import Source
from governance.strategy.rules import Dimension, GrundkriteriumCode, ReifegradCode


class Stated(models.Model):
    """A fact with its provenance: read on a public page, or an example that must be shown as one."""

    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Quelle"),
    )
    is_example = models.BooleanField(_("Beispiel"), default=False)

    class Meta:
        abstract = True


class EditionQuerySet(models.QuerySet):
    """Editions by validity."""

    def in_force(self, day) -> "EditionQuerySet":
        """Return the edition that holds on `day`."""
        return self.filter(
            Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        ).order_by("-valid_from")


class Edition(Stated):
    """One edition of the strategy; every project and every Beschluss refers to the edition of its day."""

    code = models.SlugField(_("Schlüssel"), max_length=20, unique=True)
    title = models.CharField(_("Titel"), max_length=160)
    lead = models.TextField(_("Vorspann"), blank=True, max_length=600)
    valid_from = models.DateField(_("gilt ab"))
    valid_until = models.DateField(_("gilt bis einschließlich"), null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ausgabe der Strategie")
        verbose_name_plural = _("Ausgaben der Strategie")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="edition_ends_after_it_begins",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class VisionQuestion(Stated):
    """One of the three questions that the vision answers."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="vision")
    number = models.PositiveSmallIntegerField(_("Nummer"))
    question = models.CharField(_("Frage"), max_length=160)
    answer = models.TextField(_("Antwort"), max_length=600)

    class Meta:
        verbose_name = _("Frage der Vision")
        verbose_name_plural = _("Vision")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="vision_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=3),
                name="vision_has_three_questions",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class Leitlinie(Stated):
    """A rule for acting together."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="leitlinien")
    code = models.SlugField(_("Schlüssel"), max_length=20)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=120)
    text = models.TextField(_("Text"), max_length=600)

    class Meta:
        verbose_name = _("Leitlinie")
        verbose_name_plural = _("Leitlinien")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="leitlinie_code_once"),
            models.UniqueConstraint(fields=["edition", "number"], name="leitlinie_number_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Handlungsfeld(Stated):
    """A topic area in which projects and partnerships grow."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="handlungsfelder")
    code = models.CharField(_("Schlüssel"), max_length=10)
    slug = models.SlugField(_("Adresse"), max_length=80)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=120)
    topic = models.TextField(_("Worum es geht"), max_length=1200)
    topic_is_example = models.BooleanField(_("Worum es geht: Beispiel"), default=False)
    starting_situation = models.TextField(_("Ausgangssituation"), max_length=2000)
    starting_situation_is_example = models.BooleanField(_("Ausgangssituation: Beispiel"), default=False)

    class Meta:
        verbose_name = _("Handlungsfeld")
        verbose_name_plural = _("Handlungsfelder")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="handlungsfeld_code_once"),
            models.UniqueConstraint(fields=["edition", "slug"], name="handlungsfeld_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StrategicGoal(Stated):
    """Long-term direction inside a Handlungsfeld."""

    handlungsfeld = models.ForeignKey(Handlungsfeld, on_delete=models.PROTECT, related_name="goals")
    code = models.CharField(_("Schlüssel"), max_length=20)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    text = models.TextField(_("Ziel"), max_length=400)

    class Meta:
        verbose_name = _("Strategisches Ziel")
        verbose_name_plural = _("Strategische Ziele")
        ordering = ["handlungsfeld", "number"]
        constraints = [models.UniqueConstraint(fields=["handlungsfeld", "code"], name="goal_code_once")]

    def __str__(self) -> str:
        return self.text


class Handlungsbedarf(Stated):
    """What follows from comparing the Ausgangssituation with a strategic goal; names the gap between them."""

    handlungsfeld = models.ForeignKey(Handlungsfeld, on_delete=models.PROTECT, related_name="handlungsbedarfe")
    goals = models.ManyToManyField(
        StrategicGoal,
        related_name="handlungsbedarfe",
        verbose_name=_("Strategische Ziele"),
    )
    code = models.CharField(_("Schlüssel"), max_length=20)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=160)
    short_title = models.CharField(_("Kurztitel"), max_length=24)
    gap = models.TextField(_("Lücke"), max_length=600)
    gap_is_example = models.BooleanField(_("Lücke: Beispiel"), default=True)

    class Meta:
        verbose_name = _("Handlungsbedarf")
        verbose_name_plural = _("Handlungsbedarfe")
        ordering = ["handlungsfeld", "number"]
        constraints = [models.UniqueConstraint(fields=["handlungsfeld", "code"], name="handlungsbedarf_code_once")]

    def __str__(self) -> str:
        return self.title


class Teilziel(Stated):
    """A partial goal of a Handlungsbedarf."""

    handlungsbedarf = models.ForeignKey(Handlungsbedarf, on_delete=models.PROTECT, related_name="teilziele")
    number = models.PositiveSmallIntegerField(_("Nummer"))
    text = models.CharField(_("Teilziel"), max_length=200)

    class Meta:
        verbose_name = _("Teilziel")
        verbose_name_plural = _("Teilziele")
        ordering = ["handlungsbedarf", "number"]
        constraints = [models.UniqueConstraint(fields=["handlungsbedarf", "number"], name="teilziel_number_once")]

    def __str__(self) -> str:
        return self.text


class Querschnittsthema(Stated):
    """A topic from the Smart City Charta that holds in every Handlungsfeld alike."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="querschnittsthemen")
    code = models.SlugField(_("Schlüssel"), max_length=30)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=120)
    text = models.TextField(_("Text"), max_length=600)
    charta_group = models.CharField(_("Gruppe der Smart City Charta"), max_length=160)
    charta_group_is_example = models.BooleanField(_("Gruppe: Beispiel"), default=True)

    class Meta:
        verbose_name = _("Querschnittsthema")
        verbose_name_plural = _("Querschnittsthemen")
        ordering = ["edition", "number"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="querschnittsthema_code_once")]

    def __str__(self) -> str:
        return self.name


class SDG(models.Model):
    """One of the 17 goals of the United Nations."""

    number = models.PositiveSmallIntegerField(_("Nummer"), unique=True)
    name = models.CharField(_("Name"), max_length=120)

    class Meta:
        verbose_name = _("UN-Ziel (SDG)")
        verbose_name_plural = _("UN-Ziele (SDGs)")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=17),
                name="sdg_is_one_of_seventeen",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Stadtteil(Stated):
    """One of the parts of Mainz that have an Ortsbeirat (Ortsbezirk); holds in every edition."""

    slug = models.SlugField(_("Adresse"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("Stadtteil")
        verbose_name_plural = _("Stadtteile")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class UebergeordneterBaustein(Stated):
    """A piece that steers and coordinates the whole in the implementation phase."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="bausteine")
    code = models.SlugField(_("Schlüssel"), max_length=40)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=120)
    text = models.TextField(_("Text"), max_length=600)

    class Meta:
        verbose_name = _("Übergeordneter Baustein")
        verbose_name_plural = _("Übergeordnete Bausteine")
        ordering = ["edition", "number"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="baustein_code_once")]

    def __str__(self) -> str:
        return self.name


class Grundkriterium(Stated):
    """The wording of one of the five criteria in an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="grundkriterien")
    code = models.CharField(_("Schlüssel"), max_length=30, choices=GrundkriteriumCode)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=80)
    holds_when = models.TextField(_("erfüllt, wenn"), max_length=400)
    guiding_question = models.TextField(_("Leitfrage"), max_length=400)

    class Meta:
        verbose_name = _("Grundkriterium")
        verbose_name_plural = _("Grundkriterien")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="grundkriterium_code_once"),
            models.CheckConstraint(
                condition=Q(code__in=GrundkriteriumCode.values),
                name="grundkriterium_code_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reifegrad(Stated):
    """The wording of one of the four degrees in an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reifegrade")
    code = models.CharField(_("Schlüssel"), max_length=30, choices=ReifegradCode)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    letter = models.CharField(_("Buchstabe"), max_length=1)
    name = models.CharField(_("Name"), max_length=80)
    rates_what = models.TextField(_("Was bewertet wird"), max_length=400)

    class Meta:
        verbose_name = _("Reifegrad")
        verbose_name_plural = _("Reifegrade")
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="reifegrad_code_once"),
            models.CheckConstraint(condition=Q(code__in=ReifegradCode.values), name="reifegrad_code_known"),
        ]

    def __str__(self) -> str:
        return self.name


class RubricVersion(Stated):
    """One version of the anchored texts for the levels 0–4."""

    number = models.PositiveSmallIntegerField(_("Nummer"), unique=True)
    valid_from = models.DateField(_("gilt ab"))
    note = models.CharField(_("Hinweis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Fassung der Stufentexte")
        verbose_name_plural = _("Fassungen der Stufentexte")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Fassung {self.number}"


class RubricDimension(models.Model):
    """What a rating asks for one dimension: its name, its question and the evidence to name."""

    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="dimensions")
    code = models.CharField(_("Schlüssel"), max_length=30, choices=Dimension)
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Name"), max_length=80)
    hint = models.CharField(_("Hinweis"), max_length=300, blank=True)
    evidence = models.CharField(_("Nachweise"), max_length=300)

    class Meta:
        verbose_name = _("Bewertete Seite")
        verbose_name_plural = _("Bewertete Seiten")
        ordering = ["rubric", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "code"], name="rubric_dimension_once"),
            models.CheckConstraint(condition=Q(code__in=Dimension.values), name="rubric_dimension_known"),
        ]

    def __str__(self) -> str:
        return self.name


class RubricLevel(models.Model):
    """The anchor of one level 0–4 in one dimension."""

    dimension = models.ForeignKey(RubricDimension, on_delete=models.PROTECT, related_name="levels")
    level = models.PositiveSmallIntegerField(_("Stufe"))
    word = models.CharField(_("Wort"), max_length=40)
    anchor = models.TextField(_("Anker"), max_length=400)

    class Meta:
        verbose_name = _("Stufe")
        verbose_name_plural = _("Stufen")
        ordering = ["dimension", "level"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "level"], name="rubric_level_once"),
            models.CheckConstraint(
                condition=Q(level__gte=0, level__lte=4),
                name="rubric_level_0_to_4",
                violation_error_message=_("Eine Stufe liegt zwischen 0 und 4."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.word}"
