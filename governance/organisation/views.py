"""Sign-in, sign-out, password and own absences under /konto/."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from governance.mandates.actions import enter_absence
from governance.mandates.models import Absence
from governance.messages.actions import queue_password_mail
from governance.messages.http import AnsweredFirst
from governance.organisation.forms import AbsenceForm, ChangeForm, NewForm, ResetForm, SignInForm
from governance.organisation.http import SignedInRequest
from governance.organisation.models import User
from governance.permissions import Act, Room, may, may_open, require
from governance.record import clock

FIRST_ROOMS: tuple[tuple[Room, str], ...] = (
    ("admin", "/admin/"),
    ("lenkungsgruppe", "/lenkungsgruppe/"),
    ("ideen", "/ideen/"),
)
DEMO_PASSWORD = "mainz-demo"  # noqa: S105 - printed on the sign-in page of a demo, refused everywhere else
DEMO_ACCOUNTS = (
    "idee", "idee2", "koordination", "gutachten", "cdo", "cdo-vertretung", "lenkung", "lenkung-vertretung", "beirat",
    "beirat-gf", "projektleitung", "betrieb", "ehemalig",
)  # fmt: skip
ABSENCES_SHOWN = 20


def first_room(user: User | AnonymousUser) -> str:
    """Return where a person finds her work: the desk before the Lenkungsgruppe before the ideas."""
    return next((address for room, address in FIRST_ROOMS if may_open(user, room)), "/")


def demo_accounts() -> list[User]:
    """Return the shipped accounts that share the demo password; those made while trying out are not listed."""
    if not settings.DEMO:
        return []
    shipped = User.objects.filter(is_demo=True, is_active=True, username__in=DEMO_ACCOUNTS)
    return sorted(shipped, key=lambda user: DEMO_ACCOUNTS.index(user.username))


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    template_name = "konto/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return first_room(self.request.user)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | ({"username": self.request.GET.get("konto", "")[:150]} if settings.DEMO else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_accounts=demo_accounts(), demo_password=DEMO_PASSWORD, **kwargs)


class SignOut(auth_views.LogoutView):
    http_method_names = ["post"]
    next_page = "/"


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "konto/passwort.html"
    form_class = ChangeForm
    success_url = reverse_lazy("organisation:password")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_enter_absence=may_enter_absence(self.request.user), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Ihr Passwort ist geändert. Andere Sitzungen sind beendet."))
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordForgotten(FormView):
    """Queue a link for whoever has this address. The answer goes out first: how long it takes tells nobody anything."""

    template_name = "konto/passwort_vergessen.html"
    form_class = ResetForm
    success_url = reverse_lazy("organisation:password_sent")

    def form_valid(self, form: ResetForm) -> HttpResponse:
        for account in form.accounts():
            queue_password_mail(account=account)
        return AnsweredFirst(self.get_success_url())


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasswordSent(auth_views.PasswordResetDoneView):
    template_name = "konto/passwort_unterwegs.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordNew(auth_views.PasswordResetConfirmView):
    template_name = "konto/passwort_neu.html"
    form_class = NewForm
    success_url = reverse_lazy("organisation:password_done")


@method_decorator([login_not_required, never_cache], name="dispatch")
class PasswordDone(auth_views.PasswordResetCompleteView):
    template_name = "konto/passwort_fertig.html"


def may_enter_absence(user: Any) -> bool:
    return may(user, Act.ENTER_ABSENCE, person=user)


@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: SignedInRequest) -> HttpResponse:
    require(request.user, Act.ENTER_ABSENCE, person=request.user)
    form = AbsenceForm(request.POST or None, today=clock.today())
    own = Absence.objects.filter(person__person__user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            enter_absence(person=request.user, by=request.user, **form.cleaned_data)
        except ValidationError:
            messages.info(request, _("Diese Tage stehen schon in Ihrer Liste."))
        else:
            messages.success(request, _("Ihre Abwesenheit ist eingetragen. An diesen Tagen handelt Ihre Vertretung."))
        return redirect("organisation:absences")
    context = {"form": form, "absences": own.order_by("-first_day", "-pk")[:ABSENCES_SHOWN], "may_enter_absence": True}
    return render(request, "konto/abwesenheit.html", context)
