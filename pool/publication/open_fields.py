"""Every field of the open data, named once: what the page explains, what JSON, CSV and the API description hold.

A name once given stays; a field is added at the end and never means something else later. Only what a release makes
public stands here: the released texts and the facts that go with them.
Source: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pool.delivery.milestones import MilestoneFacts, next_of
from pool.project.rules import Reach

Kind = Literal["text", "truth", "day", "moment", "texts", "pairs", "sources", "milestones", "notes"]
LIST_SEPARATOR = " | "
REACH_WORDS = {Reach.CITYWIDE.value: "stadtweit", Reach.NAMED.value: "stadtteile"}
ENDINGS = (("erreicht", "erreicht_am"), ("aufgegeben", "aufgegeben_am"))


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of the frame with its words, whether the assignment was only inferred, and the field it belongs to."""

    code: str
    words: str
    is_example: bool
    field_slug: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another released project."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class ReadOn:
    """A public page and the day it was read."""

    title: str
    address: str
    read_on: date


@dataclass(frozen=True, slots=True)
class OpenMilestone:
    """A released milestone: a lasting number, its facts under the released title, and when its end was noted."""

    number: int
    facts: MilestoneFacts
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """A correction of the text, and the day from which it is public."""

    day: date
    text: str


@dataclass(slots=True)
class OpenProject:
    """A released project as the open data hold it."""

    slug: str
    address: str
    title: str
    short_text: str
    why: str
    learnt: str
    picture: str
    picture_alt: str
    plain_text: str
    picture_author: str
    picture_licence: str
    step: str
    step_words: str
    since: date | None
    precision: str
    in_operation: bool
    standing_is_example: bool
    handlungsfeld: str
    handlungsfeld_name: str
    handlungsfeld_is_example: bool
    unit: str
    unit_is_example: bool
    marks: tuple[str, ...]
    is_taken_over: bool
    is_example: bool
    as_of: date
    changed: datetime
    released: datetime
    sdgs_are_example: bool
    reach: str
    reach_is_example: bool
    needs: list[Coded] = field(default_factory=list)
    goals: list[Coded] = field(default_factory=list)
    sdgs: list[Coded] = field(default_factory=list)
    stadtteile: list[Coded] = field(default_factory=list)
    sources: list[ReadOn] = field(default_factory=list)
    succeeded_by: list[Linked] = field(default_factory=list)
    predecessors: list[Linked] = field(default_factory=list)
    milestones: list[OpenMilestone] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    step_name: str = ""  # the step as the rules know it

    @property
    def places(self) -> list[str]:
        """Return in words where the project works: the whole city, or its Stadtteile; nothing while that is open."""
        return [each.words for each in self.stadtteile] or [str(Reach(self.reach).label)] if self.reach else []


@dataclass(frozen=True, slots=True)
class OpenField:
    """One field: its name for machines, what it says, its kind, whether it may be empty, how its value is found."""

    name: str
    says: Promise
    kind: Kind
    value: Callable[[OpenProject], Any]
    may_be_empty: bool = False
    values: tuple[str, ...] = ()


def _since(project: OpenProject) -> str | None:
    return None if project.since is None else _cut(project.since, project.precision)


def _next(project: OpenProject) -> str | None:
    coming = next_of((each.facts for each in project.milestones), step=project.step_name)
    return _cut(coming.planned_on, coming.precision) if coming else None


def _cut(day: date, precision: str) -> str | None:
    """Return a day only as exactly as it is known: 2026, 2026-03 or 2026-03-14."""
    if precision == "unknown":
        return None
    return f"{day:%Y-%m-%d}"[: {"year": 4, "month": 7}.get(precision, 10)]


