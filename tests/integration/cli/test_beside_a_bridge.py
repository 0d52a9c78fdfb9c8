"""The commands while a bridge runs in the same data folder."""

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import LIMIT_SECONDS, TOOLBOXAI, environ_at, run


@dataclass(frozen=True, slots=True)
class Bridge:
    process: subprocess.Popen[str]
    told: dict[str, object]
    environ: dict[str, str]


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """A bridge for all that leave it as it is."""
    with started(tmp_path_factory.mktemp("bridge")) as bridge:
        yield bridge


@contextmanager
def started(folder: Path) -> Iterator[Bridge]:
    """Start a bridge as a person would, and wait until it has said that it answers."""
    own = {"TOOLBOXAI_PORT": "0", "TOOLBOXAI_OPS_PORT": "0", "TOOLBOXAI_DATA_DIR": str(folder / "data")}
    environ = environ_at(folder) | own
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [TOOLBOXAI, "serve", "--json"], env=environ, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line, (folder / "log").read_text()
            told = json.loads(line)
            port, ops_port = (url.rpartition(":")[2] for url in (told["urls"][0], told["ops_url"]))
            yield Bridge(process, told, environ | {"TOOLBOXAI_PORT": port, "TOOLBOXAI_OPS_PORT": ops_port})
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(LIMIT_SECONDS)
            finally:
                process.kill()


def test_serve_says_where_it_answers(bridge: Bridge) -> None:
    connection = http.client.HTTPConnection("localhost", int(bridge.environ["TOOLBOXAI_PORT"]), timeout=LIMIT_SECONDS)
    connection.request("GET", "/api/v1/about")

    assert 200 == connection.getresponse().status

    connection.close()

    assert ("started", bridge.environ["TOOLBOXAI_DATA_DIR"], 1, bridge.process.pid) == tuple(
        bridge.told[name] for name in ("event", "data_dir", "workers", "pid")
    )


def test_doctor_finds_the_bridge_and_takes_its_ports_for_well(bridge: Bridge) -> None:
    ended = run(bridge.environ, "doctor", "--json")
    seen = {check["name"]: check["seen"] for check in json.loads(ended.stdout)["checks"]}

    assert 0 == ended.returncode, ended.stdout
    assert seen["bridge"].startswith(f"process {bridge.process.pid}, version ")
    for name in ("port", "ops_port"):
        assert seen[name].endswith(f" is held by the running bridge (process {bridge.process.pid})")


def test_nothing_else_migrates_or_serves_the_folder(bridge: Bridge) -> None:
    for command in ("migrate", "serve"):
        ended = run(bridge.environ, command)

        assert (5, "") == (ended.returncode, ended.stdout)
        assert ended.stderr.startswith("toolboxai: a bridge is running already in the data folder")
        assert 1 == ended.stderr.count("\n")


def test_what_only_looks_works_beside_it(bridge: Bridge) -> None:
    assert [0] * 3 == [
        run(bridge.environ, *words).returncode for words in (["migrate", "--check"], ["outbox", "list"], ["settings"])
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_bridge_that_is_asked_to_stop_ends_with_zero(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as bridge:
        bridge.process.send_signal(number)

        assert 0 == bridge.process.wait(LIMIT_SECONDS)
