"""Open data: the page that explains them, the files, the catalogue, the description of the API."""

import csv
import io
import json
import math
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Window
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.record import clock
from governance.record.forms import SEARCH_LENGTH
from governance.tables.rules import csv_text
from pool.publication import catalogue
from pool.publication.choices import frame_choices
from pool.publication.descriptions import of_open_data
from pool.publication.filters import LAST_YEAR, ORDER_NAME, ORDERS, UNKNOWN_YEAR, PublicProjectFilter
from pool.publication.http import address_of, open_data, public, with_last_change
from pool.publication.meta import meta_of
from pool.publication.open_data import last_entry, open_projects, recorded_at, unchanged_by_day, with_changes
from pool.publication.open_fields import FIELDS, OpenProject, as_cells, as_json
from pool.publication.queries import released_projects
from pool.publication.rules import unchanged_since

PER_PAGE = 20
MOST = 1000
JSON, CSV, LD = "application/json", "text/csv; charset=utf-8", "application/ld+json"


class Refused(Exception):
    """A question that the data cannot answer; says in words why."""

    def __init__(self, status: int, notices: list[str]) -> None:
        super().__init__(*notices)
        self.status = status
        self.notices = notices


@dataclass(frozen=True, slots=True)
class Answer:
    """The projects of one answer, how many there are in all, where the next ones are."""

    projects: list[OpenProject]
    hits: int
    page: int | None
    pages: int
    following: str | None
    changed: datetime | None


@public
def open_data_page(request: HttpRequest) -> HttpResponse:
    # What stands in the address is no question here: only the files are asked, and how often is counted.
    filterset = PublicProjectFilter(QueryDict(), queryset=released_projects(), choices=frame_choices())
    counted = filterset.counted(released_projects())
    context = {
        "fields": FIELDS,
        "parameters": _parameters(filterset),
        "total": counted.total,
        "invented": counted.invented,
        "per_page": PER_PAGE,
        "most": MOST,
        "attribution": catalogue.attribution(),
        "licence_name": f"{catalogue.LICENCE_NAME} ({catalogue.LICENCE_SHORT})",
        "licence_address": catalogue.LICENCE_ADDRESS,
        "contributor": settings.OPEN_DATA_CONTRIBUTOR,
        "today": clock.today(),
        "meta": meta_of(request, of_open_data()),
    }
    return render(request, "publication/open_data.html", context)


@open_data
def projects_json(request: HttpRequest) -> HttpResponse:
    try:
        answer = _answer(request, "json")
    except Refused as refused:
        return _refused(refused)
    content = {
        "titel": _("Veröffentlichte Projekte der Digitalisierungsstrategie mainzDIGITAL"),
        "stand": clock.today().isoformat(),
        "lizenz": catalogue.LICENCE_SHORT,
        "lizenz_adresse": catalogue.LICENCE_ADDRESS,
        "namensnennung": catalogue.attribution(),
        "treffer": answer.hits,
        "seite": answer.page,
        "seiten": answer.pages,
        "naechste": answer.following,
        "projekte": [as_json(project) for project in answer.projects],
    }
    return _linked(with_last_change(_json(content), unchanged_by_day(answer.changed)), answer)


@open_data
def projects_csv(request: HttpRequest) -> HttpResponse:
    try:
        answer = _answer(request, "csv")
    except Refused as refused:
        return _refused(refused)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([each.name for each in FIELDS])
    for project in answer.projects:
        writer.writerow([csv_text(cell) for cell in as_cells(project)])
    # The mark at the beginning tells a German Excel that umlauts follow; docs/decisions/0076-open-data.md.
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type=CSV)
    response.headers["Content-Disposition"] = 'inline; filename="mainzdigital-projekte.csv"'
    return _linked(with_last_change(response, unchanged_by_day(answer.changed)), answer)


@open_data
def project_json(request: HttpRequest, slug: str) -> HttpResponse:
    release = with_changes(released_projects().filter(project__slug=slug)).first()
    if release is None:
        return _refused(Refused(404, [_("Dieses Projekt ist nicht veröffentlicht.")]))
    project = open_projects([release], partial(address_of, request))[0]
    return with_last_change(_json(as_json(project)), unchanged_since(recorded_at(release), clock.now()))


@open_data
def catalogue_jsonld(request: HttpRequest) -> HttpResponse:
    days = with_changes(released_projects()).order_by().aggregate(first=Min("released_at"), last=Max("changed"))
    content = catalogue.catalogue(
        address=partial(address_of, request),
        first_day=timezone.localdate(days["first"]) if days["first"] else None,
        last_day=timezone.localdate(days["last"]) if days["last"] else clock.today(),
        contributor=settings.OPEN_DATA_CONTRIBUTOR,
    )
    return with_last_change(_json(content, LD), unchanged_by_day(last_entry()))


