"""The gate page: partial answers, what is missing, the three closing acts, nothing typed is lost."""

import pytest

from pool.gate.queries import answer_values, open_round
from pool.project.models import Project
from tests.factories import absent_today, five, gate_round, project_at, system_actor
from tests.pool.desk.conftest import browser

ALL_YES = {f"answer_{code}": answer for code, answer in five("yes").items()} | {"beneficiary": "both"}


def test_some_answers_are_saved_and_the_page_says_what_is_open(desk, idea, page):
    sent = {"version": 1, "answer_vernetzung": "no", "reason_vernetzung": "Nur das Bürgeramt."}
    response = desk.post(page(idea, "pruefung"), sent, follow=True)
    assert response.redirect_chain[-1][0] == page(idea, "pruefung")
    text = response.content.decode()
    assert "Antworten gespeichert" in text
    assert "1 von 5 beantwortet; offen: Digitalisierungsbezug, Leitlinien, Handlungsbedarfe, Nutzen." in text
    assert "Nur das Bürgeramt." in text
    assert "/aufnehmen/" not in text
    assert "/zurueckgeben/" not in text


def test_five_yes_open_the_way_into_the_pool(desk, idea, page):
    text = desk.post(page(idea, "pruefung"), ALL_YES | {"version": 1}, follow=True).content.decode()
    assert page(idea, "aufnehmen") in text
    assert page(idea, "nicht-aufnehmen") not in text
    confirm = desk.get(page(idea, "aufnehmen")).content.decode()
    assert "Das Vorhaben bekommt die nächste Poolnummer." in confirm
    idea.refresh_from_db()
    response = desk.post(page(idea, "aufnehmen"), {"version": idea.version})
    assert response.headers["Location"] == page(idea, "change")
    idea.refresh_from_db()
    assert (idea.step, idea.pool_number) == ("pooled", 1)


