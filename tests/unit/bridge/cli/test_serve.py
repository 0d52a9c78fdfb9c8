"""`toolboxai serve`: what it says once the bridge answers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from backend.errors import PortTaken
from bridge.settings import Loaded
from bridge.started import Started

from .conftest import Run

STARTED = Started(
    urls=("http://localhost:8460", "http://192.168.1.5:8460"),
    ops_url="http://127.0.0.1:9464",
    data_dir=Path("/srv/toolboxai"),
    database="/srv/toolboxai/toolboxai.db",
    workers=2,
    pid=4711,
)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Loaded]:
    """Stand in for the supervisor, which has tests of its own."""
    seen: list[Loaded] = []

    def serve(loaded: Loaded, *, announce: Callable[[Started], None]) -> int:
        seen.append(loaded)
        announce(STARTED)
        return 0

    monkeypatch.setattr("bridge.supervisor.serve", serve)
    return seen


def test_the_address_the_data_and_the_next_thing_to_do_are_printed(served: list[Loaded], run: Run) -> None:
    ended = run("serve", TOOLBOXAI_PORT="9000")

    assert (0, "") == (ended.code, ended.err)
    assert [9000] == [loaded.settings.port for loaded in served]
    for text in (
        "http://localhost:8460",
        "http://192.168.1.5:8460",
        "/srv/toolboxai/toolboxai.db",
        "/api/v1/about",
        "Ctrl-C",
    ):
        assert text in ended.out


def test_the_link_of_the_first_administrator_is_printed_where_there_is_one(
    served: list[Loaded], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "first" not in run("serve").out
    with_link = replace(STARTED, first_link="http://localhost:8460/welcome#tbx_first_x")
    monkeypatch.setattr(f"{__name__}.STARTED", with_link)

    assert "  first    http://localhost:8460/welcome#tbx_first_x" in run("serve").out
    assert "tbx_first_x" not in repr(with_link)
    assert 2 == len(served)


def test_the_next_thing_to_do_is_about_the_same_folder(served: list[Loaded], run: Run) -> None:
    assert "or run: toolboxai doctor\n" in run("serve").out
    assert "or run: toolboxai doctor --data-dir /srv/toolboxai\n" in run("serve", "--data-dir", "/srv/toolboxai").out
    assert 2 == len(served)


def test_the_json_is_one_line(served: list[Loaded], run: Run) -> None:
    assert {
        "event": "started",
        "urls": ["http://localhost:8460", "http://192.168.1.5:8460"],
        "ops_url": "http://127.0.0.1:9464",
        "data_dir": "/srv/toolboxai",
        "database": "/srv/toolboxai/toolboxai.db",
        "workers": 2,
        "pid": 4711,
        "first_link": None,
    } == run("serve", "--json").told
    assert 1 == len(served)


def test_the_exit_code_of_the_bridge_is_that_of_the_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.supervisor.serve", lambda _loaded, announce: 10)  # noqa: ARG005

    assert 10 == run("serve").code


def test_what_stands_in_the_way_of_a_start_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(_loaded: Loaded, **_others: object) -> int:
        raise PortTaken("port 8460 is taken: choose another")

    monkeypatch.setattr("bridge.supervisor.serve", serve)
    ended = run("serve")

    assert (6, "toolboxai: port 8460 is taken: choose another\n") == (ended.code, ended.err)
