"""What a type checker says of the public face of core_rs; mypy reads this file, nothing runs it.

An ignore that is not needed is an error, so each of them states that the line beside it is refused.
"""

from pathlib import Path
from typing import assert_type

import core_rs
from core_rs import Decision, Demand, Gate, Waiting, blake3

assert_type(blake3(b"a lesson"), bytes)
assert_type(core_rs.__all__, list[str])

blake3("text")  # type: ignore[arg-type]
blake3()  # type: ignore[call-arg]
blake3(b"a", b"b")  # type: ignore[call-arg]
core_rs.keyed  # type: ignore[attr-defined]  # noqa: B018


def the_code_of_a_verdict_says_what_it_is_about(gate: Gate[Path], demand: Demand) -> None:
    verdict = gate.admit(demand, "192.0.2.1", "GET", "/", (), b"")
    if verdict[0] == "admitted":
        assert_type(verdict[1], Path)
        assert_type(verdict[3], Decision)
    elif verdict[0] == "need_record":
        assert_type(verdict[1], Waiting)
        gate.put_record(verdict[1], "no path", account=b"", tenant=b"")  # type: ignore[arg-type]
    elif verdict[0] == "malformed":
        assert_type(verdict[1], str)


def headers_are_pairs_of_bytes(gate: Gate[None], demand: Demand) -> None:
    gate.admit_head(demand, "192.0.2.1", "GET", "/", (("Host", "h"),))  # type: ignore[arg-type]
    gate.admit_head(demand, "192.0.2.1", "GET", "/", {"Host": "h"})  # type: ignore[arg-type]
