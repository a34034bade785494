"""Budgets: the same few queries for 3 and for 300 projects, and pages that stay light.

At most 4 queries without and 7 with an account for any list, ranking or dashboard; a public page with its assets under
100 kB over the wire; an inner list of 50 under 40 kB.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.models import Handlungsbedarf, Handlungsfeld, OrganisationUnit, User
from governance.record import clock
from governance.record.actions import actor_for
from pool.delivery.models import Milestone, StatusReport
from pool.maturity.models import Rating
from pool.participation.models import Beteiligungsformat, Feedback
from pool.priority.models import Place
from pool.project.models import NeedLink, Project, ProjectMandate, Transition, UnitLink
from pool.publication.models import Consent, Picture, PublicMilestone, PublicText, Release
from tests.demo import load_people
from tests.factories import LEVELS, rubric_1, rule_1
from tests.public_addresses import open_names, public_addresses

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 300
# The first project that is released, and the Handlungsfeld that leads it.
PROJECT, FIELD = "vorhaben-1", "intelligente-infrastruktur"
# What addresses of the table are opened on here; all of it is as old as the first few projects.
OPENED_ON: dict[str, list[list[object]]] = {
    "-": [[]],
    "field": [[FIELD]],
    "public": [[PROJECT]],
    "picture": [["a" * 64]],
    "format": [["forum-1"]],
    "calendar": [["forum-1"]],
    "about": [["projekt", PROJECT], ["feld", FIELD]],
    "bad link": [["abc"]],
    "bad token": [["MQ", "abc-def"]],
}
EVERYTHING = public_addresses(OPENED_ON)
PAGES = [each.address for each in EVERYTHING if each.is_page]
FILES = [each.address for each in EVERYTHING if not each.is_page]
# The list is asked for more than by its bare address: the last two find nothing and say why.
ASKED = [
    "/projekte/?page=2",
    "/projekte/?q=Vorhaben",
    "/projekte/?q=Vorhabne&feld=digitale-verwaltung&stand=umsetzung&ordnung=titel",
    "/projekte/?q=Dampfmaschinenmuseum",
    "/en/projekte/?q=Dampfmaschinenmuseum&klasse=leuchtturm&jahr=2020",
    "/offene-daten/projekte.json?page=1",
]
PUBLIC = PAGES + FILES + ASKED
# What only leads elsewhere.
ANSWERED_WITHOUT_A_PAGE = {"admin:login", "favicon"}
INNER = [
    ("idee", "/ideen/"),
    ("idee2", "/ideen/"),
    ("idee2", "/ideen/pool/"),
    ("idee2", "/ideen/pool/?page=2"),
    ("idee2", "/ideen/pool/?q=Vorhaben"),
    ("koordination", "/koordination/"),
    ("koordination", "/koordination/?zeige=erledigt"),
    ("koordination", "/koordination/rangliste/"),
    ("koordination", "/koordination/bedarfe/"),
    ("koordination", "/koordination/gegenzeichnen/"),
    ("koordination", "/koordination/muster/"),
    ("cdo", "/koordination/"),
    ("cdo", "/koordination/gegenzeichnen/"),
    ("lenkung", "/lenkungsgruppe/"),
    ("cdo", "/lenkungsgruppe/"),
    ("lenkung", "/lenkungsgruppe/abdeckung/"),
    ("beirat", "/lenkungsgruppe/abdeckung/"),
    ("lenkung", "/lenkungsgruppe/projekte/?klasse=schnellboot&faellig=ja&seit=2026-09-24"),
    ("lenkung", "/lenkungsgruppe/projekte/?bedarf=HB-DV-1&sdg=4"),
    ("lenkung", "/lenkungsgruppe/rangliste/"),
    ("lenkung", "/lenkungsgruppe/rangliste/was-waere-wenn/"),
    ("lenkung", "/lenkungsgruppe/rangliste/was-waere-wenn/?page=2"),
    ("lenkung", "/lenkungsgruppe/rangliste/bewegung/"),
    ("lenkung", "/lenkungsgruppe/projekte/"),
    ("lenkung", "/lenkungsgruppe/projekte/?step=assessed"),
    ("lenkung", "/lenkungsgruppe/sitzungen/"),
    ("lenkung", "/lenkungsgruppe/beschluesse/"),
    ("cdo", "/umsetzung/"),
    ("cdo", "/umsetzung/?zeige=beendet"),
    ("projektleitung", "/umsetzung/"),
    ("beirat", "/lenkungsgruppe/"),
    ("beirat", "/lenkungsgruppe/rangliste/"),
    ("idee", "/konto/"),
    ("idee", "/konto/nachrichten/"),
    ("idee", "/konto/benachrichtigungen/"),
    ("betrieb", "/admin/"),
    ("betrieb", "/admin/governance/mail/"),
    ("cdo", "/admin/"),
    ("cdo", "/admin/pool/project/"),
    ("cdo", "/admin/pool/project/priorisierung/"),
]


@dataclass(frozen=True)
class Seen:
    """What a page cost."""

    queries: int
    size: int
    text: str


def add_projects(number: int, people: dict[str, User]) -> None:
    """Add examples of idee: a third rated, a third running and released, the rest waiting."""
    actor, now, today = actor_for(people["idee"]), clock.now(), clock.today()
    edition = Handlungsfeld.objects.first().edition
    fields = cycle(Handlungsfeld.objects.order_by("number"))
    units = cycle(OrganisationUnit.objects.filter(kind="amt", valid_until=None).order_by("code"))
    needs = list(Handlungsbedarf.objects.order_by("pk"))
    first = Project.objects.count()
    steps = cycle(["assessed", "running", "pooled", "assessed", "running", "submitted"])
    projects = [
        Project(
            edition=edition,
            title=f"Vorhaben {first + place} mit einem Titel üblicher Länge",
            short_text="Ein Kurztext, wie ihn jemand schreibt, der zwei Sätze dafür hat. Dies ist der zweite davon.",
            lead_unit=next(units),
            lead_handlungsfeld=next(fields),
            step=step,
            step_since=today,
            pool_number=9001 + first + place if step != "submitted" else None,
            slug=f"vorhaben-{first + place}" if step == "running" else "",
            is_example=True,
            created_by=actor,
            created_at=now,
        )
        for place, step in zip(range(number), steps, strict=False)
    ]
    Project.objects.bulk_create(projects)
    ProjectMandate.objects.bulk_create(
        ProjectMandate(
            project=project, person=actor, role="submitter", valid_from=today, source="Test", granted_by=actor
        )
        for project in projects
    )
    NeedLink.objects.bulk_create(
        NeedLink(project=project, handlungsbedarf=needs[place % len(needs)]) for place, project in enumerate(projects)
    )
    UnitLink.objects.bulk_create(
        UnitLink(project=project, unit=project.lead_unit, part="works_out") for project in projects
    )
    Transition.objects.bulk_create(
        Transition(
            project=project, act="submit", from_step="draft", to_step="submitted", at=now, on_day=today, by=actor
        )
        for project in projects
    )
    _rate([project for project in projects if project.step == "assessed"], actor)
    running = [project for project in projects if project.step == "running"]
    _carry_out(running, actor_for(people["projektleitung"]))
    _publish(running, actor)
    _let_take_part(number, actor)


def _rate(projects: list[Project], actor) -> None:
    reasons = {f"{name}_reason": f"Ein Grund zu {name}." for name in LEVELS}
    ratings = Rating.objects.bulk_create(
        Rating(project=project, number=1, rubric=rubric_1(), by=actor, at=clock.now(), **LEVELS, **reasons)
        for project in projects
    )
    Place.objects.bulk_create(
        Place(
            project=project,
            rating=rating,
            rule_version=rule_1(),
            in_priority_class=False,
            score=200,
            effect=3,
            smaller_effect=2,
            vernetzung=2,
            synergien=1,
            kompetenzaufbau=2,
        )
        for project, rating in zip(projects, ratings, strict=True)
    )


def _carry_out(projects: list[Project], lead) -> None:
    """Let somebody lead them all, with two public milestones and a report each."""
    now, today = clock.now(), clock.today()
    ProjectMandate.objects.bulk_create(
        ProjectMandate(project=each, person=lead, role="lead", valid_from=today, source="Test", granted_by=lead)
        for each in projects
    )
    days = {"planned_on": today, "planned_until": today, "first_planned_on": today, "changed_at": now}
    Milestone.objects.bulk_create(
        Milestone(project=each, title=f"Die {number}. Stufe läuft in allen Ämtern", is_public=True, **days)
        for each in projects
        for number in (1, 2)
    )
    StatusReport.objects.bulk_create(
        StatusReport(project=each, as_of=today, standing="at_risk", happened="Viel.", coming="Mehr.", by=lead, at=now)
        for each in projects
    )


def _publish(projects: list[Project], actor) -> None:
    now, today = clock.now(), clock.today()
    drawing = {"content": b"RIFF", "media_type": "image/webp", "width": 40, "height": 30}
    picture, _is_new = Picture.objects.get_or_create(sha256="a" * 64, defaults=drawing)
    credit = {"picture_author": "Beispiel", "picture_licence": "cc0"}
    shown = {"picture": picture, "picture_alt": "Ein Plan.", **credit, "by": actor, "at": now}
    texts = PublicText.objects.bulk_create(
        PublicText(project=project, number=1, title=project.title, short_text=project.short_text, **shown)
        for project in projects
    )
    by_project = {text.project_id: text for text in texts}
    PublicMilestone.objects.bulk_create(
        PublicMilestone(text=by_project[row.project_id], milestone=row, title=row.title)
        for row in Milestone.objects.filter(project__in=projects)
    )
    recorded = {"recorded_by": actor, "recorded_at": now}
    consents = Consent.objects.bulk_create(
        Consent(text=text, unit=text.project.lead_unit, given_by="Leitung", given_on=today, **recorded)
        for text in texts
    )
    Release.objects.bulk_create(
        Release(project=text.project, text=text, consent=consent, released_by=actor, released_at=now)
        for text, consent in zip(texts, consents, strict=True)
    )


def _let_take_part(number: int, actor) -> None:
    """Let people say something about one project and one Handlungsfeld, and be invited to talk about both."""
    now, today = clock.now(), clock.today()
    project = Project.objects.get(slug=PROJECT)
    field = Handlungsfeld.objects.get(slug=FIELD)
    first = Beteiligungsformat.objects.count() + 1
    said = {
        "kind": "question", "channel": "letter", "text": "Ab wann gilt das?", "public_text": "Ab wann gilt das?",
        "received_on": today, "created_at": now, "state": "shown", "moderated_by": actor, "moderated_at": now,
    }  # fmt: skip
    Feedback.objects.bulk_create(
        Feedback(**said, **about) for about in ({"project": project}, {"handlungsfeld": field}) for _ in range(number)
    )
    formats = Beteiligungsformat.objects.bulk_create(
        Beteiligungsformat(
            slug=f"forum-{first + place}",
            title=f"Forum {first + place}",
            short_text="Wir reden.",
            audience="alle",
            mode="on_site",
            first_day=today + timedelta(days=place % 40 - 20),
            place="Stadthaus",
            accessibility="Ohne Stufen.",
            state="published",
            published_at=now,
            changed_at=now,
            changed_by=actor,
        )
        for place in range(number)
    )
    Beteiligungsformat.projects.through.objects.bulk_create(
        Beteiligungsformat.projects.through(beteiligungsformat=each, project=project) for each in formats
    )
    Beteiligungsformat.handlungsfelder.through.objects.bulk_create(
        Beteiligungsformat.handlungsfelder.through(beteiligungsformat=each, handlungsfeld=field) for each in formats
    )


def look(client: Client, address: str) -> Seen:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return Seen(len(captured), len(answer.content), answer.content.decode(errors="replace"))


@pytest.fixture(scope="module")
def seen(module_db) -> dict[int, dict[tuple[str, str], Seen]]:
    """Every page, opened with few and with many projects."""
    people = load_people()
    roles = ("anonymous", "idee", "idee2", "koordination", "lenkung", "beirat", "cdo", "betrieb", "projektleitung")
    clients = {role: Client() for role in roles}
    for role, client in clients.items():
        if role != "anonymous":
            client.force_login(people[role])
    looked: dict[int, dict[tuple[str, str], Seen]] = {}
    for number in (FEW, MANY):
        add_projects(number - Project.objects.count(), people)
        pages = [*[("anonymous", address) for address in PUBLIC], *INNER]
        for role, address in pages:  # once to warm what is asked once per process
            if number == FEW:
                clients[role].get(address)
        looked[number] = {(role, address): look(clients[role], address) for role, address in pages}
    return looked


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_or_file_asks_at_most_four_times(address, seen):
    assert seen[MANY]["anonymous", address].queries <= 4


def test_every_public_address_is_measured():
    assert {each.name for each in EVERYTHING} | ANSWERED_WITHOUT_A_PAGE == open_names()


@pytest.mark.parametrize(("role", "address"), INNER)
def test_an_inner_list_asks_at_most_seven_times(role, address, seen):
    assert seen[MANY][role, address].queries <= 7


@pytest.mark.parametrize(("role", "address"), [*[("anonymous", address) for address in PUBLIC], *INNER])
def test_more_projects_cost_no_more_queries(role, address, seen):
    assert seen[MANY][role, address].queries == seen[FEW][role, address].queries


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_with_its_assets_stays_under_100_kilobytes(address, seen):
    page = seen[MANY]["anonymous", address]
    assert sum(sizes_over_the_wire(page.text)) < 100_000


@pytest.mark.parametrize(("role", "address"), [("idee2", "/ideen/pool/"), ("lenkung", "/lenkungsgruppe/projekte/")])
def test_an_inner_list_of_fifty_stays_under_40_kilobytes(role, address, seen):
    page = seen[MANY][role, address]
    assert page.text.count("mit einem Titel üblicher Länge") >= 50
    assert page.size < 40_000


def test_the_pages_show_what_they_were_measured_with(seen):
    assert "Vorhaben" in seen[MANY]["anonymous", "/projekte/"].text
    assert seen[MANY]["lenkung", "/lenkungsgruppe/rangliste/"].text.count("mit einem Titel üblicher Länge") >= 20


def sizes_over_the_wire(page: str) -> Iterator[int]:
    """Yield the compressed sizes of a page and of everything it loads."""
    yield len(gzip.compress(page.encode()))
    loaded = re.findall(r"""(?:<link[^>]*?href|<script[^>]*?src|<img[^>]*?src)="(/static/[^"]+)\"""", page)
    assert any(asset.endswith(".css") for asset in loaded)
    for asset in set(loaded):
        found = finders.find(asset.removeprefix("/static/").partition("?")[0])
        assert found, asset
        yield len(gzip.compress(Path(found).read_bytes()))
