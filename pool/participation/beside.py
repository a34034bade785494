"""What stands about taking part on the page of a project or a Handlungsfeld, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    TimeField,
    Value,
)
from django.db.models.functions import Cast

from governance.record import clock
from pool.participation.models import Feedback
from pool.participation.queries import PublicFormat, PublicVoice, public_formats
from pool.participation.rules import FeedbackKind, FeedbackState, FormatState
from pool.project.models import Project
from pool.publication.queries import released_projects

SHOWN = 60
# As many Rückmeldungen stand on the page itself; all of them have a page of their own.
SHOWN_VOICES = 3
# Rückmeldungen and Beteiligungsformate side by side; each column holds the same type of both.
COLUMNS = (
    "c_row", "c_key", "c_kind", "c_way", "c_day", "c_last_day", "c_at", "c_text", "c_answer", "c_where", "c_slug",
    "c_title", "c_example", "c_begins", "c_ends", "c_total",
)  # fmt: skip


@dataclass(slots=True)
class Beside:
    """The latest Rückmeldungen and how many there are, and the Beteiligungsformate, the coming ones first."""

    voices: list[PublicVoice] = field(default_factory=list)
    total: int = 0
    formats: list[PublicFormat] = field(default_factory=list)

    @property
    def upcoming(self) -> PublicFormat | None:
        """The next one that takes place."""
        return next((each for each in self.formats if not each.is_over and not each.is_cancelled), None)


def beside(*, project_slug: str = "", field_slug: str = "") -> Beside:
    """Return what the public reads beside a project or a Handlungsfeld: all its Beteiligungsformate as far as they fit
    into SHOWN rows, and after them the latest Rückmeldungen."""
    if project_slug:
        voices, formats = shown_voices(project__slug=project_slug), public_formats().filter(projects__slug=project_slug)
    else:
        voices = shown_voices(handlungsfeld__slug=field_slug)
        formats = public_formats().filter(handlungsfelder__slug=field_slug)
    rows = _voices(voices).union(_formats(formats), all=True).order_by("c_row", "-c_day", "c_key")[:SHOWN]
    found = Beside()
    for values in rows:
        row = dict(zip(COLUMNS, values, strict=True))
        if row["c_row"] == "voice":
            found.total = row["c_total"]
            found.voices.append(_voice(row))
        else:
            found.formats.append(_format(row))
    ahead = [each for each in found.formats if not each.is_over]
    found.formats = ahead[::-1] + [each for each in found.formats if each.is_over]
    found.voices = found.voices[:SHOWN_VOICES]
    return found


def shown_voices(**about: object) -> QuerySet[Feedback]:
    """Return the Rückmeldungen that everybody may read, about one project or Handlungsfeld."""
    return Feedback.objects.filter(state=FeedbackState.SHOWN, **about)


class VoiceList(Sequence[PublicVoice]):
    """All shown Rückmeldungen about one thing, the latest first, as a paginator asks for them: one query for how many,
    one for a page."""

    def __init__(self, shown: QuerySet[Feedback]) -> None:
        self.shown = shown

    def __len__(self) -> int:
        return self.shown.count()

    def __getitem__(self, asked: Any) -> Any:
        rows = _voices(self.shown).order_by("-c_day", "c_key")[asked]
        return [_voice(dict(zip(COLUMNS, values, strict=True))) for values in rows]

    def place_of(self, key: str) -> int | None:
        """Return how many stand before the one whose id begins with `key`; None where it is not shown. Two queries."""
        keyed = self.shown.order_by().annotate(key=_text("pk"))
        found = keyed.filter(key__startswith=key).values_list("received_on", "key").first()
        if found is None:
            return None
        day, whole = found
        return keyed.filter(Q(received_on__gt=day) | Q(received_on=day, key__lt=whole)).count()


def _text(column: Any) -> Cast:
    return Cast(column, output_field=TextField())


def _number_of(shown: QuerySet) -> Subquery:
    counted = shown.order_by().values("state").annotate(number=Count("pk")).values("number")
    return Subquery(counted[:1], output_field=IntegerField())


def _voices(shown: QuerySet) -> QuerySet:
    of_idea = released_projects().filter(project=OuterRef("idea")).order_by()
    return (
        shown.order_by()
        .annotate(
            c_row=Value("voice", output_field=CharField()),
            c_key=_text("pk"),
            c_kind=_text("kind"),
            c_way=_text("channel"),
            c_day=F("received_on"),
            c_last_day=Value(None, output_field=DateField()),
            c_at=F("answered_at"),
            c_text=_text("public_text"),
            c_answer=_text("answer"),
            c_where=_text("answered_as__name"),
            c_slug=_text(Subquery(of_idea.values("project__slug")[:1])),
            c_title=_text(Subquery(of_idea.values("text__title")[:1])),
            c_example=F("is_example"),
            c_begins=Value(None, output_field=TimeField()),
            c_ends=Value(None, output_field=TimeField()),
            c_total=_number_of(shown),
        )
        .values_list(*COLUMNS)
    )


def _formats(shown: QuerySet) -> QuerySet:
    return (
        shown.order_by()
        .annotate(
            c_row=Value("format", output_field=CharField()),
            c_key=_text("slug"),
            c_kind=_text("mode"),
            c_way=_text("state"),
            c_day=F("first_day"),
            c_last_day=F("last_day"),
            c_at=F("changed_at"),
            c_text=_text("short_text"),
            c_answer=_text("outcome"),
            c_where=_text("place"),
            c_slug=_text("slug"),
            c_title=_text("title"),
            c_example=F("is_example"),
            c_begins=F("begins"),
            c_ends=F("ends"),
            c_total=Value(0),
        )
        .values_list(*COLUMNS)
    )


def _voice(row: dict[str, Any]) -> PublicVoice:
    return PublicVoice(
        anchor=f"rueckmeldung-{row['c_key'][:8]}",
        kind=str(FeedbackKind(row["c_kind"]).label),
        channel=str(Project.Channel(row["c_way"]).label),
        received_on=row["c_day"],
        text=row["c_text"],
        answer=row["c_answer"],
        office=row["c_where"] or "",
        answered_on=clock.day_of(row["c_at"]) if row["c_at"] else None,
        idea_slug=row["c_slug"] or "",
        idea_title=row["c_title"] or "",
        is_example=row["c_example"],
    )


def _format(row: dict[str, Any]) -> PublicFormat:
    return PublicFormat(
        slug=row["c_slug"],
        title=row["c_title"],
        short_text=row["c_text"],
        audience="",
        mode=row["c_kind"],
        first_day=row["c_day"],
        last_day=row["c_last_day"] or row["c_day"],
        begins=row["c_begins"],
        ends=row["c_ends"],
        place=row["c_where"],
        online_address="",
        accessibility="",
        contact="",
        outcome=row["c_answer"],
        is_cancelled=row["c_way"] == FormatState.CANCELLED,
        is_example=row["c_example"],
        published_at=row["c_at"],
        changed_at=row["c_at"],
    )
