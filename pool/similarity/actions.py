"""The only writers of the search's words, of synonyms, of differences and of requests to join."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance import permissions as frame_permissions
from governance.models import User
from governance.record import clock
from governance.record.actions import actor_for, system_actor, write_entry
from governance.record.models import Entry
from governance.record.text import clean_line, clean_text
from pool import notifications
from pool.lifecycle import Act, Incomplete, ProcedureError
from pool.notifications import after_commit
from pool.permissions import AUTHORS, TEAM, Authority, require
from pool.project.models import Project, ProjectMandate
from pool.similarity.models import (
    Difference,
    JoinRequest,
    SearchEntry,
    SearchTerm,
    SearchText,
    SynonymGroup,
)
from pool.similarity.queries import may_be_found
from pool.similarity.rules import term_of, weighted_terms

CHAIN_OF_SYNONYMS = "synonyms"


@transaction.atomic
def index_text(*, project: Project, number: int) -> None:
    """Let the search know the project's title and short text as they stand in text version `number`.

    Called by whoever fixes a text (handing in, correcting, taking over), so that a draft is never known. In order:
    writes terms that are new, takes the old words of the project away, writes the new ones.
    """
    SearchText.objects.update_or_create(project=project, defaults={"number": number})
    SearchEntry.objects.filter(project=project).delete()
    _write_words([project])


@transaction.atomic
def index_new_texts(*, projects: Sequence[Project]) -> None:
    """Let the search know many projects at once that it has never seen; each has one text version."""
    SearchText.objects.bulk_create([SearchText(project=project, number=1) for project in projects], batch_size=500)
    _write_words(projects)


def _write_words(projects: Sequence[Project]) -> None:
    weights = {project.pk: weighted_terms(project.title, project.short_text) for project in projects}
    words = sorted({text for each in weights.values() for text in each})
    new = [SearchTerm(text=text, backwards=text[::-1]) for text in words]
    SearchTerm.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    terms = dict(SearchTerm.objects.filter(text__in=words).values_list("text", "pk"))
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(project_id=project, term_id=terms[text], weight=weight)
            for project, each in weights.items()
            for text, weight in each.items()
        ],
        batch_size=500,
    )


@transaction.atomic
def explain_difference(*, project: Project, other: Project, reason: str, by: User) -> Difference:
    """Say why one's own idea is another one than `other`; replaces what was said before, which is kept.

    In order: asks the right to write the idea, refuses what the person cannot have been shown, writes the row and one
    entry. Raises NotAllowed, ProcedureError, Incomplete.
    """
    authority = require(by, Act.EXPLAIN_DIFFERENCE, project)
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("ein Satz")], _("Schreiben Sie, worin sich Ihre Idee unterscheidet."))
    if other.pk == project.pk or not may_be_found(other):
        raise ProcedureError(_("Dieses Vorhaben steht hier nicht zum Vergleich."))
    Project.objects.select_for_update().get(pk=project.pk)
    Difference.objects.filter(project=project, other=other, is_current=True).update(is_current=False)
    row = Difference(project=project, other=other, reason=reason, by=authority.actor, at=clock.now())
    row.full_clean(exclude=["project", "other", "by"])
    row.save()
    _record(project, Act.EXPLAIN_DIFFERENCE, authority, row)
    return row


@transaction.atomic
def ask_to_join(*, project: Project, reason: str, by: User) -> JoinRequest:
    """Ask to work on a project; the same question asked twice stays one.

    In order: asks the right, refuses where nobody could answer and who works on it already, writes the row and one
    entry, tells the submitter. Raises NotAllowed, ProcedureError, Incomplete.
    """
    authority = require(by, Act.ASK_TO_JOIN, project)
    reason = clean_text(reason)
    if not reason:
        raise Incomplete([_("ein Satz")], _("Schreiben Sie in einem Satz, was Sie beitragen möchten."))
    if by.is_demo != project.is_example:
        raise ProcedureError(_("Beispiele und echte Vorhaben bleiben getrennt."))
    people = ProjectMandate.objects.filter(project=project, valid_until=None)
    if not people.filter(role=ProjectMandate.Role.SUBMITTER).exists():
        raise ProcedureError(_("Bei diesem Vorhaben kann niemand zusagen. Fragen Sie die federführende Stelle."))
    if people.filter(person=authority.actor, role__in=AUTHORS | TEAM).exists():
        raise ProcedureError(_("Sie wirken an diesem Vorhaben schon mit."))
    row = JoinRequest(project=project, person=authority.actor, reason=reason, at=clock.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return JoinRequest.objects.get(project=project, person=authority.actor, answer=JoinRequest.Answer.OPEN)
    _record(project, Act.ASK_TO_JOIN, authority, row)
    after_commit(notifications.asked_to_join, project=project, by=authority.actor, request=row.pk)
    return row


@transaction.atomic
def answer_join_request(*, request: JoinRequest, accept: bool, by: User) -> JoinRequest:
    """Accept or decline a request to join: the submitter. Who is accepted writes along from today.

    In order: locks the request, asks the right, refuses a second answer, writes the answer, the mandate of a co-author
    where accepted, one entry, tells whoever asked. Raises NotAllowed, ProcedureError.
    """
    fresh = JoinRequest.objects.select_for_update().select_related("project").get(pk=request.pk)
    authority = require(by, Act.ANSWER_JOIN_REQUEST, fresh.project)
    if fresh.answer != JoinRequest.Answer.OPEN:
        raise ProcedureError(_("Diese Bitte ist schon beantwortet."))
    fresh.answer = JoinRequest.Answer.ACCEPTED if accept else JoinRequest.Answer.DECLINED
    fresh.answered_by, fresh.answered_at = authority.actor, clock.now()
    fresh.save(update_fields=["answer", "answered_by", "answered_at"])
    if accept:
        ProjectMandate.objects.get_or_create(
            project=fresh.project,
            person=fresh.person,
            role=ProjectMandate.Role.CO_AUTHOR,
            valid_until=None,
            defaults={
                "valid_from": clock.today(),
                "source": _("Hat um Mitwirkung gebeten; die einreichende Person hat zugesagt"),
                "granted_by": authority.actor,
            },
        )
    _record(fresh.project, Act.ANSWER_JOIN_REQUEST, authority, fresh, to_state=fresh.answer)
    after_commit(
        notifications.join_answered,
        project=fresh.project,
        by=authority.actor,
        person=fresh.person_id,
        is_accepted=accept,
        request=fresh.pk,
    )
    return fresh


@transaction.atomic
def keep_synonyms(*, words: str, by: User, group: SynonymGroup | None = None) -> SynonymGroup:
    """Write a group of synonyms, a new one or `group` anew: the CDO. Writes one entry.

    Raises NotAllowed, and ValidationError for fewer than two different words or a group that is there already.
    """
    principal = frame_permissions.require(by, frame_permissions.Act.EDIT_SYNONYMS)
    listed = dict.fromkeys(word for word in (clean_line(each) for each in words.split(",")) if word)
    if len({term_of(word) for word in listed} - {""}) < 2:
        raise ValidationError({"words": _("Nennen Sie mindestens zwei Wörter, durch Komma getrennt.")})
    row = group or SynonymGroup()
    row.words = ", ".join(listed)
    row.full_clean()
    row.save()
    _record_synonyms(row, by, principal, "kept")
    return row


@transaction.atomic
def install_synonyms(*, groups: Iterable[str], by: None = None) -> int:
    """Install the first list of synonyms, once: where the CDO has ever kept or dropped any, hers stands. Return how
    many are new. Writes one entry.
    """
    if SynonymGroup.objects.exists() or Entry.objects.filter(chain=CHAIN_OF_SYNONYMS).exists():
        return 0
    rows = SynonymGroup.objects.bulk_create([SynonymGroup(words=words) for words in groups])
    write_entry(
        chain=CHAIN_OF_SYNONYMS,
        act="install",
        object_type="synonym_group",
        object_id=len(rows),
        by=system_actor(),
        is_example=False,
        to_state="kept",
    )
    return len(rows)


@transaction.atomic
def drop_synonyms(*, group: SynonymGroup, by: User) -> None:
    """Take a group of synonyms off the list: the CDO. Writes one entry. Raises NotAllowed."""
    principal = frame_permissions.require(by, frame_permissions.Act.EDIT_SYNONYMS)
    _record_synonyms(group, by, principal, "dropped")
    group.delete()


def _record_synonyms(group: SynonymGroup, by: User, principal: object, to_state: str) -> None:
    write_entry(
        chain=CHAIN_OF_SYNONYMS,
        act=frame_permissions.Act.EDIT_SYNONYMS,
        object_type="synonym_group",
        object_id=group.pk,
        by=actor_for(by),
        in_place_of=principal,  # type: ignore[arg-type]
        is_example=by.is_demo,
        to_state=to_state,
    )


def _record(
    project: Project, act: Act, authority: Authority, row: Difference | JoinRequest, *, to_state: str = ""
) -> None:
    """Write the entry into a chain of its own: the project's holds as many entries as its version counts acts."""
    write_entry(
        chain=f"similar:{project.pk}",
        act=act,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=project.is_example,
        to_state=to_state,
        reason_row=row if row.reason else None,
    )
