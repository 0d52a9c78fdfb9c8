"""A session as only its device has it: the key was taken out of a grant, and nobody here knows a master key."""

from dataclasses import dataclass
from typing import cast

from tests.contract.signing import Session, expand
from tests.gate.device import Device, Sent
from tests.integration.gate.signer import Signer


@dataclass(frozen=True, slots=True)
class Taken:
    key_id: str
    key: bytes

    @property
    def sid(self) -> str:
        return self.key_id.partition(".")[0]

    def use(self, used_for: str) -> bytes:
        return expand(self.key, f"tbx1 {used_for}".encode())


def signer_with(key_id: str, key: bytes, port: int) -> Signer:
    return Signer(cast("Session", Taken(key_id, key)), port)


def taken(device: Device, sent: Sent, port: int) -> Signer:
    """Return what signs with the key in a grant that the device believes."""
    assert sent.answer.status == 201, sent.answer.body
    assert device.believes(sent)
    return signer_with(sent.answer.json["key_id"], device.session_key(sent), port)
