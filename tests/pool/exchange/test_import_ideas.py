"""Reading in lists of ideas: preview before anything is written, all or nothing, twice changes nothing."""

import html
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record.models import Entry
from pool.exchange.actions import import_ideas
from pool.exchange.idea_rows import CheckedRows, check_rows, heads
from pool.exchange.models import IdeaList
from pool.gate.actions import GateInput, answer_gate
from pool.lifecycle import Act, Step
from pool.permissions import is_barred, may
from pool.project.models import Project, ProjectMandate
from tests.factories import employed_in, handlungsbedarf, handlungsfeld, mandate, stadtteil, unit, user_with
from tests.hostile_files import REFUSED, workbook

PAGE = "/admin/pool/project/einlesen/"
HEADS = [str(head.text) for head in heads()]
IDEA = {
    "Kennung": "WS26-01", "Titel": "Termine am Telefon", "Kurztext": "Ein Satz.",
    "Welches Problem wird gelöst?": "Warten",
    "Was wird besser?": "Weniger Wege", "Wem nützt es?": "beiden", "Wer wirkt mit? (ein Satz)": "Zwei Ämter.",
    "Handlungsfeld": "Handlungsfeld DV", "Federführende Stelle": "Stelle amt-33", "Handlungsbedarf 1": "Bedarf DV 1",
    "Beteiligte Stelle 1": "Stelle amt-33", "Anteil der Stelle 1": "erarbeitet",
    "Von wem stammt die Idee?": "Bürger:in", "Auf welchem Weg kam sie?": "Brief",
    "Partner außerhalb des Konzerns": "Hochschule Mainz\nVerein X",
}  # fmt: skip


@pytest.fixture(autouse=True)
def frame(db) -> None:
    handlungsbedarf(handlungsfeld("DV"))
    unit("amt-33")


@pytest.fixture
def cdo(db):
    return user_with(mandate(Role.CDO), employed_in(unit("stab", "stabsstelle")), username="cdo")


@pytest.fixture
def anna(db):
    return user_with(employed_in(unit("amt-50")), username="anna")


def table(*ideas: dict[str, object]) -> bytes:
    return workbook(HEADS, *([idea.get(head) for head in HEADS] for idea in ideas))


def upload(user, content: bytes, **fields: str):
    client = Client()
    client.force_login(user)
    file = SimpleUploadedFile("Liste.xlsx", content)
    return client, client.post(PAGE, {"upload": file, "source": "Workshop am Rhein", **fields})


def read_in(user, content: bytes, **fields: str):
    client, preview = upload(user, content, **fields)
    packed = re.search(r'name="liste" value="([^"]+)"', preview.content.decode())
    assert packed, preview.content.decode()
    return client.post(PAGE, {"liste": html.unescape(packed[1])}, follow=True)


def problems(user, content: bytes) -> list[tuple[str, str, str]]:
    _client, answer = upload(user, content)
    assert answer.status_code == 422
    rows = re.findall(r"<tr><td>(\d*)</td><td>(.*?)</td><td>(.*?)</td></tr>", answer.content.decode())
    return [(row, html.unescape(column), html.unescape(text)) for row, column, text in rows]


