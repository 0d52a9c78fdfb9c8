"""What a type checker says of the public face of core_rs; mypy reads this file, nothing runs it.

An ignore that is not needed is an error, so each of them states that the line beside it is refused.
"""

from typing import assert_type

import core_rs
from core_rs import blake3

assert_type(blake3(b"a lesson"), bytes)
assert_type(core_rs.__all__, list[str])

blake3("text")  # type: ignore[arg-type]
blake3()  # type: ignore[call-arg]
blake3(b"a", b"b")  # type: ignore[call-arg]
core_rs.keyed  # type: ignore[attr-defined]  # noqa: B018