@open_data
def openapi_json(request: HttpRequest) -> HttpResponse:
    content = catalogue.openapi(
        address=partial(address_of, request), parameters=_parameters(_filterset(request)), page_size=PER_PAGE, most=MOST
    )
    return _json(content)


def _filterset(request: HttpRequest) -> PublicProjectFilter:
    return PublicProjectFilter(request.GET, queryset=released_projects(), choices=frame_choices())


def _answer(request: HttpRequest, form: str) -> Answer:
    """Return what a question selects: all of it, or the page it names. Raises Refused for what it cannot mean."""
    filterset = _filterset(request)
    filterset.form.is_valid()
    if notices := filterset.notices():
        where = address_of(request, catalogue.OPENAPI_PATH)
        raise Refused(
            400, [*notices, _("Darum kam keine Auswahl. Was möglich ist, steht in {address}.").format(address=where)]
        )
    asked = request.GET.get("page")
    page = None if asked is None else _page_number(asked)
    start, size = (0, MOST) if page is None else ((page - 1) * PER_PAGE, PER_PAGE)
    releases = filterset.ordered(with_changes(filterset.without(""))).annotate(hits=Window(Count("pk")))
    rows = list(releases[start : start + size])
    if not rows and start:
        raise Refused(404, [_("Diese Seite der Liste gibt es nicht.")])
    hits = rows[0].hits if rows else 0
    following = (start + size) // PER_PAGE + 1 if hits > start + size else None
    return Answer(
        projects=open_projects(rows, partial(address_of, request)),
        hits=hits,
        page=page,
        pages=max(1, math.ceil(hits / PER_PAGE)),
        following=_page_address(request, form, filterset, following) if following else None,
        changed=recorded_at(rows[0]) if rows else last_entry(),
    )


def _page_number(asked: str) -> int:
    if not (asked.isascii() and asked.isdigit() and len(asked) < 8 and int(asked)):
        raise Refused(404, [_("Diese Seite der Liste gibt es nicht.")])
    return int(asked)


def _page_address(request: HttpRequest, form: str, filterset: PublicProjectFilter, page: int) -> str:
    query = QueryDict(mutable=True)
    query.update(filterset.chosen())
    if ORDER_NAME in request.GET:
        query[ORDER_NAME] = filterset.order
    query["page"] = str(page)
    path = catalogue.JSON_PATH if form == "json" else catalogue.CSV_PATH
    return address_of(request, f"{path}?{query.urlencode()}")


def _parameters(filterset: PublicProjectFilter) -> list[catalogue.Parameter]:
    """Return the parameters of list and API, with the values they take today."""
    says = {
        "q": _(
            "Wörter aus Text, Stelle, Handlungsfeld, Handlungsbedarf oder Stadtteil, in jeder Form, auch mit Tippfehler"
        ),
        "stand": _("Schritt, in dem das Projekt steht"),
        "klasse": _("Klasse, die ein Beschluss bestätigt hat"),
        "jahr": _("Jahr, seit dem das Projekt in seinem Schritt steht, oder „offen“"),
        "sdg": _("Nummer des Nachhaltigkeitsziels"),
        "stadtteil": _("Stadtteil, in dem das Projekt wirkt; „stadtweit“; „offen“, wo es noch nicht gesagt ist"),
    }
    limits: dict[str, dict[str, object]] = {
        "q": {"maxLength": SEARCH_LENGTH},
        "jahr": {"pattern": f"^(199[0-9]|20[0-9]{{2}}|{LAST_YEAR}|{UNKNOWN_YEAR})?$"},
    }
    found = [
        catalogue.Parameter(
            name,
            says.get(name, str(each.label)),
            [] if name == "jahr" else [value for value, _label in filterset.form_choices.get(name, [])],
            limits.get(name, {}),
        )
        for name, each in filterset.filters.items()
    ]
    order = catalogue.Parameter(ORDER_NAME, _("Reihenfolge"), list(ORDERS))
    page = catalogue.Parameter(
        "page", _("Seite der Liste; ohne sie kommt die ganze Auswahl"), limits={"type": "integer", "minimum": 1}
    )
    return [*found, order, page]


def _json(content: dict[str, Any], media_type: str = JSON, status: int = 200) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type=f"{media_type}; charset=utf-8", status=status)


def _refused(refused: Refused) -> HttpResponse:
    return _json({"hinweise": refused.notices}, status=refused.status)


def _linked(response: HttpResponse, answer: Answer) -> HttpResponse:
    if answer.following:
        response.headers["Link"] = f'<{answer.following}>; rel="next"'
    return response
