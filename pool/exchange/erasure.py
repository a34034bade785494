"""Erasing a person from the whole portal, and blacking out a reason that lets somebody be recognised."""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from governance.mandates.erasure import Erased, erase_account
from governance.models import Entry, User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import ReasonedRow
from pool.decision.models import Sitting
from pool.decision.register import write_sitting_entry
from pool.lifecycle import FINAL_STEPS, Act, ProcedureError, Step
from pool.maturity.models import InnerComment, OpinionDraft
from pool.permissions import require
from pool.project.actions import record_act
from pool.project.models import Project, ProjectMandate
from pool.submission.models import SideText

Role = ProjectMandate.Role


@transaction.atomic
def erase_person(*, person: User, by: User) -> Erased:
    """Erase `person`: what was typed and never sent goes, then the account; acts stay under "ehemaliges Konto".

    Refuses with ValidationError while projects under way depend on the person, naming them, or a mandate runs; raises
    NotAllowed. Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    actor = actor_for(person)
    waiting = [str(project) for project in projects_depending_on(person)]
    if waiting:
        raise ValidationError(
            _("Übergeben oder beenden Sie zuerst, was noch auf die Person wartet: {projects}.").format(
                projects="; ".join(f"„{title}“" for title in waiting)
            )
        )
    OpinionDraft.objects.filter(person=actor).delete()
    SideText.objects.filter(by=actor).delete()
    return erase_account(person=person, by=by)


def projects_depending_on(person: User) -> QuerySet[Project]:
    """Return the projects under way that `person` alone submitted or leads today; drafts count too."""
    day = clock.today()
    held = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    today = ProjectMandate.objects.filter(held, person=actor_for(person))
    led = today.filter(role=Role.LEAD, project__step__in=[Step.COMMISSIONED, Step.RUNNING])
    submitted = today.filter(role=Role.SUBMITTER).exclude(
        project__step__in=[*FINAL_STEPS, Step.DECLINED, Step.REJECTED, Step.COMMISSIONED, Step.RUNNING]
    )
    keys = [*led.values_list("project", flat=True), *submitted.values_list("project", flat=True)]
    return Project.objects.filter(pk__in=keys).order_by("pool_number", "title")


@dataclass(frozen=True, slots=True)
class RecordedReason:
    """A reason that an entry of the record stands for; `address` names its row, such as "pool_transition:12"."""

    address: str
    act: str
    at: str
    beginning: str


def recorded_reasons(chain: str) -> list[RecordedReason]:
    """Return the reasons in one chain, such as "project:<id>", oldest first; blacked-out ones are left out."""
    found = []
    for entry in Entry.objects.filter(chain=chain).exclude(reason_table="").order_by("number"):
        row = _row(entry.reason_table, entry.reason_id)
        if row is not None and row.reason_removed_at is None:
            said = " ".join(getattr(row, name) for name in row.reason_fields).strip()
            at = f"{clock.day_of(entry.at):%d.%m.%Y}"
            found.append(RecordedReason(f"{entry.reason_table}:{entry.reason_id}", entry.act, at, said[:60]))
    return found


@transaction.atomic
def black_out_reason(*, address: str, by: User) -> ReasonedRow:
    """Empty the reason in one row for good; the record then reports "entfernt" and its chains still hold.

    `address` is a table and a row, such as "pool_transition:12". In order: locks project or sitting; the right; empties
    the row; writes one entry. Doing it twice changes nothing. Raises ProcedureError where no entry stands for such a
    row, NotAllowed. Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    table, _colon, key = address.partition(":")
    entry = Entry.objects.filter(reason_table=table, reason_id=key).order_by("number").first()
    row = _row(table, key) if entry else None
    if entry is None or row is None:
        raise ProcedureError(_("Zu „{address}“ steht keine Begründung im Protokoll.").format(address=address))
    if isinstance(row, InnerComment):
        raise ProcedureError(_("Interne Kommentare schwärzen Sie auf der Seite des Vorhabens."))
    kind, _colon, aggregate = entry.chain.partition(":")
    if kind == "sitting":
        sitting = Sitting.objects.select_for_update().get(pk=aggregate)
        authority = require(by, Act.BLACK_OUT_REASON)
        if _emptied(row):
            write_sitting_entry(sitting=sitting, act=Act.BLACK_OUT_REASON, authority=authority, reason_row=row)
        return row
    project = Project.objects.select_for_update().get(pk=aggregate)
    authority = require(by, Act.BLACK_OUT_REASON, project)
    if _emptied(row):
        record_act(project=project, act=Act.BLACK_OUT_REASON, authority=authority, reason_row=row)
    return row


def _row(table: str, key: str) -> ReasonedRow | None:
    for model in apps.get_models():
        if issubclass(model, ReasonedRow) and model._meta.db_table == table:
            try:
                return model._default_manager.filter(pk=key).first()
            except (ValueError, ValidationError):
                return None
    return None


def _emptied(row: ReasonedRow) -> bool:
    if row.reason_removed_at is not None:
        return False
    for name in row.reason_fields:
        setattr(row, name, "")
    row.reason_removed_at = clock.now()
    row.save(update_fields=[*row.reason_fields, "reason_removed_at"])
    return True
