"""The list of synonyms at the desk: kept by the CDO, used from the next search on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from governance.mandates.queries import standing_of
from governance.permissions import Act, may, require
from governance.record.admin import DeskAdmin, DeskPage, act_page
from pool.similarity.actions import drop_synonyms, keep_synonyms
from pool.similarity.forms import SynonymForm
from pool.similarity.models import SynonymGroup


@admin.register(SynonymGroup)
class SynonymGroupAdmin(DeskAdmin):
    description = gettext_lazy(
        "Wörter, die im Pool für dasselbe stehen. Wer eine Idee schreibt, bekommt damit auch Vorhaben vorgeschlagen, "
        "die andere Wörter benutzen. Gilt ab der nächsten Suche."
    )
    list_display = ("words",)
    search_fields = ("words",)
    search_help_text = gettext_lazy("ein Wort")
    ordering = ("words",)

    def reads(self, user: Any) -> bool:
        return standing_of(user).is_cdo

    def adds(self, user: Any) -> bool:
        return may(user, Act.EDIT_SYNONYMS)

    def changes(self, user: Any, row: Any = None) -> bool:
        return may(user, Act.EDIT_SYNONYMS)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self.drop_view)
        own = path("<int:group_id>/entfernen/", self.admin_site.admin_view(view), name="pool_synonymgroup_drop")
        return [own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add a group."""
        require(request.user, Act.EDIT_SYNONYMS)
        form = SynonymForm(request.POST or None)
        page = self._page(_("Synonyme hinzufügen"), _("Synonyme speichern"), _("Gespeichert."))
        return act_page(request, page, form, lambda cleaned: keep_synonyms(words=cleaned["words"], by=request.user))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change a group, or lead to taking it off."""
        group = self.row_or_404(request, object_id)
        if not self.changes(request.user):
            return act_page(request, self._page(str(group), "", ""), None)
        form = SynonymForm(request.POST or None, initial={"words": group.words})
        page = self._page(_("Synonyme ändern"), _("Synonyme speichern"), _("Gespeichert."))
        return act_page(
            request, page, form, lambda cleaned: keep_synonyms(words=cleaned["words"], group=group, by=request.user)
        )

    def drop_view(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Take a group off the list."""
        group = self.row_or_404(request, str(group_id))
        require(request.user, Act.EDIT_SYNONYMS)
        page = self._page(
            _("Synonyme entfernen"),
            _("Gruppe entfernen"),
            _("Entfernt."),
            lead=str(group),
            consequences=(_("Vorhaben mit diesen Wörtern werden nicht mehr wechselseitig gefunden."),),
        )
        form = forms.Form(request.POST or None)
        return act_page(request, page, form, lambda _cleaned: drop_synonyms(group=group, by=request.user))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Offer to take a group off only to whoever may do it today."""
        return ("words", "drop_shown") if self.changes(request.user) else ("words",)

    @admin.display(description=gettext_lazy("Entfernen"))
    def drop_shown(self, group: SynonymGroup) -> str:
        address = reverse("admin:pool_synonymgroup_drop", args=[group.pk])
        link = '<a href="{}">{}<span class="visually-hidden">: {}</span></a>'
        return format_html(link, address, _("entfernen"), group)

    def _page(self, heading: str, button: str, done: str, **more: Any) -> DeskPage:
        return DeskPage(
            heading=heading,
            lead=more.pop("lead", ""),
            button=button,
            done=done,
            back=self.list_address(),
            crumbs=self.crumbs(heading),
            **more,
        )
