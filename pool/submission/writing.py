"""Writing an idea in several windows and by several people: part by part, nothing lost, one entry per sitting.

See docs/decisions: one entry for each writing session, and both texts are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.models import Actor, User
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Entry
from pool import notifications
from pool.lifecycle import Act, StaleVersion
from pool.notifications import after_commit
from pool.permissions import AUTHORS, Authority, may, require
from pool.project.actions import record_act
from pool.project.models import Project, ProjectMandate
from pool.submission.actions import set_links, set_values
from pool.submission.models import SideText
from pool.submission.queries import stored_parts, typed_parts
from pool.submission.rules import IDEA_FIELDS, WRITING_SESSION, Merged, mark_of, marks_after, merged

SIDE_TEXT = "side_text"


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a saving: the idea as it stands now, what was written, and what is kept beside it."""

    project: Project
    merged: Merged
    marks: dict[str, str]
    side_text: SideText | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether everything that was typed is now the idea's text."""
        return not self.merged.disputed


@transaction.atomic
def save_typed(
    *,
    project: Project,
    by: User,
    values: Mapping[str, object],
    links: Mapping[str, Any],
    seen: Mapping[str, str],
    version: int | None = None,
    window: UUID,
) -> Saved:
    """Save what one window holds, part by part, without overwriting what somebody else wrote since it was opened.

    `seen` are the marks of what the window showed; a part without one was empty there. In order: asks the right; writes
    the parts that only this window changed; keeps disputed ones as a side text of the window; joins the entry of the
    person's writing session or writes a new one. Raises NotAllowed, ValidationError, and StaleVersion where the idea
    can no longer be written.
    """
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    stored, typed = stored_parts(fresh), typed_parts(values, links)
    found = merged(typed=typed, stored=stored, seen=seen)
    if version != fresh.version and not may(by, Act.EDIT_TEXT, fresh) and _writes(by, fresh):
        raise StaleVersion(_("Die Idee lässt sich nicht mehr bearbeiten."))
    authority = require(by, Act.EDIT_TEXT, fresh)
    if found.written:
        write_parts(fresh, values, links, found.written)
        record_writing(fresh, authority)
    side_text = _keep(fresh, authority.actor, window, {name: typed[name] for name in found.disputed})
    project.refresh_from_db()
    return Saved(fresh, found, marks_after(typed=typed, seen=seen, merged=found), side_text)


@transaction.atomic
def keep_unsaved(
    *, project: Project, by: User, values: Mapping[str, object], links: Mapping[str, Any], window: UUID
) -> SideText | None:
    """Keep what an author typed while the idea left her hands, beside it; None where nothing differs or no author."""
    fresh = Project.objects.select_for_update().get(pk=project.pk)
    if not _writes(by, fresh):
        return None
    stored, typed = stored_parts(fresh), typed_parts(values, links)
    return _keep(fresh, actor_for(by), window, {n: text for n, text in typed.items() if text != stored.get(n, "")})


@transaction.atomic
def settle(
    *,
    side_text: SideText,
    by: User,
    seen: Mapping[str, str],
    values: Mapping[str, object],
    links: Mapping[str, Any],
) -> SideText:
    """Decide about a text that was kept: `values` and `links` are what is taken over from it, nothing puts it away.

    `seen` are the marks of the stored text beside which it was read. In order: locks, refuses a second decision and
    one on a text that was changed meanwhile, asks the right, keeps what is replaced in the row,
    writes the parts, one entry. Raises StaleVersion, NotAllowed, ValidationError.
    """
    fresh = Project.objects.select_for_update().get(pk=side_text.project_id)
    row = SideText.objects.select_for_update().get(pk=side_text.pk)
    taken, stored = typed_parts(values, links), stored_parts(fresh)
    is_overtaken = any(seen.get(name) != mark_of(stored.get(name, "")) for name in taken)
    if row.state != SideText.State.OPEN or is_overtaken:
        raise StaleVersion(_("Inzwischen hat sich etwas geändert. Vergleichen Sie noch einmal."))
    authority = require(by, Act.EDIT_TEXT, fresh)
    row.replaced = {name: stored.get(name, "") for name in taken}
    row.state = SideText.State.TAKEN if taken else SideText.State.PUT_AWAY
    row.settled_at, row.settled_by = clock.now(), authority.actor
    row.save()
    if taken:
        write_parts(fresh, values, links, taken)
    record_act(
        project=fresh,
        act=Act.EDIT_TEXT,
        authority=authority,
        object_type=SIDE_TEXT,
        object_id=row.pk,
        from_state=SideText.State.OPEN,
        to_state=row.state,
    )
    return row


def write_parts(project: Project, values: Mapping[str, object], links: Mapping[str, Any], names: Iterable[str]) -> None:
    """Write some parts of an idea, the others stay as they are."""
    names = set(names)
    own = {name: value for name, value in values.items() if name in names}
    set_values(project, own)
    project.save(update_fields=[name for name in IDEA_FIELDS if name in own])
    linked = {name: rows for name, rows in links.items() if name in names}
    linked.pop("querschnitt", None)
    answered = {topic: text for topic, text in links.get("querschnitt", {}).items() if f"topic_{topic.pk}" in names}
    if answered:
        rows = project.querschnitt_answers.select_related("querschnittsthema")
        linked["querschnitt"] = {row.querschnittsthema: row.text for row in rows} | answered
    set_links(project, **linked)


def record_writing(project: Project, authority: Authority) -> None:
    """Write an entry unless this saving belongs to a writing session that has one.

    A session is one person's savings within an hour of the first, as long as nothing but writing happened meanwhile.
    """
    entries = Entry.objects.filter(chain=f"project:{project.pk}")
    other = entries.exclude(act=Act.EDIT_TEXT, object_type__in=["project", SIDE_TEXT]).order_by("-number").first()
    began = entries.filter(
        actor=authority.actor,
        object_type="project",
        number__gt=other.number if other else 0,
        at__gt=clock.now() - WRITING_SESSION,
    )
    if not began.exists():
        record_act(
            project=project, act=Act.EDIT_TEXT, authority=authority, from_state=project.step, to_state=project.step
        )


def _writes(user: User, project: Project) -> bool:
    day = clock.today()
    held = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    return ProjectMandate.objects.filter(held, project=project, person=actor_for(user), role__in=AUTHORS).exists()


def _keep(project: Project, author: Actor, window: UUID, content: Mapping[str, str]) -> SideText | None:
    """Keep disputed parts in the window's open row; the first time writes one entry and tells the other authors."""
    mine = SideText.objects.filter(project=project, by=author, window=window, state=SideText.State.OPEN)
    row = mine.select_for_update().first()
    if not content:
        return None
    now = clock.now()
    if row is not None:
        if any(row.content.get(name) != text for name, text in content.items()):
            row.content, row.written_at = {**row.content, **content}, now
            row.save(update_fields=["content", "written_at"])
        return row
    row = SideText.objects.create(
        project=project, by=author, window=window, content=dict(content), begun_at=now, written_at=now
    )
    record_act(
        project=project,
        act=Act.EDIT_TEXT,
        authority=Authority(actor=author),
        object_type=SIDE_TEXT,
        object_id=row.pk,
        to_state=SideText.State.OPEN,
    )
    after_commit(notifications.side_text_kept, project=project, by=author, side_text=row.pk)
    return row
