"""The only writers of Beteiligungsformate and of the ways without the net; every act writes its entry."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from governance.models import Handlungsfeld, User
from governance.record import clock
from governance.record.actions import write_entry
from pool.lifecycle import Act
from pool.participation.models import Beteiligungsformat, WayToTakePart
from pool.participation.rules import RESERVED_SLUGS, FormatState, format_problems
from pool.permissions import require
from pool.project.models import Project
from pool.publication.rules import slug_for

FORMAT_VALUES = (
    "title", "short_text", "audience", "mode", "first_day", "last_day", "begins", "ends", "place", "online_address",
    "accessibility", "contact", "outcome", "state",
)  # fmt: skip


@transaction.atomic
def keep_format(
    *,
    values: Mapping[str, Any],
    projects: Iterable[Project] = (),
    handlungsfelder: Iterable[Handlungsfeld] = (),
    by: User,
    row: Beteiligungsformat | None = None,
) -> Beteiligungsformat:
    """Write a new Beteiligungsformat, or new words for one that is there, and return it.

    In order: asks the right, checks days and places, saves the row and what it is about, writes one entry. The address
    is given once; the moment it first became public stays. Raises NotAllowed, ValidationError.
    """
    authority = require(by, Act.OFFER_PARTICIPATION)
    kept = Beteiligungsformat.objects.select_for_update().get(pk=row.pk) if row else None
    before = kept.state if kept else ""
    kept = kept or Beteiligungsformat(slug=_slug(str(values["title"])), is_example=authority.actor.is_example)
    for name in FORMAT_VALUES:
        setattr(kept, name, values[name])
    problems = format_problems(
        first_day=kept.first_day, last_day=kept.last_day, begins=kept.begins, ends=kept.ends, mode=kept.mode,
        place=kept.place, online_address=kept.online_address,
    )  # fmt: skip
    if problems:
        raise ValidationError({name: [message] for name, message in problems.items()})
    now = clock.now()
    kept.changed_at, kept.changed_by = now, authority.actor
    if kept.state != FormatState.DRAFT and kept.published_at is None:
        kept.published_at = now
    kept.full_clean(validate_unique=False)
    kept.save()
    kept.projects.set(projects)
    kept.handlungsfelder.set(handlungsfelder)
    write_entry(
        chain=f"format:{kept.pk}",
        act=Act.OFFER_PARTICIPATION,
        object_type="format",
        object_id=kept.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=kept.is_example or authority.actor.is_example,
        from_state=before,
        to_state=kept.state,
    )
    return kept


def _slug(title: str) -> str:
    taken = set(Beteiligungsformat.objects.values_list("slug", flat=True)) | RESERVED_SLUGS
    return slug_for(title, taken)


@transaction.atomic
def keep_way(
    *, title: str, text: str, position: int, text_is_example: bool, by: User, row: WayToTakePart | None = None
) -> WayToTakePart:
    """Write a way to take part without the net, and one entry. Raises NotAllowed, ValidationError."""
    authority = require(by, Act.OFFER_PARTICIPATION)
    kept = WayToTakePart.objects.select_for_update().get(pk=row.pk) if row else WayToTakePart()
    kept.title, kept.text, kept.position, kept.text_is_example = title, text, position, text_is_example
    kept.changed_at, kept.changed_by = clock.now(), authority.actor
    kept.full_clean()
    kept.save()
    write_entry(
        chain=f"way:{kept.pk}",
        act=Act.OFFER_PARTICIPATION,
        object_type="way",
        object_id=kept.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=authority.actor.is_example,
        to_state="kept",
    )
    return kept
