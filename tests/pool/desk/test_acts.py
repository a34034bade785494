"""The pages for single acts: consequences before, one form, the act through its action."""

from datetime import timedelta

import pytest

from governance.models import Entry
from governance.record import clock
from pool.priority.models import ClassMark
from pool.project.models import Project
from pool.similarity.actions import index_text
from tests.factories import (
    class_mark,
    employed_in,
    handlungsfeld,
    join,
    project_at,
    taken_over_at,
    unit,
    user_with,
)
from tests.forms import form_with
from tests.pool.desk.conftest import browser


def test_merging_shows_the_target_first_and_then_merges(desk, page):
    project, target = project_at("pooled"), project_at("assessed", title="Ein Ziel für alle")
    sent = {"version": 1, "wanted": "Ziel für", "reason": "Dasselbe Vorhaben."}
    asked = desk.post(page(project, "zusammenfuehren"), sent)
    assert "Ein Ziel für alle" in asked.content.decode()
    assert "Dasselbe Vorhaben." in asked.content.decode()
    project.refresh_from_db()
    assert project.step == "pooled"
    desk.post(page(project, "zusammenfuehren"), sent | {"target": str(target.pk)})
    project.refresh_from_db()
    assert (project.step, project.merged_into) == ("merged", target)


@pytest.mark.parametrize("wanted", ["gibt es nicht", "99999", "%", "٣", "\u200b", "x" * 201])
def test_a_target_that_is_not_found_is_said(desk, page, wanted):
    project_at("assessed", title="Ein Ziel")
    response = desk.post(page(project_at("pooled"), "zusammenfuehren"), {"version": 1, "wanted": wanted})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["wanted"])


def test_drafts_final_projects_and_the_other_world_take_nothing_in(desk, page):
    for step in ("draft", "completed", "withdrawn"):
        project_at(step, title=f"Ziel {step}")
    project_at("pooled", title="Ziel Beispiel", is_example=True)
    response = desk.post(page(project_at("pooled"), "zusammenfuehren"), {"version": 1, "wanted": "Ziel"})
    assert "kein Vorhaben" in str(response.context["form"].errors["wanted"])


def test_several_targets_are_listed_by_number(desk, page):
    first, second = project_at("pooled", title="Ziel A"), project_at("pooled", title="Ziel B")
    response = desk.post(page(project_at("pooled"), "zusammenfuehren"), {"version": 1, "wanted": "Ziel"})
    said = str(response.context["form"].errors["wanted"])
    assert f"{first.pool_number} Ziel A; {second.pool_number} Ziel B" in said


def test_the_cdo_withdraws_only_on_a_recorded_request(desk, page):
    project = project_at("pooled")
    assert desk.post(page(project, "zurueckziehen"), {"version": 1, "reason": " "}).status_code == 422
    desk.post(page(project, "zurueckziehen"), {"version": 1, "reason": "Mail vom 3. März."})
    project.refresh_from_db()
    assert project.step == "withdrawn"


def test_only_what_was_taken_over_is_stopped_at_the_desk(desk, page):
    taken = taken_over_at("running")
    desk.post(page(taken, "beenden"), {"version": 1, "reason": "Ersetzt.", "lesson": "Früher fragen."})
    taken.refresh_from_db()
    assert (taken.step, taken.result) == ("stopped", "Früher fragen.")
    assert desk.get(page(project_at("running"), "beenden")).status_code == 403


def test_a_reason_typed_in_a_tab_that_came_too_late_is_shown_again(desk, page):
    early = project_at("deferred")
    sent = {"version": 1, "reason": "Die Mittel sind da."}
    assert desk.post(page(early, "wieder-aufnehmen"), sent).status_code == 302
    again = desk.post(page(early, "wieder-aufnehmen"), sent)
    assert again.status_code == 409
    assert "Die Mittel sind da." in again.content.decode()


def test_an_error_of_ones_own_does_not_hide_that_the_project_moved_on(desk, page):
    project = project_at("assessed")
    refused = desk.post(page(project, "bewertung-oeffnen"), {"version": 0, "reason": ""})
    assert refused.status_code == 422
    assert 'name="version" value="0"' in refused.content.decode()
    assert desk.post(page(project, "bewertung-oeffnen"), {"version": 0, "reason": "Neu."}).status_code == 409


def test_a_deferred_project_resumes_early_only_with_a_reason(desk, page):
    early, due = project_at("deferred"), project_at("deferred", look_again_on=clock.today())
    assert desk.post(page(early, "wieder-aufnehmen"), {"version": 1}).status_code == 422
    assert desk.post(page(early, "wieder-aufnehmen"), {"version": 1, "reason": "Mittel da."}).status_code == 302
    assert "reason" not in desk.get(page(due, "wieder-aufnehmen")).context["form"].fields
    assert desk.post(page(due, "wieder-aufnehmen"), {"version": 1}).status_code == 302


