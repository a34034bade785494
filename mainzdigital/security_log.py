"""Writes one line for each sign-in, refused sign-in and sign-out; accounts by number, addresses as a hash."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from governance.organisation.backends import hashed_address
from governance.record import clock
from governance.record.events import security_event


@receiver(user_logged_in)
def signed_in(sender: object, request: HttpRequest | None, user: Any, **kwargs: object) -> None:
    if request is None:
        return
    request.session["signed_in_at"] = request.session["seen_at"] = clock.now().isoformat()
    security_event("signed_in", account=user.pk, address=hashed_address(request))


@receiver(user_login_failed)
def sign_in_failed(sender: object, request: HttpRequest | None = None, **kwargs: object) -> None:
    security_event("sign_in_failed", address=hashed_address(request) if request else None)


@receiver(user_logged_out)
def signed_out(sender: object, request: HttpRequest, user: Any, **kwargs: object) -> None:
    security_event("signed_out", account=getattr(user, "pk", None))
