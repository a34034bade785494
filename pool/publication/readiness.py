"""How ready the last version of a project's public text is, read out of the rows."""

from django.db.models import Exists, OuterRef, Q

from governance.record import clock
from pool.project.models import Project
from pool.publication.models import ConsentRequest, PublicMilestone, PublicText
from pool.publication.release_rules import Point, TextFacts, readiness


def points_of(project: Project, text: PublicText | None, request: ConsentRequest | None) -> list[Point]:
    """Return the list for the last version; `request` is the last one that asked for consent to it."""
    if text is None:
        return readiness(TextFacts())
    consent = getattr(text, "consent", None)
    is_open = request is not None and request.state == ConsentRequest.State.OPEN
    facts = TextFacts(
        has_text=True,
        why=text.why,
        plain_text=text.plain_text,
        has_picture=text.picture_id is not None,
        picture_alt=text.picture_alt,
        picture_author=text.picture_author,
        picture_licence=text.picture_licence,
        picture_permission=text.picture_permission,
        is_taken_over=project.is_taken_over,
        has_source=project.is_taken_over and project.source_links.exists(),  # type: ignore[attr-defined]
        has_consent=consent is not None,
        consent_by=f"{consent.unit}, {consent.given_on:%d.%m.%Y}" if consent else "",
        waits_for=str(request.unit) if is_open and request else "",
        waits_since=clock.day_of(request.asked_at) if is_open and request else None,
        refused=request is not None and request.state == ConsentRequest.State.REFUSED,
        milestones=text.milestones.count(),  # type: ignore[attr-defined]
        newer_milestones=_newer_milestones(project, text),
    )
    return readiness(facts)


def _newer_milestones(project: Project, text: PublicText) -> int:
    """Count the public milestones that a new version would add, or would call otherwise."""
    named = PublicMilestone.objects.filter(text=text, milestone=OuterRef("pk"))
    rows = project.milestones.filter(is_public=True, given_up_on=None)  # type: ignore[attr-defined]
    rows = rows.filter(Q(reached_on=None) | Exists(named))
    return int(rows.exclude(Exists(named.filter(title=OuterRef("title")))).count())
