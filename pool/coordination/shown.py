"""What the pages of queue and opinion show, for whoever opens them and after a refused act."""

from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.mandates.queries import standing_of
from governance.organisation.http import SignedInRequest
from governance.permissions import NotAllowed
from pool.barred import barred_from
from pool.coordination.queries import idea_for, waiting_beside
from pool.lifecycle import Act, Step
from pool.maturity.forms import CommentForm, OpinionForm, StandBackForm, opinion_initial
from pool.maturity.queries import (
    Progress,
    asked_of,
    in_order,
    inner_talk,
    open_rounds,
    opinions_for,
    own_draft,
    own_opinion,
    progress_of,
    round_of,
    samples_of,
)
from pool.maturity.rules import is_final
from pool.permissions import Aspect, may_read, require
from pool.priority.queries import rule_in_force
from pool.project.models import Project
from pool.questions.forms import with_forms
from pool.questions.queries import dialogue_of
from pool.questions.rules import WHERE_RATED

ROWS_ON_A_PAGE = 30
DONE = "erledigt"


class CountedPaginator(Paginator):
    """A paginator that is told the number of rows, where the page has counted them already."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self.__dict__["count"] = count


def queue_page(request: SignedInRequest) -> HttpResponse:
    """Show the queue."""
    user = request.user
    if standing_of(user).is_cdo and not standing_of(user).handlungsfeld_ids:
        page = Paginator(open_rounds(user), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "coordination/rounds.html", {"page": page})
    own = barred_from(user)
    progress = progress_of(user, own=own)
    shows_done = request.GET.get("zeige") == DONE
    rows = in_order(asked_of(user, answered=shows_done, own=own))
    count = progress.done if shows_done else progress.open
    answered_questions, waiting_signatures = waiting_beside(user, own=own)
    context = {
        "progress": progress,
        "page": CountedPaginator(rows, ROWS_ON_A_PAGE, count=count).get_page(request.GET.get("page")),
        "shows_done": shows_done,
        "done": DONE,
        "looks_after": bool(standing_of(user).handlungsfeld_ids),
        "answered_questions": answered_questions,
        "waiting_signatures": waiting_signatures,
    }
    return render(request, "coordination/queue.html", context)


def opinion_page(
    request: SignedInRequest,
    project: Project,
    *,
    form: OpinionForm | None = None,
    stand_back: StandBackForm | None = None,
    comment: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show one project to somebody who rates it or reads how it is rated: idea, changes, form, others, comments."""
    user = request.user
    if not may_read(user, Aspect.COMMENTS, project):
        raise NotAllowed(_("Diese Seite ist für die, die um eine Einschätzung zu diesem Vorhaben gebeten sind."))
    if project.step == Step.SUBMITTED or not project.is_in_pool:
        return redirect("casefile:detail", project.pk)
    own = _own(request, project)
    reads_round = project.step == Step.POOLED
    number = round_of(project) if reads_round else max(round_of(project) - 1, 1)
    opinions = opinions_for(user, project, number)
    rubric = rule_in_force(with_examples=project.is_example).rubric
    form = form or OpinionForm(initial=own["initial"])
    shown: Form | None = next((each for each in (form, stand_back, comment) if each is not None and each.errors), None)
    context = {
        "project": project,
        "idea": idea_for(user, project),
        "form": shown or form,
        "rows": form.rows(rubric, opinions) if own["may_rate"] else [],
        "rubric": rubric,
        "samples": samples_of(rubric.pk),
        "round": number,
        "opinions": opinions,
        "stand_back": stand_back or StandBackForm(),
        "comment_form": comment or CommentForm(),
        "talk": inner_talk(user, project),
        "dialogue": with_forms(dialogue_of(project, user)),
        "asked_from": WHERE_RATED,
        "progress": progress_of(user) if own["may_rate"] or own["opinion"] else Progress(0, 0),
        "is_open": reads_round,
        "reads_as_cdo": standing_of(user).is_cdo,
    } | own
    return render(request, "coordination/opinion.html", context, status=status)


def _own(request: SignedInRequest, project: Project) -> dict[str, Any]:
    """Return the person's own word on the project, and whether she may still give one, or why not."""
    actor = standing_of(request.user).actor_id
    is_open = project.step == Step.POOLED
    opinion = own_opinion(project, actor) if is_open else None
    draft = own_draft(project, actor) if is_open else None
    may_rate, why_not = is_open and (opinion is None or not is_final(opinion.state)), ""
    if may_rate:
        try:
            require(request.user, Act.GIVE_OPINION, project)
        except NotAllowed as refusal:
            may_rate, why_not = False, str(refusal)
    return {
        "opinion": opinion,
        "draft": draft,
        "may_rate": may_rate,
        "why_not": "" if standing_of(request.user).is_cdo else why_not,
        "initial": opinion_initial(draft, opinion),
    }
