import pytest

from governance.organisation.models import User


@pytest.fixture
def person(db) -> User:
    return User.objects.create_user("erika", password="Kirschgarten-Augustiner")
