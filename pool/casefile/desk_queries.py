"""What the desk's pages show of a project, and which acts are open on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.mandates.queries import standing_of
from governance.models import User
from governance.permissions import NotAllowed
from governance.record import clock
from pool.casefile.models import PreparedDecision
from pool.casefile.rules import LONGEST_DAYS, SCHNELLBOOT_NOTICE_DAYS
from pool.decision.models import Sitting, SittingItem
from pool.delivery.models import CompletionProposal
from pool.lifecycle import FINAL_STEPS, Act, Step
from pool.maturity.queries import with_large_spread, without_countersignature
from pool.permissions import AUTHORS, TEAM, may, require
from pool.priority.models import ClassMark
from pool.priority.queries import shows_examples_to
from pool.project.models import (
    NeedLink,
    OutsidePartner,
    Project,
    ProjectMandate,
    ProjectSource,
    QuerschnittAnswer,
    TextVersion,
    UnitLink,
)
from pool.publication.models import Consent, ConsentRequest, PublicText, Release
from pool.questions.models import Objection, Question
from pool.questions.rules import ENDED, State, Voice


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea as its sheet shows it."""

    project: Project
    needs: list[NeedLink]
    units: list[UnitLink]
    partners: list[OutsidePartner]
    answers: list[QuerschnittAnswer]
    versions: list[TextVersion]
    sources: list[ProjectSource]
    people: list[ProjectMandate]


def idea_of(project: Project) -> Idea:
    """Return everything the idea sheet shows, in a fixed number of queries."""
    return Idea(
        project=project,
        needs=list(project.need_links.select_related("handlungsbedarf__handlungsfeld")),
        units=list(project.unit_links.select_related("unit").order_by("pk")),
        partners=list(project.partners.order_by("pk")),
        answers=list(project.querschnitt_answers.select_related("querschnittsthema").order_by("querschnittsthema")),
        versions=list(project.text_versions.order_by("-number")),
        sources=list(project.source_links.select_related("source")),
        people=list(project.mandates.select_related("person__person__user").order_by("pk")),
    )


# --- What waits ---------------------------------------------------------------------------------------------------


