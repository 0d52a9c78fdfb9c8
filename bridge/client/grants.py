"""What a bridge grants: a session, how long it lasts, and what it may do."""

import re
from dataclasses import dataclass, field
from typing import Final

from bridge.client.errors import NotTheBridge, TooOld
from bridge.client.fields import Fields, FieldWrong
from bridge.client.keys import KEY_BYTES
from bridge.protocol_range import HIGHEST, LOWEST

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{26}\.[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class BridgeKey:
    bridge_id: str
    public_key: bytes
    # The signature of an older key of the bridge.
    endorsement: bytes | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that was proven. `key` is K and hides itself."""

    key_id: str
    key: bytes = field(repr=False)
    time_milliseconds: int
    expires_in_seconds: int
    overlap_seconds: int
    requests: int
    window: int
    requests_a_minute: int
    body_bytes: int
    tenant_id: str
    project_id: str | None
    scopes: tuple[str, ...]


def parse_grant(told: Fields, key: bytes) -> Grant:
    """Read a grant; FieldWrong says what is amiss, TooOld where the bridge speaks other versions alone."""
    limits = told.group("limits")
    return Grant(
        key_id=parse_key_id(told),
        key=key,
        time_milliseconds=told.number("time_milliseconds"),
        expires_in_seconds=told.number("expires_in_seconds"),
        overlap_seconds=told.number("overlap_seconds"),
        requests=told.number("requests", least=1),
        window=told.number("window", least=1),
        requests_a_minute=limits.number("requests_a_minute", least=1),
        body_bytes=limits.number("body_bytes", least=1),
        tenant_id=told.text("tenant_id"),
        project_id=told.text_or_none("project_id"),
        scopes=told.texts("scopes"),
    )


def check_protocol(told: Fields) -> None:
    spoken = told.group("protocol")
    least, most = spoken.number("least"), spoken.number("most")
    if least > HIGHEST or most < LOWEST:
        raise TooOld(
            f"The bridge speaks versions {least} to {most} of the protocol, and this program {LOWEST} to {HIGHEST}: "
            "update the older of the two."
        )


def parse_key_id(told: Fields) -> str:
    key_id = told.text("key_id")
    if _KEY_ID.fullmatch(key_id) is None:
        raise FieldWrong("key_id is of another form")
    return key_id


def parse_bridge_key(told: Fields) -> BridgeKey:
    bridge = told.group("bridge")
    endorsed = bridge.group_or_none("endorsement")
    return BridgeKey(
        bridge_id=bridge.text("id"),
        public_key=bridge.data("public_key", length=PUBLIC_KEY_BYTES),
        endorsement=None if endorsed is None else endorsed.data("signature", length=SIGNATURE_BYTES),
    )


def parse_new_device_key(told: Fields) -> bytes | None:
    """Return the new D as it came, still wrapped."""
    renewed = told.group_or_none("new_device_key")
    return None if renewed is None else renewed.data("wrapped", length=KEY_BYTES)


def wrong(error: FieldWrong) -> NotTheBridge:
    return NotTheBridge(f"The bridge answered in a form that this program does not know: {error}.")
