"""The only writer of the frame after it has been installed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance.organisation.models import User
from governance.permissions import Act, require
from governance.record.actions import actor_for, write_entry
from governance.record.text import clean_text
from governance.strategy.models import Stated
from governance.strategy.queries import edition_of
from governance.strategy.rules import flag_of


@transaction.atomic
def edit_example_text(*, row: Stated, field: str, text: str, by: User, seen: str | None = None) -> Stated:
    """Write one text of the frame anew that is marked Beispiel; it stays marked. Return the fresh row.

    In order: asks for the right; refuses what rests on a source, and a text that has changed since it was `seen`;
    saves; writes one entry into the edition's chain. Raises NotAllowed, ValidationError.
    Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    principal = require(by, Act.EDIT_FRAME)
    fresh = type(row)._default_manager.select_for_update().get(pk=row.pk)
    flag = flag_of(type(row).__name__, field)
    if flag is None or not getattr(fresh, flag):
        raise ValidationError(_("Dieser Text steht in der Strategie und lässt sich hier nicht ändern."))
    if seen is not None and getattr(fresh, field) != seen:
        raise ValidationError(_("Jemand anderes hat den Text inzwischen geändert. Prüfen Sie den neuen Stand."))
    setattr(fresh, field, clean_text(text))
    fresh.full_clean()
    fresh.save(update_fields=[field])
    edition = edition_of(fresh)
    write_entry(
        chain=f"edition:{edition.pk}",
        act=Act.EDIT_FRAME,
        object_type=type(row).__name__.lower(),
        object_id=fresh.pk,
        by=actor_for(by),
        in_place_of=principal,
        is_example=False,
        to_state=field,
    )
    return fresh
