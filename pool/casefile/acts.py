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
from pool.casefile.forms import (
    ActForm,
    BeginAgainForm,
    CoAuthorForm,
    EndCoAuthorForm,
    HandOverForm,
    NameSubmitterForm,
    ProposeCompletionForm,
    WithdrawForm,
)
from pool.casefile.in_place import acts_in_place
from pool.delivery.actions import propose_completion, start
from pool.lifecycle import Act, Step
from pool.permissions import may
from pool.project.actions import withdraw
from pool.project.models import Project, ProjectMandate
from pool.publication.queries import waits_for_consent
from pool.similarity.queries import may_ask_to_join
from pool.submission.actions import add_co_author
from pool.submission.authors import begin_again, end_co_author, hand_over, name_submitter

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
    leads_to: Callable[[Any], str] | None = None  # where the result is seen; None: the casefile


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

END_CO_AUTHOR = ActPage(
    act=Act.EDIT_TEXT,
    heading=_("Mitschreiben beenden"),
    button=_("Mitschreiben beenden"),
    done=_("Die Person schreibt nicht mehr mit."),
    consequences=lambda project: [
        _("Die Person kann die Idee nicht mehr lesen und nicht mehr ändern. Was sie geschrieben hat, bleibt stehen."),
        _("Wer heute schon geschrieben hat, behält das Recht bis zum Ende des Tages."),
        _("Über diese Idee urteilt sie auch später nicht: keine Prüfung, keine Bewertung, kein Beschluss."),
    ],
    perform=lambda project, values, by, seen: end_co_author(
        project=project, mandate=values["co_author"], by=by, version=seen
    ),
    form=EndCoAuthorForm,
)
HAND_OVER = ActPage(
    act=Act.HAND_OVER,
    heading=_("Idee übergeben"),
    button=_("Idee übergeben"),
    done=_("Die Idee ist übergeben. Die Person findet sie unter „Meine Ideen“."),
    consequences=lambda project: [
        _("Die Person wird einreichende Person: Sie bearbeitet, reicht ein, zieht zurück und bekommt die Antworten."),
        _("Wer bisher eingereicht hat, gibt diese Rechte ab. Im Verlauf bleibt, wer die Idee begonnen hat."),
        _("Wer eine Idee übernimmt, urteilt später nicht über sie: keine Prüfung, keine Bewertung, kein Beschluss."),
    ],
    perform=lambda project, values, by, seen: hand_over(
        project=project, person=values["colleague"], reason=values["reason"], by=by, version=seen
    ),
    form=HandOverForm,
)
NAME_SUBMITTER = ActPage(
    act=Act.NAME_SUBMITTER,
    heading=_("Einreichende Person benennen"),
    button=_("Person benennen"),
    done=_("Die Person ist benannt und erfährt davon. Sie findet die Idee unter „Meine Ideen“."),
    consequences=lambda project: [
        _("Die Idee kam aus einer Liste ohne Person; bis jetzt kann niemand sie überarbeiten oder Fragen beantworten."),
        _("Die Person wird einreichende Person: Sie bearbeitet, reicht ein, zieht zurück und bekommt die Antworten."),
        _("Sie urteilt später nicht über diese Idee: keine Prüfung, keine Bewertung, kein Beschluss."),
        _("Grundlage und Begründung stehen im Protokoll. Ein Irrtum lässt sich danach nur durch Übergabe beheben."),
    ],
    perform=lambda project, values, by, seen: name_submitter(
        project=project,
        person=values["colleague"],
        source=values["source"],
        reason=values["reason"],
        by=by,
        version=seen,
    ),
    form=NameSubmitterForm,
)
BEGIN_AGAIN = ActPage(
    act=Act.BEGIN_AGAIN,
    heading=_("Neue Idee daraus beginnen"),
    button=_("Neue Idee beginnen"),
    done=_("Der neue Entwurf ist begonnen. Ändern Sie, was beim ersten Mal gefehlt hat."),
    consequences=lambda project: [
        _("Texte, Stellen, Partner, Handlungsbedarfe und Ziele werden in einen neuen Entwurf kopiert."),
        _("Diese Idee bleibt, wie sie ist. Beide Akten nennen die jeweils andere."),
        _("Die neue Idee wird von Anfang an geprüft, wie jede andere."),
    ],
    perform=lambda project, values, by, seen: begin_again(
        origin=project, by=by, form_token=values["form_token"], version=seen
    ),
    form=BeginAgainForm,
    leads_to=lambda draft: reverse("submission:edit", args=[draft.pk]),
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
        (Act.GIVE_OPINION, "coordination:opinion", _("Einschätzung abgeben"), True),
        (Act.COUNTERSIGN, "coordination:countersign", _("Bewertung gegenzeichnen"), False),
        (Act.ASK_QUESTION, "questions:ask", _("Rückfrage stellen"), False),
    ]
    pages += [
        (Act.BEGIN_AGAIN, "casefile:begin_again", _("Neue Idee daraus beginnen"), True),
        (Act.PROPOSE_LINK, "submission:links", _("Mit anderen Vorhaben verbinden"), False),
        (Act.REPORT, "delivery:project", _("Meilensteine und Berichte"), False),
    ]
    in_place = [OpenAct(label, address, is_main) for label, address, is_main in acts_in_place(project, user)]
    pages = [page for page in pages if not (in_place and page[1].startswith("admin:"))]
    acts: list[OpenAct | None] = [*in_place]
    acts += [_button(name, project, label, is_main) for act, name, label, is_main in pages if may(user, act, project)]
    if may(user, Act.GIVE_CONSENT, project) and waits_for_consent(project):
        acts.insert(0, _button("consent:answer", project, _("Um Zustimmung gebeten: antworten"), True))
    if _is_submitter(user, project):
        own = [
            (Act.EDIT_TEXT, "casefile:co_author", CO_AUTHOR.heading),
            *([(Act.EDIT_TEXT, "casefile:end_co_author", END_CO_AUTHOR.heading)] if _has_co_author(project) else []),
            (Act.HAND_OVER, "casefile:hand_over", HAND_OVER.heading),
            (Act.WITHDRAW, "casefile:withdraw", WITHDRAW.heading),
        ]
        acts += [_button(name, project, label, False) for act, name, label in own if may(user, act, project)]
    elif may(user, Act.NAME_SUBMITTER, project):
        acts.append(_button("casefile:name_submitter", project, NAME_SUBMITTER.heading, False))
    elif may(user, Act.HAND_OVER, project):
        acts.append(_button("casefile:hand_over", project, HAND_OVER.heading, False))
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


def _has_co_author(project: Project) -> bool:
    return project.mandates.filter(role=ProjectMandate.Role.CO_AUTHOR, valid_until=None).exists()


def _is_submitter(user: User, project: Project) -> bool:
    return ProjectMandate.objects.filter(
        project=project, person=standing_of(user).actor_id, role=ProjectMandate.Role.SUBMITTER, valid_until=None
    ).exists()
