"""Workers that die, hang and are replaced; and a supervisor that dies."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from bridge.supervisor.control_client import running
from tests.integration.serve.bridge_process import BridgeProcess, is_alive, of_workers, wait_for_end
from tests.integration.serve.client import Client


def _metric(bridge: BridgeProcess, name: str) -> float:
    with urllib.request.urlopen(f"{bridge.ops_url}/metrics", timeout=10) as answer:  # noqa: S310 - our own loopback
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def _requests(bridge: BridgeProcess) -> float:
    return _metric(bridge, "toolboxai_request_duration_seconds_count")


def test_a_worker_that_was_killed_is_replaced_counted_and_told(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        before = bridge.worker_pids
        os.kill(before[0], signal.SIGKILL)
        after = bridge.wait_for_workers(other_than=before)

        with Client(bridge.port) as client:
            answer = client.get("/test/sleep?seconds=0")
        assert answer is not None
        assert {"pid": after[0]} == json.loads(answer.body)
        assert _metric(bridge, "toolboxai_worker_restarts_total") == 1
        assert bridge.status.workers[0].restarts == 1
        assert bridge.stop().code == 0

    assert '"event":"a worker ended before its time"' in bridge.log
    assert '"reason":"SIGKILL"' in bridge.log


def test_a_worker_that_somebody_told_to_end_finishes_first_and_is_replaced(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge, Client(bridge.port) as client:
        before = bridge.worker_pids
        client.send("/test/sleep?seconds=0.5")
        time.sleep(0.1)
        os.kill(before[0], signal.SIGTERM)

        answer = client.receive()
        assert answer is not None
        assert {"pid": before[0]} == json.loads(answer.body)
        bridge.wait_for_workers(other_than=before)
        assert bridge.stop().code == 0


def test_ctrl_c_does_not_reach_a_worker_by_itself(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        before = bridge.worker_pids
        for number in (signal.SIGINT, signal.SIGHUP):
            os.kill(before[0], number)
        with Client(bridge.port) as client:
            assert client.get("/test/sleep?seconds=0.2") is not None

        assert before == bridge.worker_pids
        bridge.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.proof)])
def test_ctrl_c_cannot_reach_a_worker_that_only_starts(tmp_path: Path, number: signal.Signals) -> None:
    with BridgeProcess(tmp_path / "data").begin() as bridge:
        pid = bridge.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while not (workers := children.read_text().split()):
            assert bridge.process.poll() is None
        open_to_it = []
        while running(bridge.data_dir) is None:
            masks = dict(line.split(":\t") for line in Path(f"/proc/{workers[0]}/status").read_text().splitlines())
            if not (int(masks["SigBlk"], 16) | int(masks["SigIgn"], 16)) & 1 << number - 1:
                open_to_it.append(masks["State"])
        bridge.wait_until_started()
        bridge.stop()

    assert open_to_it == []


def test_callers_that_wait_to_be_let_in_survive_the_death_of_the_worker(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        before = bridge.worker_pids
        # Stopped, the worker accepts nobody: all of these wait in the kernel's queue.
        os.kill(before[0], signal.SIGSTOP)
        clients = [Client(bridge.port) for _ in range(20)]
        for client in clients:
            client.send("/test/sleep?seconds=0")
        os.kill(before[0], signal.SIGKILL)

        answers = [client.receive() for client in clients]
        for client in clients:
            client.__exit__(None, None, None)
        assert [200] * 20 == [answer.status if answer else None for answer in answers]
        bridge.stop()


def test_several_workers_share_the_port(tmp_path: Path, valkey_url: str) -> None:
    with BridgeProcess(tmp_path / "data", settings=of_workers(2, valkey_url)).start() as bridge:
        pids = set(bridge.wait_for_workers(other_than=[]))
        seen: set[int] = set()
        until = time.monotonic() + 30
        while seen != pids and time.monotonic() < until:
            clients = [Client(bridge.port) for _ in range(8)]
            for client in clients:
                client.send("/test/hang?seconds=0.02")
            for client in clients:
                answer = client.receive()
                assert answer is not None
                seen.add(json.loads(answer.body)["pid"])
                client.__exit__(None, None, None)

        assert pids == seen
        assert bridge.stop().code == 0


def test_counters_never_go_down_when_workers_die_or_end(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        seen = []
        for number in (signal.SIGKILL, signal.SIGTERM):
            before = bridge.worker_pids
            with Client(bridge.port) as client:
                for _ in range(10):
                    client.get("/test/sleep?seconds=0")
            seen.append(_requests(bridge))
            os.kill(before[0], number)
            while is_alive(before[0]):
                seen.append(_requests(bridge))
            bridge.wait_for_workers(other_than=before)
            seen.append(_requests(bridge))
        bridge.stop()

    assert sorted(seen) == seen
    assert seen[-1] == 20


def test_what_a_worker_counted_after_the_last_question_is_told_at_its_end(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as bridge:
        before = bridge.worker_pids
        with Client(bridge.port) as client:
            for _ in range(7):
                client.get("/test/sleep?seconds=0")
        os.kill(before[0], signal.SIGTERM)
        bridge.wait_for_workers(other_than=before)
        assert _requests(bridge) == 7
        bridge.stop()


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.proof), 3])
def test_a_killed_supervisor_leaves_no_worker(tmp_path: Path, workers: int, valkey_url: str) -> None:
    with BridgeProcess(tmp_path / "data", settings=of_workers(workers, valkey_url)).start() as bridge:
        pids = bridge.wait_for_workers(other_than=[])
        bridge.send(signal.SIGKILL)
        bridge.wait()

        assert wait_for_end(*pids, limit_seconds=10) == []


def test_a_killed_supervisor_leaves_no_worker_that_hangs_either(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_DRAIN_SECONDS": "0.5"}).start() as bridge:
        pids = bridge.worker_pids
        with Client(bridge.port) as client:
            client.send("/test/hang?seconds=60")
            time.sleep(0.2)
            bridge.send(signal.SIGKILL)
            bridge.wait()

            assert wait_for_end(*pids, limit_seconds=10) == []


def test_a_killed_supervisor_leaves_no_worker_that_still_starts(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").begin() as bridge:
        children = Path(f"/proc/{bridge.process.pid}/task/{bridge.process.pid}/children")
        while not (pids := [int(pid) for pid in children.read_text().split()]):
            assert bridge.process.poll() is None
        bridge.send(signal.SIGKILL)
        bridge.wait()

        assert wait_for_end(*pids, limit_seconds=10) == []


def test_the_next_bridge_starts_at_once_after_a_killed_one(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data").start() as first:
        port = first.port
        first.send(signal.SIGKILL)
        first.wait()
        assert running(tmp_path / "data") is None

        with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_PORT": str(port)}).start() as second:
            with Client(port) as client:
                assert client.get("/health/live") is not None
            assert second.stop().code == 0


def test_a_worker_says_nothing_of_what_is_handed_over(tmp_path: Path) -> None:
    canary = "canary-4711"
    address = f"postgresql://someone:{canary}@127.0.0.1:1/none"
    with BridgeProcess(tmp_path / "data", settings={"TOOLBOXAI_DATABASE_URL": address}).begin() as bridge:
        pid = bridge.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while bridge.process.poll() is None:
            for child in children.read_text().split():
                assert canary.encode() not in Path(f"/proc/{child}/cmdline").read_bytes()
            time.sleep(0.01)
        ended = bridge.wait()

    assert ended.code == 7
    assert canary not in ended.error
