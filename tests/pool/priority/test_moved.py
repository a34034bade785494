"""What moved and why: the steps of every project add up to its movement, and name their causes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pool.priority.moved import Cause, Standing, moved
from pool.priority.rules import EQUAL_WEIGHTS, Candidate, Levels, Weights
from pool.priority.swap import LevelChange
from tests.pool.priority import pools


def candidate(name: str, *levels: int, marks: tuple[str, ...] = ()) -> Candidate:
    return Candidate(name, ord(name), Levels(*levels), marks)


A, B, C = candidate("a", 4, 4, 0, 3, 3), candidate("b", 3, 3, 0, 3, 3), candidate("c", 2, 2, 0, 2, 2)


def standing(*candidates: Candidate, weights: Weights = EQUAL_WEIGHTS, threshold: int = 3, **apart: str) -> Standing:
    return Standing(candidates, weights, threshold, apart)


@given(pools.pools(), pools.pools(), pools.weights(), pools.weights(), pools.threshold, pools.threshold, st.data())
def test_the_steps_add_up_and_everybody_else_stood_still(old, new, w_old, w_new, t_old, t_new, data):
    for each in data.draw(st.sets(st.sampled_from(old))):  # some stay exactly as they were
        new = [each if row.project_id == each.project_id else row for row in new]
    before, after = Standing(tuple(old), w_old, t_old), Standing(tuple(new), w_new, t_new)
    was, now = before.ranks(), after.ranks()
    found = {row.project_id: row for row in moved(before, after)}
    for project in {*was, *now}:
        row = found.get(project)
        assert row is not None or was.get(project) == now.get(project)
        if row is None:
            continue
        assert (row.old_rank, row.new_rank) == (was.get(project), now.get(project))
        assert sum(step.places for step in row.steps) == row.places
        assert (row.steps[0].cause is Cause.CAME) == (project not in was)
        assert (row.steps[0].cause is Cause.LEFT) == (project not in now)


def test_nothing_happened_nothing_moved():
    assert moved(standing(A, B, C), standing(C, A, B)) == []


def test_a_new_idea_moves_those_below_it():
    found = {row.project_id: row for row in moved(standing(B, C, a="pooled"), standing(A, B, C))}
    assert found["a"].steps[0].cause is Cause.CAME
    assert found["a"].was_apart == "pooled"
    assert [(step.cause, step.places) for step in found["b"].steps] == [(Cause.OTHERS_CAME, 1)]
    assert found["b"].only_others


def test_leaving_frees_a_place():
    found = {row.project_id: row for row in moved(standing(A, B, C), standing(B, C, a="deferred"))}
    assert (found["a"].steps[0].cause, found["a"].is_apart) == (Cause.LEFT, "deferred")
    assert [(step.cause, step.places) for step in found["c"].steps] == [(Cause.OTHERS_LEFT, -1)]


def test_a_new_level_is_named():
    higher = replace(C, levels=replace(C.levels, vernetzung=4, kompetenzaufbau=4, synergien=4))
    found = {row.project_id: row for row in moved(standing(A, B, C), standing(A, B, higher))}
    assert found["c"].levels[0] == LevelChange("vernetzung", 2, 4)
    assert [(step.cause, step.places) for step in found["c"].steps] == [(Cause.OWN_LEVELS, -1)]
    assert [step.cause for step in found["b"].steps] == [Cause.OTHERS_LEVELS]


def test_a_new_class_and_a_new_rule_are_told_apart():
    marked = replace(B, mark_states=("proposed",))
    found = {row.project_id: row for row in moved(standing(A, B, C), standing(A, marked, C))}
    assert [(step.cause, step.places) for step in found["b"].steps] == [(Cause.OWN_CLASS, -1)]
    assert (found["b"].was_inside, found["b"].is_inside) == (False, True)
    first, second = candidate("x", 4, 1, 1, 2, 2), candidate("y", 1, 4, 1, 2, 2)
    old, new = Weights(30, 20, 25, 25), Weights(20, 30, 25, 25)
    rows = moved(standing(first, second, weights=old), standing(first, second, weights=new))
    assert [[(step.cause, step.places) for step in row.steps] for row in rows] == [
        [(Cause.RULE, -1)],
        [(Cause.RULE, 1)],
    ]


def test_an_own_change_is_named_even_where_it_moves_nothing():
    better = replace(A, levels=replace(A.levels, synergien=4))
    rows = moved(standing(A, B), standing(better, B))
    assert [(row.project_id, row.places, row.steps[0].cause) for row in rows] == [("a", 0, Cause.OWN_LEVELS)]
