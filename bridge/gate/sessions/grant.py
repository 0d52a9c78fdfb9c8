"""What a grant is made of: the key on its way, and what shows that the bridge has answered."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final

from bridge.gate.masters import Masters
from core_rs import MacKey, device_use, ed25519_sign, sha256, wrap_key

_ENDORSED: Final = b"tbx1 grant key"
_NEW_DEVICE_KEY: Final = b"device"


@dataclass(frozen=True, slots=True)
class Asked:
    """C and N of an opening, which go into everything that is proven of it."""

    challenge: bytes
    n: str

    @property
    def once(self) -> bytes:
        return self.challenge + self.n.encode("ascii")

    def opening(self, authority: str, body: bytes) -> bytes:
        """Return what a device proves."""
        return b"\n".join((self.once, authority.encode("ascii"), sha256(body)))

    def answer(self, status: int, body: bytes) -> bytes:
        """Return what the bridge proves."""
        return b"\n".join((self.once, b"%03d" % status, sha256(body)))


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """D, with what is made of it."""

    secret: bytes = field(repr=False)

    def opens(self, asked: Asked, authority: str, body: bytes, proof: bytes) -> bool:
        return MacKey(device_use(self.secret, "open")).verify(asked.opening(authority, body), proof)

    def proof(self, message: bytes) -> str:
        """Return the value of Grant-Proof."""
        return in_header(MacKey(device_use(self.secret, "grant")).mac(message))

    def wrapped_session_key(self, asked: Asked, key_id: str, key: bytes) -> bytes:
        return wrap_key(device_use(self.secret, "wrap"), asked.once + key_id.encode("ascii"), key)

    def wrapped_device_key(self, asked: Asked, new: bytes) -> bytes:
        return wrap_key(device_use(self.secret, "wrap"), _NEW_DEVICE_KEY + asked.once, new)


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that grants are signed with, and what the one before it says of it."""

    public_key: bytes
    endorser: bytes | None
    endorsement: bytes | None
    _seed: bytes = field(repr=False)

    def signature(self, message: bytes) -> str:
        """Return the value of Grant-Signature."""
        return in_header(ed25519_sign(self._seed, message))


def signer(masters: Masters, version: int, known: int | None = None) -> Signer:
    """Return what a grant is signed with; `known` is the version whose key the client has seen last.

    A device is signed for with the version that its own key has from this grant on, so that what it stores together
    belongs together: it may be offered an older one than the newest. A client that was away during several rotations
    knows neither that key nor the one before it: so the key that it knows is the one that endorses, and the one before
    where it knows this one.
    """
    seed, public_key = masters.grant_seed(version), masters.public_key(version)
    older = known if known is not None and known < version else masters.before(version)
    if older is None:
        return Signer(public_key, None, None, seed)
    endorsement = ed25519_sign(masters.grant_seed(older), endorsed(masters.bridge_id, public_key))
    return Signer(public_key, masters.public_key(older), endorsement, seed)


def endorsed(bridge_id: bytes, public_key: bytes) -> bytes:
    """Return what one grant key says of the next."""
    return _ENDORSED + bridge_id + public_key


def in_body(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def in_header(value: bytes) -> str:
    return f":{in_body(value)}:"
