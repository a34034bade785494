"""The meeting pack: page and workbook say what the other pages say, name what changed, and keep what is not theirs."""

from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance.models import Entry
from governance.record import clock
from governance.record.queries import lost_ends
from governance.record.text import clean_text
from pool.decision.actions import close_sitting, confirm, open_sitting, propose, put_on_list, record_outcome
from pool.decision.models import Sitting, SittingItem
from pool.decision.queries import order_before
from pool.exchange import meeting_pack_pdf
from pool.exchange.actions import make_pack
from pool.exchange.meeting_pack import pack_of
from pool.exchange.meeting_pack_book import book_of
from pool.exchange.meeting_pack_queries import standing_of_pack, whole_sitting
from pool.exchange.models import MeetingPack
from pool.lifecycle import Step
from pool.maturity.models import Countersignature, InnerComment, Opinion, Rating
from pool.project.models import Project
from pool.questions.actions import ask_question
from tests.demo import COMMISSION, World, build_world
from tests.factories import class_mark, handlungsfeld, opinion, place, project_at, unit

CORPUS = yaml.safe_load((Path(__file__).parents[2] / "bad_inputs.yaml").read_text(encoding="utf-8"))["texts"]
KEPT = [row["payload"] for row in CORPUS if row["expect"] in ("kept", "cleaned") and "payload" in row]


@pytest.fixture(scope="module")
def world(module_db) -> World:
    return build_world()


@pytest.fixture
def sitting(world, db) -> Sitting:
    """The open sitting with three items."""
    return whole_sitting(world.open_sitting.pk)


def page_of(world: World, sitting: Sitting, role: str = "lenkung", status: int = 200) -> str:
    response = world.client(role).get(reverse("exchange:meeting_pack", args=[sitting.pk]))
    assert response.status_code == status
    return unescape(response.content.decode())


def file_of(client: Client, sitting: Sitting, kind: str) -> bytes:
    response = client.get(reverse("exchange:meeting_pack_file", args=[sitting.pk, kind]))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    return response.content


def book(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(BytesIO(content))}


def texts_of(content: bytes) -> str:
    return "\n".join(str(cell) for rows in book(content).values() for row in rows for cell in row if cell is not None)


def another_ranked(**values: object) -> Project:
    project = project_at(Step.ASSESSED, lead_unit=unit("amt-60"), field=handlungsfeld("DV"), is_example=True, **values)
    place(project)
    return project


def made(world: World, sitting: Sitting) -> MeetingPack:
    return make_pack(sitting=sitting, by=world.people["cdo"])[0]


def changes(sitting: Sitting) -> tuple[str, ...]:
    fresh = whole_sitting(sitting.pk)
    return standing_of_pack(fresh, pack_of(fresh)).changes


# --- It says what the other pages say -------------------------------------------------------------------------------


def test_the_order_is_that_of_the_ranking_page(world, sitting):
    places = pack_of(sitting).places
    order = order_before(is_example=True, with_apart=False)
    assert [(each.title, each.rank, each.score) for each in places] == [
        (entry.project.title, entry.ranked.rank, entry.ranked.score) for entry in order.entries
    ]
    page = world.client("lenkung").get(reverse("steering:ranking")).content.decode()
    positions = [page.index(f"rang-{each.pool_number}") for each in places[:20]]
    assert positions == sorted(positions)
    sheet = book(book_of(pack_of(sitting), standing_of_pack(sitting, pack_of(sitting))))["Rangliste"]
    assert [row[4] for row in sheet[1:]] == [each.title for each in places]
    for each in places:
        assert sum(degree.points for degree in each.degrees) == each.score


def test_the_proposed_resolutions_are_those_of_the_items(world, sitting):
    page = page_of(world, sitting)
    for item in SittingItem.objects.filter(sitting=sitting):
        assert f"TOP {item.number}: {item.title}" in page
        if item.proposal_text:
            assert item.proposal_text in page
    assert "Was ein Beschluss ist" in texts_of(file_of(world.client("lenkung"), sitting, "xlsx"))
    assert "kein Auftrag, keine Vergabe und keine Mittelfreigabe" in page


