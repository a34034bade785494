"""The whole way of one idea, from a staff member's form to a published Leuchtturm, in one test to read.

Every act is done by the demo account that does it at the city; between the acts people look at their pages.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from governance.models import Body, Handlungsbedarf, Handlungsfeld, OrganisationUnit, User
from governance.record import clock
from governance.record.queries import chain_breaks, reason_findings
from pool.decision.actions import close_sitting, confirm, open_sitting, propose, put_on_list, record_outcome
from pool.delivery.actions import complete, propose_completion, start
from pool.delivery.team_actions import name_team
from pool.gate.actions import GateInput, admit, answer_gate, return_for_revision
from pool.lifecycle import Incomplete
from pool.maturity.actions import countersign
from pool.priority.actions import propose_class, rate
from pool.priority.queries import ranking
from pool.project.models import Project
from pool.publication.actions import release, write_public_text
from pool.publication.consents import record_consent
from pool.submission.actions import create_draft, edit_text, submit
from tests.demo import load_people
from tests.factories import project_at

YES = {code: GateInput("yes", "Trifft zu.") for code in ("digitalisierungsbezug", "leitlinien", "vernetzung")}
LEVELS = {"vernetzung": 3, "effect_inward": 2, "effect_outward": 4, "kompetenzaufbau": 2, "synergien": 3}
COMMISSION = {
    "text": "Die Lenkungsgruppe bestimmt das Vorhaben zur Umsetzung.",
    "funding": "secured",
    "council_matter": "keine",
    "unit_consent": "Leitung des Bürgeramts am 2. November 2026",
}


@pytest.fixture
def people(db) -> dict[str, User]:
    return load_people()


def page(user: User | None, address: str) -> str:
    """Return the text of a page as somebody sees it."""
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.content.decode()


def test_the_whole_way_of_one_idea(people):
    idee, idee2, cdo, chair = (people[name] for name in ("idee", "idee2", "cdo", "lenkung"))
    buergeramt, kdz = (OrganisationUnit.objects.get(code=code) for code in ("amt-33", "kdz"))
    digitale_verwaltung = Handlungsfeld.objects.get(code="DV")
    need = Handlungsbedarf.objects.get(code="HB-DV-4")

    # A staff member writes an idea. Nobody but her and the CDO sees it, and incomplete it cannot be handed in.
    project = create_draft(by=idee, title="Wartenummer aufs Telefon")
    address = f"/ideen/{project.pk}/"
    with pytest.raises(Incomplete) as refused:
        submit(project=project, by=idee)
    assert "die federführende Stelle" in refused.value.missing
    edit_text(
        project=project,
        by=idee,
        version=project.version,
        values={
            "short_text": "Wer wartet, sieht unterwegs, wann die eigene Nummer aufgerufen wird.",
            "problem": "Menschen warten lange auf dem Flur.",
            "benefit": "Wartezeit wird freie Zeit.",
            "beneficiary": "stadtgesellschaft",
            "participation": "Bürgeramt und Datenzentrale arbeiten zusammen.",
            "lead_unit": buergeramt,
            "lead_handlungsfeld": digitale_verwaltung,
        },
        units=[(buergeramt, "works_out", "")],
    )
    submit(project=project, by=idee)
    assert not Project.objects.visible_to(idee2).filter(pk=project.pk).exists()

    # The CDO checks it. One criterion is not met, so it goes back with the reasons, and comes again.
    answer_gate(project=project, answers=YES | {"vernetzung": GateInput("no", "Nur ein Amt wirkt mit.")}, by=cdo)
    with pytest.raises(Incomplete):
        admit(project=project, by=cdo)
    answer_gate(
        project=project,
        answers={
            "nutzen": GateInput("yes", "Spürbar für alle.", "stadtgesellschaft"),
            "handlungsbedarfe": GateInput("no", "Kein Handlungsbedarf verknüpft."),
        },
        by=cdo,
    )
    in_four_weeks = clock.today() + timedelta(days=28)
    return_for_revision(project=project, reason="Bitte eine zweite Stelle gewinnen.", remind_on=in_four_weeks, by=cdo)
    assert "Bitte eine zweite Stelle gewinnen." in page(idee, address)
    edit_text(
        project=project,
        by=idee,
        version=project.version,
        values={},
        units=[(buergeramt, "works_out", "schreibt"), (kdz, "carries_out", "baut")],
        handlungsbedarfe=[need],
    )
    submit(project=project, by=idee)

    # The second round starts empty. Five yes, and the idea is in the pool, where every colleague reads it.
    answers = {code: GateInput("yes", "Jetzt erfüllt.") for code in ("handlungsbedarfe", "vernetzung")}
    answer_gate(project=project, answers=YES | answers | {"nutzen": GateInput("yes", "Ja.", "both")}, by=cdo)
    admit(project=project, by=cdo)
    assert project.pool_number == 9001
    assert "Wartenummer aufs Telefon" in page(idee2, "/ideen/pool/")

    # Five levels with their reasons give it a place at once; a proposed class lifts it above a higher score.
    rival = project_at(
        "assessed",
        submitter=idee2,
        is_example=True,
        levels={"vernetzung": 4, "effect_inward": 4, "effect_outward": 4, "kompetenzaufbau": 4, "synergien": 3},
    )
    rate(project=project, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Belegt in der Ideenskizze."), by=cdo)
    assert [entry.project for entry in ranking(include_examples=True).entries] == [rival, project]
    propose_class(project=project, mark="leuchtturm", reason="Strahlt über die Stadt hinaus.", by=cdo)
    first = ranking(include_examples=True).entries[0]
    assert (first.project, first.ranked.score) == (project, 300)
    assert [part.points for part in first.ranked.contributions] == [75, 100, 50, 75]
    assert rival.place.score > first.ranked.score
    assert "Wartenummer aufs Telefon" in page(chair, "/lenkungsgruppe/rangliste/")

    # The CDO proposes and records; the chair, another person, confirms and closes. Only then anything changes.
    sitting = open_sitting(body=Body.objects.get(code="lenkungsgruppe"), day=clock.today(), place="Stadthaus", by=cdo)
    item = put_on_list(sitting=sitting, project=project, by=cdo)
    item = propose(item=item, proposal="commission", by=cdo, **COMMISSION)
    reason = {"reason": "Nützt allen, die auf ein Amt müssen."}
    item = record_outcome(item=item, outcome="commission", by=cdo, marks={"leuchtturm": True}, **COMMISSION, **reason)
    with pytest.raises(Incomplete, match="nicht gegengezeichnet"):
        confirm(item=item, by=chair)
    countersign(project=project, rating=project.ratings.get(), by=people["koordination"])
    confirm(item=item, by=chair)
    project.refresh_from_db()
    assert project.step == "assessed"
    close_sitting(sitting=sitting, by=chair)
    project.refresh_from_db()
    assert project.step == "commissioned"
    assert project.class_marks.get(is_current=True).state == "confirmed"
    assert reason["reason"] in page(people["beirat"], f"/lenkungsgruppe/beschluesse/{item.pk}/")

    # A team carries it out.
    lead = people["projektleitung"]
    name_team(project=project, lead=lead, members=[idee2], source="Beschluss", by=cdo)
    start(project=project, by=lead)

    # The lead unit agrees to the public text, the CDO releases it, and everyone reads it: without people and points.
    text = write_public_text(
        project=project,
        title="Wartenummer aufs Telefon",
        short_text="Unterwegs statt auf dem Flur.",
        plain_text="Sie warten, wo Sie wollen.",
        by=cdo,
    )
    record_consent(text=text, unit=buergeramt, given_by="Leitung des Bürgeramts", given_on=clock.today(), by=cdo)
    release(text=text, by=cdo)
    project.refresh_from_db()
    public = page(None, f"/projekte/{project.slug}/")
    for shown in ("Unterwegs statt auf dem Flur.", "Leuchtturm", "in Umsetzung", "Digitale Verwaltung", "Bürgeramt"):
        assert shown in public
    for hidden in (idee.get_full_name(), lead.get_full_name(), "Belegt in der Ideenskizze.", "Menschen warten lange"):
        assert hidden not in public
    assert "Wartenummer aufs Telefon" in page(None, "/")

    # It ends with a result, proposed by its Projektleitung and completed by the CDO.
    propose_completion(project=project, result="Läuft in allen Ortsverwaltungen.", by=lead, in_operation=True)
    complete(project=project, by=cdo)
    assert (project.step, project.in_operation) == ("completed", True)
    assert "abgeschlossen" in page(None, f"/projekte/{project.slug}/")

    # Whatever happened is on record, and the decision can be computed again.
    acts = [row.act for row in project.transitions.order_by("pk")]
    assert acts == ["submit", "return", "resubmit", "admit", "rate", "commission", "start", "complete"]
    assert list(chain_breaks()) == list(reason_findings()) == []
    call_command("verify_decisions", verbosity=0)
    call_command("verify_record", verbosity=0)
