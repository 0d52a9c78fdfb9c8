"""The six digits by which a person sees that a device and the bridge hold one key."""

from typing import Final

from core_rs import MacKey, device_use

_MESSAGE: Final = b"six digits"
_COUNT: Final = 6


def six_digits(device_key: bytes) -> str:
    """Return what the approving side shows, and what the device works out for itself."""
    tag = MacKey(device_use(device_key, "check")).mac(_MESSAGE)
    return f"{int.from_bytes(tag[:4]) % 10**_COUNT:0{_COUNT}}"
