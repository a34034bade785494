import pytest

from pool.casefile.rules import hand_of, way
from pool.lifecycle import Step


def states(step: str, **more: object) -> str:
    return " ".join(station.state for station in way(step, more.pop("reached", {}), **more))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("draft", "now open open open open open"),
        ("submitted", "done now open open open open"),
        ("returned", "done now open open open open"),
        ("rejected", "done now open open open open"),
        ("pooled", "done done now open open open"),
        ("assessed", "done done done now open open"),
        ("deferred", "done done done now open open"),
        ("declined", "done done done now open open"),
        ("commissioned", "done done done done now open"),
        ("running", "done done done done now open"),
        ("completed", "done done done done done done"),
        ("stopped", "done done done done now open"),
    ],
)
def test_the_way_shows_what_is_behind_here_and_ahead(step: str, expected: str) -> None:
    assert states(step) == expected


def test_who_left_the_way_stands_where_the_history_ends() -> None:
    assert states("withdrawn") == "now open open open open open"
    assert states("withdrawn", reached={"submitted": "1.1.", "pooled": "2.1."}) == "done done now open open open"
    assert way("merged", {"submitted": ""})[1].text == "aufgegangen"


def test_a_project_taken_over_shows_only_what_it_did_here() -> None:
    stations = way(Step.RUNNING, {}, is_taken_over=True)
    assert [(row.label, row.state) for row in stations] == [
        ("Übernommen", "done"),
        ("In Umsetzung", "now"),
        ("Abgeschlossen", "open"),
    ]


@pytest.mark.parametrize(
    ("act", "more", "role"),
    [
        ("submit", {}, "Einreichende"),
        ("admit", {}, "CDO"),
        ("commission", {}, "Lenkungsgruppe"),
        ("stop", {}, "Lenkungsgruppe"),
        ("stop", {"is_taken_over": True}, "CDO"),
        ("withdraw", {"is_by_author": True}, "Einreichende Person"),
        ("withdraw", {}, "CDO, auf Wunsch der einreichenden Person"),
        ("start", {}, "Projektleitung"),
        ("take_over", {}, "Übernahme aus öffentlicher Quelle"),
    ],
)
def test_without_names_the_history_tells_by_which_role(act: str, more: dict[str, bool], role: str) -> None:
    assert hand_of(act, **more) == role
