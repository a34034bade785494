"""A Beschluss is changed only by a later Beschluss; a slip in it is corrected beside it, marked."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from pool.decision.actions import adjourn, close_sitting, correct_item, open_sitting
from pool.decision.models import FrozenForm, ItemCorrection, Sitting, SittingItem
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion
from tests.factories import absent_today, body, join, mandate, user_with
from tests.pool.decision.conftest import Group, confirmed, make_group, on_list

OLD, NEW = "Die Lenkungsgrupe beschließt die Kita-App.", "Die Lenkungsgruppe beschließt die Kita-App."
REASON, SLIP = "Weil es vielen nützt.", "Ein Buchstabe fehlte."
ZERO_WIDTH = "\u200b\u2060"


@pytest.fixture
def item(group, sitting) -> SittingItem:
    found = confirmed(group, on_list(group, sitting, title="Kita-App"), text=OLD, reason=REASON)
    close_sitting(sitting=sitting, by=group.chair)
    return SittingItem.objects.get(pk=found.pk)


def corrected(group: Group, item: SittingItem, **values: object) -> ItemCorrection:
    return correct_item(item=item, by=group.cdo, **{"field": "text", "new_text": NEW, "reason": SLIP} | values)


def everything_decided() -> list[object]:
    return [list(SittingItem.objects.values_list()), list(FrozenForm.objects.values_list())]


def checked(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


# --- The act ------------------------------------------------------------------------------------------------------


def test_the_correction_stands_beside_and_every_hash_still_fits(group, item):
    before = everything_decided()
    row = corrected(group, item, new_text=f"  {NEW}\r\n")
    assert (row.item, row.field, row.new_text, row.reason) == (item, "text", NEW, SLIP)
    assert (row.by, row.in_place_of) == (group.cdo.actor_person.actor, None)
    assert everything_decided() == before
    assert "stimmen" in checked("verify_decisions")
    assert checked("verify_record")


def test_one_entry_in_the_sittings_chain_holds_the_corrections_hash(group, item):
    before = Entry.objects.count()
    row = corrected(group, item, field="reason", new_text="Weil es allen nützt.")
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.order_by("pk").last()
    assert (entry.chain, entry.act, entry.to_state) == (f"sitting:{item.sitting_id}", "correct_item", "reason")
    assert (entry.object_type, entry.object_id) == ("sitting_item", str(item.pk))
    assert (entry.reason_table, entry.reason_id) == ("pool_itemcorrection", str(row.pk))
    assert entry.reason_hash == row.reason_digest()


@pytest.mark.parametrize("changed", [{"new_text": "Etwas anderes"}, {"reason": "Anders"}, {"field": "reason"}])
def test_the_check_of_the_record_finds_a_changed_correction(group, item, changed):
    corrected(group, item)
    ItemCorrection.objects.update(**changed)
    with pytest.raises(CommandError):
        checked("verify_record")


def test_a_correction_can_be_blacked_out_like_every_reason(group, item):
    corrected(group, item)
    ItemCorrection.objects.update(new_text="", reason="", reason_removed_at=clock.now())
    assert "entfernt" in checked("verify_record")


def test_who_stands_in_is_named_with_whom(group, item):
    absent_today(group.cdo)
    row = correct_item(item=item, field="text", new_text=NEW, reason=SLIP, by=group.cdo_deputy)
    assert row.by == group.cdo_deputy.actor_person.actor
    assert row.in_place_of == group.cdo.actor_person.actor
    assert Entry.objects.order_by("pk").last().in_place_of == group.cdo.actor_person.actor


@pytest.mark.parametrize("who", ["chair", "chair_deputy", "member", "cdo_deputy"])
def test_only_who_keeps_the_minutes_corrects(group, item, who):
    with pytest.raises(NotAllowed):
        correct_item(item=item, field="text", new_text=NEW, reason=SLIP, by=getattr(group, who))
    assert not ItemCorrection.objects.exists()


def test_nobody_corrects_the_beschluss_on_their_own(group, item):
    join(item.project, group.cdo, "co_author")
    with pytest.raises(NotAllowed, match="befangen"):
        corrected(group, item)
    assert correct_item(item=item, field="text", new_text=NEW, reason=SLIP, by=group.cdo_deputy)


def test_in_an_open_sitting_the_minutes_themselves_are_changed(group, sitting):
    item = confirmed(group, on_list(group, sitting), text=OLD)
    with pytest.raises(ProcedureError, match="noch offen"):
        corrected(group, item)


def test_what_was_set_aside_is_no_beschluss_to_correct(group, sitting):
    away = adjourn(item=on_list(group, sitting), by=group.cdo)
    close_sitting(sitting=sitting, by=group.chair)
    with pytest.raises(ProcedureError, match="nur Beschlüsse"):
        corrected(group, away)


@pytest.mark.parametrize("reason", ["", "  \n", ZERO_WIDTH])
def test_a_correction_says_what_the_slip_was(group, item, reason):
    with pytest.raises(Incomplete, match="was das Versehen war"):
        corrected(group, item, reason=reason)


@pytest.mark.parametrize("text", ["", " ", ZERO_WIDTH])
def test_correcting_is_not_deleting(group, item, text):
    with pytest.raises(Incomplete, match="nicht, den Text zu löschen"):
        corrected(group, item, new_text=text)


@pytest.mark.parametrize("text", [OLD, f" {OLD}\r\n"])
def test_the_same_words_correct_nothing(group, item, text):
    with pytest.raises(ProcedureError, match="derselbe"):
        corrected(group, item, new_text=text)


def test_what_counts_as_the_same_is_the_last_correction(group, item):
    corrected(group, item)
    with pytest.raises(ProcedureError, match="derselbe"):
        corrected(group, item)
    corrected(group, item, new_text=OLD, reason="Es war doch richtig.")
    assert list(item.corrections.values_list("new_text", flat=True)) == [NEW, OLD]


@pytest.mark.parametrize("field", ["outcome", "title", "erfunden", ""])
def test_nothing_but_text_and_reason_is_corrected(group, item, field):
    with pytest.raises(ProcedureError, match="nichts, was sich berichtigen lässt"):
        corrected(group, item, field=field)


def test_no_reason_is_added_where_none_was_given(group, sitting):
    item = confirmed(group, on_list(group, sitting), text=OLD)
    close_sitting(sitting=sitting, by=group.chair)
    with pytest.raises(ProcedureError, match="neuer Beschluss"):
        corrected(group, item, field="reason", new_text="Nachgeschoben")


def test_a_reason_that_was_blacked_out_does_not_come_back(group, item):
    SittingItem.objects.update(reason="", reason_removed_at=clock.now())
    with pytest.raises(ProcedureError, match="nichts, was sich berichtigen lässt"):
        corrected(group, item, field="reason", new_text=REASON)


def test_a_stale_page_corrects_nothing(group, item):
    seen = item.sitting.version
    corrected(group, item, version=seen)
    with pytest.raises(StaleVersion):
        corrected(group, item, new_text="Noch anders.", version=seen)
    assert ItemCorrection.objects.count() == 1


def test_a_text_that_cannot_be_stored_is_refused(group, item):
    with pytest.raises(ValidationError):
        corrected(group, item, new_text="a\x00b")
    assert not ItemCorrection.objects.exists()


@pytest.mark.parametrize("values", [{"field": "outcome"}, {"new_text": ""}, {"reason": ""}])
def test_the_database_refuses_a_correction_without_field_text_or_reason(group, item, values):
    row = ItemCorrection(
        **{"item": item, "field": "text", "new_text": NEW, "reason": SLIP, "at": clock.now()} | values,
        by=group.cdo.actor_person.actor,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_removing_the_examples_takes_their_corrections_along(group, item, today):
    kept = corrected(group, item)
    demo = make_group(is_demo=True, prefix="demo-")
    played = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    example = confirmed(demo, on_list(demo, played, is_example=True), text=OLD)
    close_sitting(sitting=played, by=demo.chair)
    corrected(demo, SittingItem.objects.get(pk=example.pk))
    assert Entry.objects.filter(act="correct_item", is_example=True).count() == 1
    checked("remove_examples")
    assert list(ItemCorrection.objects.all()) == [kept]
    assert checked("verify_record")


# --- The pages ----------------------------------------------------------------------------------------------------


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, item: SittingItem) -> str:
    return signed_in(user).get(reverse("decision:resolution", args=[item.pk])).content.decode().split("<main")[1]


def sent(user, item: SittingItem, **values: object):
    version = Sitting.objects.get(pk=item.sitting_id).version
    data = {"field": "text", "new_text": NEW, "reason": SLIP, "version": version} | values
    return signed_in(user).post(reverse("decision:correct", args=[item.pk]), data)


def test_the_correction_stands_marked_beside_the_words_decided(group, item):
    absent_today(group.cdo)
    correct_item(item=item, field="text", new_text=NEW, reason=SLIP, by=group.cdo_deputy)
    shown = page(group.member, item)
    assert shown.index(OLD) < shown.index("Berichtigt am") < shown.index(NEW) < shown.index(f"Grund: {SLIP}")
    assert f"von {group.cdo_deputy} in Vertretung für {group.cdo}" in shown
    assert "Nachgerechnet: stimmt</" in shown
    minutes = signed_in(group.member).get(reverse("decision:print", args=[item.sitting_id])).content.decode()
    assert OLD in minutes
    assert NEW in minutes


def test_the_beirat_reads_the_correction_without_names(group, item):
    corrected(group, item)
    beirat = user_with(mandate(Role.MEMBER, body=body("beirat"), confidentiality_on=clock.today()))
    shown = page(beirat, item)
    for words in (OLD, "Berichtigt am", NEW, f"Grund: {SLIP}"):
        assert words in shown
    assert str(group.cdo) not in shown
    assert "berichtigen/" not in shown


def test_who_reads_the_casefile_reads_the_correction(group, item):
    corrected(group, item)
    corrected(group, item, field="reason", new_text="Weil es allen nützt.")
    shown = signed_in(group.cdo).get(reverse("casefile:detail", args=[item.project_id])).content.decode()
    for words in (OLD, NEW, REASON, "Weil es allen nützt."):
        assert words in shown


def test_the_cdo_corrects_on_a_page_that_says_what_it_does(group, item):
    address = reverse("decision:correct", args=[item.pk])
    assert address in page(group.cdo, item)
    assert address not in page(group.member, item)
    shown = signed_in(group.cdo).get(address).content.decode()
    assert OLD in shown
    assert "In der Sache ändert nur ein späterer Beschluss." in shown
    assert REASON in signed_in(group.cdo).get(address, {"feld": "reason"}).content.decode()
    answer = sent(group.cdo, item)
    assert answer.status_code == 302
    assert answer.url == reverse("decision:resolution", args=[item.pk])
    assert NEW in page(group.member, item)


@pytest.mark.parametrize("who", ["chair", "member", "cdo_deputy"])
def test_the_page_is_the_cdos(group, item, who):
    user = getattr(group, who)
    assert signed_in(user).get(reverse("decision:correct", args=[item.pk])).status_code == 403
    assert sent(user, item).status_code == 403
    assert not ItemCorrection.objects.exists()


@pytest.mark.parametrize(
    ("values", "status", "named"),
    [
        ({"reason": ZERO_WIDTH}, 422, "was das Versehen war"),
        ({"new_text": ""}, 422, "nicht, den Text zu löschen"),
        ({"new_text": "a\x00b"}, 422, "NUL"),
        ({"new_text": "x" * 4001}, 422, "Kürzen Sie"),
        ({"new_text": OLD}, 409, "derselbe"),
        ({"field": "outcome"}, 409, "nichts, was sich berichtigen lässt"),
        ({"version": "0"}, 409, "inzwischen geändert"),
        ({"version": "abc"}, 409, "inzwischen geändert"),
    ],
)
def test_what_refuses_a_correction_is_said_beside_what_was_typed(group, item, values, status, named):
    answer = sent(group.cdo, item, **values)
    shown = answer.content.decode()
    assert answer.status_code == status
    assert "<title>Fehler: " in shown
    assert named in shown
    assert (NEW if "reason" in values else SLIP) in shown
    assert not ItemCorrection.objects.exists()


def test_a_broken_field_in_the_address_shows_the_text(group, item):
    for field in ("outcome", "", "%00"):
        answer = signed_in(group.cdo).get(reverse("decision:correct", args=[item.pk]), {"feld": field})
        assert answer.status_code == 200
        assert 'name="field" value="text"' in answer.content.decode()


# --- In whose place -----------------------------------------------------------------------------------------------


def test_recorder_and_closer_are_named_with_whom_they_stand_in_for(group, sitting):
    item = on_list(group, sitting)
    absent_today(group.cdo)
    absent_today(group.chair)
    stand_in = Group(
        body=group.body,
        cdo=group.cdo_deputy,
        cdo_deputy=group.cdo,
        chair=group.chair_deputy,
        chair_deputy=group.chair,
        member=group.member,
    )
    item = confirmed(stand_in, item)
    close_sitting(sitting=sitting, by=group.chair_deputy)
    assert item.recorded_in_place_of == group.cdo.actor_person.actor
    sitting.refresh_from_db()
    assert sitting.closed_in_place_of == group.chair.actor_person.actor
    as_cdo, as_chair = f"in Vertretung für {group.cdo}", f"in Vertretung für {group.chair}"
    shown = page(group.member, item)
    assert f"{group.cdo_deputy} {as_cdo}" in shown
    assert shown.count(as_chair) == 2  # confirmed, closed
    for name in ("decision:sitting", "decision:print"):
        shown = signed_in(group.member).get(reverse(name, args=[sitting.pk])).content.decode()
        assert f"on {group.chair_deputy} {as_chair}" in shown


def test_who_acts_in_person_stands_in_for_nobody(group, sitting, item):
    sitting.refresh_from_db()
    assert (item.recorded_in_place_of, sitting.closed_in_place_of) == (None, None)
    assert "in Vertretung" not in page(group.member, item)


def test_setting_aside_takes_the_recorders_stand_in_away_too(group, sitting):
    item = on_list(group, sitting)
    absent_today(group.cdo)
    item = confirmed(
        Group(group.body, group.cdo_deputy, group.cdo, group.chair, group.chair_deputy, group.member), item
    )
    assert item.recorded_in_place_of
    item = adjourn(item=item, by=group.cdo_deputy)
    assert (item.recorded_by, item.recorded_in_place_of) == (None, None)
