"""Send the mails that wait. To be run every few minutes by a timer."""

from django.core.management.base import BaseCommand

from governance.messages.delivery import deliver_everything


class Command(BaseCommand):
    help = (
        "Sendet die wartenden Mails. Alle paar Minuten aufzurufen; zwei Läufe zugleich senden keine Mail doppelt. "
        "Antwortet der Mailserver nicht, warten die Mails mit wachsenden Abständen."
    )

    def handle(self, *args: object, **options: object) -> None:
        outcome = deliver_everything()
        if options["verbosity"]:
            self.stdout.write(
                f"Gesendet: {outcome.sent}, nicht durchgekommen: {outcome.failed}, entfallen: {outcome.dropped}."
            )
