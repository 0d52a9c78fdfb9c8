"""Keys, MACs and signatures from Python: mistakes, and what is kept secret. The values are in tests/contract."""

import hmac
import os
from collections.abc import Callable

import pytest

from core_rs import (
    MacKey,
    device_key,
    device_use,
    ed25519_public_key,
    ed25519_sign,
    ed25519_verify,
    hkdf_sha256_expand,
    session_id,
    session_key,
    session_use,
    wrap_key,
)

KEY = bytes(range(32))
ID = bytes(range(16))
KEY_ID = f"{session_id(1, 0, ID)}.00000000000000ab"


@pytest.mark.parametrize("length", [0, 1, 31, 32, 64, 65, 1000])
def test_a_mac_is_that_of_the_standard_library_for_every_length_of_key(length: int) -> None:
    key, message = os.urandom(length), os.urandom(100)

    assert hmac.digest(key, message, "sha256") == MacKey(key).mac(message)


def test_a_tag_is_right_in_all_its_bits_and_its_length() -> None:
    key = MacKey(KEY)
    tag = key.mac(b"message")

    assert key.verify(b"message", tag)
    assert not key.verify(b"massage", tag)
    assert not any(key.verify(b"message", tag[:at] + bytes([tag[at] ^ 1]) + tag[at + 1 :]) for at in range(32))
    assert not any(key.verify(b"message", wrong) for wrong in (b"", tag[:31], tag + b"\0", tag * 2))


def test_one_key_makes_many_macs() -> None:
    key = MacKey(KEY)

    assert key.mac(b"one") == key.mac(b"one") != key.mac(b"two")


def test_every_use_of_a_key_is_another_key() -> None:
    device = device_key(KEY, ID, ID, 0)
    uses = [device_use(device, use) for use in ("open", "wrap", "grant", "check")]
    session = session_key(KEY, ID, KEY_ID)
    uses += [session_use(session, use) for use in ("request", "answer", "stream")]

    assert 9 == len({device, session, *uses})


def test_a_key_depends_on_everything_that_it_is_derived_from() -> None:
    other = bytes(16)
    devices = {
        device_key(KEY, ID, ID, 0),
        device_key(bytes(32), ID, ID, 0),
        device_key(KEY, other, ID, 0),
        device_key(KEY, ID, other, 0),
        device_key(KEY, ID, ID, 1),
    }
    sessions = {
        session_key(KEY, ID, KEY_ID),
        session_key(bytes(32), ID, KEY_ID),
        session_key(KEY, other, KEY_ID),
        session_key(KEY, ID, KEY_ID.replace("ab", "ac")),
        session_key(KEY, ID, f"{session_id(2, 0, ID)}.00000000000000ab"),
        session_key(KEY, ID, f"{session_id(1, 1, ID)}.00000000000000ab"),
        session_key(KEY, ID, f"{session_id(1, 0, other)}.00000000000000ab"),
    }

    assert (5, 7) == (len(devices), len(sessions))


def test_a_wrapped_key_is_shown_again_only_in_its_own_context() -> None:
    hidden = wrap_key(KEY, b"challenge", ID * 2)

    assert hidden != ID * 2 == wrap_key(KEY, b"challenge", hidden)
    assert ID * 2 != wrap_key(KEY, b"another", hidden)


def test_a_signature_is_of_its_message_and_its_key() -> None:
    public, signature = ed25519_public_key(KEY), ed25519_sign(KEY, b"grant")

    assert ed25519_verify(public, b"grant", signature)
    assert not ed25519_verify(public, b"other", signature)
    assert not ed25519_verify(ed25519_public_key(bytes(32)), b"grant", signature)
    assert not ed25519_verify(public[:31], b"grant", signature)
    assert not ed25519_verify(public, b"grant", signature[:63])


def test_a_key_that_signs_everything_is_refused() -> None:
    neutral, signature = b"\1" + bytes(31), b"\1" + bytes(63)

    assert not ed25519_verify(neutral, b"anything", signature)


@pytest.mark.parametrize(
    "call",
    [
        lambda: device_key(b"secret", ID, ID, 0),
        lambda: device_key(KEY, b"secret", ID, 0),
        lambda: device_key(KEY, ID, b"secret", 0),
        lambda: device_use(b"secret", "open"),
        lambda: session_key(b"secret", ID, KEY_ID),
        lambda: session_use(b"secret", "answer"),
        lambda: session_id(1, 0, b"secret"),
        lambda: wrap_key(b"secret", b"", KEY),
        lambda: wrap_key(KEY, b"", b"secret"),
        lambda: hkdf_sha256_expand(b"secret", b""),
        lambda: ed25519_sign(b"secret", b""),
        lambda: ed25519_public_key(b"secret"),
    ],
)
def test_bytes_of_another_length_are_a_mistake_that_does_not_repeat_them(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"has (16|32) bytes, not 6$") as caught:
        call()

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key_id", ["", KEY_ID[:-1], KEY_ID + "0", KEY_ID.upper(), KEY_ID.replace(".", "-"), "é" * 43])
def test_a_key_id_has_one_spelling(key_id: str) -> None:
    with pytest.raises(ValueError, match="a full stop and sixteen hex digits"):
        session_key(KEY, ID, key_id)


def test_an_unknown_use_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="'open', 'wrap', 'grant' or 'check'"):
        device_use(KEY, "sign")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'request', 'answer' or 'stream'"):
        session_use(KEY, "sign")  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "shard"), [(256, 0), (-1, 0), (0, 65536), (0, -1)])
def test_a_session_id_has_no_room_for_more(version: int, shard: int) -> None:
    with pytest.raises(OverflowError):
        session_id(version, shard, ID)
