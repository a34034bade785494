"""Lists to take away."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from governance.mandates.rooms import room_required
from governance.organisation.http import SignedInRequest
from governance.record.events import security_event
from governance.tables.writing import Table, table_response
from pool.exchange import lists


@require_safe
@room_required("ideen")
def pool(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.pool_list)


@require_safe
@room_required("ideen")
def mine(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.my_list)


@require_safe
def desk(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.desk_list)


@require_safe
@room_required("umsetzung")
def delivered(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.delivery_list)


@require_safe
@room_required("lenkungsgruppe")
def projects(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.steered_list)


@require_safe
@room_required("lenkungsgruppe")
def ranking(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.ranking_list)


@require_safe
@room_required("lenkungsgruppe")
def resolutions(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _file(request, form, lists.resolution_list)


def _file(request: SignedInRequest, form: str, list_of: Callable[[SignedInRequest], Table]) -> HttpResponseBase:
    response = table_response(list_of(request), form)
    security_event("list_taken", list=list_of.__name__, form=form, account=request.user.pk)
    return response
