"""Doors of rooms: a view behind one answers 403 to everybody else; without an account sign-in comes first."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from governance.permissions import NotAllowed, Room, may_open

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[Any, Arguments], HttpResponseBase]


def room_required(room: Room) -> Callable[[View], View]:
    """Let only those in for whom the room's door opens today."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not may_open(request.user, room):
                raise NotAllowed(_("Dieser Bereich ist für Ihr Konto nicht vorgesehen."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate
