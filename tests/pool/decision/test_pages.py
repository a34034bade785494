"""The pages of sittings and items, from outside."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from pool.decision.actions import confirm, open_sitting, send_back
from pool.decision.models import Sitting, SittingItem
from pool.lifecycle import Step
from pool.project.models import Project
from tests.factories import absent_today, body, class_mark, employed_in, join, mandate, project_at, unit, user_with
from tests.pool.decision.conftest import NEEDS, Group, confirmed, make_group, on_list, recorded, step_of

OUTCOME = {"outcome": "commission", "text": "", "reason": "", **NEEDS["commission"]}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, item: SittingItem) -> str:
    return reverse(f"decision:{name}", args=[item.sitting_id, item.pk])


def post(user, where: str, **values: object):
    return signed_in(user).post(where, {key: value for key, value in values.items() if value is not None})


@pytest.fixture
def cdo(group: Group) -> Client:
    return signed_in(group.cdo)


@pytest.fixture
def chair(group: Group) -> Client:
    return signed_in(group.chair)


def test_the_whole_way_of_a_beschluss(group, cdo, chair, today):
    project = project_at(Step.ASSESSED, title="Kita-App")
    made = cdo.post(reverse("decision:new_sitting"), {"day": f"{today:%d.%m.%Y}", "place": "14 Uhr, Stadthaus"})
    sitting = Sitting.objects.get()
    assert made.url == reverse("decision:sitting", args=[sitting.pk])
    listed = cdo.post(reverse("decision:list", args=[sitting.pk]), {"projekt": [str(project.pk)]}, follow=True)
    assert "Ein Vorhaben steht jetzt auf der Liste." in listed.content.decode()
    item = sitting.items.get()

    cdo.post(address("propose", item), OUTCOME | {"version": item.version})
    item.refresh_from_db()
    assert item.proposal_text == "Die Lenkungsgruppe bestimmt „Kita-App“ zur Umsetzung."
    form = cdo.get(address("record", item)).content.decode()
    assert item.proposal_text in form
    assert 'value="Leitung Bürgeramt, 02.03.2026"' in form
    cdo.post(address("record", item), OUTCOME | {"version": item.version})
    item.refresh_from_db()
    assert (item.state, item.outcome) == ("recorded", "commission")

    page = chair.get(address("item", item))
    assert "Geht von „bewertet“ zu „zur Umsetzung bestimmt“." in page.content.decode()
    chair.post(address("confirm", item), {"version": item.version, "seen_hash": page.context["ranking_hash"]})
    item.refresh_from_db()
    assert item.state == "confirmed"
    sitting.refresh_from_db()
    assert step_of(item) == Step.ASSESSED

    done = chair.post(reverse("decision:close", args=[sitting.pk]), {"version": sitting.version}, follow=True)
    assert "Die Sitzung ist geschlossen." in done.content.decode()
    assert step_of(item) == Step.COMMISSIONED
    assert chair.get(address("item", item)).url == reverse("decision:resolution", args=[item.pk])


# --- Doors --------------------------------------------------------------------------------------------------------


def pages(item: SittingItem) -> list[str]:
    sitting = item.sitting_id
    return [
        reverse("decision:sittings"),
        reverse("decision:sitting", args=[sitting]),
        reverse("decision:print", args=[sitting]),
        address("item", item),
    ]


def test_the_room_opens_for_cdo_and_lenkungsgruppe_alone(group, listed):
    beirat = user_with(mandate(Role.MEMBER, body=body("beirat"), confidentiality_on=listed.sitting.day))
    employee = user_with(employed_in(unit("amt-61")))
    for where in pages(listed):
        for person in (group.cdo, group.cdo_deputy, group.chair, group.chair_deputy, group.member):
            assert signed_in(person).get(where).status_code == 200
        for person in (beirat, employee, user_with(is_superuser=True, is_staff=True)):
            assert signed_in(person).get(where).status_code == 403
        assert Client().get(where).status_code == 302


@pytest.mark.parametrize("name", ["new_sitting", "list", "propose", "record", "close"])
def test_pages_of_an_act_open_only_for_who_may_act(group, listed, name):
    args = {"new_sitting": [], "list": [listed.sitting_id], "close": [listed.sitting_id]}
    where = reverse(f"decision:{name}", args=args.get(name, [listed.sitting_id, listed.pk]))
    allowed = group.chair if name == "close" else group.cdo
    for person in (group.cdo, group.chair, group.member, group.cdo_deputy, group.chair_deputy):
        expected = 200 if person == allowed else 403
        assert signed_in(person).get(where).status_code == expected, person
    absent_today(allowed)
    deputy = group.chair_deputy if name == "close" else group.cdo_deputy
    assert signed_in(deputy).get(where).status_code == 200


ONE_BUTTON = ["confirm", "send_back", "adjourn", "drop", "take_off_list"]


@pytest.mark.parametrize("name", ONE_BUTTON)
def test_acts_answer_to_posts_alone_and_need_the_right(group, listed, name):
    item = recorded(group, listed) if name in ("confirm", "send_back") else listed
    where = address(name, item)
    for method in ("get", "put", "delete", "patch"):
        assert getattr(signed_in(group.cdo), method)(where).status_code == 405
    wrong = group.cdo if name in ("confirm", "send_back") else group.chair
    for person in (wrong, group.member):
        assert post(person, where, version=item.version, note="Hinweis").status_code == 403
    assert Client(enforce_csrf_checks=True).post(where).status_code in (302, 403)
    item.refresh_from_db()
    assert item.state == ("recorded" if name in ("confirm", "send_back") else "listed")


@pytest.mark.parametrize("name", ["item", "propose", "record"])
def test_what_does_not_exist_or_belongs_elsewhere_is_not_found(group, cdo, listed, today, name):
    other = open_sitting(body=group.body, day=today + timedelta(days=7), place="", by=group.cdo)
    for sitting_id, item_id in (
        (other.pk, listed.pk),
        (listed.sitting_id, 999_999),
        (2**70, listed.pk),
        (listed.sitting_id, 2**70),
    ):
        assert cdo.get(reverse(f"decision:{name}", args=[sitting_id, item_id])).status_code == 404


def test_example_sittings_do_not_exist_for_real_accounts(group, cdo, today):
    demo = make_group(is_demo=True, prefix="demo-")
    example = open_sitting(body=demo.body, day=today, place="Beispielsaal", by=demo.cdo)
    item = on_list(demo, example, is_example=True)
    assert "Beispielsaal" not in cdo.get(reverse("decision:sittings")).content.decode()
    for where in pages(item)[1:]:
        assert cdo.get(where).status_code == 404
        assert signed_in(demo.member).get(where).status_code == 200


# --- What is wrong is said and nothing typed is lost --------------------------------------------------------------


def test_an_incomplete_outcome_says_what_is_missing_at_its_field(group, cdo, listed):
    class_mark(listed.project)
    answer = cdo.post(
        address("record", listed),
        {"outcome": "commission", "text": "Getippter Satz", "council_matter": "\u200b", "version": listed.version},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Fehler: " in page
    for words in (
        "Sagen Sie, wie es um die Finanzierung steht.",
        "Schreiben Sie „nein“ oder welche Rats- oder Ausschusssache es ist und mit welchem Ergebnis.",
        "Nennen Sie, wer für die federführende Stelle zugestimmt hat, und den Tag.",
        "Leuchtturm ist vorgeschlagen. Sagen Sie, ob die Klasse bestätigt wird.",
    ):
        assert page.count(words) == 2
    assert "Getippter Satz" in page
    listed.refresh_from_db()
    assert listed.state == "listed"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"outcome": "decline", "reason": "\u2060 "}, "Begründen Sie das Ergebnis."),
        ({"outcome": "defer", "look_again_on": "30.02.2027"}, "Schreiben Sie den Tag so: 24.12.2026"),
        ({"outcome": "defer", "look_again_on": "9999-12-31"}, "Nennen Sie einen Tag in den nächsten zehn Jahren."),
        ({"outcome": "defer", "look_again_on": "01.01.2020"}, "Nennen Sie einen Tag nach der Sitzung."),
        ({"outcome": "stop"}, "Wählen Sie ein Ergebnis."),
        ({"outcome": "reconsider", "supersedes": "7"}, "Wählen Sie ein Ergebnis."),
        ({"outcome": ""}, "Wählen Sie ein Ergebnis."),
        ({"outcome": "decline", "reason": "a\x00b"}, "unsichtbares Steuerzeichen"),
        ({"outcome": "decline", "reason": "x" * 4001}, "Kürzen Sie den Text auf höchstens 4000 Zeichen"),
    ],
)
def test_bad_input_gets_a_plain_message(group, cdo, listed, values, words):
    answer = cdo.post(address("record", listed), {"text": "Satz", "version": listed.version} | values)
    # A NUL is refused before the page sees it; everything else by the form, with what was typed.
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert words in answer.content.decode()
    else:
        assert "\x00" in values["reason"]
    listed.refresh_from_db()
    assert listed.state == "listed"


@pytest.mark.parametrize("version", [None, "", "abc", "٣", "99999999999999999999"])
def test_a_broken_version_counts_as_stale(group, cdo, listed, version):
    values = OUTCOME | {"text": "Getippt"}
    answer = post(group.cdo, address("record", listed), **values, version=version)
    assert answer.status_code == 409
    assert "Getippt" in answer.content.decode()


def test_a_stale_form_shows_the_new_state_and_the_typed_text(group, cdo, listed):
    seen = listed.version
    recorded(group, listed, "decline", text="Satz der anderen")
    answer = cdo.post(address("record", listed), OUTCOME | {"text": "Mein Satz", "version": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mein Satz" in page
    assert "Satz der anderen" in page
    listed.refresh_from_db()
    assert listed.outcome == "decline"
    again = cdo.post(address("record", listed), OUTCOME | {"text": "Mein Satz", "version": listed.version})
    assert again.status_code == 302
    assert SittingItem.objects.get().text == "Mein Satz"


def test_a_stale_confirmation_is_refused_with_the_page_as_it_stands(group, chair, listed):
    item = recorded(group, listed)
    answer = chair.post(address("confirm", item), {"version": item.version - 1, "seen_hash": "0" * 64})
    assert answer.status_code == 409
    assert "inzwischen geändert" in answer.content.decode()
    answer = chair.post(address("confirm", item), {"version": item.version, "seen_hash": "0" * 64})
    assert answer.status_code == 409
    assert "Rangfolge hat sich inzwischen geändert" in answer.content.decode()
    item.refresh_from_db()
    assert item.state == "recorded"


def test_sending_back_needs_a_note(group, chair, listed):
    item = recorded(group, listed)
    answer = chair.post(address("send_back", item), {"version": item.version, "note": " \u200b"})
    assert answer.status_code == 422
    assert "<title>Fehler: " in answer.content.decode()
    chair.post(address("send_back", item), {"version": item.version, "note": "Der Tag fehlt."})
    assert "Der Tag fehlt." in signed_in(group.cdo).get(address("record", item)).content.decode()


def test_a_double_click_on_a_button_does_it_once(group, listed):
    first = post(group.cdo, address("take_off_list", listed), version=listed.version)
    second = post(group.cdo, address("take_off_list", listed), version=listed.version)
    assert (first.status_code, second.status_code) == (302, 404)


def test_the_list_names_what_could_not_be_put_on_it(group, cdo, sitting):
    good, own = project_at(Step.ASSESSED, title="Gut"), project_at(Step.ASSESSED, title="Eigenes")
    join(own, group.cdo, "member")
    answer = cdo.post(reverse("decision:list", args=[sitting.pk]), {"projekt": [str(good.pk), str(own.pk)]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Eigenes: Sie sind bei diesem Projekt befangen" in page
    assert [item.title for item in sitting.items.all()] == ["Gut"]
    for values in ({}, {"projekt": ["abc"]}, {"projekt": [str(good.pk)]}):
        refused = cdo.post(reverse("decision:list", args=[sitting.pk]), values)
        assert "Wählen Sie mindestens ein Vorhaben" in refused.content.decode()
    assert sitting.items.count() == 1


def test_the_list_offers_what_can_be_decided_in_the_order_of_the_ranking(group, cdo, sitting):
    low = project_at(Step.ASSESSED, title="Niedrig", levels=dict.fromkeys(("vernetzung", "effect_inward"), 1) | REST)
    high = project_at(Step.ASSESSED, title="Hoch", levels=dict.fromkeys(("vernetzung", "effect_inward"), 4) | REST)
    project_at(Step.POOLED, title="Unbewertet")
    project_at(Step.ASSESSED, title="Nur Beispiel", is_example=True)
    page = cdo.get(reverse("decision:list", args=[sitting.pk])).content.decode()
    assert page.index("Platz 1: <strong>Hoch") < page.index("Platz 2: <strong>Niedrig")
    assert "Unbewertet" not in page
    assert "Nur Beispiel" not in page
    assert {low.step, high.step} == {Step.ASSESSED}


REST = {"effect_outward": 1, "kompetenzaufbau": 1, "synergien": 1}


def test_a_day_with_a_sitting_is_refused_at_its_field(cdo, sitting):
    answer = cdo.post(reverse("decision:new_sitting"), {"day": sitting.day.isoformat(), "place": "Getippter Ort"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Für diesen Tag gibt es schon eine Sitzung." in page
    assert "Getippter Ort" in page
    assert Sitting.objects.count() == 1


@pytest.mark.parametrize("day", ["", "gestern", "31.02.2027", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_refused(cdo, day):
    assert cdo.post(reverse("decision:new_sitting"), {"day": day}).status_code == 422
    assert not Sitting.objects.exists()


# --- Closing ------------------------------------------------------------------------------------------------------


def test_the_close_page_says_what_follows_and_what_is_missing(group, chair, sitting):
    done = on_list(group, sitting)
    class_mark(done.project)
    open_item = on_list(group, sitting)
    confirmed(group, done, marks={"leuchtturm": True})
    where = reverse("decision:close", args=[sitting.pk])
    page = chair.get(where).content.decode()
    assert "Geht von „bewertet“ zu „zur Umsetzung bestimmt“." in page
    assert "Die Klasse Leuchtturm wird bestätigt." in page
    assert "Noch lässt sich die Sitzung nicht schließen." in page
    sitting.refresh_from_db()
    refused = chair.post(where, {"version": sitting.version})
    assert refused.status_code == 422
    assert f"Punkt 2, „{open_item.title}“: vorgemerkt" in refused.content.decode()
    assert chair.post(where, {"version": "0"}).status_code == 409
    assert Sitting.objects.get().is_open


def test_the_close_page_shows_what_moved_and_the_item_can_be_confirmed_again(group, chair, sitting, listed):
    item = confirmed(group, listed)
    newcomer = on_list(group, sitting, title="Neu dabei")
    signed_in(group.cdo).post(address("drop", newcomer), {"version": newcomer.version})
    where = reverse("decision:close", args=[sitting.pk])
    assert "„Neu dabei“ ist neu auf Platz 1." in chair.get(where).content.decode()
    sitting.refresh_from_db()
    refused = chair.post(where, {"version": sitting.version})
    assert refused.status_code == 409
    assert "Punkt 1 ist erneut zu bestätigen." in refused.content.decode()
    page = chair.get(address("item", item))
    assert "„Neu dabei“ ist neu auf Platz 1." in page.content.decode()
    item.refresh_from_db()
    assert item.state == "recorded"
    chair.post(address("confirm", item), {"version": item.version, "seen_hash": page.context["ranking_hash"]})
    sitting.refresh_from_db()
    assert chair.post(where, {"version": sitting.version}).status_code == 302


def test_a_hindrance_is_said_on_the_close_page(group, chair, sitting, listed):
    item = confirmed(group, on_list(group, sitting, Step.RUNNING), "stop")
    confirmed(group, listed)
    Project.objects.filter(pk=item.project_id).update(step=Step.COMPLETED)
    sitting.refresh_from_db()
    refused = chair.post(reverse("decision:close", args=[sitting.pk]), {"version": sitting.version})
    assert refused.status_code == 409
    assert "Punkt 2" in refused.content.decode()
    assert "Nichts ist wirksam geworden." in refused.content.decode()


def test_a_closed_sitting_shows_its_minutes_and_no_acts(group, cdo, chair, sitting, listed):
    item = confirmed(group, listed, text="Der Wortlaut.")
    sitting.refresh_from_db()
    chair.post(reverse("decision:close", args=[sitting.pk]), {"version": sitting.version})
    page = cdo.get(reverse("decision:sitting", args=[sitting.pk])).content.decode()
    assert sitting.frozen_form.hash in page
    assert "Vorhaben auf die Liste setzen" not in page
    minutes = cdo.get(reverse("decision:print", args=[sitting.pk])).content.decode()
    assert "Der Wortlaut." in minutes
    assert "Nachgerechnet: stimmt" in minutes
    for name in ("list", "close"):
        client = chair if name == "close" else cdo
        assert client.get(reverse(f"decision:{name}", args=[sitting.pk])).status_code == 302
    assert cdo.get(address("record", item)).status_code == 302


# --- What is shown ------------------------------------------------------------------------------------------------


def test_who_is_barred_reads_why(group, sitting):
    own = on_list(group, sitting)
    join(own.project, group.cdo, "member")
    page = signed_in(group.cdo).get(address("item", own)).content.decode()
    assert "Sie sind bei diesem Projekt befangen" in page
    assert "Ergebnis protokollieren" not in page
    assert "Ergebnis protokollieren" in signed_in(group.cdo_deputy).get(address("item", own)).content.decode()


@pytest.mark.parametrize("name", ["propose", "record"])
def test_an_incomplete_form_does_not_hide_that_the_item_has_moved_on(group, listed, name):
    seen = listed.version
    SittingItem.objects.filter(pk=listed.pk).update(version=seen + 1)
    response = post(group.cdo, address(name, listed), version=seen, outcome="")
    assert response.status_code == 422
    assert f'name="version" value="{seen}"' in response.content.decode()
    again = post(
        group.cdo, address(name, listed), version=seen, outcome="commission", text="Text", **NEEDS["commission"]
    )
    assert again.status_code == 409
    assert f'name="version" value="{seen + 1}"' in again.content.decode()


@pytest.mark.parametrize("step", [Step.ASSESSED, Step.DEFERRED, Step.REJECTED, Step.RUNNING])
def test_the_deputy_lists_what_the_cdo_is_barred_from_and_nothing_else(group, sitting, step):
    """Without an absence too: the CDO's own project must come before the Lenkungsgruppe by somebody's hand."""
    deputy, where = signed_in(group.cdo_deputy), reverse("decision:list", args=[sitting.pk])
    way = f'href="{where}"'
    sitting_page = reverse("decision:sitting", args=[sitting.pk])
    other = project_at(step)
    assert way not in deputy.get(sitting_page).content.decode()
    own = project_at(step, submitter=group.cdo)
    assert way in deputy.get(sitting_page).content.decode()
    page = deputy.get(where).content.decode()
    assert (own.title in page, other.title in page) == (True, False)
    post(group.cdo_deputy, where, projekt=[str(own.pk), str(other.pk)])
    assert list(sitting.items.values_list("project", flat=True)) == [own.pk]


def test_the_members_read_but_find_no_button(group, listed):
    item = recorded(group, listed)
    page = signed_in(group.member).get(address("item", item)).content.decode()
    assert item.text in page
    assert "<button" not in page.split("<main")[1]


def test_what_was_sent_back_is_marked_on_the_agenda(group, cdo, sitting, listed):
    send_back(item=recorded(group, listed), note="Bitte den Tag nennen.", by=group.chair)
    assert "Bitte den Tag nennen." in cdo.get(reverse("decision:sitting", args=[sitting.pk])).content.decode()


def test_the_agenda_leads_each_person_to_the_item_that_waits_for_her(group, cdo, chair, sitting, listed):
    page = reverse("decision:sitting", args=[sitting.pk])
    second = on_list(group, sitting)
    assert "Punkt 1 vorbereiten" in cdo.get(page).content.decode()
    assert "Punkt 1 bestätigen" not in chair.get(page).content.decode()
    recorded(group, listed)
    recorded(group, second)
    assert "vorbereiten" not in cdo.get(page).content.decode()
    shown = chair.get(page).content.decode()
    assert "Punkt 1 bestätigen" in shown
    assert f'href="{address("item", listed)}">Punkt 1' in shown
    SittingItem.objects.filter(pk=listed.pk).update(recorded_by=group.chair.actor_person.actor)
    assert "Punkt 1 bestätigen" not in chair.get(page).content.decode()
    assert "Punkt" not in signed_in(group.member).get(page).context["next_step"].get("words", "")


def test_a_recorder_who_chairs_today_finds_no_button_to_confirm(group, listed):
    item = recorded(group, listed)
    SittingItem.objects.filter(pk=item.pk).update(recorded_by=group.chair.actor_person.actor)
    page = signed_in(group.chair).get(address("item", item)).content.decode()
    assert "bestätigen muss eine andere Person" in page
    assert "Ergebnis bestätigen" not in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_lists_cost_the_same_whatever_their_length(group, sitting, count, django_assert_num_queries):
    for _ in range(count):
        confirm(item=recorded(group, on_list(group, sitting)), by=group.chair)
    member = signed_in(group.member)
    with django_assert_num_queries(6):
        member.get(reverse("decision:sittings"))
    with django_assert_num_queries(7):
        member.get(reverse("decision:sitting", args=[sitting.pk]))
