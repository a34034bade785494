"""Adding files to an idea and taking them away."""

import hashlib
from collections.abc import Iterable
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import User
from governance.record import clock
from governance.record.actions import write_entry
from pool.attachments.contents import examine
from pool.attachments.models import Attachment, AttachmentRemoval
from pool.attachments.queries import attachments_of
from pool.attachments.rules import LARGEST_SUM, MOST_EVER, MOST_FILES, clean_name
from pool.lifecycle import Act
from pool.permissions import Authority
from pool.project.actions import begin
from pool.project.models import Project


@transaction.atomic
def add_attachment(*, project: Project, name: str, content: bytes, by: User) -> Attachment:
    """Hang a file on an idea in draft or returned and return it.

    In order: asks the right, looks at the content, asks for room, keeps the file under a name of its own, writes the
    row and one entry. The idea's text has not changed, so its version stays. Raises NotAllowed, ValidationError.
    Source: Verfahrensordnung des Portals, „Handlungen, die nichts bewegen“.
    """
    fresh, authority = begin(project=project, act=Act.EDIT_TEXT, by=by)
    kept = examine(content)
    attachment = Attachment(
        project=fresh,
        name=clean_name(name, kept.kind),
        kind=kept.kind,
        size=len(kept.content),
        sha256=hashlib.sha256(kept.content).hexdigest(),
        by=authority.actor,
        at=clock.now(),
    )
    _refuse_what_has_no_room(attachment)
    attachment.full_clean(exclude=["file"])
    attachment.file.save("", ContentFile(kept.content), save=False)
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
            _write(attachment, authority, "added")
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment


def _refuse_what_has_no_room(attachment: Attachment) -> None:
    hanging = attachments_of(attachment.project)
    if any(each.sha256 == attachment.sha256 for each in hanging.current):
        raise ValidationError(_("Diese Datei hängt schon an der Idee."), code="already_there")
    if len(hanging.current) >= MOST_FILES or len(hanging.current) + len(hanging.removed) >= MOST_EVER:
        raise ValidationError(
            _("An einer Idee hängen höchstens {number} Dateien. Fassen Sie zusammen.").format(number=MOST_FILES),
            code="too_many",
        )
    if attachment.size > hanging.left:
        raise ValidationError(
            _("Zusammen dürfen die Anlagen {limit} MB groß sein. Entfernen Sie zuerst eine andere.").format(
                limit=LARGEST_SUM // (1024 * 1024)
            ),
            code="no_room",
        )


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User) -> AttachmentRemoval:
    """Take a file away from an idea in draft or returned; taking it away twice changes nothing.

    In order: asks the right, writes the row and one entry. The file itself stays where the idea was handed in with it,
    because somebody may have judged by it; what nobody was ever handed goes with the commit. Raises NotAllowed.
    """
    fresh, authority = begin(project=attachment.project, act=Act.EDIT_TEXT, by=by)
    known = AttachmentRemoval.objects.filter(attachment=attachment).first()
    if known is not None:
        return known
    was_handed_in = fresh.text_versions.filter(at__gte=attachment.at).exists()
    removal = AttachmentRemoval.objects.create(
        attachment=attachment, by=authority.actor, at=clock.now(), is_file_kept=was_handed_in
    )
    _write(attachment, authority, "removed")
    if not was_handed_in:
        delete_files_after_commit([attachment])
    return removal


def drop_files_of_draft(project: Project, authority: Authority) -> None:
    """Take every file away from a draft that is withdrawn, each with row and entry; they go with the commit."""
    hanging = attachments_of(project).current
    for attachment in hanging:
        AttachmentRemoval.objects.create(attachment=attachment, by=authority.actor, at=clock.now(), is_file_kept=False)
        _write(attachment, authority, "removed")
    delete_files_after_commit(hanging)


def delete_files_after_commit(attachments: Iterable[Attachment]) -> None:
    """Delete the stored files once the transaction has come through; the rows are the caller's."""
    for attachment in attachments:
        transaction.on_commit(partial(attachment.file.delete, save=False), robust=True)


def _write(attachment: Attachment, authority: Authority, state: str) -> None:
    project = attachment.project
    write_entry(
        chain=f"attachments:{project.pk}",
        act=Act.EDIT_TEXT,
        object_type="attachment",
        object_id=attachment.pk,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        is_example=project.is_example,
        to_state=state,
    )
