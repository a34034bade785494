"""Who is told what. Takes values, called only after commit.

An action says what happened with `after_commit(event, project=..., by=...)`; when its transaction is committed, the
event works out from the rows as they then stand whom it concerns and in which words. Whoever acted is told nothing
(but for the receipt of a submission), nobody is told twice of one event, and nobody of what she may not read. Sentences
here are fixed: no name, reason or other typed text; a project's title stands in the portal's message alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.mandates.models import Mandate
from governance.mandates.rules import Role
from governance.messages import actions as messages
from governance.messages.kinds import KindGroup
from governance.messages.models import Message
from governance.messages.rules import Way
from governance.models import Actor, User
from governance.record import clock
from pool.lifecycle import Act
from pool.permissions import AUTHORS, TEAM, may
from pool.project.models import Project, ProjectMandate


class Kind(TextChoices):
    """What a person can be told about a project, as she chooses it among her preferences."""

    HANDED_IN = "handed_in", gettext_lazy("Eine Idee von mir ist eingegangen")
    REVIEW_BEGUN = "review_begun", gettext_lazy("Die Prüfung meiner Idee beginnt")
    RETURNED = "returned", gettext_lazy("Meine Idee kommt zur Überarbeitung zurück")
    NOT_ADMITTED = "not_admitted", gettext_lazy("Meine Idee wird nicht aufgenommen")
    ADMITTED = "admitted", gettext_lazy("Meine Idee kommt in den Pool")
    RATED = "rated", gettext_lazy("Meine Idee wird bewertet oder neu bewertet")
    DECIDED = "decided", gettext_lazy("Die Lenkungsgruppe beschließt über meine Idee")
    MERGED = "merged", gettext_lazy("Meine Idee geht in einer anderen auf, oder eine andere in ihr")
    WITHDRAWN = "withdrawn", gettext_lazy("Eine Idee, an der ich mitwirke, wird zurückgezogen")
    CORRECTED = "corrected", gettext_lazy("Im Text meiner Idee wird ein Versehen berichtigt")
    CO_AUTHOR = "co_author", gettext_lazy("Ich werde als Mitautor:in benannt")
    PUBLISHED = "published", gettext_lazy("Ein Vorhaben von mir wird öffentlich, oder nicht mehr")

    TEAM_NAMED = "team_named", gettext_lazy("Ich komme in ein Team oder verlasse es")
    PROGRESS = "progress", gettext_lazy("Ein Vorhaben von mir beginnt, schließt ab oder endet")

    IN_MY_FIELD = "in_my_field", gettext_lazy("In meinem Handlungsfeld ändert sich ein Vorhaben")

    TO_CHECK = "to_check", gettext_lazy("Eine Idee wartet auf die Prüfung")
    COMPLETION_PROPOSED = "completion_proposed", gettext_lazy("Ein Abschluss ist vorgeschlagen")
    SENT_BACK = "sent_back", gettext_lazy("Der Vorsitz gibt ein protokolliertes Ergebnis zurück")
    IN_THE_POOL = "in_the_pool", gettext_lazy("Ein Vorhaben beginnt oder wird zurückgezogen")

    ON_LIST = "on_list", gettext_lazy("Ein Vorhaben steht auf der Liste einer Sitzung")
    TO_CONFIRM = "to_confirm", gettext_lazy("Ein protokolliertes Ergebnis wartet auf meine Bestätigung")

    DRAFT_LYING = "draft_lying", gettext_lazy("Ein Entwurf von mir liegt seit 30 Tagen")
    REVISION_DUE = "revision_due", gettext_lazy("Der Tag für meine Überarbeitung ist da")
    LOOK_AGAIN_DUE = "look_again_due", gettext_lazy("Der Tag, ein zurückgestelltes Vorhaben anzusehen, ist da")


GROUPS = (
    KindGroup(
        gettext_lazy("Meine Ideen"),
        (
            Kind.HANDED_IN, Kind.REVIEW_BEGUN, Kind.RETURNED, Kind.NOT_ADMITTED, Kind.ADMITTED, Kind.RATED,
            Kind.DECIDED, Kind.MERGED, Kind.WITHDRAWN, Kind.CORRECTED, Kind.CO_AUTHOR, Kind.PUBLISHED,
            Kind.DRAFT_LYING, Kind.REVISION_DUE,
        ),
        lambda standing: standing.is_employee,
    ),
    KindGroup(
        gettext_lazy("Umsetzung"),
        (Kind.TEAM_NAMED, Kind.PROGRESS),
        lambda standing: standing.is_employee,
    ),
    KindGroup(
        gettext_lazy("Meine Handlungsfelder"),
        (Kind.IN_MY_FIELD,),
        lambda standing: bool(standing.handlungsfeld_ids),
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Am Schreibtisch der CDO"),
        (Kind.TO_CHECK, Kind.COMPLETION_PROPOSED, Kind.SENT_BACK, Kind.IN_THE_POOL, Kind.LOOK_AGAIN_DUE),
        lambda standing: standing.is_cdo,
        way=Way.DAILY,
    ),
    KindGroup(
        gettext_lazy("Lenkungsgruppe"),
        (Kind.ON_LIST, Kind.TO_CONFIRM),
        lambda standing: standing.is_steering,
        way=Way.DAILY,
    ),
)  # fmt: skip


# --- How an action calls -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class News:
    """What an event knows: the project as it stands after the commit, who acted and when, and whether mails go out."""

    project: Project
    by: UUID | None
    at: datetime
    with_mails: bool = True


def after_commit(event: Callable[..., None], *, project: Project, by: Actor | None, **values: object) -> None:
    """Let `event(news, **values)` tell people when the act at hand is committed; a rolled back act tells nobody."""
    key, actor = project.pk, by.pk if by else None

    def happened(at: datetime, with_mails: bool) -> None:
        fresh = Project.objects.select_related("lead_handlungsfeld").get(pk=key)
        event(News(project=fresh, by=actor, at=at, with_mails=with_mails), **values)

    messages.after_commit(happened)


@dataclass(frozen=True, slots=True)
class To:
    """One sentence to some people."""

    people: Iterable[UUID]
    kind: Kind
    subject: str
    text: str = ""
    address: str = ""


def tell(news: News, *lines: To, key: str = "", includes_actor: bool = False) -> list[Message]:
    """Tell each person the first line that is for her; return the new messages.

    The pool number is added to the subject, the link leads to the casefile unless the line names another page. Whoever
    acted is left out unless `includes_actor`; real people are not told of examples. `key` names an occasion that may
    be reported more than once.
    """
    told = set() if includes_actor or news.by is None else {news.by}
    project, written = news.project, []
    for line in lines:
        people = [person for person in dict.fromkeys(line.people) if person not in told]
        told.update(people)
        written += messages.tell(
            people=_of_this_world(people, project),
            kind=line.kind,
            subject=_numbered(line.subject, project),
            text=line.text,
            about=project.title,
            address=line.address or reverse("casefile:detail", args=[project.pk]),
            at=news.at,
            key=key and f"{line.kind}:{key}",
            with_mails=news.with_mails,
        )
    return written


def _numbered(subject: str, project: Project) -> str:
    return f"{subject} (Nr. {project.pool_number})" if project.pool_number else subject


def _of_this_world(people: list[UUID], project: Project) -> list[UUID]:
    if not project.is_example:
        return people
    examples = set(Actor.objects.filter(pk__in=people, is_example=True).values_list("pk", flat=True))
    return [person for person in people if person in examples]


# --- Whom a project concerns ---------------------------------------------------------------------------------------


def _holders(project: Project, roles: Iterable[str]) -> list[UUID]:
    today = clock.today()
    rows = ProjectMandate.objects.filter(project=project, role__in=roles, valid_from__lte=today)
    return list(rows.exclude(valid_until__lt=today).order_by("pk").values_list("person_id", flat=True))


def authors(project: Project) -> list[UUID]:
    """Return who submitted and who writes along."""
    return _holders(project, AUTHORS)


def team(project: Project) -> list[UUID]:
    """Return who carries the project out."""
    return _holders(project, TEAM)


def coordinators(project: Project) -> list[UUID]:
    """Return who coordinates the project's Handlungsfelder."""
    fields = list(project.need_links.values_list("handlungsbedarf__handlungsfeld", flat=True))
    if project.lead_handlungsfeld_id is not None:
        fields.append(project.lead_handlungsfeld_id)
    return list(_mandates(Role.COORDINATOR).filter(handlungsfeld__in=fields).values_list("person", flat=True))


