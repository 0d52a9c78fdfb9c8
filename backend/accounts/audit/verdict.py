"""What is found wrong with a trail."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad record of a trail, and what is wrong with it in a sentence."""

    tenant_id: str
    number: int
    sentence: str


def one(number: int) -> str:
    return f"record {number:,}"


def missing(first: int, last: int) -> str:
    return f"{one(first)} is missing" if first == last else f"records {first:,} to {last:,} are missing"


def day(at: int) -> str:
    """Return the time of a checkpoint for people; it is signed, so it is one that we wrote."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"
