"""The only writers of consents and of requests for them.

Source of all rules here: Verfahrensordnung des Portals, „Veröffentlichung“.
"""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import OrganisationUnit, User
from governance.record import clock
from governance.record.text import clean_line, clean_text
from pool import release_notifications as news
from pool.barred import lead_units
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import Authority
from pool.project.actions import begin, record_act
from pool.project.models import Project
from pool.publication.models import Consent, ConsentRequest, PublicText
from pool.publication.rules import missing_for_consent

State = ConsentRequest.State


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
    office, a second consent and what `missing_for_consent` names; writes the consent and one entry; a request that
    waits in the portal is withdrawn.
    """
    fresh, authority = begin(project=text.project, act=Act.RECORD_CONSENT, by=by, version=version)
    _refuse_others(fresh, unit, given_on)
    _refuse_second(text)
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
    open_request = _open_request(fresh)
    if open_request is not None:  # it came on paper meanwhile: nothing is to be answered any more
        _end(fresh, open_request, State.WITHDRAWN, authority, Act.RECORD_CONSENT)
        after_commit(news.consent_ended, project=fresh, by=authority.actor, request=open_request.pk, is_void=False)
    text.project.refresh_from_db()
    return consent


@transaction.atomic
def ask_consent(
    *, text: PublicText, unit: OrganisationUnit, token: UUID, by: User, version: int | None = None
) -> ConsentRequest:
    """Ask the lead unit in the portal to agree to a text version; the same form sent twice asks once.

    In order: locks the project; returns the request that the same form made; refuses a stale click; asks the right;
    refuses another version than the last, another unit than the lead unit or its office, a second consent and a second
    open request; writes the row and one entry; tells after commit who speaks for the unit.
    """
    # A second click waits here, and then finds what the first one made.
    Project.objects.select_for_update().get(pk=text.project_id)
    made = ConsentRequest.objects.filter(token=token, text=text).first()
    if made is not None:
        return made
    fresh, authority = begin(project=text.project, act=Act.ASK_CONSENT, by=by, version=version)
    _refuse_others(fresh, unit, clock.today())
    _refuse_second(text)
    if fresh.public_texts.filter(number__gt=text.number).exists():
        raise ProcedureError(_("Es gibt eine neuere Fassung. Bitten Sie um Zustimmung zu ihr."))
    if not text.plain_text:
        raise Incomplete([_("der Text in einfacher Sprache")])
    if _open_request(fresh) is not None:
        raise ProcedureError(_("Um Zustimmung ist schon gebeten; die Antwort steht noch aus."))
    request = ConsentRequest(
        project=fresh,
        text=text,
        unit=unit,
        token=token,
        asked_by=authority.actor,
        asked_in_place_of=authority.in_place_of,
        asked_at=clock.now(),
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise ProcedureError(_("Um Zustimmung ist schon gebeten; die Antwort steht noch aus.")) from error
    _record(fresh, request, authority, Act.ASK_CONSENT, to_state=State.OPEN)
    after_commit(news.consent_asked, project=fresh, by=authority.actor, request=request.pk)
    text.project.refresh_from_db()
    return request


@transaction.atomic
def withdraw_request(*, request: ConsentRequest, by: User, version: int | None = None) -> ConsentRequest:
    """Withdraw a request that is not answered yet.

    In order: locks the project; refuses a stale click; asks the right; refuses what has ended; marks the row; one
    entry; tells after commit who was asked.
    """
    fresh, authority = begin(project=request.project, act=Act.ASK_CONSENT, by=by, version=version)
    waiting = _still_open(request)
    _end(fresh, waiting, State.WITHDRAWN, authority, Act.ASK_CONSENT)
    after_commit(news.consent_ended, project=fresh, by=authority.actor, request=waiting.pk, is_void=False)
    request.project.refresh_from_db()
    return waiting


@transaction.atomic
def give_consent(*, request: ConsentRequest, by: User, version: int | None = None) -> Consent:
    """Agree for the lead unit to the version that was asked about, and return the consent.

    In order: locks the project; refuses a stale click; asks the right (the mandate „Zustimmung der Stelle“, a deputy
    on days of absence); refuses a request that has ended; writes the consent, which points to the actor; ends the
    request; one entry; tells the desk after commit. What the person is to the project does not matter: agreeing is no
    judgement, and releasing stays with others.
    """
    fresh, authority = begin(project=request.project, act=Act.GIVE_CONSENT, by=by, version=version)
    waiting = _still_open(request)
    _refuse_others(fresh, waiting.unit, clock.today())
    _refuse_second(waiting.text)
    consent = Consent(
        text=waiting.text,
        unit=waiting.unit,
        giver=authority.actor,
        given_in_place_of=authority.in_place_of,
        given_on=clock.today(),
        recorded_by=authority.actor,
        recorded_at=clock.now(),
    )
    consent.full_clean()
    consent.save(force_insert=True)
    _end(fresh, waiting, State.AGREED, authority, Act.GIVE_CONSENT)
    values = {"request": waiting.pk, "asked_by": waiting.asked_by_id}
    after_commit(news.consent_given, project=fresh, by=authority.actor, **values)
    request.project.refresh_from_db()
    return consent


@transaction.atomic
def refuse_consent(*, request: ConsentRequest, reason: str, by: User, version: int | None = None) -> ConsentRequest:
    """Refuse for the lead unit, with a reason that goes back to the desk.

    In order and with errors as in `give_consent`; demands a reason, which the entry stands for.
    """
    fresh, authority = begin(project=request.project, act=Act.GIVE_CONSENT, by=by, version=version)
    waiting = _still_open(request)
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("eine Begründung")], _("Begründen Sie, warum die Stelle nicht zustimmt."))
    waiting.reason = reason
    _end(fresh, waiting, State.REFUSED, authority, Act.GIVE_CONSENT)
    values = {"request": waiting.pk, "asked_by": waiting.asked_by_id}
    after_commit(news.consent_refused, project=fresh, by=authority.actor, **values)
    request.project.refresh_from_db()
    return waiting


def void_request(*, project: Project, authority: Authority) -> None:
    """End the open request of a locked project, because there is a newer version; one entry, and who was asked is told.

    Called by the act that writes the version.
    """
    waiting = _open_request(project)
    if waiting is not None:
        _end(project, waiting, State.VOID, authority, Act.ASK_CONSENT)
        after_commit(news.consent_ended, project=project, by=authority.actor, request=waiting.pk, is_void=True)


def _open_request(project: Project) -> ConsentRequest | None:
    return ConsentRequest.objects.filter(project=project, state=State.OPEN).first()


def _still_open(request: ConsentRequest) -> ConsentRequest:
    """Return the request as it stands under the project's lock; refuses one that has ended, and says how."""
    fresh = ConsentRequest.objects.select_related("text", "unit").get(pk=request.pk)
    said = {
        State.AGREED: _("Die Stelle hat schon zugestimmt."),
        State.REFUSED: _("Die Stelle hat schon abgelehnt."),
        State.WITHDRAWN: _("Die Bitte um Zustimmung ist zurückgezogen."),
        State.VOID: _("Es gibt eine neue Fassung; diese Bitte um Zustimmung ist hinfällig."),
    }
    if fresh.state != State.OPEN:
        raise ProcedureError(said[State(fresh.state)])
    return fresh


def _end(project: Project, request: ConsentRequest, state: State, authority: Authority, act: Act) -> None:
    request.state = state
    request.ended_by, request.ended_in_place_of, request.ended_at = authority.actor, authority.in_place_of, clock.now()
    request.save(update_fields=["state", "reason", "ended_by", "ended_in_place_of", "ended_at"])
    _record(project, request, authority, act, from_state=State.OPEN, to_state=state)


def _record(
    project: Project,
    request: ConsentRequest,
    authority: Authority,
    act: Act,
    *,
    from_state: str = "",
    to_state: str = "",
) -> None:
    record_act(
        project=project,
        act=act,
        authority=authority,
        reason_row=request if request.reason else None,
        object_type="consentrequest",
        object_id=request.pk,
        from_state=from_state,
        to_state=to_state,
    )


def _refuse_others(project: Project, unit: OrganisationUnit, day: date) -> None:
    if unit.pk not in lead_units(project, day):
        raise ProcedureError(_("Zustimmen kann nur die federführende Stelle oder das Amt, zu dem sie gehört."))


def _refuse_second(text: PublicText) -> None:
    if Consent.objects.filter(text=text).exists():
        raise ProcedureError(_("Die Zustimmung zu dieser Fassung ist schon festgehalten."))
