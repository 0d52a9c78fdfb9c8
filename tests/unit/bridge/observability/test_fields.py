import pytest

from backend.secret import Secret
from bridge.observability.fields import FIELDS, safe_value


@pytest.mark.parametrize("value", [1, 1.5, True, None, "text"])
def test_plain_values_are_shown(value: object) -> None:
    assert value == safe_value(value)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("<dict>", {"a": "canary"}),
        ("<bytes>", b"canary"),
        ("<ValueError>", ValueError("canary")),
        ("********", Secret("canary")),
    ],
)
def test_of_anything_else_only_its_kind(expected: str, value: object) -> None:
    assert expected == safe_value(value)


def test_nothing_that_names_content_is_on_the_list() -> None:
    assert FIELDS.isdisjoint({"body", "path", "query", "url", "message", "name", "token", "password", "user", "email"})
