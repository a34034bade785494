"""Compute every closed sitting again and compare it with the rows."""

from django.core.management.base import BaseCommand, CommandError

from pool.decision.verification import verify_all


class Command(BaseCommand):
    help = "Rechnet Punkte, Ränge und Prüfsummen aller geschlossenen Sitzungen nach und nennt die erste Abweichung."

    def handle(self, *args: object, **options: object) -> None:
        verdict = verify_all()
        for line in verdict.removed:
            self.stdout.write(line)
        counts = f"{verdict.sittings} Sitzungen, {verdict.items} Punkte, {verdict.places} Plätze nachgerechnet"
        if verdict.differences:
            for line in verdict.differences[1:]:
                self.stdout.write(f"Weitere Abweichung: {line}")
            raise CommandError(f"Erste Abweichung: {verdict.differences[0]} ({counts}.)", returncode=1)
        self.stdout.write(f"Die Beschlüsse stimmen: {counts}.")
