"""How public pages and files are answered: for reading only, without a cookie, asked again without being sent again."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date, parse_http_date
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


def public(view: View) -> View:
    """Mark a view as open to everybody, for reading only; what a browser still has is not sent again (304)."""
    return login_not_required(_taking(READ, require_safe(_sent_small(_sent_once(view)))))


def open_data(view: View) -> View:
    """Mark a file that every website may read: `public`, and no origin is refused.

    A script that says which version it has is asked about first by its browser (OPTIONS) and may.
    """
    inner = public(view)

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers=PREFLIGHT)
        else:
            response = inner(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return login_not_required(_taking((*READ, "OPTIONS"), answered))


def _taking(methods: tuple[str, ...], view: View) -> View:
    """Say which methods a view knows, for the middleware that refuses the others."""
    view.methods = methods  # type: ignore[attr-defined]
    return view


def address_of(request: HttpRequest, path: str) -> str:
    """Return a path of the portal as a full address: the one that the operators named, else the one asked."""
    return (settings.PORTAL_ADDRESS or f"{request.scheme}://{request.get_host()}").rstrip("/") + path


def with_last_change(response: HttpResponse, changed: datetime | None) -> HttpResponse:
    """Say when what a file holds was last changed."""
    if changed is not None:
        response.headers["Last-Modified"] = http_date(changed.timestamp())
    return response


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _sent_once(view: View) -> View:
    """The mark of an answer is taken from its bytes, so that it can never call something unchanged that is not.

    A page read with an account differs from person to person and stays out of every cache, so it bears no mark.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        # Also in a 304: a cache takes over what it says, and must not give compressed bytes to who cannot read them.
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        if response.status_code != 200 or response.streaming or _has_session(request):
            return response
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        mark = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers.setdefault("ETag", mark)
        changed = response.headers.get("Last-Modified")
        conditional = get_conditional_response(
            request,
            etag=response.headers["ETag"],
            last_modified=parse_http_date(changed) if changed else None,
            response=response,
        )
        return conditional or response

    return answered


def _sent_small(view: View) -> View:
    """Compress what everybody gets; never a page with an account, whose secrets its compressed size could betray."""
    small = gzip_page(view)

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return view(request, *args, **kwargs) if _has_session(request) else small(request, *args, **kwargs)

    return answered
