"""The frame at the desk: read everything, write only texts marked Beispiel, on record."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from governance.models import Entry, Handlungsfeld, Leitlinie, Teilziel, User
from governance.permissions import NotAllowed
from governance.strategy.actions import edit_example_text
from tests.factories import absent_today, employed_in, handlungsbedarf, handlungsfeld, held_by, mandate, unit, user_with

FIELDS = "/admin/governance/handlungsfeld/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="governance.organisation.backends.AccountBackend")
    return client


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.fixture
def field(db):
    Handlungsfeld.objects.filter(pk=handlungsfeld().pk).update(starting_situation_is_example=True)
    return Handlungsfeld.objects.get()


def send(client, address, **texts):
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    return client.post(address, typed | texts)


def test_a_text_marked_beispiel_is_written_anew_on_record_and_stays_marked(cdo, field):
    response = send(browser(cdo), f"{FIELDS}{field.pk}/change/", starting_situation="Neue Lage.")
    assert response.status_code == 302
    field.refresh_from_db()
    assert (field.starting_situation, field.starting_situation_is_example) == ("Neue Lage.", True)
    entry = Entry.objects.get(chain=f"edition:{field.edition_id}")
    assert (entry.object_type, entry.to_state) == ("handlungsfeld", "starting_situation")
    assert entry.actor == cdo.actor_person.actor


def test_what_rests_on_a_source_has_no_field_and_is_refused_by_the_action(cdo, field):
    form = browser(cdo).get(f"{FIELDS}{field.pk}/change/").context["form"]
    assert set(form.fields) == {"seen", "starting_situation"}
    for name in ("topic", "name", "slug", "starting_situation_is_example"):
        with pytest.raises(ValidationError):
            edit_example_text(row=field, field=name, text="x", by=cdo)
    send(browser(cdo), f"{FIELDS}{field.pk}/change/", topic="Anders", name="Anders")
    field.refresh_from_db()
    assert "Anders" not in (field.topic, field.name)


def test_teilziele_are_written_with_their_handlungsbedarf(cdo, db):
    need = handlungsbedarf()
    goal = Teilziel.objects.create(handlungsbedarf=need, number=1, text="Alt", is_example=True)
    fixed = Teilziel.objects.create(handlungsbedarf=need, number=2, text="Fest")
    address = f"/admin/governance/handlungsbedarf/{need.pk}/change/"
    send(browser(cdo), address, **{f"teilziel_{goal.pk}": "Neu", f"teilziel_{fixed.pk}": "Neu"})
    goal.refresh_from_db()
    fixed.refresh_from_db()
    assert (goal.text, fixed.text) == ("Neu", "Fest")


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 2001, "a\x00b"])
def test_a_text_that_does_not_fit_is_said_at_its_field(cdo, field, text):
    response = send(browser(cdo), f"{FIELDS}{field.pk}/change/", starting_situation=text)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["starting_situation"])
    assert not Entry.objects.exists()


def test_a_text_changed_meanwhile_is_not_overwritten_unseen(cdo, field):
    address = f"{FIELDS}{field.pk}/change/"
    client = browser(cdo)
    seen = client.get(address).context["form"]["seen"].value()
    Handlungsfeld.objects.filter(pk=field.pk).update(starting_situation="Von jemand anderem.")
    typed = {"seen": seen, "starting_situation": "Mein Text."}
    response = client.post(address, typed)
    text = response.content.decode()
    assert "inzwischen geändert" in text
    assert "Mein Text." in text
    field.refresh_from_db()
    assert field.starting_situation == "Von jemand anderem."
    assert client.post(address, typed | {"seen": response.context["form"]["seen"].value()}).status_code == 302


def test_a_row_without_example_texts_is_only_read(cdo, field):
    row = Leitlinie.objects.get()
    response = browser(cdo).get(f"/admin/governance/leitlinie/{row.pk}/change/")
    assert (response.context["form"], row.text in response.content.decode()) == (None, True)


def test_a_deputy_without_cause_and_others_write_nothing(cdo, field):
    deputy = user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate("cdo", deputy_for=held_by(cdo, "cdo")))
    assert browser(deputy).get(f"{FIELDS}{field.pk}/change/").context["form"] is None
    with pytest.raises(NotAllowed):
        edit_example_text(row=field, field="starting_situation", text="x", by=deputy)
    for user in (user_with(mandate("operator")), user_with(is_superuser=True, is_staff=True)):
        assert browser(user).get(FIELDS).status_code == 403
        assert browser(user).post(f"{FIELDS}{field.pk}/change/", {"starting_situation": "x"}).status_code == 403


@pytest.mark.parametrize(
    "name", ["edition", "visionquestion", "leitlinie", "handlungsfeld", "strategicgoal", "handlungsbedarf",
             "querschnittsthema", "uebergeordneterbaustein", "sdg", "stadtteil", "grundkriterium", "reifegrad",
             "rubricversion"],
)  # fmt: skip
def test_nothing_of_the_frame_is_added_or_deleted(cdo, field, name):
    client = browser(cdo)
    assert client.get(f"/admin/governance/{name}/").status_code == 200
    assert client.get(f"/admin/governance/{name}/add/").status_code == 403


def test_the_deputy_of_an_absent_cdo_writes_in_her_place(cdo, field):
    deputy = user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate("cdo", deputy_for=held_by(cdo, "cdo")))
    absent_today(cdo)
    edit_example_text(row=field, field="starting_situation", text="Neue Lage.", by=deputy)
    entry = Entry.objects.get(chain=f"edition:{field.edition_id}")
    assert (entry.actor, entry.in_place_of) == (deputy.actor_person.actor, cdo.actor_person.actor)
