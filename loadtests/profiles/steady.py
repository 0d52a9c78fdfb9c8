"""The same number of users all the time."""

from locust import LoadTestShape

from loadtests import thresholds
from loadtests.users.attacker import Attacker
from loadtests.users.game import GameServer
from loadtests.users.studio import StudioDevice

__all__ = ["Attacker", "GameServer", "Steady", "StudioDevice", "thresholds"]

SECONDS = 60
USERS = 51


class Steady(LoadTestShape):
    def tick(self) -> tuple[int, float] | None:
        return (USERS, USERS) if self.get_run_time() < SECONDS else None
