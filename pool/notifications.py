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

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.messages import actions as messages
from governance.messages.models import Message
from governance.models import Actor
from pool.audience import (
    authors,
    chairs,
    coordinators,
    countersigners,
    office,
    steering,
    submitters,
    team,
)
from pool.lifecycle import Act
from pool.message_kinds import Kind
from pool.project.models import Project
from pool.stand_ins.queries import stand_in_on

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
        for reached, address in _addressed(people, line, project):
            written += messages.tell(
                people=_of_this_world(reached, project),
                kind=line.kind,
                subject=_numbered(line.subject, project),
                text=line.text,
                about=project.title,
                address=address,
                at=news.at,
                key=key and f"{line.kind}:{key}",
                with_mails=news.with_mails,
            )
    return written


def _addressed(people: list[UUID], line: To, project: Project) -> list[tuple[list[UUID], str]]:
    """Return the people with the page that the line leads to; the desk is closed to a named stand-in."""
    casefile = reverse("casefile:detail", args=[project.pk])
    if line.address != desk_address(project):
        return [(people, line.address or casefile)]
    named = stand_in_on(project)
    others = [person for person in people if person != named]
    return [(others, line.address), ([person for person in people if person == named], casefile)]


def _numbered(subject: str, project: Project) -> str:
    return f"{subject} (Nr. {project.pool_number})" if project.pool_number else subject


def _of_this_world(people: list[UUID], project: Project) -> list[UUID]:
    if not project.is_example:
        return people
    examples = set(Actor.objects.filter(pk__in=people, is_example=True).values_list("pk", flat=True))
    return [person for person in people if person in examples]


def _day(day: date) -> str:
    return date_format(day, "j. F Y")


def desk_address(project: Project) -> str:
    """Return the address of a project at the desk."""
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
        To(office(news.project, Act.ANSWER_GATE), Kind.TO_CHECK, waiting, address=desk_address(news.project)),
        includes_actor=True,
    )


def co_author_named(news: News, *, person: UUID) -> None:
    """The colleague learns that she may write along."""
    text = _("Sie können den Text bearbeiten und die Idee mit einreichen.")
    tell(news, To([person], Kind.CO_AUTHOR, _("Sie schreiben an einer Idee mit"), text))


def co_author_ended(news: News, *, person: UUID) -> None:
    """Who wrote along learns that it is over; the idea itself may no longer be hers to read."""
    address = "" if news.project.is_in_pool else reverse("submission:mine")
    text = _("Was Sie geschrieben haben, bleibt in der Idee.")
    tell(news, To([person], Kind.CO_AUTHOR_ENDED, _("Sie schreiben an einer Idee nicht mehr mit"), text, address))


def side_text_kept(news: News, *, side_text: int) -> None:
    """Two wrote at once: the other authors learn that a second text lies beside theirs."""
    text = _("Beide Texte sind aufgehoben. Vergleichen Sie, und wählen Sie, was gelten soll.")
    people = authors(news.project)
    subject = _("Zu Ihrer Idee liegt ein zweiter Text")
    tell(news, To(people, Kind.SIDE_TEXT_KEPT, subject, text), key=f"side:{side_text}")


def read_in(news: News, *, person: UUID, is_submitted: bool) -> None:
    """An idea came in from a list and names somebody: she learns that it is hers, and whether she has to finish it."""
    text = _("Sie ist eingereicht und wird geprüft.") if is_submitted else _("Noch fehlt etwas; schreiben Sie weiter.")
    tell(news, To([person], Kind.READ_IN, _("Eine Idee ist auf Ihren Namen eingelesen"), text))


def submitter_named(news: News, *, person: UUID) -> None:
    """Whoever is named for an idea that was read in without a person."""
    text = _("Sie kam aus einer Liste ohne Person. Ab heute entscheiden Sie, wie es mit ihr weitergeht.")
    tell(news, To([person], Kind.READ_IN, _("Eine Idee ist auf Ihren Namen eingetragen"), text))


def handed_over(news: News, *, to: UUID, before: UUID) -> None:
    """The new submitter, and the one before where somebody else handed it over."""
    text = _("Sie sind jetzt die einreichende Person und entscheiden, wie es mit ihr weitergeht.")
    tell(
        news,
        To([to], Kind.HANDED_OVER, _("Eine Idee ist Ihnen übergeben"), text),
        To([before], Kind.HANDED_OVER, _("Ihre Idee ist auf Bitte übergeben")),
    )


def link_proposed(news: News, *, link: int) -> None:
    """Another project would like to be linked with this one; its authors and its team answer, or the office."""
    people = [*authors(news.project), *team(news.project), *office(news.project, Act.ANSWER_LINK)]
    subject = _("Ein Vorhaben möchte sich mit Ihrem verbinden")
    text = _("Bitte bestätigen Sie es, oder lehnen Sie es ab.")
    tell(news, To(people, Kind.LINKED, subject, text), key=f"link:{link}")


