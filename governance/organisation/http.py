"""The request as views behind the sign-in receive it."""

from django.http import HttpRequest

from governance.organisation.models import User


class SignedInRequest(HttpRequest):
    """A request whose user is never anonymous: the sign-in middleware has let it through."""

    user: User
