"""What the public reads of taking part, as values: never the wording that was sent, never who sent it.

A Rückmeldung reaches a page only in the words that the office let through; a Beteiligungsformat once it is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Handlungsfeld
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.lifecycle import Step
from pool.participation.models import Beteiligungsformat, WayToTakePart
from pool.participation.rules import FormatState, Mode
from pool.project.models import Project, Transition
from pool.publication.models import Release
from pool.publication.queries import released_projects

SHOWN_VOICES = 20
SHOWN_FORMATS = 3
# Older changes are told to nobody: sent mails are removed by rule, and with them the mark that they were sent.
CHANGES_OF = timedelta(days=30)

Subject = Project | Handlungsfeld


@dataclass(frozen=True, slots=True)
class PublicVoice:
    """A Rückmeldung as everybody reads it."""

    anchor: str
    kind: str
    channel: str
    received_on: date
    text: str
    answer: str
    office: str
    answered_on: date | None
    idea_slug: str
    idea_title: str
    is_example: bool


@dataclass(frozen=True, slots=True)
class PublicFormat:
    """A Beteiligungsformat as everybody reads it."""

    slug: str
    title: str
    short_text: str
    audience: str
    mode: str
    first_day: date
    last_day: date
    begins: time | None
    ends: time | None
    place: str
    online_address: str
    accessibility: str
    contact: str
    outcome: str
    is_cancelled: bool
    is_example: bool
    published_at: datetime
    changed_at: datetime

    @property
    def mode_words(self) -> str:
        """Return where it takes place in words."""
        return str(Mode(self.mode).label)

    @property
    def is_one_day(self) -> bool:
        """Tell whether it begins and ends on the same day."""
        return self.first_day == self.last_day

    @property
    def is_over(self) -> bool:
        """Tell whether its last day has passed."""
        return self.last_day < clock.today()


@dataclass(frozen=True, slots=True)
class Change:
    """Something new that is public: when, in one sentence, and where to read it."""

    key: str
    at: datetime
    sentence: str
    address: str


@dataclass(frozen=True, slots=True)
class FormatSubject:
    """A project or a Handlungsfeld that a Beteiligungsformat is about."""

    name: str
    address: str


# --- What pages open on -------------------------------------------------------------------------------------------


def public_project(slug: str) -> tuple[Project, str] | None:
    """Return a released project with the title the public knows, in one query; None for any other."""
    release = released_projects().filter(project__slug=slug).select_related("project", "text").first()
    return (release.project, release.text.title) if release else None


def public_field(slug: str) -> Handlungsfeld | None:
    """Return a Handlungsfeld of the edition in force."""
    return Handlungsfeld.objects.filter(edition=edition_in_force(clock.today()), slug=slug).first()


def subject_choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return what something can be about, for the desk: (key, heading, pairs of key and name)."""
    fields = Handlungsfeld.objects.filter(edition=edition_in_force(clock.today())).order_by("number")
    projects = released_projects().order_by("text__title").values_list("project_id", "text__title")
    return [
        ("feld", _("Handlungsfelder"), [(f"feld:{field.pk}", field.name) for field in fields]),
        ("projekt", _("Veröffentlichte Projekte"), [(f"projekt:{pk}", title) for pk, title in projects]),
    ]


@dataclass(frozen=True, slots=True)
class FieldChoices:
    """A Handlungsfeld of the edition in force and the released projects that it leads, as pairs of key and title; the
    last one, without a key, holds those of earlier editions."""

    key: int | None
    name: str
    projects: list[tuple[str, str]]


def choices_by_field() -> list[FieldChoices]:
    """Return what a Beteiligungsformat can be about, by Handlungsfeld; in two queries besides the edition's."""
    fields = list(Handlungsfeld.objects.filter(edition=edition_in_force(clock.today())).order_by("number"))
    projects: dict[int | None, list[tuple[str, str]]] = {field.pk: [] for field in fields}
    rows = released_projects().order_by("text__title", "pk")
    for project, title, led_by in rows.values_list("project_id", "text__title", "project__lead_handlungsfeld_id"):
        projects.setdefault(led_by if led_by in projects else None, []).append((str(project), title))
    found = [FieldChoices(field.pk, field.name, projects[field.pk]) for field in fields]
    return [*found, FieldChoices(None, _("Ohne Handlungsfeld dieser Fassung"), projects.get(None, []))]


# --- Beteiligungsformate ------------------------------------------------------------------------------------------


def public_formats() -> QuerySet[Beteiligungsformat]:
    """Return what the public sees: published ones and those called off."""
    return Beteiligungsformat.objects.exclude(state=FormatState.DRAFT)


