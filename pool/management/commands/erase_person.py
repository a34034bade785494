"""Erase a person: account, messages, what was typed and never sent. Acts stay, without a name."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import User
from pool.exchange.erasure import erase_person


class Command(BaseCommand):
    help = (
        "Löscht das Konto einer Person endgültig. Verläufe und Protokoll nennen sie danach „ehemaliges Konto“. Vorher "
        "müssen ihre Mandate beendet und ihre Vorhaben übergeben sein; was fehlt, wird genannt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="Benutzername der Person")
        parser.add_argument("--by", required=True, help="Benutzername des Betriebskontos, das löscht")

    def handle(self, *args: object, **options: str) -> None:
        try:
            erased = erase_person(person=_account(options["username"]), by=_account(options["by"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Gelöscht. Kennung im Protokoll: {erased.actor.pk}. Mit dem Konto gingen {erased.messages} Nachrichten, "
            f"{erased.mails} Mails und {erased.sessions} Anmeldungen."
        )


def _account(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"Ein Konto „{username}“ gibt es nicht.")
    return user
