"""Finding what resembles an idea, in a number of queries that does not grow with the pool."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from governance.mandates.queries import standing_of
from governance.models import OrganisationUnit, User
from governance.organisation.queries import unit_tree
from governance.organisation.rules import office_of
from governance.record import clock
from pool.lifecycle import Act, Step
from pool.permissions import AUTHORS, JOINABLE, TEAM, may
from pool.project.models import Project, ProjectMandate
from pool.similarity.models import Difference, JoinRequest, SearchEntry, SearchTerm, SearchText, SynonymGroup
from pool.similarity.rules import (
    COMMON_BEGINNING,
    SHORTEST_COMMON_BEGINNING,
    SHORTEST_MISSPELT,
    Lookup,
    Synonyms,
    factor_of,
    lookup_of,
    rarity,
    resemblance,
    weighted_terms,
)

MOST_SHOWN = 3
# Rare words first: so many occurrences are read to find whom to compare, and so many are compared.
MOST_OCCURRENCES = 2000
MOST_COMPARED = 60
LAST_LETTERS = "z" * 40
_BEING_CHECKED = frozenset({Step.SUBMITTED, Step.RETURNED})


@dataclass(frozen=True, slots=True)
class Similar:
    """One similar project. Of an idea that is still being checked only the office may be told, no word of its text."""

    project: Project
    similarity: float
    office: OrganisationUnit | None = None
    may_be_joined: bool = False

    @property
    def is_only_mentioned(self) -> bool:
        """Tell whether no more may be shown than that there is a similar idea."""
        return not self.project.is_in_pool


def findable() -> Q:
    """Return the condition for what a search for similar projects may show to all staff.

    What is in the pool, and ideas that are being checked whose submitter allowed to mention them. Drafts never.
    """
    in_pool = (Q(pool_number__isnull=False) | Q(is_taken_over=True)) & ~Q(step=Step.MERGED)
    return in_pool | Q(may_be_mentioned=True, step__in=_BEING_CHECKED)


def may_be_found(project: Project) -> bool:
    """Tell whether all staff may be shown that `project` exists."""
    return Project.objects.filter(findable(), pk=project.pk).exists()


def similar_to(title: str, short_text: str, *, besides: Project | None = None) -> list[Similar]:
    """Return at most three projects that resemble an idea, the most similar first, and none that is far-fetched."""
    typed = weighted_terms(title, short_text)
    if not typed:
        return []
    factors = _factors(typed)
    met = {text for meets in factors.values() for text in meets}
    occurrences = _occurrences(met)
    total = SearchText.objects.count()
    found = []
    for project_id, known in _texts_to_compare(met, occurrences, total, besides).items():
        likeness = resemblance(typed, known, factors, occurrences, total)
        if likeness is not None:
            found.append((-likeness.similarity, str(project_id)))
    return _shown(sorted(found)[:MOST_SHOWN])


def _factors(typed: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return for each typed term the terms of the vocabulary it meets, each with how much that counts."""
    synonyms = Synonyms(words.split(",") for words in SynonymGroup.objects.values_list("words", flat=True))
    lookups = [lookup_of(term, synonyms) for term in typed]
    same = {text for lookup in lookups for text in lookup.same}
    known = set(SearchTerm.objects.filter(text__in=same).values_list("text", flat=True))
    condition = Q(pk__in=[])
    for lookup in lookups:
        condition |= _containing(lookup)
        if lookup.term not in known and len(lookup.term) >= SHORTEST_MISSPELT:
            condition |= _beginning_with(lookup.term[:2])
    known |= set(SearchTerm.objects.filter(condition).values_list("text", flat=True))
    return {
        lookup.term: {text: factor for text in known if (factor := factor_of(lookup, text)) > 0} for lookup in lookups
    }


def _containing(lookup: Lookup) -> Q:
    condition = Q(pk__in=[])
    for inner in lookup.within:
        backwards = inner[::-1]
        condition |= _beginning_with(inner)
        condition |= Q(backwards__gte=backwards, backwards__lte=backwards + LAST_LETTERS)
    if len(lookup.term) >= SHORTEST_COMMON_BEGINNING:
        condition |= _beginning_with(lookup.term[:COMMON_BEGINNING])
    return condition


def _beginning_with(start: str) -> Q:
    # A range, so that both databases use the index; terms are a to z alone, which every collation sorts alike.
    return Q(text__gte=start, text__lte=start + LAST_LETTERS)


