"""Saving what a list is set to, renaming it, deleting it. Each person meets her own alone."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.organisation.http import SignedInRequest
from pool.lifecycle import ProcedureError
from pool.saved_filters.actions import delete_filter, rename_filter, save_filter
from pool.saved_filters.forms import NameForm
from pool.saved_filters.models import SavedFilter
from pool.saved_filters.queries import list_address
from pool.saved_filters.rules import kept_query

UNPROCESSABLE = 422
DELETE = "loeschen"


@require_POST
def save(request: SignedInRequest, of_list: str) -> HttpResponse:
    """Save the filter that the list showed, and lead back to it."""
    if of_list not in SavedFilter.List.values:
        raise Http404
    form, query = NameForm(request.POST), kept_query(request.POST.get("query", ""))
    back = list_address(of_list, query)

    def _save(name: str) -> None:
        save_filter(of_list=of_list, name=name, query=query, by=request.user)

    if _tried(form, _save):
        messages.success(request, _("Gespeichert. Der Filter steht jetzt bei der Liste."))
        return redirect(back)
    return _show(request, form, of_list, query, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, filter_id: int) -> HttpResponse:
    """Rename or delete a filter of one's own, and show its address to pass on."""
    saved = get_object_or_404(SavedFilter.objects.filter(user=request.user), pk=filter_id)
    back = list_address(saved.of_list, saved.query)
    if request.method != "POST":
        return _show(request, NameForm(initial={"name": saved.name}), saved.of_list, saved.query, saved)
    if request.POST.get("tun") == DELETE:
        delete_filter(saved=saved)
        messages.success(request, _("Gelöscht. Die Liste steht noch so, wie der Filter sie gezeigt hat."))
        return redirect(back)
    form = NameForm(request.POST)
    if _tried(form, lambda name: rename_filter(saved=saved, name=name)):
        messages.success(request, _("Umbenannt."))
        return redirect(back)
    return _show(request, form, saved.of_list, saved.query, saved)


def _tried(form: NameForm, act: Callable[[str], None]) -> bool:
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data["name"])
    except ProcedureError as error:
        form.add_error("name", str(error))
    except ValidationError as error:
        form.add_error("name", error.messages)
    else:
        return True
    return False


def _show(
    request: SignedInRequest, form: NameForm, of_list: str, query: str, saved: SavedFilter | None
) -> HttpResponse:
    label, back = SavedFilter.List(of_list).label, list_address(of_list, query)
    here = saved.name if saved else _("Filter speichern")
    context = {
        "form": form,
        "of_list": of_list,
        "query": query,
        "saved": saved,
        "heading": here,
        "back": back,
        "link": request.build_absolute_uri(back),
        "delete": DELETE,
        "crumbs": [(label, list_address(of_list)), (here, "")],
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "saved_filters/edit.html", context, status=status)
