"""The control socket: one JSON object a line, asked by the owner's own commands."""

import asyncio
import contextlib
import hmac
import json
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from backend.errors import ToolboxError
from bridge.supervisor import control_address
from bridge.supervisor.control_address import Door
from bridge.worker.accepting import pause_accepting
from bridge.worker.json_value import JsonObject, JsonValue

REQUEST_LIMIT_BYTES: Final = 64 * 1024
# To send a request, and to take its answer.
CALLER_LIMIT_SECONDS: Final = 5.0
COMMAND_LIMIT_SECONDS: Final = 30.0
CALLERS_LIMIT: Final = 32
SECRET_BYTES: Final = 32

Command = Callable[[JsonObject], Awaitable[JsonObject]]

_log = logging.getLogger(__name__)


class Refused(ToolboxError):
    """A request that the control socket does not understand."""

    code = "control_refused"


class ControlServer:
    def __init__(self, commands: Mapping[str, Command]) -> None:
        self._commands = commands
        self._secret: str | None = None
        self._folder: Path | None = None
        self._listener: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()
        self._closed = False

    async def open(self, folder: Path, *, unix: bool = True) -> None:
        """Listen in `folder`, whose lock is held: so what lies there is of a bridge that has ended."""
        control_address.remove(folder)
        self._folder = folder
        path = control_address.unix_path(folder) if unix else None
        self._listener = listener = _unix_listener(path) if path is not None else _loopback_listener()
        if path is None:
            self._secret = secrets.token_hex(SECRET_BYTES)
        self._server = await asyncio.start_server(self._meet, sock=listener, limit=REQUEST_LIMIT_BYTES)
        if self._secret is not None:
            control_address.write_door(folder, Door(listener.getsockname()[1], self._secret))

    async def close(self) -> None:
        if self._closed or self._server is None or self._listener is None or self._folder is None:
            return
        self._closed = True
        await pause_accepting([self._listener])
        self._server.close()
        for caller in self._callers:
            caller.cancel()
        if self._callers:
            await asyncio.wait(self._callers)
        with contextlib.suppress(OSError):
            control_address.remove(self._folder)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        this = asyncio.current_task()
        # One may have been let in just before the door was closed.
        if this is None or self._closed or len(self._callers) >= CALLERS_LIMIT:
            writer.close()
            return
        self._callers.add(this)
        try:
            async with asyncio.timeout(None) as limit:
                while await self._converse(reader, writer, limit):
                    pass
        except (TimeoutError, ConnectionError):
            pass  # a caller that went away, or fell silent
        finally:
            self._callers.discard(this)
            writer.close()

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: asyncio.Timeout
    ) -> bool:
        """Answer one request; return whether there may be another."""
        now = asyncio.get_running_loop().time
        limit.reschedule(now() + CALLER_LIMIT_SECONDS)
        try:
            line = await reader.readline()
        except ValueError:
            writer.write(_refusal(Refused(f"a request is at most {REQUEST_LIMIT_BYTES} bytes on one line")))
            await writer.drain()
            return False
        if not line.endswith(b"\n"):
            return False
        limit.reschedule(now() + COMMAND_LIMIT_SECONDS)
        answer = await self._answer(line)
        limit.reschedule(now() + CALLER_LIMIT_SECONDS)
        writer.write(answer)
        await writer.drain()
        return True

    async def _answer(self, line: bytes) -> bytes:
        try:
            request = self._parse(line)
            name = request.pop("command", None)
            result = await self._command(name)(request)
        except ToolboxError as error:
            return _refusal(error)
        except Exception:  # noqa: BLE001 - the boundary of the control socket
            _log.exception("a control command failed")
            return _refusal(Refused("the command failed; the log of the bridge says where"))
        return json.dumps({"ok": True, "result": result}).encode() + b"\n"

    def _command(self, name: JsonValue) -> Command:
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            raise Refused(f"this bridge knows the commands {', '.join(sorted(self._commands))}")
        return command

    def _parse(self, line: bytes) -> JsonObject:
        try:
            request = json.loads(line)
        except ValueError:
            raise Refused("a request is one JSON object on one line") from None
        if not isinstance(request, dict):
            raise Refused("a request is one JSON object on one line")
        given = request.pop("secret", None)
        # Only a door on the loopback has a secret: other accounts reach it too.
        if self._secret is not None and not (
            isinstance(given, str) and hmac.compare_digest(given.encode(), self._secret.encode())
        ):
            raise Refused("the secret is not the one of this bridge")
        return request


def _refusal(error: ToolboxError) -> bytes:
    return json.dumps({"ok": False, "code": error.code, "sentence": error.sentence}).encode() + b"\n"


def _unix_listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The file's mode comes from the umask at bind: set later, it would be open to others for a moment.
    before = os.umask(0o777 & ~control_address.OWNER_ONLY)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen()
    return listener


def _loopback_listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    return listener
