"""„Wer darf was“ says what the tables say, for every act, to all staff."""

import pytest
from django.test import Client

from governance.permissions import Act as FrameAct
from governance.permissions import roles_for
from pool.casefile.rights import PARTIES, rights_on_projects
from pool.lifecycle import Act
from pool.permissions import TABLE, Who
from tests.factories import employed_in, unit, user_with

BACKEND = "governance.organisation.backends.AccountBackend"


@pytest.fixture
def text(db) -> str:
    client = Client()
    client.force_login(user_with(employed_in(unit("amt-50"))), backend=BACKEND)
    return " ".join(client.get("/ideen/wer-darf-was/").content.decode().split())


def test_every_act_stands_there_once(text):
    for label in {act.label for act in TABLE} | {act.label for act in FrameAct}:
        assert f"<dt>{label}</dt>" in text, label
    assert set(PARTIES) == set(Who)
    assert sum(len(group) for group in rights_on_projects()) == len(TABLE)


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (
            Act.ADMIT,
            "<strong>CDO</strong>: eingereicht</p><p><strong>vom Vorsitz für dieses Vorhaben benannte "
            'Vertretung der CDO</strong>: eingereicht</p><p class="small soft">Nie beim eigenen Vorhaben',
        ),
        (Act.WITHDRAW, "<strong>einreichende Person</strong>: Entwurf, eingereicht, zur Überarbeitung, im Pool"),
        (Act.CORRECT_SLIP, "<strong>CDO</strong>: in jedem Schritt nach dem Entwurf"),
        (Act.COMMISSION, '<strong>Lenkungsgruppe</strong>: bewertet, zurückgestellt</p><p class="small soft">Die Lenk'),
    ],
)
def test_an_act_names_who_does_it_and_in_which_steps(text, act, who):
    assert f"<dt>{act.label}</dt><dd><p>{who}" in text


def test_the_roles_of_the_frame_are_those_that_are_let_do_it():
    assert roles_for(FrameAct.EDIT_FRAME) == ["cdo"]
    assert roles_for(FrameAct.CREATE_ACCOUNT) == ["operator"]
    assert roles_for(FrameAct.GRANT_MANDATE) == ["cdo", "operator"]
