"""Reading sittings for their pack, and the states in which packs were made."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from governance.templatetags.portal import day
from pool.decision.models import Sitting
from pool.exchange.meeting_pack_changes import changes, contents_of, digest_of
from pool.exchange.meeting_pack_values import Pack
from pool.exchange.models import MeetingPack

PEOPLE = ("chair", "closed_by", "closed_in_place_of")


def whole_sitting(key: int) -> Sitting:
    """Return a sitting with the people and the frozen form that its pack needs. Raises Sitting.DoesNotExist."""
    people = [f"{role}__person__user" for role in PEOPLE]
    return Sitting.objects.select_related("body", "frozen_form__edition", *people).get(pk=key)


def last_pack(sitting: Sitting) -> MeetingPack | None:
    """Return the last made pack of an open sitting, or the last made minutes of a closed one."""
    rows = MeetingPack.objects.filter(sitting=sitting, is_minutes=not sitting.is_open)
    return rows.select_related("made_by__person__user").order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a pack is as it was made: when and by whom, and what has changed since."""

    digest: str
    made: MeetingPack | None
    changes: tuple[str, ...] = ()
    is_minutes: bool = False

    @property
    def is_as_made(self) -> bool:
        """Tell whether somebody made the pack and nothing has changed since."""
        return self.made is not None and self.made.digest == self.digest

    @property
    def sentences(self) -> tuple[str, ...]:
        """How the pack stands to the one made last, the shortest first."""
        if self.made is None and self.is_minutes:
            return (_("Niederschrift nach dem Schließen, noch nicht als Ausgabe festgehalten."),)
        if self.made is None:
            return (_("Arbeitsstand, noch nicht festgehalten."),)
        on = day(self.made.made_at)
        words = _("Festgehalten am {day} von {name}.").format(day=on, name=self.made.made_by)
        if self.is_as_made:
            return (words,)
        changed = _("Seitdem: {changes}.").format(changes="; ".join(self.changes))
        brief = _("Niederschrift") if self.is_minutes else _("Arbeitsstand")
        return (_("{what}, geändert seit dem {day}.").format(what=brief, day=on), f"{words} {changed}")


def standing_of_pack(sitting: Sitting, pack: Pack) -> Standing:
    """Return how a pack stands to the one made last; one query."""
    made = last_pack(sitting)
    digest = digest_of(contents_of(pack))
    if made is None or made.digest == digest:
        return Standing(digest, made, is_minutes=not sitting.is_open)
    return Standing(digest, made, tuple(changes(made.contents, pack)), is_minutes=not sitting.is_open)
