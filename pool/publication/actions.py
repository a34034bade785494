"""The only writers of public texts, releases and public addresses.

Source of all rules here: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import Actor, Edition, Source, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import import_actor
from governance.record.text import clean_line, clean_text
from pool import notifications
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import Authority
from pool.project.actions import begin, record_act
from pool.project.models import Project
from pool.publication.consents import void_request
from pool.publication.models import Consent, Picture, PublicMilestone, PublicText, Release
from pool.publication.pictures import MEDIA_TYPE, EncodedPicture
from pool.publication.queries import next_slug
from pool.publication.release_rules import (
    Change,
    PictureLicence,
    missing_for_change,
    missing_for_picture,
    problem_with_day,
)
from pool.publication.rules import missing_for_release, missing_for_text, search_terms, search_text

# What of a text stands on one line.
LINES = frozenset({"title", "short_text"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a release of a project that was taken over stands on in place of a consent."""

    source: Source | None
    read_on: date | None


@dataclass(frozen=True, slots=True)
class ChangeOf:
    """What a release changes on a page that is public already, and the correction that everybody reads."""

    kind: str
    note: str


NO_CHANGE = ChangeOf("", "")


def change_of(change: str, note: str) -> ChangeOf:
    """Return what was said about the change; only a correction carries a note."""
    return ChangeOf(change, clean_line(note) if change == Change.NOTED else "")


