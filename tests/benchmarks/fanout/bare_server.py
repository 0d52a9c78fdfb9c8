"""One `write` to each socket in a loop: what the machine can do at all."""

import base64
import hashlib
import os
import selectors
import socket
import sys
import time

from tests.benchmarks.fanout.telling import TEXT, say

ACCEPT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    say(listener.getsockname()[1])
    sockets: list[socket.socket] = []
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    frame = bytes([0x81, 126]) + len(TEXT).to_bytes(2) + TEXT.encode()
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                sockets.append(accepted(listener))
                continue
            if not sys.stdin.readline():
                return
            cpu, begun = time.process_time(), time.perf_counter()
            for each in sockets:
                os.write(each.fileno(), frame)
            say({"begun": begun, "cpu": time.process_time() - cpu, "ended": time.perf_counter()})


def accepted(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65_536)
    key = next(line.partition(b":")[2].strip() for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key"))
    accept = base64.b64encode(hashlib.sha1(key + ACCEPT, usedforsecurity=False).digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept
    )
    return connection


if __name__ == "__main__":
    serve()
