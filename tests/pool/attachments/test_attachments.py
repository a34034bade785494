"""Files of an idea: what they are by content, who adds, takes away and downloads them, what becomes of them."""

import io
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.models import Entry
from pool.attachments.actions import add_attachment, remove_attachment
from pool.attachments.contents import examine
from pool.attachments.models import Attachment
from pool.attachments.rules import clean_name
from pool.lifecycle import Step
from pool.submission.actions import submit
from tests.factories import employed_in, handlungsfeld, join, mandate, project_at, unit, user_with
from tests.hostile_files import REFUSED, office

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def store(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def author(db):
    return user_with(employed_in(unit("amt-61")))


@pytest.fixture
def idea(author):
    return project_at(Step.DRAFT, submitter=author)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def picture(form: str = "JPEG", **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, form, **options)
    return target.getvalue()


def stored(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


# --- By content ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt", "ods", "odp"])
def test_an_office_file_is_known_by_its_content(kind):
    content = office(kind)
    assert (examine(content).kind, examine(content).content) == (kind, content)


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_drawn_anew_without_metadata(form, kind):
    exif = Image.Exif()
    exif[0x010F] = "Kamera-mit-Namen"
    exif[0x8825] = {1: "N", 2: (50.0, 0.0, 0.0)}
    given = picture(form, exif=exif.tobytes()) + b"<script>alert(1)</script>"
    kept = examine(given)
    assert kept.kind == kind
    assert b"Kamera" in given
    assert b"Kamera" not in kept.content
    assert b"<script>" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert (opened.size, dict(opened.getexif())) == ((40, 30), {})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leer"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "geht nicht"),
        (b"<!doctype html><script>alert(1)</script>", "geht nicht"),
        (b"GIF89a/*" + b"\0" * 50 + b"*/=1;alert(1)", "geht nicht"),
        (b"MZ\x90\0" + b"\0" * 100, "geht nicht"),
        (b"nur Text", "geht nicht"),
        (b"%PDF-1.7 ohne Ende", "unvollständig"),
        (b"\n%PDF-1.7\n%%EOF", "geht nicht"),
        (picture()[:200], "geht nicht"),
        (PDF + b"0" * 7 * MEGABYTE, "Die Datei ist 7,1 MB groß, erlaubt sind 5 MB."),
    ],
)
def test_anything_else_is_refused_with_a_plain_word(content, said):
    with pytest.raises(ValidationError) as refused:
        examine(content)
    assert said in refused.value.messages[0]


