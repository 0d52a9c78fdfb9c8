"""Reads many WebSockets in a process of its own, and does what lines say.

Each message of a benchmark has one `!` in it, so that readers count messages of any server by counting bytes.
"""

import json
import selectors
import socket
import sys
import time

from tests.benchmarks.fanout.telling import say

# Of frames that short none comes, so no byte of a length is taken for it.
MARK = b"!"
# Masked with zeros.
PONG = b"\x8a\x80\0\0\0\0"
BUFFER_BYTES = 1 << 20
PATIENCE_SECONDS = 60.0
SHORT_MOST = 125


class Sinks:
    """The sockets of one server."""

    def __init__(self, port: int, heads: list[str], first: list[str], room_bytes: int | None = None) -> None:
        self.selector = selectors.DefaultSelector()
        self.sockets: list[socket.socket] = []
        for number, head in enumerate(heads):
            sink = socket.socket()
            if room_bytes is not None:
                sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_bytes)
            sink.connect(("127.0.0.1", port))
            sink.sendall(head.encode())
            received = b""
            while b"\r\n\r\n" not in received:
                received += sink.recv(65_536)
            status = received.split(b" ", 2)[1]
            if status != b"101":
                raise RuntimeError(received.decode(errors="replace"))
            for frame in first:
                sink.sendall(_masked(frame.encode()))
            sink.setblocking(False)
            self.selector.register(sink, selectors.EVENT_READ, number)
            self.sockets.append(sink)

    def take(self, each: int, seconds: float, buffer: bytearray) -> tuple[float, list[list[float]]]:
        """Read until every socket has had so many messages; return when, and when each message reached each of them."""
        view = memoryview(buffer)
        counts = [0] * len(self.sockets)
        times: list[list[float]] = [[] for _ in range(each)]
        waiting = len(counts)
        until = time.perf_counter() + seconds
        while waiting:
            left = until - time.perf_counter()
            if left <= 0:
                raise RuntimeError(f"{waiting} of {len(counts)} did not get {each} messages")
            for key, _ in self.selector.select(left):
                number = key.data
                size = self.sockets[number].recv_into(buffer)
                if not size:
                    raise RuntimeError(f"socket {number} was closed")
                now = time.perf_counter()
                before = counts[number]
                after = counts[number] = before + bytes(view[:size]).count(MARK)
                for message in range(before, after):
                    times[message].append(now)
                if before < each <= after:
                    waiting -= 1
        return time.perf_counter(), times

    def show(self) -> None:
        """Say that somebody is there, which a server may want to know now and then."""
        for sink in self.sockets:
            sink.send(PONG)

    def drain(self, buffer: bytearray) -> None:
        """Read what is there, and until nothing comes for a moment."""
        while found := self.selector.select(0.2):
            for key, _ in found:
                self.sockets[key.data].recv_into(buffer)

    def close(self) -> None:
        for sink in self.sockets:
            sink.close()


def _masked(text: bytes) -> bytes:
    length = len(text)
    head = bytes([0x81, 0x80 | length]) if length <= SHORT_MOST else bytes([0x81, 0x80 | 126]) + length.to_bytes(2)
    # A mask of zeros is one as well.
    return head + bytes(4) + text


def main() -> None:
    sinks: dict[str, Sinks] = {}
    buffer = bytearray(BUFFER_BYTES)
    for line in sys.stdin:
        said = json.loads(line)
        name, answer = said["name"], None
        for each in sinks.values():
            each.show()
        if said["do"] == "open":
            sinks[name] = Sinks(said["port"], said["heads"], said["first"], said.get("room"))
            if said.get("drained", True):
                sinks[name].drain(buffer)
        elif said["do"] == "drain":
            sinks[name].drain(buffer)
        elif said["do"] == "close":
            sinks.pop(name).close()
        elif said["do"] == "take":
            say("ready")
            ended, times = sinks[name].take(said["each"], PATIENCE_SECONDS, buffer)
            answer = {"ended": ended, "times": times if said["times"] else []}
        say(answer)


if __name__ == "__main__":
    main()
