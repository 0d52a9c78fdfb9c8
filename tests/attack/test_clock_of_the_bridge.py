"""The clock of the bridge's machine is set while it runs, by somebody or by its own time service.

The time decides how late a request may come. That it comes once is held by clocks that nobody can set.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.gate.signer import Signer
from tests.integration.serve.bridge_process import BridgeProcess
from tests.integration.serve.signed_app import WHO
from tests.integration.serve.test_signed import MODULE, Connection, opened

HOUR = 3600
LET_IN, STALE, REPLAYED = (200, None), (401, "stale"), (409, "replayed")

SetClock = Callable[[int], None]


@pytest.fixture
def set_clock(tmp_path: Path) -> SetClock:
    """Return what sets the bridge's clock ahead by so many seconds, or back."""

    def to(seconds: int) -> None:
        new = tmp_path / "clock.new"
        new.write_text(str(seconds))
        new.replace(tmp_path / "clock")

    to(0)
    return to


@pytest.fixture
def bridge(tmp_path: Path, set_clock: SetClock) -> Iterator[BridgeProcess]:
    library, source = tmp_path / "clock.so", Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)
    settings = {"LD_PRELOAD": str(library), "CLOCK_AHEAD_FILE": str(tmp_path / "clock"), "TOOLBOXAI_WORKERS": "1"}
    with BridgeProcess(tmp_path / "data", module=MODULE, settings=settings).start() as started:
        yield started
        set_clock(0)
        assert 0 == started.stop().code


@pytest.fixture
def connection(bridge: BridgeProcess) -> Iterator[Connection]:
    connection = Connection(bridge.port)
    connection.post("/test/seed")
    yield connection
    connection.close()


def test_a_clock_that_is_set_makes_no_request_good_twice(
    bridge: BridgeProcess, connection: Connection, set_clock: SetClock
) -> None:
    signer = opened(connection, bridge.port)

    def sent(number: int, *, ahead: int = 0) -> tuple[int, str | None]:
        request = Signer.sign(signer, "POST", WHO, number=number, created=int(time.time()) + ahead)
        status, body = connection.send(request)
        return status, body.get("code")

    told = [sent(1), sent(1)]
    set_clock(HOUR)
    # Of an hour ago, and of the hour that the bridge has now.
    told += [sent(2), sent(2, ahead=HOUR), sent(2, ahead=HOUR), sent(1, ahead=HOUR)]
    set_clock(-HOUR)
    # For this clock what was used up is of an hour to come, and what it takes now was never seen.
    told += [sent(1), sent(2, ahead=HOUR), sent(3, ahead=-HOUR), sent(3, ahead=-HOUR)]
    set_clock(0)
    # What was used up first is of just now once more.
    told += [sent(1), sent(2), sent(3), sent(4)]

    assert [LET_IN, REPLAYED] == told[:2]
    assert [STALE, LET_IN, REPLAYED, REPLAYED] == told[2:6]
    assert [STALE, STALE, LET_IN, REPLAYED] == told[6:10]
    assert [REPLAYED, REPLAYED, REPLAYED, LET_IN] == told[10:]
