"""However it is told to stop: what was begun is answered, and it ends in time."""

import json
import os
import pty
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from bridge.settings import Settings
from bridge.supervisor.control_client import ask, running
from bridge.supervisor.supervise import WORKER_CLOSE_SECONDS
from tests.integration.serve.bridge_process import BridgeProcess, of_workers, wait_for_end
from tests.integration.serve.client import Answered, Client

# Both are tried under load each time; the rest of what goes for a process of its own goes for none under `make proof`.
WORKERS = pytest.mark.parametrize("workers", ["1", pytest.param("0", marks=pytest.mark.proof)])


class Load:
    """Clients that keep asking on connections they keep, until they are told to leave or find nobody."""

    def __init__(self, port: int, clients: int) -> None:
        self.unanswered = 0
        self.answered = 0
        self._port = port
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self) -> None:
        while not self._stopping.is_set() and self._ask_on_one_connection():
            pass

    def _ask_on_one_connection(self) -> bool:
        """Ask until told that the connection ends; return whether there is anybody left to ask."""
        let_in = False
        try:
            with Client(self._port) as client:
                while (answer := client.get("/test/sleep?seconds=0.01")) is not None:
                    let_in = True
                    self.answered += 1
                    if answer.headers.get("connection") == "close":
                        return True
        except ConnectionError:
            pass
        # One that comes in the very moment in which the door closes was not let in.
        self.unanswered += let_in
        return False


@pytest.mark.parametrize(
    ("workers", "number"),
    [
        pytest.param(1, signal.SIGTERM, marks=pytest.mark.proof),
        (1, signal.SIGINT),
        pytest.param(1, signal.SIGHUP, marks=pytest.mark.proof),
        (2, signal.SIGTERM),
        (0, signal.SIGTERM),
    ],
)
def test_under_load_every_request_that_was_let_in_is_answered(
    tmp_path: Path, workers: int, number: signal.Signals, valkey_url: str
) -> None:
    with BridgeProcess(tmp_path / "data", settings=of_workers(workers, valkey_url)).start() as bridge:
        bridge.wait_for_workers(other_than=[])
        load = Load(bridge.port, clients=8)
        load.begin()
        time.sleep(0.5)
        ended = bridge.stop(number)
        load.end()

    assert ended.code == 0, ended.error
    assert ended.seconds < 10
    assert load.answered > 50
    assert load.unanswered == 0


@WORKERS
def test_ctrl_c_at_a_terminal_ends_it_in_order(tmp_path: Path, workers: str) -> None:
    """The terminal sends it to every process of the group."""
    with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": workers}).start() as bridge:
        pids = [pid for pid in bridge.wait_for_workers(other_than=[]) if pid != bridge.process.pid]
        with Client(bridge.port) as client:
            client.send("/test/sleep?seconds=1")
            time.sleep(0.2)
            ended = bridge.stop(signal.SIGINT, group=True)
            answer = client.receive()

    assert ended.code == 0, ended.error
    assert answer is not None
    assert answer.status == 200
    assert ended.seconds < 10
    assert wait_for_end(*pids, limit_seconds=1) == []


def test_ctrl_c_typed_into_a_terminal_ends_it_in_order(tmp_path: Path) -> None:
    bridge = BridgeProcess(tmp_path / "data")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", *bridge._arguments],
        env=bridge._environment,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    os.close(slave)
    bridge.process = process
    with bridge:
        bridge.wait_until_started()
        pids = [bridge.status.pid, *bridge.worker_pids]
        began = time.monotonic()
        os.write(master, b"\x03")
        assert process.wait(30) == 0
        seconds = time.monotonic() - began
    os.close(master)

    assert seconds < 10
    assert wait_for_end(*pids, limit_seconds=1) == []


@WORKERS
def test_an_idle_one_ends_at_once(tmp_path: Path, workers: str) -> None:
    with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": workers}).start() as bridge:
        ended = bridge.stop()

    assert ended.code == 0
    assert ended.seconds < 5


