"""A person's messages, how she hears of them by mail, and her own page under /konto/."""

from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.mandates.queries import mandates_of, standing_of
from governance.messages.actions import choose_ways, mark_read
from governance.messages.forms import PreferencesForm
from governance.messages.kinds import known_groups
from governance.messages.queries import chosen_ways, messages_of
from governance.organisation.http import SignedInRequest
from governance.permissions import Act, may

ON_A_PAGE = 25


def _page(request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of the account; its menu leads to the absences of whoever may enter some."""
    may_enter_absence = may(request.user, Act.ENTER_ABSENCE, person=request.user)
    return render(request, template, context | {"may_enter_absence": may_enter_absence}, status=status)


@require_safe
def profile(request: SignedInRequest) -> HttpResponse:
    """Show what the portal knows of the person, and lead to what she may change."""
    return _page(request, "konto/profil.html", {"mandates": mandates_of(request.user)})


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """Show the person's messages, the newest first; looking changes nothing."""
    page = Paginator(messages_of(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    return _page(request, "konto/nachrichten.html", {"page": page})


@require_POST
def open_message(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Mark one message as read and lead to what it is about."""
    message = get_object_or_404(messages_of(request.user), pk=message_id)
    mark_read(messages=messages_of(request.user).filter(pk=message.pk))
    return redirect(message.address)


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark every message as read."""
    number = mark_read(messages=messages_of(request.user))
    said = ngettext(
        "Eine Nachricht ist als gelesen markiert.", "{number} Nachrichten sind als gelesen markiert.", number
    )
    notices.success(request, said.format(number=number) if number else _("Es war keine Nachricht ungelesen."))
    return redirect("messages:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """Choose for each kind that can concern the person whether a mail comes at once, once a day or not at all."""
    standing = standing_of(request.user)
    groups = [group for group in known_groups() if group.concerns(standing)]
    form = PreferencesForm(request.POST or None, groups=groups, chosen=chosen_ways(request.user))
    if request.method == "POST" and form.is_valid():
        choose_ways(person=request.user, ways=form.cleaned_data)
        notices.success(request, _("Ihre Wünsche zu Mails sind gespeichert."))
        return redirect("messages:preferences")
    return _page(request, "konto/benachrichtigungen.html", {"form": form}, status=422 if form.is_bound else 200)
