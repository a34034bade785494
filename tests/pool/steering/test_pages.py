"""Dashboard, ranking and the list behind the figures: numbers agree with their lists, cost does not grow."""

import hashlib
import re

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from pool.lifecycle import Step
from pool.models import Project
from tests import cast, factories

pytestmark = pytest.mark.django_db
LISTS = ("steering:dashboard", "steering:ranking", "steering:projects", "steering:what_if", "steering:movement")


@pytest.fixture
def people() -> cast.Cast:
    factories.rule_1()
    return cast.assemble()


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rated(count: int, **levels: int) -> list[Project]:
    projects = [factories.project_at(Step.ASSESSED, levels=factories.LEVELS | levels) for _ in range(count)]
    for project in projects:
        factories.place(project)
    return projects


def test_every_figure_leads_to_a_list_of_that_length(people: cast.Cast) -> None:
    rated(3)
    for step in (Step.POOLED, Step.RUNNING, Step.RUNNING, Step.COMPLETED, Step.DECLINED):
        factories.project_at(step)
    client = signed_in(people.member)
    page = client.get(reverse("steering:dashboard")).content.decode()
    figures = re.findall(r'<dt><a href="([^"]+)">[^<]+</a><small>[^<]*</small></dt><dd>(\d+)</dd>', page)
    bars = re.findall(r'<li><a href="([^"]+)">[^<]+</a><span class="v">(\d+)</span>', page)
    assert len(figures) == 5
    assert len(bars) >= 6
    for address, number in figures + bars:
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert re.search(rf"\b{number} Vorhaben", listed), (address, number)


def test_what_one_may_not_see_is_not_counted(people: cast.Cast) -> None:
    hidden = factories.project_at(Step.SUBMITTED, title="Geheimer Entwurf")
    factories.project_at(Step.DRAFT, title="Geheime Skizze")
    rated(1)
    for person in (people.member, people.beirat):
        client = signed_in(person)
        assert "1 Vorhaben" in client.get(reverse("steering:projects")).content.decode()
        assert "Geheime" not in client.get(reverse("steering:projects")).content.decode()
    assert hidden.title in signed_in(people.cdo).get(reverse("steering:projects")).content.decode()


def test_a_rank_explains_itself(people: cast.Cast) -> None:
    first = rated(1, vernetzung=4)[0]
    second = rated(1)[0]
    page = signed_in(people.chair).get(reverse("steering:ranking")).content.decode()
    assert "12,5 Punkte hinter Platz 1." in page
    assert "12,5 Punkte vor Platz 2." in page
    assert "Ausgangsregel, noch nicht beschlossen" in page
    why = signed_in(people.chair).get(reverse("steering:place", args=[second.pool_number])).content.decode()
    assert "Warum Platz 2" in why
    assert f"12,5 Punkte hinter Platz 1, „{first.title}“." in why
    assert "Mit einer Stufe mehr" not in why  # two levels apart: it takes other weights or nothing
    assert "Grund zu vernetzung" in why
    assert "Beiträge zu den Punkten" in why


def test_equal_projects_share_a_rank_and_the_page_says_so(people: cast.Cast) -> None:
    one, two = rated(2)
    page = signed_in(people.chair).get(reverse("steering:ranking")).content.decode()
    assert page.count("1<small>geteilt</small>") == 2
    assert "Platz 1 ist geteilt." in page
    assert "folgt der Poolnummer und ist keine Rangfolge" in page
    assert page.index(one.title) < page.index(two.title)


def test_the_beirat_reads_levels_and_reasons_but_no_link_to_the_casefile(people: cast.Cast) -> None:
    project = rated(1)[0]
    page = signed_in(people.beirat).get(reverse("steering:ranking")).content.decode()
    assert project.title in page
    why = signed_in(people.beirat).get(reverse("steering:place", args=[project.pool_number])).content.decode()
    assert "Grund zu synergien" in why
    for read in (page, why):
        assert str(project.pk) not in read
        assert "Sitzungen" not in read


def test_the_beirat_reads_no_titles_of_unrated_projects(people: cast.Cast) -> None:
    rated(1)
    unrated = factories.project_at(Step.POOLED)
    address = reverse("steering:ranking")
    assert unrated.title in signed_in(people.member).get(address).content.decode()
    assert unrated.title not in signed_in(people.beirat).get(address).content.decode()


def test_a_place_that_does_not_exist_is_not_found(people: cast.Cast) -> None:
    factories.place(factories.project_at(Step.ASSESSED, is_example=True))
    pooled = factories.project_at(Step.POOLED)
    client = signed_in(people.chair)
    for number in (pooled.pool_number, 9001, 424242, 2**70):
        assert client.get(f"/lenkungsgruppe/rangliste/{number}/").status_code == 404


