"""A person's own saved filters, and the addresses of the lists."""

from django.urls import reverse

from governance.models import User
from pool.saved_filters.models import SavedFilter

_ADDRESSES = {
    SavedFilter.List.DESK: "admin:pool_project_changelist",
    SavedFilter.List.STEERING: "steering:projects",
}


def list_address(of_list: str, query: str = "") -> str:
    """Return the address of a list as it is set."""
    address = reverse(_ADDRESSES[SavedFilter.List(of_list)])
    return f"{address}?{query}" if query else address


def saved_filters_of(user: User, of_list: str) -> list[SavedFilter]:
    """Return what a person saved for a list, by name; one query."""
    return list(SavedFilter.objects.filter(user=user, of_list=of_list).order_by("name", "pk"))
