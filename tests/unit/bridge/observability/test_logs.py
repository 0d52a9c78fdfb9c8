import logging
import subprocess
import sys

import orjson
import pytest

from bridge.observability.logs import access_sink
from tests.unit.bridge.observability.conftest import Log


def test_the_lines_of_requests_go_where_all_lines_go(log: Log) -> None:
    assert access_sink() is log.sink


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_above_info_no_line_is_written_for_a_request(log: Log, level: str) -> None:
    assert log.sink.lost == 0
    logging.getLogger().setLevel(level)

    assert access_sink() is None


def test_a_record_that_cannot_be_written_down_ends_nothing(log: Log) -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError

    logging.getLogger("bridge.x").info(Hostile())

    assert [] == log.lines()
    assert 1 == log.sink.lost


PROGRAM = """
import asyncio, logging, sys, warnings
from bridge.observability.logs import configure

sink = configure("info")
warnings.warn("canary")

class Hard:
    def __del__(self):
        raise ValueError("canary")

Hard()
logging.getLogger("bridge").info("a line")

async def last():
    sink.write_with_tick(b'{"event":"the last"}', asyncio.get_running_loop())
    raise KeyError("canary")

asyncio.run(last())
"""


ENDING = """
import asyncio
from bridge.observability.logs import configure

loop = asyncio.new_event_loop()
configure("info").write_with_tick(b'{"event":"the last"}', loop)
loop.close()
"""


def test_what_waits_for_a_loop_that_never_runs_again_is_written_at_the_end() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", ENDING], capture_output=True, check=False, timeout=60)

    assert 0 == done.returncode
    assert [{"event": "the last"}] == [orjson.loads(line) for line in done.stderr.splitlines()]


def test_a_process_that_dies_of_an_error_tells_what_waited_and_no_words_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "always", "-c", PROGRAM], capture_output=True, check=False, timeout=60
    )

    lines = [orjson.loads(line) for line in done.stderr.splitlines()]
    assert 1 == done.returncode
    assert b"canary" not in done.stderr
    assert "a line" in [line["event"] for line in lines]
    assert "the last" in [line["event"] for line in lines]
    assert {"ValueError", "KeyError"} <= {line["error"][0]["type"] for line in lines if "error" in line}