def link_answered(news: News, *, proposed_by: UUID, is_confirmed: bool, link: int) -> None:
    """Whoever proposed a link learns the answer."""
    confirmed, refused = _("Ihre Verbindung ist bestätigt"), _("Ihre Verbindung ist nicht bestätigt")
    tell(news, To([proposed_by], Kind.LINKED, confirmed if is_confirmed else refused), key=f"link:{link}:answer")


def link_withdrawn(news: News, *, link: int) -> None:
    """The other side of a link learns that it is taken back: its authors and its team."""
    people = [*authors(news.project), *team(news.project)]
    subject = _("Eine Verbindung zu Ihrem Vorhaben ist zurückgenommen")
    tell(news, To(people, Kind.LINKED, subject), key=f"link:{link}:withdrawn")


def stand_in_named(news: News, *, person: UUID, row: int) -> None:
    """Whom the chair named learns that she judges this project in place of the CDO."""
    subject = _("Sie vertreten die CDO bei einem Vorhaben")
    text = _("Der Vorsitz der Lenkungsgruppe hat Sie dafür benannt. Was zu tun ist, steht beim Vorhaben.")
    tell(news, To([person], Kind.STAND_IN_NAMED, subject, text), key=f"stand_in:{row}")


def asked_to_join(news: News, *, request: int) -> None:
    """Somebody would like to work on the idea; who and why stands on the page behind the link."""
    address = reverse("similarity:answer", args=[news.project.pk, request])
    subject = _("Jemand möchte an Ihrer Idee mitwirken")
    tell(news, To(submitters(news.project), Kind.JOIN_ASKED, subject, address=address), key=f"join:{request}")


def join_answered(news: News, *, person: UUID, is_accepted: bool, request: int) -> None:
    """Whoever asked learns the answer."""
    accepted, declined = _("Ihre Bitte um Mitwirkung ist angenommen"), _("Ihre Bitte um Mitwirkung ist abgelehnt")
    subject = accepted if is_accepted else declined
    text = _("Sie schreiben ab heute mit.") if is_accepted else ""
    address = "" if is_accepted or news.project.is_in_pool else reverse("submission:mine")
    tell(news, To([person], Kind.JOIN_ANSWERED, subject, text, address), key=f"join:{request}")


def corrected(news: News) -> None:
    """The authors learn that a slip in their text was corrected; the old text stays readable."""
    text = _("Die alte Fassung und die Begründung stehen bei der Idee.")
    tell(news, To(authors(news.project), Kind.CORRECTED, _("In Ihrem Text ist ein Versehen berichtigt"), text))


def withdrawn(news: News, *, was_draft: bool) -> None:
    """Withdrawn: who wrote it; from handed in on the office, from the pool on the coordinators."""
    project = news.project
    tell(
        news,
        To(authors(project), Kind.WITHDRAWN, _("Eine Idee, an der Sie mitwirken, ist zurückgezogen")),
        To(
            [] if was_draft else office(project, Act.CORRECT_SLIP),
            Kind.IN_THE_POOL,
            _("Ein Vorhaben ist zurückgezogen"),
            address=desk_address(project),
        ),
        To(
            coordinators(project) if project.is_in_pool else [],
            Kind.IN_MY_FIELD,
            _("Ein Vorhaben in Ihrem Handlungsfeld ist zurückgezogen"),
        ),
    )


def merged(news: News) -> None:
    """The side that goes: its authors; from the pool on its coordinators."""
    project = news.project
    text = _("Worin sie aufgeht und warum, steht bei der Idee.")
    tell(
        news,
        To(authors(project), Kind.MERGED, _("Ihre Idee geht in einer anderen auf"), text),
        To(
            coordinators(project) if project.is_in_pool else [],
            Kind.IN_MY_FIELD,
            _("Ein Vorhaben in Ihrem Handlungsfeld geht in einem anderen auf"),
        ),
    )


def took_in(news: News) -> None:
    """The side that stays: its authors and its team."""
    people = [*authors(news.project), *team(news.project)]
    tell(news, To(people, Kind.MERGED, _("Eine andere Idee geht in Ihrem Vorhaben auf")))


def taken_over(news: News) -> None:
    """An existing project has come to the pool."""
    subject = _("Ein bestehendes Vorhaben in Ihrem Handlungsfeld ist übernommen")
    tell(news, To(coordinators(news.project), Kind.IN_MY_FIELD, subject))


# --- 2 The gate ----------------------------------------------------------------------------------------------------


def review_begun(news: News) -> None:
    """The first answer of a round is given."""
    text = _("Die Stabsstelle mainzDIGITAL beantwortet die fünf Grundkriterien. Zu tun ist für Sie gerade nichts.")
    tell(news, To(authors(news.project), Kind.REVIEW_BEGUN, _("Die Prüfung Ihrer Idee hat begonnen"), text))


