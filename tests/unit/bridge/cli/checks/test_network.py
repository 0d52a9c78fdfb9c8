"""The ports: free, taken, or held by the bridge of the same data folder."""

import socket
from collections.abc import Iterator

import pytest

from backend.errors import PortTaken
from bridge.check_result import Verdict
from bridge.cli.checks.network import check_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_free_port_stays_free() -> None:
    port = free_port()

    assert [Verdict.OK] * 2 == [check_port("port", port, ["127.0.0.1"], held=(), pid=None).verdict for _ in range(2)]


def test_a_taken_port_is_refused_in_the_words_of_serve(taken: int) -> None:
    with pytest.raises(PortTaken, match=f"port {taken} on 127.0.0.1 .* TOOLBOXAI_OPS_PORT"):
        check_port("ops_port", taken, ["127.0.0.1"], held=(), pid=None)


def test_a_port_that_our_own_bridge_holds_is_well(taken: int) -> None:
    found = check_port("port", taken, ["127.0.0.1"], held=[f"http://localhost:{taken}"], pid=4711)

    assert (Verdict.OK, f"{taken} is held by the running bridge (process 4711)") == (found.verdict, found.seen)


def test_a_port_that_our_own_bridge_does_not_hold_is_looked_at(taken: int) -> None:
    with pytest.raises(PortTaken):
        check_port("port", taken, ["127.0.0.1"], held=["http://localhost:1"], pid=4711)


def test_any_free_port_is_there() -> None:
    assert Verdict.OK == check_port("port", 0, ["127.0.0.1"], held=(), pid=None).verdict
