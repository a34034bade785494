"""SEC-02, SEC-03, SEC-17, SEC-18, REL-02, REL-03, REL-16: bad input gets a clear German message, nothing typed is lost,
and nothing is ever a 500. The inputs are data: tests/bad_inputs.yaml.
"""

import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.record.text import clean_text
from pool.attachments.models import Attachment
from pool.maturity.models import Rating
from pool.project.models import Project
from pool.submission.actions import create_draft
from tests.demo import World, build_world
from tests.factories import LEVELS, rating
from tests.forms import form_with
from tests.hostile_files import REFUSED

GIVEN = yaml.safe_load(Path(__file__).with_name("bad_inputs.yaml").read_text(encoding="utf-8"))
LISTS = [
    ("anonymous", "/projekte/"), ("anonymous", "/"), ("anonymous", "/strategie/"), ("anonymous", "/verfahren/"),
    ("idee", "/ideen/"), ("idee", "/ideen/pool/"), ("lenkung", "/lenkungsgruppe/"),
    ("lenkung", "/lenkungsgruppe/rangliste/"), ("lenkung", "/lenkungsgruppe/projekte/"),
    ("lenkung", "/lenkungsgruppe/rangliste/was-waere-wenn/"), ("lenkung", "/lenkungsgruppe/rangliste/bewegung/"),
    ("lenkung", "/lenkungsgruppe/sitzungen/"), ("lenkung", "/lenkungsgruppe/beschluesse/"),
    ("cdo", "/admin/pool/project/"), ("cdo", "/admin/pool/project/priorisierung/"),
    ("betrieb", "/admin/governance/user/"), ("betrieb", "/admin/governance/mandate/"),
    ("anonymous", "/konto/login/"), ("anonymous", "/beteiligung/"), ("anonymous", "/beteiligung/hilfreich/"),
]  # fmt: skip


def text_of(given: dict[str, Any]) -> str:
    if "repeat" in given:
        part, times = given["repeat"]
        return part * times
    return given["payload"]


def named(rows: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("given", rows, ids=[row["id"] for row in rows])


@pytest.fixture(scope="module")
def world(module_db) -> World:
    return build_world()


@pytest.fixture(scope="module")
def clients(world) -> dict[str, Client]:
    roles = {"anonymous", "idee", "idee2", "cdo", "lenkung", "betrieb", "projektleitung"}
    return {role: world.client(role, raise_request_exception=False) for role in roles}


# --- Texts in forms -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A field of a form for free text: who fills it, where, what else the form needs, and whether it is demanded."""

    role: str
    page: str
    opened_on: str
    name: str
    is_demanded: bool = False
    others: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.page} {self.name}"

    def address(self, world: World) -> str:
        if not self.opened_on:
            return reverse(self.page)
        if self.opened_on in world.items:
            item = world.items[self.opened_on]
            return reverse(self.page, args=[item.sitting_id, item.pk])
        return reverse(self.page, args=[world.projects[self.opened_on].pk])


SAVE = (("aktion", "speichern"), ("title", "Ein Titel"))
RATED = tuple((f"level_{name}", "2") for name in LEVELS) + tuple((f"reason_{name}", "Grund") for name in LEVELS)
COMMISSIONED = (
    ("outcome", "commission"), ("funding", "secured"), ("council_matter", "keine"), ("unit_consent", "Leitung, heute"),
    ("text", "Beschluss"), ("reason", "Grund"),
)  # fmt: skip
PLANNED = (("day", "2027-03-01"), ("precision", "day"), ("audience", "intern"))
REPORTED = (("standing", "at_risk"), ("coming", "Mehr"))
IDEA_TEXTS = ["title", "short_text", "problem", "cost"]  # a line that is demanded, a line, a paragraph, a note
FIELDS = [
    *(
        Field("idee", "submission:new", "", name, name == "title", SAVE)
        for name in [
            "title",
            "short_text",
            "problem",
            "benefit",
            "participation",
            "effort",
            "timing",
            "cost",
            "procurement",
        ]
    ),
    Field("idee", "submission:edit", "draft", "problem", False, SAVE),
    Field("cdo", "admin:pool_project_gate", "submitted", "reason_nutzen", True, (("answer_nutzen", "no"),)),
    Field("cdo", "admin:pool_project_rating", "pooled", "reason_synergien", True, (*RATED, ("tun", "festschreiben"))),
    Field("cdo", "admin:pool_project_class", "assessed", "leuchtturm-reason", True, (("tun", "vorschlagen"),)),
    Field("cdo", "admin:pool_project_withdraw", "pooled", "reason", True),
    Field("cdo", "admin:pool_project_reopen", "assessed", "reason", True),
    Field("idee", "casefile:withdraw", "pooled", "reason", True),
    Field("projektleitung", "casefile:propose_completion", "running", "result", True),
    Field("projektleitung", "delivery:plan", "running", "title", True, PLANNED),
    Field("projektleitung", "delivery:report", "running", "happened", True, REPORTED),
    Field("cdo", "decision:propose", "listed", "text", False, COMMISSIONED),
    Field("cdo", "decision:record", "listed", "reason", False, COMMISSIONED),
    Field("cdo", "decision:new_sitting", "", "place", False, (("day", "2027-03-01"),)),
]


