"""The six digits, beside the text of the protocol in plain Python."""

import hmac
import secrets

import pytest

from bridge.gate.digits import six_digits


def plainly(device_key: bytes) -> str:
    """As docs/protocol.md says it: HKDF-Expand to one block, then HMAC, four bytes, big-endian."""
    check = hmac.digest(device_key, b"tbx1 check\x01", "sha256")
    return f"{int.from_bytes(hmac.digest(check, b'six digits', 'sha256')[:4], 'big') % 1_000_000:06d}"


@pytest.mark.parametrize(
    ("device_key", "digits"), [(bytes(32), "669321"), (bytes(range(32)), "801146"), (b"\xff" * 32, "108377")]
)
def test_known_keys_have_known_digits(device_key: bytes, digits: str) -> None:
    assert digits == six_digits(device_key)


def test_the_digits_are_those_of_the_protocol_and_always_six() -> None:
    for _ in range(500):
        key = secrets.token_bytes(32)
        assert plainly(key) == six_digits(key)
        assert 6 == len(six_digits(key))


def test_zeros_stand_before_a_small_number() -> None:
    # One in ten keys has a zero in front: without them some of these would be shorter.
    keys = (number.to_bytes(32) for number in range(200))

    assert any(six_digits(key).startswith("0") for key in keys)
