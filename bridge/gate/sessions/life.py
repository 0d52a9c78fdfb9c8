"""How long a session lives, how much it may do, and how many of them one holder has."""

from collections.abc import Mapping
from typing import Final

from bridge.gate.principal import DEVICE, GAME_KEY

LIFE_SECONDS: Final = 900
# What was under way when the next one was opened still ends.
OVERLAP_SECONDS: Final = 60
REQUESTS: Final = 2**20
# So many numbers may come out of order; the core keeps the window.
WINDOW: Final = 960

# A Studio install opens one for each window and each start; a game key one for each running server.
MOST_LIVE: Final[Mapping[str, int]] = {DEVICE: 32, GAME_KEY: 256}
# A session that is ended before its time leaves its window in the table until then, so those are counted too.
MOST_OPENED: Final[Mapping[str, int]] = {DEVICE: 96, GAME_KEY: 512}
