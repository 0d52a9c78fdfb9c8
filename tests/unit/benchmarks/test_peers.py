"""The servers that we are compared with check what they are said to; in an environment of their own."""

import http.client
import time
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.bench_json_route import BODY
from tests.benchmarks.peers.running import FASTAPI, FLASK, running
from tests.contract.signing import Session, Signed, sign

SESSION = Session(bytes(32), bytes(16), 1, 0, bytes(range(16)), "00000000000000ab")


@pytest.mark.proof
@pytest.mark.parametrize("name", [FASTAPI, FLASK])
def test_a_peer_takes_the_right_request_and_refuses_every_wrong_one(name: str, tmp_path: Path) -> None:
    with running(name, tmp_path, {SESSION.key_id: SESSION.key.hex()}) as peer:

        def signed(number: int, key: bytes = SESSION.use("request"), **changed: Any) -> Signed:
            values: dict[str, Any] = {"created": int(time.time()), "body": BODY} | changed
            host = f"127.0.0.1:{peer.port}"
            return sign(key, SESSION.key_id, number=number, host=host, method="POST", target="/v1/total", **values)

        def status(request: Signed) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
            headers = {key.decode(): value.decode() for key, value in request.headers}
            try:
                connection.request(request.method, request.target, request.body, headers)
                answer = connection.getresponse()
                return answer.status, b"".join(answer.read().split())
            finally:
                connection.close()

        assert (200, b'{"total":120}') == status(signed(1))
        assert 409 == status(signed(1))[0]
        assert 401 == status(signed(2, bytes(32)))[0]
        assert 401 == status(signed(3, created=int(time.time()) - 90))[0]
        assert 422 == status(signed(4, body=b'{"items": [{"id": 1}]}'))[0]
        assert 200 == status(signed(5))[0]
