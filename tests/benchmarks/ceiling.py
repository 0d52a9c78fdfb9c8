"""The native generator: builds it, and sends a request over and over with it; loadtests/ceiling is its source."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_GRACE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Signing:
    """A session that is open at the bridge."""

    key_id: str
    # K, in hex.
    key: str = field(repr=False)
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent, to whom, and as whom; without a session nothing is signed."""

    address: str
    host: str
    method: str
    target: str
    body: str = ""
    sessions: Sequence[Signing] = ()
    # What is signed where `target` is a route that checks nothing, and is sent the same head.
    signed_target: str | None = None
    headers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a run; times are microseconds from the moment that a request was due."""

    requests: int
    errors: dict[str, int]
    seconds: float
    requests_a_second: float
    p50: float
    p99: float
    # Of the generator: near one for each second it was itself the limit.
    cpu_seconds: float


@cache
def built() -> Path:
    """Build it in release, and return where it is."""
    command = ("cargo", "build", "--quiet", "--release", "--locked", "--package", "ceiling", "--message-format=json")
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    messages = [json.loads(line) for line in told.splitlines()]
    (program,) = [each["executable"] for each in messages if each.get("executable")]
    return Path(program)


def run(
    plan: Plan, *, seconds: float, connections: int = 64, a_second: float | None = None, count: int | None = None
) -> Measured:
    """Send until the time or the count is over: as fast as answers come, or so many a second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        # It holds the keys of sessions.
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(plan)))
        words = [str(built()), str(path), "--seconds", str(seconds), "--connections", str(connections)]
        words += [] if a_second is None else ["--rate", str(a_second)]
        words += [] if count is None else ["--count", str(count)]
        ended = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=seconds + _GRACE_SECONDS,
            check=False,
            env={"PATH": os.environ.get("PATH", "")},
        )
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr.strip())
    told: dict[str, Any] = json.loads(ended.stdout)
    return Measured(
        requests=told["requests"],
        errors=told["errors"],
        seconds=told["seconds"],
        requests_a_second=told["requests_a_second"],
        p50=told["microseconds"]["p50"],
        p99=told["microseconds"]["p99"],
        cpu_seconds=told["cpu_seconds"],
    )