def office(project: Project, act: Act) -> list[UUID]:
    """Return who does the CDO's work on this project today: not the barred, the deputy where the rule says so."""
    return _able(Role.CDO, act, project)


def chairs(project: Project) -> list[UUID]:
    """Return who confirms on this project today: the chair, or the deputy where the rule says so."""
    return _able(Role.CHAIR, Act.CONFIRM, project)


def steering(body_id: int) -> list[UUID]:
    """Return who sits in the body, chair and deputy included."""
    rows = _mandates(Role.CHAIR, Role.MEMBER).filter(body=body_id)
    return list(rows.values_list("person", flat=True))


def _mandates(*roles: Role) -> QuerySet[Mandate]:
    return Mandate.objects.valid_on(clock.today()).filter(role__in=roles).order_by("pk")  # type: ignore[attr-defined]


def _able(role: Role, act: Act, project: Project) -> list[UUID]:
    holders = User.objects.filter(actor_person__actor__in=_mandates(role).values("person"), is_active=True)
    able = [user for user in holders.select_related("actor_person").order_by("pk") if may(user, act, project)]
    return [user.actor_person.actor_id for user in able]


def _day(day: date) -> str:
    return date_format(day, "j. F Y")


def _desk(project: Project) -> str:
    return reverse("admin:pool_project_change", args=[project.pk])


# --- 1 Writing and handing in --------------------------------------------------------------------------------------


def submitted(news: News, *, again: bool) -> None:
    """Handed in: a receipt for the authors, whoever of them did it; the idea waits for the office."""
    receipt = _("Ihre überarbeitete Idee ist eingegangen") if again else _("Ihre Idee ist eingegangen")
    next_step = _("Als Nächstes prüft die Stabsstelle mainzDIGITAL die fünf Grundkriterien. Sie hören von uns.")
    waiting = _("Eine überarbeitete Idee wartet auf die Prüfung") if again else _("Eine Idee wartet auf die Prüfung")
    tell(
        news,
        To(authors(news.project), Kind.HANDED_IN, receipt, next_step),
        To(office(news.project, Act.ANSWER_GATE), Kind.TO_CHECK, waiting, address=_desk(news.project)),
        includes_actor=True,
    )
