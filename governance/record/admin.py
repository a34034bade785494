"""What every page of the desk has in common: rights from mandates alone, and no second log beside the record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from governance.record.forms import search_text
from governance.tables.writing import MEDIA_TYPES, Column, Table, table_response

# What a list understands besides its filters: search, page, order, and to be handed out as a file.
LIST_PARAMETERS = frozenset({"q", "p", "o"})
AS_FILE = "als"


@dataclass(frozen=True)
class Fact:
    """One value of a row as the read view shows it."""

    label: str
    value: object
    is_example: bool = False

    @property
    def text(self) -> str:
        """The value in words; days as they are written elsewhere."""
        return date_format(self.value, "j. F Y") if isinstance(self.value, date) else str(self.value)


@dataclass(frozen=True)
class DeskPage:
    """What one of the desk's pages for a single act says besides its form."""

    heading: str
    lead: str
    button: str
    done: str
    back: str
    crumbs: list[tuple[str, str]]
    consequences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    is_example: bool = False


def act_page(
    request: HttpRequest,
    page: DeskPage,
    form: BaseForm | None,
    perform: Callable[[Any], object] | None = None,
    *,
    template: str = "admin/governance/act.html",
) -> HttpResponse:
    """Show a page with one form and try its act; what is refused is said beside everything that was typed. `template`
    extends the usual one where a form lays out its fields itself."""
    status = 200
    if request.method == "POST" and form is not None and perform is not None:
        status = 422
        if form.is_valid():
            status = attempt_act(form, perform)
            if not status:
                messages.success(request, page.done)
                return HttpResponseRedirect(page.back)
    return render(request, template, {"page": page, "form": form}, status=status)


def attempt_act(form: Any, perform: Callable[[Any], object]) -> int:
    """Try an act and return 0, or the status of the page that shows the form again with what was said."""
    try:
        perform(form.cleaned_data)
    except PermissionDenied as refusal:
        form.add_error(None, str(refusal))
        return 403
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            form.add_error(None, error)
            return 422
        for field, errors in error.error_dict.items():
            form.add_error(field if field in form.fields else None, errors)
        return 422
    return 0


class DeskFilter(admin.SimpleListFilter):
    """A filter of a list; a value it does not know chooses nothing, and the page says so."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        if super().value() and self.value() is None:
            text = _("Diesen Wert kennt der Filter „{title}“ nicht; er blieb ohne Wirkung.")
            messages.warning(request, text.format(title=self.title))

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(key) for key, _label in self.lookup_choices} else None


class DeskAdmin(admin.ModelAdmin):
    """A list and a read view of one kind of row. Subclasses say who reads, adds and changes; nobody deletes.

    Django's own permissions and `is_superuser` count for nothing here, and Django's log of changes is not kept: what
    was done stands in the record, once.
    """

    description: str = ""
    actions = None
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/described_change_list.html"
    # Whether the list can be taken away as it stands; a list with a file of its own says no.
    is_taken_away = True
    # Columns that only lead to an act; a file has no use for them.
    only_on_page: tuple[str, ...] = ()

    def reads(self, user: Any) -> bool:
        """Tell whether `user` may read these rows today."""
        return False

    def adds(self, user: Any) -> bool:
        """Tell whether `user` may add such rows today."""
        return False

    def changes(self, user: Any, row: Model | None = None) -> bool:
        """Tell whether `user` may change `row` (any at all if None) today."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.reads(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.reads(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.adds(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.changes(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list; an unknown one below it is not found rather than led on."""
        return [each for each in super().get_urls() if each.name]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, search_text(search_term)[0])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list, or hand all its pages out as a file, filtered and ordered as it stands (`?als=xlsx`, `csv`).

        Parameters nobody knows are named and left out, whatever they say.
        """
        form = request.GET.get(AS_FILE, "") if self.is_taken_away else ""
        if form:
            query = request.GET.copy()
            del query[AS_FILE]
            request.GET = query  # type: ignore[assignment]
        known = LIST_PARAMETERS | self.filter_parameters()
        unknown = sorted(set(request.GET) - known - {"e"})
        word, notice = search_text(request.GET.get("q", ""))
        if set(request.GET) - known or notice:
            request.GET = _only(request.GET, known, word)  # type: ignore[assignment]
        if notice:
            messages.warning(request, notice)
        if unknown:
            messages.warning(
                request,
                _("Diese Angabe in der Adresse kennt die Liste nicht, sie blieb ohne Wirkung: {names}.").format(
                    names=", ".join(name[:40] for name in unknown[:3])
                ),
            )
        if form:
            return self._as_file(request, form)
        context = {"description": self.description, "files": self._files(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    def _files(self, request: HttpRequest) -> dict[str, str]:
        """Return the addresses of the list as files, filtered and ordered as it stands."""
        if not self.is_taken_away:
            return {}
        query = {name: request.GET[name] for name in request.GET if name not in ("p", "e")}
        return {form: f"?{urlencode(query | {AS_FILE: form})}" for form in MEDIA_TYPES}

    def _as_file(self, request: HttpRequest, form: str) -> FileResponse:
        """Return every row of the list in the columns the page shows; markup is left out, numbers stay numbers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if form not in MEDIA_TYPES:
            raise Http404
        shown = self.get_changelist_instance(request)
        names = [name for name in shown.list_display if name not in ("action_checkbox", *self.only_on_page)]
        columns = [
            Column(str(label_for_field(name, self.model, self)), partial(self._in_words, name), 24) for name in names
        ]
        title = str(self.opts.verbose_name_plural)
        return table_response(Table(title=title[:1].upper() + title[1:], columns=columns, rows=shown.queryset), form)

    def _in_words(self, name: Any, row: Model) -> object:
        """Return what the list shows of a row in one column, as a file can hold it."""
        field, _attribute, value = lookup_field(name, row, self)
        if field is not None and getattr(field, "flatchoices", None):
            value = dict(field.flatchoices).get(value, value)
        return unescape(strip_tags(value)).strip() if isinstance(value, SafeString) else value

    def list_address(self) -> str:
        """Return the address of the list."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def crumbs(self, here: str) -> list[tuple[str, str]]:
        """Return the way to one of this list's pages."""
        plural = str(self.opts.verbose_name_plural)
        return [(_("Schreibtisch"), reverse("admin:index")), (plural, self.list_address()), (here, "")]

    def row_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """Return a row of this list by its id, refusing whoever may not read it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def filter_parameters(self) -> frozenset[str]:
        """Return the parameters that the list's own filters read."""
        names = (getattr(each, "parameter_name", None) for each in self.list_filter)
        return frozenset(name for name in names if name)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the row itself: what happened to it stands there and in the record."""
        self.row_or_404(request, object_id)
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        )

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        return None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)


def _only(query: QueryDict, names: frozenset[str], word: str) -> QueryDict:
    kept = {name: query[name] for name in query if name in names}
    return QueryDict(urlencode(kept | ({"q": word} if "q" in kept else {})))
