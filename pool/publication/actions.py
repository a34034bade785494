"""The only writers of public texts, consents, releases and public addresses.

Source of all rules here: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import Actor, Edition, OrganisationUnit, Source, User
from governance.organisation.queries import unit_tree
from governance.organisation.rules import office_of
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
from pool.publication.models import Consent, Picture, PublicMilestone, PublicText, Release
from pool.publication.pictures import MEDIA_TYPE, EncodedPicture
from pool.publication.rules import (
    missing_for_consent,
    missing_for_release,
    missing_for_text,
    search_terms,
    search_text,
    slug_for,
)


@transaction.atomic
def write_public_text(
    *,
    project: Project,
    title: str,
    short_text: str,
    by: User,
    why: str = "",
    learnt: str = "",
    picture: EncodedPicture | Picture | None = None,
    picture_alt: str = "",
    version: int | None = None,
) -> PublicText:
    """Write the next version of a project's public text and return it; what is public stays as it is until released.

    In order: locks the project; refuses a stale click (StaleVersion); asks for the right to release (NotAllowed);
    names what is missing (Incomplete); keeps the picture; writes the version and one entry.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    text = _write_text(fresh, authority.actor, title, short_text, why, learnt, picture, picture_alt)
    _record(fresh, authority, "public_text", text.pk, "text_written")
    project.refresh_from_db()
    return text


@transaction.atomic
def record_consent(
    *,
    text: PublicText,
    unit: OrganisationUnit,
    given_by: str,
    given_on: date,
    by: User,
    version: int | None = None,
) -> Consent:
    """Record that the lead unit agreed to this text version, who said so and when.

    In order: locks the project; refuses a stale click; asks the right; refuses another unit than the lead unit or its
    office, a second consent and what `missing_for_consent` names; writes the consent and one entry.
    """
    fresh, authority = begin(project=text.project, act=Act.RECORD_CONSENT, by=by, version=version)
    if not _speaks_for_lead_unit(unit, fresh, given_on):
        raise ProcedureError(_("Zustimmen kann nur die federführende Stelle oder das Amt, zu dem sie gehört."))
    if Consent.objects.filter(text=text).exists():
        raise ProcedureError(_("Die Zustimmung zu dieser Fassung ist schon festgehalten."))
    given_by = clean_line(given_by)
    missing = missing_for_consent(
        given_by=given_by, given_on=given_on, written_on=timezone.localdate(text.at), today=clock.today()
    )
    if missing:
        raise Incomplete(missing)
    consent = Consent(
        text=text,
        unit=unit,
        given_by=given_by,
        given_on=given_on,
        recorded_by=authority.actor,
        recorded_at=clock.now(),
    )
    consent.full_clean()
    consent.save()
    record_act(project=fresh, act=Act.RECORD_CONSENT, authority=authority, object_type="consent", object_id=consent.pk)
    text.project.refresh_from_db()
    return consent


@transaction.atomic
def release(
    *,
    text: PublicText,
    by: User,
    source: Source | None = None,
    source_read_on: date | None = None,
    version: int | None = None,
) -> Release:
    """Make a text version public and return the release; the version released before it is no longer shown.

    In order: locks the project; refuses a stale click; asks the right, nobody releases their own; refuses what is
    public already and what `missing_for_release` names; gives the public address at the first release; writes the
    release and one entry. Stands on the consent to this version, or for a project taken over on `source` (one of the
    project's) and the day it was read.
    """
    fresh, authority = begin(project=text.project, act=Act.RELEASE, by=by, version=version)
    written = _release(fresh, text, authority, source, source_read_on)
    after_commit(notifications.released, project=fresh, by=authority.actor)
    text.project.refresh_from_db()
    return written


