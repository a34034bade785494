"""Forms that everybody may send, without an account and without a cookie: the one exception to Django's own check.

In place of a cookie each form carries a token that only the portal can sign, with the moment it was made; and a browser
must say that the form was sent from a page of the portal. Source: docs/decisions/0077-public-forms.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import get_callable
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from governance.record import clock

TOKEN_FIELD = "form_token"  # noqa: S105 (the name of a field)
# Named like a field that scripts fill in and people never see.
TRAP_FIELD = "webseite"
# A person reads before sending; a page may stay open over a working day.
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=12)
SALT = "governance.public_forms"

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class FormToken:
    """Which form was sent, and when its page was made."""

    key: UUID
    made_at: datetime

    def signed(self) -> str:
        """Return the token as it stands in a page."""
        return _signer().sign(f"{self.key.hex}.{int(self.made_at.timestamp())}")


def new_token() -> FormToken:
    """Return the token of a page about to be shown."""
    return FormToken(uuid4(), clock.now())


def token_in(text: str) -> FormToken | None:
    """Return the token that the portal signed, however old; None for any other text."""
    try:
        key, moment = _signer().unsign(text).split(".")
        return FormToken(UUID(key), datetime.fromtimestamp(int(moment), tz=UTC))
    except (BadSignature, ValueError, OverflowError):
        return None


def public_form(view: View | None = None, *, is_signed: Callable[..., bool] | None = None) -> Any:
    """Mark a view with a form as open to everybody: the only decorator that does without Django's check.

    What is sent needs a token of ours and an origin of ours, else it is refused like any forged form (403, with the
    typed text to copy). `is_signed(request, **kwargs)` names what may stand in place of both: an address that is itself
    signed, such as the link by which a mail program leaves a list. Such pages stay out of every cache.
    """
    if view is None:
        return lambda inner: public_form(inner, is_signed=is_signed)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not (is_signed and is_signed(request, **kwargs)):
            if not _is_of_our_origin(request):
                return _refused(request, "origin")
            if token_in(request.POST.get(TOKEN_FIELD, "")) is None:
                return _refused(request, "token")
        response: HttpResponse = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return login_not_required(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded)))


class PublicForm(forms.Form):
    """A form for everybody: with its token, and with a field that only scripts fill in."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    webseite = forms.CharField(
        label=_("Dieses Feld bleibt leer"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = new_token()
        self.fields[TOKEN_FIELD].initial = self.token.signed()

    @property
    def is_by_script(self) -> bool:
        """Tell whether the field was filled in that no person sees."""
        return bool(self.data.get(TRAP_FIELD, "").strip())

    def clean(self) -> dict[str, Any]:
        """Ask for a second click where the page was sent at once or lay open too long; nothing typed is lost."""
        cleaned = super().clean() or {}
        sent = token_in(str(cleaned.get(TOKEN_FIELD, "")))
        age = clock.now() - sent.made_at if sent else None
        if sent is None or age is None or age > LATEST or age < timedelta(0):
            self._renew_token()
            if not self.errors:
                raise ValidationError(
                    _("Die Seite stand lange offen. Ihr Text steht noch hier: Senden Sie ihn noch einmal ab.")
                )
            return cleaned
        self.token = sent
        if age < SOONEST and not self.errors:
            raise ValidationError(
                _("Das ging sehr schnell. Senden Sie noch einmal ab; daran sehen wir, dass kein Programm schreibt.")
            )
        return cleaned

    def _renew_token(self) -> None:
        sent: Any = self.data
        self.data = sent.copy()
        self.data[TOKEN_FIELD] = self.token.signed()  # type: ignore[index]


def _signer() -> Signer:
    return Signer(salt=SALT)


def _is_of_our_origin(request: HttpRequest) -> bool:
    """Tell whether the page that sent the form is ours. A program that names no origin is no browser that was misled,
    and is let through only where addresses are not protected by HTTPS anyway."""
    own = f"{request.scheme}://{request.get_host()}"
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    if "Origin" in request.headers:
        return request.headers["Origin"] == own
    if "Referer" in request.headers:
        came_from = urlsplit(request.headers["Referer"])
        return f"{came_from.scheme}://{came_from.netloc}" == own
    return not request.is_secure()


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    refuse = get_callable(settings.CSRF_FAILURE_VIEW)
    response: HttpResponse = refuse(request, reason=reason)
    return response
