"""What is found wrong with a trail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad record, and what is wrong with it in a sentence."""

    tenant_id: str
    number: int
    sentence: str


def record(number: int) -> str:
    return f"record {number:,}"


def missing(first: int, last: int) -> str:
    return f"{record(first)} is missing" if first == last else f"records {first:,} to {last:,} are missing"
