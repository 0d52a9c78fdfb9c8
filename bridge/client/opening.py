"""Opening a session as a device: what is sent, and what of the answer may be believed. Pure."""

import json
import re
import time
import uuid
from dataclasses import dataclass, replace
from typing import Final

from bridge.client.answers import Answer
from bridge.client.device import Device
from bridge.client.encoding import base64_text, between_colons, from_between_colons
from bridge.client.errors import NotTheBridge
from bridge.client.fields import Fields, FieldWrong
from bridge.client.grants import (
    BridgeKey,
    Grant,
    check_protocol,
    parse_bridge_key,
    parse_grant,
    parse_key_id,
    parse_new_device_key,
    wrong,
)
from bridge.client.keys import KEY_BYTES, DeviceKeys, grant_message
from bridge.client.signing import Request
from core_rs import ed25519_verify

CHALLENGE_BYTES: Final = 40
CHALLENGE_PATH: Final = "/v1/challenge"
SESSION_PATH: Final = "/v1/session"
CREATED: Final = 201
_JSON: Final = "application/json"
_ENDORSES: Final = b"tbx1 grant key"
_BRIDGE_ID: Final = re.compile(r"[0-9a-f]{32}")


class Unproven(Exception):
    """An answer without a right proof. It is as good as none."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a device or a game server says of where it runs."""

    version: str
    place_id: int | None = None
    universe_id: int | None = None
    job: str | None = None

    def told(self) -> dict[str, object]:
        fields = {"version": self.version, "place_id": self.place_id, "universe_id": self.universe_id, "job": self.job}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Opened:
    """A grant, and the device as it has to be kept from now on."""

    grant: Grant
    device: Device


def new_n() -> str:
    """Return a text that was never used before."""
    return f"{uuid.uuid4()} {time.time_ns()}"


def json_request(target: str, fields: dict[str, object]) -> Request:
    body = json.dumps(fields, separators=(",", ":")).encode()
    return Request("POST", target, body, _JSON, None)


class Opening:
    """One opening, with its own N; another try takes another one."""

    def __init__(self, device: Device, whereabouts: Whereabouts) -> None:
        self._device = device
        self._keys = DeviceKeys(device.key)
        self._whereabouts = whereabouts
        self._n = new_n()
        self._challenge = b""

    def challenge_request(self) -> Request:
        return json_request(CHALLENGE_PATH, {"device_id": self._device.device_id, "n": self._n})

    def session_request(self, answer: Answer) -> tuple[Request, dict[str, str]]:
        """Return the request that follows a challenge, and the header that shows the device."""
        try:
            self._challenge = Fields.read(answer.body).data("challenge", length=CHALLENGE_BYTES)
        except FieldWrong:
            # Whoever chooses its length could have something else signed.
            raise Unproven("it gave a challenge of another form") from None
        said = {"device_id": self._device.device_id, "n": self._n, "challenge": base64_text(self._challenge)}
        request = json_request(SESSION_PATH, said | self._whereabouts.told())
        authority = self._device.bridge.authority
        proof = self._keys.session_proof(self._challenge, self._n.encode(), authority, request.body)
        return request, {"Session-Proof": between_colons(proof)}

    def is_proven(self, answer: Answer) -> bool:
        """Whether the bridge that this device was paired with made this answer, now."""
        proof = from_between_colons(answer.header("Grant-Proof"))
        n = self._n.encode()
        return proof is not None and self._keys.grant_is_proven(self._challenge, n, answer.status, answer.body, proof)

    def granted(self, answer: Answer) -> Opened:
        """Take a proven grant apart; NotTheBridge where a part of it cannot be trusted."""
        try:
            told = Fields.read(answer.body)
            check_protocol(told)
            bridge = parse_bridge_key(told)
            self._check_signature(answer, bridge)
            self._check_key(bridge)
            key_id, wrapped = parse_key_id(told), told.data("wrapped_key", length=KEY_BYTES)
            key = self._keys.session_key(self._challenge, self._n.encode(), key_id, wrapped)
            grant = parse_grant(told, key)
            renewed = parse_new_device_key(told)
        except FieldWrong as error:
            raise wrong(error) from None
        device = replace(self._device, bridge_public_key=bridge.public_key)
        if renewed is not None:
            device = replace(device, key=self._keys.new_device_key(self._challenge, self._n.encode(), renewed))
        return Opened(grant, device)

    def _check_signature(self, answer: Answer, bridge: BridgeKey) -> None:
        signature = from_between_colons(answer.header("Grant-Signature"))
        message = grant_message(self._challenge, self._n.encode(), answer.status, answer.body)
        if signature is None or not ed25519_verify(bridge.public_key, message, signature):
            raise NotTheBridge("The grant is not signed with the key that it names; nothing of it was used.")

    def _check_key(self, bridge: BridgeKey) -> None:
        device, endorsed = self._device, bridge.endorsement
        if bridge.bridge_id != device.bridge_id or _BRIDGE_ID.fullmatch(bridge.bridge_id) is None:
            raise NotTheBridge("This is another bridge than the one that was paired with; pair anew if that is meant.")
        if bridge.public_key == device.bridge_public_key:
            return
        message = _ENDORSES + bytes.fromhex(bridge.bridge_id) + bridge.public_key
        if (
            endorsed is None
            # Whichever key it names: the one that was pinned is the one that counts.
            or not ed25519_verify(device.bridge_public_key, message, endorsed)
        ):
            raise NotTheBridge(
                "The bridge signs with another key, which the one that was paired with does not endorse; "
                "pair anew if its keys were replaced on purpose."
            )
