"""The only writers of Rückmeldungen: taking in, looking through, answering, taking up as an idea.

What the public sends writes no entry of the record, because nobody acts by a mandate; everything the office does with
it writes one, in the chain of the Rückmeldung.
"""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.messages.actions import after_commit, tell
from governance.models import Handlungsfeld, OrganisationUnit, User
from governance.record import clock
from governance.record.actions import write_entry
from governance.record.text import clean_line, clean_text
from pool.audience import desk
from pool.lifecycle import Act, ProcedureError
from pool.message_kinds import Kind
from pool.participation.following import queue_answer, queue_refusal
from pool.participation.models import Feedback, FeedbackContact
from pool.participation.rules import TOLD_WHY, FeedbackState, Refusal
from pool.permissions import Authority, require
from pool.project.models import Project
from pool.submission.actions import take_in

Subject = Project | Handlungsfeld


def receive_feedback(
    *,
    subject: Subject,
    kind: str,
    text: str,
    token: UUID,
    name: str = "",
    mail: str = "",
    wants_answer: bool = False,
    is_example: bool = False,
) -> Feedback:
    """Take in what somebody without an account sent; the same form sent twice gives the one row it made.

    It waits until the office has looked through it; on an example it is an example too. Raises ValidationError for an
    empty or too long text.
    """
    known = Feedback.objects.filter(form_token=token).first()
    if known is not None:
        return known
    feedback = Feedback(
        form_token=token,
        kind=kind,
        channel=Project.Channel.FORM,
        text=clean_text(text),
        received_on=clock.today(),
        created_at=clock.now(),
        is_example=is_example or (isinstance(subject, Project) and subject.is_example),
    )
    try:
        return _write(feedback, subject, name=name, mail=mail, wants_answer=wants_answer)
    except IntegrityError:  # sent twice at the same moment
        return Feedback.objects.get(form_token=token)


@transaction.atomic
def enter_feedback(
    *,
    subject: Subject,
    kind: str,
    channel: str,
    text: str,
    received_on: date,
    by: User,
    name: str = "",
    mail: str = "",
    wants_answer: bool = False,
) -> Feedback:
    """Enter what came by letter, by telephone or at an event; it is treated like what was sent through the form.

    In order: asks the right, writes the row and who sent it, writes one entry. Raises NotAllowed, ValidationError.
    """
    authority = require(by, Act.ANSWER_PUBLIC)
    if received_on > clock.today():
        raise ValidationError({"received_on": _("Der Tag liegt in der Zukunft.")})
    feedback = Feedback(
        kind=kind,
        channel=channel,
        text=clean_text(text),
        received_on=received_on,
        created_at=clock.now(),
        entered_by=authority.actor,
        is_example=authority.actor.is_example,
    )
    _write(feedback, subject, name=name, mail=mail, wants_answer=wants_answer)
    _record(feedback, authority, from_state="", to_state=feedback.state)
    return feedback


@transaction.atomic
def _write(feedback: Feedback, subject: Subject, *, name: str, mail: str, wants_answer: bool) -> Feedback:
    if not feedback.text:
        raise ValidationError({"text": _("Schreiben Sie, worum es Ihnen geht.")})
    if isinstance(subject, Project):
        feedback.project = subject
    else:
        feedback.handlungsfeld = subject
    feedback.full_clean(validate_unique=False, validate_constraints=False)
    feedback.save(force_insert=True)
    name, mail = clean_line(name), clean_line(mail)
    if feedback.entered_by_id is None:
        _tell_the_desk(feedback)
    if name or mail:
        contact = FeedbackContact(feedback=feedback, name=name, mail=mail, wants_answer=wants_answer and bool(mail))
        contact.full_clean(exclude=["feedback"], validate_unique=False)
        contact.save(force_insert=True)
    return feedback


@transaction.atomic
def show_feedback(*, feedback: Feedback, public_text: str, by: User) -> Feedback:
    """Let a Rückmeldung through in the words that the public will read; also again, with other words.

    Raises NotAllowed, ValidationError for empty words.
    """
    fresh, authority = _begin(feedback, by)
    before, fresh.state = fresh.state, FeedbackState.SHOWN
    fresh.public_text, fresh.refusal = clean_text(public_text), ""
    if not fresh.public_text:
        raise ValidationError({"public_text": _("Schreiben Sie, was die Öffentlichkeit lesen soll.")})
    return _moderated(fresh, authority, before)


