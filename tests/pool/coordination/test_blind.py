"""Marker test: before their own is in, no byte that reaches who rates depends on what others said."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from pool.maturity.actions import comment
from pool.maturity.models import Opinion
from pool.priority.actions import rate
from pool.project.models import Project
from tests.demo import World, build_world
from tests.factories import LEVELS, mandate, mandate_of, opinion, user_with
from tests.test_urls import ROWS, address_of

MARKER = "Kennwort-Rosinenbrot"
RATERS = ("koordination", "gutachten")


@pytest.fixture(scope="module")
def world(module_db) -> World:
    made = build_world()
    made.people["beispiel"] = user_with(is_demo=True, username="beispiel-zweite")
    field = made.projects["pooled"].lead_handlungsfeld
    given = mandate("coordinator", handlungsfeld=field)
    mandate_of(made.people["beispiel"].actor_person.actor, given).save()
    return made


def said(project: Project, world: World, level: int) -> None:
    """Let somebody else say a level with a marked reason, and comment."""
    row = opinion(project, world.people["beispiel"], dict.fromkeys(LEVELS, level))
    Opinion.objects.filter(pk=row.pk).update(**{f"{name}_reason": f"{MARKER} {level}" for name in LEVELS})
    comment(project=project, text=f"{MARKER} als Kommentar, Stufe {level}", by=world.people["beispiel"])


def words_of(answer: HttpResponse) -> str:
    """Return what an answer says; of a table the cells, since the file itself carries the time it was made."""
    content = b"".join(answer)
    if "spreadsheet" not in answer.headers["Content-Type"]:
        return content.decode(errors="replace")
    book = load_workbook(BytesIO(content))
    return "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))


def pages(client: Client, world: World, role: str) -> Iterator[tuple[str, str]]:
    """Yield every page of the portal that the role may open, without what changes with each request."""
    for row in ROWS:
        if row.answers[role] == 200 and row.methods != "P":
            address = address_of(row, world)
            text = words_of(client.get(address))
            yield address, re.sub(r'name="(csrfmiddlewaretoken|form_token|fenster)" value="[^"]*"', "", text)


@pytest.mark.parametrize("role", RATERS)
def test_no_page_tells_what_others_said(role, world, db):
    client = world.client(role)
    from django.db import transaction

    shown = []
    for level in (0, 4):
        with transaction.atomic():
            said(world.projects["pooled"], world, level)
            shown.append(dict(pages(client, world, role)))
            transaction.set_rollback(True)
    assert len(shown[0]) > 15
    assert reverse("coordination:opinion", args=[world.projects["pooled"].pk]) in shown[0]
    assert not [address for address, text in shown[0].items() if MARKER in text]
    differing = [address for address in shown[0] if shown[0][address] != shown[1][address]]
    assert differing == []


@pytest.mark.parametrize("role", RATERS)
def test_afterwards_the_same_person_reads_them(role, world, db):
    project = world.projects["pooled"]
    said(project, world, 4)
    opinion(project, world.people[role])
    text = world.client(role).get(reverse("coordination:opinion", args=[project.pk])).content.decode()
    assert f"{MARKER} 4" in text
    assert f"{MARKER} als Kommentar" in text


@pytest.mark.parametrize("role", ["idee", "idee2", "projektleitung", "lenkung", "beirat", "anonymous"])
def test_nobody_outside_ever_reads_an_opinion_or_a_comment(role, world, db):
    project = world.projects["pooled"]
    said(project, world, 4)
    comment(project=world.projects["assessed"], text=MARKER, by=world.people["cdo"])
    client = world.client(role)
    assert not [address for address, text in pages(client, world, role) if MARKER in text]
    rate(
        project=project,
        levels=LEVELS,
        reasons=dict.fromkeys(LEVELS, "Grund"),
        by=world.people["cdo"],
    )
    assert not [address for address, text in pages(client, world, role) if MARKER in text]


def test_money_does_not_reach_who_rates(world, db):
    project = world.projects["pooled"]
    Project.objects.filter(pk=project.pk).update(cost=MARKER, procurement=MARKER)
    for role in RATERS:
        text = world.client(role).get(reverse("coordination:opinion", args=[project.pk])).content.decode()
        assert MARKER not in text, role