FIELDS: tuple[OpenField, ...] = (
    OpenField("kennung", _("bleibende Kennung des Projekts; sie ist der letzte Teil seiner Adresse"), "text",
              lambda project: project.slug),
    OpenField("adresse", _("Adresse der Seite des Projekts"), "text", lambda project: project.address),
    OpenField("titel", _("Titel"), "text", lambda project: project.title),
    OpenField("kurztext", _("ein bis zwei Sätze, was entsteht und wem es nützt"), "text",
              lambda project: project.short_text),
    OpenField("warum", _("warum es das Projekt gibt"), "text", lambda project: project.why or None, True),
    OpenField("gelernt", _("was die Stadt daraus gelernt hat"), "text", lambda project: project.learnt or None, True),
    OpenField("stand", _("Schritt, in dem das Projekt steht, wie in der Adresse des Filters"), "text",
              lambda project: project.step),
    OpenField("stand_worte", _("derselbe Schritt in Worten"), "text", lambda project: project.step_words),
    OpenField("stand_seit", _("seit wann, so genau wie bekannt: Jahr, Monat oder Tag"), "text", _since, True),
    OpenField("in_betrieb", _("abgeschlossen und in Betrieb"), "truth", lambda project: project.in_operation),
    OpenField("handlungsfeld", _("Handlungsfeld, Teil seiner Adresse"), "text",
              lambda project: project.handlungsfeld or None, True),
    OpenField("handlungsfeld_name", _("Name des Handlungsfelds"), "text",
              lambda project: project.handlungsfeld_name or None, True),
    OpenField("handlungsbedarfe", _("Handlungsbedarfe, denen das Projekt dient: Schlüssel und Titel"), "pairs",
              lambda project: project.needs),
    OpenField("strategische_ziele", _("strategische Ziele, denen es damit dient: Schlüssel und Wortlaut"), "pairs",
              lambda project: project.goals),
    OpenField("sdgs", _("Nachhaltigkeitsziele der Vereinten Nationen: Nummer und Name"), "pairs",
              lambda project: project.sdgs),
    OpenField("federfuehrung", _("Stelle, die das Projekt verantwortet"), "text",
              lambda project: project.unit or None, True),
    OpenField("klassen", _("Klassen, die ein Beschluss bestätigt hat"), "texts", lambda project: list(project.marks),
              values=("leuchtturm", "schnellboot")),
    OpenField("quellen", _("öffentliche Seiten, auf denen die Angaben gelesen wurden, mit dem Lesetag"), "sources",
              lambda project: project.sources),
    OpenField("bild", _("Adresse des Bildes"), "text", lambda project: project.picture or None, True),
    OpenField("bildbeschreibung", _("was auf dem Bild zu sehen ist"), "text",
              lambda project: project.picture_alt or None, True),
    OpenField("nachfolger", _("Kennung des Projekts, das danach kam"), "text",
              lambda project: project.succeeded_by[0].slug if project.succeeded_by else None, True),
    OpenField("uebernommen", _("das Projekt gab es schon, bevor das Verfahren begann"), "truth",
              lambda project: project.is_taken_over),
    OpenField("beispiel", _("das ganze Projekt ist zur Anschauung erfunden"), "truth",
              lambda project: project.is_example),
    OpenField("beispielhaft", _("Felder dieser Zeile, die zugeordnet und nicht belegt sind"), "texts",
              lambda project: inferred_fields(project),
              values=("stand", "handlungsfeld", "federfuehrung", "handlungsbedarfe", "strategische_ziele", "sdgs",
                      "reichweite", "stadtteile")),
    OpenField("text_stand", _("Tag, von dem der Text ist"), "day", lambda project: project.as_of),
    OpenField("geaendert", _("wann sich Text, Schritt oder ein Meilenstein zuletzt geändert hat"), "moment",
              lambda project: project.changed),
    OpenField("reichweite", _("wo das Projekt wirkt: stadtweit oder in einzelnen Stadtteilen; leer: noch nicht gesagt"),
              "text", lambda project: REACH_WORDS.get(project.reach), True, tuple(REACH_WORDS.values())),
    OpenField("stadtteile", _("Stadtteile, in denen das Projekt wirkt: Teil der Adresse des Filters und Name"), "pairs",
              lambda project: project.stadtteile),
    OpenField("meilensteine", _("veröffentlichte Meilensteine: Titel, Termin und ursprünglicher Termin, so genau wie "
                                "bekannt, und wann sie erreicht oder aufgegeben wurden"), "milestones",
              lambda project: project.milestones),
    OpenField("naechster_termin", _("Termin des Meilensteins, der als Nächstes kommt: Jahr, Monat oder Tag"), "text",
              _next, True),
    OpenField("einfache_sprache", _("worum es geht, in einfacher Sprache"), "text",
              lambda project: project.plain_text or None, True),
    OpenField("bild_urheber", _("wer das Bild gemacht hat"), "text", lambda project: project.picture_author or None,
              True),
    OpenField("bild_lizenz", _("unter welcher Lizenz das Bild steht; die Lizenz der Daten gilt für das Bild nicht"),
              "text", lambda project: project.picture_licence or None, True),
    OpenField("berichtigungen", _("was am Text inhaltlich berichtigt wurde, mit dem Tag"), "notes",
              lambda project: project.notes),
)  # fmt: skip


