"""The import: existing projects from public sources, taken over with everything their source says."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from governance.models import SDG, Edition, Handlungsbedarf, Handlungsfeld, OrganisationUnit, Source
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.lifecycle import Step
from pool.project.actions import take_over
from pool.project.models import NeedLink, OutsidePartner, Precision, Project, ProjectSource, UnitLink
from pool.publication.actions import import_release


@transaction.atomic
def import_projects(*, rows: Iterable[Mapping[str, Any]], read_on: date, by: None = None) -> int:
    """Take over and release every project of `rows` that is not there yet; return how many are new.

    The natural key decides what is there. Per project in order: takes it over into the step its source puts it in,
    links it, and releases its text on its first source. What was inferred is marked as an example at the fact.
    Source: Verfahrensordnung des Portals, „Übernahme“ und „Veröffentlichung“.
    """
    known = dict(Project.objects.filter(natural_key__isnull=False).values_list("natural_key", "pk"))
    lookups = _Lookups(edition_in_force(clock.today()))
    count = 0
    for row in rows:
        if row["code"] in known:
            continue
        project = _take_over(row, lookups, read_on, known.get(row.get("succeeded_by", "")))
        known[row["code"]] = project.pk
        import_release(
            project=project,
            title=row["title"],
            short_text=row["short_text"],
            why=row.get("why", ""),
            learnt=row.get("learnt", ""),
            source=lookups.sources[row["sources"][0]],
            source_read_on=read_on,
        )
        count += 1
    return count


class _Lookups:
    """What the rows name by key, read once."""

    def __init__(self, edition: Edition | None) -> None:
        self.fields = {field.code: field for field in Handlungsfeld.objects.filter(edition=edition)}
        self.needs = {need.code: need for need in Handlungsbedarf.objects.filter(handlungsfeld__edition=edition)}
        self.units = OrganisationUnit.objects.in_bulk(field_name="code")
        self.sources = Source.objects.in_bulk(field_name="key")
        self.sdgs = SDG.objects.in_bulk(field_name="number")


def _take_over(row: Mapping[str, Any], lookups: _Lookups, read_on: date, succeeded_by: object) -> Project:
    first, *further = [lookups.sources[key] for key in row["sources"]]
    project = take_over(
        by=None,
        natural_key=row["code"],
        title=row["title"],
        short_text=row["short_text"],
        lead_unit=lookups.units[row["lead"]],
        lead_unit_is_example=row.get("lead_unit_is_example", False),
        lead_handlungsfeld=lookups.fields[row["field"]],
        handlungsfeld_is_example=row.get("handlungsfeld_is_example", False),
        step=Step(row["step"]),
        standing_is_example=row.get("standing_is_example", False),
        source=first,
        source_read_on=read_on,
        on_day=row.get("since"),
        precision=Precision(row["since_precision"]),
        in_operation=row.get("in_operation", False),
        succeeded_by_id=succeeded_by,
        sdgs_are_example=True,
    )
    ProjectSource.objects.bulk_create(
        ProjectSource(project=project, source=source, read_on=read_on) for source in further
    )
    _link(project, row, lookups)
    return project


def _link(project: Project, row: Mapping[str, Any], lookups: _Lookups) -> None:
    NeedLink.objects.bulk_create(
        NeedLink(project=project, handlungsbedarf=lookups.needs[code], is_example=True) for code in row["needs"]
    )
    units: Sequence[str] = row.get("units", ())
    UnitLink.objects.bulk_create(UnitLink(project=project, unit=lookups.units[code]) for code in units)
    OutsidePartner.objects.bulk_create(OutsidePartner(project=project, name=name) for name in row.get("partners", ()))
    project.sdgs.set(lookups.sdgs[number] for number in row["sdgs"])
