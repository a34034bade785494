"""What holds for every request: its shape, its headers, its session age, and a German page when it fails."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from governance.mandates.queries import cache_for_request
from governance.record import clock
from mainzdigital import errors

GetResponse = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST")
# What a browser asks first where a script of another website wants to read; only views that say so answer it.
PREFLIGHT = "OPTIONS"
REFUSED = 400  # from this status on
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeadersMiddleware:
    """Outermost, so that an error page raised far out carries the headers too; HEAD gets nothing but headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD" and not response.streaming:
            length = response.headers.get("Content-Length")
            response.content = b""
            if length is not None:
                response.headers["Content-Length"] = length
        return response


class NoStoreMiddleware:
    """Pages read with an account stay out of every cache, asked by cookie, so that it costs no query; so does every
    refusal: what is not there today may be public tomorrow, and somebody else may see it already.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies or response.status_code >= REFUSED:
            add_never_cache_headers(response)
        return response


class ErrorPagesMiddleware:
    """Every refused method and every failing database leads to one of our own pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not getattr(response, "is_portal_error", False):
            return errors.method_not_allowed(request, response.headers.get("Allow", ", ".join(METHODS)))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.page_for(request, exception)


class LanguageMiddleware:
    """Under /en/ a page speaks English, everywhere else German. What the browser prefers is not asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_english = request.path_info == "/en" or request.path_info.startswith("/en/")
        language = "en" if is_english else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class RequestShapeMiddleware:
    """Refuses what no page ever asks for: other methods, NUL in an address, control characters in cookies.

    A view says by `methods` which ones it knows, where these are not the usual ones; what is only read refuses a form
    before anybody asks for the form's token. /healthz is answered without a session, also to somebody signed in: it
    answers while the database does not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS and not _answers_preflight(request):
            return errors.method_not_allowed(request, ", ".join(METHODS))
        if "\x00" in request.path_info or "\x00" in unquote(request.META.get("QUERY_STRING", "")):
            return errors.bad_request(request)
        if request.path_info == "/healthz":
            request.COOKIES.clear()
        for name in [name for name, value in request.COOKIES.items() if not value.isprintable()]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        methods = getattr(view, "methods", METHODS)
        return None if request.method in methods else errors.method_not_allowed(request, ", ".join(methods))


def _answers_preflight(request: HttpRequest) -> bool:
    try:
        return request.method == PREFLIGHT and PREFLIGHT in getattr(resolve(request.path_info).func, "methods", METHODS)
    except Resolver404:
        return False


class MandatesMiddleware:
    """Marks the signed-in person, so that her mandates are read at most once in this request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: self.person(request))  # type: ignore[assignment]
        return self.get_response(request)

    @staticmethod
    def person(request: HttpRequest) -> object:
        person = get_user(request)
        if person.is_authenticated:
            cache_for_request(person)
        return person


class SessionAgeMiddleware:
    """Ends a session that was idle or lasted too long; notes activity rarely, so that a page costs no write."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.check(request)
        return self.get_response(request)

    @staticmethod
    def check(request: HttpRequest) -> None:
        now = clock.now()
        signed_in_at = moment(request.session.get("signed_in_at"))
        seen_at = moment(request.session.get("seen_at")) or signed_in_at
        if signed_in_at is None or seen_at is None:
            request.session["signed_in_at"] = request.session["seen_at"] = now.isoformat()
        elif now - signed_in_at > settings.SESSION_ABSOLUTE or now - seen_at > settings.SESSION_IDLE:
            logout(request)
        elif now - seen_at > settings.SESSION_TOUCH:
            request.session["seen_at"] = now.isoformat()


def moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Denied by default. A form sent after the session ended is shown again, so that nothing typed is lost."""

    def get_login_url(self, view_func: Callable[..., HttpResponseBase]) -> str:
        return resolve_url(settings.LOGIN_URL)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> Any:
        if request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return errors.signed_out_meanwhile(request, self.get_login_url(view_func))
        return super().handle_no_permission(request, view_func)
