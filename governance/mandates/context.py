"""What the page frame asks about the person in front of it."""

from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from governance.organisation.models import User
from governance.permissions import Room, may_open


class Rooms:
    """The rooms whose doors open for one person; read only when a template asks."""

    def __init__(self, user: User | AnonymousUser) -> None:
        self._user = user

    def _opens(self, room: Room) -> bool:
        return self._user.is_authenticated and may_open(self._user, room)

    @cached_property
    def ideen(self) -> bool:
        return self._opens("ideen")

    @cached_property
    def koordination(self) -> bool:
        return self._opens("koordination")

    @cached_property
    def lenkungsgruppe(self) -> bool:
        return self._opens("lenkungsgruppe")

    @cached_property
    def sitzungen(self) -> bool:
        return self._opens("sitzungen")

    @cached_property
    def umsetzung(self) -> bool:
        return self._opens("umsetzung")

    @cached_property
    def admin(self) -> bool:
        return self._opens("admin")


def rooms(request: HttpRequest) -> dict[str, Rooms]:
    """Give every page `rooms`; anonymous visitors cost no query and get no session."""
    user = getattr(request, "user", None) or AnonymousUser()
    return {"rooms": Rooms(user)}
