"""Load the demonstration: accounts, the real projects, the example histories."""

from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from governance.messages.actions import Reach, reaching
from governance.models import User
from governance.record import clock
from governance.strategy.queries import edition_in_force
from pool.exchange.accounts import GRANTED_ON, load_absences, load_accounts
from pool.exchange.actions import import_projects
from pool.exchange.examples import (
    Event,
    call_events,
    constraints_left_to_the_database,
    example_events,
    form_token,
    moment,
    play,
)
from pool.exchange.files import read
from pool.exchange.participation import participation_events
from pool.project.models import Project


class Command(BaseCommand):
    help = (
        "Lädt die Beispielkonten, die 48 öffentlich bekannten Projekte und die Beispiele mit ihren Verläufen. "
        "Nur mit DEMO=1. Was schon da ist, bleibt, wie es ist; entfernte Beispiele kommen nur mit --again wieder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="Beispiele laden, auch wenn sie entfernt wurden")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("Beispiele gibt es nur in der Vorführung: Setzen Sie DEMO=1.")
        if edition_in_force(GRANTED_ON) is None:
            raise CommandError("Es fehlt der Rahmen: Rufen Sie zuerst load_frame auf.")
        with transaction.atomic(), constraints_left_to_the_database(), reaching(Reach.NOWHERE):
            said = self._load(again=bool(options["again"]))
        if options["verbosity"]:
            self.stdout.write(said)

    def _load(self, *, again: bool) -> str:
        was_here_before = User.objects.filter(is_demo=True).exists()  # accounts outlive the examples
        given = read("bodies_accounts.yaml")
        with clock.played(moment(GRANTED_ON)):
            people = load_accounts(given["accounts"])
        real = read("projects_real.yaml")
        with clock.played(moment(real["read_on"])):
            new = import_projects(rows=real["projects"], read_on=real["read_on"])
        rows = read("projects_examples")
        if Project.objects.filter(form_token__in=[form_token(row["code"]) for row in rows]).exists():
            return f"{len(people)} Konten, {new} Projekte neu; die Beispiele waren schon da."
        if was_here_before and not again:
            return f"{len(people)} Konten, {new} Projekte neu; die Beispiele sind entfernt und bleiben es."
        events = example_events(rows, read("sittings_examples.yaml"), people)
        events += [
            Event(row["entered_on"], (2, place), partial(load_absences, [row], people, people[row["person"]]))
            for place, row in enumerate(given["absences"])
        ]
        events += participation_events(people)
        events += call_events(read("calls_examples.yaml"), people)
        play(events)
        return f"{len(people)} Konten, {new} Projekte neu; {len(rows)} Beispiele, {len(events)} Handlungen."
