"""The rating of record as a row: five levels, five reasons, one current per project; and what is put aside."""

import pytest

from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from pool.lifecycle import IllegalMove, Incomplete, StaleVersion
from pool.maturity.actions import retire_rating, save_draft, write_rating
from pool.maturity.forms import RatingForm, initial_of
from pool.maturity.models import RatingDraft
from pool.maturity.queries import draft_of, earlier_ratings, rating_of_record
from pool.permissions import Authority
from tests.factories import employed_in, mandate, project_at, rubric_1, unit, user_with

DIMENSIONS = ["vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien"]
LEVELS = {"vernetzung": 0, "effect_inward": 4, "effect_outward": 1, "kompetenzaufbau": 2, "synergien": 3}
REASONS = {name: f"Grund zu {name}" for name in DIMENSIONS}


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"))


@pytest.fixture
def project(db):
    return project_at("pooled")


def write(project, cdo, levels=LEVELS, reasons=REASONS):
    authority = Authority(actor=actor_for(cdo))
    return write_rating(project=project, levels=levels, reasons=reasons, authority=authority, rubric=rubric_1())


def test_five_levels_and_five_reasons_become_the_rating_of_record(project, cdo):
    rating = write(project, cdo)
    assert rating_of_record(project) == rating
    assert (rating.levels, rating.reasons, rating.effect, rating.number) == (LEVELS, REASONS, 4, 1)


@pytest.mark.parametrize("value", [None, -1, 5, "3", "٣", True, 2.5])
def test_fewer_or_other_levels_are_refused(project, cdo, value):
    with pytest.raises(Incomplete, match="Synergien"):
        write(project, cdo, levels=LEVELS | {"synergien": value})
    assert rating_of_record(project) is None


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\u2060"])
def test_a_level_without_a_readable_reason_is_refused(project, cdo, reason):
    with pytest.raises(Incomplete, match="Vernetzung"):
        write(project, cdo, reasons=REASONS | {"vernetzung": reason})


def test_too_long_a_reason_is_refused_at_its_field():
    form = RatingForm({"reason_synergien": "x" * 2001})
    assert list(form.errors) == ["reason_synergien"]
    assert "2000" in form.errors["reason_synergien"][0]


def test_a_new_round_keeps_the_old_one(project, cdo):
    first = write(project, cdo)
    retire_rating(project=project)
    assert rating_of_record(project) is None
    second = write(project, cdo, levels=LEVELS | {"vernetzung": 4})
    assert (second.number, rating_of_record(project), earlier_ratings(project)) == (2, second, [first])


def test_what_is_put_aside_comes_back_and_is_gone_once_written(project, cdo):
    content = {"levels": {"vernetzung": 3}, "reasons": {"vernetzung": "Zwei Ämter."}}
    save_draft(project=project, content=content, by=cdo, version=project.version)
    form = RatingForm(initial=dict(initial_of(draft_of(project))))
    assert (form["level_vernetzung"].value(), form["reason_vernetzung"].value()) == ("3", "Zwei Ämter.")
    write(project, cdo)
    assert not RatingDraft.objects.exists()


def test_putting_aside_changes_no_version_and_the_last_one_counts(project, cdo):
    seen = project.version
    save_draft(project=project, content={"levels": {"vernetzung": 1}}, by=cdo, version=seen)
    save_draft(project=project, content={"levels": {"vernetzung": 2}}, by=cdo, version=seen)
    assert draft_of(project).content == {"levels": {"vernetzung": 2}, "reasons": {}}


def test_only_who_may_rate_puts_aside(project, cdo):
    with pytest.raises(NotAllowed):
        save_draft(project=project, content={}, by=user_with(employed_in(unit("amt-50"))))
    with pytest.raises(NotAllowed):
        save_draft(project=project_at("pooled", submitter=cdo), content={}, by=cdo)
    with pytest.raises(IllegalMove):
        save_draft(project=project_at("assessed"), content={}, by=cdo)
    with pytest.raises(StaleVersion):
        save_draft(project=project, content={}, by=cdo, version=project.version + 7)


@pytest.mark.parametrize("typed", ["5", "-1", "٣", "１", "1e2", "03", "2.0", "null"])
def test_the_form_takes_no_level_written_otherwise(typed):
    form = RatingForm({"level_vernetzung": typed})
    assert not form.is_valid()
    assert list(form.errors) == ["level_vernetzung"]


def test_an_incomplete_form_may_be_put_aside_but_not_recorded():
    assert RatingForm({"level_vernetzung": "2"}).is_valid()
    recorded = RatingForm({"level_vernetzung": "2"}, must_be_complete=True)
    assert not recorded.is_valid()
    assert len(recorded.errors) == 9
