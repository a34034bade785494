"""What others say, where there is much of it: the latest on the page, all of it on pages of their own."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.record import clock
from pool.participation.actions import answer_feedback, enter_feedback, show_feedback
from pool.participation.models import Feedback
from tests.factories import handlungsfeld, unit
from tests.pool.participation.test_offers import offered

pytestmark = pytest.mark.django_db


def said(subject, cdo, number: int, *, shown: bool = True) -> Feedback:
    """Return the Rückmeldung that came so many days ago."""
    day = clock.today() - timedelta(days=number)
    text = f"Stimme Nummer {number:03}"
    row = enter_feedback(subject=subject, kind="hint", channel="letter", text=text, received_on=day, by=cdo)
    return show_feedback(feedback=row, public_text=text, by=cdo) if shown else row


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"Stimme Nummer (\d+)", page)]


def test_the_latest_stand_on_the_page_and_all_have_pages_of_their_own(client, project, cdo):
    for number in range(23):
        said(project, cdo, number)
    said(project, cdo, 30, shown=False)
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    assert numbers(page) == list(range(3))
    assert "23 Rückmeldungen" in page
    everything = f"/beteiligung/stimmen/projekt/{project.slug}/"
    assert f'href="{everything}"' in page
    first, second = client.get(everything).content.decode(), client.get(f"{everything}?page=2").content.decode()
    assert numbers(first) + numbers(second) == list(range(23))
    assert 'href="?page=2"' in first
    assert f'rel="canonical" href="http://testserver{everything}?page=2"' in second
    assert "23 Rückmeldungen" in first
    assert "Diese Seite der Liste gibt es nicht." in client.get(f"{everything}?page=99").content.decode()


def test_few_need_no_page_of_their_own_and_a_field_has_its_own(client, project, cdo):
    said(handlungsfeld(), cdo, 1)
    page = client.get("/strategie/feld-dv/").content.decode()
    assert numbers(page) == [1]
    assert "/beteiligung/stimmen/" not in page
    assert numbers(client.get("/beteiligung/stimmen/feld/feld-dv/").content.decode()) == [1]
    assert numbers(client.get(f"/beteiligung/stimmen/projekt/{project.slug}/").content.decode()) == []


def test_the_way_to_one_leads_to_the_page_where_it_stands(client, project, cdo):
    rows = [said(project, cdo, number) for number in range(22)]
    everything = f"/beteiligung/stimmen/projekt/{project.slug}/"
    for number, place in ((0, 1), (19, 1), (20, 2), (21, 2)):
        key = rows[number].pk.hex[:8]
        answer = client.get(f"{everything}?stimme={key}")
        assert (answer.status_code, answer.url) == (302, f"{everything}?page={place}#rueckmeldung-{key}")
        assert f'id="rueckmeldung-{key}"' in client.get(answer.url.partition("#")[0]).content.decode()
    hidden = said(project, cdo, 40, shown=False)
    for unknown in (hidden.pk.hex[:8], "00000000", "ABCDEFGH", "%", "_______", "' OR 1", "\u200b", "9" * 5000):
        answer = client.get(everything, {"stimme": unknown})
        assert answer.status_code == 200, unknown
        assert "Diese Rückmeldung steht hier nicht mehr." in answer.content.decode()


def test_many_voices_do_not_hide_the_dates_and_cost_no_query_more(client, project, cdo):
    row = offered(cdo, projects=[project])
    page = f"/projekte/{project.slug}/"
    everything = f"/beteiligung/stimmen/projekt/{project.slug}/"
    counted = {}
    for few_or_many in (1, 70):
        for number in range(few_or_many):
            said(project, cdo, number)
        for address in (page, everything, f"/en{everything}?page=2"):
            with CaptureQueriesContext(connection) as asked:
                found = client.get(address).content.decode()
            counted.setdefault(address, set()).add(len(asked))
            assert address != page or f'href="/beteiligung/{row.slug}/"' in found
    assert all(len(each) == 1 and max(each) <= 4 for each in counted.values()), counted


def test_the_page_of_a_project_says_when_the_next_one_is(client, project, cdo):
    page = f"/projekte/{project.slug}/"
    assert "Nächster Termin:" not in client.get(page).content.decode()
    offered(cdo, projects=[project], title="Vorbei", first_day=clock.today() - timedelta(days=2))
    gone = offered(cdo, projects=[project], title="Abgesagt", first_day=clock.today() + timedelta(days=1))
    offered(cdo, row=gone, projects=[project], title="Abgesagt", state="cancelled")
    assert "Nächster Termin:" not in client.get(page).content.decode()
    later, sooner = (
        offered(cdo, projects=[project], first_day=clock.today() + timedelta(days=days)) for days in (9, 4)
    )
    found = client.get(page).content.decode()
    line = re.search(r'<p class="next-day">.*?</p>', found, re.DOTALL)
    assert line
    assert f'href="/beteiligung/{sooner.slug}/"' in line[0]
    assert f'href="/beteiligung/{later.slug}/"' in found


def test_on_an_english_page_german_words_are_marked_on_a_block_that_may_hold_paragraphs(client, project, cdo):
    row = said(project, cdo, 1)
    show_feedback(feedback=row, public_text="Erster Absatz.\n\nZweiter & letzter.", by=cdo)
    answer_feedback(feedback=row, answer="Eine <b>Antwort</b>.", answered_as=unit("amt-33"), by=cdo)
    english = client.get(f"/en/projekte/{project.slug}/").content.decode()
    assert '<div lang="de"><p>Erster Absatz.</p>\n\n<p>Zweiter &amp; letzter.</p></div>' in english
    assert '<div lang="de"><p>Eine &lt;b&gt;Antwort&lt;/b&gt;.</p></div>' in english
    german = client.get(f"/projekte/{project.slug}/").content.decode()
    assert '<div class="voice-text"><p>Erster Absatz.</p>' in german
    assert not re.search(r"<span[^>]*>\s*<p>", english + german)
    shown = offered(cdo, outcome="Es kamen viele.\n\nSehr viele.")
    page = client.get(f"/en/beteiligung/{shown.slug}/").content.decode()
    assert '<div lang="de"><p>Es kamen viele.</p>\n\n<p>Sehr viele.</p></div>' in page
    assert not re.search(r"<span[^>]*>\s*<p>", page)


def test_robots_stay_out_of_forms_and_filters_in_both_languages(client):
    robots = client.get("/robots.txt").content.decode().splitlines()
    for closed in ("/beteiligung/rueckmeldung/", "/en/beteiligung/folgen/", "/projekte/?", "/en/projekte/?"):
        assert f"Disallow: {closed}" in robots
    assert "Allow: /en/projekte/?page=" in robots


def test_the_feeds_of_project_and_field_announce_a_date_and_what_came_of_it(client, project, cdo):
    row = offered(cdo, projects=[project])
    for address in ("/projekte/feed/", f"/projekte/{project.slug}/feed/"):
        assert "Mitmachen: Bürgerforum" in client.get(address).content.decode(), address
    offered(cdo, row=row, projects=[project], outcome="38 Menschen kamen.")
    assert "38 Menschen kamen." in client.get(f"/projekte/{project.slug}/feed/").content.decode()