def test_every_item_has_its_profile_with_levels_reasons_and_money(world, sitting):
    listed = Project.objects.get(pk=world.items["listed"].project_id)
    Project.objects.filter(pk=listed.pk).update(cost="MARKE-Kosten 12.000 Euro", procurement="MARKE-Vergabe")
    profiles = pack_of(sitting).profiles
    assert [each.number for each in profiles] == [1, 2, 3]
    own = next(each for each in profiles if each.project == str(listed.pk))
    assert len(own.levels) == 5
    assert all(level.reason for level in own.levels)
    for text in (page_of(world, sitting), texts_of(file_of(world.client("lenkung"), sitting, "xlsx"))):
        assert "MARKE-Kosten 12.000 Euro" in text
        assert "MARKE-Vergabe" in text


def test_what_is_open_is_named_with_its_item(world, sitting):
    item = world.items["listed"]
    Countersignature.objects.filter(rating__project=item.project_id).delete()
    class_mark(item.project, "schnellboot", state="proposed")
    ask_question(project=item.project, topic="section_aufwand", text="Wer zahlt den Betrieb?", by=world.people["cdo"])
    found = pack_of(sitting).open_points
    points = {(point.number, point.kind) for point in found}
    assert (item.number, "Beschlussvorschlag") in points
    assert (item.number, "Gegenzeichnung") in points
    assert (item.number, "Klasse") in points
    assert any("Wer zahlt den Betrieb?" in point.text for point in found if point.kind == "Rückfrage")
    assert (item.number, "Vor der Umsetzung") in points
    assert (world.items["proposed"].number, "Beschlussvorschlag") not in points
    assert (world.items["proposed"].number, "Vor der Umsetzung") not in points


def test_the_coverage_is_that_of_its_page(world, sitting):
    (section,) = pack_of(sitting).sections
    page = unescape(world.client("lenkung").get(reverse("steering:coverage")).content.decode())
    assert section.sentences[0] in page
    assert section.sentences[1] in page
    gaps = [row for row in section.rows if row[0] == "ohne Vorhaben"]
    assert gaps
    for row in gaps:
        assert row[2] in page
    assert section.sentences[0] in page_of(world, sitting)
    sheet = book(file_of(world.client("lenkung"), sitting, "xlsx"))["Abdeckung"]
    assert sheet[1:] == list(section.rows)


def test_examples_are_marked(world, sitting):
    assert "Beispiel</span>" in page_of(world, sitting)
    assert dict(book(file_of(world.client("cdo"), sitting, "xlsx"))["Angaben"][1:])["Beispiel"] == "ja"


# --- After closing it is the minutes --------------------------------------------------------------------------------


def test_the_minutes_keep_the_ranking_that_was_decided_on(world, db):
    closed = whole_sitting(world.closed_sitting.pk)
    before = pack_of(closed)
    another_ranked(title="Danach bewertet", levels={"vernetzung": 4, "effect_inward": 4, "effect_outward": 4,
                                                    "kompetenzaufbau": 4, "synergien": 4})  # fmt: skip
    after = pack_of(whole_sitting(closed.pk))
    assert after.places == before.places
    assert "Beispiel beschlossen" in [each.title for each in before.places]
    assert "Danach bewertet" not in [each.title for each in after.places]


def test_the_minutes_state_outcome_hands_and_recomputation(world, db):
    closed = whole_sitting(world.closed_sitting.pk)
    page = page_of(world, closed)
    assert "Niederschrift" in page
    assert "zur Umsetzung bestimmt" in page
    assert "Leitung des Bürgeramts am 2. November 2026" in page
    assert closed.frozen_form.hash in page
    assert "Nachgerechnet: stimmt" in page
    assert "Offene Fragen" not in page
    facts = dict(book(file_of(world.client("cdo"), closed, "xlsx"))["Angaben"][1:])
    assert facts["Prüfsumme"] == closed.frozen_form.hash


# --- What changed since it was made -----------------------------------------------------------------------------------


