"""A right that is withdrawn in one process is used by no other: at once on the same host, within 2 s on another."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.db.config import DatabaseConfig
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.rights_app import HANG, PATH, PERSON, WITHDRAWAL
from tests.ledger.people import SCHOOL

WITH_POLL = "tests.integration.serve.rights_app"
WITHOUT_POLL = "tests.integration.serve.rights_app_without_poll"
TARGET = PATH.format(tenant_id=SCHOOL)
OTHER_HOST_SECONDS = 2.0
PATIENCE_SECONDS = 30


class Connection:
    """One connection, which stays with the worker that took it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._http.close()

    def served(self) -> tuple[int, Any]:
        self._http.request("GET", TARGET, headers={"Host": f"localhost:{self._port}", **PERSON.authorization})
        return self._answer()

    def withdraw(self) -> int:
        headers = {"Host": f"localhost:{self._port}", "Idempotency-Key": str(uuid4())}
        self._http.request("POST", WITHDRAWAL, headers=headers)
        return self._answer()[0]

    def hang(self, seconds: float) -> None:
        self._http.request("GET", f"{HANG}?seconds={seconds}", headers={"Host": f"localhost:{self._port}"})

    def end_of_hanging(self) -> None:
        assert 200 == self._answer()[0]

    def _answer(self) -> tuple[int, Any]:
        answer = self._http.getresponse()
        return answer.status, json.loads(answer.read())


@contextmanager
def to_each_worker(bridge: BridgeProcess) -> Iterator[tuple[Connection, Connection]]:
    """Connect to both workers: the second connection is made while the worker of the first is held up."""
    bridge.wait_for_workers(other_than=[])
    with ExitStack() as stack:
        first = Connection(bridge.port)
        stack.callback(first.close)
        pid = first.served()[1]["pid"]
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            first.hang(0.3)
            second = Connection(bridge.port)
            stack.callback(second.close)
            other = second.served()[1]["pid"]
            first.end_of_hanging()
            if other != pid:
                yield first, second
                return
        raise AssertionError("one worker took every connection")


def test_a_withdrawal_in_one_worker_acts_in_the_other_with_its_next_request(tmp_path: Path, valkey_url: str) -> None:
    with (
        BridgeProcess(tmp_path / "data", module=WITHOUT_POLL, settings=of_workers(2, valkey_url)).start() as bridge,
        to_each_worker(bridge) as workers,
    ):
        # Both have what they looked up, and go on using it.
        before = [worker.served()[1] for worker in workers]
        assert before == [worker.served()[1] for worker in workers]

        assert 200 == workers[0].withdraw()

        assert [404, 404] == [worker.served()[0] for worker in workers]
        assert bridge.stop().code == 0


def test_a_withdrawal_on_one_host_acts_on_another_within_two_seconds(
    tmp_path: Path, postgres_database: DatabaseConfig
) -> None:
    shared = {
        "TOOLBOXAI_DATABASE_URL": postgres_database.url.reveal(),
        "TOOLBOXAI_WORKERS": "1",
        # Hosts of one database have the same key file.
        "TOOLBOXAI_KEY_FILE": str(tmp_path / "keys.json"),
    }
    with (
        BridgeProcess(tmp_path / "here", module=WITH_POLL, settings=shared).start() as here,
        BridgeProcess(tmp_path / "there", module=WITH_POLL, settings=shared).start() as there,
    ):
        one, other = Connection(here.port), Connection(there.port)
        assert [200, 200] == [one.served()[0], other.served()[0]]
        kept = other.served()[1]
        assert kept == other.served()[1]

        assert 200 == one.withdraw()
        withdrawn_at = time.monotonic()
        assert 404 == one.served()[0]

        while other.served()[0] != 404:
            assert time.monotonic() - withdrawn_at < OTHER_HOST_SECONDS
            time.sleep(0.01)
        one.close()
        other.close()
        assert [0, 0] == [here.stop().code, there.stop().code]
