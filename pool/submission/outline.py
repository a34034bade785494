"""The form's sections with the state of each in words, for the list beside the form."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.project.models import Project
from pool.submission.forms import IdeaForms
from pool.submission.queries import SheetSection, sheet
from pool.submission.rules import DEMANDED, SECTIONS, Section, Text

LINKED = {
    "nutzen": ("reach",),
    "strategie": ("handlungsbedarfe", "goals"),
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


def outline(project: Project | None, idea: IdeaForms | None) -> list[OutlineEntry]:
    """Return the sections with what is wrong in them, else with how far the stored idea has come in each."""
    stored = {part.slug: part for part in sheet(project, with_money=True)} if project else {}
    wrong = _errors_by_section(idea) if idea else {}
    entries = []
    for number, section in enumerate(SECTIONS, start=1):
        count = wrong.get(section.slug, 0)
        if count:
            state = ngettext("%(count)d Angabe prüfen", "%(count)d Angaben prüfen", count) % {"count": count}
            entries.append(OutlineEntry(number, section.slug, section.title, state, "bad"))
        else:
            entries.append(OutlineEntry(number, section.slug, section.title, *_state(section, stored)))
    return entries


def _state(section: Section, stored: dict[str, SheetSection]) -> tuple[str, str]:
    """Open, incomplete or done; a section that handing in does not demand says so."""
    part = stored.get(section.slug)
    is_demanded = any(name in DEMANDED for name in section.fields)
    said = [row for row in part.rows if row.is_said] if part else []
    if part is None or not said:
        return (_("offen") if is_demanded else _("offen, freiwillig")), ""
    if not is_demanded:
        return (_("fertig"), "ok") if len(said) == len(part.rows) else (_("angefangen, freiwillig"), "")
    count = part.missing_count
    if not count:
        return _("fertig"), "ok"
    return ngettext("unvollständig, %(count)d fehlt", "unvollständig, %(count)d fehlen", count) % {"count": count}, ""


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
