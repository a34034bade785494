"""What belongs to a project's text: values only."""

from typing import Protocol

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


class HasText(Protocol):
    """Whatever carries the text fields of a project."""

    title: str


def text_content(project: HasText) -> dict[str, str]:
    """Return the project's text as plain values, in reading order."""
    return {name: str(getattr(project, name)) for name in TEXT_FIELDS}