@transaction.atomic
def take_back(*, project: Project, reason: str, by: User, version: int | None = None) -> Release:
    """Take a project out of the public pages, with a reason; its address stays its own and is not given again.

    In order: locks the project; refuses a stale click; asks the right; demands a release and a reason; marks the
    release as taken back; writes one entry that stands for the reason.
    """
    fresh, authority = begin(project=project, act=Act.RELEASE, by=by, version=version)
    released = Release.objects.filter(project=fresh, is_current=True).first()
    if released is None:
        raise ProcedureError(_("Das Projekt ist nicht veröffentlicht."))
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum Sie die Veröffentlichung zurücknehmen."))
    released.reason = reason
    released.is_current = False
    released.taken_back_by, released.taken_back_at = authority.actor, clock.now()
    released.save(update_fields=["reason", "is_current", "taken_back_by", "taken_back_at"])
    record_act(
        project=fresh,
        act=Act.RELEASE,
        authority=authority,
        reason_row=released,
        object_type="release",
        object_id=released.pk,
        to_state="taken_back",
    )
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
    text = _write_text(fresh, authority.actor, title, short_text, why, learnt, None, "")
    _record(fresh, authority, "public_text", text.pk, "text_written")
    released = _release(fresh, text, authority, source, source_read_on)
    project.refresh_from_db()
    return released


def _write_text(
    project: Project,
    actor: Actor,
    title: str,
    short_text: str,
    why: str,
    learnt: str,
    picture: EncodedPicture | Picture | None,
    picture_alt: str,
) -> PublicText:
    title, short_text, picture_alt = clean_line(title), clean_line(short_text), clean_line(picture_alt)
    why, learnt = clean_text(why), clean_text(learnt)
    missing = missing_for_text(
        title=title, short_text=short_text, has_picture=picture is not None, picture_alt=picture_alt
    )
    if missing:
        raise Incomplete(missing)
    last = PublicText.objects.filter(project=project).aggregate(number=Max("number"))["number"] or 0
    text = PublicText(
        project=project,
        number=last + 1,
        title=title,
        short_text=short_text,
        why=why,
        learnt=learnt,
        picture=_kept(picture),
        picture_alt=picture_alt if picture is not None else "",
        search_text=search_text(title, short_text, why, learnt),
        search_terms=search_terms(title, short_text, why, learnt),
        by=actor,
        at=clock.now(),
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
    project: Project, text: PublicText, authority: Authority, source: Source | None, read_on: date | None
) -> Release:
    if text.project_id != project.pk:
        raise ProcedureError(_("Diese Fassung gehört zu einem anderen Projekt."))
    current = Release.objects.filter(project=project, is_current=True).first()
    if current is not None and current.text_id == text.pk:
        raise ProcedureError(_("Diese Fassung ist schon veröffentlicht."))
    consent = Consent.objects.filter(text=text).first()
    missing = missing_for_release(
        is_taken_over=project.is_taken_over,
        has_consent=consent is not None,
        has_source=source is not None,
        read_on=read_on,
        today=clock.today(),
    )
    if missing:
        raise Incomplete(missing)
    if consent is None and not project.source_links.filter(source=source).exists():
        raise ValidationError({"source": _("Nehmen Sie eine der Quellen, die bei diesem Projekt stehen.")})
    if current is not None:
        current.is_current = False
        current.save(update_fields=["is_current"])
    _give_address(project, text.title)
    released = Release.objects.create(
        project=project,
        text=text,
        consent=consent,
        source=None if consent else source,
        source_read_on=None if consent else read_on,
        released_by=authority.actor,
        released_in_place_of=authority.in_place_of,
        released_at=clock.now(),
    )
    _record(project, authority, "release", released.pk, "released")
    return released


def _give_address(project: Project, title: str) -> None:
    """Give the project its public address if it has none yet; whoever had one keeps it, also after taking back."""
    if project.slug:
        return
    Edition.objects.select_for_update().get(pk=project.edition_id)  # one address is given at a time
    taken = set(Project.objects.exclude(slug="").values_list("slug", flat=True))
    project.slug = slug_for(title, taken)
    project.save(update_fields=["slug"])


def _speaks_for_lead_unit(unit: OrganisationUnit, project: Project, day: date) -> bool:
    tree = unit_tree()
    lead_office = office_of(project.lead_unit_id, tree, day)
    return unit.pk in {project.lead_unit_id, lead_office}


def _record(project: Project, authority: Authority, object_type: str, object_id: int, to_state: str) -> None:
    record_act(
        project=project,
        act=Act.RELEASE,
        authority=authority,
        object_type=object_type,
        object_id=object_id,
        to_state=to_state,
    )
