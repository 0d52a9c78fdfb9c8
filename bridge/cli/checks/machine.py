"""The machine: its clock, its limits, its addresses."""

import socket
import sys
from datetime import UTC, datetime
from typing import Final

from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import bad, doubtful, good
from bridge.clock_check import check_clock as refuse_unset_clock

# Every connection is an open file; besides those the bridge needs a few dozen.
_FILES_NEEDED: Final = 256
_FILES_GOOD: Final = 1024


def check_clock(now_seconds: float) -> CheckResult:
    refuse_unset_clock(now_seconds)
    return good("clock", f"{datetime.fromtimestamp(now_seconds, UTC):%Y-%m-%d %H:%M} UTC")


def open_files_limit() -> int | None:
    """Return how many files a process may open, or None where nobody counts."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def check_open_files(limit: int | None) -> CheckResult:
    cure = "raise it with `ulimit -n 4096`, or LimitNOFILE= in a systemd unit"
    if limit is None:
        return good("open_files", "no limit")
    if limit < _FILES_NEEDED:
        return bad("open_files", f"a process may open {limit}, but {_FILES_NEEDED} are needed", cure)
    if limit < _FILES_GOOD:
        return doubtful("open_files", f"a process may open {limit}, so about {limit - 100} connections", cure)
    return good("open_files", f"a process may open {limit}")


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def check_ipv6(bind: tuple[str, ...], *, available: bool) -> CheckResult:
    if available:
        return good("ipv6", "::1 is there")
    if "::1" not in bind:
        return good("ipv6", "not there, and not asked for")
    return doubtful(
        "ipv6",
        "::1 is not there, so the bridge answers on 127.0.0.1 alone",
        "switch IPv6 on, or set TOOLBOXAI_BIND=127.0.0.1 if that is meant",
    )
