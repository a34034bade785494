"""Taking part at the desk: what is offered, the ways without the net, and which pages help."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.record import clock
from governance.record.admin import act_page
from governance.templatetags.portal import beispiel_if
from pool.lifecycle import Act
from pool.participation.admin import OfficeAdmin
from pool.participation.desk_forms import FormatForm, WayForm
from pool.participation.formats import FORMAT_VALUES, keep_format, keep_way
from pool.participation.models import Beteiligungsformat, PageNote, PageOpinion, WayToTakePart
from pool.participation.rules import FormatState
from pool.permissions import require


@admin.register(Beteiligungsformat)
class FormatAdmin(OfficeAdmin):
    act = Act.OFFER_PARTICIPATION
    description = gettext_lazy(
        "Termine und Befragungen, an denen Menschen teilnehmen können. Veröffentlichte stehen unter „Mitmachen“, auf "
        "der Startseite und bei den verknüpften Projekten; danach gehört hierher, was daraus wurde."
    )
    list_display = ("first_day", "title", "mode", "state", "outcome_shown", "example_shown")
    list_display_links = ("title",)
    search_fields = ("title",)
    ordering = ("-first_day", "pk")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Begin a new one."""
        require(request.user, self.act)
        return self._form_page(request, None, _("Beteiligungsformat anlegen"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change one, or write what came of it."""
        row = self.row_or_404(request, object_id)
        return self._form_page(request, row, _("Beteiligungsformat ändern"))

    def _form_page(self, request: HttpRequest, row: Beteiligungsformat | None, heading: str) -> HttpResponse:
        form = FormatForm(request.POST if request.method == "POST" else None, row=row)

        def keep(cleaned: dict[str, Any]) -> object:
            values = {name: cleaned[name] for name in FORMAT_VALUES}
            return keep_format(values=values, row=row, by=request.user, **form.rows())

        page = self.page(heading, _("Speichern"), _("Gespeichert."), is_example=bool(row and row.is_example))
        return act_page(request, page, form, keep, template="admin/pool/format.html")

    @admin.display(description=gettext_lazy("Was daraus wurde"))
    def outcome_shown(self, row: Beteiligungsformat) -> str:
        if row.outcome:
            return _("steht da")
        is_over = (row.last_day or row.first_day) < clock.today() and row.state == FormatState.PUBLISHED
        return _("fehlt noch") if is_over else "–"


@admin.register(WayToTakePart)
class WayAdmin(OfficeAdmin):
    act = Act.OFFER_PARTICIPATION
    description = gettext_lazy(
        "Anschrift, Telefon, Sprechstunde: wie man ohne Netz mitredet. Steht öffentlich unter „Mitmachen“."
    )
    list_display = ("position", "title", "example_shown")
    list_display_links = ("title",)
    ordering = ("position", "pk")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add a way."""
        require(request.user, self.act)
        return self._form_page(request, None, _("Weg ohne Netz hinzufügen"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change a way."""
        return self._form_page(request, self.row_or_404(request, object_id), _("Weg ohne Netz ändern"))

    def _form_page(self, request: HttpRequest, row: WayToTakePart | None, heading: str) -> HttpResponse:
        names = ("title", "text", "position", "text_is_example")
        initial = {name: getattr(row, name) for name in names} if row else {"position": 1}
        form = WayForm(request.POST if request.method == "POST" else None, initial=initial)
        page = self.page(heading, _("Speichern"), _("Gespeichert."))
        return act_page(request, page, form, lambda cleaned: keep_way(row=row, by=request.user, **cleaned))

    @admin.display(description=gettext_lazy("Text"))
    def example_shown(self, row: WayToTakePart) -> str:
        return beispiel_if(row.text_is_example) or _("geprüft")


# --- Did the pages help? ------------------------------------------------------------------------------------------


class ReadOnlyAdmin(OfficeAdmin):
    """Rows that are only read."""

    list_display_links = None

    def adds(self, user: Any) -> bool:
        return False

    def changes(self, user: Any, row: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the list: a row has nothing more to show."""
        self.row_or_404(request, object_id)
        return redirect(self.list_address())


@admin.register(PageOpinion)
class PageOpinionAdmin(ReadOnlyAdmin):
    description = gettext_lazy("Wie oft Menschen sagten, dass eine öffentliche Seite geholfen hat, je Seite und Monat.")
    list_display = ("month_shown", "page_shown", "helped", "did_not", "share_shown", "example_shown")
    search_fields = ("page",)
    ordering = ("-month", "page")

    @admin.display(description=gettext_lazy("Monat"), ordering="month")
    def month_shown(self, row: PageOpinion) -> str:
        return f"{row.month:%m/%Y}"

    @admin.display(description=gettext_lazy("Seite"), ordering="page")
    def page_shown(self, row: PageOpinion) -> str:
        return format_html('<a href="{}">{}</a>', row.page, row.page)

    @admin.display(description=gettext_lazy("Anteil ja"))
    def share_shown(self, row: PageOpinion) -> str:
        total = row.helped + row.did_not
        return (
            _("{share} Prozent von {total}").format(share=round(100 * row.helped / total), total=total)
            if total
            else "–"
        )


@admin.register(PageNote)
class PageNoteAdmin(ReadOnlyAdmin):
    description = gettext_lazy("Was Menschen dazuschrieben, ohne Namen. Nach 180 Tagen wird es gelöscht.")
    list_display = ("on_day", "page", "helped", "text", "example_shown")
    search_fields = ("page",)
    ordering = ("-on_day", "-pk")
