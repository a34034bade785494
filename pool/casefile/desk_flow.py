"""Working through a list: which idea is next, in the order and with the filters of the list one came from.

The list's own query string travels along as `reihe`, with the place in it (`nr`, `von`). Nothing is kept on the
server: two people may work through the same list, and a link to the middle of it works for whoever may open it.
"""

from copy import copy
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.mandates.queries import standing_of
from governance.models import User
from governance.organisation.http import SignedInRequest
from governance.record.admin import LIST_PARAMETERS
from pool.casefile.desk import desk_required
from pool.lifecycle import Step
from pool.permissions import barred_projects, entrusted_to
from pool.project.models import Project

LIST, NUMBER, TOTAL, NEXT = "reihe", "nr", "von", "dann"
# The page of each step that one works through.
FLOW_PAGES = {Step.SUBMITTED: "gate", Step.POOLED: "rating"}
LONGEST = 1000
LONGEST_QUERY = 600

Waiting = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """Where somebody is in a list."""

    list_query: str
    number: int
    total: int
    following: Waiting | None

    @property
    def list_address(self) -> str:
        """The list one came from."""
        return f"{reverse('admin:pool_project_changelist')}?{self.list_query}"

    @property
    def is_last(self) -> bool:
        """Tell whether nothing follows."""
        return self.following is None

    @property
    def next_address(self) -> str:
        """The page of the next idea; after the last one the list."""
        if self.following is None:
            return self.list_address
        return page_address(self.following, self.list_query, self.number + 1, self.total)

    @property
    def query(self) -> str:
        """The query string of the same idea's other pages, so that they lead on to the same next idea."""
        values: dict[str, object] = {LIST: self.list_query, NUMBER: self.number, TOTAL: self.total}
        return urlencode(values | ({NEXT: self.following[0]} if self.following else {}))


def page_address(waiting: Waiting, list_query: str, number: int, total: int) -> str:
    """Return the address of what a project waits for, at its place in a list."""
    project, step = waiting
    address = reverse(f"admin:pool_project_{FLOW_PAGES[Step(step)]}", args=[project])
    return f"{address}?{urlencode({LIST: list_query, NUMBER: number, TOTAL: total})}"


def flow_of(request: HttpRequest, project: Project) -> Flow | None:
    """Return where the person is in her list, or None where she came from none; a fixed number of queries.

    What was done to the project may have taken it out of the list: `dann` then names who follows.
    """
    if LIST not in request.GET:
        return None
    list_query = request.GET[LIST][:LONGEST_QUERY]
    queue = queue_of(request, list_query)
    keys = [str(key) for key, _step in queue]
    after = keys.index(str(project.pk)) + 1 if str(project.pk) in keys else len(keys)
    named = request.GET.get(NEXT, "")
    after = keys.index(named) if named in keys else after
    number = _number(request, NUMBER, after)
    following = queue[after] if after < len(queue) else None
    return Flow(list_query, number, max(number, _number(request, TOTAL, len(queue))), following)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 else max(otherwise, 1)


def queue_of(request: HttpRequest, list_query: str) -> list[Waiting]:
    """Return what the list shows in its order, of it what waits for gate or rating and is open to this person."""
    rows = _waiting(request, list_query).filter(_open_to(request.user))  # type: ignore[arg-type]
    return list(rows.values_list("pk", "step")[:LONGEST])


def _waiting(request: HttpRequest, list_query: str) -> QuerySet[Project]:
    desk_list = admin.site.get_model_admin(Project)
    known = (LIST_PARAMETERS | desk_list.filter_parameters()) - {"p"}  # type: ignore[attr-defined]
    asked = copy(request)
    asked.GET = QueryDict(urlencode([(name, value) for name, value in parse_qsl(list_query) if name in known]))  # type: ignore[assignment]
    try:
        rows = desk_list.get_changelist_instance(asked).queryset
    except IncorrectLookupParameters:
        return Project.objects.none()
    return rows.filter(step__in=list(FLOW_PAGES))


def _open_to(user: User) -> Q:
    standing = standing_of(user)
    return ~barred_projects(standing.actor_id) if standing.acts_as_cdo else entrusted_to(user)


def list_query_of(request: HttpRequest) -> str:
    """Return the query string of the list at hand, without its page; of one too long to be meant, nothing."""
    query = urlencode([(name, request.GET[name]) for name in request.GET if name != "p"])
    return query if len(query) <= LONGEST_QUERY else ""


@desk_required
def begin_flow(request: SignedInRequest) -> HttpResponse:
    """Lead to the first idea of the list that the address names; say how many of it somebody else judges."""
    list_query = request.GET.get(LIST, "")[:LONGEST_QUERY]
    queue = queue_of(request, list_query)
    if left_out := _waiting(request, list_query).exclude(_open_to(request.user)).count():
        sentence = ngettext(
            "Ein Vorhaben dieser Liste kommt nicht dran: Darüber urteilt jemand anderes.",
            "{count} Vorhaben dieser Liste kommen nicht dran: Darüber urteilt jemand anderes.",
            left_out,
        )
        messages.info(request, sentence.format(count=left_out))
    if not queue:
        messages.info(request, _("In dieser Liste wartet nichts auf Ihre Prüfung oder Bewertung."))
        return redirect(f"{reverse('admin:pool_project_changelist')}?{list_query}")
    return redirect(page_address(queue[0], list_query, 1, len(queue)))
