"""What goes out about many ideas at once: to whom, in roles, and in exactly the words that leave."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.record import clock
from pool.gate.models import GateAnswer
from pool.gate.rules import NO
from pool.lifecycle import Act
from pool.notifications import words_of_admitting, words_of_not_admitting, words_of_returning
from pool.permissions import AUTHORS
from pool.project.models import Project, ProjectMandate

Outgoing = tuple[Project, Act, str, date | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """One idea's letter: the roles that get it, subject and text of the message, the reason that stands at the idea."""

    project: Project
    recipients: str
    subject: str
    text: str
    reason: str


def letters_for(outgoing: Sequence[Outgoing]) -> list[Letter]:
    """Return the letters in the order given; one query for all."""
    people = _authors_by_project(project.pk for project, *_rest in outgoing)
    return [
        Letter(project, _roles(people[project.pk]), *words_of(act, remind_on), reason)
        for project, act, reason, remind_on in outgoing
    ]


def words_of(act: Act, remind_on: date | None) -> tuple[str, str]:
    """Return subject and text of the message, as it will be sent."""
    if act == Act.RETURN and remind_on is not None:
        return words_of_returning(remind_on)
    if act == Act.ADMIT:
        subject, text = words_of_admitting()
        return subject + _(" (mit der Poolnummer)"), text
    return words_of_not_admitting()


def _authors_by_project(projects: Iterable[UUID]) -> dict[UUID, Counter[str]]:
    today, found = clock.today(), {key: Counter[str]() for key in projects}
    held = Q(valid_from__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    rows = ProjectMandate.objects.filter(held, project__in=list(found), role__in=AUTHORS)
    for project, role in rows.order_by("pk").values_list("project", "role"):
        found[project][role] += 1
    return found


def _roles(people: Counter[str]) -> str:
    """Say in roles who gets a letter; nobody's name."""
    submitters, others = people[ProjectMandate.Role.SUBMITTER], people[ProjectMandate.Role.CO_AUTHOR]
    parts = []
    if submitters:
        parts.append(ngettext("die einreichende Person", "{count} einreichende Personen", submitters))
    if others:
        parts.append(ngettext("eine Person, die mitschreibt", "{count} Personen, die mitschreiben", others))
    numbers = [submitters] * bool(submitters) + [others] * bool(others)
    said = [part.format(count=number) for part, number in zip(parts, numbers, strict=True)]
    return _(" und ").join(said) or _("niemanden: Für diese Idee ist keine Person mehr eingetragen")


def noes_of(projects: Iterable[Project]) -> dict[UUID, str]:
    """Return the noes of the open gate rounds with their reasons, as a first text for the reason; one query."""
    rows = GateAnswer.objects.filter(
        round__project__in=[project.pk for project in projects],
        round__closed_at__isnull=True,
        is_current=True,
        answer=NO,
    )
    said: dict[UUID, list[str]] = {}
    for row in rows.select_related("round").order_by("pk"):
        line = f"{row.get_grundkriterium_display()}: {row.reason}"
        said.setdefault(row.round.project_id, []).append(line)
    return {key: "\n".join(lines) for key, lines in said.items()}
