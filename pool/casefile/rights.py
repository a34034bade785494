"""Who may do what, read out of the tables that refuse: `pool.permissions.TABLE` and `governance.permissions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.rules import Role
from governance.permissions import Act as FrameAct
from governance.permissions import roles_for
from pool.lifecycle import BY_BESCHLUSS, JUDGING_ACTS, MOVES, Act, Step
from pool.permissions import TABLE, Grant, Who

PARTIES: Mapping[Who, str | Promise] = MappingProxyType(
    {
        Who.SUBMITTER: gettext_lazy("einreichende Person"),
        Who.AUTHORS: gettext_lazy("einreichende Person und wer mitschreibt"),
        Who.LEAD: gettext_lazy("Projektleitung"),
        Who.TEAM: gettext_lazy("Projektleitung und Projektmitarbeitende"),
        Who.CDO: gettext_lazy("CDO"),
        Who.CDO_OF_TAKEN_OVER: gettext_lazy("CDO, bei übernommenen Projekten"),
        Who.CHAIR: gettext_lazy("Vorsitz der Lenkungsgruppe"),
        Who.LENKUNGSGRUPPE: gettext_lazy("Lenkungsgruppe"),
        Who.EMPLOYEE: gettext_lazy("alle Beschäftigten"),
        Who.COORDINATOR: gettext_lazy("Koordination eines beteiligten Handlungsfelds"),
        Who.LEAD_COORDINATOR: gettext_lazy("Koordination des Handlungsfelds"),
        Who.EXPERT: gettext_lazy("Gutachtende, um dieses Vorhaben gebeten"),
        Who.CDO_OFFICE: gettext_lazy("CDO und Vertretung, jede in eigenem Recht"),
        Who.DEPUTY_CDO: gettext_lazy("Vertretung der CDO, in eigenem Recht"),
        Who.LEAD_UNIT: gettext_lazy("wer für die federführende Stelle oder ihr Amt spricht"),
        Who.BEIRAT_OFFICE: gettext_lazy("Geschäftsführung des Beirats, zur Vertraulichkeit verpflichtet"),
        Who.STAND_IN: gettext_lazy("vom Vorsitz für dieses Vorhaben benannte Vertretung der CDO"),
    }
)

MILESTONES_AND_REPORTS = frozenset(
    {
        Act.PLAN_MILESTONE,
        Act.SHIFT_MILESTONE,
        Act.RENAME_MILESTONE,
        Act.REACH_MILESTONE,
        Act.GIVE_UP_MILESTONE,
        Act.REPORT,
    }
)


@dataclass(frozen=True, slots=True)
class Right:
    """One act in words: who does it, in which steps, under which condition."""

    act: str
    lines: list[tuple[str, str]]
    notes: list[str]


def rights_on_projects() -> tuple[list[Right], list[Right]]:
    """Return the acts that move a project and those that move nothing, in the order of the way."""
    moving = {act for _origin, act in MOVES} | {Act.TAKE_OVER}
    rights = [(act, _right(act, grants)) for act, grants in TABLE.items()]
    return [each for act, each in rights if act in moving], [each for act, each in rights if act not in moving]


def _right(act: Act, grants: tuple[Grant, ...]) -> Right:
    lines = [(str(PARTIES[grant.who]), _steps(grant.steps)) for grant in grants]
    notes = []
    if act in BY_BESCHLUSS or act == Act.STOP:
        notes.append(_("Die Lenkungsgruppe entscheidet durch Beschluss in einer Sitzung; der Vorsitz bestätigt ihn."))
    if act in JUDGING_ACTS:
        notes.append(_("Nie beim eigenen Vorhaben; dann handelt die Vertretung."))
    if act == Act.GIVE_CONSENT:
        notes.append(_("Auch beim eigenen Vorhaben: Zustimmen ist kein Urteil. Veröffentlichen muss jemand anderes."))
    if act == Act.CLOSE_QUESTION:
        notes.append(_("Koordination und Gutachtende bei dem, was sie selbst gefragt haben."))
    if act in MILESTONES_AND_REPORTS:
        notes.append(_("Das Büro der CDO nur auf ein Wort des Teams, das es als Quelle nennt."))
    return Right(str(act.label), lines, notes)


def _steps(steps: frozenset[Step] | None) -> str:
    if steps is None:
        return _("ohne Bindung an einen Schritt")
    if set(Step) - steps == {Step.DRAFT}:
        return _("in jedem Schritt nach dem Entwurf")
    return ", ".join(str(step.label) for step in Step if step in steps)


def rights_on_the_frame() -> list[Right]:
    """Return the acts on the frame, the organisation and mandates."""
    rights = []
    for act in FrameAct:
        lines = [(str(Role(role).label), "") for role in roles_for(act)]
        notes = [_("Jede Person trägt ihre eigene Abwesenheit ein.")] if act == FrameAct.ENTER_ABSENCE else []
        if act in (FrameAct.GRANT_MANDATE, FrameAct.END_MANDATE):
            notes = [_("Die CDO nur für die Handlungsfeldkoordination. Niemand erteilt sich selbst ein Mandat.")]
        rights.append(Right(str(act.label), lines, notes))
    return rights
