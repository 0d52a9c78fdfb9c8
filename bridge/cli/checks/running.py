"""The bridge that runs in the data folder, if there is one."""

from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import doubtful, good
from bridge.supervisor.control_client import Status


def check_running(status: Status | None, version: str) -> CheckResult:
    if status is None:
        return good("bridge", "not running in this data folder")
    seen = f"process {status.pid}, version {status.version}, answers at {', '.join(status.urls)}"
    if status.version != version:
        return doubtful(
            "bridge", seen, f"it is not the version that is installed ({version}); stop it and start it again"
        )
    return good("bridge", seen)
