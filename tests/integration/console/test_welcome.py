"""The page behind links: what is served, and what its script makes of a link and of an answer."""

import dataclasses
import json
import re
import subprocess
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.keys.text_form import Credential, Kind
from backend.db.config import DatabaseConfig
from bridge.app import create_app
from bridge.console.welcome import routes
from bridge.keys import ROUTES
from bridge.settings import Settings
from tests.integration.web.conftest import Bridge, serving

SCRIPT = Path(routes.__file__).with_name("page.js")
PAGE = Path(routes.__file__).with_name("page.html")


@pytest.fixture
async def bridge(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Bridge]:
    async with serving(create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url))) as started:
        yield started


class Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def asked(words: str) -> Any:
    """Run a line of JavaScript that has the script's functions, and return what it makes."""
    program = f"const page = require({json.dumps(str(SCRIPT))}); console.log(JSON.stringify({words}))"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=30)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/welcome", "text/html"), ("/welcome.css", "text/css"), ("/welcome.js", "text/javascript")],
)
async def test_each_part_is_served_as_what_it_is(bridge: Bridge, path: str, content_type: str) -> None:
    async with bridge.client.get(path) as answer:
        assert (200, content_type, "utf-8") == (answer.status, answer.content_type, answer.charset)
        assert "nosniff" == answer.headers["X-Content-Type-Options"]


async def test_the_page_may_load_its_own_parts_and_nothing_else(bridge: Bridge) -> None:
    async with bridge.client.get("/welcome") as answer:
        policy = answer.headers["Content-Security-Policy"]
    async with bridge.client.get("/welcome.js") as other:
        assert "default-src 'none'; frame-ancestors 'none'" == other.headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy


def test_nothing_in_it_runs_or_comes_from_elsewhere() -> None:
    page = Elements(PAGE.read_text(encoding="utf-8"))

    for tag, attributes in page.found:
        assert tag != "style"
        assert not any(name == "style" or name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("src", "href"):
            assert re.fullmatch(r"/welcome\.(js|css)", attributes.get(name) or "/welcome.js")
    assert [{"src": "/welcome.js", "defer": None}] == page.of("script")


def test_every_field_has_a_label_and_a_place_for_its_error() -> None:
    page = Elements(PAGE.read_text(encoding="utf-8"))
    ids = {attributes["id"] for _, attributes in page.found if "id" in attributes}

    labelled = {attributes["for"] for attributes in page.of("label")}
    assert {"email", "name", "password"} == {attributes["id"] for attributes in page.of("input")} == labelled
    for attributes in page.of("input"):
        assert set((attributes["aria-describedby"] or "").split()) <= ids
        assert f"error-{attributes['id']}" in (attributes["aria-describedby"] or "")
    assert 1 == len(page.of("h1"))
    assert [{"lang": "en"}] == page.of("html")
    assert page.of("noscript") == [{}]


@pytest.mark.parametrize(
    ("kind", "path", "fields"),
    [
        (Kind.FIRST, "/api/v1/first-administrator", {"link", "email", "name", "password"}),
        (Kind.INVITE, "/api/v1/invitations/acceptance", {"link", "name", "password"}),
        (Kind.RESET, "/api/v1/password-resets/completion", {"link", "password"}),
    ],
)
def test_each_link_leads_to_its_route_with_what_that_takes(
    kind: Kind, path: str, fields: set[str], tmp_path: Path
) -> None:
    link = json.dumps(Credential.new(kind).text())
    values = json.dumps({"email": "a@b.example", "name": "Ada", "password": "p"})

    found = asked(f"[page.kindOf({link}).path, page.bodyOf(page.kindOf({link}), {link}, {values})]")

    assert path == found[0]
    assert fields == set(found[1])
    (route,) = [each for each in create_app(Settings(data_dir=tmp_path))[ROUTES] if each.name == f"POST {path}"]
    assert route.request is not None
    assert fields <= {field.name for field in dataclasses.fields(route.request)}


@pytest.mark.parametrize("text", ["", "x", "tbx_api_" + "0" * 26, "tbx_first_0_0_0", "javascript:alert(1)"])
def test_what_is_no_link_of_ours_opens_no_form(text: str) -> None:
    assert asked(f"page.kindOf({json.dumps(text)})") is None


def test_an_error_is_told_by_field_where_the_answer_says_so() -> None:
    problem = {"detail": "d", "errors": [{"path": "/body/password", "message": "too short"}]}

    assert [{"field": "password", "message": "too short"}] == asked(f"page.faultsOf(400, {json.dumps(problem)})")
    assert [{"field": None, "message": "d"}] == asked('page.faultsOf(410, {"detail": "d"})')
    assert "502" in asked("page.faultsOf(502, null)")[0]["message"]


def test_the_script_writes_text_and_no_html() -> None:
    script = SCRIPT.read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert "localStorage" not in script
