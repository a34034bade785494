"""Actors and the append-only record of every act."""

import secrets
import uuid
from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.record import rules


def new_salt() -> str:
    """Return a fresh random salt, 32 hex digits."""
    return secrets.token_hex(16)


class Actor(models.Model):
    """Whoever acts, by a random id. Every "by" in a history points here, never to an account."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        IMPORT = "import", _("Übernahme aus öffentlichen Quellen")
        SYSTEM = "system", _("Einrichtung der Software")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    is_example = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Handelnde Person")
        verbose_name_plural = _("Handelnde")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["person", "import", "system"]),
                name="actor_kind_known",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=~Q(kind="person"),
                name="actor_one_import_and_one_system",
            ),
        ]

    def __str__(self) -> str:
        if self.kind != self.Kind.PERSON:
            return str(self.get_kind_display())
        link = getattr(self, "person", None)
        return str(link.user) if link else str(_("ehemaliges Konto"))


class ActorPerson(models.Model):
    """The only bridge from an actor to an account. Erasing a person deletes this row and the account."""

    actor = models.OneToOneField(Actor, on_delete=models.PROTECT, related_name="person", primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="actor_person")

    class Meta:
        verbose_name = _("Zuordnung zum Konto")
        verbose_name_plural = _("Zuordnungen zu Konten")

    def __str__(self) -> str:
        return str(self.actor_id)


class Chained:
    """An aggregate with a chain of its own: every act counts its `version` up by one and writes one entry."""

    chain_prefix: ClassVar[str]


class ReasonedRow(models.Model):
    """A row that holds a reason. Its text can be blacked out; the record then reports "entfernt", not broken."""

    # The fields that are emptied when the reason is blacked out.
    reason_fields: ClassVar[tuple[str, ...]] = ("reason",)

    reason = models.TextField(_("Begründung"), blank=True, max_length=4000)
    reason_salt = models.CharField(max_length=32, default=new_salt, editable=False)
    reason_removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def digest_text(self) -> str:
        """Return the text that the record's hash stands for."""
        return self.reason

    def reason_digest(self) -> str:
        """Return the salted SHA-256 of the reason as it stands in the row now."""
        return rules.reason_digest(salt=self.reason_salt, text=self.digest_text())


class Entry(models.Model):
    """One act, as codes and ids. Rows are only ever added; triggers refuse change and deletion."""

    chain = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    reason_table = models.CharField(max_length=40, blank=True)
    reason_id = models.CharField(max_length=40, blank=True)
    reason_hash = models.CharField(max_length=64, blank=True)
    is_example = models.BooleanField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokoll")
        ordering = ["chain", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="entry_number_once_per_chain"),
            models.UniqueConstraint(fields=["chain", "previous_hash"], name="entry_chain_never_forks"),
        ]
        indexes = [models.Index(fields=["object_type", "object_id"], name="entry_object")]

    def __str__(self) -> str:
        return f"{self.chain} Nr. {self.number}: {self.act}"

    def values(self) -> rules.EntryValues:
        """Return what the hash covers."""
        return rules.EntryValues(
            chain=self.chain,
            number=self.number,
            act=self.act,
            object_type=self.object_type,
            object_id=self.object_id,
            from_state=self.from_state,
            to_state=self.to_state,
            actor=str(self.actor_id),
            in_place_of=str(self.in_place_of_id or ""),
            at=rules_time(self.at),
            reason_table=self.reason_table,
            reason_id=self.reason_id,
            reason_hash=self.reason_hash,
            is_example=self.is_example,
        )


def rules_time(moment: datetime) -> str:
    """Return a moment in the one written form that is hashed: UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