def inferred_fields(project: OpenProject) -> list[str]:
    """Return the fields that bear the mark Beispiel on the page of the project."""
    marks = (
        ("stand", project.standing_is_example),
        ("handlungsfeld", project.handlungsfeld_is_example),
        ("federfuehrung", project.unit_is_example),
        ("handlungsbedarfe", any(each.is_example for each in project.needs)),
        ("strategische_ziele", any(each.is_example for each in project.goals)),
        ("sdgs", project.sdgs_are_example and bool(project.sdgs)),
        ("reichweite", project.reach_is_example),
        ("stadtteile", project.reach_is_example and bool(project.stadtteile)),
    )
    return [name for name, holds in marks if holds]


# --- JSON ---------------------------------------------------------------------------------------------------------


def as_json(project: OpenProject) -> dict[str, Any]:
    """Return a project as an object of `projekte.json`."""
    return {each.name: _json_value(each.kind, each.value(project)) for each in FIELDS}


def _json_value(kind: Kind, value: Any) -> Any:
    if value is None or kind in ("text", "truth", "texts"):
        return value
    if kind == "pairs":
        return [{"schluessel": each.code, "text": each.words} for each in value]
    if kind == "sources":
        return [
            {"titel": each.title, "adresse": each.address, "gelesen_am": each.read_on.isoformat()} for each in value
        ]
    if kind == "milestones":
        return [_milestone(each.facts) for each in value]
    if kind == "notes":
        return [{"tag": each.day.isoformat(), "text": each.text} for each in value]
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _milestone(facts: MilestoneFacts) -> dict[str, str | None]:
    return {
        "titel": facts.title,
        "termin": _cut(facts.planned_on, facts.precision),
        "termin_zuerst": _cut(facts.first_planned_on, facts.first_precision),
        "erreicht_am": facts.reached_on.isoformat() if facts.reached_on else None,
        "aufgegeben_am": facts.given_up_on.isoformat() if facts.given_up_on else None,
    }


def schema_of(each: OpenField) -> dict[str, Any]:
    """Return the JSON schema of a field."""
    described: dict[str, Any] = {"description": str(each.says)}
    if each.kind in ("texts", "pairs", "sources", "milestones", "notes"):
        items = {
            "texts": {"type": "string"},
            "pairs": _reference("Eintrag"),
            "sources": _reference("Quelle"),
            "milestones": _reference("Meilenstein"),
            "notes": _reference("Berichtigung"),
        }
        item = {**items[each.kind], **({"enum": list(each.values)} if each.values else {})}
        return {**described, "type": "array", "items": item}
    if each.kind == "truth":
        return {**described, "type": "boolean"}
    if each.values:
        return {**described, "type": ["string", "null"], "enum": [*each.values, None]}
    formats = {"day": {"format": "date"}, "moment": {"format": "date-time"}}
    return {**described, "type": ["string", "null"] if each.may_be_empty else "string", **formats.get(each.kind, {})}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


# --- CSV ----------------------------------------------------------------------------------------------------------


def as_cells(project: OpenProject) -> list[str]:
    """Return a project as a line of `projekte.csv`, still to be guarded against formulas."""
    return [_cell(each.kind, _json_value(each.kind, each.value(project))) for each in FIELDS]


def _cell(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind == "truth":
        return "ja" if value else "nein"
    if kind == "pairs":
        return LIST_SEPARATOR.join(f"{each['schluessel']} {each['text']}" for each in value)
    if kind == "sources":
        return LIST_SEPARATOR.join(f"{each['titel']} <{each['adresse']}> {each['gelesen_am']}" for each in value)
    if kind == "milestones":
        return LIST_SEPARATOR.join(_milestone_cell(each) for each in value)
    if kind == "notes":
        return LIST_SEPARATOR.join(f"{each['tag']} {each['text']}" for each in value)
    return LIST_SEPARATOR.join(value) if kind == "texts" else str(value)


def _milestone_cell(milestone: dict[str, str | None]) -> str:
    """Return a milestone in words: „Fünf Büros reichen ein: 2026-09, zuerst 2026-07, erreicht 2026-09-22“."""
    said = [milestone["termin"]]
    if milestone["termin_zuerst"] != milestone["termin"]:
        said.append(f"zuerst {milestone['termin_zuerst']}")
    said += [f"{word} {milestone[name]}" for word, name in ENDINGS if milestone[name]]
    return f"{milestone['titel']}: {', '.join(str(each) for each in said)}"