def test_a_slip_is_corrected_beside_the_old_text(desk, page):
    project = project_at("pooled", title="Ein Tippfeler")
    assert "?feld=title" in desk.get(page(project, "berichtigen")).content.decode()
    assert "Ein Tippfeler" in desk.get(page(project, "berichtigen"), {"feld": "title"}).content.decode()
    sent = {"version": 1, "field": "title", "new_text": "Ein Tippfehler", "reason": "Buchstabe fehlte."}
    assert desk.post(page(project, "berichtigen"), sent).status_code == 302
    project.refresh_from_db()
    assert project.title == "Ein Tippfehler"
    assert project.text_versions.order_by("-number").first().reason == "Buchstabe fehlte."


@pytest.mark.parametrize("field", ["step", "pool_number", "", "title__x"])
def test_a_field_that_is_no_text_is_never_corrected(desk, page, field):
    project = project_at("pooled")
    response = desk.post(page(project, "berichtigen"), {"version": 1, "field": field, "new_text": "1", "reason": "x"})
    assert "Welcher Text enthält das Versehen?" in response.content.decode()
    assert Project.objects.get(pk=project.pk).version == 1


def test_too_long_or_empty_a_correction_is_said_at_its_field(desk, page):
    project = project_at("pooled")
    for text in ("x" * 121, "", "\u200b"):
        sent = {"version": 1, "field": "title", "new_text": text, "reason": "Grund"}
        response = desk.post(page(project, "berichtigen"), sent)
        assert list(response.context["form"].errors) == ["new_text"]


def test_a_team_is_named_by_the_names_the_page_suggests(desk, page):
    lead = user_with(employed_in(unit("amt-61")), username="lea", first_name="Lea", last_name="Licht")
    member = user_with(employed_in(unit("amt-50")), username="max", first_name="Max", last_name="Mond")
    project = project_at("commissioned")
    assert "Lea Licht (lea)" in desk.get(page(project, "team")).content.decode()
    sent = {"version": 1, "lead": "Lea Licht (lea)", "member_1": "max", "source": "Verfügung vom 2. März"}
    assert desk.post(page(project, "team"), sent).status_code == 302
    held = {mandate.person.person.user: mandate.role for mandate in project.mandates.exclude(role="submitter")}
    assert held == {lead: "lead", member: "member"}


@pytest.mark.parametrize("name", ["niemand", "\u200b", "<script>", "x" * 5000])
def test_somebody_unknown_is_not_named(desk, page, name):
    sent = {"version": 1, "lead": name, "source": "Verfügung"}
    response = desk.post(page(project_at("commissioned"), "team"), sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["lead"])


def test_completing_needs_the_proposal_of_another_person(desk, page):
    lead = user_with(employed_in(unit("amt-61")))
    project = project_at("running")
    join(project, lead, "lead")
    assert page(project, "abschliessen") not in desk.get(page(project, "change")).content.decode()
    assert desk.post(page(project, "abschliessen"), {"version": 1}).status_code == 422
    project.completion_proposals.create(result="Läuft in allen Häusern.", by=lead.actor_person.actor, at=clock.now())
    assert page(project, "abschliessen") in desk.get(page(project, "change")).content.decode()
    assert "Läuft in allen Häusern." in desk.get(page(project, "abschliessen")).content.decode()
    desk.post(page(project, "abschliessen"), {"version": 1})
    project.refresh_from_db()
    assert (project.step, project.result) == ("completed", "Läuft in allen Häusern.")


def test_a_leuchtturm_is_proposed_and_taken_back(desk, page):
    project = project_at("assessed")
    address = page(project, "klasse")
    sent = {"version": 1, "klasse": "leuchtturm", "tun": "vorschlagen", "leuchtturm-reason": "Strahlt aus."}
    assert desk.post(address, sent).status_code == 302
    assert ClassMark.objects.get(is_current=True).state == "proposed"
    project.refresh_from_db()
    sent = {"version": project.version, "klasse": "leuchtturm", "tun": "zuruecknehmen"}
    assert desk.post(address, sent).status_code == 302
    assert ClassMark.objects.get(is_current=True).state == "withdrawn"


@pytest.mark.parametrize(
    ("days", "is_fine"),
    [(365, True), (367, False), (-1, False), (None, False)],
    ids=["year", "more", "before", "none"],
)
def test_a_schnellboot_shows_its_result_within_twelve_months(desk, page, days, is_fine):
    project, start = project_at("pooled"), clock.today()
    visible = f"{start + timedelta(days=days):%d.%m.%Y}" if days is not None else ""
    sent = {
        "version": 1,
        "klasse": "schnellboot",
        "tun": "vorschlagen",
        "schnellboot-reason": "Schnell.",
        "schnellboot-start_on": f"{start:%d.%m.%Y}",
        "schnellboot-visible_on": visible,
    }
    response = desk.post(page(project, "klasse"), sent)
    assert response.status_code == (302 if is_fine else 422)
    assert ClassMark.objects.exists() == is_fine
    if not is_fine:
        assert "Schnell." in response.content.decode()