def test_a_made_pack_is_unchanged_until_something_changes(world, sitting):
    assert standing_of_pack(sitting, pack_of(sitting)).made is None
    assert "Noch nicht festgehalten" in page_of(world, sitting)
    made(world, sitting)
    standing = standing_of_pack(sitting, pack_of(sitting))
    assert standing.is_as_made
    assert standing.changes == ()
    assert "unverändert" in page_of(world, sitting)


def test_a_changed_proposal_is_named_by_its_item(world, sitting):
    made(world, sitting)
    item = SittingItem.objects.get(pk=world.items["proposed"].pk)
    propose(item=item, proposal="commission", text="Anders gefasst.", by=world.people["cdo"], **COMMISSION)
    assert changes(sitting) == (f"TOP {item.number}: Beschlussvorschlag geändert",)
    assert f"TOP {item.number}: Beschlussvorschlag geändert" in page_of(world, sitting)


def test_moved_places_are_counted(world, sitting):
    Rating.objects.filter(project=world.items["listed"].project_id).update(vernetzung_reason="Anders begründet.")
    made(world, sitting)
    another_ranked(title="Neu in der Rangliste")
    (said,) = changes(sitting)
    assert said.startswith("Rangliste: ")
    Rating.objects.filter(project=world.items["listed"].project_id).update(vernetzung_reason="Noch anders.")
    assert f"TOP {world.items['listed'].number}: Steckbrief geändert" in changes(sitting)


def test_a_new_item_and_a_changed_profile_are_named(world, sitting):
    made(world, sitting)
    Project.objects.filter(pk=world.items["listed"].project_id).update(benefit="Etwas anderes wird besser.")
    put_on_list(sitting=sitting, project=another_ranked(title="Nachgemeldet"), by=world.people["cdo"])
    found = changes(sitting)
    assert "TOP 4 neu" in found
    assert f"TOP {world.items['listed'].number}: Steckbrief geändert" in found
    assert any(said.startswith("Rangliste: ") for said in found)


def test_making_adds_a_row_and_an_entry_and_the_chain_counts_it(world, sitting):
    lost, entries = [*lost_ends()], Entry.objects.filter(chain=f"sitting:{sitting.pk}").count()
    client, address = world.client("cdo"), reverse("exchange:make_pack", args=[sitting.pk])
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302, "a second click writes nothing"
    assert MeetingPack.objects.filter(sitting=sitting).count() == 1
    written = Entry.objects.filter(chain=f"sitting:{sitting.pk}")
    assert written.count() == entries + 1
    assert written.order_by("-number").first().act == "make_pack"
    assert [*lost_ends()] == lost, "the sitting counts as many acts as its chain has entries"
    now = Sitting.objects.get(pk=sitting.pk)
    assert (now.state, now.items.count()) == (sitting.state, sitting.items.count())


def test_minutes_are_not_compared_with_the_pack_before(world, db):
    closed = whole_sitting(world.closed_sitting.pk)
    MeetingPack.objects.create(
        sitting=closed, is_minutes=False, contents={}, digest="0" * 64, made_by=closed.chair, made_at=closed.closed_at
    )
    assert standing_of_pack(closed, pack_of(closed)).made is None
    assert make_pack(sitting=closed, by=world.people["cdo"])[0].is_minutes


# --- What stands in no form -------------------------------------------------------------------------------------------

HIDDEN = ("MARKE-Einschätzung", "MARKE-Enthaltung", "MARKE-Kommentar", "MARKE-Nachname")


def test_opinions_inner_comments_and_submitters_stand_in_no_form(world, sitting):
    project = Project.objects.get(pk=world.items["listed"].project_id)
    given = opinion(project, world.people["gutachten"])
    Opinion.objects.filter(pk=given.pk).update(vernetzung_reason="MARKE-Einschätzung", reason="MARKE-Enthaltung")
    InnerComment.objects.create(project=project, by=sitting.chair, at=sitting.opened_at, reason="MARKE-Kommentar")
    type(world.people["idee"]).objects.filter(pk=world.people["idee"].pk).update(last_name="MARKE-Nachname")
    client = world.client("lenkung")
    forms = [page_of(world, sitting), texts_of(file_of(client, sitting, "xlsx"))]
    pack = pack_of(sitting)
    forms.append(str(meeting_pack_pdf.printed(pack, standing_of_pack(sitting, pack))))
    for text in forms:
        assert [mark for mark in HIDDEN if mark in text] == []


