"""The whole organisation from a table: preview, all or nothing, renames and splits with their days, twice is once."""

import html
import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from governance.mandates.rules import Role
from governance.models import OrganisationUnit
from governance.organisation.actions import import_units
from governance.organisation.unit_rows import HEADS, Plan
from governance.permissions import NotAllowed
from governance.record.models import Entry
from tests.factories import employed_in, mandate, unit, user_with
from tests.hostile_files import REFUSED, workbook

PAGE = "/admin/governance/organisationunit/einlesen/"
NAMES = [head.name for head in HEADS]
KONZERN = {"code": "konzern", "name": "Konzern", "kind": "Konzern"}
AMT_33 = {"code": "amt-33", "name": "Bürgeramt", "kind": "Amt", "parent": "konzern"}


@pytest.fixture
def operator(db):
    return user_with(mandate(Role.OPERATOR))


def table(*rows: dict[str, object]) -> bytes:
    return workbook(
        [str(head.text) for head in HEADS], *([row.get(n) for n in NAMES] for row in rows), sheet="Organisation"
    )


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: bytes):
    return client.post(PAGE, {"upload": SimpleUploadedFile("Stand.xlsx", content)})


def read_in(user, content: bytes):
    client = client_of(user)
    preview = upload(client, content)
    packed = re.search(r'name="liste" value="([^"]+)"', preview.content.decode())
    assert packed, preview.content.decode()
    return client.post(PAGE, {"liste": html.unescape(packed[1])}, follow=True)


def problems(user, content: bytes) -> list[tuple[str, str, str]]:
    answer = upload(client_of(user), content)
    assert answer.status_code == 422
    rows = re.findall(r"<tr><td>(\d*)</td><td>(.*?)</td><td>(.*?)</td></tr>", answer.content.decode())
    return [(row, html.unescape(column), html.unescape(text)) for row, column, text in rows]


def test_a_tree_comes_in_whatever_the_order_of_its_rows(operator):
    answer = read_in(operator, table(AMT_33, KONZERN))
    assert "2 Stellen angelegt" in answer.content.decode()
    amt = OrganisationUnit.objects.get(code="amt-33")
    assert (amt.name, amt.kind, amt.parent.code) == ("Bürgeramt", "amt", "konzern")
    assert set(Entry.objects.filter(object_type="unit").values_list("to_state", flat=True)) == {"added"}


def test_the_preview_writes_nothing_and_says_what_changes(operator):
    read_in(operator, table(KONZERN, AMT_33))
    before = Entry.objects.count()
    answer = upload(client_of(operator), table(KONZERN, {**AMT_33, "name": "Amt für Bürgerdienste"})).content.decode()
    assert "Name: Bürgeramt → Amt für Bürgerdienste" in answer
    assert (OrganisationUnit.objects.get(code="amt-33").name, Entry.objects.count()) == ("Bürgeramt", before)


def test_a_split_ends_the_old_unit_and_names_who_follows(operator):
    read_in(operator, table(KONZERN, AMT_33))
    old = {**AMT_33, "valid_until": date(2026, 12, 31), "successors": "amt-34; amt-35"}
    new = [{**AMT_33, "code": code, "name": f"Neu {code}", "valid_from": "01.01.2027"} for code in ("amt-34", "amt-35")]
    read_in(operator, table(KONZERN, old, *new))
    ended = OrganisationUnit.objects.get(code="amt-33")
    assert ended.valid_until == date(2026, 12, 31)
    assert {each.code for each in ended.successors.all()} == {"amt-34", "amt-35"}
    assert {each.valid_from for each in ended.successors.all()} == {date(2027, 1, 1)}


def test_two_units_may_change_places(operator):
    read_in(operator, table(KONZERN, AMT_33, {**AMT_33, "code": "abt", "name": "Abteilung", "parent": "amt-33"}))
    turned = [{**AMT_33, "code": "abt", "name": "Abteilung"}, {**AMT_33, "parent": "abt"}]
    read_in(operator, table(KONZERN, *turned))
    parents = dict(OrganisationUnit.objects.values_list("code", "parent__code"))
    assert (parents["abt"], parents["amt-33"]) == ("konzern", "abt")