def post(client: Client, address: str, field: Field, text: str) -> HttpResponse:
    """Open the page, fill its form as the browser would, with `text` in one field, and send it."""
    page = client.get(address)
    assert page.status_code == 200, address
    sent: dict[str, Any] = form_with(page, field.name) | dict(field.others)
    return client.post(address, sent | {field.name: text})


@named(GIVEN["texts"])
@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_text_is_kept_cleaned_or_refused_with_a_message(field, given, world, clients, db):
    address, text = field.address(world), text_of(given)
    answer = post(clients[field.role], address, field, text)
    expected = given["expect"]
    if expected == "long" or expected == "refused" or (expected == "missing" and field.is_demanded):
        assert answer.status_code in (200, 400, 409, 413, 422), answer.status_code
        shown = answer.content.decode()
        assert "<title>Fehler: " in shown or answer.status_code in (400, 413), "says that something is wrong"
        if answer.status_code in (400, 413):
            return
        assert 'aria-invalid="true"' in shown, "says where"
        if expected == "long":
            assert "höchstens" in shown, "says how long it may be"
            assert escape(text[:50]) in shown, "shows what was typed"
    else:
        assert answer.status_code == 302, _said(answer)


def _said(answer: HttpResponse) -> str:
    errors = re.findall(r"""id="[^"]*error[^"]*"[^>]*>(.*?)</""", answer.content.decode(), re.DOTALL)
    return f"{answer.status_code}: {[unescape(re.sub('<[^>]+>', '', error)).strip() for error in errors]}"


@named([row for row in GIVEN["texts"] if row["expect"] in ("kept", "cleaned")])
def test_what_is_stored_reads_the_same_everywhere(given, world, clients, db):
    """NFC, without control and direction characters; a line stays a line; shown escaped on every page that shows it."""
    field, text = next(each for each in FIELDS if each.name == "problem"), text_of(given)
    before = set(Project.objects.values_list("pk", flat=True))
    post(clients["idee"], field.address(world), field, text)
    project = Project.objects.exclude(pk__in=before).get()
    assert project.problem == given.get("stored", clean_text(text) if given["expect"] == "cleaned" else text)
    shown = clients["idee"].get(reverse("casefile:detail", args=[project.pk])).content.decode()
    assert escape(project.problem.splitlines()[0]) in shown
    if "<" in text:
        assert text not in shown


@named([row for row in GIVEN["texts"] if row["id"].startswith("10 ")])
def test_a_title_full_of_markup_is_shown_as_text_on_every_list(given, world, clients, db):
    title = text_of(given)
    Project.objects.filter(pk__in=[world.projects["assessed"].pk, world.projects["pooled"].pk]).update(title=title)
    for role, address in [*LISTS, ("cdo", f"/admin/pool/project/{world.projects['pooled'].pk}/change/")]:
        page = clients[role].get(address).content.decode()
        if "<" in title:
            assert title not in page, address
        assert "49 {" not in page, address
    ranking = clients["lenkung"].get("/lenkungsgruppe/rangliste/").content.decode()
    assert escape(title) in ranking


