"""What one person may do with a project now: the buttons of the casefile, and the pages behind those of authors and
teams. Everything else the CDO does at the desk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.mandates.queries import standing_of
from governance.models import User
from pool.casefile.forms import ActForm, CoAuthorForm, ProposeCompletionForm, WithdrawForm
from pool.delivery.actions import propose_completion, start
from pool.lifecycle import Act, Step
from pool.permissions import may
from pool.project.actions import withdraw
from pool.project.models import Project, ProjectMandate
from pool.similarity.queries import may_ask_to_join
from pool.submission.actions import add_co_author

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ActPage:
    """A page that says what an act brings about and then does it."""

    act: Act
    heading: Text
    button: Text
    done: Text
    consequences: Callable[[Project], Sequence[Text]]
    perform: Callable[[Project, Any, User, int], object]
    form: type[ActForm] = ActForm


def _of_withdrawing(project: Project) -> Sequence[Text]:
    own = [_("Die Idee endet als „zurückgezogen“. Sie wird nicht weiter geprüft, bewertet oder beraten.")]
    if project.is_in_pool:
        own.append(_("Sie steht nicht mehr in der Rangliste. Im Pool bleibt sie mit Ihrer Begründung lesbar."))
    elif project.step == Step.DRAFT:
        own.append(_("Ihr Text bleibt für Sie lesbar, aber Sie können ihn nicht mehr ändern."))
    return [*own, _("Das lässt sich nicht rückgängig machen. Für einen neuen Anlauf reichen Sie eine neue Idee ein.")]


WITHDRAW = ActPage(
    act=Act.WITHDRAW,
    heading=_("Idee zurückziehen"),
    button=_("Idee zurückziehen"),
    done=_("Die Idee ist zurückgezogen."),
    consequences=_of_withdrawing,
    perform=lambda project, values, by, seen: withdraw(project=project, reason=values["reason"], by=by, version=seen),
    form=WithdrawForm,
)
START = ActPage(
    act=Act.START,
    heading=_("Umsetzung beginnen"),
    button=_("Umsetzung beginnen"),
    done=_("Das Vorhaben ist in Umsetzung."),
    consequences=lambda project: [
        _("Das Vorhaben ist ab heute „in Umsetzung“. Ist es veröffentlicht, steht das auch öffentlich."),
        _("Beenden kann es nur noch ein Beschluss der Lenkungsgruppe, abschließen die CDO auf Ihren Vorschlag."),
        _("Ein Beschluss ist ein fachlicher Vorrang, kein Auftrag und keine Freigabe von Geld. "
          "Beides holen Sie auf dem üblichen Weg ein."),
    ],
    perform=lambda project, values, by, seen: start(project=project, by=by, version=seen),
)  # fmt: skip
PROPOSE_COMPLETION = ActPage(
    act=Act.PROPOSE_COMPLETION,
    heading=_("Abschluss vorschlagen"),
    button=_("Abschluss vorschlagen"),
    done=_("Der Abschluss ist vorgeschlagen. Eine andere Person im Büro der CDO schließt das Vorhaben ab."),
    consequences=lambda project: [
        _("Die CDO liest Ergebnis und Erfahrungen und schließt das Vorhaben ab."),
        _("Bis dahin bleibt es in Umsetzung; ein neuer Vorschlag tritt an die Stelle des alten."),
    ],
    perform=lambda project, values, by, seen: propose_completion(project=project, by=by, version=seen, **values),
    form=ProposeCompletionForm,
)
CO_AUTHOR = ActPage(
    act=Act.EDIT_TEXT,
    heading=_("Jemanden mitschreiben lassen"),
    button=_("Mitschreiben lassen"),
    done=_("Die Person kann jetzt mitschreiben und findet die Idee unter „Meine Ideen“."),
    consequences=lambda project: [
        _("Die Person kann den Text ändern und die Idee einreichen, aber nicht zurückziehen."),
        _("Wer mitschreibt, urteilt später nicht über diese Idee: keine Prüfung, keine Bewertung, kein Beschluss."),
    ],
    perform=lambda project, values, by, seen: add_co_author(
        project=project, person=values["colleague"], by=by, version=seen
    ),
    form=CoAuthorForm,
)


@dataclass(frozen=True, slots=True)
class OpenAct:
    """Something this person may do now: a button."""

    label: Text
    address: str
    is_main: bool = False


def open_acts(project: Project, user: User) -> list[OpenAct]:
    """Return the buttons for `user` on this project, the main one first."""
    pages = [
        (Act.EDIT_TEXT, "submission:edit", _("Idee bearbeiten"), True),
        (Act.SUBMIT, "submission:check", _("Angaben prüfen und einreichen"), False),
        (Act.RESUBMIT, "submission:check", _("Angaben prüfen und erneut einreichen"), False),
        (Act.START, "casefile:start", _("Umsetzung beginnen"), True),
        (Act.PROPOSE_COMPLETION, "casefile:propose_completion", _("Abschluss vorschlagen"), True),
        (Act.ANSWER_GATE, "admin:pool_project_gate", _("Grundkriterien prüfen"), True),
        (Act.RATE, "admin:pool_project_rating", _("Reifegrade bewerten"), True),
    ]
    acts = [_button(name, project, label, is_main) for act, name, label, is_main in pages if may(user, act, project)]
    if _is_submitter(user, project):
        own = [
            (Act.EDIT_TEXT, "casefile:co_author", CO_AUTHOR.heading),
            (Act.WITHDRAW, "casefile:withdraw", WITHDRAW.heading),
        ]
        acts += [_button(name, project, label, False) for act, name, label in own if may(user, act, project)]
    if may_ask_to_join(user, project):
        acts.append(_button("similarity:join", project, _("Um Mitwirkung bitten"), False))
    if standing_of(user).is_cdo:
        acts.append(_button("admin:pool_project_change", project, _("Am Schreibtisch öffnen"), False))
    return [act for act in acts if act is not None]


def _button(name: str, project: Project, label: Text, is_main: bool) -> OpenAct | None:
    try:
        return OpenAct(label, reverse(name, args=[project.pk]), is_main)
    except NoReverseMatch:
        return None


def _is_submitter(user: User, project: Project) -> bool:
    return ProjectMandate.objects.filter(
        project=project, person=standing_of(user).actor_id, role=ProjectMandate.Role.SUBMITTER, valid_until=None
    ).exists()
