"""Atom feeds: all projects, one Handlungsfeld, one project. An entry keeps its name for ever, on whatever host."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from governance.tables.rules import cell_text
from pool.publication.catalogue import FIRST_DAY, PUBLISHER, attribution
from pool.publication.open_fields import OpenMilestone, OpenProject
from pool.publication.pages import PublicPage

MOST_ENTRIES = 50
MEDIA_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed."""

    name: str
    title: str
    address: str
    text: str
    published: datetime
    updated: datetime
    categories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says about itself: a lasting name, title, one sentence, the page it belongs to, its own address."""

    name: str
    title: str
    says: str
    page: str
    address: str


class PortalFeed(Atom1Feed):
    """Atom as Django writes it; a feed without entries has not changed since the portal began, not just now."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else datetime(*FIRST_DAY.timetuple()[:3], tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedOf:
    """What a feed is about, by slug (everything where both are empty), and how a path becomes an address."""

    address: Callable[[str], str]
    project_slug: str = ""
    field_slug: str = ""


_more: list[Callable[[FeedOf], list[Entry]]] = []


def also_in_feeds(entries_for: Callable[[FeedOf], list[Entry]]) -> None:
    """Let a later step add entries of its own to the feeds. Called once, at the start."""
    _more.append(entries_for)


def with_more(entries: Iterable[Entry], about: FeedOf) -> list[Entry]:
    """Return the entries with those of later steps, the latest change first."""
    found = [*entries, *(entry for entries_for in _more for entry in entries_for(about))]
    return sorted(found, key=lambda entry: entry.updated, reverse=True)[:MOST_ENTRIES]


def feed(head: FeedHead, entries: Iterable[Entry]) -> bytes:
    """Return a feed as Atom in UTF-8."""
    written = PortalFeed(
        title=cell_text(head.title),
        link=head.page,
        description="",
        subtitle=cell_text(head.says),
        language="de",
        author_name=PUBLISHER,
        feed_url=head.address,
        feed_guid=lasting_name(f"feed:{head.name}"),
        feed_copyright=attribution(),
    )
    for entry in entries:
        written.add_item(
            title=cell_text(entry.title),
            link=entry.address,
            description=cell_text(entry.text),
            unique_id=lasting_name(entry.name),
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=[cell_text(each) for each in entry.categories],
        )
    return written.writeString("utf-8").encode()


def lasting_name(name: str) -> str:
    """Return the name of an entry: the same for the same thing, whatever host the portal has one day."""
    return uuid5(NAMESPACE_URL, f"mainzdigital:{name}").urn


def entries_of_projects(projects: Iterable[OpenProject]) -> list[Entry]:
    """Return an entry per project; it is updated when text, step or a released milestone changes."""
    return [
        Entry(
            name=f"projekt:{project.slug}",
            title=f"{project.title}: {project.step_words}" + (_(" (Beispiel)") if project.is_example else ""),
            address=project.address,
            text=project.short_text,
            published=project.released,
            updated=project.changed,
            categories=[each for each in (project.handlungsfeld_name, project.step_words, *project.places) if each],
        )
        for project in projects
    ]


def entries_of_page(page: PublicPage) -> list[Entry]:
    """Return an entry per station and per reached milestone of a project, and one for the text that is public now, the
    latest first.

    The entry of the text says what was corrected with it.
    """
    project = page.project
    told = [
        Entry(
            name=f"projekt:{project.slug}:{step.act}:{step.at.isoformat()}",
            title=f"{project.title}: {step.label}",
            address=project.address,
            text=step.sentence,
            published=step.at,
            updated=step.at,
            categories=[step.label],
        )
        for step in page.trace
    ]
    text = Entry(
        name=f"projekt:{project.slug}:text:{page.released_at.isoformat()}",
        title=_("{title}: der Text der Seite").format(title=project.title),
        address=project.address,
        text=" ".join(each for each in (_corrected(page), project.short_text) if each),
        published=page.released_at,
        updated=page.released_at,
    )
    reached = [_reached(page, each, each.closed_at) for each in project.milestones if each.closed_at is not None]
    entries = [*told, *(entry for entry in reached if entry is not None), text]
    return sorted(entries, key=lambda entry: entry.updated, reverse=True)


def _reached(page: PublicPage, milestone: OpenMilestone, noted_at: datetime) -> Entry | None:
    """Return the entry of a reached milestone, not before anybody outside could know of it."""
    if milestone.facts.reached_on is None:
        return None
    at = max(noted_at, page.released_at)
    return Entry(
        name=f"projekt:{page.project.slug}:meilenstein:{milestone.number}",
        title=_("{title}: Meilenstein erreicht").format(title=page.project.title),
        address=page.project.address,
        text=milestone.facts.title,
        published=at,
        updated=at,
        categories=[_("Meilenstein")],
    )


def _corrected(page: PublicPage) -> str:
    """Return what was corrected with the text that is public now; "" where nothing was."""
    return _("Berichtigt: {note}").format(note=page.note) if page.note else ""