def words_of_returning(remind_on: date) -> tuple[str, str]:
    """Return subject and text of what the authors are told; the desk shows them before."""
    text = _("Alle fünf Antworten und die Begründung stehen bei der Idee. Vorgemerkt ist der {day}.")
    return _("Ihre Idee kommt zur Überarbeitung zurück"), text.format(day=_day(remind_on))


def returned(news: News, *, remind_on: date) -> None:
    """Given back to who wrote it, with a day."""
    tell(news, To(authors(news.project), Kind.RETURNED, *words_of_returning(remind_on)))


def words_of_not_admitting() -> tuple[str, str]:
    """Return subject and text of what the authors are told; the desk shows them before."""
    return _("Ihre Idee wird nicht aufgenommen"), _("Alle fünf Antworten und die Begründung stehen bei der Idee.")


def not_admitted(news: News) -> None:
    """Not taken into the pool."""
    tell(news, To(authors(news.project), Kind.NOT_ADMITTED, *words_of_not_admitting()))


def words_of_admitting() -> tuple[str, str]:
    """Return subject and text of what the authors are told; the desk shows them before."""
    text = _("Alle fünf Grundkriterien sind erfüllt. Als Nächstes wird die Idee bewertet.")
    return _("Ihre Idee ist im Pool"), text


def admitted(news: News) -> None:
    """In the pool, with a number."""
    tell(
        news,
        To(authors(news.project), Kind.ADMITTED, *words_of_admitting()),
        To(coordinators(news.project), Kind.IN_MY_FIELD, _("Neu im Pool in Ihrem Handlungsfeld")),
    )


# --- 3, 4 Rating and place -----------------------------------------------------------------------------------------


def rated(news: News) -> None:
    """Rated: that it is, not how; levels and reasons stand with the project for whoever may read them.

    Who may countersign hears that it waits for that.
    """
    text = _("Die Stufen und ihre Gründe stehen beim Vorhaben.")
    address = reverse("coordination:countersign", args=[news.project.pk])
    signing = countersigners(news.project, rated_by=news.by)
    tell(
        news,
        To(authors(news.project), Kind.RATED, _("Ihre Idee ist bewertet"), text),
        To(signing, Kind.TO_COUNTERSIGN, _("Eine Bewertung wartet auf die Gegenzeichnung"), text, address),
        To(coordinators(news.project), Kind.IN_MY_FIELD, _("Ein Vorhaben in Ihrem Handlungsfeld ist bewertet"), text),
    )


def rating_reopened(news: News) -> None:
    """A new round of rating."""
    text = _("Warum, steht beim Vorhaben. Die frühere Bewertung bleibt nachzulesen.")
    subject = _("Ein Vorhaben in Ihrem Handlungsfeld wird neu bewertet")
    tell(
        news,
        To(authors(news.project), Kind.RATED, _("Ihre Idee wird neu bewertet"), text),
        To(coordinators(news.project), Kind.IN_MY_FIELD, subject, text),
    )


def resumed(news: News) -> None:
    """Back from deferred into the ranking."""
    subject = _("Ein zurückgestelltes Vorhaben in Ihrem Handlungsfeld ist wieder aufgenommen")
    tell(
        news,
        To(authors(news.project), Kind.RATED, _("Ihre Idee ist wieder aufgenommen"), _("Sie steht in der Rangliste.")),
        To(coordinators(news.project), Kind.IN_MY_FIELD, subject),
    )


# --- 5 Sittings ----------------------------------------------------------------------------------------------------


def put_on_list(news: News, *, sitting: int, body: int, day: date) -> None:
    """On the list of an open sitting: who sits in it, nobody else reads of open sittings."""
    subject = _("Ein Vorhaben steht auf der Liste der Sitzung am {day}").format(day=_day(day))
    tell(news, To(steering(body), Kind.ON_LIST, subject, address=reverse("decision:sitting", args=[sitting])))


def outcome_recorded(news: News, *, sitting: int, item: int) -> None:
    """An outcome waits for the chair's word."""
    address = reverse("decision:item", args=[sitting, item])
    subject = _("Ein protokolliertes Ergebnis wartet auf Ihre Bestätigung")
    tell(news, To(chairs(news.project), Kind.TO_CONFIRM, subject, address=address))


def outcome_sent_back(news: News, *, sitting: int, item: int) -> None:
    """The chair wants the record changed."""
    address = reverse("decision:item", args=[sitting, item])
    subject = _("Der Vorsitz gibt ein protokolliertes Ergebnis zurück")
    text = _("Was zu ändern ist, steht beim Punkt der Sitzung.")
    tell(news, To(office(news.project, Act.RECORD), Kind.SENT_BACK, subject, text, address))


