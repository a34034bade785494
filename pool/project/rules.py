"""What belongs to a project's text: values only."""

from collections.abc import Iterable
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# The text that a submitter writes and a text version keeps, in reading order.
TEXT_FIELDS = (
    "title",
    "short_text",
    "problem",
    "benefit",
    "beneficiary",
    "participation",
    "effort",
    "timing",
    "cost",
    "procurement",
    "council_matter",
)


# What a text version keeps: the text, and in words where the project works.
KEPT_FIELDS = (*TEXT_FIELDS, "reach")


class Precision(TextChoices):
    """How exactly a day in a history is known; only that much is printed."""

    DAY = "day", _("auf den Tag")
    MONTH = "month", _("auf den Monat")
    YEAR = "year", _("auf das Jahr")
    UNKNOWN = "unknown", _("unbekannt")


class Beneficiary(TextChoices):
    """Whom a project helps."""

    STADTGESELLSCHAFT = "stadtgesellschaft", _("der Stadtgesellschaft")
    KONZERN = "konzern", _("dem Konzern Stadt Mainz")
    BOTH = "both", _("beiden")


class Reach(TextChoices):
    """Where a project works; nothing chosen means that nobody has said so yet."""

    CITYWIDE = "citywide", _("stadtweit")
    NAMED = "named", _("in einzelnen Stadtteilen")


WHOLE_OR_PARTS = _("Stadtweit heißt: in allen Stadtteilen. Wählen Sie entweder stadtweit oder einzelne Stadtteile.")


def reach_in_words(reach: str, stadtteile: Iterable[str]) -> str:
    """Return where a project works: „stadtweit“, the names of its Stadtteile, or nothing while it is open."""
    if reach == Reach.NAMED:
        return ", ".join(stadtteile)
    return str(Reach.CITYWIDE.label) if reach == Reach.CITYWIDE else ""


class HasText(Protocol):
    """Whatever carries the text fields of a project."""

    title: str


def text_content(project: HasText, *, reach: str) -> dict[str, str]:
    """Return the project's text as plain values, in reading order, and in words what it reaches."""
    return {name: str(getattr(project, name)) for name in TEXT_FIELDS} | {"reach": reach}
