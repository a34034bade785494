"""Install what the portal cannot work without; real portals need it as much as the demonstration does."""

from django.core.management.base import BaseCommand
from django.db import transaction

from governance.loading import load_bodies, load_edition, load_rubric, load_sources, load_stadtteile, load_units
from pool.exchange.files import read
from pool.maturity.actions import install_samples
from pool.priority.actions import install_first_rule
from pool.similarity.actions import install_synonyms


class Command(BaseCommand):
    help = (
        "Lädt Quellen, Organisation, Gremien, die Ausgabe 2022 der Strategie, Grundkriterien, Stufentexte mit "
        "Mustern und die Regelfassung 1. Was schon da ist, bleibt, wie es ist."
    )

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        sources = load_sources(read("sources.yaml"))
        units = load_units(read("organisation.yaml"))
        load_stadtteile(read("stadtteile.yaml"))
        bodies = load_bodies(read("bodies_accounts.yaml")["bodies"])
        frame, criteria = read("strategy_2022.yaml"), read("criteria_1.yaml")
        is_new = load_edition(frame, criteria)
        valid_from = frame["edition"]["valid_from"]
        rubric = load_rubric(criteria["rubric"], criteria["levels"], valid_from=valid_from)
        install_first_rule(rubric=rubric, valid_from=valid_from)
        install_synonyms(groups=read("synonyms.yaml")["groups"])
        samples = read("calibration_1.yaml")
        if rubric.number == samples["rubric"]:
            install_samples(rubric=rubric, rows=samples["samples"], is_example=samples["is_example"])
        if options["verbosity"]:
            self.stdout.write(
                f"Rahmen: {sources} Quellen, {units} Stellen, {bodies} Gremien neu, "
                f"Ausgabe {frame['edition']['code']} {'geladen' if is_new else 'war schon da'}."
            )
