"""The bridge that runs in the data folder."""

from bridge.check_result import Verdict
from bridge.cli.checks.running import check_running
from bridge.supervisor.control_client import Status

STATUS = Status(
    pid=4711,
    version="0.1.0",
    urls=("http://localhost:8460",),
    ops_url="http://127.0.0.1:9464",
    uptime_seconds=1,
    workers=(),
)


def test_no_bridge_is_no_fault() -> None:
    assert Verdict.OK == check_running(None, "0.1.0").verdict


def test_a_running_bridge_is_named_with_its_addresses() -> None:
    found = check_running(STATUS, "0.1.0")

    assert (Verdict.OK, "process 4711, version 0.1.0, answers at http://localhost:8460") == (found.verdict, found.seen)


def test_a_bridge_of_another_version_is_warned_of() -> None:
    found = check_running(STATUS, "0.2.0")

    assert Verdict.WARN == found.verdict
    assert "0.2.0" in found.cure
