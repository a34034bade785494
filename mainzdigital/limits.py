"""Which addresses cost enough to be limited, by whom their requests are counted, and the answer above the limit.

Source: SEC-19, docs/decisions/0082-taking-part.md. Forms that everybody may send count their own arrivals
(pool.participation.views), signing in does too (axes).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import ngettext

from governance.organisation.backends import hashed_address
from governance.record.admin import AS_FILE
from mainzdigital import errors
from pool.participation.counting import seconds_to_wait_reading

# Lists that can be searched and narrowed down, counted by the sender's network; leafing through the whole list is not
# a search.
SEARCHED = frozenset({"publication:projects"})
LEAFING = frozenset({"page"})
# Every file of open data, and the feeds, by the sender's network too.
DATA_NAMESPACE = "open_data"
NOT_COUNTED = frozenset({"open_data:robots"})
# What is taken away or handed in with an account, counted by the account: a city hall has one network.
OF_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "exchange:mine": "file",
        "exchange:pool": "file",
        "exchange:delivered": "file",
        "exchange:projects": "file",
        "exchange:ranking": "file",
        "exchange:resolutions": "file",
        "exchange:desk": "file",
        "exchange:meeting_pack_file": "file",
        "attachments:download": "file",
    }
)
# What sends a mail to whoever is named in it, counted by the sender's network.
MAILING = frozenset({"organisation:password_forgotten"})
SENT = frozenset({"submission:new", "submission:check", "exchange:import_ideas"})


class LimitsMiddleware:
    """Innermost, so that only what would be answered is counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answer in place of the view where a sender is over the limit."""
        purpose = purpose_of(request)
        if not purpose:
            return None
        sender = f"account:{request.user.pk}" if purpose in ("file", "submit") else hashed_address(request)
        wait = seconds_to_wait_reading(purpose=purpose, sender=sender)
        return too_many(request, wait) if wait else None


def purpose_of(request: HttpRequest) -> str:
    """Return the limit that a request counts against, or "" for none."""
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name in SEARCHED:
        return "search" if set(request.GET) - LEAFING else ""
    if match.namespace == DATA_NAMESPACE:
        return "" if match.view_name in NOT_COUNTED else "data"
    if match.view_name in MAILING:
        return "reset" if request.method == "POST" else ""
    if match.view_name in SENT and request.method == "POST":
        purpose = "submit"
    elif match.namespace == "admin" and AS_FILE in request.GET:
        purpose = "file"
    else:
        purpose = OF_ACCOUNTS.get(match.view_name, "")
    # Asked last: whoever only reads public pages has no session to look for.
    return purpose if purpose and request.user.is_authenticated else ""


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Say when it goes on: in words on a page, in JSON to a program."""
    minutes = -(-wait // 60)
    match = request.resolver_match
    response: HttpResponse
    if match is not None and match.namespace == DATA_NAMESPACE:
        said = ngettext(
            "Von Ihrem Netz kamen sehr viele Abrufe. In einer Minute geht es weiter.",
            "Von Ihrem Netz kamen sehr viele Abrufe. In {minutes} Minuten geht es weiter.",
            minutes,
        )
        response = JsonResponse(
            {"hinweise": [said.format(minutes=minutes)]}, status=429, json_dumps_params={"ensure_ascii": False}
        )
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    else:
        response = errors.error_page(request, 429, template="429_often.html", plain=True, minutes=minutes,
                                     typed=errors.typed_texts(request))  # fmt: skip
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