def test_the_same_file_twice_changes_nothing(operator):
    content = table(KONZERN, AMT_33)
    read_in(operator, content)
    before = Entry.objects.count()
    client = client_of(operator)
    assert upload(client, content).status_code == 302
    assert "Nichts wurde geändert." in client.get(PAGE).content.decode()
    assert Entry.objects.count() == before


def test_what_is_not_in_the_file_stays(operator):
    unit("amt-61")
    answer = upload(client_of(operator), table(KONZERN)).content.decode()
    assert "Stelle amt-61" in answer
    read_in(operator, table(KONZERN))
    assert OrganisationUnit.objects.filter(code="amt-61").exists()


def test_one_bad_cell_keeps_all_back_and_every_problem_has_its_place(operator):
    found = problems(
        operator,
        table(
            KONZERN,
            {**AMT_33, "kind": "Sternwarte"},
            {**AMT_33, "code": "Amt 34"},
            {**AMT_33, "code": "amt-35", "parent": "nirgends"},
            {**AMT_33, "code": "amt-36", "valid_from": "01.02.2027", "valid_until": "01.01.2027"},
            {**AMT_33, "code": "amt-37", "successors": "amt-33"},
            {**AMT_33, "code": "amt-38", "valid_from": "gestern"},
            {**AMT_33, "code": "konzern"},
            {**AMT_33, "code": "a", "parent": "b"},
            {**AMT_33, "code": "b", "parent": "a"},
            {**AMT_33, "code": "c", "name": "=1+1"},
        ),
    )
    places = {(row, column[:1]) for row, column, _text in found}
    assert places >= {
        ("3", "C"), ("4", "A"), ("5", "D"), ("6", "H"), ("7", "I"), ("8", "G"), ("9", "A"), ("10", "D"), ("11", "D"),
        ("12", "B"),
    }  # fmt: skip
    assert OrganisationUnit.objects.count() == 0


def test_the_tree_of_today_is_taken_away_and_read_in_again(operator):
    successor = unit("amt-34")
    old = unit("amt-33", parent=unit("konzern", "group"))
    OrganisationUnit.objects.filter(pk=old.pk).update(valid_until=date(2026, 12, 31), number="33")
    old.successors.add(successor)
    client = client_of(operator)
    given = client.get(PAGE + "stand.xlsx")
    book = load_workbook(BytesIO(given.content))
    assert book.sheetnames[0] == "Organisation"
    assert upload(client, given.content).status_code == 302
    book["Organisation"]["B2"] = "Anderer Name"
    target = BytesIO()
    book.save(target)
    read_in(operator, target.getvalue())
    assert OrganisationUnit.objects.filter(name="Anderer Name").count() == 1
    assert {each.code for each in old.successors.all()} == {"amt-34"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_gets_a_plain_word(name, operator):
    answer = upload(client_of(operator), REFUSED[name]())
    assert answer.status_code == 422
    assert "Tabelle der Organisation (XLSX): D" in html.unescape(answer.content.decode())


def test_a_preview_that_was_changed_is_refused(operator):
    answer = client_of(operator).post(PAGE, {"liste": "x"})
    assert (answer.status_code, "Nichts wurde geschrieben" in answer.content.decode()) == (422, True)


def test_nobody_but_the_operator_reads_in(db):
    cdo = user_with(mandate(Role.CDO), employed_in(unit("stab", "stabsstelle")))
    with pytest.raises(NotAllowed):
        import_units(plan=Plan(), by=cdo)
    assert upload(client_of(cdo), table(KONZERN)).status_code == 403
    listed = client_of(cdo).get("/admin/governance/organisationunit/").content.decode()
    assert PAGE not in listed
    operator = user_with(mandate(Role.OPERATOR))
    assert PAGE in client_of(operator).get("/admin/governance/organisationunit/").content.decode()
