import pytest

from backend.web.template import parse_template


def test_literals_and_names_are_told_apart() -> None:
    template = parse_template("/api/v1/games/{game_id}/releases/{release}")

    assert ("api", "v1", "games", None, "releases", None) == template.literals
    assert ("game_id", "release") == template.names


@pytest.mark.parametrize(
    "path",
    [
        "",
        "api",
        "/",
        "/a/",
        "//a",
        "/a//b",
        "/a/../b",
        "/a/.",
        "/{}",
        "/{Name}",
        "/{a}-{b}",
        "/x{a}",
        "/{a:.*}",
        "/a b",
        "/a%20b",
        "/a?b",
        "/é",
        "/{a}/{a}",
    ],
)
def test_a_path_that_two_readers_may_take_differently_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_template(path)
