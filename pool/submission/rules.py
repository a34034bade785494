"""What an idea says, what it must say before it can be handed in, and with whom it lies in each step: values only.

Source: Mainzer Weg, Grundkriterien; Verfahrensordnung des Portals, „Vollständig“ und „Schritte und Züge“.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pool.lifecycle import Act, Step

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form and of the idea's sheet: its anchor, its heading, the fields it holds."""

    slug: str
    title: Text
    fields: tuple[str, ...]


SECTIONS = (
    Section("idee", _("Ihre Idee"), ("title", "short_text", "problem", "origin")),
    Section("nutzen", _("Was sie bringt"), ("benefit", "beneficiary")),
    Section("strategie", _("Handlungsfeld und Handlungsbedarfe"), ("lead_handlungsfeld",)),
    Section("mitwirkung", _("Wer mitwirkt"), ("lead_unit", "participation")),
    Section(
        "aufwand",
        _("Aufwand, Zeit und Geld"),
        ("effort", "timing", "cost", "funding", "procurement", "council_matter"),
    ),
    Section("querschnitt", _("Querschnittsthemen und UN-Ziele"), ()),
)

# What an author writes or chooses in the idea itself, in the order of the form; the way it came is set by the page.
IDEA_FIELDS = (*(name for section in SECTIONS for name in section.fields), "channel", "may_be_mentioned")
LINE_FIELDS = frozenset({"title", "short_text", "participation", "timing", "cost", "council_matter"})
PARAGRAPH_FIELDS = frozenset({"problem", "benefit", "effort", "procurement"})
MONEY_FIELDS = frozenset({"cost", "funding", "procurement"})

# Demanded at handing in; a draft may leave all but the title open.
DEMANDED: Mapping[str, Text] = MappingProxyType(
    {
        "title": _("ein Titel"),
        "short_text": _("ein Kurztext"),
        "problem": _("welches Problem gelöst wird"),
        "benefit": _("was besser wird"),
        "beneficiary": _("wem es nützt"),
        "lead_handlungsfeld": _("ein Handlungsfeld"),
        "lead_unit": _("die federführende Stelle"),
        "participation": _("ein Satz dazu, wer mitwirkt"),
    }
)


def missing_fields(values: Mapping[str, object]) -> list[str]:
    """Return the names of the demanded fields that say nothing yet, in the order of the form."""
    return [name for name in DEMANDED if not str(values.get(name) or "").strip()]


def missing_for_submit(values: Mapping[str, object]) -> list[str]:
    """Return in German words what is still missing before the idea can be handed in."""
    return [str(DEMANDED[name]) for name in missing_fields(values)]


def act_of_submitting(step: str) -> Act:
    """Return the act that hands an idea in: again after a return, for the first time otherwise."""
    return Act.RESUBMIT if step == Step.RETURNED else Act.SUBMIT


@dataclass(frozen=True, slots=True)
class Waiting:
    """With whom a project lies and what happens there next; `who` is empty where nobody has to act."""

    who: Text
    what: Text

    def __str__(self) -> str:
        return f"{self.who}: {self.what}" if self.who else str(self.what)


_WAITING: Mapping[Step, Waiting] = MappingProxyType(
    {
        Step.DRAFT: Waiting(_("Einreichende Person"), _("schreibt die Idee zu Ende und reicht sie ein.")),
        Step.SUBMITTED: Waiting(_("CDO"), _("prüft die fünf Grundkriterien.")),
        Step.RETURNED: Waiting(_("Einreichende Person"), _("überarbeitet die Idee und reicht sie erneut ein.")),
        Step.REJECTED: Waiting("", _("Nicht aufgenommen. Nur die Lenkungsgruppe kann die Prüfung neu öffnen.")),
        Step.POOLED: Waiting(_("CDO"), _("bewertet die vier Reifegrade.")),
        Step.ASSESSED: Waiting(_("Lenkungsgruppe"), _("berät in einer ihrer nächsten Sitzungen.")),
        Step.DEFERRED: Waiting(_("CDO"), _("nimmt das Vorhaben am vorgemerkten Tag wieder auf.")),
        Step.DECLINED: Waiting("", _("Nicht weiterverfolgt. Nur die Lenkungsgruppe kann erneut beraten.")),
        Step.COMMISSIONED: Waiting(_("Projektleitung"), _("beginnt mit der Umsetzung.")),
        Step.RUNNING: Waiting(_("Projektleitung"), _("setzt um und schlägt am Ende den Abschluss vor.")),
        Step.COMPLETED: Waiting("", _("Abgeschlossen, hier ist nichts mehr zu tun.")),
        Step.STOPPED: Waiting("", _("Beendet, hier ist nichts mehr zu tun.")),
        Step.WITHDRAWN: Waiting("", _("Zurückgezogen, hier ist nichts mehr zu tun.")),
        Step.MERGED: Waiting("", _("In einem anderen Vorhaben aufgegangen.")),
    }
)
_FOR_AUTHORS: Mapping[Step, Waiting] = MappingProxyType(
    {
        Step.DRAFT: Waiting(_("Sie"), _("schreiben die Idee zu Ende und reichen sie ein.")),
        Step.RETURNED: Waiting(_("Sie"), _("überarbeiten die Idee und reichen sie erneut ein.")),
    }
)
_FOR_LEADS: Mapping[Step, Waiting] = MappingProxyType(
    {
        Step.COMMISSIONED: Waiting(_("Sie"), _("beginnen mit der Umsetzung.")),
        Step.RUNNING: Waiting(_("Sie"), _("setzen um und schlagen am Ende den Abschluss vor.")),
    }
)


def waiting_for(
    step: str, *, is_author: bool = False, is_lead: bool = False, has_lead: bool = True, has_proposal: bool = False
) -> Waiting:
    """Return with whom a project lies now, in the words for the person who reads.

    `has_lead` and `has_proposal` say whether a Projektleitung is named and whether she has proposed completion.
    """
    here = Step(step)
    if here == Step.COMMISSIONED and not has_lead:
        return Waiting(_("CDO"), _("benennt das Team."))
    if here == Step.RUNNING and has_proposal:
        return Waiting(_("CDO"), _("prüft den vorgeschlagenen Abschluss."))
    if is_author and here in _FOR_AUTHORS:
        return _FOR_AUTHORS[here]
    if is_lead and here in _FOR_LEADS:
        return _FOR_LEADS[here]
    return _WAITING[here]
