"""Create the first account of a real portal. Every other mandate is granted by it, in the portal."""

import os
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from governance.mandates.actions import grant_first_operator
from governance.organisation.models import User
from governance.record.actions import system_actor

PASSWORD_VARIABLE = "OPERATOR_PASSWORD"  # noqa: S105 (the name of a variable)


class Command(BaseCommand):
    help = (
        "Legt das erste Betriebskonto an, mit seinem Mandat auf benannter Grundlage. Das Kennwort wird abgefragt "
        f"oder steht in {PASSWORD_VARIABLE}. Weitere Mandate erteilt dieses Konto in der Verwaltung."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="Benutzername")
        parser.add_argument("--email", help="E-Mail-Adresse")
        parser.add_argument("--name", help="Vor- und Nachname")
        parser.add_argument("--source", help="Grundlage, zum Beispiel die Verfügung und ihr Tag")

    def handle(self, *args: object, **options: str | None) -> None:
        try:
            user = self._create(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Das Betriebskonto „{user.username}“ ist angelegt.")

    @transaction.atomic
    def _create(self, options: dict[str, str | None]) -> User:
        username = self._given(options, "username", "Benutzername")
        email = self._given(options, "email", "E-Mail-Adresse")
        name = self._given(options, "name", "Vor- und Nachname")
        source = self._given(options, "source", "Grundlage des Mandats")
        validate_email(email)
        first_name, _space, last_name = name.rpartition(" ")
        user = User(username=username, email=email, first_name=first_name, last_name=last_name)
        password = self._password(user)
        user.set_password(password)
        user.full_clean()
        user.save()
        grant_first_operator(person=user, source=source, by=system_actor())
        return user

    def _given(self, options: dict[str, str | None], name: str, label: str) -> str:
        value = options.get(name)
        if value is None:
            if not self._is_interactive():
                raise CommandError(f"Nennen Sie --{name} ({label}).")
            value = input(f"{label}: ")
        if not value.strip():
            raise CommandError(f"Es fehlt: {label}.")
        return value.strip()

    def _password(self, user: User) -> str:
        password = os.environ.get(PASSWORD_VARIABLE)
        if password is None:
            if not self._is_interactive():
                raise CommandError(f"Setzen Sie {PASSWORD_VARIABLE} oder rufen Sie den Befehl in einem Terminal auf.")
            password = getpass("Kennwort: ")
            if password != getpass("Kennwort wiederholen: "):
                raise CommandError("Die beiden Kennwörter sind verschieden.")
        validate_password(password, user)
        return password

    @staticmethod
    def _is_interactive() -> bool:
        try:
            return os.isatty(0)
        except OSError:
            return False
