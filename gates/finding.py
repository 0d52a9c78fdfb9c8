"""What a gate of our own says: one line when all is well, else what is wrong, where, and the cure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    where: str
    wrong: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}\n    cure: {self.cure}"


def close(findings: Sequence[Finding], *, clean: str) -> int:
    """Print the findings, or the clean line, and give the exit code."""
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} found")
        return 1
    print(clean)
    return 0
