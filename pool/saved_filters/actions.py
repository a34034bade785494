"""The only writers of saved filters. They are a person's own setting, so nothing is recorded."""

from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import User
from governance.record.text import clean_line
from pool.lifecycle import ProcedureError
from pool.saved_filters.models import SavedFilter
from pool.saved_filters.rules import MOST_PER_LIST, kept_query


@transaction.atomic
def save_filter(*, of_list: str, name: str, query: str, by: User) -> SavedFilter:
    """Save what a list is set to under a name, for `by` alone.

    Raises ProcedureError for more than so many and where nothing is set, ValidationError for a list nobody knows,
    without a name, and for one that is taken.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if SavedFilter.objects.filter(user=by, of_list=of_list).count() >= MOST_PER_LIST:
        text = _("Sie haben hier schon {count} Filter. Löschen Sie erst einen, den Sie nicht mehr brauchen.")
        raise ProcedureError(text.format(count=MOST_PER_LIST))
    kept = kept_query(query)
    if not kept:
        raise ProcedureError(_("Stellen Sie in der Liste zuerst einen Filter ein."))
    row = SavedFilter(user=by, of_list=of_list, name=clean_line(name), query=kept)
    row.full_clean()
    row.save(force_insert=True)
    return row


@transaction.atomic
def rename_filter(*, saved: SavedFilter, name: str) -> None:
    """Give a saved filter another name. Raises ValidationError where it is empty or taken."""
    saved.name = clean_line(name)
    saved.full_clean()
    saved.save(update_fields=["name"])


def delete_filter(*, saved: SavedFilter) -> None:
    """Delete a saved filter."""
    saved.delete()
