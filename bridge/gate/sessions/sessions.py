"""Everything that sessions are opened with, put together once for a process."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.db.unit import Database
from backend.web.keys import app_key
from bridge.gate.masters import Masters
from bridge.gate.sessions.challenge import Challenges
from bridge.gate.sessions.game import GameOpenings
from bridge.gate.sessions.keeping import Room
from bridge.gate.sessions.opening import Openings
from bridge.gate.stores.store import GateStore


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client is told, so that it keeps to it by itself."""

    requests_a_minute: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class Sessions:
    bridge_id: str
    openings: Openings
    game_openings: GameOpenings
    limits: Limits


SESSIONS: Final = app_key("sessions", Sessions)


def put_together(
    masters: Masters,
    store: GateStore,
    database: Callable[[], Database],
    limits: Limits,
    *,
    clock: Callable[[], float] = time.time,
) -> Sessions:
    room = Room(masters, store, database)
    return Sessions(masters.bridge_id.hex(), Openings(room, Challenges(masters, clock)), GameOpenings(room), limits)
