"""Feeds, the map of the site, and what robots may read."""

from functools import partial

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Edition, Handlungsfeld
from governance.record import clock
from pool.publication.feeds import (
    MEDIA_TYPE,
    MOST_ENTRIES,
    FeedHead,
    FeedOf,
    entries_of_page,
    entries_of_projects,
    feed,
    with_more,
)
from pool.publication.http import address_of, public, with_last_change
from pool.publication.open_data import (
    changed_at,
    latest_changes,
    open_projects,
    recorded_at,
    unchanged_by_day,
    with_changes,
)
from pool.publication.pages import public_page
from pool.publication.queries import released_projects
from pool.publication.site_map import MOST_PROJECTS, MappedPage, locations, pages_of_the_site

# Forms, and links that belong to one person: there is nothing to find.
FORMS_FOR_EVERYBODY = ("/beteiligung/rueckmeldung/", "/beteiligung/folgen/", "/beteiligung/hilfreich/")


@public
def projects_feed(request: HttpRequest) -> HttpResponse:
    head = FeedHead(
        name="projekte",
        title=_("mainzDIGITAL: Projekte"),
        says=_("Neue Projekte und neue Stände aus der Digitalisierungsstrategie der Landeshauptstadt Mainz."),
        page=address_of(request, reverse("publication:projects")),
        address=address_of(request, request.path),
    )
    return _feed_of(request, head, {}, FeedOf(partial(address_of, request)))


@public
def field_feed(request: HttpRequest, slug: str) -> HttpResponse:
    field = get_object_or_404(Handlungsfeld, edition__in=_edition_today(), slug=slug)
    head = FeedHead(
        name=f"feld:{slug}",
        title=_("mainzDIGITAL: {name}").format(name=field.name),
        says=_("Neue Projekte und neue Stände in diesem Handlungsfeld."),
        page=address_of(request, reverse("publication:strategy_field", args=[slug])),
        address=address_of(request, request.path),
    )
    about = FeedOf(partial(address_of, request), field_slug=slug)
    return _feed_of(request, head, {"project__lead_handlungsfeld": field}, about)


def _feed_of(request: HttpRequest, head: FeedHead, narrowed: dict[str, object], about: FeedOf) -> HttpResponse:
    releases = latest_changes(released_projects().filter(**narrowed), MOST_ENTRIES)
    projects = open_projects(releases, partial(address_of, request))
    entries = with_more(entries_of_projects(projects), about)
    response = HttpResponse(feed(head, entries), content_type=MEDIA_TYPE)
    return with_last_change(response, unchanged_by_day(recorded_at(releases[0])) if releases else None)


@public
def project_feed(request: HttpRequest, slug: str) -> HttpResponse:
    page = public_page(slug, partial(address_of, request))
    if page is None:
        raise Http404
    head = FeedHead(
        name=f"projekt:{slug}",
        title=_("mainzDIGITAL: {name}").format(name=page.row.title),
        says=page.row.short_text,
        page=page.project.address,
        address=address_of(request, request.path),
    )
    entries = with_more(entries_of_page(page), FeedOf(partial(address_of, request), project_slug=slug))
    return HttpResponse(feed(head, entries), content_type=MEDIA_TYPE)


def _edition_today() -> QuerySet:
    """Return the edition in force, to be asked for inside another query."""
    return Edition.objects.in_force(clock.today()).values("pk")[:1]


@public
def sitemap(request: HttpRequest) -> HttpResponse:
    """Name every public page in its languages; those with filters are not pages of their own."""
    fields = Handlungsfeld.objects.filter(edition__in=_edition_today()).order_by("number", "pk")
    releases = with_changes(released_projects()).order_by("project__slug")[:MOST_PROJECTS]
    pages = pages_of_the_site()
    pages += [MappedPage("publication:strategy_field", each.slug) for each in fields]
    pages += [MappedPage("publication:project", each.project.slug or "", changed_at(each)) for each in releases]
    context = {"locations": locations(pages, partial(address_of, request))}
    return render(request, "publication/sitemap.xml", context, content_type="application/xml")


@public
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read what everybody reads, but neither forms nor every combination of filters."""
    closed = ("/admin/", "/ideen/", "/koordination/", "/konto/", "/lenkungsgruppe/", "/umsetzung/")
    languages = ("", "/en")
    forms = [f"{language}{path}" for path in FORMS_FOR_EVERYBODY for language in languages]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in (*closed, *forms)),
        *(f"Disallow: {language}/projekte/?" for language in languages),
        *(f"Allow: {language}/projekte/?page=" for language in languages),
        "Allow: /",
        f"Sitemap: {address_of(request, reverse('open_data:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