@transaction.atomic
def refuse_feedback(*, feedback: Feedback, refusal: str, by: User) -> Feedback:
    """Keep a Rückmeldung from the public, for one of the known reasons; what was shown is taken away again.

    In order: asks the right, writes the reason and one entry, and queues the mail that says why for whoever asked for
    an answer (TOLD_WHY), once. Raises NotAllowed, and ProcedureError where an answer already stands in public.
    """
    fresh, authority = _begin(feedback, by)
    if fresh.answer:
        raise ProcedureError(_("Die Rückmeldung ist schon öffentlich beantwortet."))
    before, fresh.state = fresh.state, FeedbackState.REFUSED
    fresh.public_text, fresh.refusal = "", Refusal(refusal)
    _moderated(fresh, authority, before)
    contact = FeedbackContact.objects.filter(feedback=fresh, wants_answer=True).first()
    if contact is not None and fresh.refusal in TOLD_WHY:
        queue_refusal(contact=contact, feedback=fresh)
    return fresh


@transaction.atomic
def answer_feedback(*, feedback: Feedback, answer: str, answered_as: OrganisationUnit, by: User) -> Feedback:
    """Answer a shown Rückmeldung in the name of an office; also again, with other words.

    In order: asks the right, writes the answer and one entry, and queues the mail for whoever asked for it, once.
    Raises NotAllowed, ValidationError, and ProcedureError while the Rückmeldung is not shown.
    """
    fresh, authority = _begin(feedback, by)
    if fresh.state != FeedbackState.SHOWN:
        raise ProcedureError(_("Beantwortet wird öffentlich. Zeigen Sie die Rückmeldung zuerst."))
    is_first = not fresh.answer
    fresh.answer = clean_text(answer)
    if not fresh.answer:
        raise ValidationError({"answer": _("Schreiben Sie die Antwort.")})
    fresh.answered_as, fresh.answered_by = answered_as, authority.actor
    fresh.answered_at = fresh.answered_at or clock.now()
    fresh.save()
    _record(fresh, authority, from_state=fresh.state, to_state="answered")
    contact = FeedbackContact.objects.filter(feedback=fresh, wants_answer=True).first()
    if is_first and contact is not None:
        queue_answer(contact=contact, feedback=fresh)
    return fresh


@transaction.atomic
def take_up(*, feedback: Feedback, title: str, short_text: str, person: User, by: User) -> Project:
    """Take up a Rückmeldung as the draft of an idea that `person` goes on writing; origin and way are kept.

    It is part of looking through and so open to the whole office: a draft moves and judges nothing
    (docs/decisions/0082-taking-part.md).

    In order: asks the right, takes the idea in (its own history and entry), ties it to the Rückmeldung, writes one
    entry. Raises NotAllowed, ValidationError, and ProcedureError where it is an idea already.
    """
    fresh, authority = _begin(feedback, by)
    if fresh.idea_id is not None:
        raise ProcedureError(_("Aus dieser Rückmeldung ist schon eine Idee geworden."))
    project = take_in(
        by=by,
        authority=authority,
        source=_("Rückmeldung vom {day}").format(day=f"{fresh.received_on:%d.%m.%Y}"),
        person=person,
        title=clean_line(title),
        short_text=clean_line(short_text),
        problem=fresh.public_text or fresh.text,
        origin=Project.Origin.RESIDENT,
        channel=fresh.channel,
        lead_handlungsfeld=fresh.handlungsfeld or (fresh.project.lead_handlungsfeld if fresh.project else None),
    )
    fresh.idea = project
    fresh.save(update_fields=["idea"])
    _record(fresh, authority, from_state=fresh.state, to_state="taken_up")
    return project


def _tell_the_desk(feedback: Feedback) -> None:
    """Tell the desk once that a Rückmeldung waits; the message holds nothing of it, and hinders nobody."""
    key = f"feedback:{feedback.pk}"
    address = reverse("admin:pool_feedback_change", args=[feedback.pk])
    subject = _("Eine Rückmeldung wartet auf Durchsicht")
    people = desk()

    def tell_about(moment: datetime, with_mails: bool) -> None:
        tell(
            people=people,
            kind=Kind.FEEDBACK_WAITING,
            subject=subject,
            address=address,
            at=moment,
            key=key,
            with_mails=with_mails,
        )

    after_commit(tell_about)


def _begin(feedback: Feedback, by: User) -> tuple[Feedback, Authority]:
    fresh = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    return fresh, require(by, Act.ANSWER_PUBLIC)


def _moderated(feedback: Feedback, authority: Authority, before: str) -> Feedback:
    feedback.moderated_by, feedback.moderated_at = authority.actor, clock.now()
    feedback.full_clean(validate_unique=False)
    feedback.save()
    _record(feedback, authority, from_state=before, to_state=feedback.refusal or feedback.state)
    return feedback


def _record(feedback: Feedback, authority: Authority, *, from_state: str, to_state: str) -> None:
    write_entry(
        chain=f"feedback:{feedback.pk}",
        act=Act.ANSWER_PUBLIC,
        object_type="feedback",
        object_id=feedback.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=feedback.is_example or authority.actor.is_example,
        from_state=from_state,
        to_state=to_state,
    )
