"""What moved between two rankings, and the usual wording of a Beschluss."""

from datetime import date

import pytest

from pool.decision.rules import SeenPlace, movements, ranking_hash, standard_text


def place(project: str, rank: int, score: int = 200, **marks: str) -> SeenPlace:
    return SeenPlace(project=project, rank=rank, score=score, marks=marks)


def test_nothing_moved():
    assert movements([place("a", 1), place("b", 2)], [place("a", 1), place("b", 2)]) == []


def test_what_came_went_changed_its_rank_score_or_class():
    before = [place("a", 1), place("b", 2), place("c", 3, leuchtturm="proposed"), place("d", 4)]
    after = [place("new", 1, 300), place("b", 2), place("a", 3), place("c", 4)]
    found = [
        (move.project, move.old_rank, move.new_rank, move.old_score, move.new_score, move.has_other_marks)
        for move in movements(before, after)
    ]
    assert found == [
        ("new", None, 1, None, 300, False),
        ("a", 1, 3, 200, 200, False),
        ("c", 3, 4, 200, 200, True),
        ("d", 4, None, 200, None, False),
    ]


def test_the_hash_sees_rank_score_and_class():
    seen = ranking_hash([place("a", 1)])
    assert seen == ranking_hash([place("a", 1)])
    for other in (place("b", 1), place("a", 2), place("a", 1, 201), place("a", 1, leuchtturm="proposed")):
        assert ranking_hash([other]) != seen


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("commission", "Die Lenkungsgruppe bestimmt „Kita-App“ zur Umsetzung."),
        ("defer", "Die Lenkungsgruppe stellt „Kita-App“ zurück und sieht das Vorhaben am 01.06.2026 wieder an."),
        ("decline", "Die Lenkungsgruppe verfolgt „Kita-App“ nicht weiter."),
        ("stop", "Die Lenkungsgruppe beendet „Kita-App“."),
    ],
)
def test_the_usual_wording(outcome, sentence):
    assert standard_text(outcome, title="Kita-App", look_again_on=date(2026, 6, 1), marks={}) == sentence


def test_the_usual_wording_names_the_classes():
    text = standard_text("class_only", title="Kita-App", marks={"leuchtturm": True, "schnellboot": False})
    assert text == (
        "Die Lenkungsgruppe entscheidet über die Klasse von „Kita-App“. Sie bestätigt die Klasse Leuchtturm. "
        "Sie bestätigt die Klasse Schnellboot nicht."
    )
