"""The queue of mails at the desk of those who run the portal: what waits, what failed, and trying again.

It shows to which account a mail goes and whether it got through, not what it says.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from governance.messages.actions import retry_mails
from governance.messages.models import Mail
from governance.messages.queries import failed_mails
from governance.messages.rules import MailState
from governance.permissions import Act, may, require
from governance.record.admin import DeskAdmin, DeskFilter, DeskPage, act_page


class StateFilter(DeskFilter):
    """Where a mail stands."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(MailState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    description = gettext_lazy(
        "Was an Mails wartet, hinausging oder gescheitert ist. Im Portal steht jede Nachricht in jedem Fall; ein toter "
        "Mailserver hält niemanden auf. Was eine Mail sagt, steht hier nicht."
    )
    change_list_template = "admin/governance/mail/change_list.html"
    list_display = (
        "queued_at",
        "person_shown",
        "kind_shown",
        "state",
        "attempts",
        "problem",
        "next_try_at",
        "retry_shown",
    )
    list_display_links = None
    list_filter = (StateFilter,)
    list_select_related = ("person__person__user",)
    ordering = ("-queued_at", "pk")

    def reads(self, user: Any) -> bool:
        return may(user, Act.RETRY_MAIL)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self.retry_view)
        own = path("erneut/", self.admin_site.admin_view(view), name="governance_mail_retry")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue with the way to try failed mails again."""
        failed = failed_mails() if self.reads(request.user) else 0
        return super().changelist_view(request, {"failed": failed} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the list: a mail has nothing more to show here."""
        self.row_or_404(request, object_id)
        return HttpResponseRedirect(self.list_address())

    def retry_view(self, request: HttpRequest) -> HttpResponse:
        """Queue failed mails again: all of them, or the one that is named."""
        require(request.user, Act.RETRY_MAIL)
        failed = Mail.objects.filter(state=MailState.FAILED)
        named = forms.UUIDField(required=False)
        try:
            chosen = named.clean(request.GET.get("mail"))
        except forms.ValidationError:
            chosen = None
        mails = failed.filter(pk=chosen) if chosen else failed
        number = mails.count()
        said = ngettext("Eine gescheiterte Mail", "{number} gescheiterte Mails", number).format(number=number)
        page = DeskPage(
            heading=_("Erneut senden"),
            lead=said if number else _("Keine Mail ist gescheitert."),
            button=_("Erneut senden") if number else "",
            done=_("Die Mails warten wieder und gehen mit dem nächsten Lauf hinaus."),
            back=self.list_address(),
            crumbs=self.crumbs(_("Erneut senden")),
            consequences=(
                _("Jede Mail wird wieder von vorn versucht."),
                _("Wo das Senden abbrach, kann eine Mail dadurch ein zweites Mal ankommen."),
            ),
        )
        return act_page(
            request,
            page,
            forms.Form(request.POST or {}) if number else None,
            lambda cleaned: retry_mails(mails=mails, by=request.user),
        )

    @admin.display(description=gettext_lazy("Konto"))
    def person_shown(self, mail: Mail) -> str:
        link = getattr(mail.person, "person", None)
        return link.user.username if link else _("ehemaliges Konto")

    @admin.display(description=gettext_lazy("Art"))
    def kind_shown(self, mail: Mail) -> str:
        return str(mail)

    @admin.display(description=gettext_lazy("Erneut"))
    def retry_shown(self, mail: Mail) -> str:
        if mail.state != MailState.FAILED:
            return "–"
        address = f"{reverse('admin:governance_mail_retry')}?mail={mail.pk}"
        return format_html('<a href="{}">{}</a>', address, _("erneut senden"))
