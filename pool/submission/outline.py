"""The form's sections with the state of each in words, for the list beside the form."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.project.models import Project
from pool.submission.forms import IdeaForms
from pool.submission.queries import SheetSection, sheet
from pool.submission.rules import SECTIONS, Text

LINKED = {
    "strategie": ("handlungsbedarfe",),
    "mitwirkung": (),
    "querschnitt": ("sdgs",),
}


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One section beside the form."""

    number: int
    slug: str
    title: Text
    state: str
    css: str = ""


def outline(project: Project | None, idea: IdeaForms) -> list[OutlineEntry]:
    """Return the sections with what is wrong in them, else with what is still missing in the stored idea."""
    stored = {part.slug: part for part in sheet(project, with_money=True)} if project else {}
    wrong = _errors_by_section(idea)
    entries = []
    for number, section in enumerate(SECTIONS, start=1):
        count = wrong.get(section.slug, 0)
        if count:
            state = ngettext("%(count)d Angabe prüfen", "%(count)d Angaben prüfen", count) % {"count": count}
            entries.append(OutlineEntry(number, section.slug, section.title, state, "bad"))
        else:
            entries.append(OutlineEntry(number, section.slug, section.title, *_state(stored.get(section.slug))))
    return entries


def _state(part: SheetSection | None) -> tuple[str, str]:
    if part is None:
        return _("noch offen"), ""
    if part.missing_count:
        count = part.missing_count
        return ngettext("%(count)d Angabe fehlt noch", "%(count)d Angaben fehlen noch", count) % {"count": count}, ""
    if part.is_demanded:
        return _("vollständig"), "ok"
    said = any(row.texts for row in part.rows)
    return (_("angefangen"), "") if said else (_("freiwillig"), "")


def _errors_by_section(idea: IdeaForms) -> dict[str, int]:
    if not idea.form.is_bound:
        return {}
    wrong = idea.form.errors
    counts = {
        section.slug: sum(name in wrong for name in (*section.fields, *LINKED.get(section.slug, ())))
        for section in SECTIONS
    }
    counts["querschnitt"] += sum(name.startswith("topic_") for name in wrong)
    for rows in (idea.units, idea.partners):
        counts["mitwirkung"] += sum(bool(errors) for errors in rows.errors) + len(rows.non_form_errors())
    return counts
