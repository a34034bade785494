"""Which files hang on an idea, and which of them may be downloaded."""

from dataclasses import dataclass
from uuid import UUID

from governance.mandates.queries import standing_of
from governance.models import User
from pool.attachments.models import Attachment
from pool.attachments.rules import LARGEST_SUM
from pool.permissions import AUTHORS
from pool.project.models import Project, ProjectMandate


@dataclass(frozen=True, slots=True)
class Hanging:
    """The files of an idea: those that count, and those that were taken away."""

    current: list[Attachment]
    removed: list[Attachment]

    @property
    def size(self) -> int:
        """How large those that count are together."""
        return sum(each.size for each in self.current)

    @property
    def left(self) -> int:
        """How much may still be added."""
        return max(LARGEST_SUM - self.size, 0)


def attachments_of(project: Project) -> Hanging:
    """Return the attachments of a project in the order they were added; one query."""
    rows = list(Attachment.objects.filter(project=project).select_related("removal"))
    gone = {row.pk for row in rows if hasattr(row, "removal")}
    return Hanging([row for row in rows if row.pk not in gone], [row for row in rows if row.pk in gone])


def downloadable(user: User, project: Project, attachment_id: UUID) -> Attachment | None:
    """Return an attachment of a project that `user` may see, if she may download it, else None.

    What counts is read like the idea's text. What was taken away is read by the authors and the CDO, as long as its
    file is kept. Source: Verfahrensordnung des Portals, „Wer was liest“.
    """
    found = Attachment.objects.filter(project=project, pk=attachment_id).select_related("removal").first()
    if found is None or not hasattr(found, "removal"):
        return found
    return found if found.removal.is_file_kept and reads_removed(user, project) else None


def reads_removed(user: User, project: Project) -> bool:
    """Tell whether `user` reads what was taken away: the authors and the CDO."""
    standing = standing_of(user)
    mine = ProjectMandate.objects.filter(project=project, person=standing.actor_id, role__in=AUTHORS)
    return standing.is_cdo or mine.exists()