@transaction.atomic
def write_public_text(
    *,
    project: Project,
    title: str,
    short_text: str,
    by: User,
    why: str = "",
    learnt: str = "",
    plain_text: str = "",
    picture: EncodedPicture | Picture | None = None,
    picture_alt: str = "",
    picture_author: str = "",
    picture_licence: str = "",
    picture_permission: str = "",
    version: int | None = None,
) -> PublicText:
    """Write the next version of a project's public text and return it; what is public stays as it is until released.

    In order: locks the project; refuses a stale click (StaleVersion); asks for the right to release (NotAllowed);
    names what is missing (Incomplete); keeps the picture; writes the version and one entry; a request for consent to
    the version before is void, and who was asked is told.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    words = {"title": title, "short_text": short_text, "why": why, "learnt": learnt, "plain_text": plain_text}
    shown = {
        "picture_alt": picture_alt,
        "picture_author": picture_author,
        "picture_licence": picture_licence,
        "picture_permission": picture_permission,
    }
    text = _write_text(fresh, authority.actor, words, picture, shown)
    _record(fresh, authority, "public_text", text.pk, "text_written")
    void_request(project=fresh, authority=authority)
    project.refresh_from_db()
    return text


@transaction.atomic
def release(
    *,
    text: PublicText,
    by: User,
    source: Source | None = None,
    source_read_on: date | None = None,
    on_day: date | None = None,
    change: str = "",
    note: str = "",
    version: int | None = None,
) -> Release:
    """Make a text version public, today or on a later day, and return the release.

    In order: locks the project; refuses a stale click; asks the right, nobody releases their own; refuses what is
    public already, a second plan, a day in the past, and what `missing_for_release` and `missing_for_change` name;
    gives the public address at the first release; writes the release and one entry. Stands on the consent to this
    version, or for a project taken over on `source` (one of the project's) and the day it was read. Where something
    is public already, `change` says what changes, and `note` is the correction that everybody reads. On a later day it
    becomes public with its first moment, and nobody has to do anything; only a release of today tells people at once.
    """
    fresh, authority = begin(project=text.project, act=Act.RELEASE, by=by, version=version)
    ground = Ground(source, source_read_on)
    written = _release(fresh, text, authority, ground, change_of(change, note), _checked_day(on_day))
    if not written.is_planned:
        after_commit(notifications.released, project=fresh, by=authority.actor)
    text.project.refresh_from_db()
    return written


@transaction.atomic
def change_day(*, project: Project, on_day: date, by: User, version: int | None = None) -> Release:
    """Put a planned release on another day, or let it be public at once (today), and return the new row.

    In order: locks the project; refuses a stale click; asks the right; demands a plan; takes the row back and writes
    the same release anew, so that every day that was planned stays readable with who and when; two entries.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    planned = _planned_or_refuse(fresh)
    _end(planned, authority)
    _record(fresh, authority, "release", planned.pk, "called_off")
    written = _release(
        fresh,
        planned.text,
        authority,
        Ground(planned.source, planned.source_read_on),
        change_of(planned.change, planned.note),
        _checked_day(on_day),
    )
    if not written.is_planned:
        after_commit(notifications.released, project=fresh, by=authority.actor)
    project.refresh_from_db()
    return written


@transaction.atomic
def call_off(*, project: Project, by: User, version: int | None = None) -> Release:
    """Call a planned release off before its day; what is public stays as it is.

    In order: locks the project; refuses a stale click; asks the right; demands a plan; marks its row; one entry.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    planned = _planned_or_refuse(fresh)
    _end(planned, authority)
    _record(fresh, authority, "release", planned.pk, "called_off")
    project.refresh_from_db()
    return planned


@transaction.atomic
def take_back(*, project: Project, reason: str, by: User, version: int | None = None) -> Release:
    """Take a project out of the public pages, with a reason; its address stays its own and is not given again.

    In order: locks the project; refuses a stale click; asks the right; demands a release, public or planned, and a
    reason; marks the release as taken back, and calls a planned one off with it; writes one entry that stands for the
    reason, and one for the plan.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    current, planned = settled(fresh)
    released = current or planned
    if released is None:
        raise ProcedureError(_("Das Projekt ist nicht veröffentlicht."))
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum Sie die Veröffentlichung zurücknehmen."))
    _end(released, authority, reason)
    record_act(
        project=fresh,
        act=Act.RELEASE,
        authority=authority,
        reason_row=released,
        object_type="release",
        object_id=released.pk,
        to_state="taken_back",
    )
    if planned is not None and planned is not released:
        _end(planned, authority)
        _record(fresh, authority, "release", planned.pk, "called_off")
    if current is not None:
        after_commit(notifications.taken_back, project=fresh, by=authority.actor)
    project.refresh_from_db()
    return released


@transaction.atomic
def import_release(
    *,
    project: Project,
    title: str,
    short_text: str,
    source: Source,
    source_read_on: date,
    plain_text: str = "",
    why: str = "",
    learnt: str = "",
    by: None = None,
) -> Release:
    """Write and release the text of a project that the import took over, on its public source; no account acts.

    For loading public sources only: refuses (NotAllowed) any project that an account created. Otherwise as
    `write_public_text` and `release`.
    """
    fresh = Project.objects.select_for_update().select_related("created_by").get(pk=project.pk)
    if not fresh.is_taken_over or fresh.created_by.kind != Actor.Kind.IMPORT:
        raise NotAllowed(_("Ohne Konto wird nur veröffentlicht, was aus öffentlichen Quellen übernommen wurde."))
    authority = Authority(actor=import_actor())
    words = {"title": title, "short_text": short_text, "why": why, "learnt": learnt, "plain_text": plain_text}
    text = _write_text(fresh, authority.actor, words, None, {})
    _record(fresh, authority, "public_text", text.pk, "text_written")
    released = _release(fresh, text, authority, Ground(source, source_read_on), NO_CHANGE, None)
    project.refresh_from_db()
    return released


def _write_text(
    project: Project,
    actor: Actor,
    words: Mapping[str, str],
    picture: EncodedPicture | Picture | None,
    shown: Mapping[str, str],
) -> PublicText:
    """Write the next version: its words by field, its picture, and what stands beside the picture by field."""
    cleaned = {name: clean_line(said) if name in LINES else clean_text(said) for name, said in words.items()}
    beside = {name: clean_line(said) if picture is not None else "" for name, said in shown.items()}
    if beside.get("picture_licence") != PictureLicence.PERMISSION:
        beside["picture_permission"] = ""
    missing = missing_for_text(
        title=cleaned["title"],
        short_text=cleaned["short_text"],
        has_picture=picture is not None,
        picture_alt=beside.get("picture_alt", ""),
    )
    if picture is not None:
        missing += missing_for_picture(
            author=beside["picture_author"],
            licence=beside["picture_licence"],
            permission=beside["picture_permission"],
        )
    if missing:
        raise Incomplete(missing)
    last = PublicText.objects.filter(project=project).aggregate(number=Max("number"))["number"] or 0
    text = PublicText(
        project=project,
        number=last + 1,
        picture=_kept(picture),
        search_text=search_text(*cleaned.values()),
        search_terms=search_terms(*cleaned.values()),
        by=actor,
        at=clock.now(),
        **cleaned,
        **beside,
    )
    text.full_clean()
    text.save(force_insert=True)
    _freeze_milestones(project, text)
    return text


def _freeze_milestones(project: Project, text: PublicText) -> None:
    """Keep the titles of the project's public milestones with this version; not of those given up before anybody
    outside could know them.
    """
    told = Release.objects.filter(text__milestones__milestone=OuterRef("pk"))
    rows = project.milestones.filter(Q(given_up_on=None) | Q(Exists(told)), is_public=True).order_by("pk")
    titles = [PublicMilestone(text=text, milestone=row, title=row.title) for row in rows]
    PublicMilestone.objects.bulk_create(titles)


def _kept(picture: EncodedPicture | Picture | None) -> Picture | None:
    """Return the stored picture; the same picture is stored once."""
    if not isinstance(picture, EncodedPicture):
        return picture
    values = {
        "content": picture.content,
        "media_type": MEDIA_TYPE,
        "width": picture.width,
        "height": picture.height,
    }
    return Picture.objects.get_or_create(sha256=picture.sha256, defaults=values)[0]


def _release(
    project: Project, text: PublicText, authority: Authority, ground: Ground, change: ChangeOf, day: date | None
) -> Release:
    if text.project_id != project.pk:
        raise ProcedureError(_("Diese Fassung gehört zu einem anderen Projekt."))
    current, planned = settled(project)
    if planned is not None:
        raise ProcedureError(
            _(
                "Für den {day} ist schon eine Veröffentlichung geplant. Ändern Sie den Tag, oder sagen Sie sie ab."
            ).format(day=f"{clock.day_of(planned.released_at):%d.%m.%Y}")
        )
    if current is not None and current.text_id == text.pk:
        raise ProcedureError(_("Diese Fassung ist schon veröffentlicht."))
    consent = Consent.objects.filter(text=text).first()
    missing = missing_for_release(
        plain_text=text.plain_text,
        is_taken_over=project.is_taken_over,
        has_consent=consent is not None,
        has_source=ground.source is not None,
        read_on=ground.read_on,
        today=clock.today(),
    )
    if text.picture_id is not None:
        missing += missing_for_picture(
            author=text.picture_author, licence=text.picture_licence, permission=text.picture_permission
        )
    missing += missing_for_change(replaces=current is not None, change=change.kind, note=change.note)
    if missing:
        raise Incomplete(missing)
    if consent is None and not project.source_links.filter(source=ground.source).exists():
        raise ValidationError({"source": _("Nehmen Sie eine der Quellen, die bei diesem Projekt stehen.")})
    now = clock.now()
    if current is not None and day is None:
        current.is_current = False
        current.save(update_fields=["is_current"])
    _give_address(project, text.title)
    released = Release.objects.create(
        project=project,
        text=text,
        consent=consent,
        source=None if consent else ground.source,
        source_read_on=None if consent else ground.read_on,
        released_by=authority.actor,
        released_in_place_of=authority.in_place_of,
        released_at=now if day is None else beginning_of(day),
        planned_at=None if day is None else now,
        is_planned=day is not None,
        is_current=day is None,
        change=change.kind if current is not None else "",
        note=change.note if current is not None else "",
    )
    _record(project, authority, "release", released.pk, "released" if day is None else "planned")
    return released


def settled(project: Project) -> tuple[Release | None, Release | None]:
    """Return what is public of a locked project and what is planned; a plan whose day has come is what is public.

    Sorts the two marks of such a plan; what the public reads does not depend on it.
    """
    rows = list(project.releases.filter(Q(is_current=True) | Q(is_planned=True)).select_related("text", "source"))
    current = next((row for row in rows if row.is_current), None)
    planned = next((row for row in rows if row.is_planned), None)
    if planned is None or planned.released_at > clock.now():
        return current, planned
    if current is not None:
        current.is_current = False
        current.save(update_fields=["is_current"])
    planned.is_planned, planned.is_current = False, True
    planned.save(update_fields=["is_planned", "is_current"])
    return planned, None


def beginning_of(day: date) -> datetime:
    """Return the first moment of a day in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def _checked_day(day: date | None) -> date | None:
    """Return the later day that a release is planned for, None for today; refuses days that cannot be planned."""
    if day is None or day == clock.today():
        return None
    problem = problem_with_day(day, today=clock.today())
    if problem:
        raise ValidationError({"on_day": problem})
    return day


def _planned_or_refuse(project: Project) -> Release:
    planned = settled(project)[1]
    if planned is None:
        raise ProcedureError(_("Es ist keine Veröffentlichung geplant; vielleicht ist ihr Tag schon da."))
    return planned


def _end(row: Release, authority: Authority, reason: str = "") -> None:
    row.reason = reason
    row.is_current = row.is_planned = False
    row.taken_back_by, row.taken_back_at = authority.actor, clock.now()
    row.save(update_fields=["reason", "is_current", "is_planned", "taken_back_by", "taken_back_at"])


def _give_address(project: Project, title: str) -> None:
    """Give the project its public address if it has none yet; whoever had one keeps it, also after taking back."""
    if project.slug:
        return
    Edition.objects.select_for_update().get(pk=project.edition_id)  # one address is given at a time
    project.slug = next_slug(title)
    project.save(update_fields=["slug"])


def _record(project: Project, authority: Authority, object_type: str, object_id: int, to_state: str) -> None:
    record_act(
        project=project,
        act=Act.RELEASE,
        authority=authority,
        object_type=object_type,
        object_id=object_id,
        to_state=to_state,
    )
