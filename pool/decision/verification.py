"""Computing closed sittings again: hashes, chain, scores, ranks, and whether the rows still say the same."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from governance.record.rules import FIRST_HASH
from pool.decision import frozen
from pool.decision.closing import frozen_item
from pool.decision.models import FrozenForm, Sitting, SittingItem
from pool.decision.queries import present_at
from pool.maturity.models import Countersignature, Rating
from pool.priority.models import ClassMark, RuleVersion
from pool.priority.queries import weights_of
from pool.project.models import Project


@dataclass(slots=True)
class Verdict:
    """What the check found."""

    sittings: int = 0
    items: int = 0
    places: int = 0
    removed: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def verify_all() -> Verdict:
    """Check every closed sitting in the order of closing; of each, the first difference is named."""
    verdict = Verdict()
    previous: dict[tuple[int, bool], str] = {}
    for form in _forms():
        chain = (form.sitting.body_id, form.is_example)
        difference = first_difference(form, previous_hash=previous.get(chain, FIRST_HASH))
        previous[chain] = form.hash
        verdict.sittings += 1
        if difference:
            verdict.differences.append(f"{form.sitting}: {difference}.")
            continue
        content = frozen.read(form.content)
        verdict.items += len(content["items"])
        verdict.places += len(content["ranked"])
        verdict.removed += [
            _("{sitting}, Punkt {number}: Begründung entfernt.").format(sitting=form.sitting, number=item.number)
            for item in form.sitting.items.all()
            if item.reason_removed_at
        ]
    without = Sitting.objects.filter(closed_at__isnull=False, frozen_form__isnull=True).select_related("body")
    verdict.differences += [
        _("{sitting}: die festgeschriebene Fassung fehlt.").format(sitting=sitting) for sitting in without
    ]
    return verdict


def _forms() -> Iterator[FrozenForm]:
    rows = FrozenForm.objects.select_related("sitting__body", "edition").order_by("pk")
    return rows.prefetch_related(
        "sitting__items__mark_decisions",
        "sitting__items__rule_version",
        "sitting__items__project",
        "sitting__items__recusals",
        "sitting__items__recommendations",
        "sitting__items__follow_up",
        "sitting__items__supersedes__sitting",
    ).iterator(chunk_size=50)


def previous_hash_of(form: FrozenForm) -> str:
    """Return the hash that a form must be bound to: the one of the last closed sitting before it."""
    earlier = FrozenForm.objects.filter(
        sitting__body=form.sitting.body_id, is_example=form.is_example, pk__lt=form.pk
    ).order_by("-pk")
    return earlier.values_list("hash", flat=True).first() or FIRST_HASH


def first_difference(form: FrozenForm, *, previous_hash: str) -> str:
    """Return the first thing about a form that does not hold, in words, or ""."""
    broken = frozen.break_in_chain(
        content=form.content,
        stated_previous=form.previous_hash,
        stated_hash=form.hash,
        previous_hash=previous_hash,
    )
    if broken:
        return broken
    try:
        content = frozen.read(form.content)
        return (
            frozen.wrong_computation(content)
            or _wrong_head(form, content)
            or _wrong_rule(content)
            or _wrong_attendance(form.sitting, content)
            or _wrong_items(form.sitting, content)
            or _wrong_places(form.sitting, content)
        )
    except ValueError as error:
        return str(error)
    except (AttributeError, KeyError, TypeError):
        return _("der Inhalt hat nicht die Felder des Formats")


def _wrong_head(form: FrozenForm, content: Mapping[str, Any]) -> str:
    sitting = form.sitting
    own = {
        "body": sitting.body.code,
        "day": sitting.day.isoformat(),
        "chair": str(sitting.chair_id),
        "is_example": sitting.is_example,
    }
    for name, value in own.items():
        if content["sitting"][name] != value:
            return _("in der Sitzung stimmt „{name}“ nicht überein").format(name=name)
    if form.format != content["format"]:
        return _("die Nummer des Formats stimmt nicht überein")
    if content["edition"] != form.edition.code:
        return _("die Ausgabe der Strategie stimmt nicht überein")
    if not sitting.closed_at or form.is_example != sitting.is_example:
        return _("der Stand der Sitzung stimmt nicht überein")
    return ""


def _wrong_rule(content: Mapping[str, Any]) -> str:
    rule = RuleVersion.objects.select_related("rubric").filter(number=content["rule"]).first()
    if rule is None:
        return _("die Regelfassung {number} fehlt").format(number=content["rule"])
    own = (asdict(weights_of(rule)), rule.effect_threshold, rule.rubric.number)
    if (content["weights"], content["effect_threshold"], content["rubric"]) != own:
        return _("die Regelfassung {number} stimmt nicht überein").format(number=rule.number)
    if content["format"] >= 3 and content["accepted_interval"] != rule.accepted_interval:
        return _("der Spielraum der Regelfassung {number} stimmt nicht überein").format(number=rule.number)
    return ""


def _wrong_attendance(sitting: Sitting, content: Mapping[str, Any]) -> str:
    """Compare who was there with the rows; seats and quorum are what they were, whatever mandates say today."""
    if content["format"] < 3:
        return ""
    present = sorted(str(row.person_id) for row in present_at(sitting) if row.presence == "present")
    stated = content["attendance"]
    if present != (stated["present"] if stated else []):
        return _("die Anwesenheit stimmt nicht überein")
    return ""


def _wrong_items(sitting: Sitting, content: Mapping[str, Any]) -> str:
    rows = sorted(sitting.items.all(), key=lambda item: item.number)
    if len(rows) != len(content["items"]):
        return _("die Zahl der Punkte stimmt nicht überein")
    for row, stated in zip(rows, content["items"], strict=True):
        if not row.is_final:
            return _("Punkt {number} steht nicht als abgeschlossen da").format(number=row.number)
        found = _wrong_item(row, stated, content["format"])
        if found:
            return _("Punkt {number}: „{name}“ stimmt nicht überein").format(number=row.number, name=found)
    return ""


# What a field of an item is called in the findings.
ITEM_WORDS = {
    "number": "Nummer",
    "kind": "Art",
    "project": "Vorhaben",
    "rule": "Regelfassung",
    "proposal": "Vorgeschlagenes Ergebnis",
    "outcome": "Ergebnis",
    "marks": "Klassen",
    "day": "wieder ansehen am",
    "reason_sha256": "Begründung",
    "text_sha256": "Beschlusstext",
    "recorded_by": "protokolliert durch",
    "recorded_at": "protokolliert am",
    "confirmed_by": "bestätigt durch",
    "confirmed_at": "bestätigt am",
    "no_countersignature_sha256": "Warum ohne Gegenzeichnung",
    "voting": "Abstimmung",
    "voters": "Stimmberechtigte",
    "votes": "Stimmen",
    "recused": "Befangenheit",
    "dissent_sha256": "Abweichende Meinung",
    "conditions_sha256": "Auflage",
    "conditions_due": "Auflage zu erfüllen bis",
    "follow_up": "Stelle zur Auflage",
    "supersedes": "ersetzter Beschluss",
    "recommendations": "Empfehlung des Beirats",
}
# Computed again from the form itself, not from rows.
_COMPUTED = ("passed_over",)
_BLACKED_OUT = ("reason_sha256", "no_countersignature_sha256", "dissent_sha256")


def _wrong_item(row: SittingItem, stated: Mapping[str, Any], form_format: int) -> str:
    own = {
        name: value
        for name, value in asdict(frozen_item(row)).items()
        if frozen.has_item_field(name, form_format) and name not in _COMPUTED
    }
    if row.reason_removed_at:  # blacked out: "entfernt", not broken
        own |= {name: stated[name] for name in _BLACKED_OUT if name in own}
    if "recommendations" in own and len(own["recommendations"]) == len(stated["recommendations"]):
        given = sorted(row.recommendations.all(), key=lambda each: each.pk)
        for said, kept, each in zip(own["recommendations"], stated["recommendations"], given, strict=True):
            if each.reason_removed_at:
                said["text_sha256"] = kept["text_sha256"]
    return next((ITEM_WORDS[name] for name, value in own.items() if stated.get(name) != value), "")


def _wrong_places(sitting: Sitting, content: Mapping[str, Any]) -> str:
    ids = [place["project"] for place in content["ranked"]]
    numbers = {str(pk): number for pk, number in Project.objects.filter(pk__in=ids).values_list("pk", "pool_number")}
    ratings = Rating.objects.in_bulk([place["rating"] for place in content["ranked"]])
    marks = set(
        ClassMark.objects.filter(project__in=ids, at__lte=sitting.closed_at).values_list("project", "mark", "state")
    )
    said = {(str(project), mark, state) for project, mark, state in marks}
    signed = Countersignature.objects.filter(rating__in=ratings, at__lte=sitting.closed_at)
    signed_by = {rating: str(by) for rating, by in signed.values_list("rating", "by")}
    for place in content["ranked"]:
        project, rating = place["project"], ratings.get(place["rating"])
        if numbers.get(project, -1) != place["pool_number"]:
            return _("Projekt {project}: die Poolnummer stimmt nicht überein").format(project=project)
        if rating is None or str(rating.project_id) != project or rating.levels != place["levels"]:
            return _("Projekt {project}: die Bewertung stimmt nicht überein").format(project=project)
        if any((project, mark, state) not in said for mark, state in place["marks"].items()):
            return _("Projekt {project}: die Klasse stimmt nicht überein").format(project=project)
        keeps_signature = frozen.has_place_field("countersigned_by", content["format"])
        if keeps_signature and place["countersigned_by"] != signed_by.get(place["rating"]):
            return _("Projekt {project}: die Gegenzeichnung stimmt nicht überein").format(project=project)
    return ""
