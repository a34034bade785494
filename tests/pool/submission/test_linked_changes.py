"""What an idea is linked with belongs to the readable difference; what hung on a withdrawn draft is gone."""

import pytest
from django.urls import reverse

from governance.mandates.rules import Role
from governance.models import SDG, Entry
from pool.attachments.actions import add_attachment
from pool.attachments.models import Attachment
from pool.coordination.queries import idea_for
from pool.lifecycle import Step
from pool.project.actions import withdraw
from pool.project.changes import LinkChange, link_changes
from pool.project.models import Project
from pool.similarity.actions import index_text
from pool.submission.actions import edit_text, submit
from pool.submission.queries import changes_since_round, linked_words
from tests.factories import employed_in, handlungsbedarf, handlungsfeld, mandate, project_at, unit, user_with

PDF = b"%PDF-1.4\nBeispiel\n%%EOF"


def test_what_went_and_what_came_by_label():
    old, new = {"Stellen": ["A", "B"], "Ziele": ["1"], "Weg": ["x"]}, {"Stellen": ["B", "C"], "Ziele": ["1"]}
    assert link_changes(old, new) == [LinkChange("Stellen", ("A",), ("C",)), LinkChange("Weg", ("x",), ())]


@pytest.fixture
def author(db):
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def returned(author):
    project = project_at(Step.RETURNED, submitter=author, field=handlungsfeld("DV"))
    project.text_versions.update(links=linked_words(project))
    return project


def test_everything_linked_is_in_the_difference(returned, author, client):
    need, sdg = (
        handlungsbedarf(handlungsfeld("DV"), 3),
        SDG.objects.get_or_create(number=11, defaults={"name": "Städte"})[0],
    )
    edit_text(
        project=returned,
        by=author,
        version=None,
        values={},
        handlungsbedarfe=[need],
        units=[(unit("amt-50"), "carries_out", "Rückrufe")],
        partners=[("Verein Rheinhessen", "Begleitung")],
        sdgs=[sdg],
    )
    add_attachment(project=returned, name="Skizze.pdf", content=PDF, by=author)
    changes = changes_since_round(returned, with_money=True)
    new = {change.label: change.new for change in changes.links}
    assert set(new) >= {
        "Handlungsbedarfe", "Beteiligte Stellen", "Partner außerhalb des Konzerns", "UN-Ziele (SDGs)", "Anlagen",
    }  # fmt: skip
    assert any("setzt um, Rückrufe" in text for text in new["Beteiligte Stellen"])
    assert new["Anlagen"] == ("Skizze.pdf",)
    client.force_login(author)
    for address in (f"/ideen/{returned.pk}/", f"/ideen/{returned.pk}/bearbeiten/"):
        page = client.get(address).content.decode()
        assert "Verein Rheinhessen: Begleitung" in page
        assert '<ins><span class="visually-hidden">neu: </span>Skizze.pdf' in page


def test_handed_in_again_the_version_keeps_what_is_linked(returned, author):
    edit_text(project=returned, by=author, version=None, values={}, partners=[("Verein Rheinhessen", "")])
    submit(project=returned, by=author)
    last = returned.text_versions.order_by("number").last()
    assert last.links["Partner außerhalb des Konzerns"] == ["Verein Rheinhessen"]
    gone = {change.label for change in changes_since_round(returned, with_money=True).links}
    assert "Partner außerhalb des Konzerns" in gone


def test_where_nothing_was_kept_nothing_is_said(returned):
    returned.text_versions.update(links=None)
    assert changes_since_round(returned, with_money=True).links == []


def test_who_rates_reads_it_too(author):
    project = project_at(Step.DEFERRED, submitter=author, field=handlungsfeld("DV"))
    project.text_versions.update(links={"Partner außerhalb des Konzerns": ["Alter Partner"]})
    coordinator = user_with(
        employed_in(unit("stab-a", "stabsstelle")), mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV"))
    )
    found = {change.label: change.gone for change in idea_for(coordinator, project).links}
    assert found["Partner außerhalb des Konzerns"] == ("Alter Partner",)


def test_who_rates_finds_files_and_similar_projects_beside_the_idea(author, client):
    words = {"title": "Wartezeit am Schalter online", "short_text": "Menschen sehen vor dem Weg die Wartezeit im Amt."}
    project = project_at(Step.RETURNED, submitter=author, field=handlungsfeld("DV"), **words)
    twin = project_at(Step.POOLED, field=handlungsfeld("DV"), **words | {"title": "Wartezeit im Amt online sehen"})
    index_text(project=twin, number=1)
    kept = add_attachment(project=project, name="Skizze.pdf", content=PDF, by=author)
    Project.objects.filter(pk=project.pk).update(step=Step.POOLED, pool_number=990, remind_on=None)
    coordinator = user_with(
        employed_in(unit("stab-a", "stabsstelle")), mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV"))
    )
    client.force_login(coordinator)
    page = client.get(reverse("coordination:opinion", args=[project.pk])).content.decode()
    assert reverse("attachments:download", args=[project.pk, kept.pk]) in page
    assert "Ähnliche Vorhaben" in page
    assert "Wartezeit im Amt online sehen" in page


def test_the_files_of_a_withdrawn_draft_leave_the_disk_and_the_record_says_so(
    author, django_capture_on_commit_callbacks
):
    draft = project_at(Step.DRAFT, submitter=author)
    kept = add_attachment(project=draft, name="Skizze.pdf", content=PDF, by=author)
    storage, name = kept.file.storage, kept.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=False):
        withdraw(project=draft, by=author)
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        pass
    row = Attachment.objects.select_related("removal").get()
    assert (row.removal.is_file_kept, row.removal.by) == (False, author.actor_person.actor)
    assert Entry.objects.filter(object_type="attachment", to_state="removed", object_id=str(row.pk)).exists()


def test_with_the_commit(author, django_capture_on_commit_callbacks):
    draft = project_at(Step.DRAFT, submitter=author)
    kept = add_attachment(project=draft, name="Skizze.pdf", content=PDF, by=author)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(project=draft, by=author)
    assert not kept.file.storage.exists(kept.file.name)


def test_what_was_handed_in_stays(author, django_capture_on_commit_callbacks):
    returned = project_at(Step.RETURNED, submitter=author)
    kept = add_attachment(project=returned, name="Skizze.pdf", content=PDF, by=author)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(project=returned, by=author)
    assert kept.file.storage.exists(kept.file.name)


def test_one_request_uploads_no_more_than_may_hang_on_an_idea(author, client, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.UPLOAD_LARGEST_REQUEST = 1000
    draft = project_at(Step.DRAFT, submitter=author)
    client.force_login(author)
    address = reverse("attachments:page", args=[draft.pk])
    sent = client.post(address, {"uploads": [SimpleUploadedFile("a.pdf", PDF + b"0" * 2000)]})
    assert sent.status_code == 413
    assert "zusammen größer als 25 MB" in sent.content.decode()
    assert not Attachment.objects.exists()
