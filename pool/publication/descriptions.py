"""What each public page says about itself: one sentence, its feeds, and schema.org words for machines."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance.strategy.parts import Part
from pool.publication.catalogue import LICENCE_ADDRESS, PUBLISHER, Address
from pool.publication.meta import Feed, Meta
from pool.publication.pages import PublicPage

CITY: dict[str, Any] = {"@type": "GovernmentOrganization", "name": PUBLISHER, "url": "https://www.mainz.de/"}


def of_home(address: Address) -> Meta:
    """Return the description of the start page."""
    says = _(
        "Jedes veröffentlichte Digitalprojekt der Stadt Mainz: wozu es dient, wie weit es ist und was daraus wurde."
    )
    home = address(reverse("publication:home"))
    search = {
        "@type": "SearchAction",
        "target": address(reverse("publication:projects")) + "?q={search_term_string}",
        "query-input": "required name=search_term_string",
    }
    return Meta(
        _("Woran Mainz digital arbeitet"),
        says,
        feeds=[all_projects()],
        described={
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": "mainzDIGITAL",
            "url": home,
            "inLanguage": get_language(),
            "description": says,
            "publisher": CITY,
            "potentialAction": search,
        },
    )


def of_list(number: int, query: str = "") -> Meta:
    """Return the description of the list; whatever is filtered, the whole list is the lasting page, and a print bears
    the filters in `query`.
    """
    path = reverse("publication:projects") + (f"?page={number}" if number > 1 else "")
    says = _("Alle veröffentlichten Projekte der Digitalisierungsstrategie, durchsuchbar nach Thema, Ziel und Stand.")
    filtered = "&".join(filter(None, [query, f"page={number}" if number > 1 else ""]))
    printed = reverse("publication:projects") + (f"?{filtered}" if filtered else "")
    return Meta(_("Projekte"), says, path=path, printed=printed, feeds=[all_projects()])


def of_project(page: PublicPage, address: Address) -> Meta:
    """Return the description of a project."""
    project, row = page.project, page.row
    path = reverse("publication:project", args=[row.slug])
    described = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": row.title,
        "description": row.short_text,
        "url": address(path),
        "inLanguage": "de",
        "datePublished": project.released.isoformat(timespec="seconds"),
        "dateModified": project.changed.isoformat(timespec="seconds"),
        "publisher": CITY,
        "license": LICENCE_ADDRESS,
        "about": [each for each in (row.field_name, *(need.words for need in project.needs)) if each],
        **_spatial(page),
        **({"image": project.picture} if project.picture else {}),
        **({"author": {"@type": "Organization", "name": row.unit_name}} if row.unit_name else {}),
    }
    picture = page.picture
    return Meta(
        row.title,
        row.short_text,
        path=path,
        kind="article",
        feeds=[
            Feed(_("Neues aus diesem Projekt"), reverse("open_data:project_feed", args=[row.slug])),
            all_projects(),
        ],
        picture=reverse("publication:picture", args=[picture.sha256]) if picture else "",
        picture_alt=project.picture_alt,
        picture_size=(picture.width, picture.height) if picture else None,
        described=described,
    )


def _spatial(page: PublicPage) -> dict[str, Any]:
    """Return where the project works in words of schema.org; nothing where that is open or was only inferred."""
    project = page.project
    if project.reach_is_example or not project.reach:
        return {}
    city = {"@type": "City", "name": "Mainz"}
    parts = [{"@type": "Place", "name": each.words, "containedInPlace": city} for each in project.stadtteile]
    return {"spatialCoverage": parts or city}


def of_strategy() -> Meta:
    """Return the description of the strategy."""
    says = _(
        "Wozu Mainz digital wird, nach welchen Leitlinien und in welchen Handlungsfeldern, mit dem Stand der Projekte."
    )
    return Meta(_("Strategie"), says, feeds=[all_projects()])


def of_field(field: Part) -> Meta:
    """Return the description of a Handlungsfeld."""
    feed = Feed(
        _("Neues aus dem Handlungsfeld {name}").format(name=field.name),
        reverse("open_data:field_feed", args=[field.code]),
    )
    return Meta(_("Handlungsfeld {name}").format(name=field.name), field.text, feeds=[feed, all_projects()])


def of_procedure() -> Meta:
    """Return the description of the procedure."""
    return Meta(
        _("Verfahren"), _("Wie aus einer Idee ein Projekt wird: Kriterien, Reifegrade, Rangfolge und Beschluss.")
    )


def of_accessibility() -> Meta:
    """Return the description of the statement on accessibility."""
    return Meta(
        _("Erklärung zur Barrierefreiheit"), _("Wie weit dieses Portal für alle nutzbar ist und was noch fehlt.")
    )


def of_privacy() -> Meta:
    """Return the description of the page on privacy."""
    return Meta(_("Datenschutz"), _("Die öffentlichen Seiten lesen Sie ohne Konto, ohne Cookie und ohne Zählung."))


def of_imprint() -> Meta:
    """Return the description of the imprint."""
    return Meta(_("Impressum und Kontakt"), _("Wer dieses Portal herausgibt und wie Sie die Stadt erreichen."))


def of_open_data() -> Meta:
    """Return the description of the page on open data."""
    says = _("Alle veröffentlichten Projekte als JSON und CSV, mit Lizenz, Katalog und Schnittstelle.")
    return Meta(_("Offene Daten"), says, feeds=[all_projects()])


def all_projects() -> Feed:
    """Return the feed of all projects."""
    return Feed(_("Neues aus allen Projekten"), reverse("open_data:projects_feed"))