def _occurrences(texts: Iterable[str]) -> dict[str, int]:
    rows = SearchEntry.objects.filter(term__text__in=set(texts)).order_by().values("term__text")
    return {row["term__text"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def _texts_to_compare(
    met: Iterable[str], occurrences: dict[str, int], total: int, besides: Project | None
) -> Mapping[UUID, dict[str, int]]:
    """Return the words of those projects that share the rarest words; adds to `occurrences` what these words need."""
    rare: list[str] = []
    read = 0
    for text in sorted((text for text in met if text in occurrences), key=lambda text: (occurrences[text], text)):
        if rare and read + occurrences[text] > MOST_OCCURRENCES:
            break
        rare.append(text)
        read += occurrences[text]
    rows = SearchEntry.objects.filter(term__text__in=rare, project__in=Project.objects.filter(findable()))
    if besides is not None:
        rows = rows.exclude(project=besides)
    weight: dict[UUID, float] = defaultdict(float)
    for project_id, text in rows.order_by().values_list("project", "term__text"):
        weight[project_id] += rarity(occurrences[text], total)
    nearest = sorted(weight, key=lambda project_id: (-weight[project_id], str(project_id)))[:MOST_COMPARED]
    texts: dict[UUID, dict[str, int]] = {project_id: {} for project_id in nearest}
    entries = SearchEntry.objects.filter(project__in=nearest).order_by()
    for project_id, text, own in entries.values_list("project", "term__text", "weight"):
        texts[project_id][text] = own
    occurrences |= _occurrences({text for known in texts.values() for text in known} - set(occurrences))
    return texts


def _shown(found: list[tuple[float, str]]) -> list[Similar]:
    projects = Project.objects.select_related("lead_unit", "lead_handlungsfeld").in_bulk([UUID(pk) for _, pk in found])
    submitted = set(
        ProjectMandate.objects.filter(
            project__in=projects, role=ProjectMandate.Role.SUBMITTER, valid_until=None
        ).values_list("project", flat=True)
    )
    return [
        Similar(
            project := projects[UUID(pk)],
            -negative,
            office=None if project.is_in_pool else office_to_mention(project),
            may_be_joined=project.pk in submitted and project.step in JOINABLE,
        )
        for negative, pk in found
    ]


def office_to_mention(project: Project) -> OrganisationUnit | None:
    """Return the office of the lead unit, all that may be told of an idea that is being checked."""
    found = office_of(project.lead_unit_id, unit_tree(), clock.today())
    return OrganisationUnit.objects.filter(pk=found).first() if found is not None else None


@dataclass(frozen=True, slots=True)
class Panel:
    """What the form of an idea shows of similar projects, and what its authors have said about them."""

    project: Project | None
    entries: list[tuple[Similar, Difference | None]]
    is_asked: bool


def panel_for(project: Project | None, title: str, short_text: str) -> Panel:
    """Return what resembles the typed title and short text; `project` is the draft they belong to, if it is saved."""
    said = {row.other_id: row for row in differences_of(project)} if project else {}
    similar = similar_to(title, short_text, besides=project)
    return Panel(project, [(each, said.get(each.project.pk)) for each in similar], bool(title and short_text))


def differences_of(project: Project) -> list[Difference]:
    """Return what the authors said about similar projects, as it stands."""
    return list(project.differences.filter(is_current=True).select_related("other__lead_unit").order_by("pk"))


def open_join_requests(project: Project) -> list[JoinRequest]:
    """Return the requests to join that wait for an answer, the oldest first."""
    rows = project.join_requests.filter(answer=JoinRequest.Answer.OPEN)
    return list(rows.select_related("person__person__user").order_by("at", "pk"))


def join_request_of(project: Project, actor_id: UUID | None) -> JoinRequest | None:
    """Return the last request of one person on a project, or None."""
    return project.join_requests.filter(person_id=actor_id).order_by("-pk").first()


def may_ask_to_join(user: User, project: Project) -> bool:
    """Tell whether `user` is offered to ask: may, has no part in the project, no open question, and is answered."""
    if not project.is_in_pool or not may(user, Act.ASK_TO_JOIN, project):
        return False
    me = standing_of(user).actor_id
    people = list(project.mandates.filter(valid_until=None).values_list("person", "role"))
    if not any(role == ProjectMandate.Role.SUBMITTER for _person, role in people):
        return False
    if any(person == me and role in AUTHORS | TEAM for person, role in people):
        return False
    return not project.join_requests.filter(person=me, answer=JoinRequest.Answer.OPEN).exists()
