"""Write a synthetic pool for load tests."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pool.exchange.synthetic import generate_pool
from pool.lifecycle import ProcedureError

MOST = 100_000


class Command(BaseCommand):
    help = "Erzeugt einen Pool für Lasttests; derselbe Startwert gibt denselben Pool. Nur mit DEMO=1 oder DEBUG=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--projects", type=int, required=True, help="Zahl der Vorhaben, 1 bis 100000")
        parser.add_argument("--seed", type=int, required=True, help="Startwert der Zufallszahlen")

    def handle(self, *args: object, projects: int, seed: int, **options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("Ein erzeugter Pool gehört nicht in ein echtes Portal: Setzen Sie DEMO=1.")
        if not 1 <= projects <= MOST:
            raise CommandError(f"--projects liegt zwischen 1 und {MOST}.")
        try:
            new = generate_pool(projects=projects, seed=seed)
        except ProcedureError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["verbosity"]:
            self.stdout.write(f"{new} Vorhaben neu, Startwert {seed}; alle sind als Beispiel gekennzeichnet.")
