from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """What every page may know about this installation; costs no query and touches no session."""
    return {"demo": settings.DEMO}
