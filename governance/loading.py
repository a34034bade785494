"""Installing the frame that the portal cannot work without: sources, organisation, bodies, edition, criteria, rubric.

Every row has a natural key. What is there already stays as it is, also where the CDO has edited it since: installing
twice changes nothing, installing a newer version of the software adds what is new.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from governance.mandates.models import Body
from governance.organisation.models import OrganisationUnit, Source
from governance.record.actions import system_actor, write_entry
from governance.strategy.models import (
    SDG,
    Edition,
    Grundkriterium,
    Handlungsbedarf,
    Handlungsfeld,
    Leitlinie,
    Querschnittsthema,
    Reifegrad,
    RubricDimension,
    RubricLevel,
    RubricVersion,
    Stadtteil,
    StrategicGoal,
    Teilziel,
    UebergeordneterBaustein,
    VisionQuestion,
)

Row = Mapping[str, Any]
Model = TypeVar("Model", bound=models.Model)
INSTALL = "install"


@transaction.atomic
def load_sources(rows: Iterable[Row]) -> int:
    """Install the public sources by key; return how many are new."""
    return sum(
        Source.objects.get_or_create(key=row["key"], defaults={"title": row["title"], "address": row["address"]})[1]
        for row in rows
    )


@transaction.atomic
def load_units(rows: Iterable[Row]) -> int:
    """Install the organisation tree by code, parents before children; return how many are new.

    Writes one entry per new unit. Successors are linked once all units exist.
    """
    rows = list(rows)
    sources = Source.objects.in_bulk(field_name="key")
    units = OrganisationUnit.objects.in_bulk(field_name="code")
    new = []
    for row in rows:
        if row["code"] in units:
            continue
        unit = OrganisationUnit(
            code=row["code"],
            name=row["name"],
            short_name=row.get("short_name", ""),
            number=row.get("number", ""),
            kind=row["kind"],
            parent=units[row["parent"]] if "parent" in row else None,
            parent_is_example=row.get("parent_is_example", False),
            valid_from=row.get("valid_from"),
            valid_until=row.get("valid_until"),
            source=sources[row["source"]] if "source" in row else None,
            is_example=row.get("is_example", False),
        )
        unit.full_clean(exclude=["parent", "source"])
        unit.save(force_insert=True)
        units[unit.code] = unit
        new.append(unit)
        _write_installed(f"unit:{unit.pk}", "unit", unit.pk)
    added = {unit.code for unit in new}
    for row in rows:
        if row["code"] in added and "successors" in row:
            units[row["code"]].successors.set(units[code] for code in row["successors"])
    return len(new)


@transaction.atomic
def load_bodies(rows: Iterable[Row]) -> int:
    """Install the bodies by code; return how many are new."""
    return sum(
        Body.objects.get_or_create(
            code=row["code"], defaults={"kind": row["kind"], "name": row["name"], "quorum": row.get("quorum")}
        )[1]
        for row in rows
    )


@transaction.atomic
def load_stadtteile(rows: Iterable[Row]) -> int:
    """Install the parts of the city by slug; return how many are new."""
    sources = Source.objects.in_bulk(field_name="key")
    return sum(
        Stadtteil.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "source": sources[row["source"]],
                "is_example": row.get("is_example", False),
            },
        )[1]
        for row in rows
    )


@transaction.atomic
def load_edition(frame: Row, criteria: Row) -> bool:
    """Install one edition of the strategy with everything that belongs to it; tell whether it is new.

    An edition is installed whole and once. Writes one entry.
    """
    for row in frame["sdgs"]:
        SDG.objects.get_or_create(number=row["number"], defaults={"name": row["title"]})
    given = frame["edition"]
    if Edition.objects.filter(code=given["code"]).exists():
        return False
    sources = Source.objects.in_bulk(field_name="key")
    edition = _create(
        Edition, given, sources, code=given["code"], title=given["title"], lead=given["lead"],
        valid_from=given["valid_from"],
    )  # fmt: skip
    _load_principles(edition, frame, sources)
    for row in frame["handlungsfelder"]:
        _load_handlungsfeld(edition, row, sources)
    _load_criteria(edition, criteria, sources)
    _write_installed(f"edition:{edition.pk}", "edition", edition.pk)
    return True


@transaction.atomic
def load_rubric(given: Row, words: Iterable[Row], *, valid_from: Any) -> RubricVersion:
    """Install one version of the anchored texts and return it; a version that is there stays as it is."""
    rubric, is_new = RubricVersion.objects.get_or_create(
        number=given["version"],
        defaults={"valid_from": valid_from, "is_example": given["is_example"]},
    )
    if not is_new:
        return rubric
    word_of = {row["level"]: row["word"] for row in words}
    for number, row in enumerate(given["dimensions"], start=1):
        dimension = RubricDimension(
            rubric=rubric, code=row["code"], number=number, name=row["title"],
            hint=row.get("hint", ""), evidence=row["evidence"],
        )  # fmt: skip
        dimension.full_clean(exclude=["rubric"])
        dimension.save()
        RubricLevel.objects.bulk_create(
            RubricLevel(dimension=dimension, level=level, word=word_of[level], anchor=anchor)
            for level, anchor in enumerate(row["anchors"])
        )
    return rubric


def _load_principles(edition: Edition, frame: Row, sources: Mapping[str, Source]) -> None:
    for number, row in enumerate(frame["vision"], start=1):
        _create(
            VisionQuestion, row, sources,
            edition=edition, number=number, question=row["question"], answer=row["answer"],
        )  # fmt: skip
    for row in frame["leitlinien"]:
        _create(
            Leitlinie, row, sources,
            edition=edition, code=row["code"], number=row["number"], title=row["title"], text=row["text"],
        )  # fmt: skip
    for row in frame["querschnittsthemen"]:
        _create(
            Querschnittsthema, row, sources,
            edition=edition, code=row["code"], number=row["number"], name=row["title"], text=row["text"],
            charta_group=row["charta_group"], charta_group_is_example=row["charta_group_is_example"],
        )  # fmt: skip
    for row in frame["uebergeordnete_bausteine"]:
        _create(
            UebergeordneterBaustein, row, sources,
            edition=edition, code=row["code"], number=row["number"], name=row["title"], text=row["text"],
        )  # fmt: skip


def _load_handlungsfeld(edition: Edition, row: Row, sources: Mapping[str, Source]) -> None:
    situation = row["ausgangssituation"]
    field = _create(
        # The five names stand on a public page; what is inferred is marked at the text it belongs to.
        Handlungsfeld, {"source": row.get("source", "JB-LM"), "is_example": False}, sources,
        edition=edition, code=row["code"], number=row["number"], name=row["title"], slug=row["slug"],
        topic=row["topic"], topic_is_example=row["is_example"],
        starting_situation=situation["text"], starting_situation_is_example=situation["is_example"],
    )  # fmt: skip
    goals = {
        goal["code"]: _create(
            StrategicGoal, goal, sources,
            handlungsfeld=field, code=goal["code"], number=number, text=goal["title"],
        )
        for number, goal in enumerate(row["goals"], start=1)
    }  # fmt: skip
    for number, need in enumerate(row["handlungsbedarfe"], start=1):
        bedarf = _create(
            Handlungsbedarf, need, sources,
            handlungsfeld=field, code=need["code"], number=number, title=need["title"],
            short_title=need["short_title"], gap=need["gap"], gap_is_example=need["gap_is_example"],
        )  # fmt: skip
        bedarf.goals.set(goals[code] for code in need["goals"])
        for place, part in enumerate(need["teilziele"], start=1):
            _create(Teilziel, part, sources, handlungsbedarf=bedarf, number=place, text=part["title"])


def _load_criteria(edition: Edition, criteria: Row, sources: Mapping[str, Source]) -> None:
    for row in criteria["grundkriterien"]:
        _create(
            Grundkriterium, row, sources,
            edition=edition, code=row["code"], number=row["number"], name=row["title"],
            holds_when=row["holds_when"], guiding_question=row["guiding_question"],
        )  # fmt: skip
    for row in criteria["reifegrade"]:
        _create(
            Reifegrad, row, sources,
            edition=edition, code=row["code"], number=row["number"], letter=row["letter"], name=row["title"],
            rates_what=row["text"],
        )  # fmt: skip


def _create(model: type[Model], row: Row, sources: Mapping[str, Source], **values: object) -> Model:
    """Write one row with its provenance: the source it was read on, or the mark of an example."""
    source = sources[row["source"]] if row.get("source") else None
    instance = model(source=source, is_example=row.get("is_example", False), **values)
    instance.full_clean(validate_unique=False, validate_constraints=False)
    instance.save(force_insert=True)
    return instance


def _write_installed(chain: str, object_type: str, object_id: object) -> None:
    write_entry(
        chain=chain, act=INSTALL, object_type=object_type, object_id=object_id, by=system_actor(), is_example=False
    )
