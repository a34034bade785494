"""What a team does to milestones and reports, job by job: the words of its page, its form, what it brings about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import User
from pool.delivery import actions
from pool.delivery.forms import (
    GiveUpForm,
    PlanForm,
    ReachForm,
    RenameForm,
    ReopenForm,
    ReportForm,
    ShiftForm,
    TeamWordForm,
)
from pool.lifecycle import Act

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Job:
    """A page that says what an act brings about and then does it, on a project or on one of its milestones."""

    act: Act
    heading: Text
    button: Text
    done: Text
    consequences: Sequence[Text]
    form: type[TeamWordForm]
    perform: Callable[[Any, dict[str, Any], User, int], object]
    # What stands in the form before anybody types: fields of the milestone.
    begins_with: Sequence[str] = ()


PLAN = Job(
    act=Act.PLAN_MILESTONE,
    heading=_("Meilenstein planen"),
    button=_("Meilenstein planen"),
    done=_("Der Meilenstein ist geplant."),
    consequences=[
        _("Den Tag können Sie verschieben, den Titel berichtigen; was vorher galt, bleibt im Verlauf lesbar."),
        _("Ein öffentlicher Titel wartet auf die nächste Veröffentlichung des Textes. Danach folgen Tag und „erreicht“ "
          "von selbst."),
        _("Einen internen Meilenstein lesen das Team, die einreichende Person, die CDO, die Lenkungsgruppe und die "
          "Koordination des Handlungsfelds."),
    ],
    form=PlanForm,
    perform=lambda project, values, by, seen: actions.plan_milestone(project=project, by=by, version=seen, **values),
)  # fmt: skip
SHIFT = Job(
    act=Act.SHIFT_MILESTONE,
    heading=_("Meilenstein verschieben"),
    button=_("Meilenstein verschieben"),
    done=_("Der Meilenstein ist verschoben. Der bisherige Tag bleibt im Verlauf."),
    consequences=[
        _("Der bisherige Tag bleibt im Verlauf lesbar."),
        _("Ist der Meilenstein veröffentlicht, steht der neue Tag sofort auf der Projektseite, der ursprüngliche "
          "daneben. Ihre Begründung bleibt intern."),
    ],
    form=ShiftForm,
    perform=lambda row, values, by, seen: actions.shift_milestone(milestone=row, by=by, version=seen, **values),
)  # fmt: skip
REOPEN = Job(
    act=Act.SHIFT_MILESTONE,
    heading=_("Doch nicht erreicht"),
    button=_("Meilenstein wieder öffnen"),
    done=_("Der Meilenstein ist wieder offen. Im Verlauf steht, dass er als erreicht galt."),
    consequences=[
        _("Der Meilenstein zählt nicht mehr als erreicht und hat wieder einen Termin."),
        _("Im Verlauf bleibt lesbar, an welchem Tag er als erreicht galt und warum das nicht stimmte."),
        _("Ist er veröffentlicht, steht das sofort auf der Projektseite. Ihre Begründung bleibt intern."),
    ],
    form=ReopenForm,
    perform=lambda row, values, by, seen: actions.shift_milestone(milestone=row, by=by, version=seen, **values),
)
RENAME = Job(
    act=Act.RENAME_MILESTONE,
    heading=_("Titel berichtigen"),
    button=_("Neuen Titel festhalten"),
    done=_("Der Meilenstein heißt jetzt anders. Der bisherige Titel bleibt im Verlauf."),
    consequences=[
        _("Der bisherige Titel und Ihre Begründung bleiben im Verlauf lesbar. Termine bleiben, wie sie sind."),
        _("Ist etwas anderes gemeint als bisher, geben Sie den Meilenstein auf und planen einen neuen."),
        _("Ist der Meilenstein veröffentlicht, bleibt der alte Titel öffentlich, bis eine neue Fassung des Textes "
          "veröffentlicht ist."),
    ],
    form=RenameForm,
    begins_with=["title"],
    perform=lambda row, values, by, seen: actions.rename_milestone(milestone=row, by=by, version=seen, **values),
)  # fmt: skip
REACH = Job(
    act=Act.REACH_MILESTONE,
    heading=_("Meilenstein erreicht"),
    button=_("Als erreicht festhalten"),
    done=_("Der Meilenstein ist erreicht."),
    consequences=[
        _("Der Meilenstein zählt als erreicht. Einen Irrtum stellen Sie mit Begründung und neuem Termin richtig."),
        _("Ist er veröffentlicht, steht das sofort auf der Projektseite, im Feed und in den offenen Daten."),
    ],
    form=ReachForm,
    perform=lambda row, values, by, seen: actions.reach_milestone(milestone=row, by=by, version=seen, **values),
)
GIVE_UP = Job(
    act=Act.GIVE_UP_MILESTONE,
    heading=_("Meilenstein aufgeben"),
    button=_("Meilenstein aufgeben"),
    done=_("Der Meilenstein ist aufgegeben."),
    consequences=[
        _("Der Meilenstein zählt nicht mehr mit und hat keinen Termin mehr. Das lässt sich nicht zurücknehmen."),
        _("Ist er veröffentlicht, bleibt er als aufgegeben auf der Projektseite. Ihre Begründung bleibt intern."),
    ],
    form=GiveUpForm,
    perform=lambda row, values, by, seen: actions.give_up_milestone(milestone=row, by=by, version=seen, **values),
)
REPORT = Job(
    act=Act.REPORT,
    heading=_("Statusbericht"),
    button=_("Bericht abgeben"),
    done=_("Der Bericht ist abgegeben."),
    consequences=[
        _("Den Bericht lesen das Team, die einreichende Person, die CDO, die Lenkungsgruppe und die Koordination des "
          "Handlungsfelds. Öffentlich wird davon nichts."),
        _("Er lässt sich nicht mehr ändern; ein Versehen stellt der nächste Bericht richtig."),
    ],
    form=ReportForm,
    perform=lambda project, values, by, seen: actions.report(project=project, by=by, version=seen, **values),
)  # fmt: skip
