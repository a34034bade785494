"""Queue the daily mails and send them. To be run once a day by a timer."""

from django.core.management.base import BaseCommand

from governance.messages.actions import queue_digests
from governance.messages.delivery import deliver


class Command(BaseCommand):
    help = (
        "Sammelt ungelesene Nachrichten zu je einer Tagesübersicht und sendet sie. Einmal am Tag aufzurufen; ein "
        "zweiter Lauf am selben Tag schreibt niemandem noch einmal."
    )

    def handle(self, *args: object, **options: object) -> None:
        queued, outcome = queue_digests(), deliver()
        if options["verbosity"]:
            self.stdout.write(f"Tagesübersichten: {queued}. Gesendet: {outcome.sent}, wartend: {outcome.failed}.")
