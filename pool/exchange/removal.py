"""Removing the examples whole, so that a portal that was shown can become the real one."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.models import Entry, Mail, Message
from pool.attachments.actions import delete_files_after_commit
from pool.attachments.models import Attachment
from pool.calls.models import Call
from pool.decision.models import (
    Attendance,
    ConditionMet,
    FrozenForm,
    Invitation,
    ItemCorrection,
    MarkDecision,
    Recommendation,
    Recusal,
    Sitting,
    SittingItem,
)
from pool.exchange.models import IdeaList
from pool.lifecycle import ProcedureError
from pool.participation.models import Beteiligungsformat, Feedback, PageNote, PageOpinion, WayToTakePart
from pool.priority.models import Place
from pool.project.models import Project
from pool.publication.models import Consent, Picture, PublicText, Release
from pool.stand_ins.models import StandIn


class StillReferred(ProcedureError):
    """Something real refers to an example; `found` names each in words."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        super().__init__("Nichts wurde entfernt. Auf Beispiele beziehen sich noch: " + "; ".join(found) + ".")


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed."""

    projects: int
    sittings: int
    entries: int


@transaction.atomic
def remove_examples(*, by: None = None) -> Removed:
    """Remove every example project and example sitting with all that belongs to them, their entries included.

    In order: refuses, naming them, while real rows refer to examples (StillReferred); frozen forms, items and
    sittings; what stands on projects; the projects; what example accounts were told; the chains of both. Rule versions,
    accounts, mandates and everything real stay as they are. Source: Verfahrensordnung des Portals, „Protokoll“.
    """
    projects = Project.objects.filter(is_example=True)
    sittings = Sitting.objects.filter(is_example=True)
    found = real_references()
    if found:
        raise StillReferred(found)
    chains = [f"project:{pk}" for pk in projects.values_list("pk", flat=True)]
    beside = ("opinions", "questions", "attachments", "similar")
    chains += [f"{name}:{pk}" for name in beside for pk in projects.values_list("pk", flat=True)]
    chains += [f"sitting:{pk}" for pk in sittings.values_list("pk", flat=True)]
    lists = IdeaList.objects.filter(is_example=True)
    chains += [f"idea_list:{pk}" for pk in lists.values_list("pk", flat=True)]
    calls = Call.objects.filter(is_example=True)
    chains += [f"call:{pk}" for pk in calls.values_list("pk", flat=True)]
    counts = projects.count(), sittings.count()
    _remove_sittings(sittings)
    chains += _remove_participation()
    _remove_projects(projects)
    Message.objects.filter(person__is_example=True).delete()
    Mail.objects.filter(person__is_example=True).delete()
    lists.delete()
    calls.delete()
    entries = Entry.objects.filter(chain__in=chains, is_example=True).delete()[0]
    return Removed(*counts, entries)


def real_references() -> list[str]:
    """Return in words what is real and refers to an example project or sitting."""
    found = [
        f"das Projekt „{project}“ (Nachfolge, Zusammenführung oder neuer Anlauf)"
        for project in Project.objects.filter(is_example=False)
        .filter(Q(succeeded_by__is_example=True) | Q(merged_into__is_example=True) | Q(grown_from__is_example=True))
        .order_by("title", "pk")
    ]
    items = SittingItem.objects.filter(sitting__is_example=False).filter(
        Q(project__is_example=True) | Q(supersedes__sitting__is_example=True)
    )
    found += [
        f"Punkt {item.number} der Sitzung „{item.sitting}“"
        for item in items.select_related("sitting__body").order_by("sitting", "number")
    ]
    return found


def _remove_sittings(sittings: QuerySet[Sitting]) -> None:
    FrozenForm.objects.filter(sitting__in=sittings).delete()
    items = SittingItem.objects.filter(sitting__in=sittings)
    MarkDecision.objects.filter(item__in=items).delete()
    Recusal.objects.filter(item__in=items).delete()
    Recommendation.objects.filter(item__in=items).delete()
    ConditionMet.objects.filter(item__in=items).delete()
    Attendance.objects.filter(sitting__in=sittings).delete()
    Invitation.objects.filter(sitting__in=sittings).delete()
    ItemCorrection.objects.filter(item__in=items).delete()
    # A Beschluss that replaces another goes before the one it replaces.
    while items.exists():
        items.filter(superseded_by__isnull=True).delete()
    StandIn.objects.filter(sitting__in=sittings).delete()
    sittings.delete()


def _remove_participation() -> list[str]:
    """Remove the examples of taking part; return their chains."""
    examples: list[tuple[str, QuerySet]] = [
        ("feedback", Feedback.objects.filter(Q(is_example=True) | Q(project__is_example=True))),
        ("format", Beteiligungsformat.objects.filter(is_example=True)),
        ("way", WayToTakePart.objects.filter(changed_by__is_example=True)),
    ]
    chains = [f"{kind}:{pk}" for kind, rows in examples for pk in rows.values_list("pk", flat=True)]
    for _kind, rows in examples:
        rows.delete()
    PageOpinion.objects.filter(is_example=True).delete()
    PageNote.objects.filter(is_example=True).delete()
    return chains


def _remove_projects(projects: QuerySet[Project]) -> None:
    texts = PublicText.objects.filter(project__in=projects)
    pictures = list(texts.exclude(picture=None).values_list("picture_id", flat=True))
    Release.objects.filter(project__in=projects).delete()
    Consent.objects.filter(text__in=texts).delete()
    texts.delete()
    Picture.objects.filter(pk__in=pictures, texts__isnull=True).delete()
    Place.objects.filter(project__in=projects).delete()
    delete_files_after_commit(list(Attachment.objects.filter(project__in=projects)))
    # A project goes before the one it merged into, was succeeded by or grew from.
    while projects.exists():
        projects.filter(merged_projects__isnull=True, predecessors__isnull=True, successors__isnull=True).delete()