# --- Levels and days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", GIVEN["levels"])
def test_only_the_digits_0_to_4_are_a_level(level, world, clients, db):
    field = next(each for each in FIELDS if each.page == "admin:pool_project_rating")
    address = field.address(world)
    page = clients["cdo"].get(address)
    sent: dict[str, Any] = form_with(page, "reason_synergien") | dict(field.others)
    before = Rating.objects.count()
    answer = clients["cdo"].post(address, sent | {"level_synergien": level, "reason_synergien": "Ein getippter Grund"})
    assert answer.status_code == 422, answer.status_code
    shown = answer.content.decode()
    assert "Ein getippter Grund" in shown
    assert "<title>Fehler: " in shown
    assert Rating.objects.count() == before


@pytest.mark.parametrize("day", GIVEN["days"])
@pytest.mark.parametrize(("role", "address", "name"), [
    ("idee", "/konto/abwesenheit/", "first_day"),
    ("cdo", "/lenkungsgruppe/sitzungen/neu/", "day"),
])  # fmt: skip
def test_a_day_that_is_none_is_said_so(role, address, name, day, clients, db):
    sent: dict[str, Any] = form_with(clients[role].get(address), name)
    answer = clients[role].post(address, sent | {"last_day": "24.12.2026", name: day})
    shown = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert "<title>Fehler: " in shown
    assert f'value="{escape(day)}"' in shown, "shows what was typed"


# --- Queries and paths --------------------------------------------------------------------------------------------


@named(GIVEN["queries"])
@pytest.mark.parametrize(("role", "address"), LISTS, ids=[address for _role, address in LISTS])
def test_an_odd_filter_gives_a_page_or_a_404(role, address, given, clients, db):
    answer = clients[role].get(address, {given["name"]: text_of(given)})
    assert answer.status_code in (200, 302, 400, 404), answer.status_code
    if "<" in text_of(given):
        assert text_of(given) not in answer.content.decode()


@named(GIVEN["raw_queries"])
@pytest.mark.parametrize(("role", "address"), LISTS, ids=[address for _role, address in LISTS])
def test_an_odd_query_string_gives_a_page_or_a_400(role, address, given, clients, db):
    query = given.get("query") or text_of(given)
    answer = clients[role].get(f"{address}?{query}")
    assert answer.status_code in ({given["status"]} if "status" in given else {200, 302, 400, 404})


SAID = re.compile("gibt es nicht|nicht (beachtet|verwendet|angewendet)|Nicht alles in der Adresse|gekürzt|Zeichen")
ODD = ["sort=password", "sortierung=password", "page=99999", "page=abc", f"q={'x' * 5000}"]
FILTERED = [("idee", "/ideen/pool/"), ("anonymous", "/projekte/"), ("lenkung", "/lenkungsgruppe/projekte/")]


@pytest.mark.parametrize("query", ODD, ids=[query[:20] for query in ODD])
@pytest.mark.parametrize(("role", "address"), FILTERED)
def test_what_of_an_address_is_not_followed_is_said(role, address, query, clients, db):
    plain, page = (clients[role].get(f"{address}?{each}").content.decode() for each in ("", query))
    assert len(SAID.findall(page)) > len(SAID.findall(plain)), "says it"


def test_a_percent_sign_is_searched_for_and_not_a_wildcard(world, clients, db):
    Project.objects.filter(pk=world.projects["pooled"].pk).update(title="Anteil bei 100 % Ökostrom")
    for query, hits in (("%", 1), ("_", 0), ("100 %", 1), ("öKOSTROM", 1), ("\\", 0)):
        page = clients["idee"].get("/ideen/pool/", {"q": query}).content.decode()
        assert ("Anteil bei 100 % Ökostrom" in page) is bool(hits), query
        assert ("Beispiel running" in page) is False, query


