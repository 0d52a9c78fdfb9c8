"""What a device keeps: who it is, and the key that shows it."""

from dataclasses import dataclass, field

from bridge.client.address import BridgeAddress


@dataclass(frozen=True, slots=True)
class Device:
    """Made by pairing, after its person compared the six digits; `key` is D and hides itself."""

    bridge: BridgeAddress
    device_id: str
    key: bytes = field(repr=False)
    tenant_id: str
    project_id: str | None
    scopes: tuple[str, ...]
    # 32 hex digits.
    bridge_id: str
    # What signs grants. Another one is believed only where this one endorses it.
    bridge_public_key: bytes
