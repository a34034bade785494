"""Remove the example projects and sittings whole."""

from django.core.management.base import BaseCommand, CommandError

from pool.exchange.removal import StillReferred, remove_examples


class Command(BaseCommand):
    help = (
        "Entfernt alle Beispielprojekte und Beispielsitzungen mit ihren Protokolleinträgen. Echtes, Konten und die "
        "Regelfassung 1 bleiben. Bezieht sich etwas Echtes auf ein Beispiel, wird es genannt und nichts entfernt."
    )

    def handle(self, *args: object, **options: object) -> None:
        try:
            removed = remove_examples()
        except StillReferred as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Entfernt: {removed.projects} Projekte, {removed.sittings} Sitzungen, {removed.entries} Einträge."
        )
