"""Remove personal data that are due by their rule. To be run once a day by a timer."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from governance.record import clock
from governance.retention import apply
from pool.participation.models import RetentionRun

logger = logging.getLogger("portal.retention")


class Command(BaseCommand):
    help = (
        "Entfernt personenbezogene Angaben, deren Frist abgelaufen ist, und hält fest, wie viele es waren. Einmal am "
        "Tag aufzurufen; ein zweiter Lauf entfernt nichts mehr."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="nur zählen, nichts entfernen")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for_real = not options["dry_run"]
        now = clock.now()
        counts = apply(now=now, for_real=for_real)
        if for_real:
            RetentionRun.objects.create(at=now, counts=counts)
            logger.info("event=retention %s", " ".join(f"{key}={number}" for key, number in counts.items()))
        if options["verbosity"]:
            said = "Entfernt" if for_real else "Fällig"
            self.stdout.write(f"{said}: " + ", ".join(f"{key} {number}" for key, number in counts.items()) + ".")