@pytest.mark.parametrize("sent", [{}, {"klasse": "raumschiff", "tun": "vorschlagen"}, {"klasse": "leuchtturm"}])
def test_an_unknown_class_or_deed_changes_nothing(desk, page, sent):
    project = project_at("pooled")
    response = desk.post(page(project, "klasse"), sent | {"version": 1}, follow=True)
    assert "Wählen Sie" in response.content.decode()
    assert not ClassMark.objects.exists()


def test_what_the_lenkungsgruppe_decided_has_no_button(desk, page):
    project = project_at("assessed")
    class_mark(project, state="confirmed")
    text = desk.get(page(project, "klasse")).content.decode()
    assert "nur ein späterer Beschluss ändert es" in text
    assert "Leuchtturm vorschlagen" not in text


def taking_over(**values):
    return {
        "title": "WLAN in der Innenstadt",
        "short_text": "Freies WLAN auf Plätzen.",
        "lead_handlungsfeld": handlungsfeld().pk,
        "step": "running",
        "on_day": "01.05.2024",
        "precision": "year",
        "source_title": "Stadt Mainz: WLAN",
        "source_address": "https://www.mainz.de/wlan",
        "source_read_on": "20.11.2026",
    } | values


def test_a_project_is_taken_over_where_its_source_puts_it(desk):
    response = desk.post("/admin/pool/project/uebernehmen/", taking_over())
    project = Project.objects.get(title="WLAN in der Innenstadt")
    assert response.headers["Location"] == f"/admin/pool/project/{project.pk}/change/"
    assert (project.is_taken_over, project.pool_number, project.step_since_precision) == (True, None, "year")
    assert project.source_links.get().source.address == "https://www.mainz.de/wlan"


def test_taking_over_says_what_is_missing_and_keeps_what_was_typed(desk):
    sent = {"title": "WLAN", "short_text": "Frei.", "step": "pooled", "source_address": "javascript:alert(1)"}
    response = desk.post("/admin/pool/project/uebernehmen/", sent)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {
        "step", "precision", "source_title", "source_address", "source_read_on",
    }  # fmt: skip
    assert "WLAN" in response.content.decode()
    assert not Project.objects.exists()


def test_rel03_the_same_page_sent_ten_times_takes_one_project_over(desk):
    """The second click gets where the first one got; a page opened anew takes the next project over."""
    address = "/admin/pool/project/uebernehmen/"
    token = form_with(desk.get(address), "form_token")["form_token"][0]
    answers = [desk.post(address, taking_over(form_token=token)) for _click in range(10)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Project.objects.count() == 1
    assert Entry.objects.filter(act="take_over").count() == 1
    desk.post(address, taking_over(form_token=form_with(desk.get(address), "form_token")["form_token"][0]))
    assert Project.objects.count() == 2


def test_only_the_acting_cdo_takes_over(deputy):
    assert browser(deputy).get("/admin/pool/project/uebernehmen/").status_code == 403


def test_release_goes_from_text_to_consent_to_the_public_page(desk, page):
    project = project_at("assessed")
    address = page(project, "veroeffentlichung")

    def send(**sent):
        project.refresh_from_db()
        return desk.post(address, {"version": project.version} | sent, follow=True)

    send(tun="fassung", title="Ein Titel", short_text="Ein Satz.", plain_text="Kurz.")
    refused = desk.post(address, {"version": 2, "tun": "veroeffentlichen"})
    assert refused.status_code == 422
    send(tun="zustimmung", unit=project.lead_unit_id, given_by="Amtsleitung", given_on=f"{clock.today():%Y-%m-%d}")
    assert "Öffentlich seit" in send(tun="veroeffentlichen", on_day=f"{clock.today():%Y-%m-%d}").content.decode()
    project.refresh_from_db()
    assert project.releases.get(is_current=True).text.title == "Ein Titel"
    assert send(tun="zuruecknehmen", reason="\u200b").status_code == 422
    send(tun="zuruecknehmen", reason="Veraltet.")
    assert not project.releases.filter(is_current=True).exists()


def test_merging_suggests_similar_projects_and_asks_back_before_it_merges(desk, page):
    words = {"short_text": "Wer wartet, sieht auf dem Telefon, wann die eigene Nummer aufgerufen wird."}
    idea = project_at("submitted", title="Wartenummer auf dem Telefon", **words)
    twin = project_at("pooled", title="Wartenummern aufs Telefon", **words)
    project_at("draft", title="Wartenummer aufs Telefon", **words)
    for project in (idea, twin):
        index_text(project=project, number=1)
    shown = desk.get(page(idea, "zusammenfuehren"))
    assert shown.context["similar"] == [twin]
    sent = {"version": idea.version, "wanted": ["", str(twin.pool_number)], "reason": "Dasselbe."}
    asked = desk.post(page(idea, "zusammenfuehren"), sent)
    assert asked.context["found"] == twin
    assert "Gemeint ist" in asked.content.decode()
    idea.refresh_from_db()
    assert idea.step == "submitted"
    desk.post(page(idea, "zusammenfuehren"), sent | {"wanted": str(twin.pool_number), "target": str(twin.pk)})
    idea.refresh_from_db()
    assert (idea.step, idea.merged_into) == ("merged", twin)
