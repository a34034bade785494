"""The same request for consent sent twice at once is one request, and both clicks see it; on both databases."""

from uuid import uuid4

import pytest

from pool.lifecycle import Step
from pool.publication.consents import ask_consent
from pool.publication.models import ConsentRequest
from tests.factories import project_at, unit
from tests.pool.publication.publishing import written
from tests.pool.submission.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_asks_once_and_refuses_nobody(cdo):
    office = unit("amt-33")
    project = project_at(Step.RUNNING, lead_unit=office)
    text, token = written(project, cdo), uuid4()
    project.refresh_from_db()
    values = {"text": text, "unit": office, "token": token, "by": cdo, "version": project.version}
    assert at_once(*[lambda: ask_consent(**values)] * 4) == ["done"] * 4
    assert ConsentRequest.objects.count() == 1