def test_a_preview_writes_nothing(cdo):
    before = Entry.objects.count()
    _client, answer = upload(cdo, table(IDEA))
    assert answer.status_code == 200
    assert "Termine am Telefon" in answer.content.decode()
    assert (Project.objects.count(), IdeaList.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_a_complete_idea_comes_in_as_submitted_with_everything_it_says(cdo):
    answer = read_in(cdo, table(IDEA))
    assert "Eine Idee eingelesen." in answer.content.decode()
    project = Project.objects.get()
    assert (project.step, project.origin, project.channel) == (Step.SUBMITTED, "resident", "letter")
    assert (project.title, project.beneficiary, project.lead_unit.code) == ("Termine am Telefon", "both", "amt-33")
    assert [str(need) for need in project.handlungsbedarfe.all()] == ["Bedarf DV 1"]
    assert [(link.unit.code, link.part) for link in project.unit_links.all()] == [("amt-33", "works_out")]
    assert set(project.partners.values_list("name", flat=True)) == {"Hochschule Mainz", "Verein X"}
    assert project.text_versions.get().kind == "submitted"
    assert project.transitions.get().act == Act.IMPORT_IDEAS
    assert list(Entry.objects.filter(chain=f"project:{project.pk}").values_list("act", "to_state")) == [
        ("import_ideas", "submitted")
    ]
    assert project.listed_row.idea_list.source == "Workshop am Rhein"


def test_without_a_channel_it_came_from_a_workshop(cdo):
    read_in(cdo, table({**IDEA, "Auf welchem Weg kam sie?": None}))
    assert Project.objects.get().channel == "workshop"


def test_who_reads_in_is_not_the_submitter_and_may_judge(cdo):
    read_in(cdo, table(IDEA))
    project = Project.objects.get()
    assert not project.mandates.exists()
    assert not is_barred(cdo.actor_person.actor_id, project)
    assert may(cdo, Act.ANSWER_GATE, project)
    answer_gate(project=project, answers={"leitlinien": GateInput(answer="yes", reason="passt")}, by=cdo)


def test_a_named_person_becomes_the_submitter_and_reads_it(cdo, anna):
    read_in(cdo, table({**IDEA, "Einreichende Person (Anmeldename)": "ANNA"}))
    project = Project.objects.get()
    held = project.mandates.get()
    assert (held.role, held.person.person.user, "Workshop am Rhein" in held.source) == ("submitter", anna, True)
    assert may(anna, Act.WITHDRAW, project)
    assert is_barred(anna.actor_person.actor_id, project)


def test_one_person_may_stand_for_all_that_name_nobody(cdo, anna):
    read_in(cdo, table(IDEA), person="anna")
    assert ProjectMandate.objects.get().person.person.user == anna
    _client, answer = upload(cdo, table({**IDEA, "Kennung": "X"}), person="gibtesnicht")
    assert (answer.status_code, "Dieses Konto gibt es nicht" in answer.content.decode()) == (422, True)


def test_an_incomplete_idea_is_a_draft_of_its_person_and_refused_without(cdo, anna):
    rough = {"Titel": "Nur ein Titel", "Kennung": "WS26-02"}
    ((row, column, text),) = problems(cdo, table(rough))
    assert (row, column) == ("2", "B (Titel)")
    assert "Zum Einreichen fehlt: ein Kurztext" in text
    read_in(cdo, table({**rough, "Einreichende Person (Anmeldename)": "anna"}))
    project = Project.objects.get()
    assert (project.step, project.text_versions.count()) == (Step.DRAFT, 0)
    assert may(anna, Act.EDIT_TEXT, project)


def test_one_bad_cell_keeps_all_back_and_every_problem_has_its_place(cdo):
    found = problems(
        cdo,
        table(
            IDEA,
            {**IDEA, "Kennung": "A", "Handlungsfeld": "Raumfahrt", "Wem nützt es?": "allen"},
            {**IDEA, "Kennung": "B", "Titel": "x" * 121, "Beteiligte Stelle 2": "Stelle amt-33"},
            {**IDEA, "Kennung": "ws26-01"},
            {**IDEA, "Kennung": "C", "Titel": "=1+1"},
            {**IDEA, "Kennung": "D", "Einreichende Person (Anmeldename)": "niemand"},
        ),
    )
    places = {(row, column.split(" (", 1)[1][:-1] if column else "") for row, column, _text in found}
    assert {("3", "Handlungsfeld"), ("3", "Wem nützt es?"), ("4", "Titel"), ("4", "Beteiligte Stelle 2")} <= places
    assert {("5", "Kennung"), ("6", "Titel")} <= places
    assert ("7", "Einreichende Person (Anmeldename)") in places
    assert any("Die Kennung" in text or "Diese Kennung steht schon in Zeile 2" in text for _row, _column, text in found)
    assert Project.objects.count() == 0


def test_a_cell_names_stadtteile_or_the_whole_city_and_an_empty_one_leaves_it_open(cdo):
    for name in ("Drais", "Mombach"):
        stadtteil(name)
    cells = {"A": "mombach; Drais", "B": "Stadtweit", "C": ""}
    read_in(cdo, table(*({**IDEA, "Kennung": key, "Titel": key, "Wo es wirkt": cell} for key, cell in cells.items())))
    said = {row.title: row.reach_words for row in Project.objects.all()}
    assert said == {"A": "Drais, Mombach", "B": "stadtweit", "C": ""}


def test_a_cell_that_names_no_stadtteil_says_which_there_are(cdo):
    stadtteil("Drais")
    rows = [{**IDEA, "Wo es wirkt": "Wiesbaden"}, {**IDEA, "Kennung": "2", "Wo es wirkt": "stadtweit, Drais"}]
    first, second = problems(cdo, table(*rows))
    assert first[0] == "2"
    assert "„Wiesbaden“ ist kein Stadtteil von Mainz" in first[2]
    assert "Drais" in first[2]
    assert "entweder stadtweit oder einzelne" in second[2]


def test_the_same_file_twice_changes_nothing(cdo):
    content = table(IDEA)
    read_in(cdo, content)
    before = (Project.objects.count(), Entry.objects.count(), IdeaList.objects.count())
    client, answer = upload(cdo, content)
    assert answer.status_code == 302
    assert "Nichts wurde geändert." in client.get(PAGE).content.decode()
    assert (Project.objects.count(), Entry.objects.count(), IdeaList.objects.count()) == before


def test_confirming_twice_changes_nothing(cdo):
    client, preview = upload(cdo, table(IDEA))
    packed = html.unescape(re.search(r'name="liste" value="([^"]+)"', preview.content.decode())[1])
    for _time in range(2):
        assert client.post(PAGE, {"liste": packed}).status_code == 302
    assert Project.objects.count() == 1


def test_a_longer_list_adds_what_is_new_and_leaves_the_rest(cdo):
    read_in(cdo, table(IDEA))
    Project.objects.update(short_text="Inzwischen berichtigt.")
    answer = read_in(cdo, table(IDEA, {**IDEA, "Kennung": "WS26-02", "Titel": "Zweite Idee"}))
    assert "Eine war schon da" in answer.content.decode()
    assert set(Project.objects.values_list("title", flat=True)) == {"Termine am Telefon", "Zweite Idee"}
    assert Project.objects.filter(short_text="Inzwischen berichtigt.").count() == 1


def test_a_kennung_that_names_another_idea_is_a_problem(cdo):
    read_in(cdo, table(IDEA))
    ((row, _column, text),) = problems(cdo, table({**IDEA, "Titel": "Etwas anderes"}))
    assert (row, "gehört schon zu „Termine am Telefon“" in text) == ("2", True)


def test_without_a_kennung_title_and_short_text_count(cdo):
    plain = {**IDEA, "Kennung": None}
    read_in(cdo, table(plain))
    assert "Eine war schon da" in read_in(cdo, table(plain, {**plain, "Titel": "Neu"})).content.decode()
    assert Project.objects.count() == 2


@pytest.mark.parametrize("packed", ["", "x", "eyJ9:1abc:def"])
def test_a_preview_that_was_changed_is_refused(cdo, packed):
    client = Client()
    client.force_login(cdo)
    answer = client.post(PAGE, {"liste": packed})
    assert answer.status_code == 422
    assert "Nichts wurde geschrieben" in answer.content.decode()


def test_another_persons_preview_is_refused(cdo):
    _client, preview = upload(cdo, table(IDEA))
    packed = html.unescape(re.search(r'name="liste" value="([^"]+)"', preview.content.decode())[1])
    other = user_with(mandate(Role.CDO), username="andere")
    client = Client()
    client.force_login(other)
    assert client.post(PAGE, {"liste": packed}).status_code == 422
    assert Project.objects.count() == 0


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_gets_a_plain_word(name, cdo):
    _client, answer = upload(cdo, REFUSED[name]())
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Ausgefüllte Vorlage (XLSX): D" in html.unescape(text)
    assert Project.objects.count() == 0


def test_nobody_but_the_cdo_reads_in(anna):
    with pytest.raises(NotAllowed):
        import_ideas(checked=CheckedRows(), sha256="0", file_name="x", source="y", by=anna)
    client, answer = upload(anna, table(IDEA))
    assert answer.status_code == 403
    assert client.get(PAGE + "vorlage.xlsx").status_code == 403


def test_the_template_is_read_back_once_it_is_filled(cdo):
    client = Client()
    client.force_login(cdo)
    answer = client.get(PAGE + "vorlage.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Ideen", "Auswahl", "Hinweise"]
    assert [str(cell.value).rstrip(" *") for cell in book["Ideen"][1]] == HEADS
    assert "Stelle amt-33" in [cell.value for row in book["Auswahl"].iter_rows() for cell in row]
    assert len(book["Ideen"].data_validations.dataValidation) >= 6
    for place, head in enumerate(HEADS, start=1):
        book["Ideen"].cell(2, place, IDEA.get(head))
    target = BytesIO()
    book.save(target)
    read_in(cdo, target.getvalue())
    assert Project.objects.get().title == IDEA["Titel"]


def test_removing_the_examples_removes_their_lists(db):
    demo = user_with(mandate(Role.CDO), username="beispiel-cdo", is_demo=True)
    read_in(demo, table(IDEA))
    assert IdeaList.objects.get().is_example
    call_command("remove_examples", verbosity=0)
    assert (Project.objects.count(), IdeaList.objects.count()) == (0, 0)
    assert not Entry.objects.filter(chain__startswith="idea_list:").exists()


def test_checking_costs_the_same_for_few_and_many_rows(cdo, django_assert_max_num_queries):
    from governance.tables.reading import ReadRow

    texts = {"title": "Idee", "short_text": "x", "lead_handlungsfeld": "Handlungsfeld DV"}
    rows = [ReadRow(n, {**texts, "key": f"K{n}", "person": "anna"}, {}, {}) for n in range(2, 200)]
    with django_assert_max_num_queries(10):
        check_rows(rows, by=cdo)
