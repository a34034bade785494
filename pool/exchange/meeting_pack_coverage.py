"""What the strategy asks for and what serves it, as a part of the meeting pack: the gaps of the page „Abdeckung“."""

from django.utils.translation import gettext as _

from pool.exchange.meeting_pack_values import Section
from pool.priority.rules import COUNTING_STATES
from pool.project.models import Project
from pool.steering.coverage import coverage_of
from pool.steering.pictures import case_sentence
from pool.steering.queries import rows_of
from pool.steering.rules import CARRIED_STEPS, PLANNED_STEPS, SERVING_STEPS, Cover
from pool.steering.tables import balance_sentence

GAPS = (Cover.NONE, Cover.IDEAS, Cover.SINGLE)


def coverage_section(*, include_examples: bool) -> Section:
    """Return the coverage in sentences and its gaps as rows; a real sitting leaves examples out. Three queries."""
    projects = Project.objects.filter(step__in=SERVING_STEPS)
    if not include_examples:
        projects = projects.filter(is_example=False)
    found = coverage_of(rows_of(projects, COUNTING_STATES))
    neglected = [topic.name for topic in (*found.topics, *found.sdgs) if topic.tally.total == 0]
    sentences = [case_sentence(found.needs), balance_sentence(found.balance)]
    if neglected:
        sentences.append(_("Ohne Vorhaben sind: {names}.").format(names=", ".join(neglected)))
    return Section(
        title=_("Abdeckung"),
        sentences=tuple(sentences),
        heads=(_("Lücke"), _("Handlungsfeld"), _("Handlungsbedarf"), _("im Pool"), _("beschlossen")),
        rows=tuple(
            (
                str(cover.label),
                need.field_name,
                need.title,
                need.tally.of(*PLANNED_STEPS),
                need.tally.of(*CARRIED_STEPS),
            )
            for cover in GAPS
            for need in found.needs.covered(cover)
        ),
    )