def decided(news: News, *, outcome: str, label: str, day: date, look_again_on: date | None) -> None:
    """A Beschluss has taken effect: in words for the authors, for the team, for the coordinators.

    Where the gate is opened again the idea waits for the office once more.
    """
    project = news.project
    text = _("Die Lenkungsgruppe hat in der Sitzung am {day} entschieden: {label}.").format(day=_day(day), label=label)
    if look_again_on is not None:
        text += " " + _("Wieder angesehen wird das Vorhaben am {day}.").format(day=_day(look_again_on))
    subject = {
        "commission": _("Ihre Idee ist zur Umsetzung bestimmt"),
        "defer": _("Ihre Idee ist zurückgestellt"),
        "decline": _("Ihre Idee wird nicht weiterverfolgt"),
        "reconsider": _("Über Ihre Idee wird erneut beraten"),
        "reopen_gate": _("Ihre Idee wird erneut geprüft"),
        "no_change": _("Über Ihren Widerspruch ist entschieden"),
        "stop": _("Ihre Idee ist beendet"),
    }.get(outcome, _("Zu Ihrer Idee gibt es einen Beschluss"))
    field_subject = _("Beschluss zu einem Vorhaben in Ihrem Handlungsfeld")
    again = office(project, Act.ANSWER_GATE) if outcome == Act.REOPEN_GATE else []
    tell(
        news,
        To(authors(project), Kind.DECIDED, subject, text),
        To(team(project), Kind.PROGRESS, _("Beschluss zu einem Vorhaben, an dem Sie arbeiten"), text),
        To(coordinators(project), Kind.IN_MY_FIELD, field_subject, text),
        To(again, Kind.TO_CHECK, _("Eine Idee ist erneut zu prüfen"), text, desk_address(project)),
    )


# --- 6 Carrying out ------------------------------------------------------------------------------------------------


def team_named(news: News, *, lead: list[UUID], members: list[UUID], left: list[UUID]) -> None:
    """Who comes into the team, and who leaves it; whoever stays as she was hears nothing."""
    tell(
        news,
        To(lead, Kind.TEAM_NAMED, _("Sie leiten ein Vorhaben"), _("Sobald Sie es beginnen, ist es in Umsetzung.")),
        To(members, Kind.TEAM_NAMED, _("Sie arbeiten an einem Vorhaben mit")),
        To(left, Kind.TEAM_NAMED, _("Sie gehören nicht mehr zum Team eines Vorhabens")),
    )


def started(news: News) -> None:
    """The work has begun."""
    project = news.project
    tell(
        news,
        To([*authors(project), *team(project)], Kind.PROGRESS, _("Die Umsetzung hat begonnen")),
        To(coordinators(project), Kind.IN_MY_FIELD, _("Ein Vorhaben in Ihrem Handlungsfeld beginnt")),
        To(
            office(project, Act.NAME_TEAM),
            Kind.IN_THE_POOL,
            _("Ein Vorhaben ist in Umsetzung"),
            address=desk_address(project),
        ),
    )


def completion_proposed(news: News) -> None:
    """The Projektleitung sees the end; another person of the office completes."""
    subject = _("Ein Abschluss ist vorgeschlagen")
    people = office(news.project, Act.COMPLETE)
    tell(news, To(people, Kind.COMPLETION_PROPOSED, subject, address=desk_address(news.project)))


def completed(news: News) -> None:
    """Done."""
    _tell_of_progress(news, _("Ihr Vorhaben ist abgeschlossen"), _("Ein Vorhaben in Ihrem Handlungsfeld schließt ab"))


def stopped(news: News) -> None:
    """Ended before it was done: a project that was taken over, by the CDO; by Beschluss says `decided`."""
    _tell_of_progress(news, _("Ihr Vorhaben ist beendet"), _("Ein Vorhaben in Ihrem Handlungsfeld ist beendet"))


def _tell_of_progress(news: News, subject: str, field_subject: str) -> None:
    project = news.project
    tell(
        news,
        To([*authors(project), *team(project)], Kind.PROGRESS, subject),
        To(coordinators(project), Kind.IN_MY_FIELD, field_subject),
    )


# --- 7 The public --------------------------------------------------------------------------------------------------


def released(news: News) -> None:
    """A text is public: the link leads to the public page."""
    address = reverse("publication:project", args=[news.project.slug])
    _tell_of_release(news, _("Ihr Vorhaben ist öffentlich"), address)


def taken_back(news: News) -> None:
    """No longer public."""
    _tell_of_release(news, _("Ihr Vorhaben ist nicht mehr öffentlich"), "")


def _tell_of_release(news: News, subject: str, address: str) -> None:
    people = [*authors(news.project), *team(news.project)]
    tell(news, To(people, Kind.PUBLISHED, subject, address=address))
