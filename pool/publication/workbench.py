"""What the desk sees of the release of one project: versions with what changed, requests, what was public when."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from governance.record import clock
from pool.project.changes import FieldChange, LinkChange, link_changes, text_changes
from pool.project.models import Project
from pool.publication.models import Consent, ConsentRequest, PublicText, Release
from pool.publication.readiness import points_of
from pool.publication.release_rules import Point

COMPARED = (
    "title",
    "short_text",
    "plain_text",
    "why",
    "learnt",
    "picture_alt",
    "picture_author",
    "picture_licence",
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, what it changed against the one before: words, milestones, whether the picture is another one."""

    text: PublicText
    before: PublicText | None
    changes: list[tuple[str, FieldChange]]
    milestones: list[LinkChange]
    has_other_picture: bool

    @property
    def has_changes(self) -> bool:
        """Tell whether anything the public reads or sees is another."""
        return bool(self.changes or self.milestones or self.has_other_picture)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything the page shows; lists begin with the latest."""

    versions: list[VersionRow]
    requests: list[ConsentRequest]
    releases: list[Release]
    points: list[Point]

    @property
    def last(self) -> PublicText | None:
        """The last version."""
        return self.versions[0].text if self.versions else None

    @property
    def consent(self) -> Consent | None:
        """The consent to the last version."""
        return getattr(self.last, "consent", None) if self.last else None

    @property
    def request(self) -> ConsentRequest | None:
        """The last request about the last version."""
        return next((row for row in self.requests if self.last and row.text_id == self.last.pk), None)

    @property
    def current(self) -> Release | None:
        """What is public now."""
        come = [row for row in self.releases if row.is_planned and row.released_at <= clock.now()]
        return next((row for row in (*come, *self.releases) if row.is_current or row in come), None)

    @property
    def planned(self) -> Release | None:
        """What becomes public on a later day."""
        return next((row for row in self.releases if row.is_planned and row.released_at > clock.now()), None)

    @property
    def is_out(self) -> bool:
        """Tell whether the last version is public or planned, so that nothing is left to do for it."""
        return any(
            row is not None and self.last and row.text_id == self.last.pk for row in (self.current, self.planned)
        )

    @property
    def missing(self) -> list[Point]:
        """What the release waits for."""
        return [point for point in self.points if point.is_missing]

    @property
    def is_ready(self) -> bool:
        """Tell whether the last version can be released."""
        return self.last is not None and not self.missing and self.planned is None


def bench_of(project: Project) -> Bench:
    """Return what the release page shows, in a fixed number of queries."""
    texts = list(
        project.public_texts.select_related("picture", "by__person__user")  # type: ignore[attr-defined]
        .defer("picture__content")
        .prefetch_related(
            "milestones", Prefetch("consent", Consent.objects.select_related("unit", "giver__person__user"))
        )
        .order_by("-number")
    )
    people = ("asked_by__person__user", "ended_by__person__user", "ended_in_place_of__person__user", "unit", "text")
    requests = list(project.consent_requests.select_related(*people).order_by("-pk"))  # type: ignore[attr-defined]
    people = (
        "text",
        "source",
        "released_by__person__user",
        "released_in_place_of__person__user",
        "taken_back_by__person__user",
    )
    releases = list(project.releases.select_related(*people).order_by("-pk"))  # type: ignore[attr-defined]
    last = texts[0] if texts else None
    asked = next((row for row in requests if last is not None and row.text_id == last.pk), None)
    return Bench(_versions(texts), requests, releases, points_of(project, last, asked))


def _versions(texts: Sequence[PublicText]) -> list[VersionRow]:
    rows = []
    for text, before in zip_longest(texts, texts[1:]):
        found = text_changes(_content(before), _content(text), COMPARED) if before is not None else []
        changes = [(str(PublicText._meta.get_field(each.name).verbose_name), each) for each in found]  # type: ignore[union-attr]
        titles = link_changes(_milestones(before), _milestones(text)) if before is not None else []
        other = before is not None and before.picture_id != text.picture_id
        rows.append(VersionRow(text, before, changes, titles, other))
    return rows


def _milestones(text: PublicText) -> dict[str, list[str]]:
    return {_("Meilensteine"): [each.title for each in text.milestones.all()]}  # type: ignore[attr-defined]


def _content(text: PublicText) -> dict[str, str]:
    values = {name: getattr(text, name) for name in COMPARED}
    return values | {"picture_licence": str(text.get_picture_licence_display()) if text.picture_licence else ""}
