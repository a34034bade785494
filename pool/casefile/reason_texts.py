"""Reasons that come up again and again, as a code and a text to begin with. Values only; the text is edited freely."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pool.lifecycle import Act


@dataclass(frozen=True, slots=True)
class ReasonText:
    """One reason: its code, its name in the list to choose from, and the text that it begins."""

    code: str
    label: str | Promise
    text: str | Promise


REASON_TEXTS: Mapping[Act, tuple[ReasonText, ...]] = MappingProxyType(
    {
        Act.RETURN: (
            ReasonText(
                "zweites-amt",
                _("Vernetzung: ein zweites Amt fehlt"),
                _("Nennen Sie bitte ein zweites Amt, das miterarbeitet oder umsetzt, und in einem Satz seinen Anteil."),
            ),
            ReasonText(
                "bedarf",
                _("Handlungsbedarfe: kein Bedarf der Strategie genannt"),
                _("Wählen Sie bitte den Handlungsbedarf der Strategie, dem die Idee dient."),
            ),
            ReasonText(
                "nutzen",
                _("Nutzen: noch zu allgemein"),
                _("Beschreiben Sie bitte genauer, wer nach der Umsetzung was davon hat, am besten an einem Beispiel."),
            ),
            ReasonText(
                "digital",
                _("Digitalisierungsbezug: noch nicht erkennbar"),
                _("Sagen Sie bitte, was an der Idee digital ist: welche Daten, welche Anwendung, welcher Ablauf sich "
                  "ändert."),
            ),
            ReasonText(
                "leitlinie",
                _("Leitlinien: Widerspruch zu einer Leitlinie"),
                _("Die Idee steht gegen die genannte Leitlinie. Beschreiben Sie bitte, wie sie sich damit verträgt, "
                  "oder ändern Sie die Idee an dieser Stelle."),
            ),
            ReasonText(
                "mehrere",
                _("Umfang: mehrere Vorhaben in einem"),
                _("Die Idee enthält mehrere Vorhaben. Teilen Sie sie bitte auf; jedes wird dann für sich geprüft."),
            ),
        ),
        Act.DECLINE_ADMISSION: (
            ReasonText(
                "nicht-digital",
                _("Digitalisierungsbezug: fehlt"),
                _("Die Idee hat keinen Bezug zur Digitalisierung. Zuständig ist das Fachamt; wenden Sie sich mit ihr "
                  "bitte dorthin."),
            ),
            ReasonText(
                "laeuft-schon",
                _("Gibt es schon"),
                _("Was die Idee vorschlägt, gibt es schon oder ist bereits in Arbeit."),
            ),
            ReasonText(
                "tagesgeschaeft",
                _("Umfang: laufende Aufgabe"),
                _("Die Idee ist eine laufende Aufgabe des Amtes und braucht den Weg über den Projektpool nicht."),
            ),
            ReasonText(
                "gegen-leitlinie",
                _("Leitlinien: auch nach Überarbeitung unvereinbar"),
                _("Die Idee steht gegen die genannte Leitlinie, und das lässt sich durch Überarbeiten nicht ändern."),
            ),
            ReasonText(
                "ausserhalb",
                _("Zuständigkeit: nicht bei der Stadt"),
                _("Über das, was die Idee vorschlägt, entscheidet nicht die Stadt Mainz."),
            ),
        ),
    }
)  # fmt: skip


def reason_text(act: Act, code: str) -> str:
    """Return the text of a code; "" for an act or a code that has none."""
    return next((str(each.text) for each in REASON_TEXTS.get(act, ()) if each.code == code), "")
