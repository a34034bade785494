"""An author, a colleague, and what an idea chooses from."""

from types import SimpleNamespace

import pytest

from governance.strategy.models import SDG, Querschnittsthema
from pool.project.models import Project
from pool.submission import actions
from tests.factories import edition_2022, employed_in, handlungsbedarf, handlungsfeld, unit, user_with


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    edition_2022()
    field = handlungsfeld("DV")
    return SimpleNamespace(
        author=user_with(employed_in(unit("amt-33")), username="autorin"),
        colleague=user_with(employed_in(unit("amt-50")), username="kollege"),
        stranger=user_with(employed_in(unit("amt-61")), username="fremd"),
        field=field,
        need=handlungsbedarf(field),
        unit=unit("amt-33"),
        other_unit=unit("amt-50"),
        topic=Querschnittsthema.objects.get(),
        sdg=SDG.objects.get(number=11),
    )


@pytest.fixture
def full(world: SimpleNamespace) -> dict[str, object]:
    """Everything that handing in demands."""
    return {
        "title": "Wartezeit am Schalter online sehen",
        "short_text": "Wer kommt, sieht vorher, wie lange es dauert.",
        "problem": "Niemand weiß, wann es leer ist.",
        "benefit": "Wege entfallen.",
        "beneficiary": "both",
        "lead_handlungsfeld": world.field,
        "lead_unit": world.unit,
        "participation": "Das Bürgeramt misst, die KDZ zeigt an.",
    }


@pytest.fixture
def draft(world: SimpleNamespace) -> Project:
    return actions.create_draft(by=world.author, title="Wartezeit am Schalter online sehen")