@pytest.mark.parametrize("path", GIVEN["paths"])
def test_a_path_that_leads_nowhere_is_a_404(path, clients, db):
    for role in ("idee", "cdo", "lenkung", "betrieb"):
        answer = clients[role].get(path)
        assert answer.status_code in ({403, 404} if path.startswith(("/lenkungsgruppe", "/admin", "/ideen")) else {404})
    reader = "lenkung" if path.startswith("/lenkungsgruppe") else "betrieb" if "user" in path else "cdo"
    assert clients[reader].get(path).status_code == 404
    assert "Traceback" not in clients[reader].get(path).content.decode()


# --- Fields nobody asked for, foreign ids, the same twice ---------------------------------------------------------


def test_fields_no_form_has_change_nothing(world, clients, db):
    project = Project.objects.get(pk=world.projects["draft"].pk)
    address = reverse("submission:edit", args=[project.pk])
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title")
    seen = {name: value for name, value in GIVEN["extra_fields"].items() if name not in sent}
    clients["idee"].post(address, sent | seen | {"aktion": "speichern", "title": "Neuer Titel"})
    after = Project.objects.get(pk=project.pk)
    assert after.title == "Neuer Titel"
    for name in ("step", "pool_number", "is_example", "created_by_id", "created_at", "is_taken_over", "slug", "result"):
        assert getattr(after, name) == getattr(project, name), name
    assert after.version == project.version + 1
    person = world.people["idee"]
    person.refresh_from_db()
    assert not person.is_staff
    assert not person.is_superuser


@pytest.mark.parametrize(
    "name", ["lead_unit", "lead_handlungsfeld", "handlungsbedarfe", "beneficiary", "stellen-0-unit"]
)
@pytest.mark.parametrize("value", ["999999", "abc", "9223372036854775808", "9" * 5000, "-1", "\u0663"])
def test_a_choice_that_is_none_is_refused_at_its_field(name, value, clients, db):
    address = reverse("submission:new")
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title")
    before = Project.objects.count()
    answer = clients["idee"].post(
        address, sent | {"title": "Ein Titel", "problem": "Schon getippt", "aktion": "speichern", name: value}
    )
    assert answer.status_code == 422, answer.status_code
    assert "Schon getippt" in answer.content.decode()
    assert Project.objects.count() == before


@pytest.mark.parametrize("total", ["-1", "1000000000", "abc", ""])
def test_a_count_of_rows_that_cannot_be_is_no_crash(total, clients, db):
    address = reverse("submission:new")
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title")
    counter = next(name for name in sent if name.endswith("-TOTAL_FORMS"))
    answer = clients["idee"].post(address, sent | {"title": "Ein Titel", "aktion": "speichern", counter: total})
    assert answer.status_code in (302, 400, 422), answer.status_code


def test_the_same_form_sent_ten_times_is_one_idea(clients, db):
    address = reverse("submission:new")
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title")
    before = Project.objects.count()
    answers = [clients["idee"].post(address, sent | {"title": "Nur einmal", "aktion": "speichern"}) for _ in range(10)]
    assert Project.objects.count() == before + 1
    assert len({answer.url for answer in answers}) == 1


def test_a_foreign_form_token_gives_no_foreign_idea(world, clients, db):
    address = reverse("submission:new")
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title")
    clients["idee"].post(address, sent | {"title": "Meine Idee", "aktion": "speichern"})
    answer = clients["idee2"].post(address, sent | {"title": "Deine Idee", "aktion": "speichern"})
    assert answer.status_code < 500
    assert "Meine Idee" not in answer.content.decode()


# --- Two people at once -------------------------------------------------------------------------------------------


def test_a_stale_form_comes_back_with_both_texts(world, clients, db):
    """REL-02: the second one to save sees what she typed and what stands there now; nothing is overwritten."""
    project = create_draft(by=world.people["idee"], title="Alter Titel", problem="Altes Problem")
    address = reverse("submission:edit", args=[project.pk])
    sent: dict[str, Any] = form_with(clients["idee"].get(address), "title") | {"aktion": "speichern"}
    first = clients["idee"].post(address, sent | {"title": "Titel der Ersten"})
    assert first.status_code == 302
    second = clients["idee"].post(address, sent | {"title": "Titel der Zweiten", "problem": "Problem der Zweiten"})
    assert second.status_code == 409
    shown = second.content.decode()
    assert "Titel der Zweiten" in shown
    assert "Problem der Zweiten" in shown
    assert "Titel der Ersten" in shown
    assert Project.objects.get(pk=project.pk).title == "Titel der Ersten"


