"""The scripts that a server runs for the gate."""

from typing import Final

from bridge.redis_server.scripts import Scripts

SCRIPTS: Final = Scripts("bridge.gate.stores", "end", "look", "open", "spend", "window")
