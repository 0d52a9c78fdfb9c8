"""A start that works, and every way in which one does not: one sentence, its exit code, nothing half-made."""

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.db.migrations.revisions import head
from bridge.supervisor.control_client import running
from tests.integration.serve.bridge_process import LOOK_AGAIN_SECONDS, BridgeProcess, of_workers

FAILING_APP = "tests.integration.serve.failing_app"


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own loopback address
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.proof), 2, 0])
def test_it_serves_on_both_addresses_and_tells_its_health_and_metrics(
    tmp_path: Path, workers: int, valkey_url: str
) -> None:
    with BridgeProcess(tmp_path / "data", settings=of_workers(workers, valkey_url)).start() as bridge:
        bridge.wait_for_workers(other_than=[])
        about = [_get(f"http://{host}:{bridge.port}/api/v1/about") for host in ("localhost", "127.0.0.1", "[::1]")]
        assert [200] * 3 == [status for status, _ in about]
        assert json.loads(about[0][1])["name"] == "ToolboxAI Bridge"
        assert _get(f"{bridge.urls[0]}/health/ready")[0] == 200

        status, body = _get(f"{bridge.ops_url}/health/ready")
        health = json.loads(body)
        assert status == 200
        assert len(health["workers"]) == max(workers, 1)
        assert {"database", "migrations", "disk", "redis_channels"} == set(health["workers"][0]["checks"])

        status, metrics = _get(f"{bridge.ops_url}/metrics")
        assert status == 200
        assert f"toolboxai_workers_ready {float(max(workers, 1))}".encode() in metrics
        assert b"toolboxai_worker_restarts_total 0.0" in metrics

        found = bridge.status
        assert bridge.process.pid == found.pid
        assert tuple(bridge.urls) == found.urls
        assert bridge.ops_url == found.ops_url
        assert ["ready"] * max(workers, 1) == [worker.state for worker in found.workers]

        ended = bridge.stop()

    assert ended.code == 0, ended.error
    assert running(tmp_path / "data") is None