def test_connections_that_are_only_kept_open_hardly_delay_it(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge, Client(bridge.port) as client:
        client.get("/health/live")
        ended = bridge.stop()
        assert client.receive() is None

    assert ended.code == 0
    assert ended.seconds < 7


@WORKERS
def test_while_draining_it_is_not_ready_and_answers_are_the_last_of_their_connection(
    tmp_path: Path, workers: str
) -> None:
    with (
        BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": workers}).start() as bridge,
        Client(bridge.port) as kept,
        Client(int(bridge.ops_url.rpartition(":")[2])) as ops,
        Client(bridge.port) as slow,
    ):
        kept.get("/health/live")
        slow.send("/test/sleep?seconds=1")
        time.sleep(0.2)
        bridge.send(signal.SIGTERM)
        time.sleep(0.2)

        told = kept.get("/health/ready")
        assert told is not None
        assert (503, "close") == (told.status, told.headers["connection"])
        details = ops.get("/health/ready")
        assert details is not None
        assert details.status == 503
        assert json.loads(details.body)["draining"] is True
        last = slow.receive()
        assert last is not None
        assert (200, "close") == (last.status, last.headers["connection"])
        assert bridge.wait().code == 0


def test_the_limits_that_nobody_changed_leave_room_below_ten_seconds(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).drain_seconds + WORKER_CLOSE_SECONDS <= 9.5


def test_nobody_new_is_let_in_while_draining(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge, Client(bridge.port) as slow:
        slow.send("/test/sleep?seconds=1.5")
        time.sleep(0.2)
        bridge.send(signal.SIGTERM)
        time.sleep(0.5)

        with pytest.raises(ConnectionRefusedError):
            Client(bridge.port)
        assert slow.receive() is not None
        assert bridge.wait().code == 0


@WORKERS
@pytest.mark.parametrize(("route", "code"), [("sleep", 0), ("deaf", 10)])
def test_a_request_that_outlasts_the_drain_is_given_up(tmp_path: Path, route: str, code: int, workers: str) -> None:
    settings = {"TOOLBOXAI_WORKERS": workers, "TOOLBOXAI_DRAIN_SECONDS": "2"}
    with BridgeProcess(tmp_path / "data", settings=settings).start() as bridge, Client(bridge.port) as client:
        client.send(f"/test/{route}?seconds=25")
        time.sleep(0.2)
        ended = bridge.stop()
        answer: Answered | None = client.receive()

    assert answer is None or answer.status >= 500
    assert code == ended.code
    assert 2 <= ended.seconds < 9


def test_a_worker_that_hangs_at_the_drain_is_killed_after_the_limit_and_that_is_told(tmp_path: Path) -> None:
    settings = {"TOOLBOXAI_DRAIN_SECONDS": "2"}
    with BridgeProcess(tmp_path / "data", settings=settings).start() as bridge, Client(bridge.port) as client:
        pids = bridge.worker_pids
        client.send("/test/hang?seconds=60")
        time.sleep(0.2)
        ended = bridge.stop()

    assert ended.code == 10
    assert ended.seconds < 9
    assert "a worker did not end in time" in ended.error
    assert wait_for_end(*pids, limit_seconds=1) == []


@WORKERS
def test_a_second_signal_ends_it_at_once(tmp_path: Path, workers: str) -> None:
    with (
        BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": workers}).start() as bridge,
        Client(bridge.port) as client,
    ):
        pids = bridge.wait_for_workers(other_than=[])
        client.send("/test/sleep?seconds=30")
        time.sleep(0.2)
        bridge.send(signal.SIGINT)
        time.sleep(0.6)
        ended = bridge.stop(signal.SIGINT)

    assert ended.code == 128 + signal.SIGINT
    assert ended.seconds < 4
    assert wait_for_end(*pids, limit_seconds=1) == []


def test_a_second_signal_ends_one_whose_own_loop_hangs(tmp_path: Path) -> None:
    with (
        BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": "0"}).start() as bridge,
        Client(bridge.port) as client,
    ):
        client.send("/test/hang?seconds=30")
        time.sleep(0.2)
        bridge.send(signal.SIGTERM)
        time.sleep(0.6)
        ended = bridge.stop(signal.SIGTERM)

    assert ended.code == 128 + signal.SIGTERM
    assert ended.seconds < 4


def test_a_signal_while_it_still_starts_ends_it(tmp_path: Path) -> None:
    for delay in (0.1, 0.2, 0.3, 0.4, 0.5, 0.7):
        with BridgeProcess(tmp_path / f"data{delay}").begin() as bridge:
            time.sleep(delay)
            ended = bridge.stop()
        # The interpreter itself may not have come so far yet that anybody could hear it.
        assert ended.code in {0, -signal.SIGTERM}, ended.error
        assert ended.seconds < 5
        assert "Traceback" not in ended.error


@WORKERS
def test_the_control_socket_can_stop_it(tmp_path: Path, workers: str) -> None:
    with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_WORKERS": workers}).start() as bridge:
        assert {"stopping": True} == ask(bridge.data_dir, "stop")
        ended = bridge.wait()

    assert ended.code == 0
    assert running(bridge.data_dir) is None


def test_what_was_left_behind_is_only_what_is_kept(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        bridge.stop()

    left = {path.name for path in bridge.data_dir.iterdir() if not path.name.startswith("toolboxai.db")}
    assert {"keys.json", "serve.lock"} == left