@pytest.mark.parametrize("name", ["bomb", "many entries", "macro", "hidden macro", "encrypted", "another zip", "half"])
def test_a_hostile_archive_is_refused(name):
    with pytest.raises(ValidationError):
        examine(REFUSED[name]())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Konzept.pdf", "Konzept.pdf"), ("../../etc/passwd", "passwd.pdf"), (r"C:\x\Plan.PDF", "Plan.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie b.pdf"), ("CON.xlsx", "Anlage CON.pdf"), ("...", "Anlage.pdf"),
        ("", "Anlage.pdf"), ("gnp.\u202efdp.exe", "gnp.fdp.pdf"), ("Bericht 3.11", "Bericht 3.11.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"), ("Übersicht für Ämter.pdf", "Übersicht für Ämter.pdf"),
        ("\x00.pdf", "Anlage.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned_and_ends_as_its_content(given, kept):
    assert clean_name(given, "pdf") == kept


# --- Adding and taking away ---------------------------------------------------------------------------------------


def test_an_author_adds_files_without_javascript_and_they_are_recorded(author, idea, store):
    client, address = client_of(author), reverse("attachments:page", args=[idea.pk])
    assert b'enctype="multipart/form-data"' in client.get(address).content
    files = [SimpleUploadedFile("Plan.exe", PDF), SimpleUploadedFile("Foto.jpeg", picture(), "text/html")]
    answer = client.post(address, {"uploads": files}, follow=True)
    assert "2 Dateien hinzugefügt." in answer.content.decode()
    assert set(idea.attachments.values_list("name", "kind")) == {("Plan.pdf", "pdf"), ("Foto.jpg", "jpg")}
    assert {path.name for path in stored(store)} == {each.pk.hex for each in Attachment.objects.all()}
    entries = Entry.objects.filter(chain=f"attachments:{idea.pk}", object_type="attachment")
    assert list(entries.values_list("to_state", flat=True)) == ["added", "added"]
    page = client.get(reverse("casefile:detail", args=[idea.pk])).content.decode()
    assert "Plan.pdf" in page
    assert "Plan.pdf" in client.get(reverse("submission:check", args=[idea.pk])).content.decode()


def test_one_file_that_does_not_fit_keeps_all_back_and_is_named(author, idea, store):
    client, address = client_of(author), reverse("attachments:page", args=[idea.pk])
    files = [SimpleUploadedFile("Gut.pdf", PDF), SimpleUploadedFile("Groß.pdf", PDF + b"0" * (7 * MEGABYTE - 100))]
    answer = client.post(address, {"uploads": files})
    assert answer.status_code == 422
    assert "„Groß.pdf“: Die Datei ist 7 MB groß, erlaubt sind 5 MB." in answer.content.decode()
    assert "<title>Fehler: " in answer.content.decode()
    same = [SimpleUploadedFile("Eins.pdf", PDF), SimpleUploadedFile("Zwei.pdf", PDF)]
    assert "hängt schon an der Idee" in client.post(address, {"uploads": same}).content.decode()
    assert "Wählen Sie mindestens eine Datei aus." in client.post(address, {}).content.decode()
    assert (idea.attachments.count(), stored(store)) == (0, [])


def test_the_sum_of_all_files_is_limited(author, idea, store):
    for number in range(5):
        add_attachment(project=idea, name="a.pdf", content=PDF + bytes([number]) * 5_242_000 + b"%%EOF", by=author)
    with pytest.raises(ValidationError, match="25 MB"):
        add_attachment(project=idea, name="b.pdf", content=PDF + b"9" * 5000 + b"%%EOF", by=author)
    assert len(stored(store)) == 5


def test_twenty_files_are_enough(author, idea):
    for number in range(20):
        add_attachment(project=idea, name="a.pdf", content=PDF + b"%d%%%%EOF" % number, by=author)
    with pytest.raises(ValidationError, match="höchstens 20"):
        add_attachment(project=idea, name="b.pdf", content=PDF, by=author)


def test_taken_away_before_handing_in_the_file_is_gone_and_the_row_stays(
    author, idea, store, django_capture_on_commit_callbacks
):
    attachment = add_attachment(project=idea, name="a.pdf", content=PDF, by=author)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(author).post(reverse("attachments:remove", args=[idea.pk, attachment.pk]))
    assert answer.status_code == 302
    assert stored(store) == []
    assert attachment.removal.is_file_kept is False
    assert remove_attachment(attachment=attachment, by=author).pk == attachment.removal.pk
    assert client_of(author).get(reverse("attachments:download", args=[idea.pk, attachment.pk])).status_code == 404


def test_what_was_handed_in_is_kept_and_read_by_authors_and_cdo_alone(author, idea, store, at):
    attachment = add_attachment(project=idea, name="a.pdf", content=PDF, by=author)
    submit(project=idea, by=author)
    type(idea).objects.filter(pk=idea.pk).update(step=Step.RETURNED, remind_on=clock.today())
    remove_attachment(attachment=attachment, by=author)
    type(idea).objects.filter(pk=idea.pk).update(step=Step.POOLED, pool_number=77, remind_on=None)
    assert len(stored(store)) == 1
    address = reverse("attachments:download", args=[idea.pk, attachment.pk])
    cdo, colleague = user_with(mandate(Role.CDO)), user_with(employed_in(unit("amt-50")))
    assert [client_of(each).get(address).status_code for each in (author, cdo, colleague)] == [200, 200, 404]


@pytest.mark.parametrize("step", ["submitted", "rejected", "pooled", "assessed", "withdrawn"])
def test_nothing_is_added_or_taken_away_once_handed_in(step, author):
    project = project_at(step, submitter=author)
    with pytest.raises(NotAllowed):
        add_attachment(project=project, name="a.pdf", content=PDF, by=author)
    assert client_of(author).get(reverse("attachments:page", args=[project.pk])).status_code == 403


def test_nobody_but_the_authors_adds(idea):
    cdo = user_with(employed_in(unit("amt-10")), mandate(Role.CDO))
    with pytest.raises(NotAllowed):
        add_attachment(project=idea, name="a.pdf", content=PDF, by=cdo)


def test_adding_a_file_makes_no_open_form_stale(author, idea):
    before = idea.version
    add_attachment(project=idea, name="a.pdf", content=PDF, by=author)
    idea.refresh_from_db()
    assert idea.version == before


# --- Downloading --------------------------------------------------------------------------------------------------


def test_who_reads_the_text_downloads_its_files_and_nobody_else(author, idea):
    attachment = add_attachment(project=idea, name="a.pdf", content=PDF, by=author)
    address = reverse("attachments:download", args=[idea.pk, attachment.pk])
    people = {
        "author": author,
        "co-author": user_with(employed_in(unit("amt-50"))),
        "cdo": user_with(mandate(Role.CDO)),
        "coordinator": user_with(mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld())),
        "colleague": user_with(employed_in(unit("amt-50"))),
        "operator": user_with(mandate(Role.OPERATOR)),
    }
    join(idea, people["co-author"], "co_author")

    def readers() -> set[str]:
        return {name for name, person in people.items() if client_of(person).get(address).status_code == 200}

    assert readers() == {"author", "co-author", "cdo"}
    submit(project=idea, by=author)
    assert readers() == {"author", "co-author", "cdo", "coordinator"}
    type(idea).objects.filter(pk=idea.pk).update(step=Step.POOLED, pool_number=77)
    assert readers() == {"author", "co-author", "cdo", "coordinator", "colleague"}
    assert Client().get(address).status_code == 302


def test_a_file_is_downloaded_never_shown(author, idea):
    attachment = add_attachment(project=idea, name="Übersicht „Plan“.pdf", content=PDF, by=author)
    answer = client_of(author).get(reverse("attachments:download", args=[idea.pk, attachment.pk]))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "Übersicht „Plan“.pdf" in unquote(answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF


def test_no_address_serves_the_store(author, idea):
    attachment = add_attachment(project=idea, name="a.pdf", content=PDF, by=author)
    assert client_of(author).get(f"/media/{attachment.file.name}").status_code == 404
    other = project_at(Step.DRAFT, submitter=author)
    assert client_of(author).get(reverse("attachments:download", args=[other.pk, attachment.pk])).status_code == 404


def test_removing_the_examples_removes_their_files(author, store, django_capture_on_commit_callbacks):
    example = project_at(Step.DRAFT, submitter=author, is_example=True)
    add_attachment(project=example, name="a.pdf", content=PDF, by=author)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remove_examples", verbosity=0)
    assert stored(store) == []
