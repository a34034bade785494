"""Truth tables: the life of a sitting, seats and quorum, votes, changes of the agenda, departures from the ranking."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pool.decision.sitting_rules import (
    SITTING_MOVES,
    AgendaLine,
    IllegalTurn,
    PlannedOutcome,
    Seat,
    SittingState,
    Vote,
    agenda_changes,
    count_present,
    problem_with_vote,
    quorum_of,
    sitting_target,
    skipped,
    vote_in_words,
)
from pool.lifecycle import Act

LIFE = """
    draft    invite         invited
    invited  invite         invited
    draft    begin_sitting  running
    invited  begin_sitting  running
    draft    record         running
    invited  record         running
    running  record         running
    draft    close_sitting  closed
    invited  close_sitting  closed
    running  close_sitting  closed
"""
TURNS = {(state, act): target for state, act, target in (line.split() for line in LIFE.split("\n") if line.strip())}


@pytest.mark.parametrize("act", ["invite", "begin_sitting", "record", "close_sitting", "confirm"])
@pytest.mark.parametrize("state", SittingState.values)
def test_the_life_of_a_sitting_is_the_table(state, act):
    if (state, act) in TURNS:
        assert sitting_target(state, act) == TURNS[state, act]
    else:
        with pytest.raises(IllegalTurn, match="nicht möglich"):
            sitting_target(state, Act(act))


def test_nothing_leads_out_of_closed():
    assert len(SITTING_MOVES) == len(TURNS)
    assert not [state for state, _act in SITTING_MOVES if state == SittingState.CLOSED]


CHAIR, ANNA, BEN = Seat("chair", "chair", ("deputy",)), Seat("anna", "member"), Seat("ben", "member", ("deputy", "eve"))


@pytest.mark.parametrize(
    ("there", "sitting_there", "is_quorate"),
    [
        (set(), (), False),
        ({"chair"}, ("chair",), False),
        ({"chair", "anna"}, ("chair", "anna"), True),
        ({"chair", "deputy"}, ("chair", "deputy"), True),  # the deputy takes the seat of ben, who is away
        ({"deputy"}, ("deputy",), False),  # one person, one vote
        ({"deputy", "eve"}, ("deputy", "eve"), True),
        ({"chair", "anna", "ben", "deputy", "eve"}, ("chair", "anna", "ben"), True),  # there without a vote
    ],
)
def test_a_seat_is_taken_by_its_holder_before_a_deputy_and_nobody_sits_twice(there, sitting_there, is_quorate):
    found = count_present([CHAIR, ANNA, BEN], there)
    assert (found.sitting_there, found.is_quorate, found.quorum) == (sitting_there, is_quorate, 2)


@pytest.mark.parametrize(("seats", "quorum"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (7, 4)])
def test_more_than_half_of_the_seats_unless_the_body_says_otherwise(seats, quorum):
    assert quorum_of(seats) == quorum
    assert quorum_of(seats, of_the_body=1) == 1


def test_the_befangen_do_not_vote():
    assert count_present([CHAIR, ANNA], {"chair", "anna"}).voters({"anna"}) == ("chair",)


@pytest.mark.parametrize(
    ("vote", "voters", "problem"),
    [
        (Vote(), 5, ""),
        (Vote("unanimous"), 5, ""),
        (Vote("unanimous"), None, ""),
        (Vote("counted", 3, 1, 1), 5, ""),
        (Vote("counted", 3, 1, 1), None, ""),
        (Vote("counted", 3, 1, 0), 5, "ergeben 4, stimmberechtigt sind 5"),
        (Vote("counted", 2, 2, 1), 5, "keine Mehrheit"),
        (Vote("counted", 1, 3, 1), 5, "keine Mehrheit"),
        (Vote("counted", 3, None, 2), 5, "Nennen Sie Ja, Nein"),
        (Vote("", 3, 1, 1), 5, "ausgezählt"),
        (Vote("unanimous", 3), 5, "ausgezählt"),
    ],
)
def test_votes_are_those_of_the_voters_and_carry(vote, voters, problem):
    said = problem_with_vote(vote, voters=voters)
    assert said == "" if not problem else problem in said


@pytest.mark.parametrize(("abstained", "words"), [(0, "0 Enthaltungen"), (1, "1 Enthaltung"), (2, "2 Enthaltungen")])
def test_a_vote_reads_as_a_clerk_writes_it(abstained, words):
    assert vote_in_words(2, 1, abstained) == f"2 Ja, 1 Nein, {words}"


def line(item: int, number: int) -> AgendaLine:
    return AgendaLine(item=item, number=number, title=f"Punkt {item}")


@pytest.mark.parametrize(
    ("now", "new", "moved", "gone"),
    [
        ([1, 2, 3], set(), set(), ()),
        ([1, 2, 3, 4], {4}, set(), ()),
        ([2, 3], set(), set(), ("Punkt 1",)),  # those behind moved up, which is no change of theirs
        ([3, 1, 2], set(), {1, 2, 3}, ()),
        ([1, 3, 2], set(), {2, 3}, ()),
        ([4, 2, 3], {4}, set(), ("Punkt 1",)),
        ([], set(), set(), ("Punkt 1", "Punkt 2", "Punkt 3")),
    ],
)
def test_what_changed_since_the_invitation(now, new, moved, gone):
    found = agenda_changes(
        [line(item, item) for item in (1, 2, 3)], [line(item, number) for number, item in enumerate(now, start=1)]
    )
    assert (found.new, found.moved, found.gone) == (new, moved, gone)
    assert bool(found) is bool(new or moved or gone)


RANKS = {"a": 1, "b": 2, "c": 2, "d": 4}


def said(**outcomes: str) -> list[PlannedOutcome]:
    return [PlannedOutcome(project, "" if out == "open" else out, out == "open") for project, out in outcomes.items()]


@pytest.mark.parametrize(
    ("project", "outcome", "decided", "is_closing", "over"),
    [
        ("a", "commission", {}, False, []),
        ("b", "commission", {}, False, ["a"]),  # c shares the rank and is not before it
        ("d", "commission", {}, False, ["a", "b", "c"]),
        ("d", "commission", {"a": "commission", "b": "defer", "c": "decline"}, True, []),
        ("b", "commission", {"a": "open"}, False, []),
        ("b", "commission", {"a": "open"}, True, ["a"]),
        ("b", "commission", {"a": ""}, False, ["a"]),  # put off or dropped
        ("b", "commission", {"a": "class_only"}, True, ["a"]),
        ("d", "defer", {}, False, []),
        ("d", "decline", {}, False, []),
        ("x", "commission", {}, False, []),  # without a rank: deferred
    ],
)
def test_whom_a_beschluss_passes_over(project, outcome, decided, is_closing, over):
    assert skipped(project, outcome, ranks=RANKS, decided=said(**decided), is_closing=is_closing) == over


@given(some.dictionaries(some.text("abcdefgh", min_size=1, max_size=2), some.integers(1, 9), min_size=1))
def test_the_first_passes_nobody_over_and_the_last_all_that_are_better(ranks):
    for project, rank in ranks.items():
        over = skipped(project, "commission", ranks=ranks, decided=[], is_closing=True)
        assert set(over) == {other for other, its in ranks.items() if its < rank}
        decided = [PlannedOutcome(other, "commission") for other in over]
        assert skipped(project, "commission", ranks=ranks, decided=decided, is_closing=True) == []