def waits_for_gate(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what waits for the gate; what is prepared waits for its release instead."""
    return projects.filter(~_prepared(), step=Step.SUBMITTED)


def waits_for_release(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what a decision is prepared for that still fits: the project has not changed since."""
    return projects.filter(_prepared())


def _prepared() -> Exists:
    waiting = PreparedDecision.objects.filter(project=OuterRef("pk"), state=PreparedDecision.State.WAITING)
    return Exists(waiting.filter(version=OuterRef("version")))


def is_far_apart(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what the opinions lie far apart on."""
    return with_large_spread(projects)


def lacks_countersignature(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what was rated by one pair of eyes alone so far."""
    return without_countersignature(projects)


def waits_for_rating(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what waits for a rating."""
    return projects.filter(step=Step.POOLED)


def waits_for_resolution(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what waits for a Beschluss of the Lenkungsgruppe."""
    return projects.filter(step=Step.ASSESSED)


def waits_for_completion(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what the Projektleitung proposes to complete."""
    proposals = CompletionProposal.objects.filter(project=OuterRef("pk"), is_current=True)
    return projects.filter(Exists(proposals), step=Step.RUNNING)


def waits_for_team(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what is commissioned and has no Projektleitung yet."""
    leads = ProjectMandate.objects.filter(project=OuterRef("pk"), role=ProjectMandate.Role.LEAD)
    return projects.filter(~Exists(leads), step=Step.COMMISSIONED, is_taken_over=False)


def is_due(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what was to be looked at again, or be reminded of, by today."""
    return projects.filter(
        Q(step=Step.DEFERRED, look_again_on__lte=today) | Q(step=Step.RETURNED, remind_on__lte=today)
    )


def waits_for_answer(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what waits for the authors' answer to a question."""
    return projects.filter(_has_question(State.OPEN)).exclude(step__in=ENDED)


def is_answered(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what an answer to the office came back on: to be settled, or asked again. What others who rate asked is
    theirs to settle.
    """
    return projects.filter(_has_question(State.ANSWERED, asked_as=Voice.OFFICE)).exclude(step__in=ENDED)


def _has_question(state: State, **known: str) -> Exists:
    return Exists(Question.objects.filter(project=OuterRef("pk"), state=state, **known))


def is_objected(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what somebody objected about and no sitting has decided since."""
    return projects.filter(_undecided_objection(), step=Step.REJECTED)


def _undecided_objection() -> Exists:
    decided = SittingItem.objects.filter(
        project=OuterRef("project"), is_final=True, state="confirmed", recorded_at__gte=OuterRef("at")
    )
    return Exists(Objection.objects.filter(~Exists(decided), project=OuterRef("pk")))


def waits_for_consent(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what waits for the lead unit to agree to the public text."""
    waiting = ConsentRequest.objects.filter(project=OuterRef("pk"), state=ConsentRequest.State.OPEN)
    return projects.filter(Exists(waiting))


def is_planned(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what becomes public on a later day, by itself."""
    return projects.filter(
        Exists(Release.objects.filter(project=OuterRef("pk"), is_planned=True, released_at__gt=clock.now()))
    )


def is_refused(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what the lead unit refused the last version of, without anybody having asked or written anew."""
    return projects.filter(_refused_consent())


def _refused_consent() -> Exists:
    newer = PublicText.objects.filter(project=OuterRef("project"), number__gt=OuterRef("text__number"))
    later = ConsentRequest.objects.filter(project=OuterRef("project"), pk__gt=OuterRef("pk"))
    given = Consent.objects.filter(text=OuterRef("text"))
    refused = ConsentRequest.objects.filter(project=OuterRef("pk"), state=ConsentRequest.State.REFUSED)
    return Exists(refused.filter(~Exists(newer), ~Exists(later), ~Exists(given)))


def waits_for_authors(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what was given back and waits for those who wrote it."""
    return projects.filter(step=Step.RETURNED)


def lies_too_long(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return what has stood in its step for longer than the bound of that step."""
    late = Q(pk__in=[])
    for step, days in LONGEST_DAYS.items():
        late |= Q(step=step, step_since__lt=today - timedelta(days=days))
    return projects.filter(late, is_taken_over=False)


def is_schnellboot_due(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return the Schnellboote whose visible result is due within the notice or overdue, and that are not over."""
    due = ClassMark.objects.filter(
        project=OuterRef("pk"),
        mark=ClassMark.Mark.SCHNELLBOOT,
        is_current=True,
        state__in=[ClassMark.State.PROPOSED, ClassMark.State.CONFIRMED],
        visible_on__lte=today + timedelta(days=SCHNELLBOOT_NOTICE_DAYS),
    )
    return projects.filter(Exists(due)).exclude(step__in=[Step.DECLINED, *FINAL_STEPS])


def waits_for_cdo(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Return everything that waits for the CDO, in one query."""
    proposals = CompletionProposal.objects.filter(project=OuterRef("pk"), is_current=True)
    leads = ProjectMandate.objects.filter(project=OuterRef("pk"), role=ProjectMandate.Role.LEAD)
    return projects.filter(
        Q(step__in=[Step.SUBMITTED, Step.POOLED])
        | Q(Exists(proposals), step=Step.RUNNING)
        | Q(~Exists(leads), step=Step.COMMISSIONED, is_taken_over=False)
        | Q(step=Step.DEFERRED, look_again_on__lte=today)
        | Q(step=Step.RETURNED, remind_on__lte=today)
        | Q(_has_question(State.ANSWERED, asked_as=Voice.OFFICE)) & ~Q(step__in=ENDED)
        | Q(_undecided_objection(), step=Step.REJECTED)
        | Q(_refused_consent())
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of work that waits at the desk: its key in the address, its words, and how it is picked.

    `is_own` tells the CDO's own work from what she only keeps an eye on; `hint` says what the words leave open.
    """

    key: str
    label: str | Promise
    task: str | Promise
    pick: Callable[[QuerySet[Project], date], QuerySet[Project]]
    is_own: bool = True
    hint: str | Promise = ""
    tells_of_opinions: bool = False  # never told to whose project it is

    def picked(self, projects: QuerySet[Project], user: User | AnonymousUser, today: date) -> QuerySet[Project]:
        """Return what waits, as far as `user` may know it."""
        found = self.pick(projects, today)
        if not self.tells_of_opinions:
            return found
        mine = ProjectMandate.objects.filter(project=OuterRef("pk"), person=standing_of(user).actor_id)
        return found.filter(~Exists(mine.filter(role__in=AUTHORS | TEAM)))


# In the order of the way; the first page of the desk counts each, the list of projects filters by each.
QUEUES = {
    queue.key: queue
    for queue in (
        Queue("pruefung", _("Prüfung"), _("an den Grundkriterien prüfen"), waits_for_gate),
        Queue(
            "vorbereitet",
            _("vorbereitete Entscheidung"),
            _("vorbereitet: gemeinsam freigeben"),
            waits_for_release,
        ),
        Queue("bewertung", _("Bewertung"), _("in den Reifegraden bewerten"), waits_for_rating),
        Queue("beschluss", _("Beschluss"), _("für einen Beschluss vorbereiten"), waits_for_resolution),
        Queue("team", _("Team"), _("mit einem Team versehen"), waits_for_team),
        Queue("abschluss", _("Abschluss"), _("abschließen"), waits_for_completion),
        Queue(
            "rueckfrage",
            _("wartet auf Antwort"),
            _("warten auf eine Antwort auf unsere Rückfrage"),
            waits_for_answer,
            is_own=False,
        ),
        Queue(
            "zustimmung",
            _("wartet auf Zustimmung"),
            _("warten auf die Zustimmung der Stelle zum öffentlichen Text"),
            waits_for_consent,
            is_own=False,
        ),
        Queue(
            "abgelehnt",
            _("Zustimmung abgelehnt"),
            _("brauchen einen neuen öffentlichen Text: die Stelle hat abgelehnt"),
            is_refused,
        ),
        Queue(
            "geplant",
            _("Veröffentlichung geplant"),
            _("werden an einem geplanten Tag öffentlich"),
            is_planned,
            is_own=False,
        ),
        Queue("beantwortet", _("Rückfrage beantwortet"), _("haben eine Antwort bekommen"), is_answered),
        Queue("widerspruch", _("Widerspruch"), _("wegen eines Widerspruchs auf eine Liste setzen"), is_objected),
        Queue("wiedervorlage", _("Wiedervorlage"), _("wieder ansehen"), is_due),
        Queue(
            "ueberarbeitung",
            _("Überarbeitung"),
            _("sind zurückgegeben und werden überarbeitet"),
            waits_for_authors,
            is_own=False,
        ),
        Queue(
            "spannweite",
            _("Einschätzungen weit auseinander"),
            _("haben Einschätzungen, die weit auseinanderliegen"),
            is_far_apart,
            is_own=False,
            tells_of_opinions=True,
        ),
        Queue(
            "gegenzeichnung",
            _("Gegenzeichnung fehlt"),
            _("sind bewertet und noch nicht gegengezeichnet"),
            lacks_countersignature,
            is_own=False,
        ),
        Queue(
            "liegt",
            _("liegt zu lange"),
            _("stehen zu lange im selben Schritt"),
            lies_too_long,
            is_own=False,
            hint=_("Gezählt wird nach so vielen Tagen: {bounds}."),
        ),
        Queue(
            "schnellboot",
            _("Schnellboot fällig"),
            _("sind Schnellboote mit fälligem Ergebnis"),
            is_schnellboot_due,
            is_own=False,
            hint=_("Fällig heißt: in den nächsten {days} Tagen oder schon vorbei."),
        ),
    )
}


def waiting_counts(user: User, *, beside: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return how many projects wait in each queue and stand in each step (`step_…`), examples only for demo accounts;
    one query, which reads the columns `beside` too."""
    world, today = _world(user), clock.today()
    picked = {
        queue.key: Count("pk", filter=Q(pk__in=queue.picked(world, user, today).order_by().values("pk")))
        for queue in QUEUES.values()
    }
    picked |= {f"step_{step}": Count("pk", filter=Q(step=step)) for step in Step.values}
    return world.order_by().aggregate(**picked, **(beside or {}))


@dataclass(frozen=True, slots=True)
class Lying:
    """Something that waits for the office since a day: an objection, an answer."""

    project: Project
    since: date
    address: str
    sitting_day: date | None = None  # of the open sitting whose list the project stands on


def waiting_objections(user: User) -> list[Lying]:
    """Return the objections that no sitting has decided yet, the oldest first; one query."""
    rows = Objection.objects.filter(project__in=is_objected(_world(user), clock.today()).order_by().values("pk"))
    listed = SittingItem.objects.filter(project=OuterRef("project"), is_final=False).values("sitting__day")
    found = rows.select_related("project").annotate(sitting_day=Subquery(listed[:1])).order_by("at", "pk")
    return [
        Lying(row.project, clock.day_of(row.at), reverse("casefile:detail", args=[row.project_id]), row.sitting_day)
        for row in found
    ]


def waiting_answers_and_consents(user: User) -> tuple[list[Lying], list[Lying]]:
    """Return the answers to the office that nobody has settled or asked about again, and the requests for consent that
    no unit has answered yet, each the oldest first; one query for both.
    """
    answers = Question.objects.filter(state=State.ANSWERED, asked_as=Voice.OFFICE, project__in=_world(user))
    asked = ConsentRequest.objects.filter(state=ConsentRequest.State.OPEN, project__in=_world(user))
    rows = _lying(answers.exclude(project__step__in=ENDED), "answer", F("since")).union(
        _lying(asked, "consent", TruncDate("asked_at")), all=True
    )
    found: dict[str, list[Lying]] = {"answer": [], "consent": []}
    for kind, day, key, pk, title, is_example in sorted(rows):
        project = Project(pk=pk, title=title, is_example=bool(is_example))
        page, argument = ("questions:thread", [pk, key]) if kind == "answer" else ("admin:pool_project_release", [pk])
        found[kind].append(Lying(project, day, reverse(page, args=argument)))
    return found["answer"], found["consent"]


def _lying(rows: QuerySet, kind: str, day: Combinable) -> QuerySet:
    """Return one branch of what lies since a day: its kind, the day, its key, and what is shown of the project."""
    named = rows.order_by().annotate(kind=Value(kind, output_field=CharField()), day=Cast(day, DateField()))
    return named.values_list("kind", "day", "pk", "project_id", "project__title", "project__is_example")


def _world(user: User) -> QuerySet[Project]:
    return Project.objects.all() if shows_examples_to(user) else Project.objects.filter(is_example=False)


# --- Lists of open sittings ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenList:
    """An open sitting and the projects on its list."""

    key: int
    name: str
    day: date
    projects: frozenset[UUID]


def open_lists(*, is_example: bool) -> list[OpenList]:
    """Return the open sittings of one world with what stands on their lists, the next first; one query."""
    rows = Sitting.objects.filter(closed_at__isnull=True, is_example=is_example).order_by("day", "pk")
    found: dict[int, tuple[str, date, set[UUID]]] = {}
    for key, body, day, project in rows.values_list("pk", "body__name", "day", "items__project"):
        found.setdefault(key, (f"{body}, {day:%d.%m.%Y}", day, set()))[2].update({project} if project else ())
    return [OpenList(key, name, day, frozenset(projects)) for key, (name, day, projects) in found.items()]


# --- Open acts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenAct:
    """One button of a project's page: the act that is asked for, the page that does it, the words on the button."""

    act: Act
    page: str
    label: str | Promise
    is_next: bool = False
    is_rare: bool = False
    applies: Callable[[Project], bool] = lambda project: True

    @property
    def address(self) -> str:
        """The name of the page's address."""
        return f"admin:pool_project_{self.page}"


def _has_proposal(project: Project) -> bool:
    return CompletionProposal.objects.filter(project=project, is_current=True).exists()


def _was_submitted(project: Project) -> bool:
    return project.text_versions.exists()


# In the order of the way; `is_next` marks what the step waits for.
BUTTONS = (
    OpenAct(Act.ANSWER_GATE, "gate", _("Grundkriterien prüfen"), is_next=True),
    OpenAct(Act.RATE, "rating", _("Reifegrade bewerten"), is_next=True),
    OpenAct(Act.COMPLETE, "complete", _("Abschließen"), is_next=True, applies=_has_proposal),
    OpenAct(Act.RESUME, "resume", _("Wieder aufnehmen")),
    OpenAct(Act.ASK_EXPERT, "experts", _("Um ein Gutachten bitten")),
    OpenAct(Act.PROPOSE_CLASS, "class", _("Klasse vorschlagen")),
    OpenAct(Act.NAME_TEAM, "team", _("Team benennen")),
    OpenAct(Act.LINK_NEEDS, "links", _("Bedarfe und Stellen verknüpfen")),
    OpenAct(Act.RELEASE, "release", _("Veröffentlichen")),
    OpenAct(Act.REOPEN_RATING, "reopen", _("Bewertung neu öffnen"), is_rare=True),
    OpenAct(Act.MERGE, "merge", _("Zusammenführen"), is_rare=True),
    OpenAct(Act.CORRECT_SLIP, "correct", _("Versehen berichtigen"), is_rare=True, applies=_was_submitted),
    OpenAct(Act.WITHDRAW, "withdraw", _("Zurückziehen"), is_rare=True),
    OpenAct(Act.STOP, "stop", _("Beenden"), is_rare=True, applies=lambda project: project.is_taken_over),
)


def open_acts(user: User, project: Project) -> list[OpenAct]:
    """Return the buttons that `user` sees on the project's page today."""
    return [button for button in BUTTONS if may(user, button.act, project) and button.applies(project)]


def why_not(user: User, project: Project) -> str:
    """Return why the act that the step waits for is not open to `user` (own project, deputy without cause), or ""."""
    waiting = {Step.SUBMITTED: Act.ANSWER_GATE, Step.POOLED: Act.RATE, Step.ASSESSED: Act.REOPEN_RATING}
    act = waiting.get(Step(project.step), Act.CORRECT_SLIP)
    try:
        require(user, act, project)
    except NotAllowed as refusal:
        return str(refusal) if project.step != Step.DRAFT else ""
    return ""
