"""Who may sign at the bridge under load: read from the file that the environment names, once a process."""

import json
import os
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from bridge.client.address import BridgeAddress
from bridge.client.device import Device
from bridge.client.encoding import base64_bytes

VARIABLE: Final = "TOOLBOXAI_LOAD_ENROLLED"
UNIVERSE: Final = 9801
PLACE: Final = 95206881
_turns: Final = count()


@cache
def _told() -> dict[str, object]:
    told = json.loads(Path(os.environ[VARIABLE]).read_text("utf-8"))
    if not isinstance(told, dict):
        raise TypeError("the file of who may sign is no object")
    return told


def url() -> str:
    return str(_told()["url"])


def game_key() -> str:
    return str(_told()["game_key"])


def next_device() -> Device:
    """Return one device after the other; two users may be one device with two windows open."""
    told = _told()
    devices = told["devices"]
    if not isinstance(devices, dict):
        raise TypeError("the devices are no object")
    device_id, key = list(devices.items())[next(_turns) % len(devices)]
    return Device(
        bridge=BridgeAddress.parse(url()),
        device_id=device_id,
        key=_bytes(key),
        tenant_id=str(told["tenant_id"]),
        project_id=None,
        scopes=("sync",),
        bridge_id=str(told["bridge_id"]),
        bridge_public_key=_bytes(told["bridge_public_key"]),
    )


def _bytes(text: object) -> bytes:
    found = base64_bytes(str(text))
    if found is None:
        raise ValueError("a key is no base64")
    return found
