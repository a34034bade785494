"""What naming a team and proposing completion need: values only.

Source: Verfahrensordnung des Portals, „Schritte und Züge“ und „Mandate“.
"""

from django.utils.translation import gettext as _


def missing_for_team(*, has_lead: bool, source: str) -> list[str]:
    """Return in German words what is missing to name a team."""
    missing = [] if has_lead else [_("eine Projektleitung")]
    return missing if source.strip() else [*missing, _("die Grundlage der Benennung")]


def missing_for_proposal(*, result: str) -> list[str]:
    """Return in German words what is missing to propose completion."""
    return [] if result.strip() else [_("das Ergebnis")]
