"""The only writers of calls for ideas."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.mandates.models import Mandate
from governance.mandates.rules import Role
from governance.messages import actions as messages
from governance.messages.models import MailPreference
from governance.messages.rules import Way
from governance.models import Handlungsbedarf, User
from governance.record import clock
from governance.record.actions import write_entry
from governance.record.text import clean_line, clean_text
from pool.calls.models import Call, CallIdea, CallNeed
from pool.calls.queries import open_on
from pool.calls.rules import CallState, missing_for_call, problem_with_days, state_of_call
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.message_kinds import Kind
from pool.permissions import Authority, require
from pool.project.models import Project


@transaction.atomic
def issue_call(
    *,
    title: str,
    text: str,
    needs: Iterable[Handlungsbedarf],
    first_day: date,
    last_day: date,
    by: User,
    form_token: UUID | None = None,
) -> Call:
    """Call for ideas that serve `needs`, from a day to a day; the same form sent twice stays one call.

    In order: asks the right, refuses what lacks something and days that cannot be, writes the call, its needs and one
    entry, tells those who have asked to be told. Raises NotAllowed, Incomplete, ProcedureError.
    """
    authority = require(by, Act.ISSUE_CALL)
    title, text, named = clean_line(title), clean_text(text), list(needs)
    missing = missing_for_call(title=title, text=text, needs=len(named))
    if missing:
        raise Incomplete(missing)
    problem = problem_with_days(first_day=first_day, last_day=last_day, today=clock.today())
    if problem:
        raise ProcedureError(problem)
    call = Call(
        title=title,
        reason=text,
        first_day=first_day,
        last_day=last_day,
        issued_by=authority.actor,
        issued_in_place_of=authority.in_place_of,
        issued_at=clock.now(),
        form_token=form_token,
        is_example=authority.actor.is_example,
    )
    call.full_clean(exclude=["issued_by", "issued_in_place_of", "form_token"])
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        known = Call.objects.filter(form_token=form_token, issued_by=authority.actor).first()
        if known is None:
            raise
        return known
    CallNeed.objects.bulk_create([CallNeed(call=call, handlungsbedarf=need) for need in named])
    _record(call, Act.ISSUE_CALL, authority)
    _tell_after_commit(call, authority)
    return call


@transaction.atomic
def end_call(*, call: Call, by: User) -> Call:
    """End a call before its last day; what was begun in answer to it goes on.

    In order: locks the call, asks the right, refuses what is over, writes the end and one entry. Raises NotAllowed,
    ProcedureError.
    """
    fresh = Call.objects.select_for_update().get(pk=call.pk)
    authority = require(by, Act.END_CALL)
    if fresh.is_example != by.is_demo:
        raise ProcedureError(_("Beispiele und echte Aufrufe bleiben getrennt."))
    state = state_of_call(
        first_day=fresh.first_day, last_day=fresh.last_day, is_ended=fresh.ended_at is not None, today=clock.today()
    )
    if state in (CallState.OVER, CallState.ENDED):
        raise ProcedureError(_("Dieser Aufruf ist schon zu Ende."))
    fresh.ended_by, fresh.ended_in_place_of, fresh.ended_at = authority.actor, authority.in_place_of, clock.now()
    fresh.save(update_fields=["ended_by", "ended_in_place_of", "ended_at"])
    _record(fresh, Act.END_CALL, authority, from_state=state)
    return fresh


def note_answer(*, project: Project, call: Call | None) -> None:
    """Note that an idea is begun in answer to a call, as one of its links; the act that begins it writes the entry.

    A call that is over meanwhile, or of the other world, is left out without a word: the idea counts all the same.
    """
    if call is None:
        return
    if Call.objects.filter(open_on(clock.today()), pk=call.pk, is_example=project.is_example).exists():
        CallIdea.objects.get_or_create(project=project, defaults={"call": call})


def _record(call: Call, act: Act, authority: Authority, *, from_state: str = "") -> None:
    call.version += 1
    call.save(update_fields=["version"])
    write_entry(
        chain=f"{Call.chain_prefix}:{call.pk}",
        act=act,
        object_type="call",
        object_id=call.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=call.is_example,
        from_state=from_state,
        to_state=CallState.ENDED if act == Act.END_CALL else CallState.OPEN,
        reason_row=call,
    )


def _tell_after_commit(call: Call, authority: Authority) -> None:
    """Tell those employed today who have asked to hear of calls; nobody else gets a message or a mail."""
    key, actor, title, is_example = call.pk, authority.actor.pk, call.title, call.is_example

    def happened(at: datetime, with_mails: bool) -> None:
        messages.tell(
            people=[person for person in _listeners(is_example=is_example) if person != actor],
            kind=Kind.CALL_ISSUED,
            subject=_("Die CDO sucht Ideen"),
            text=_("Ein Aufruf nennt Handlungsbedarfe, denen noch zu wenig dient."),
            about=title,
            address=reverse("submission:mine"),
            at=at,
            key=f"{Kind.CALL_ISSUED}:{key}",
            with_mails=with_mails,
        )

    messages.after_commit(happened)


def _listeners(*, is_example: bool) -> list[UUID]:
    asked = MailPreference.objects.filter(kind=Kind.CALL_ISSUED, person__is_example=is_example).exclude(way=Way.OFF)
    employed = Mandate.objects.valid_on(clock.today()).filter(role=Role.EMPLOYEE)
    return list(asked.filter(person__in=employed.values("person")).order_by("pk").values_list("person_id", flat=True))
