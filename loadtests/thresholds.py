"""Judges a load test at its end: the exit code, and the figures for docs/performance.md."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from locust import events

from loadtests.bars import FIGURES, Row, faults


@events.quitting.add_listener
def judge(environment: Any, **_: object) -> None:
    """Write the figures down, and end with 1 where one is beyond its bar."""
    entries = [*sorted(environment.stats.entries.values(), key=lambda entry: str(entry.name)), environment.stats.total]
    rows = [_row(entry) for entry in entries]
    broken = faults(rows)
    Path(os.environ[FIGURES]).write_text(json.dumps({"rows": [asdict(row) for row in rows], "broken": broken}))
    for sentence in broken:
        print(sentence)  # noqa: T201
    environment.process_exit_code = 1 if broken else 0


def _row(entry: Any) -> Row:
    return Row(
        name=str(entry.name),
        requests=int(entry.num_requests),
        failures=int(entry.num_failures),
        a_second=float(entry.total_rps),
        p50=_percentile(entry, 0.5),
        p95=_percentile(entry, 0.95),
        p99=_percentile(entry, 0.99),
    )


def _percentile(entry: Any, part: float) -> float:
    return float(entry.get_response_time_percentile(part) or 0)
