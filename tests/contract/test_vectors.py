"""The published vectors, read by what Python calls. Rust reads the same files."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core_rs import (
    MacKey,
    Table,
    blake3,
    ed25519_public_key,
    ed25519_sign,
    ed25519_verify,
    hash_file,
    hkdf_sha256,
    hkdf_sha256_expand,
)

HERE = Path(__file__).parent
LAST_NUMBER = 2**20 + 960
WINDOW = 960


def read(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


def cases(name: str, least: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = read(name)["cases"]
    assert least <= len(found)
    return found


@pytest.mark.parametrize("case", cases("rfc4231-hmac-sha256.json", 6))
def test_hmac_is_that_of_rfc_4231(case: dict[str, str]) -> None:
    key, message, expected = (bytes.fromhex(case[name]) for name in ("key", "msg", "mac"))
    tag = MacKey(key).mac(message)

    assert expected == tag[: len(expected)]
    assert MacKey(key).verify(message, tag)
    assert not MacKey(key).verify(message, tag[:-1] + bytes([tag[-1] ^ 1]))


@pytest.mark.parametrize("case", cases("rfc5869-hkdf-sha256.json", 3))
def test_hkdf_is_that_of_rfc_5869(case: dict[str, str]) -> None:
    secret, salt, info, prk, expected = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info", "prk", "okm"))

    assert expected[:32] == hkdf_sha256(secret, salt, info)
    assert expected[:32] == hkdf_sha256_expand(prk, info)


@pytest.mark.parametrize("case", cases("rfc8032-ed25519.json", 4))
def test_ed25519_is_that_of_rfc_8032(case: dict[str, str]) -> None:
    seed, public, message, signature = (bytes.fromhex(case[name]) for name in ("seed", "public", "msg", "signature"))

    assert public == ed25519_public_key(seed)
    assert signature == ed25519_sign(seed, message)
    assert ed25519_verify(public, message, signature)
    assert not ed25519_verify(public, message + b"\0", signature)


def test_a_signature_over_a_base_is_that_of_rfc_9421() -> None:
    case = read("rfc9421-b25.json")
    tag = MacKey(b64decode(case["key"])).mac(case["signature_base"].encode())

    assert case["signature"] == b64encode(tag).decode()


@pytest.mark.parametrize("case", cases("blake3.json", 35), ids=lambda case: str(case["input_len"]))
def test_blake3_is_as_published(case: dict[str, str], tmp_path: Path) -> None:
    data = bytes(at % 251 for at in range(int(case["input_len"])))
    (tmp_path / "data").write_bytes(data)

    assert case["hash"] == blake3(data).hex() == hash_file(tmp_path / "data").hex()


def of_a_session(number: int) -> bool:
    return 1 <= number <= LAST_NUMBER


def value(text: str | int) -> int:
    """A number of the window's file: W, T and R stand for the window, one more, and the first that is too high."""
    names = {"W": WINDOW, "T": WINDOW + 1, "R": 2**64 - 2**13 - 1}
    # Our own file, of numbers, names, + - * and brackets.
    assert set(str(text)) <= set("0123456789WTR+-*() ")
    return int(eval(str(text), {"__builtins__": {}}, names))  # noqa: S307


@pytest.fixture
def offer() -> Callable[[int], bool]:
    table = Table.in_process()
    slot = table.open_window(bytes(16), life_seconds=900)
    return lambda number: table.accept(slot, number)[0] == "fresh"


def test_the_window_passes_the_numbered_cases_that_are_numbers_of_a_session(offer: Callable[[int], bool]) -> None:
    numbered = [(value(case["n"]), case["fresh"]) for case in read("sequence-window.json")["numbered"]]
    within = [(number, fresh) for number, fresh in numbered if of_a_session(number)]

    assert 22 == len(within)
    assert within == [(number, offer(number)) for number, _ in within]


@pytest.mark.parametrize("bulk", read("sequence-window.json")["bulk"], ids=lambda bulk: bulk["name"])
def test_the_window_passes_the_runs(bulk: dict[str, Any], offer: Callable[[int], bool]) -> None:
    for kind, first, second in bulk["steps"]:
        if kind == "range":
            begin, end = value(first), value(second)
            step = 1 if begin <= end else -1
            assert all(offer(number) for number in range(begin, end + step, step))
        elif of_a_session(value(first)):
            assert second == offer(value(first)), first
