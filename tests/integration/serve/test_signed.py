"""Signed requests at two workers of one bridge: a number is good once, whichever of them it comes to."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.contract.signing import Session, Signed
from tests.integration.gate.signer import Signer
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.signed_app import OPEN, WHO

MODULE = "tests.integration.serve.signed_app"
PATIENCE_SECONDS = 30
NUMBERS = 300


class Connection:
    """One connection, which stays with the worker that took it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._http.close()

    def post(self, path: str) -> Any:
        self._http.request("POST", path, headers={"Host": f"127.0.0.1:{self._port}"})
        answer = self._http.getresponse()
        assert 200 == answer.status
        return json.loads(answer.read())

    def post_json(self, path: str, document: object) -> tuple[int, Any]:
        return self.ask("POST", path, json.dumps(document).encode(), headers={"Content-Type": "application/json"})

    def ask(self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str]) -> tuple[int, Any]:
        self._http.request(method, path, body=body, headers={"Host": f"127.0.0.1:{self._port}", **headers})
        return self._answer()

    def send(self, request: Signed) -> tuple[int, Any]:
        without = b"" if request.body else b"Content-Type"
        headers = {name.decode(): value.decode() for name, value in request.headers if name != without}
        self._http.request(request.method, request.target, body=request.body, headers=headers)
        return self._answer()

    def _answer(self) -> tuple[int, Any]:
        answer = self._http.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body else None


def opened(connection: Connection, port: int) -> Signer:
    told = connection.post(OPEN)
    for name in ("master", "bridge_id", "random"):
        told[name] = bytes.fromhex(told[name])
    return Signer(Session(**told), port)


@contextmanager
def to_each_worker(bridge: BridgeProcess, signer: Signer) -> Iterator[tuple[Connection, Connection]]:
    """Connect until both workers have taken a connection."""
    with ExitStack() as stack:
        found: dict[int, Connection] = {}
        until = time.monotonic() + PATIENCE_SECONDS
        while len(found) < 2:
            assert time.monotonic() < until, "one worker took every connection"
            connection = Connection(bridge.port)
            stack.callback(connection.close)
            status, who = connection.send(signer.sign("POST", WHO))
            assert 200 == status
            found.setdefault(who["pid"], connection)
        one, other = found.values()
        yield one, other


def test_two_workers_take_each_number_once_between_them(tmp_path: Path, valkey_url: str) -> None:
    with BridgeProcess(tmp_path / "data", module=MODULE, settings=of_workers(2, valkey_url)).start() as bridge:
        bridge.wait_for_workers(other_than=[])
        first = Connection(bridge.port)
        first.post("/test/seed")
        signer = opened(first, bridge.port)
        with to_each_worker(bridge, signer) as workers:
            requests = [signer.sign("POST", WHO) for _ in range(NUMBERS)]
            statuses: list[Counter[int]] = [Counter(), Counter()]
            together = threading.Barrier(2)

            def storm(number: int) -> None:
                for request in requests:
                    # At the same moment each time: whoever is once behind would be so to the end.
                    together.wait(PATIENCE_SECONDS)
                    statuses[number][workers[number].send(request)[0]] += 1

            threads = [threading.Thread(target=storm, args=(number,)) for number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)

            assert {200: NUMBERS, 409: NUMBERS} == statuses[0] + statuses[1]
            # Both had some of them, so it was not one that saw them all.
            assert all(each[200] for each in statuses)
        first.close()
        assert 0 == bridge.stop().code
