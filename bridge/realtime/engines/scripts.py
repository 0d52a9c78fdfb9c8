"""The scripts that a server runs for channels."""

from typing import Final

from bridge.redis_server.scripts import Scripts

SCRIPTS: Final = Scripts(
    "bridge.realtime.engines",
    *("enter", "leave", "present", "publish", "read", "state", "tops"),
    beginning=("channel",),
)
