"""What streams are counted by, in plain numbers that are read when somebody asks."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class StreamMeter:
    delivered: int = 0
    published: int = 0
    coalesced: int = 0
    refilled: int = 0
    # By reason, and by the code of `bye`.
    resets: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    # By transport, those that are open.
    open: Counter[str] = field(default_factory=Counter)
