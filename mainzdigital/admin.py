"""The desk of the CDO and the operators: Django's admin behind our own sign-in and our own permissions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance.permissions import may_open_admin


def not_here(request: HttpRequest, **ids: str) -> HttpResponse:
    raise Http404


class Desk(AdminSite):
    site_title = _("mainzDIGITAL Verwaltung")
    site_header = _("mainzDIGITAL Verwaltung")
    index_title = _("Schreibtisch")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return may_open_admin(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """An account without this right is refused (403), not sent to sign in again."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def desk_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return desk_view

    @method_decorator(require_safe)
    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, extra_context)

    @method_decorator(require_safe)
    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        return super().app_index(request, app_label, extra_context)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        target = request.GET.get("next") or resolve_url("admin:index")
        return HttpResponseRedirect(f"{resolve_url('organisation:login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return LogoutView.as_view(next_page="/")(request)

    def get_urls(self) -> list[Any]:
        """Django's jump to an object's own page is closed: nothing leads there, and it told which ids exist."""
        closed = path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(not_here), name="view_on_site")
        return [closed, *(each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site")]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("organisation:password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("organisation:password")
