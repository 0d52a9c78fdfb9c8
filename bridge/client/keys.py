"""The keys that a client derives: from a device's key D, and from a session's key K."""

import hmac
from typing import Final, Self

from bridge.client.errors import NotTheBridge
from core_rs import MacKey, device_use, session_use, sha256, wrap_key

KEY_BYTES: Final = 32
_DIGITS: Final = 6


class DeviceKeys:
    """What a device does with D; D itself is never sent and never signs."""

    __slots__ = ("_check", "_grant", "_open", "_wrap")

    def __init__(self, device: bytes) -> None:
        self._open = MacKey(device_use(device, "open"))
        self._grant = MacKey(device_use(device, "grant"))
        self._check = MacKey(device_use(device, "check"))
        self._wrap = device_use(device, "wrap")

    def session_proof(self, challenge: bytes, n: bytes, authority: str, body: bytes) -> bytes:
        """Show that this is the device."""
        return self._open.mac(_opening(challenge, n, authority, body))

    def grant_is_proven(self, challenge: bytes, n: bytes, status: int, body: bytes, proof: bytes) -> bool:
        """Whether an answer is from the bridge that has this device."""
        return self._grant.verify(grant_message(challenge, n, status, body), proof)

    def session_key(self, challenge: bytes, n: bytes, key_id: str, wrapped: bytes) -> bytes:
        return wrap_key(self._wrap, challenge + n + key_id.encode("ascii"), wrapped)

    def new_device_key(self, challenge: bytes, n: bytes, wrapped: bytes) -> bytes:
        return wrap_key(self._wrap, b"device" + challenge + n, wrapped)

    def six_digits(self) -> str:
        """What the approving side shows as well."""
        told = int.from_bytes(self._check.mac(b"six digits")[:4], "big")
        return f"{told % 10**_DIGITS:0{_DIGITS}d}"

    def digits_are_right(self, typed: str) -> bool:
        given = "".join(typed.split())
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.six_digits().encode())


class SessionKeys:
    """The keys of a session, keyed once."""

    __slots__ = ("answer", "request", "stream")

    def __init__(self, request: MacKey, answer: MacKey, stream: MacKey) -> None:
        self.request = request
        self.answer = answer
        self.stream = stream

    @classmethod
    def of(cls, session: bytes) -> Self:
        if len(session) != KEY_BYTES:
            raise NotTheBridge("The bridge gave a session key of another length; nothing of it was used.")
        return cls(
            MacKey(session_use(session, "request")),
            MacKey(session_use(session, "answer")),
            MacKey(session_use(session, "stream")),
        )


def grant_message(challenge: bytes, n: bytes, status: int, body: bytes) -> bytes:
    """Return what Grant-Proof and Grant-Signature are made over."""
    return _opening(challenge, n, f"{status:03d}", body)


def _opening(challenge: bytes, n: bytes, middle: str, body: bytes) -> bytes:
    return b"\n".join((challenge + n, middle.encode("ascii"), sha256(body)))
