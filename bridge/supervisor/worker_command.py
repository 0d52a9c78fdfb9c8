"""How a worker is started, and what it serves."""

import sys
from dataclasses import dataclass

APPLICATION = "bridge.app"


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """`module` has the `create_app` that a worker serves (bridge/worker/factory.py); a test names one of its own."""

    module: str = APPLICATION

    @property
    def arguments(self) -> list[str]:
        # -P: a folder called backend beside the user's files is not ours to import.
        return [sys.executable, "-P", "-m", "bridge.worker", self.module]
