"""The desk behind our own sign-in: who gets in, and what odd filters do there."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.organisation.models import User
from tests.governance.organisation.conftest import employ  # noqa: F401 - the cast of the account pages


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("roles", "status"), [([Role.CDO], 200), ([Role.OPERATOR], 200), ([Role.EMPLOYEE], 403), ([], 403)]
)
def test_the_desk_opens_by_mandate(visitor, employ, roles, status):  # noqa: F811
    visitor.force_login(employ("erika", *roles))
    assert visitor.get("/admin/").status_code == status


@pytest.mark.django_db
def test_an_account_without_the_right_is_told_so_instead_of_asked_to_sign_in(visitor, person):
    visitor.force_login(person)
    for address in ("/admin/", reverse("admin:governance_user_changelist"), "/admin/gibt/es/nicht/"):
        assert visitor.get(address).status_code == 403, address


@pytest.mark.django_db
def test_the_desk_has_no_sign_in_of_its_own(visitor):
    response = visitor.get("/admin/login/?next=/admin/governance/")
    assert response.headers["Location"] == "/konto/login/?next=%2Fadmin%2Fgovernance%2F"
    assert visitor.get("/admin/login/?next=//evil.example", follow=True).status_code == 200


def test_sign_out_at_the_desk_ends_the_session(visitor, employ):  # noqa: F811
    visitor.force_login(employ("erika", Role.CDO))
    assert visitor.post("/admin/logout/").headers["Location"] == "/"
    assert visitor.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_technical_models_are_not_on_the_desk():
    assert not admin.site.is_registered(Group)
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels <= {"governance", "pool"}


@pytest.mark.parametrize("ids", ["1/1", "1/abc", "9999999999999999999999/1", "abc/1"])
def test_the_desk_has_no_jump_that_tells_which_ids_exist(visitor, employ, ids):  # noqa: F811
    visitor.force_login(employ("erika", Role.CDO))
    assert visitor.get(f"/admin/r/{ids}/").status_code == 404


QUERIES = [
    "valid_from__year=99999999999",
    "date_joined__year=99999999999",
    "id__exact=99999999999999999999999",
    "password__startswith=pbkdf2",
    "o=99.-7.x",
    "p=99999999999999999999",
    "e=1",
    "q=" + "%25" * 5000,
    "q=%ff%fe",
    "unbekannt=1",
    "_facets=x",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("role", [Role.CDO, Role.OPERATOR])
def test_input61_odd_filters_at_the_desk_are_no_crash(visitor, employ, role, query):  # noqa: F811
    visitor.force_login(employ("erika", role))
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert visitor.get(f"{address}?{query}", follow=True).status_code in (200, 400, 403, 404), f"{address}?{query}"


@pytest.mark.parametrize("key", ["abc", "99999999999999999999999", "-1", "1%00", "a/../../b"])
def test_input57_odd_keys_at_the_desk_are_no_crash(visitor, employ, key):  # noqa: F811
    visitor.force_login(employ("erika", Role.OPERATOR))
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert visitor.get(f"{address}{key}/change/", follow=True).status_code in (200, 400, 403, 404)


@pytest.mark.django_db
def test_a_superuser_without_mandate_sees_an_empty_desk(visitor):
    visitor.force_login(User.objects.create_superuser("wurzel", password="Kirschgarten-Augustiner"))
    response = visitor.get("/admin/")
    assert response.status_code == 200
    assert response.context["app_list"] == []
