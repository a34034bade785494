"""The public pages: for everybody, without an account, without a cookie."""

from functools import partial

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from governance.models import Handlungsfeld
from governance.record import clock
from governance.strategy.parts import field_parts, strategy_parts
from governance.strategy.queries import fields_with_needs
from pool.deadlines import ANSWER_PERIODS, OBJECTION_PERIOD, QUESTION_PERIOD
from pool.lifecycle import Step
from pool.publication import descriptions, frame
from pool.publication.choices import frame_choices
from pool.publication.duties import SECURITY_HOLDS, SECURITY_REVIEWED, STATEMENT_MADE, STATEMENT_REVIEWED
from pool.publication.filters import ORDER_NAME, PublicProjectFilter, hidden_values
from pool.publication.http import address_of, public
from pool.publication.meta import meta_of
from pool.publication.models import Picture
from pool.publication.pages import PublicPage, public_page
from pool.publication.previews import picture_to_preview
from pool.publication.queries import (
    projects_by_need,
    public_counts,
    public_picture,
    public_target,
    released_projects,
    row_of,
    shown_first,
    with_facts,
)
from pool.publication.rules import stages

PER_PAGE = 20


@public
def home(request: HttpRequest) -> HttpResponse:
    counts = public_counts()
    fields = _fields_in_force()
    lighthouses, running = shown_first()
    context = {
        "counts": counts,
        "case": frame.case_rows(fields, counts),
        "needs": sum(len(each.handlungsbedarfe.all()) for each in fields),
        "gaps": frame.empty_needs(fields, counts),
        "fields": frame.fields_with_counts(fields, counts),
        "leuchttuerme": lighthouses,
        "running": running,
        "today": clock.today(),
        "meta": meta_of(request, descriptions.of_home(partial(address_of, request))),
        "way": frame.way(),
    }
    return render(request, "publication/home.html", context)


@public
def strategy(request: HttpRequest) -> HttpResponse:
    today, counts = clock.today(), public_counts()
    context = {
        "edition": None,
        "counts": counts,
        "fields": frame.fields_with_counts(_fields_in_force(), counts),
        "today": today,
        "meta": meta_of(request, descriptions.of_strategy()),
        **frame.strategy_of(strategy_parts(today), counts),
    }
    return render(request, "publication/strategy.html", context)


@public
def strategy_field(request: HttpRequest, slug: str) -> HttpResponse:
    found = field_parts(clock.today(), slug)
    field = next((each for each in found.all("field") if each.code == slug), None)
    if field is None:
        raise Http404
    counts = public_counts()
    serving = projects_by_need(need.key for need in found.all("need"))
    context = {
        "edition": found.one("edition"),
        "field": field,
        "goals": found.all("goal"),
        "needs": frame.needs_with_projects(found, serving, counts),
        "count": counts.by_field[str(field.key)].total,
        "progress": frame.progress_of(counts.by_field[str(field.key)]),
        "today": clock.today(),
        "meta": meta_of(request, descriptions.of_field(field)),
        "of": len(found.all("field")),
        "others": frame.other_fields(found, field, counts),
    }
    return render(request, "publication/strategy_field.html", context)


@public
def procedure(request: HttpRequest) -> HttpResponse:
    context = {
        "way": frame.way(),
        "today": clock.today(),
        "gate_days": ANSWER_PERIODS[Step.SUBMITTED],
        "rating_days": ANSWER_PERIODS[Step.POOLED],
        "question_days": QUESTION_PERIOD,
        "objection_days": OBJECTION_PERIOD.days,
        "meta": meta_of(request, descriptions.of_procedure()),
        **frame.procedure_of(clock.today()),
    }
    return render(request, "publication/procedure.html", context)


