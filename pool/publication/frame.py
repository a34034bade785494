"""The strategic frame and the procedure as the public pages show them, joined with what is published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Handlungsbedarf, Handlungsfeld
from governance.strategy import parts
from governance.strategy.parts import Parts
from pool.decision.models import SittingItem
from pool.priority.models import RuleVersion
from pool.priority.queries import decided_rules, weights_of
from pool.priority.stability import ONE_IN, number_of_weightings
from pool.publication.queries import PublicCounts, PublicRow, Serving, Tally


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A Handlungsfeld with the number of its published projects."""

    slug: str
    name: str
    topic: str
    topic_is_example: bool
    count: int
    progress: "Progress"


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a bar: its kind, how many projects, its words; left edge and width in percent."""

    kind: str
    count: int
    words: str
    left: str
    width: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the projects of a field are: the parts of a bar, and the same in words."""

    parts: list[BarPart]

    @property
    def words(self) -> str:
        """Return the progress as a sentence fragment: „2 in Betrieb oder abgeschlossen, 3 in Umsetzung“."""
        return ", ".join(part.words for part in self.parts)


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A Handlungsbedarf with its goals, its partial goals and the published projects that serve it."""

    need: parts.Part
    goal_numbers: list[int]
    teilziele: list[parts.Part]
    tally: Tally
    shown: list[PublicRow]
    inferred: int

    @property
    def teilziele_are_example(self) -> bool:
        """Whether all its Teilziele are invented; then one mark says so for all."""
        return all(each.is_example for each in self.teilziele)


@dataclass(frozen=True, slots=True)
class SdgRow:
    """One of the UN goals with the number of published projects that name it."""

    number: int
    name: str
    count: int


def way() -> list[dict[str, str]]:
    """Return the five steps from the idea to the result, for reading."""
    return [
        {"label": _("Idee"), "text": _("Beschäftigte aus Ämtern und städtischen Unternehmen reichen ein.")},
        {"label": _("Prüfung"), "text": _("Fünf Grundkriterien müssen zugleich erfüllt sein.")},
        {"label": _("Bewertung"), "text": _("Vier Reifegrade, je mit Stufen von 0 bis 4.")},
        {"label": _("Beschluss"), "text": _("Die Lenkungsgruppe entscheidet, was zuerst an die Reihe kommt.")},
        {"label": _("Umsetzung"), "text": _("Ein Team arbeitet; der Stand steht hier.")},
    ]


def fields_with_counts(fields: Iterable[Handlungsfeld], counts: PublicCounts) -> list[FieldRow]:
    """Return the Handlungsfelder with the number of published projects that they lead."""
    return [
        FieldRow(
            slug=field.slug,
            name=field.name,
            topic=field.topic,
            topic_is_example=field.topic_is_example or field.is_example,
            count=counts.by_field[str(field.pk)].total,
            progress=progress_of(counts.by_field[str(field.pk)]),
        )
        for field in fields
    ]


def progress_of(tally: Tally) -> Progress:
    """Return how far some projects are, what is done first; what ended without a result is not hidden."""
    kinds = (
        ("done", tally.done, _("{n} in Betrieb oder abgeschlossen")),
        ("run", tally.running, _("{n} in Umsetzung")),
        ("open", tally.planned, _("{n} noch nicht begonnen")),
        ("ended", tally.ended, _("{n} beendet oder zurückgezogen")),
    )  # fmt: skip
    bar, left = [], 0.0
    for kind, count, words in kinds:
        if count:
            width = 100 * count / tally.total
            bar.append(BarPart(kind, count, words.format(n=count), f"{left:.2f}", f"{width:.2f}"))
            left += width
    return Progress(bar)


def case_rows(fields: Iterable[Handlungsfeld], counts: PublicCounts) -> list[dict[str, object]]:
    """Return the Setzkasten: a row per Handlungsfeld, a compartment per Handlungsbedarf."""
    return [
        {
            "name": field.name,
            "href": reverse("publication:strategy_field", args=[field.slug]),
            "cells": [_cell(field, need, counts.by_need[str(need.pk)]) for need in field.handlungsbedarfe.all()],
        }
        for field in fields
    ]


def _cell(field: Handlungsfeld, need: Handlungsbedarf, tally: Tally) -> dict[str, object]:
    return {
        "label": need.short_title,
        "href": f"{reverse('publication:strategy_field', args=[field.slug])}#{need.code}",
        "planned": tally.planned,
        "running": tally.running,
        "done": tally.done,
    }


def empty_needs(fields: Iterable[Handlungsfeld], counts: PublicCounts) -> int:
    """Return how many Handlungsbedarfe no published project serves that is not ended."""
    tallies = [counts.by_need[str(need.pk)] for field in fields for need in field.handlungsbedarfe.all()]
    return sum(tally.total == tally.ended for tally in tallies)


def strategy_of(found: Parts, counts: PublicCounts) -> dict[str, object]:
    """Return what `/strategie/` says, with the sources it was read on; nothing where no edition is in force."""
    edition = found.one("edition")
    if edition is None:
        return {}
    return {
        "edition": edition,
        "vision": found.all("vision"),
        "leitlinien": found.all("leitlinie"),
        "querschnittsthemen": found.all("querschnittsthema"),
        "bausteine": found.all("baustein"),
        "sdgs": [SdgRow(sdg.number, sdg.name, counts.by_sdg.get(str(sdg.number), 0)) for sdg in found.all("sdg")],
        "sources": found.sources,
    }


def other_fields(found: Parts, field: parts.Part, counts: PublicCounts) -> list[FieldRow]:
    """Return the other Handlungsfelder with the number of published projects that they lead."""
    return [
        FieldRow(
            slug=each.code,
            name=each.name,
            topic=each.text,
            topic_is_example=each.text_is_example or each.is_example,
            count=counts.by_field[str(each.key)].total,
            progress=progress_of(counts.by_field[str(each.key)]),
        )
        for each in found.all("field")
        if each.key != field.key
    ]


def needs_with_projects(found: Parts, serving: dict[int, Serving], counts: PublicCounts) -> list[NeedRow]:
    """Return the Handlungsbedarfe of a field with the first of the published projects that serve them."""
    return [
        NeedRow(
            need=need,
            goal_numbers=[goal.number for goal in found.of("need_goal", need.key)],
            teilziele=found.of("teilziel", need.key),
            tally=counts.by_need[str(need.key)],
            shown=serving[need.key].shown if need.key in serving else [],
            inferred=serving[need.key].inferred if need.key in serving else 0,
        )
        for need in found.all("need")
    ]


def procedure_of(day: date) -> dict[str, object]:
    """Return what `/verfahren/` says: the criteria, degrees, anchored levels and the rule that hold on `day`."""
    found = parts.procedure_parts(day)
    rule, coming, in_examples = _rules(day)
    return {
        "grundkriterien": found.all("grundkriterium"),
        "reifegrade": found.all("reifegrad"),
        "rubric": found.one("rubric"),
        "dimensions": [(each, found.of("level", each.key)) for each in found.all("dimension")],
        "rule": rule,
        "weights": _weights(rule),
        "weightings": number_of_weightings(weights_of(rule), rule.accepted_interval) if rule else 0,
        "tie_percent": 100 // ONE_IN,
        "coming": [(each, _weights(each)) for each in coming],
        "in_examples": [(each, _weights(each)) for each in in_examples],
        "adoption": _adoption(rule),
    }


def _rules(day: date) -> tuple[RuleVersion | None, list[RuleVersion], list[RuleVersion]]:
    """Return the rule that holds on `day`, if any, those decided for a later day, and the one that examples follow.

    One query. A rule adopted in an example sitting never holds for real; the page shows it with its mark. The third is
    empty where the examples follow the same rule.
    """
    every = decided_rules(with_examples=True)
    holding = [each for each in every if each.valid_from <= day]
    rule = next((each for each in reversed(holding) if not each.is_example), None)
    coming = [each for each in every if each.valid_from > day]
    return rule, coming, [each for each in holding[-1:] if each.is_example]


def _weights(rule: RuleVersion | None) -> list[tuple[str, int]]:
    if rule is None:
        return []
    return [
        (_("Vernetzung"), rule.weight_vernetzung),
        (_("Wirkung"), rule.weight_effect),
        (_("Kompetenzaufbau"), rule.weight_kompetenzaufbau),
        (_("Synergien"), rule.weight_synergien),
    ]


def _adoption(rule: RuleVersion | None) -> SittingItem | None:
    """Return the Beschluss that adopted the rule; a real one goes before an example."""
    if rule is None:
        return None
    adopting = SittingItem.objects.filter(
        rule_version=rule, is_final=True, outcome=SittingItem.Outcome.ADOPT_RULE
    ).select_related("sitting__body")
    return adopting.order_by("sitting__is_example", "sitting__day", "pk").first()
