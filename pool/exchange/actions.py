"""The imports: existing projects from public sources, and lists of ideas that were gathered elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.models import SDG, Edition, Handlungsbedarf, Handlungsfeld, OrganisationUnit, Source, Stadtteil, User
from governance.record import clock
from governance.record.actions import write_entry
from governance.record.text import clean_line
from governance.strategy.queries import edition_in_force
from pool.decision.models import Sitting
from pool.exchange.idea_rows import CheckedRows, refuse_problems
from pool.exchange.meeting_pack import pack_of
from pool.exchange.meeting_pack_changes import contents_of, digest_of
from pool.exchange.meeting_pack_queries import last_pack, whole_sitting
from pool.exchange.models import IdeaList, ListedIdea, MeetingPack
from pool.lifecycle import Act, Step
from pool.permissions import require
from pool.project.actions import take_over
from pool.project.models import NeedLink, OutsidePartner, Place, Precision, Project, ProjectSource, UnitLink
from pool.project.rules import Reach
from pool.publication.actions import import_release
from pool.submission.actions import take_in


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
            plain_text=row["plain_text"],
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
        self.stadtteile = Stadtteil.objects.in_bulk(field_name="slug")


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
        places=places_of(row, lookups.stadtteile),
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


def places_of(row: Mapping[str, Any], stadtteile: Mapping[str, Stadtteil]) -> list[Place]:
    """Return what a row of a data file says about where its project works: "stadtweit", slugs, or nothing."""
    said = row.get("reach", [])
    return [Reach.CITYWIDE] if said == str(Reach.CITYWIDE.label) else [stadtteile[slug] for slug in said]


# --- Lists of ideas -----------------------------------------------------------------------------------------------


def import_ideas(*, checked: CheckedRows, sha256: str, file_name: str, source: str, by: User) -> IdeaList:
    """Write every new idea of a checked list, all or none, and return the list; the same list again changes nothing.

    In order: asks the right, returns a list that was read in before, refuses problems, writes the list, its ideas and
    rows, one entry for the list beside those of the ideas. Two people at once: the second gets the first one's list.
    Raises NotAllowed, ValidationError. Source: Verfahrensordnung des Portals, „Schritte und Züge“.
    """
    require(by, Act.IMPORT_IDEAS)
    known = IdeaList.objects.filter(sha256=sha256, is_example=by.is_demo)
    found = known.first()
    if found is not None:
        return found
    refuse_problems(checked)
    try:
        return _import_ideas(checked, sha256, file_name, source, by)
    except IntegrityError:
        found = known.first()
        if found is None:
            raise ValidationError(_("Jemand hat gerade dieselben Ideen eingelesen. Laden Sie die Liste neu.")) from None
        return found


@transaction.atomic
def _import_ideas(checked: CheckedRows, sha256: str, file_name: str, source: str, by: User) -> IdeaList:
    authority = require(by, Act.IMPORT_IDEAS)
    idea_list = IdeaList(
        sha256=sha256,
        file_name=file_name,
        source=clean_line(source),
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
        is_example=by.is_demo,
    )
    idea_list.full_clean(validate_unique=False, validate_constraints=False)
    idea_list.save(force_insert=True)
    for row in checked.new:
        project = take_in(
            by=by,
            authority=authority,
            source=idea_list.source,
            person=row.person,
            units=row.units,
            handlungsbedarfe=row.needs,
            partners=row.partners,
            reach=row.reach,
            **row.values,
        )
        ListedIdea.objects.create(
            idea_list=idea_list, project=project, key=row.key, row_number=row.number, is_example=by.is_demo
        )
    write_entry(
        chain=f"idea_list:{idea_list.pk}",
        act=Act.IMPORT_IDEAS,
        object_type="idea_list",
        object_id=idea_list.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=by.is_demo,
        to_state=str(len(checked.new)),
    )
    return idea_list


# --- Meeting packs ------------------------------------------------------------------------------------------------


@transaction.atomic
def make_pack(*, sitting: Sitting, by: User) -> tuple[MeetingPack, bool]:
    """Keep the state in which the pack of a sitting (after closing, its minutes) is handed out.

    In order: locks the sitting, the right, builds the pack, adds a row with its digests, counts the sitting's version
    up and writes one entry into its chain. A pack that says what the last one said is the last one: returns it and
    False, writes nothing. Nothing else of the sitting changes. Raises NotAllowed. Source: Verfahrensordnung des
    Portals, „Sitzungen“.
    """
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    authority = require(by, Act.MAKE_PACK)
    fresh = whole_sitting(sitting.pk)
    contents = contents_of(pack_of(fresh))
    last = last_pack(fresh)
    if last is not None and last.digest == digest_of(contents):
        return last, False
    made = MeetingPack(
        sitting=fresh,
        is_minutes=not fresh.is_open,
        contents=contents,
        digest=digest_of(contents),
        made_by=authority.actor,
        in_place_of=authority.in_place_of,
        made_at=clock.now(),
    )
    made.full_clean()
    made.save(force_insert=True)
    # The version counts the acts of the chain: `verify_record` finds by it an entry that is gone from the end.
    fresh.version += 1
    fresh.save(update_fields=["version"])
    write_entry(
        chain=f"sitting:{fresh.pk}",
        act=Act.MAKE_PACK,
        object_type="meeting_pack",
        object_id=made.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=fresh.is_example,
        to_state="minutes" if made.is_minutes else "agenda",
    )
    return made, True
