"""The meeting pack as PDF: tagged, with language, title and bookmarks; the same bytes; no text can break it."""

import re
from io import BytesIO

import pytest
import typst
from django.urls import reverse
from pypdf import PdfReader

from governance.record.text import clean_text
from pool.decision.models import SittingItem
from pool.exchange import meeting_pack_pdf
from pool.exchange.meeting_pack import pack_of
from pool.exchange.meeting_pack_queries import standing_of_pack, whole_sitting
from pool.project.models import Project
from tests.demo import World, build_world
from tests.pool.exchange.test_meeting_pack import KEPT, file_of, made


@pytest.fixture(scope="module")
def world(module_db) -> World:
    return build_world()


@pytest.fixture
def sitting(world, db):
    return whole_sitting(world.open_sitting.pk)


def pdf_of(sitting) -> bytes:
    fresh = whole_sitting(sitting.pk)
    pack = pack_of(fresh)
    return meeting_pack_pdf.pdf_of(pack, standing_of_pack(fresh, pack))


def text_of(content: bytes) -> str:
    """Return the text of all pages on one line, without hyphens at line ends."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(re.sub("\u00ad\\s*", "", text).replace("\u200b", "").split())


def bookmarks(reader: PdfReader) -> list[tuple[int, str, int]]:
    found = []

    def walk(outline, depth: int) -> None:
        for entry in outline:
            if isinstance(entry, list):
                walk(entry, depth + 1)
            else:
                found.append((depth, entry.title, reader.get_destination_page_number(entry)))

    walk(reader.outline, 1)
    return found


def test_it_is_tagged_and_says_language_title_and_standard(world, sitting):
    content = file_of(world.client("lenkung"), sitting, "pdf")
    reader = PdfReader(BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("de")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.startswith("Sitzungsmappe, ")
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", root["/Metadata"].get_data())
    kinds = set(re.findall(rb"/S\s*/(\w+)", content)) or kinds_of(root["/StructTreeRoot"])
    assert {"H1", "H2", "Table", "TH", "TD"} <= {kind.decode() if isinstance(kind, bytes) else kind for kind in kinds}


def kinds_of(node, depth: int = 0) -> set[str]:
    """Return the kinds of the elements in the structure tree."""
    found = {str(node["/S"]).lstrip("/")} if "/S" in node else set()
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        value = child.get_object()
        if isinstance(value, dict) and depth < 60:
            found |= kinds_of(value, depth + 1)
    return found


def test_bookmarks_lead_to_the_parts_and_each_profile_has_its_own_page(sitting):
    reader = PdfReader(BytesIO(pdf_of(sitting)))
    marks = bookmarks(reader)
    parts = [title for depth, title, _page in marks if depth == 1]
    assert parts[:6] == [
        "Tagesordnung", "Beschlussvorschläge", "Offene Fragen", "Rangliste", "Abdeckung", "Steckbriefe",
    ]  # fmt: skip
    start = next(index for index, mark in enumerate(marks) if mark[1] == "Steckbriefe")
    profiles = [mark for mark in marks[start + 1 :] if mark[0] == 2]
    pages = [page for _depth, _title, page in profiles]
    assert [title for _depth, title, _page in profiles] == [
        item.title for item in SittingItem.objects.filter(sitting=sitting).order_by("number")
    ]
    assert pages == list(range(pages[0], pages[0] + 3))


def test_every_page_bears_number_sitting_and_example_mark(sitting):
    reader = PdfReader(BytesIO(pdf_of(sitting)))
    total = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"Seite {number} von {total}" in text
        assert "Beispiel" in text
        assert "Sitzungsmappe" in text


def test_it_says_what_the_page_says(sitting):
    text, pack = text_of(pdf_of(sitting)), pack_of(sitting)
    assert "kein Auftrag, keine Vergabe und keine Mittelfreigabe" in text
    ranking = text[text.index("Vorhaben und warum es hier steht") :]
    positions = [re.search(rf"Nr\. {place.pool_number} ·", ranking).start() for place in pack.places]
    assert positions == sorted(positions)
    for item in pack.items:
        for named in item.proposed:
            assert " ".join(named.text.split()) in text


def test_the_same_data_give_the_same_bytes(world, sitting):
    once = pdf_of(sitting)
    assert pdf_of(sitting) == once
    made(world, sitting)
    kept = pdf_of(sitting)
    assert "Festgehalten am" in text_of(kept)
    assert pdf_of(sitting) == kept
    Project.objects.filter(pk=world.items["listed"].project_id).update(benefit="Etwas anderes wird besser.")
    changed = pdf_of(sitting)
    assert changed != kept
    number = world.items["listed"].number
    assert f"Seitdem: TOP {number}: Steckbrief geändert." in text_of(changed)


def test_the_minutes_bear_the_hash_of_the_frozen_form(world, db):
    closed = whole_sitting(world.closed_sitting.pk)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf_of(closed))).pages)
    assert "Niederschrift" in text
    assert closed.frozen_form.hash in text


def test_hostile_texts_cannot_break_it(world, sitting):
    text = "\n".join(clean_text(each) for each in KEPT)
    values = {"problem": text, "benefit": "漢字 عربى 😀 " * 200, "effort": "w" * 1000, "title": "#panic() *x* $y$ @z"}
    Project.objects.filter(pk=world.items["listed"].project_id).update(**values)
    SittingItem.objects.filter(pk=world.items["proposed"].pk).update(proposal_text=text + '\n#read("/etc/passwd")')
    said = text_of(pdf_of(sitting))
    assert '#read("/etc/passwd")' in said
    assert "#panic() *x* $y$ @z" in said
    assert "<script>alert(1)</script>" in said
    assert "{{ 7*7 }} {% debug %}" in said
    assert "stehen als □" in said
    assert said.count("w") > 1000, "an endless word is parted, not cut"


def test_as_long_as_the_fields_allow(world, sitting):
    words = "Gemeinsame Stelle für digitale Anträge und Auskünfte in allen Ortsverwaltungen. "
    long = {name: (words * 60)[:length] for name, length in (("problem", 4000), ("benefit", 4000), ("effort", 1000))}
    Project.objects.filter(pk=world.items["listed"].project_id).update(**long)
    proposal = {"proposal": "commission", "proposal_text": (words * 60)[:4000]}
    SittingItem.objects.filter(pk=world.items["listed"].pk).update(**proposal)
    said = text_of(pdf_of(sitting))
    assert said.count("Gemeinsame Stelle für digitale Anträge") >= 50 * 3 + 12, "nothing is cut"


def test_the_font_has_every_character_that_is_let_through():
    characters = [chr(code) for code in range(0x20, 0x10000) if not meeting_pack_pdf.NOT_SETTABLE.match(chr(code))]
    assert len(characters) > 1000
    source = (
        b'#set document(title: "x", date: none)\n#set text(font: "Libertinus Serif", fallback: false)\n#sys.inputs.x'
    )
    given = {"x": " ".join(f"a{character}b" for character in characters)}
    assert typst.compile(source, sys_inputs=given, pdf_standards=["ua-1"], ignore_system_fonts=True)


def test_german_names_and_their_neighbours_are_let_through():
    names = "Größe „Straße“ – Łódź, Şahin, Đorđević, 5 € ½ § 12 … → Ελλάδα Київ"
    assert not meeting_pack_pdf.NOT_SETTABLE.search(names)


# --- Where it cannot be made ----------------------------------------------------------------------------------------


def test_without_the_typesetter_the_page_says_so_and_the_rest_works(world, sitting, monkeypatch):
    monkeypatch.setattr(meeting_pack_pdf, "find_spec", lambda _name: None)
    client = world.client("lenkung")
    page = client.get(reverse("exchange:meeting_pack", args=[sitting.pk]))
    assert page.status_code == 200
    assert "Das Paket „typst“ fehlt" in page.content.decode()
    assert reverse("exchange:meeting_pack_file", args=[sitting.pk, "pdf"]) not in page.content.decode()
    refused = client.get(reverse("exchange:meeting_pack_file", args=[sitting.pk, "pdf"]))
    assert refused.status_code == 503
    assert "fehlt das Programm für PDF" in refused.content.decode()
    assert file_of(client, sitting, "xlsx")


def test_what_the_typesetter_refuses_is_set_once_more_in_plainer_characters(sitting, monkeypatch):
    seen = []

    def refusing(values):
        seen.append(values)
        return None if len(seen) == 1 else b"%PDF-"

    monkeypatch.setattr(meeting_pack_pdf, "_set", refusing)
    assert pdf_of(sitting) == b"%PDF-"
    assert len(seen) == 2


def test_where_it_is_refused_twice_the_page_says_so(world, sitting, monkeypatch):
    monkeypatch.setattr(meeting_pack_pdf, "_set", lambda _values: None)
    refused = world.client("lenkung").get(reverse("exchange:meeting_pack_file", args=[sitting.pk, "pdf"]))
    assert refused.status_code == 503
    assert "ließ sich nicht setzen" in refused.content.decode()