def test_what_it_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with BridgeProcess(tmp_path / "data").start() as bridge:
            _get(f"{bridge.urls[0]}/api/v1/about")
            modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [bridge.data_dir, *bridge.data_dir.rglob("*")]}
            bridge.stop()
    finally:
        os.umask(before)

    assert {} == {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """A bridge that goes on whatever others try beside it."""
    settings = {"TOOLBOXAI_LOG_LEVEL": "error"}
    with BridgeProcess(tmp_path_factory.mktemp("first") / "data", settings=settings).start() as bridge:
        yield bridge
        assert bridge.stop().code == 0


def test_neither_settings_nor_secrets_are_in_command_lines_or_environments_of_workers(first: BridgeProcess) -> None:
    worker = first.worker_pids[0]
    arguments = Path(f"/proc/{worker}/cmdline").read_bytes().split(b"\0")

    expected = [sys.executable, "-P", "-m", "bridge.worker", "tests.integration.serve.slow_app", ""]
    assert [argument.encode() for argument in expected] == arguments


def test_a_second_serve_on_the_folder_is_refused_and_harms_nothing(first: BridgeProcess) -> None:
    with BridgeProcess(first.data_dir, settings={"TOOLBOXAI_PORT": str(first.port)}).begin() as second:
        ended = second.wait()
    assert _get(f"{first.urls[0]}/health/live")[0] == 200
    assert first.status.pid == first.process.pid

    assert ended.code == 5
    sentence = f"a bridge is running already in the data folder {first.data_dir} (process {first.process.pid}): stop it"
    assert sentence in ended.error


def test_a_port_of_another_bridge_is_told_and_no_folder_is_made(tmp_path: Path, first: BridgeProcess) -> None:
    with BridgeProcess(tmp_path / "second", settings={"TOOLBOXAI_PORT": str(first.port)}).begin() as second:
        ended = second.wait()

    assert ended.code == 6
    assert f"port {first.port} on 127.0.0.1 is taken by another ToolboxAI Bridge: stop it" in ended.error
    assert not (tmp_path / "second").exists()


@pytest.mark.parametrize("setting", ["TOOLBOXAI_PORT", "TOOLBOXAI_OPS_PORT"])
def test_a_port_of_another_program_is_told_and_no_folder_is_made(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with BridgeProcess(tmp_path / "data", settings={setting: str(port)}).begin() as bridge:
            ended = bridge.wait()

    assert ended.code == 6
    expected = f"port {port} on 127.0.0.1 is taken by another program: stop it, or choose another port with {setting}\n"
    assert expected == ended.error
    assert not (tmp_path / "data").exists()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with BridgeProcess(tmp_path / "data").begin() as bridge:
        ended = bridge.wait()

    assert ended.code == 4
    assert f"the data folder {tmp_path / 'data'} is a file" in ended.error


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    """The limit on the size of files stands for a disk that takes no more."""
    bridge = BridgeProcess(tmp_path / "data")

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(
        bridge._arguments,
        env=bridge._environment,
        preexec_fn=no_room,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 8
    assert ended.stderr.startswith(f"no space is left for the data folder {tmp_path / 'data'}: free some space")
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_was_never_set_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    program = (
        "import time; time.time = lambda: 86400.0\n"
        "import sys; sys.argv = ['launch', 'none']\n"
        "from tests.integration.serve.launch import main; sys.exit(main())"
    )
    bridge = BridgeProcess(tmp_path / "data")
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=bridge._environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 9
    assert "1970-01-02" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", ["1", pytest.param("0", marks=pytest.mark.proof)])
def test_a_foreign_database_is_told_and_stays_as_it_is(tmp_path: Path, workers: str) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "toolboxai.db").write_bytes(b"SQLite format 3\0 but not really" + bytes(range(256)) * 8)
    before = (data / "toolboxai.db").read_bytes()
    with BridgeProcess(data, settings={"TOOLBOXAI_WORKERS": workers}).begin() as bridge:
        ended = bridge.wait()

    assert ended.code == 7
    assert str(data / "toolboxai.db") in ended.error
    assert before == (data / "toolboxai.db").read_bytes()


def test_a_newer_database_is_told_with_both_revisions_and_stays_as_it_is(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    path = sqlite_database.sqlite_path.rename(data / "toolboxai.db")
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with BridgeProcess(data).begin() as bridge:
        ended = bridge.wait()

    assert ended.code == 7
    assert str(path) in ended.error
    assert "9999" in ended.error
    assert head() in ended.error
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert [("9999",)] == raw.execute("SELECT version_num FROM alembic_version").fetchall()


@pytest.mark.parametrize("workers", ["1", "0"])
def test_workers_that_never_become_ready_end_it_with_their_own_sentence(tmp_path: Path, workers: str) -> None:
    settings = {"TOOLBOXAI_WORKERS": workers}
    with BridgeProcess(tmp_path / "data", module=FAILING_APP, settings=settings).begin() as bridge:
        ended = bridge.wait()

    assert ended.code == 10
    last = "a worker ended 5 times before it was ready: the planted fault stands in the way"
    assert ended.error.endswith(last + "\n")


def test_a_module_that_does_not_exist_ends_it_with_what_and_where(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data", module="tests.no_such_module").begin() as bridge:
        ended = bridge.wait()

    assert ended.code == 10
    assert "ModuleNotFoundError" in ended.error


@pytest.mark.parametrize("closed", [*(pytest.param(each, marks=pytest.mark.proof) for each in "12"), "0 1 2"])
def test_closed_standard_streams_do_not_harm_it(tmp_path: Path, closed: str) -> None:
    bridge = BridgeProcess(tmp_path / "data")
    closing = " ".join(f"{number}>&-" for number in closed.split())
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {closing}', "sh", *bridge._arguments],
        env=bridge._environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    bridge.process = process
    with bridge:
        while (found := running(bridge.data_dir)) is None or found.workers[0].state != "ready":
            assert process.poll() is None
            time.sleep(LOOK_AGAIN_SECONDS)
        assert _get(f"{found.urls[0]}/health/live")[0] == 200
        assert _get(f"{found.urls[0]}/no/such/thing")[0] == 404
        assert bridge.stop_quietly() == 0


def test_readers_of_its_streams_that_go_away_do_not_harm_it(tmp_path: Path) -> None:
    bridge = BridgeProcess(tmp_path / "data")
    process = subprocess.Popen(
        bridge._arguments, env=bridge._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    bridge.process = process
    with bridge:
        while (found := running(bridge.data_dir)) is None or found.workers[0].state != "ready":
            assert process.poll() is None
            time.sleep(LOOK_AGAIN_SECONDS)
        assert _get(f"{found.urls[0]}/health/live")[0] == 200
        assert bridge.stop_quietly() == 0
