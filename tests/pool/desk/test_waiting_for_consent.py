"""What waits for a lead unit's consent at the desk: since when, and what a refusal brings back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from governance.mandates.rules import Role
from governance.record import clock
from pool.casefile.desk_queries import QUEUES, waits_for_cdo
from pool.project.models import Project
from pool.publication.actions import release
from pool.publication.consents import ask_consent, refuse_consent
from tests.factories import employed_in, mandate, project_at, unit, user_with
from tests.pool.publication.publishing import consented, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")


def picked(key: str, cdo) -> list[Project]:
    return list(QUEUES[key].picked(Project.objects.all(), cdo, clock.today()))


def test_it_stands_with_its_age_and_comes_back_when_refused(client, cdo):
    project = project_at("running", title="Sensoren am Rhein", lead_unit=unit("amt-33"))
    before = clock.now() - timedelta(days=12)
    with clock.played(before):
        asked = ask_consent(text=written(project, cdo), unit=unit("amt-33"), token=uuid4(), by=cdo)
    client.force_login(cdo)
    page = client.get("/admin/").content.decode()
    assert "Wartet auf Zustimmung der Stelle" in page
    assert f"/admin/pool/project/{project.pk}/veroeffentlichung/" in page
    assert "(12 Tage)" in client.get(f"/admin/pool/project/{project.pk}/veroeffentlichung/").content.decode()
    assert picked("zustimmung", cdo) == [project]
    speaker = user_with(employed_in(unit("amt-20")), mandate(Role.UNIT_CONSENT, unit=unit("amt-33")))
    refuse_consent(request=asked, reason="Der Titel führt irre.", by=speaker)
    assert (picked("zustimmung", cdo), picked("abgelehnt", cdo)) == ([], [project])
    assert list(waits_for_cdo(Project.objects.all(), clock.today())) == [project]
    assert "Wartet auf Zustimmung der Stelle" not in client.get("/admin/").content.decode()
    written(project, cdo, title="Ein anderer Titel")
    assert picked("abgelehnt", cdo) == []


def test_what_is_planned_is_kept_in_view_until_its_day(cdo):
    project = project_at("running", lead_unit=unit("amt-33"))
    text = consented(written(project, cdo), cdo)
    release(text=text, by=cdo, on_day=clock.today() + timedelta(days=3))
    assert picked("geplant", cdo) == [project]
    with clock.played(clock.now() + timedelta(days=4)):
        assert picked("geplant", cdo) == []