def test_a_no_leads_to_giving_back_with_the_reasons_already_written(desk, idea, page):
    sent = ALL_YES | {"version": 1, "answer_vernetzung": "no", "reason_vernetzung": "Nur das Bürgeramt."}
    text = desk.post(page(idea, "pruefung"), sent, follow=True).content.decode()
    assert page(idea, "zurueckgeben") in text
    assert page(idea, "aufnehmen") not in text
    form = desk.get(page(idea, "zurueckgeben")).context["form"]
    assert form["reason"].value() == "Vernetzung: Nur das Bürgeramt."
    idea.refresh_from_db()
    sent = {"version": idea.version, "reason": "Bitte ein zweites Amt.", "remind_on": "24.12.2099"}
    sent["seen"] = desk.post(page(idea, "zurueckgeben"), sent).context["form"]["seen"].value()
    desk.post(page(idea, "zurueckgeben"), sent)
    idea.refresh_from_db()
    assert (idea.step, f"{idea.remind_on:%d.%m.%Y}") == ("returned", "24.12.2099")


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"answer_vernetzung": "no"}, "reason_vernetzung", "Begründen Sie das Nein"),
        ({"answer_vernetzung": "no", "reason_vernetzung": "\u200b\u200d"}, "reason_vernetzung", "Begründen Sie"),
        ({"answer_nutzen": "yes"}, "beneficiary", "wem das Vorhaben nützt"),
        ({"answer_leitlinien": "no", "reason_leitlinien": "So."}, "leitlinie", "Nennen Sie die Leitlinie"),
        ({"answer_vernetzung": "vielleicht"}, "answer_vernetzung", "ja, nein oder noch offen"),
        ({"leitlinie": "999999"}, "leitlinie", "aus der Liste"),
        ({"reason_nutzen": "a\x00b"}, "reason_nutzen", "NUL"),
        ({"reason_nutzen": "x" * 4001}, "reason_nutzen", "4000"),
    ],
)
def test_a_bad_answer_is_said_at_its_field_and_nothing_typed_is_lost(desk, idea, page, sent, field, words):
    typed = {"version": 1, "reason_digitalisierungsbezug": "Das bleibt stehen."}
    response = desk.post(page(idea, "pruefung"), typed | sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    assert "<title>Fehler: Prüfung" in text
    assert "Das bleibt stehen." in text
    assert open_round(idea) is None


def test_a_yes_without_links_says_what_is_missing_and_leads_to_the_linking_page(desk, idea, page):
    idea.need_links.all().delete()
    response = desk.post(page(idea, "pruefung"), {"version": 1, "answer_handlungsbedarfe": "yes"})
    assert "ein verknüpfter Handlungsbedarf" in str(response.context["form"].errors["answer_handlungsbedarfe"])
    assert page(idea, "verknuepfung") in response.content.decode()


@pytest.mark.parametrize("version", ["0", "7", "", "abc", "٣", "1e2", "9" * 30])
def test_a_stale_page_keeps_what_was_typed_and_shows_how_it_stands(desk, idea, page, version):
    gate_round(idea, {"nutzen": "no"}, by=system_actor())
    sent = {"version": version, "answer_vernetzung": "no", "reason_vernetzung": "Mein Text."}
    response = desk.post(page(idea, "pruefung"), sent)
    text = response.content.decode()
    assert response.status_code == 409
    assert "inzwischen geändert" in text
    assert "Mein Text." in text
    assert "Grund zu nutzen" in text
    assert f'name="version" value="{idea.version}"' in text
    assert answer_values(open_round(idea)) == {"nutzen": "no"}


def test_an_incomplete_form_does_not_hide_that_somebody_else_has_answered(desk, idea, page):
    """The page that asks for the missing reason keeps the version that was seen: the next click is stale as well."""
    gate_round(idea, {"nutzen": "no"}, by=system_actor())
    Project.objects.filter(pk=idea.pk).update(version=2)
    sent = {"version": 1, "answer_nutzen": "no"}
    response = desk.post(page(idea, "pruefung"), sent)
    assert response.status_code == 422
    assert 'name="version" value="1"' in response.content.decode()
    assert desk.post(page(idea, "pruefung"), sent | {"reason_nutzen": "Mein Grund."}).status_code == 409
    assert open_round(idea).answers.get().reason == "Grund zu nutzen"


INCOMPLETE = {
    "bewertung": ("pooled", {"tun": "festschreiben"}),
    "klasse": ("pooled", {"klasse": "leuchtturm", "tun": "vorschlagen"}),
    "berichtigen": ("pooled", {"field": "title"}),
    "verknuepfung": ("submitted", {"stellen-TOTAL_FORMS": "x"}),
    "veroeffentlichung": ("pooled", {"tun": "fassung"}),
    "wieder-aufnehmen": ("deferred", {}),
    "zurueckgeben": ("submitted", {}),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_every_page_of_an_act_keeps_the_version_that_was_seen(desk, page, name):
    step, sent = INCOMPLETE[name]
    project = project_at(step)
    Project.objects.filter(pk=project.pk).update(version=2)
    response = desk.post(page(project, name), {"version": 1} | sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'name="version" value="1"' in text
    assert 'name="version" value="2"' not in text


def test_the_same_form_sent_twice_is_written_once(desk, idea, page):
    sent = {"version": 1, "answer_vernetzung": "no", "reason_vernetzung": "Nur eines."}
    assert desk.post(page(idea, "pruefung"), sent).status_code == 302
    assert desk.post(page(idea, "pruefung"), sent).status_code == 409
    assert open_round(idea).answers.count() == 1


@pytest.mark.parametrize("step", ["draft", "pooled", "assessed", "completed"])
def test_an_old_link_leads_back_to_the_project_and_says_why(desk, page, step):
    project = project_at(step)
    response = desk.get(page(project, "pruefung"), follow=True)
    assert response.redirect_chain[-1][0] == page(project, "change")
    assert "nicht vorgesehen" in response.content.decode()


def test_the_cdo_who_submitted_is_told_that_the_deputy_does_it(cdo, deputy, page):
    own = project_at("submitted", submitter=cdo)
    refused = browser(cdo).get(page(own, "pruefung"))
    assert refused.status_code == 403
    assert "übernimmt die Vertretung" in refused.content.decode()
    sent = {"version": 1, "answer_vernetzung": "no", "reason_vernetzung": "Nur eines."}
    refused = browser(cdo).post(page(own, "pruefung"), sent)
    assert (refused.status_code, open_round(own)) == (403, None)
    assert "Nur eines." in refused.content.decode()
    assert browser(deputy).post(page(own, "pruefung"), sent).status_code == 302
    assert open_round(own).answers.get().in_place_of == cdo.actor_person.actor


def test_the_deputy_answers_only_on_days_of_absence(cdo, deputy, idea, page):
    assert browser(deputy).get(page(idea, "pruefung")).status_code == 403
    absent_today(cdo)
    assert browser(deputy).get(page(idea, "pruefung")).status_code == 200


def test_linking_is_on_record_and_leads_back_to_the_gate(desk, idea, page):
    need = idea.need_links.get().handlungsbedarf_id
    idea.need_links.all().delete()
    sent = {
        "version": 1,
        "handlungsbedarfe": [need],
        "stellen-TOTAL_FORMS": 1,
        "stellen-INITIAL_FORMS": 0,
        "stellen-0-unit": idea.lead_unit_id,
        "stellen-0-part": "works_out",
        "stellen-0-task": "schreibt",
    }
    response = desk.post(page(idea, "verknuepfung"), sent)
    assert response.headers["Location"] == page(idea, "pruefung")
    assert idea.need_links.get().handlungsbedarf_id == need
    assert list(idea.unit_links.values_list("unit", "task")) == [(idea.lead_unit_id, "schreibt")]
    assert desk.post(page(idea, "verknuepfung"), sent).status_code == 409
