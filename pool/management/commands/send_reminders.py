"""Remind people of what is due. To be run once a day by a timer, before `send_digests`."""

from django.core.management.base import BaseCommand

from governance.messages.delivery import deliver
from pool.reminders import send_reminders


class Command(BaseCommand):
    help = (
        "Erinnert an das, was fällig ist: liegende Entwürfe, Überarbeitungen, zurückgestellte Vorhaben. Einmal am Tag "
        "aufzurufen; jede Erinnerung kommt genau einmal, auch wenn ein Lauf ausfällt oder zwei zugleich laufen."
    )

    def handle(self, *args: object, **options: object) -> None:
        number, outcome = send_reminders(), deliver()
        if options["verbosity"]:
            self.stdout.write(f"Erinnerungen: {number}. Gesendet: {outcome.sent}, wartend: {outcome.failed}.")
