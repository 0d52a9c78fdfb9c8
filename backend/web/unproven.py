"""How much is taken in from those who have not shown who they are: bounded for each network, and in all of a worker.

What comes slowly is what costs: a body is counted before it is waited for, by the length that it claims, and given back
however its reading ends. Neither many senders of a little nor a few of much hold more memory than this.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.errors import Crowded, TooManyRequests
from backend.web.sender import network_of

# For the routes by which strangers become known: what opens a session has some 600 bytes.
BODY_BYTES: Final = 4096
# A whole school behind one address at once: 256 of the longest of those bodies.
NETWORK_BYTES: Final = 1_048_576
ALL_BYTES: Final = 16_777_216
# A connection that sends nothing costs a worker some kilobytes, and one of its file descriptors.
NETWORK_CONNECTIONS: Final = 1024
ALL_CONNECTIONS: Final = 8192
# A body is there or cut after 10 s.
RETRY_SECONDS: Final = 5


class Refused(StrEnum):
    """What was one too many, as the metrics name it."""

    NETWORK_BYTES = "network_bytes"
    ALL_BYTES = "all_bytes"
    NETWORK_CONNECTIONS = "network_connections"
    ALL_CONNECTIONS = "all_connections"


@dataclass(frozen=True, slots=True)
class Caps:
    network_bytes: int = NETWORK_BYTES
    all_bytes: int = ALL_BYTES
    network_connections: int = NETWORK_CONNECTIONS
    all_connections: int = ALL_CONNECTIONS


class Unproven:
    """The counts of one worker, in its one thread."""

    def __init__(self, caps: Caps | None = None) -> None:
        self.caps = caps or Caps()
        self.refused: Counter[Refused] = Counter()
        self._bytes = _Held()
        self._connections = _Held()

    @property
    def bytes(self) -> int:
        """How many are waited for now."""
        return self._bytes.all

    @property
    def connections(self) -> int:
        return self._connections.all

    @contextmanager
    def body(self, address: str | None, size: int) -> Iterator[None]:
        """Count a body while it is waited for; TooManyRequests or Crowded where that would be too much at once.

        One body is taken however long it is: its route has said so.
        """
        caps, held, network = self.caps, self._bytes, _name(address)
        if held.all and held.all + size > caps.all_bytes:
            self.refused[Refused.ALL_BYTES] += 1
            raise Crowded("Too much is being sent at the moment; send it again a little later.")
        if held.of(network) and held.of(network) + size > caps.network_bytes:
            self.refused[Refused.NETWORK_BYTES] += 1
            raise TooManyRequests(
                "Too much is being sent from this address at once; send it again a little later.", RETRY_SECONDS
            )
        held.add(network, size)
        try:
            yield
        finally:
            held.add(network, -size)

    def let_in(self, peer: str | None, *, is_proxy: bool) -> str | None:
        """Count a connection, and return what `left` is told of it; None where it is one too many.

        A proxy that we trust is many callers: its connections count in all alone.
        """
        caps, held = self.caps, self._connections
        network = _PROXIES if is_proxy else _name(peer)
        if held.all >= caps.all_connections:
            self.refused[Refused.ALL_CONNECTIONS] += 1
            return None
        if not is_proxy and held.of(network) >= caps.network_connections:
            self.refused[Refused.NETWORK_CONNECTIONS] += 1
            return None
        held.add(network, 1)
        return network

    def left(self, network: str) -> None:
        self._connections.add(network, -1)


_PROXIES: Final = "proxies"


class _Held:
    """What is there now, by network; one that has nothing takes no room."""

    def __init__(self) -> None:
        self.all = 0
        self._of: dict[str, int] = {}

    def of(self, network: str) -> int:
        return self._of.get(network, 0)

    def add(self, network: str, number: int) -> None:
        self.all += number
        left = self.of(network) + number
        if left:
            self._of[network] = left
        else:
            self._of.pop(network, None)


def _name(address: str | None) -> str:
    """Return what an address is counted under: itself, or the /64 of IPv6 that it is from."""
    if address is None or ":" not in address:
        return address or ""
    return network_of(address.partition("%")[0])