# --- Workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_is_the_same_bytes_twice_and_opens_without_formulas(world, sitting):
    client = world.client("lenkung")
    content = file_of(client, sitting, "xlsx")
    assert content == file_of(client, sitting, "xlsx")
    opened = load_workbook(BytesIO(content))
    names = ["Tagesordnung", "Beschlussvorschläge", "Offene Fragen", "Rangliste", "Steckbriefe"]
    assert [name for name in opened.sheetnames if name in names] == names
    for sheet in opened:
        assert sheet.freeze_panes == "A2"
        assert not sheet.merged_cells.ranges
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_hostile_texts_arrive_whole(world, sitting):
    project = Project.objects.get(pk=world.items["listed"].project_id)
    text = "\n".join(clean_text(each) for each in KEPT)
    Project.objects.filter(pk=project.pk).update(problem=text, benefit="=1+1", effort="w" * 1000)
    SittingItem.objects.filter(pk=world.items["proposed"].pk).update(proposal_text=text)
    cells = texts_of(file_of(world.client("cdo"), sitting, "xlsx"))
    page = page_of(world, sitting)
    for each in KEPT:
        for line in clean_text(each).split("\n"):
            assert line in cells
            assert line in page
    assert (
        "<script>alert(1)</script>"
        not in world.client("cdo").get(reverse("exchange:meeting_pack", args=[sitting.pk])).content.decode()
    )


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_more_items_cost_no_more_queries(world, sitting):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            fresh = whole_sitting(sitting.pk)
            standing_of_pack(fresh, pack_of(fresh))
        return len(queries)

    few = asked()
    for number in range(12):
        put_on_list(sitting=sitting, project=another_ranked(title=f"Weiteres {number}"), by=world.people["cdo"])
    assert asked() == few


def test_minutes_of_more_items_cost_no_more_queries(world, db):
    """Verifying the frozen form reads every row of the sitting; it may not ask for them one by one."""

    def asked(sitting: Sitting) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pack_of(whole_sitting(sitting.pk)).recomputation.holds
        return len(queries)

    one = asked(world.closed_sitting)
    cdo, chair = world.people["cdo"], world.people["lenkung"]
    longer = open_sitting(body=world.open_sitting.body, day=clock.today() - timedelta(days=1), place="", by=cdo)
    projects = [another_ranked(title=f"Weiteres {number}") for number in range(4)]
    items = [put_on_list(sitting=longer, project=project, by=cdo) for project in projects]
    said = {"outcome": "commission", "text": "Beschlossen.", "reason": "Nützt vielen.", **COMMISSION}
    for item in [record_outcome(item=item, by=cdo, **said) for item in items]:
        confirm(item=item, by=chair)
    close_sitting(sitting=longer, by=chair)
    assert asked(longer) <= one + 1, "the sitting before is one query"


def test_an_empty_sitting_has_a_pack_too(world, db):
    empty = Sitting.objects.create(
        body=world.open_sitting.body,
        day=world.open_sitting.day + timedelta(days=30),
        chair=world.open_sitting.chair,
        opened_by=world.open_sitting.opened_by,
        opened_at=world.open_sitting.opened_at,
        is_example=True,
    )
    assert "Auf der Tagesordnung steht noch nichts." in page_of(world, empty)
    assert file_of(world.client("cdo"), empty, "xlsx")


def test_the_sitting_leads_to_its_pack(world, sitting):
    for each, word in ((sitting, "Sitzungsmappe"), (world.closed_sitting, "Niederschrift")):
        page = world.client("lenkung").get(reverse("decision:sitting", args=[each.pk])).content.decode()
        assert f'href="{reverse("exchange:meeting_pack", args=[each.pk])}">{word}<' in page
