"""Reads many WebSockets in a process of its own: `python -P -m tests.benchmarks.fanout.sinks`, told what to do by lines.

Each message of a benchmark has one `~` in it, so that readers count messages of any server by counting bytes.
"""

import json
import selectors
import socket
import sys
import time

MARK = b"~"
# Masked with zeros.
PONG = b"\x8a\x80\0\0\0\0"
BUFFER_BYTES = 1 << 20


class Sinks:
    """The sockets of one server."""

    def __init__(self, port: int, heads: list[str], first: list[str]) -> None:
        self.selector = selectors.DefaultSelector()
        self.counts: list[int] = []
        self.sockets: list[socket.socket] = []
        for number, head in enumerate(heads):
            sink = socket.create_connection(("127.0.0.1", port))
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
            self.counts.append(0)

    def take(self, each: int, seconds: float, buffer: bytearray, leaving_out: int = 0) -> tuple[float, list[float]]:
        """Read until every socket has had so many messages; return when, and when each had the last."""
        counts, view = self.counts, memoryview(buffer)
        for number in range(len(counts)):
            counts[number] = 0
        waiting = len(counts) - leaving_out
        ended: list[float] = []
        until = time.perf_counter() + seconds
        while waiting:
            left = until - time.perf_counter()
            if left <= 0:
                raise RuntimeError(f"{waiting} of {len(counts)} did not get {each} messages")
            for key, _ in self.selector.select(left):
                number = key.data
                if number < leaving_out:
                    continue
                size = key.fileobj.recv_into(buffer)  # type: ignore[union-attr]
                if not size:
                    raise RuntimeError(f"socket {number} was closed")
                before = counts[number]
                counts[number] = after = before + bytes(view[:size]).count(MARK)
                if before < each <= after:
                    waiting -= 1
                    ended.append(time.perf_counter())
        return time.perf_counter(), ended

    def show(self) -> None:
        """Say that somebody is there, which a server may want to know now and then."""
        for sink in self.sockets:
            sink.send(PONG)

    def drain(self, buffer: bytearray) -> None:
        """Read what is there, and until nothing comes for a moment."""
        while found := self.selector.select(0.2):
            for key, _ in found:
                key.fileobj.recv_into(buffer)  # type: ignore[union-attr]

    def close(self) -> None:
        for sink in self.sockets:
            sink.close()


def _masked(text: bytes) -> bytes:
    length = len(text)
    head = bytes([0x81, 0x80 | length]) if length < 126 else bytes([0x81, 0x80 | 126]) + length.to_bytes(2)
    # A mask of zeros is one as well.
    return head + bytes(4) + text


def main() -> None:
    sinks: dict[str, Sinks] = {}
    buffer = bytearray(BUFFER_BYTES)
    for line in sys.stdin:
        said = json.loads(line)
        name = said["name"]
        for each in sinks.values():
            each.show()
        answer: object = None
        if said["do"] == "open":
            sinks[name] = Sinks(said["port"], said["heads"], said["first"])
            sinks[name].drain(buffer)
        elif said["do"] == "drain":
            sinks[name].drain(buffer)
        elif said["do"] == "close":
            sinks.pop(name).close()
        else:
            print("ready", flush=True)
            ended_at, ended = sinks[name].take(said["each"], 60, buffer)
            answer = {"ended_at": ended_at, "ended": ended if said.get("detail") else []}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
