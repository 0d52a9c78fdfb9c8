"""What anybody may know of the health of the bridge."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Health:
    status: Literal["ok", "unavailable"]
