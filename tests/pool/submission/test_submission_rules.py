import pytest

from pool.lifecycle import Act, Step
from pool.submission.rules import (
    DEMANDED,
    IDEA_FIELDS,
    act_of_submitting,
    missing_fields,
    missing_for_submit,
    waiting_for,
)

FULL = dict.fromkeys(DEMANDED, "etwas")


def test_nothing_is_missing_in_a_full_idea() -> None:
    assert missing_for_submit(FULL) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("title", "ein Titel"),
        ("short_text", "ein Kurztext"),
        ("problem", "welches Problem gelöst wird"),
        ("benefit", "was besser wird"),
        ("beneficiary", "wem es nützt"),
        ("lead_handlungsfeld", "ein Handlungsfeld"),
        ("lead_unit", "die federführende Stelle"),
        ("participation", "ein Satz dazu, wer mitwirkt"),
    ],
)
@pytest.mark.parametrize("nothing", ["", " \n", None])
def test_each_demanded_thing_is_named_in_words(name: str, words: str, nothing: object) -> None:
    assert missing_for_submit(FULL | {name: nothing}) == [words]


def test_what_is_missing_stands_in_the_order_of_the_form() -> None:
    order = [name for name in IDEA_FIELDS if name in DEMANDED]
    assert missing_fields({}) == order


def test_money_sdgs_and_needs_are_asked_for_but_never_demanded() -> None:
    assert not {"cost", "funding", "procurement", "effort", "timing", "council_matter"} & set(DEMANDED)


@pytest.mark.parametrize(("step", "act"), [(Step.DRAFT, Act.SUBMIT), (Step.RETURNED, Act.RESUBMIT)])
def test_after_a_return_it_is_handed_in_again(step: Step, act: Act) -> None:
    assert act_of_submitting(step) == act


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("draft", "Einreichende Person"),
        ("submitted", "CDO"),
        ("returned", "Einreichende Person"),
        ("rejected", ""),
        ("pooled", "CDO"),
        ("assessed", "Lenkungsgruppe"),
        ("deferred", "CDO"),
        ("declined", ""),
        ("commissioned", "Projektleitung"),
        ("running", "Projektleitung"),
        ("completed", ""),
        ("stopped", ""),
        ("withdrawn", ""),
        ("merged", ""),
    ],
)
def test_every_step_says_with_whom_the_project_lies(step: str, who: str) -> None:
    assert waiting_for(step).who == who


def test_the_author_is_addressed_where_she_has_to_act_and_nowhere_else() -> None:
    addressed = [step for step in Step if waiting_for(step, is_author=True).who == "Sie"]
    assert addressed == [Step.DRAFT, Step.RETURNED]


def test_the_projektleitung_is_addressed_until_she_has_proposed_completion() -> None:
    assert waiting_for("running", is_lead=True).who == "Sie"
    assert waiting_for("running", is_lead=True, has_proposal=True).who == "CDO"


def test_without_a_team_a_commissioned_project_lies_with_the_cdo() -> None:
    assert str(waiting_for("commissioned", has_lead=False)) == "CDO: benennt das Team."
