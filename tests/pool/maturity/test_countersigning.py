"""Countersignatures and inner comments."""

import pytest
from django.db import IntegrityError, transaction

from governance.models import Entry
from governance.permissions import NotAllowed
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion
from pool.maturity.actions import black_out_comment, comment, countersign
from pool.maturity.models import Countersignature, InnerComment
from pool.maturity.queries import inner_talk, to_countersign, without_countersignature
from pool.priority.actions import rate
from pool.project.models import Project
from tests.factories import LEVELS, absent_today, opinion, rating

REASONS = dict.fromkeys(LEVELS, "Weil es so ist.")


@pytest.fixture
def rated(project, raters):
    rate(project=project, levels=LEVELS, reasons=REASONS, by=raters.cdo)
    return project.ratings.get()


@pytest.mark.parametrize(("who", "capacity"), [("coordinator", "coordinator"), ("deputy", "deputy_cdo")])
def test_a_second_person_countersigns_in_their_own_right_and_nothing_moves(project, raters, rated, who, capacity):
    person = getattr(raters, who)
    assert list(to_countersign(person)) == [project]
    row = countersign(project=project, rating=rated, by=person)
    project.refresh_from_db()
    assert (row.capacity, row.in_place_of, project.step) == (capacity, None, "assessed")
    assert Entry.objects.get(act="countersign").reason_id == str(row.pk)
    assert not without_countersignature(Project.objects.all()).exists()


@pytest.mark.parametrize("who", ["cdo", "expert", "second", "barred"])
def test_nobody_else_countersigns(project, raters, rated, who):
    with pytest.raises(NotAllowed):
        countersign(project=project, rating=rated, by=getattr(raters, who))


def test_whoever_rated_does_not_countersign(project, raters):
    absent_today(raters.cdo)
    rate(project=project, levels=LEVELS, reasons=REASONS, by=raters.deputy)
    with pytest.raises(NotAllowed, match="Wer bewertet hat"):
        countersign(project=project, rating=project.ratings.get(), by=raters.deputy)
    assert not to_countersign(raters.deputy).exists()
    rated = project.ratings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Countersignature.objects.create(
            rating=rated, rated_by=rated.by, by=rated.by, capacity="deputy_cdo", at=rated.at
        )


def test_once_only_and_only_the_current_rating(project, raters, rated):
    countersign(project=project, rating=rated, by=raters.coordinator)
    with pytest.raises(ProcedureError, match="schon gegengezeichnet"):
        countersign(project=project, rating=rated, by=raters.deputy)
    rating(project, is_countersigned=False)
    with pytest.raises(StaleVersion):
        countersign(project=project, rating=rated, by=raters.deputy)


# --- Inner comments -----------------------------------------------------------------------------------------------


def test_comments_are_read_inside_only_and_by_raters_after_their_own_word(project, raters):
    comment(project=project, text="Ich dachte an eine Vier.", by=raters.expert)
    assert inner_talk(raters.coordinator, project).is_blind
    assert inner_talk(raters.coordinator, project).comments == []
    assert len(inner_talk(raters.cdo, project).comments) == 1
    opinion(project, raters.coordinator)
    assert len(inner_talk(raters.coordinator, project).comments) == 1
    submitter = project.mandates.get(role="submitter").person.person.user
    assert inner_talk(submitter, project) is None
    with pytest.raises(NotAllowed):
        comment(project=project, text="Mein eigenes.", by=submitter)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_a_comment_says_something(project, raters, text):
    with pytest.raises(Incomplete):
        comment(project=project, text=text, by=raters.cdo)


def test_a_comment_is_blacked_out_by_its_author_or_the_cdo_and_the_check_says_removed(project, raters):
    from governance.record.queries import reason_findings

    row = comment(project=project, text="Ein Name.", by=raters.expert)
    with pytest.raises(NotAllowed):
        black_out_comment(comment=row, by=raters.coordinator)
    row = black_out_comment(comment=row, by=raters.cdo)
    assert (row.reason, InnerComment.objects.get().removed_by) == ("", raters.cdo.actor_person.actor)
    assert {finding for entry, finding in reason_findings() if entry.act == "comment"} == {"entfernt"}
    assert {finding for _entry, finding in reason_findings()} == {"entfernt"}
