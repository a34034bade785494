"""What an idea says, what it must say before it can be handed in, and with whom it lies in each step: values only.

Source: Mainzer Weg, Grundkriterien; Verfahrensordnung des Portals, „Vollständig“ und „Schritte und Züge“.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.strategy.rules import GrundkriteriumCode
from pool.lifecycle import Act, Step
from pool.questions.rules import ENDED

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

# What a draft is called that was saved while typing before it had a title; it counts as none.
WORKING_TITLE = "Ohne Titel"


# Savings of one person within this time after the first make one entry of the record; see docs/decisions.
WRITING_SESSION = timedelta(hours=1)


def missing_fields(values: Mapping[str, object]) -> list[str]:
    """Return the names of the demanded fields that say nothing yet, in the order of the form."""
    said = {name: str(values.get(name) or "").strip() for name in DEMANDED}
    return [name for name, text in said.items() if not text or (name == "title" and text == WORKING_TITLE)]


def missing_for_submit(values: Mapping[str, object]) -> list[str]:
    """Return in German words what is still missing before the idea can be handed in."""
    return [str(DEMANDED[name]) for name in missing_fields(values)]


def act_of_submitting(step: str) -> Act:
    """Return the act that hands an idea in: again after a return, for the first time otherwise."""
    return Act.RESUBMIT if step == Step.RETURNED else Act.SUBMIT


# --- Two people, or one with two windows, write the same idea ------------------------------------------------------


def mark_of(text: str) -> str:
    """Return a short mark by which a page says later what it saw in one part of an idea."""
    return sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of the parts that a window sends: written, disputed, or written elsewhere meanwhile."""

    written: frozenset[str]
    disputed: frozenset[str]
    elsewhere: frozenset[str]


def merged(*, typed: Mapping[str, str], stored: Mapping[str, str], seen: Mapping[str, str]) -> Merged:
    """Tell part by part whose text counts; `seen` holds the marks of what the window showed before it was typed into.

    A part that only this window changed is written; one that only others changed stays as it is; one that both
    changed is disputed. A part without a mark was empty in the window.
    """
    blank = mark_of("")
    differing = {name for name, text in typed.items() if text != stored.get(name, "")}
    untouched = {name for name in differing if seen.get(name, blank) == mark_of(typed[name])}
    overtaken = {name for name in differing - untouched if seen.get(name, blank) != mark_of(stored.get(name, ""))}
    return Merged(frozenset(differing - untouched - overtaken), frozenset(overtaken), frozenset(untouched))


def marks_after(*, typed: Mapping[str, str], seen: Mapping[str, str], merged: Merged) -> dict[str, str]:
    """Return the marks a window saves with next: what it sent and is stored now; where others wrote, the old ones."""
    known = {name: mark_of(text) for name, text in typed.items() if name not in merged.disputed | merged.elsewhere}
    return {**seen, **known}


# --- The five Grundkriterien as a check of one's own ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hint:
    """What an idea says about one Grundkriterium so far; a hint for its author, no verdict."""

    code: str
    name: Text
    text: Text
    is_said: bool


def self_check(values: Mapping[str, object], *, needs: int, offices: int) -> list[Hint]:
    """Return a hint for each Grundkriterium from what the idea says, `needs` and `offices` counted by the caller."""
    said = {name for name in DEMANDED if str(values.get(name) or "").strip()}
    if offices >= 2:
        network = _("Zwei Stellen haben einen eigenen Anteil.")
    elif offices == 1:
        network = _("Eine zweite Stelle fehlt noch.")
    else:
        network = _("Noch hat keine Stelle einen eigenen Anteil.")
    if "benefit" not in said:
        use = _("Noch offen ist, was besser wird.")
    elif "beneficiary" not in said:
        use = _("Noch offen ist, wem es nützt.")
    else:
        use = _("Gesagt ist, was besser wird und für wen.")
    digital = {"short_text", "problem"} <= said
    found = {
        GrundkriteriumCode.DIGITALISIERUNGSBEZUG: (
            _("Beschrieben. Steht auch da, was digital anders wird?")
            if digital
            else _("Noch offen ist, was digital anders wird."),
            digital,
        ),
        GrundkriteriumCode.LEITLINIEN: (_("Widerspricht die Idee einer der Leitlinien? Das beurteilen Sie."), False),
        GrundkriteriumCode.HANDLUNGSBEDARFE: (
            _("Mindestens ein Handlungsbedarf ist gewählt.") if needs else _("Noch ist kein Handlungsbedarf gewählt."),
            needs > 0,
        ),
        GrundkriteriumCode.NUTZEN: (use, {"benefit", "beneficiary"} <= said),
        GrundkriteriumCode.VERNETZUNG: (network, offices >= 2),
    }
    return [Hint(code.value, code.label, *found[code]) for code in GrundkriteriumCode]


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


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing an author or a Projektleitung does next: the words, and the name of the page."""

    label: Text
    page: str


_NEXT_FOR_AUTHORS: Mapping[Step, NextStep] = MappingProxyType(
    {
        Step.DRAFT: NextStep(_("Weiterschreiben"), "submission:edit"),
        Step.RETURNED: NextStep(_("Überarbeiten"), "submission:edit"),
    }
)


def next_step(
    step: str,
    *,
    is_author: bool = False,
    is_submitter: bool = False,
    is_lead: bool = False,
    is_asked: bool = False,
    has_proposal: bool = False,
    may_object: bool = False,
) -> NextStep | None:
    """Return what a person does next with one of her ideas, or None where it is somebody else's turn.

    A question goes before the rest: the text may hang on it. `may_object` says that the time for an objection runs.
    """
    here = Step(step)
    if is_author and is_asked and here not in ENDED:
        return NextStep(_("Rückfrage beantworten"), "questions:thread")
    if is_author and here in _NEXT_FOR_AUTHORS:
        return _NEXT_FOR_AUTHORS[here]
    if is_lead and here == Step.COMMISSIONED:
        return NextStep(_("Umsetzung beginnen"), "casefile:start")
    if is_lead and here == Step.RUNNING and not has_proposal:
        return NextStep(_("Abschluss vorschlagen"), "casefile:propose_completion")
    if is_submitter and may_object and here == Step.REJECTED:
        return NextStep(_("Widerspruch einlegen"), "questions:object")
    return None
