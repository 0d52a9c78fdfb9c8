import pytest

from backend.errors import Unauthenticated
from backend.web.call import ANYONE
from backend.web.permission import authorise


def test_what_is_public_is_for_anyone() -> None:
    assert ANYONE == authorise("public")


@pytest.mark.parametrize("permission", ["", "Public", "public ", "lessons.read", "none", "*"])
def test_everything_else_is_closed_until_there_are_accounts(permission: str) -> None:
    with pytest.raises(Unauthenticated):
        authorise(permission)
