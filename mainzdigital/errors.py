"""Error pages in German with a number that is found in the log, and nothing about the inside of the portal."""

import logging
import secrets
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from governance.organisation.backends import hashed_address
from governance.record.events import quoted, security_event

logger = logging.getLogger("portal.incident")

PLAIN = "_components/plain_base.html"
PORTAL = "base.html"
PRIVATE_FIELDS = ("csrfmiddlewaretoken", "password", "passwort")
# What the form itself put in: not typed by anybody.
FORM_FIELDS = ("form_token", "version", "seen", "aktion", "tun", "next", "seite", "antwort", "kind", "wants_answer")
FORM_COUNTERS = ("_FORMS", "-id")
TRIED_AGAIN_AFTER = "30"
# A program that asks for data is answered in the form of the data, in which it also finds what the filters refuse.
DATA_ENDINGS = (".json", ".jsonld", ".csv")
DATA_NOTICES = {
    400: "Diese Anfrage ist nicht zu verstehen.",
    404: "Unter dieser Adresse gibt es keine Daten.",
    405: "Diese Daten lassen sich nur lesen.",
    503: "Das Portal kann gerade keine Daten ausgeben. Fragen Sie in einer halben Minute noch einmal.",
}
DATA_NOTICE = "Das hat nicht geklappt. Es liegt am Portal, nicht an Ihrer Anfrage."


def incident_number() -> str:
    return secrets.token_hex(4).upper()


def place(request: HttpRequest) -> str:
    """Where it happened, for the log: the route rather than the address, which may hold a token."""
    return quoted(request.resolver_match.route if request.resolver_match else request.path)


def error_page(
    request: HttpRequest, status: int, *, template: str = "", plain: bool = False, **context: object
) -> HttpResponse:
    """Plain pages ask neither database nor session; the others carry the portal's menu where that is possible."""
    number = incident_number()
    logger.warning("id=%s status=%s method=%s path=%s", number, status, quoted(request.method), place(request))
    if request.path_info.endswith(DATA_ENDINGS):
        return _data_refused(status, number)
    plain = plain or not hasattr(request, "user")
    context |= {"incident": number, "status": status, "layout": PLAIN if plain else PORTAL}
    html = render_to_string(template or f"{status}.html", context, request=None if plain else request)
    response = HttpResponse(html, status=status)
    response.is_portal_error = True  # type: ignore[attr-defined]
    return response


def _data_refused(status: int, number: str) -> HttpResponse:
    notice = f"{DATA_NOTICES.get(status, DATA_NOTICE)} (Nummer {number})"
    response = JsonResponse({"hinweise": [notice]}, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.is_portal_error = True  # type: ignore[attr-defined]
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_page(request, 413, plain=True)
    return error_page(request, 400, plain=True)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    security_event("access_refused", account=getattr(getattr(request, "user", None), "pk", None), at=place(request))
    return error_page(request, 403, reason=str(exception or ""), typed=typed_texts(request))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404, typed=typed_texts(request))


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    response = error_page(request, 405)
    response.headers["Allow"] = allowed
    return response


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Called after too many wrong passwords for one account from one address."""
    retry_after = int(settings.AXES_COOLOFF_TIME.total_seconds())
    security_event("sign_in_locked", address=hashed_address(request))
    response = error_page(request, 429, minutes=retry_after // 60)
    response.headers["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    exception = sys.exc_info()[1]
    page = page_for(request, exception) if isinstance(exception, Exception) else None
    return page or error_page(request, 500, plain=True, typed=typed_texts(request))


def page_for(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """A database that cannot be reached or written is a 503; a value no database can hold is the sender's 400; what
    two people write at once, and only one row may stand, is a 409 for the second.
    """
    if settings.DEBUG:
        return None
    if isinstance(exception, OverflowError | DataError) or "pattern too complex" in str(exception):
        return error_page(request, 400, plain=True, typed=typed_texts(request))
    if isinstance(exception, IntegrityError):
        logger.error("database: %s", quoted(type(exception).__name__), exc_info=exception)
        return error_page(request, 409, plain=True, typed=typed_texts(request))
    if isinstance(exception, OperationalError | InterfaceError):
        logger.error("database: %s", quoted(type(exception).__name__), exc_info=exception)
        response = error_page(request, 503, plain=True, typed=typed_texts(request))
        response.headers["Retry-After"] = TRIED_AGAIN_AFTER
        return response
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    security_event("form_token_refused", at=place(request))
    return error_page(request, 403, template="403_form.html", plain=True, typed=typed_texts(request))


def signed_out_meanwhile(request: HttpRequest, login_url: str) -> HttpResponse:
    return error_page(
        request, 403, template="403_signed_out.html", plain=True, typed=typed_texts(request), login_url=login_url
    )


def typed_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into the form that could not be accepted, to be copied from the page."""
    if request.method != "POST":
        return []
    try:
        fields = request.POST.lists()
    except Exception:
        return []
    return [
        (name, value)
        for name, values in fields
        for value in values
        if value.strip()
        and not value.isdigit()
        and name not in FORM_FIELDS
        and not name.endswith(FORM_COUNTERS)
        and not name.lower().startswith(PRIVATE_FIELDS)
        and "password" not in name.lower()
    ]
