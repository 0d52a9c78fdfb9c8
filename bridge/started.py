"""What a bridge says of itself once it answers; the command line puts it into words."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Started:
    urls: tuple[str, ...]
    ops_url: str
    data_dir: Path
    database: str  # without user and password
    workers: int
    pid: int
    # Where the first administrator comes in, once; None where there is one.
    first_link: str | None = field(default=None, repr=False)