@pytest.mark.parametrize("field", [f for f in FIELDS if f.opened_on and f.page != "submission:edit"], ids=str)
def test_every_other_stale_form_keeps_what_was_typed(field, world, clients, db):
    """The version that the page showed is not the one that stands: 409, and the typed text is still there."""
    client, address = clients[field.role], field.address(world)
    sent: dict[str, Any] = form_with(client.get(address), field.name) | dict(field.others)
    with transaction.atomic():
        if field.opened_on in world.items:
            item = world.items[field.opened_on]
            type(item).objects.filter(pk=item.pk).update(version=item.version + 1)
        else:
            Project.objects.filter(pk=world.projects[field.opened_on].pk).update(version=1000)
    answer = client.post(address, sent | {field.name: "Das habe ich lange getippt"})
    assert answer.status_code == 409, answer.status_code
    assert "Das habe ich lange getippt" in answer.content.decode()


def test_after_the_session_has_ended_the_typed_text_is_still_on_the_page(world, db):
    client = world.client("idee")
    address = reverse("submission:new")
    sent: dict[str, Any] = form_with(client.get(address), "title")
    client.session.flush()
    answer = client.post(address, sent | {"title": "Lange getippt", "aktion": "speichern"})
    assert answer.status_code == 403
    assert "Lange getippt" in answer.content.decode()


# --- Files --------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.4\nBeispiel\n%%EOF"


def sent_file(name: str, content: bytes) -> SimpleUploadedFile:
    """A file under a name that the test's own client would not let through."""
    file = SimpleUploadedFile("harmlos", content)
    file._name = name  # type: ignore[attr-defined]
    return file


# What may hang on an idea: of these kinds by their contents, never opened by the portal, only handed out again.
MAY_HANG = {
    "pdf", "ods", "docx", "bad checksum", "no sheet", "no workbook", "billion laughs", "foreign entity",
    "external link",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    return {name: make() for name, make in REFUSED.items()}


@pytest.mark.parametrize("given", GIVEN["file_names"], ids=lambda given: given["id"])
def test_no_name_of_a_file_leaves_its_folder_or_the_head_of_an_answer(given, world, clients, db):
    project, client = world.projects["draft"], clients["idee"]
    with transaction.atomic():
        answer = client.post(
            reverse("attachments:page", args=[project.pk]), {"uploads": [sent_file(text_of(given), PDF)]}
        )
        assert answer.status_code in (302, 422)
        for kept in Attachment.objects.filter(project=project):
            assert re.fullmatch(r"anlagen/[0-9a-f]{2}/[0-9a-f]{32}", kept.file.name)
            assert kept.name.endswith(".pdf")
            got = client.get(reverse("attachments:download", args=[project.pk, kept.pk]))
            assert got.status_code == 200
            assert got.headers["Content-Disposition"].startswith("attachment;")
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in got.headers
            kept.file.delete(save=False)
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_gets_a_plain_word_on_every_page_that_takes_one(name, world, clients, hostile, db):
    pages = [("cdo", reverse("exchange:import_ideas"), "upload", {"source": "Workshop"})]
    if name not in MAY_HANG:
        pages.append(("idee", reverse("attachments:page", args=[world.projects["draft"].pk]), "uploads", {}))
    for role, address, field, others in pages:
        before = (Project.objects.count(), Attachment.objects.count())
        answer = clients[role].post(address, others | {field: [sent_file("Liste.xlsx", hostile[name])]})
        assert answer.status_code == 422, (address, answer.status_code)
        assert "Fehler" in answer.content.decode()
        assert (Project.objects.count(), Attachment.objects.count()) == before


# --- The rules stand in the database too --------------------------------------------------------------------------


@pytest.mark.parametrize("level", [-1, 5, 32767])
def test_the_database_refuses_a_level_out_of_range(level, world, db):
    from django.db import DatabaseError

    project = world.projects["pooled"]
    with pytest.raises(DatabaseError), transaction.atomic():
        rating(project, {**LEVELS, "synergien": level})
