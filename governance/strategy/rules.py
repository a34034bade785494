"""The stable codes of the procedure: five Grundkriterien, four Reifegrade, five rated dimensions.

Their wording is versioned data; that there are five, four and five is the procedure itself.
Source: Mainzer Weg, Grundkriterien und Reifegrade.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LOWEST_LEVEL = 0
HIGHEST_LEVEL = 4


class GrundkriteriumCode(TextChoices):
    """The five criteria of the gate; all must hold at once."""

    DIGITALISIERUNGSBEZUG = "digitalisierungsbezug", _("Digitalisierungsbezug")
    LEITLINIEN = "leitlinien", _("Leitlinien")
    HANDLUNGSBEDARFE = "handlungsbedarfe", _("Handlungsbedarfe")
    NUTZEN = "nutzen", _("Nutzen")
    VERNETZUNG = "vernetzung", _("Vernetzung")


class ReifegradCode(TextChoices):
    """The four degrees of maturity."""

    VERNETZUNG = "vernetzung", _("Grad der Vernetzung")
    WIRKUNG = "wirkung", _("Grad der Innen- und Außenwirkung")
    KOMPETENZAUFBAU = "kompetenzaufbau", _("Grad des Kompetenzaufbaus")
    SYNERGIEN = "synergien", _("Grad der Synergien")


class Dimension(TextChoices):
    """What is given a level 0–4: the effect is rated inward and outward, the larger makes the degree."""

    VERNETZUNG = "vernetzung", _("Vernetzung")
    EFFECT_INWARD = "effect_inward", _("Wirkung nach innen")
    EFFECT_OUTWARD = "effect_outward", _("Wirkung nach außen")
    KOMPETENZAUFBAU = "kompetenzaufbau", _("Kompetenzaufbau")
    SYNERGIEN = "synergien", _("Synergien")


# Which texts of the frame the CDO may write anew while they are marked Beispiel, and the field that carries the mark.
EXAMPLE_TEXTS: dict[str, dict[str, str]] = {
    "Edition": {"lead": "is_example"},
    "VisionQuestion": {"answer": "is_example"},
    "Leitlinie": {"text": "is_example"},
    "Handlungsfeld": {
        "topic": "topic_is_example",
        "starting_situation": "starting_situation_is_example",
    },
    "StrategicGoal": {"text": "is_example"},
    "Handlungsbedarf": {"title": "is_example", "gap": "gap_is_example"},
    "Teilziel": {"text": "is_example"},
    "Querschnittsthema": {"text": "is_example", "charta_group": "charta_group_is_example"},
    "UebergeordneterBaustein": {"text": "is_example"},
}


def flag_of(model_name: str, field: str) -> str | None:
    """Return the name of the field that marks a text as Beispiel, or None where the text is never edited."""
    return EXAMPLE_TEXTS.get(model_name, {}).get(field)
