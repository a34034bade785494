"""Check every chain of the record and every reason it stands for."""

from django.core.management.base import BaseCommand, CommandError

from governance.record.models import Entry
from governance.record.queries import chain_breaks, lost_ends, reason_findings


class Command(BaseCommand):
    help = (
        "Prüft die Ketten des Protokolls; nennt je Kette die erste Abweichung, ein fehlendes Ende und jede geänderte "
        "Begründung."
    )

    def handle(self, *args: object, **options: object) -> None:
        problems = 0
        for found in (*chain_breaks(), *lost_ends()):
            problems += 1
            self.stdout.write(f"{found.chain}, Eintrag {found.number}: {found.problem}.")
        for entry, finding in reason_findings():
            if finding != "entfernt":
                problems += 1
            self.stdout.write(f"{entry.chain}, Eintrag {entry.number}: Begründung {finding}.")
        total = Entry.objects.count()
        chains = Entry.objects.values("chain").distinct().count()
        if problems:
            raise CommandError(f"{problems} Abweichungen in {total} Einträgen aus {chains} Ketten.")
        self.stdout.write(f"Das Protokoll stimmt: {total} Einträge in {chains} Ketten.")
