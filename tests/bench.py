"""What `make bench` measures: medians of runs taken in turn, given as ratios; exits with 1 where a bound is broken.

Times on a shared machine mean little, their ratio in one run does. Add a comparison as one line of COMPARISONS.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402 (the registry must be ready)
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from governance.models import User  # noqa: E402
from pool.priority.queries import ranking  # noqa: E402
from pool.project.models import Project  # noqa: E402
from pool.steering import views  # noqa: E402

RUNS = 15
TYPED = [
    ("Terminkalender für Schulen", "Schulen tragen Termine ein, Eltern und Vereine sehen sie an einer Stelle."),
    ("Sensoren am Rheinufer", "Ein Netz aus Sensoren misst am Rheinufer den Pegel und meldet ihn weiter."),
    ("Buchung in Bibliotheken", "Lernplätze in den Bibliotheken lassen sich vom Handy aus buchen."),
    ("Lagekarte auf Baustellen", "Wer baut, zeigt auf einer Karte, wo gesperrt ist und wie lange noch."),
    ("Weinprobe im Rathauskeller", "Ein Abend mit Rebsorten und Käse für Gäste aus Partnerstädten."),
]


@dataclass(frozen=True)
class Comparison:
    """Something measured against its floor, as whom, and how many times as long it may take."""

    name: str
    measured: Callable[[Client, int], object]
    floor: Callable[[Client, int], object]
    bound: float
    username: str = "idee2"


def ask_for_similar(client: Client, run: int) -> object:
    title, text = TYPED[run % len(TYPED)]
    return client.post("/ideen/aehnlich/", {"title": title, "short_text": text})


def open_the_pool(client: Client, run: int) -> object:
    return client.get(f"/ideen/pool/?page={run + 1}")


def open_the_ranking(client: Client, run: int) -> object:
    """The page with swap, safety and ties, its result computed once for this state of the data."""
    return client.get(f"/lenkungsgruppe/rangliste/?page={run + 1}")


class Plain:
    """A ranking that knows of no safety; false, so that the page shows the places without it."""

    safeties: tuple[()] = ()

    def __init__(self, *, with_opinions: bool, **given: object) -> None:
        self.order = ranking(**given)

    def __bool__(self) -> bool:
        return False


def open_the_plain_ranking(client: Client, run: int) -> object:
    """The same page of the same places without them."""
    with mock.patch.object(views, "ranking_with_safety", Plain):
        return open_the_ranking(client, run)


COMPARISONS = [
    Comparison("Ähnliche Vorhaben : Seite des Pools", ask_for_similar, open_the_pool, 3.0),
    Comparison("Rangliste mit Sicherheit : ohne", open_the_ranking, open_the_plain_ranking, 2.0, username="cdo"),
]


def seconds(act: Callable[[Client, int], object], client: Client, run: int) -> float:
    began = perf_counter()
    answer = act(client, run)
    assert answer.status_code == 200, answer
    return perf_counter() - began


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    setup_test_environment()
    database = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1]
    say(f"{Project.objects.count()} Projekte, {database}, {RUNS} Läufe")
    broken = 0
    for comparison in COMPARISONS:
        client = Client()
        client.force_login(User.objects.get(username=comparison.username))
        seconds(comparison.measured, client, 0), seconds(comparison.floor, client, 0)  # warm
        ratios = [
            seconds(comparison.measured, client, run) / seconds(comparison.floor, client, run) for run in range(RUNS)
        ]
        ratio = median(ratios)
        broken += ratio > comparison.bound
        spread = f"höchstens {comparison.bound:g}; {min(ratios):.2f} bis {max(ratios):.2f}"
        say(f"{comparison.name}: {ratio:.2f}-mal ({spread})")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