def coming(formats: QuerySet[Beteiligungsformat]) -> QuerySet[Beteiligungsformat]:
    """Return those of today and later, the next first."""
    today = clock.today()
    return formats.filter(Q(first_day__gte=today) | Q(last_day__gte=today)).order_by("first_day", "begins", "pk")


def past(formats: QuerySet[Beteiligungsformat]) -> QuerySet[Beteiligungsformat]:
    """Return those that are over, the latest first."""
    today = clock.today()
    return formats.filter(Q(first_day__lt=today) & (Q(last_day=None) | Q(last_day__lt=today))).order_by(
        "-first_day", "-pk"
    )


def next_formats() -> list[PublicFormat]:
    """Return the next ones for the start page, in one query."""
    found = coming(public_formats().filter(state=FormatState.PUBLISHED))
    return [format_of(row) for row in found[:SHOWN_FORMATS]]


def feed_formats(*, project_slug: str = "", field_slug: str = "") -> list[PublicFormat]:
    """Return what a feed announces, the latest change first, in one query."""
    about = {"projects__slug": project_slug} if project_slug else {"handlungsfelder__slug": field_slug}
    found = public_formats().filter(**about) if project_slug or field_slug else public_formats()
    return [format_of(row) for row in found.order_by("-changed_at", "-pk")[:SHOWN_VOICES]]


def subjects_of(row: Beteiligungsformat) -> list[FormatSubject]:
    """Return what a Beteiligungsformat is about as far as it is public, in two queries."""
    fields = row.handlungsfelder.order_by("number").values_list("name", "slug")
    projects = released_projects().filter(project__participation_formats=row).order_by("text__title")
    found = [
        FormatSubject(title, reverse("publication:project", args=[slug]))
        for title, slug in projects.values_list("text__title", "project__slug")
    ]
    return found + [FormatSubject(name, reverse("publication:strategy_field", args=[slug])) for name, slug in fields]


def format_of(row: Beteiligungsformat) -> PublicFormat:
    """Return a published Beteiligungsformat as everybody reads it."""
    return PublicFormat(
        slug=row.slug,
        title=row.title,
        short_text=row.short_text,
        audience=row.audience,
        mode=row.mode,
        first_day=row.first_day,
        last_day=row.last_day or row.first_day,
        begins=row.begins,
        ends=row.ends,
        place=row.place,
        online_address=row.online_address,
        accessibility=row.accessibility,
        contact=row.contact,
        outcome=row.outcome,
        is_cancelled=row.state == FormatState.CANCELLED,
        is_example=row.is_example,
        published_at=row.published_at or row.changed_at,
        changed_at=row.changed_at,
    )


def ways_to_take_part() -> list[WayToTakePart]:
    """Return the ways without the net, in their order."""
    return list(WayToTakePart.objects.order_by("position", "pk"))


# --- What is new --------------------------------------------------------------------------------------------------


def changes_of(subject: Subject) -> list[Change]:
    """Return what became public about a project or a Handlungsfeld lately, the oldest first."""
    since = clock.now() - CHANGES_OF
    releases = released_projects()
    if isinstance(subject, Project):
        releases = releases.filter(project=subject)
        formats = public_formats().filter(projects=subject)
    else:
        releases = releases.filter(project__lead_handlungsfeld=subject)
        formats = public_formats().filter(handlungsfelder=subject)
    found = [*_changes_of_releases(releases, since), *_changes_of_steps(releases, since)]
    found += [
        Change(
            key=f"format:{row.pk}",
            at=row.published_at,
            sentence=_("Neuer Termin zum Mitmachen: {title}.").format(title=row.title),
            address=reverse("participation:format", args=[row.slug]),
        )
        for row in formats.filter(published_at__gte=since)
        if row.published_at
    ]
    return sorted(found, key=lambda change: (change.at, change.key))


def _changes_of_releases(releases: QuerySet[Release], since: datetime) -> Iterable[Change]:
    for release in releases.filter(released_at__gte=since).select_related("project", "text"):
        yield Change(
            key=f"release:{release.pk}",
            at=release.released_at,
            sentence=_("Der veröffentlichte Text zu „{title}“ ist neu.").format(title=release.text.title),
            address=reverse("publication:project", args=[release.project.slug]),
        )


def _changes_of_steps(releases: QuerySet[Release], since: datetime) -> Iterable[Change]:
    titles = dict(releases.values_list("project_id", "text__title"))
    public = releases.filter(project=OuterRef("project"))
    moves = Transition.objects.filter(Exists(public), at__gte=since).exclude(from_step="").select_related("project")
    for move in moves:
        yield Change(
            key=f"step:{move.pk}",
            at=move.at,
            sentence=_("„{title}“ ist jetzt: {step}.").format(
                title=titles[move.project_id], step=Step(move.to_step).label
            ),
            address=reverse("publication:project", args=[move.project.slug]),
        )
