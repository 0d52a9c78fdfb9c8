"""Scripts that a server runs, each whole or not at all."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from bridge.redis_server.link import packed

# Each script begins with what tells one life of the server from another.
_LIFE: Final = ("bridge.redis_server", "life")


class Script:
    def __init__(self, text: str) -> None:
        self.load = packed("SCRIPT", "LOAD", text)
        # The server's own name for it, not a protection of anything.
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[bytes], arguments: Sequence[bytes | int | str]) -> bytes:
        return packed("EVALSHA", self.digest, len(keys), *keys, *arguments)


class Scripts:
    """Those of one room, in its folder `scripts`, read when they are first asked for."""

    def __init__(self, room: str, *names: str, beginning: Sequence[str] = ()) -> None:
        self._room = room
        self._names = names
        # What each of them begins with, after the life.
        self._beginning = tuple((room, name) for name in beginning)
        self._read: dict[str, Script] = {}

    def __getitem__(self, name: str) -> Script:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _read(_LIFE, *self._beginning, (self._room, name))
        return found

    def all(self) -> list[Script]:
        return [self[name] for name in self._names]


@cache
def begin_script() -> Script:
    """Return the one that says which life it is, or begins one."""
    return _read(_LIFE, ("bridge.redis_server", "begin"))


def _read(*parts: tuple[str, str]) -> Script:
    return Script(
        "".join((files(room) / "scripts" / f"{name}.lua").read_text(encoding="utf-8") for room, name in parts)
    )
