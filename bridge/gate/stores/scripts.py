"""The scripts that a server runs for the gate, each whole or not at all."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from bridge.gate.stores.link import packed

_FOLDER: Final = files("bridge.gate.stores") / "scripts"
# Each script begins with what tells one life of the server from another.
_BEGINNING: Final = "life"


class Script:
    def __init__(self, name: str) -> None:
        text = "".join((_FOLDER / f"{part}.lua").read_text(encoding="utf-8") for part in (_BEGINNING, name))
        self.name = name
        self.load = packed("SCRIPT", "LOAD", text)
        # The server's own name for it, not a protection of anything.
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: tuple[bytes, ...], arguments: tuple[bytes | int | str, ...]) -> bytes:
        return packed("EVALSHA", self.digest, len(keys), *keys, *arguments)


@cache
def script(name: str) -> Script:
    return Script(name)


ALL: Final = ("begin", "end", "look", "open", "spend", "window")