def test_a_full_page_of_the_ranking_stays_under_forty_kilobytes(people: cast.Cast) -> None:
    """All different, so that each has its range, its swap and a group."""
    for place in range(25):
        rated(1, vernetzung=place % 5, kompetenzaufbau=place // 5)
    page = signed_in(people.chair).get(reverse("steering:ranking")).content
    assert page.count(b'class="rank"') == 20
    assert page.count(b'href="#rs"') > 10
    assert len(page) < 40_000


def test_queries_do_not_grow_with_the_rows(people: cast.Cast, django_assert_max_num_queries) -> None:
    """The rows are made once for all pages: making them is what costs time."""
    client, counted = signed_in(people.chair), []
    for more in (3, 60):
        rated(more)
        for name in LISTS:
            client.get(reverse(name))
            with django_assert_max_num_queries(7) as queries:
                client.get(reverse(name))
            counted.append((name, len(queries)))
    assert counted[: len(LISTS)] == counted[len(LISTS) :]


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=abc", "page=" + "9" * 400, "schritt=xyz", "handlungsfeld=zzz", "sort=password"]
)
@pytest.mark.parametrize("name", ["steering:ranking", "steering:projects"])
def test_odd_addresses_give_a_page(people: cast.Cast, name: str, query: str) -> None:
    rated(1)
    answer = signed_in(people.member).get(f"{reverse(name)}?{query}")
    assert answer.status_code in (200, 404)


def test_unknown_filters_are_named(people: cast.Cast) -> None:
    page = signed_in(people.member).get(f"{reverse('steering:projects')}?schritt=xyz").content.decode()
    assert "Nicht alles in der Adresse war zu deuten" in page


def test_looking_writes_nothing(people: cast.Cast) -> None:
    rated(2)
    factories.class_mark(factories.project_at(Step.POOLED), "leuchtturm")
    client = signed_in(people.chair)
    before = everything_written()
    for name in ("steering:dashboard", "steering:coverage", "steering:projects"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(f"{reverse('steering:projects')}?faellig=ja&klasse=schnellboot").status_code == 200
    assert everything_written() == before


def everything_written() -> str:
    """Return one hash over every row of every table but the sessions, which note that somebody was there."""
    digest = hashlib.sha256()
    for model in apps.get_models(include_auto_created=True):
        if model is not Session:
            digest.update(repr(list(model._default_manager.order_by("pk").values_list())).encode())
    return digest.hexdigest()


def test_the_beirat_reads_its_own_dashboard(people: cast.Cast) -> None:
    """No open sitting, no name, no class that is only proposed, nothing it may not see."""
    proposed, confirmed = rated(2)
    factories.class_mark(proposed, "leuchtturm", "proposed")
    factories.class_mark(confirmed, "leuchtturm", "confirmed")
    hidden = factories.project_at(Step.POOLED)
    page = signed_in(people.beirat).get(reverse("steering:dashboard")).content.decode()
    inside = signed_in(people.member).get(reverse("steering:dashboard")).content.decode()
    figure = r'klasse=leuchtturm">Leuchttürme</a><small>[^<]*</small></dt><dd>(\d+)<'
    assert re.search(figure, page)[1] == "1"
    assert re.search(figure, inside)[1] == "2"
    for address in (reverse("steering:dashboard"), reverse("steering:coverage"), reverse("steering:projects")):
        read = signed_in(people.beirat).get(address).content.decode()
        assert hidden.title not in read
        assert "Sitzungen" not in read
        assert "vorgeschlagen" not in read
        assert "Aufruf für Ideen vorbereiten" not in read
        assert not any(user.last_name in read for user in (people.submitter, people.cdo, people.chair))
    assert "Nächste Sitzung" in inside
    assert "Nächste Sitzung" not in page


def test_every_number_of_the_coverage_leads_to_its_list(people: cast.Cast) -> None:
    for step in (Step.POOLED, Step.POOLED, Step.RUNNING, Step.STOPPED):  # all of them serve the same one
        factories.project_at(step)
    factories.handlungsbedarf(number=2)
    client = signed_in(people.cdo)
    page = client.get(reverse("steering:coverage")).content.decode()
    numbers = re.findall(r'<a href="([^"]*/projekte/\?[^"]+)">(?:<strong>)?(\d+)', page)
    assert len(numbers) >= 6
    for address, number in numbers:
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert re.search(rf"\b{number} Vorhaben", listed), (address, number)
    assert "Einem Handlungsbedarf dient noch kein Vorhaben" in page


def test_the_list_is_taken_away_as_it_is_narrowed(people: cast.Cast) -> None:
    """The file holds exactly the rows of the list, for filters that only a figure uses too."""
    one, two = rated(1, effect_inward=4, effect_outward=1), rated(1)
    client = signed_in(people.member)
    query = "?innen=4&aussen=1"
    shown = client.get(f"{reverse('steering:projects')}{query}").content.decode()
    answer = client.get(f"{reverse('exchange:projects', args=['csv'])}{query}")
    taken = b"".join(answer.streaming_content).decode("utf-8-sig")
    for read in (shown, taken):
        assert one[0].title in read
        assert two[0].title not in read
    assert "Filter entfernen: " in shown


@pytest.mark.parametrize("query", ["innen=9", "sdg=x", "ziel=x", "aufruf=0", "seit=gestern", "bedarf=x", "person=idee"])
def test_what_the_list_does_not_know_is_said(people: cast.Cast, query: str) -> None:
    page = signed_in(people.member).get(f"{reverse('steering:projects')}?{query}")
    assert page.status_code == 200
    assert "Nicht alles in der Adresse war zu deuten" in page.content.decode()
