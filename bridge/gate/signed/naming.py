"""By what a signed request is named: its signature is its own, as no number is used twice."""

from typing import Final

_BEFORE: Final = "tbx=:"
_AFTER: Final = ":"


def name_of(signature: str) -> str:
    """Return the base64 of a `Signature` that was found right, as it was sent."""
    return signature.removeprefix(_BEFORE).removesuffix(_AFTER)
