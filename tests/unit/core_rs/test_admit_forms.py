"""What is not of the accepted form: a client is told which part, a caller gets an exception."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_rs import Table
from tests.unit.core_rs.gatehouse import (
    BRIDGE_ID,
    MASTER,
    House,
    gate,
    limits,
    with_header,
)

NOBODY = ("not_proven", None, 0, None)


@pytest.fixture
def house() -> House:
    return House.new()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (b"Host", None, "one Host"),
        (b"Host", b"h" * 262, "one Host"),
        (b"Host", b"\xff\xfe", "one Host"),
        (b"Content-Digest", None, "one Content-Digest"),
        (b"Content-Digest", b"sha-256=:" + b"A" * 1000, "one Content-Digest"),
        (b"Idempotency-Key", None, "one Idempotency-Key"),
        (b"Idempotency-Key", b"k" * 129, "one Idempotency-Key"),
        (b"Signature-Input", None, "one Signature-Input"),
        (b"Signature-Input", b"tbx=()" + b"x" * 8000, "one Signature-Input"),
        (b"Signature", None, "one Signature"),
        (b"Content-Encoding", b"gzip", "takes no Content-Encoding"),
    ],
)
def test_a_head_of_another_form_is_told_which_part(
    house: House, name: bytes, value: bytes | None, sentence: str
) -> None:
    request = house.signed()
    code, told, number, limit = house.ask(request, headers=with_header(request, name, value))

    assert ("malformed", 0, None) == (code, number, limit)
    assert sentence in told


@pytest.mark.parametrize("name", [b"Host", b"content-digest", b"IDEMPOTENCY-KEY", b"Signature-Input", b"Signature"])
def test_a_header_that_comes_twice_is_refused(house: House, name: bytes) -> None:
    request = house.signed()
    value = next(value for key, value in request.headers if key.lower() == name.lower())

    assert "malformed" == house.ask(request, headers=(*request.headers, (name, value)))[0]


@pytest.mark.parametrize(
    ("method", "target", "sentence"),
    [
        ("POST", "/" + "p" * 8192, "at most 8192"),
        ("POST", "http://127.0.0.1:8460/v1/edits", "must be a path"),
        # What aiohttp makes of bytes that are no UTF-8.
        ("POST", "/\udcff", "must be a path"),
        ("POST", "/\x00", "must be a path"),
        ("\udcff", "/", "the method must be"),
        ("CONNECT", "/", "the method must be"),
    ],
)
def test_a_request_line_of_another_form_is_told(house: House, method: str, target: str, sentence: str) -> None:
    code, told, _, _ = house.ask(house.signed(), method=method, target=target)

    assert "malformed" == code
    assert sentence in told


@pytest.mark.parametrize(
    "headers", [((b"Host", "text"),), (("Host", b"h"),), (b"Host",), ((b"Host",),), [(b"a", b"b")]]
)
def test_headers_of_other_types_are_a_mistake_of_the_caller(house: House, headers: Any) -> None:
    with pytest.raises(TypeError):
        house.ask(house.signed(), headers=headers)


def test_a_gate_that_cannot_be_is_a_mistake_that_names_no_key() -> None:
    of = limits(Table.in_process())
    for masters, sentence in [({}, "at least one master key"), ({1: b"secret"}, "has 32 bytes, not 6")]:
        with pytest.raises(ValueError, match=sentence) as caught:
            gate(of, masters, bridge_id=BRIDGE_ID, session="session")
        assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="no policy of the name sesion"):
        gate(of, {1: MASTER}, bridge_id=BRIDGE_ID, session="sesion")
    with pytest.raises(ValueError, match="a bridge's id has 16 bytes, not 3"):
        gate(of, {1: MASTER}, bridge_id=b"abc", session="session")
    with pytest.raises(ValueError, match="no policy of the name edit"):
        gate(of).demand("edit")
    assert 0 == gate(of).remembered


NAMES = [b"Host", b"host", b"Content-Digest", b"Idempotency-Key", b"Signature-Input", b"Signature", b"Content-Encoding"]


@settings(deadline=None)
@given(
    method=st.sampled_from(["GET", "POST"]) | st.text(max_size=8),
    target=st.text(max_size=20).map("/".__add__) | st.text(st.characters(codec=None), max_size=20),
    headers=st.lists(st.tuples(st.sampled_from(NAMES) | st.binary(max_size=20), st.binary(max_size=200))).map(tuple),
    address=st.text(max_size=40),
)
def test_nothing_that_a_stranger_sends_raises(
    method: str, target: str, headers: tuple[tuple[bytes, bytes], ...], address: str
) -> None:
    of = limits(Table.in_process())
    assert "malformed" == gate(of).admit(gate(of).demand("edits"), address, method, target, headers, b"")[0]
