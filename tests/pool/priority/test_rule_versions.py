"""What the database holds of a rule version."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import factories

pytestmark = pytest.mark.django_db


def test_the_first_rule_accepts_ten_points_per_weight():
    assert factories.rule_1().accepted_interval == 10


@pytest.mark.parametrize("points", [0, 15])
def test_the_accepted_interval_may_be_anything_from_nothing_to_fifteen(points):
    rule = factories.rule_1()
    rule.accepted_interval = points
    rule.save()
    rule.refresh_from_db()
    assert rule.accepted_interval == points


def test_a_wider_interval_is_refused_in_words_and_by_the_database():
    rule = factories.rule_1()
    rule.accepted_interval = 16
    with pytest.raises(ValidationError, match="zwischen 0 und 15 Prozentpunkten"):
        rule.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.save()