@public
def projects(request: HttpRequest) -> HttpResponse:
    everything = released_projects()
    filterset = PublicProjectFilter(request.GET, queryset=everything, choices=frame_choices())
    counted = filterset.counted(everything)
    page, page_notice = _page(request, filterset, counted.hits)
    context = {
        "filter": filterset,
        "facets": counted.facets,
        "citywide": filterset.also_citywide(counted),
        "place": filterset.named_place(),
        "orders": filterset.orders(),
        "order_name": ORDER_NAME,
        "hidden": hidden_values(filterset),
        "is_filtered": bool(filterset.chosen()),
        "hits": counted.hits,
        "total": counted.total,
        "invented": counted.invented,
        "page": page,
        "rows": [row_of(release) for release in page.object_list],
        "ways_out": None if counted.hits else filterset.ways_out(),
        "corrected": filterset.corrected(),
        "widened": filterset.widened(),
        "notices": filterset.notices() + ([page_notice] if page_notice else []),
        "query": filterset.address(),
        "today": clock.today(),
        "meta": meta_of(request, descriptions.of_list(page.number, filterset.address())),
    }
    return render(request, "publication/projects.html", context)


@public
def project(request: HttpRequest, slug: str) -> HttpResponse:
    page = public_page(slug, partial(address_of, request))
    if page is None:
        target = public_target(slug)
        if target is None:
            raise Http404
        return redirect("publication:project", target)
    return project_shown(request, page)


def project_shown(request: HttpRequest, page: PublicPage, **more: object) -> HttpResponse:
    """Show a project: public, or as a preview of what would be; `more` is for what stands outside the page itself."""
    context = {
        "page": page,
        "row": page.row,
        "stages": [] if page.project.is_taken_over else stages(page.row.step, page.days()),
        "today": clock.today(),
        "meta": meta_of(request, descriptions.of_project(page, partial(address_of, request))),
        **more,
    }
    return render(request, "publication/project.html", context)


@public
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send a public picture; one that is not public yet only to who may see the preview, and to no cache."""
    shown = public_picture(sha256)
    if shown is not None:
        return _public_picture(request, shown)
    previewed = picture_to_preview(request.user, sha256)
    if previewed is None:
        raise Http404
    response = HttpResponse(bytes(previewed.content), content_type=previewed.media_type)
    patch_cache_control(response, private=True, no_store=True)
    return response


@cache_control(public=True, max_age=0, must_revalidate=True)  # what is taken back is gone at once
@etag(lambda request, shown: f'"{shown.sha256}"')
def _public_picture(request: HttpRequest, shown: Picture) -> HttpResponse:
    return HttpResponse(bytes(shown.content), content_type=shown.media_type)


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    context = {
        "made": STATEMENT_MADE,
        "reviewed": STATEMENT_REVIEWED,
        "meta": meta_of(request, descriptions.of_accessibility()),
    }
    return render(request, "publication/accessibility.html", context)


@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "publication/privacy.html", {"meta": meta_of(request, descriptions.of_privacy())})


@public
def imprint(request: HttpRequest) -> HttpResponse:
    return render(request, "publication/imprint.html", {"meta": meta_of(request, descriptions.of_imprint())})


@public
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where a weakness is reported, and until when that was looked over (RFC 9116)."""
    address = settings.PORTAL_ADDRESS or f"{request.scheme}://{request.get_host()}"
    contact = settings.SECURITY_CONTACT or address + reverse("publication:imprint")
    expires = SECURITY_REVIEWED + SECURITY_HOLDS
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: de, en",
        f"Canonical: {address}{reverse('publication:security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _fields_in_force() -> list[Handlungsfeld]:
    """Return the Handlungsfelder of the edition in force with their Handlungsbedarfe, in one query."""
    return fields_with_needs(clock.today())


def _page(request: HttpRequest, filterset: PublicProjectFilter, hits: int) -> tuple[Page, str]:
    """Return the page asked for, the nearest one where it does not exist, and words that say so."""
    paginator = Paginator(filterset.ordered(with_facts(filterset.without(""))), PER_PAGE)
    paginator.count = hits
    asked = request.GET.get("page", "1")
    page = paginator.get_page("1" if asked.startswith("-") or not asked.strip("0") else asked)
    is_there = asked == str(page.number)
    notice = _("Diese Seite der Liste gibt es nicht; Sie sehen Seite {number}.").format(number=page.number)
    return page, "" if is_there else notice
