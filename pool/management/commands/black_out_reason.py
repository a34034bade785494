"""List the reasons in the record of a project or a sitting, or black one of them out for good."""

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import User
from pool.exchange.erasure import black_out_reason, recorded_reasons
from pool.lifecycle import ProcedureError


class Command(BaseCommand):
    help = (
        "Schwärzt eine Begründung, die eine Person erkennen lässt. Ohne --row werden die Begründungen einer Kette mit "
        "ihrer Fundstelle aufgezählt. verify_record meldet die Zeile danach als „entfernt“; die Ketten bleiben prüfbar."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--chain", help="Kette, zum Beispiel project:<Kennung> oder sitting:<Nummer>")
        which.add_argument("--row", help="Fundstelle, zum Beispiel pool_transition:12")
        parser.add_argument("--by", help="Benutzername der CDO, in deren Auftrag geschwärzt wird")

    def handle(self, *args: object, **options: str | None) -> None:
        if options["chain"]:
            for found in recorded_reasons(options["chain"]):
                self.stdout.write(f"{found.address}  {found.at}  {found.act}  {found.beginning}")
            return
        user = User.objects.filter(username=options["by"] or "").first()
        if user is None:
            raise CommandError("Nennen Sie mit --by das Konto der CDO.")
        try:
            black_out_reason(address=str(options["row"]), by=user)
        except (ProcedureError, PermissionDenied) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Geschwärzt: {options['row']}.")
