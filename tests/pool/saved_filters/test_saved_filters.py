"""A list as it is set, saved under a name: for oneself alone, with an address to pass on."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from governance.organisation.models import User
from pool.lifecycle import ProcedureError
from pool.saved_filters.actions import save_filter
from pool.saved_filters.models import SavedFilter
from pool.saved_filters.rules import LONGEST_QUERY, MOST_PER_LIST, kept_query
from tests.factories import body, employed_in, mandate, project_at, unit, user_with

BACKEND = "governance.organisation.backends.AccountBackend"
LISTS = {
    "desk": ("/admin/pool/project/", "schritt=pooled&q=Amt"),
    "steering": ("/lenkungsgruppe/projekte/", "schritt=pooled"),
}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def cdo(db) -> User:
    body()
    project_at("pooled")
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?schritt=pooled&p=3", "schritt=pooled"),
        ("page=2&q=Bürgeramt", "q=B%C3%BCrgeramt"),
        ("unbekannt=1&schritt=x", "unbekannt=1&schritt=x"),
        ("p=2", ""),
        ("", ""),
        ("q=" + "a" * LONGEST_QUERY, ""),
        ("&".join(f"a{number}=1" for number in range(200)), ""),
    ],
)
def test_what_is_kept_of_an_address(query, kept):
    assert kept_query(query) == kept


@pytest.mark.parametrize("of_list", LISTS)
def test_a_filter_is_saved_found_again_renamed_and_deleted(of_list, cdo):
    desk, (address, query) = browser(cdo), LISTS[of_list]
    offered = desk.get(f"{address}?{query}").content.decode()
    assert f"http://testserver{address}?{query.replace('&', '&amp;')}" in offered
    assert "Filter speichern" not in desk.get(address).content.decode(), "nothing is set, nothing is offered"
    saved = desk.post(f"/konto/filter/speichern/{of_list}/", {"name": "Mein Blick", "query": query}, follow=True)
    assert saved.redirect_chain == [(f"{address}?{query}", 302)]
    listed = desk.get(address).content.decode()
    assert "Mein Blick" in listed
    assert f'href="{address}?{query.replace("&", "&amp;")}"' in listed
    row = SavedFilter.objects.get()
    desk.post(f"/konto/filter/{row.pk}/", {"name": "Anders"})
    row.refresh_from_db()
    assert row.name == "Anders"
    desk.post(f"/konto/filter/{row.pk}/", {"tun": "loeschen"})
    assert not SavedFilter.objects.exists()


def test_a_saved_filter_is_nobody_elses(cdo):
    row = save_filter(of_list="steering", name="Nur meiner", query="schritt=pooled", by=cdo)
    other = browser(user_with(employed_in(unit("amt-50")), mandate("member", body=body())))
    assert other.get(f"/konto/filter/{row.pk}/").status_code == 404
    assert other.post(f"/konto/filter/{row.pk}/", {"tun": "loeschen"}).status_code == 404
    assert "Nur meiner" not in other.get("/lenkungsgruppe/projekte/").content.decode()
    assert SavedFilter.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("name", "query", "says"),
    [
        ("", "schritt=pooled", "Geben Sie dem Filter einen Namen"),
        ("\u200b ", "schritt=pooled", "Geben Sie dem Filter einen Namen"),
        ("Schon da", "schritt=pooled", "schon einen Filter"),
        ("Ohne Filter", "p=2", "zuerst einen Filter"),
    ],
)
def test_what_is_refused_is_said_beside_what_was_typed(name, query, says, cdo):
    save_filter(of_list="steering", name="Schon da", query="q=x", by=cdo)
    response = browser(cdo).post("/konto/filter/speichern/steering/", {"name": name, "query": query})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert SavedFilter.objects.count() == 1


def test_the_number_is_bounded_and_the_list_is_one_that_exists(cdo):
    for number in range(MOST_PER_LIST):
        save_filter(of_list="steering", name=f"Filter {number}", query="q=x", by=cdo)
    with pytest.raises(ProcedureError, match="Löschen Sie erst einen"):
        save_filter(of_list="steering", name="Noch einer", query="q=x", by=cdo)
    with pytest.raises(ValidationError):
        save_filter(of_list="sonstwo", name="Anders", query="q=x", by=cdo)
    assert browser(cdo).post("/konto/filter/speichern/sonstwo/", {"name": "x", "query": "q=x"}).status_code == 404


def test_a_saved_address_with_parameters_nobody_knows_any_more_still_opens_the_list(cdo):
    row = save_filter(of_list="desk", name="Alt", query="frueher=1&schritt=pooled&stelle=weg", by=cdo)
    response = browser(cdo).get(f"/admin/pool/project/?{row.query}")
    assert response.status_code == 200
    assert response.context["cl"].result_count == 1
    assert "blieb ohne Wirkung" in response.content.decode()
