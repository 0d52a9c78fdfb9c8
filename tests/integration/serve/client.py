"""One HTTP/1.1 connection, spoken by hand, so that a test sees what a library would hide."""

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self._port = port
        self._socket = socket.create_connection((address, port), timeout=30)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def send(self, path: str) -> None:
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\n\r\n".encode())

    def receive(self) -> Answered | None:
        """Return the answer, or None when the connection ended without one."""
        try:
            status = self._file.readline()
            if not status:
                return None
            headers: dict[str, str] = {}
            while (line := self._file.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = self._file.read(int(headers.get("content-length", "0")))
        except ConnectionError:
            return None
        return Answered(int(status.split()[1]), headers, body)

    def get(self, path: str) -> Answered | None:
        self.send(path)
        return self.receive()
