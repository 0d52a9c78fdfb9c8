"""The ports: free, or held by the bridge of this data folder."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import good
from bridge.supervisor.listeners import close_all, open_listeners


def check_port(name: str, port: int, addresses: Sequence[str], *, held: Sequence[str], pid: int | None) -> CheckResult:
    """`held` are the addresses (URLs) that the running bridge says it answers at."""
    setting = f"TOOLBOXAI_{name.upper()}"
    if pid is not None and port in {urlsplit(url).port for url in held}:
        return good(name, f"{port} is held by the running bridge (process {pid})")
    # OperatorError says what is in the way, in the words that `serve` would use.
    listeners = open_listeners(addresses, port, setting=setting)
    close_all(listeners)
    return good(name, f"{port} is free" if port else "any free port is taken")
