from dataclasses import dataclass

import pytest

from backend.errors import InvalidRequest, MethodNotAllowed, NotFound
from backend.web.router import Router
from backend.web.template import Template, parse_template


@dataclass(frozen=True, slots=True)
class Named:
    method: str
    path: str

    @property
    def template(self) -> Template:
        return parse_template(self.path)


def router(*routes: str) -> Router[Named]:
    return Router(Named(*route.split(" ")) for route in routes)


ROUTER = router("GET /a", "POST /a", "GET /a/{x}", "GET /a/b", "DELETE /a/{y}", "GET /{x}/b", "GET /a/{x}/c")


@pytest.mark.parametrize(
    ("expected", "method", "path", "values"),
    [
        ("/a", "GET", "/a", {}),
        ("/a", "HEAD", "/a", {}),
        ("/a", "POST", "/a", {}),
        ("/a/b", "GET", "/a/b", {}),
        ("/a/{x}", "GET", "/a/z", {"x": "z"}),
        ("/a/{y}", "DELETE", "/a/z", {"y": "z"}),
        ("/{x}/b", "GET", "/z/b", {"x": "z"}),
        ("/a/{x}/c", "GET", "/a/z/c", {"x": "z"}),
        ("/a/{x}", "GET", "/a/z%2Fy%20%C3%A9", {"x": "z/y é"}),
    ],
)
def test_the_most_literal_route_is_found(expected: str, method: str, path: str, values: dict[str, str]) -> None:
    found, decoded = ROUTER.find(method, path)

    assert expected == found.path
    assert values == decoded


@pytest.mark.parametrize(("expected", "path"), [("/a/{y}", "/a/z"), ("/{x}/b", "/z/b"), ("/{x}/{y}", "/z/z")])
def test_the_order_in_which_routes_are_declared_does_not_matter(expected: str, path: str) -> None:
    routes = ["GET /{x}/{y}", "GET /{x}/b", "GET /a/{y}"]

    assert expected == router(*routes).find("GET", path)[0].path
    assert expected == router(*reversed(routes)).find("GET", path)[0].path


@pytest.mark.parametrize("path", ["/", "", "/b", "/A", "/a/", "//a", "/a/z/d", "/%61", "/z/%62", "/a//c", "/a/z/c/"])
def test_another_spelling_is_another_address(path: str) -> None:
    with pytest.raises(NotFound):
        ROUTER.find("GET", path)


@pytest.mark.parametrize(
    ("allowed", "method", "path"),
    [("GET, HEAD, POST", "DELETE", "/a"), ("DELETE, GET, HEAD", "PUT", "/a/z"), ("GET, HEAD", "GETT", "/z/b")],
)
def test_a_method_that_is_not_there_is_told_which_are(allowed: str, method: str, path: str) -> None:
    with pytest.raises(MethodNotAllowed) as raised:
        ROUTER.find(method, path)

    assert (("Allow", allowed),) == raised.value.headers


def test_head_is_no_method_of_a_route_without_get() -> None:
    with pytest.raises(MethodNotAllowed):
        router("POST /a").find("HEAD", "/a")


def test_a_name_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        ROUTER.find("GET", "/a/%ff")
