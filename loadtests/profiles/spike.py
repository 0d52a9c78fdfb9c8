"""Few users, then many at once, then few again: a lesson begins."""

from locust import LoadTestShape

from loadtests import thresholds
from loadtests.users.attacker import Attacker
from loadtests.users.game import GameServer
from loadtests.users.studio import StudioDevice

__all__ = ["Attacker", "GameServer", "Spike", "StudioDevice", "thresholds"]

FEW = 17
MANY = 85
# Until which second there are how many.
STAGES = ((20, FEW), (40, MANY), (60, FEW))


class Spike(LoadTestShape):
    def tick(self) -> tuple[int, float] | None:
        ran = self.get_run_time()
        return next(((users, float(MANY)) for until, users in STAGES if ran < until), None)
