"""`verify_decisions` computes closed sittings again and names the first difference."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as some

from governance.record import clock
from governance.record.rules import FIRST_HASH, canonical_json
from pool.decision import frozen
from pool.decision.actions import adjourn, close_sitting, open_sitting
from pool.decision.models import FrozenForm, MarkDecision, Sitting, SittingItem
from pool.lifecycle import Step
from pool.maturity.models import Countersignature, Rating
from pool.priority.models import ClassMark, RuleVersion
from pool.priority.rules import Candidate, Levels, Weights, ranked
from pool.project.models import Project
from tests.factories import class_mark, place, project_at
from tests.pool.decision.conftest import Group, confirmed, make_group, on_list


def verify() -> str:
    out = StringIO()
    call_command("verify_decisions", stdout=out)
    return out.getvalue()


def hold(group: Group, *, days: int = 0) -> Sitting:
    """Hold a sitting of examples, which the triggers let a test tamper with."""
    day = clock.today().replace(day=1)
    sitting = open_sitting(body=group.body, day=day.replace(day=1 + days), place="", by=group.cdo)
    item = on_list(group, sitting, is_example=True)
    class_mark(item.project)
    place(item.project)
    project_at(Step.ASSESSED, is_example=True)
    adjourn(item=on_list(group, sitting, is_example=True), by=group.cdo)
    confirmed(group, item, marks={"leuchtturm": True}, reason="Strahlt aus.")
    close_sitting(sitting=sitting, by=group.chair)
    return sitting


@pytest.fixture
def closed(db) -> list[Sitting]:
    demo = make_group(is_demo=True)
    return [hold(demo), hold(demo, days=7)]


def test_what_holds_is_counted(closed):
    assert verify() == "Die Beschlüsse stimmen: 2 Sitzungen, 4 Punkte, 8 Plätze nachgerechnet.\n"


def test_nothing_closed_holds_too(db):
    assert "0 Sitzungen" in verify()


def test_later_moves_and_marks_do_not_break_what_was_frozen(closed):
    Project.objects.update(title="Neuer Titel")
    project = Project.objects.filter(step=Step.ASSESSED).first()
    class_mark(project, "schnellboot")
    assert "stimmen" in verify()


def flipped(content: str) -> str:
    """Change one byte: the score of the first place."""
    assert '"score":200' in content
    return content.replace('"score":200', '"score":201', 1)


def rebound(form: FrozenForm, content: str) -> None:
    """Write a content with a hash that fits it, as a forger would."""
    FrozenForm.objects.filter(pk=form.pk).update(content=content, hash=frozen.form_hash(content, form.previous_hash))


def last(closed: list[Sitting]) -> FrozenForm:
    return FrozenForm.objects.get(sitting=closed[-1])


def changed(closed: list[Sitting], **values: object) -> None:
    """Change the last form and fit its hash."""
    form = last(closed)
    rebound(form, canonical_json(json.loads(form.content) | values))


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (
            lambda closed: FrozenForm.objects.filter(sitting=closed[0]).update(content=flipped(last(closed).content)),
            "passt nicht zur Prüfsumme",
        ),
        (lambda closed: FrozenForm.objects.filter(sitting=closed[0]).update(hash="0" * 64), "passt nicht"),
        (lambda closed: FrozenForm.objects.filter(sitting=closed[1]).update(previous_hash="0" * 64), "vorige Sitzung"),
        (lambda closed: rebound(last(closed), flipped(last(closed).content)), "die Punkte ergeben 200, dort steht 201"),
        (lambda closed: rebound(last(closed), last(closed).content.replace('"rank":1', '"rank":9', 1)), "der Rang"),
        (lambda closed: rebound(last(closed), last(closed).content + " "), "Schreibweise"),
        (lambda closed: rebound(last(closed), "{"), "kein lesbares JSON"),
        (lambda closed: changed(closed, format=9), "Format ist unbekannt"),
        (lambda closed: changed(closed, ranked=[{}]), "Felder des Formats"),
        (lambda closed: changed(closed, edition="2025"), "Ausgabe der Strategie"),
        (lambda closed: changed(closed, rule=7), "Regelfassung 7 fehlt"),
        (lambda closed: changed(closed, items=[]), "Zahl der Punkte"),
        (lambda closed: Sitting.objects.filter(pk=closed[1].pk).update(day="2026-01-05"), "„day“"),
        (lambda closed: SittingItem.objects.filter(number=1).update(text="Anderer Satz"), "„Beschlusstext“"),
        (lambda closed: SittingItem.objects.filter(number=1).update(reason="Anderer Grund"), "„Begründung“"),
        (lambda closed: SittingItem.objects.filter(number=1).update(outcome="decline"), "„Ergebnis“"),
        (lambda closed: SittingItem.objects.filter(number=2).update(state="dropped"), "„Ergebnis“"),
        (lambda closed: SittingItem.objects.filter(number=1).update(is_final=False), "nicht als abgeschlossen"),
        (lambda closed: FrozenForm.objects.filter(sitting=closed[1]).update(format=1), "Nummer des Formats"),
        (lambda closed: changed(closed, sitting=[]), "Felder des Formats"),
        (lambda closed: changed(closed, ranked=[{"marks": [], "project": "p", "pool_number": 1}]), "Felder des"),
        (lambda closed: MarkDecision.objects.update(confirms=False), "„Klassen“"),
        (lambda closed: Rating.objects.update(synergien=4), "Bewertung"),
        (
            lambda closed: Project.objects.filter(step=Step.ASSESSED).update(pool_number=None, step="withdrawn"),
            "Poolnummer",
        ),
        (lambda closed: ClassMark.objects.filter(state="proposed").delete(), "die Klasse"),
        (lambda closed: RuleVersion.objects.update(effect_threshold=2), "Regelfassung 1"),
        (lambda closed: FrozenForm.objects.filter(sitting=closed[0]).delete(), "vorige Sitzung"),
        (lambda closed: FrozenForm.objects.filter(sitting=closed[1]).delete(), "Fassung fehlt"),
        (lambda closed: Countersignature.objects.all().delete(), "die Gegenzeichnung"),
        (
            lambda closed: SittingItem.objects.filter(number=1).update(no_countersignature="Eile"),
            "„Warum ohne Gegenzeichnung“",
        ),
    ],
)
def test_the_first_difference_is_named(closed, tamper, named):
    tamper(closed)
    with pytest.raises(CommandError, match=named) as refused:
        verify()
    assert refused.value.returncode == 1


def test_one_flipped_byte_does_not_blame_the_sittings_after_it(closed):
    FrozenForm.objects.filter(sitting=closed[0]).update(content=flipped(last(closed).content))
    out = StringIO()
    with pytest.raises(CommandError, match=f"{closed[0].day:%d.%m.%Y}"):
        call_command("verify_decisions", stdout=out)
    assert out.getvalue() == ""


def test_a_blacked_out_reason_is_reported_as_removed_not_broken(closed):
    SittingItem.objects.filter(sitting=closed[0], number=1).update(reason="", reason_removed_at=clock.now())
    assert "Punkt 1: Begründung entfernt." in verify()


def in_format_1(form: FrozenForm, previous_hash: str) -> str:
    """Write a form as the portal wrote it before countersignatures, and return its hash."""
    content = json.loads(form.content) | {"format": 1}
    for place_ in content["ranked"]:
        del place_["countersigned_by"]
    for item in content["items"]:
        del item["no_countersignature_sha256"]
    text = canonical_json(content)
    form_hash = frozen.form_hash(text, previous_hash)
    FrozenForm.objects.filter(pk=form.pk).update(format=1, content=text, hash=form_hash, previous_hash=previous_hash)
    return form_hash


def test_a_form_in_the_older_format_stays_verifiable(closed):
    previous = FIRST_HASH
    for sitting in closed:
        previous = in_format_1(FrozenForm.objects.get(sitting=sitting), previous)
    Countersignature.objects.all().delete()
    assert "2 Sitzungen" in verify()
    Rating.objects.update(synergien=4)
    with pytest.raises(CommandError, match="Bewertung"):
        verify()


levels = some.integers(0, 4)


@given(
    some.lists(
        some.tuples(levels, levels, levels, levels, levels, some.sampled_from([(), ("proposed",), ("refused",)])),
        max_size=12,
    )
)
def test_whatever_was_ranked_computes_the_same_from_its_form(rows):
    """Property: a form built from a ranking is found right; any other score in it is found wrong."""
    order = ranked(
        [Candidate(f"p{n}", n, Levels(*row[:5]), row[5]) for n, row in enumerate(rows)], Weights(25, 25, 25, 25), 3
    )
    content = frozen.build(
        sitting=frozen.FrozenSitting("lg", "2026-03-02", "a", False, "2022", 1, 1, Weights(25, 25, 25, 25), 3),
        places=[
            frozen.FrozenPlace(
                project=row.candidate.project_id,
                pool_number=row.candidate.pool_number,
                marks=dict(zip(("leuchtturm",), row.candidate.mark_states, strict=False)),
                levels=row.candidate.levels,
                rating=1,
                score=row.score,
                rank=row.rank,
            )
            for row in order
        ],
        deferred=[],
        unrated=[],
        items=[],
        entitled=[],
    )
    form = frozen.read(content)
    assert frozen.wrong_computation(form) == ""
    for place_ in form["ranked"]:
        place_["score"] += 1
        assert frozen.wrong_computation(form) != ""
        place_["score"] -= 1
