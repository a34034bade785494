"""Compute and store how safe the places of the ranking are, for pools too large to do it after each write."""

from django.core.management.base import BaseCommand

from pool.priority.actions import store_stability


class Command(BaseCommand):
    help = "Rechnet aus, wie sicher die Plätze der Rangliste sind, und legt es ab. Nötig nur bei sehr vielen Vorhaben."

    def handle(self, *args: object, **options: object) -> None:
        computed = store_stability(at_most=None)
        self.stdout.write(f"Stände gerechnet und abgelegt: {computed}.")
