"""A right signature that is put to another use: another target, another body, another session, another framing.

Answers the facts of RFC 9421 ("a thin list lets a signature be moved to another message") and the games that parsers
play with one another. The sender has one captured request, and no key.
"""

from dataclasses import replace

from tests.attack.house import NOTE, AttackedHouse, refusal, rewritten
from tests.contract.signing import Signed
from tests.integration.gate.signer import is_proven, written
from tests.integration.web.wire import Received, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import FOREIGN

OTHER = b'{"text":"seven words here"}'
REFUSED = (401, "not_proven")
MALFORMED = (400, "malformed")


def with_header(request: Signed, name: str, value: str) -> bytes:
    """Return the request with this value of a header, in the place of its own."""
    lines = written(request).split(b"\r\n")
    (at,) = [number for number, line in enumerate(lines) if line.lower().startswith(f"{name}:".lower().encode())]
    lines[at] = f"{name}: {value}".encode()
    return b"\r\n".join(lines)


def header(request: Signed, name: str) -> str:
    (found,) = [value for key, value in request.headers if key.decode() == name]
    return found.decode()


async def test_a_signature_of_a_read_is_good_for_its_own_target_alone(house: AttackedHouse) -> None:
    signer = await house.signer()
    request = signer.sign("GET", f"{NOTES}?limit=3&limit2=%41", number=1)
    line = f"GET {request.target} "
    moved = {
        "another value": f"GET {NOTES}?limit=4&limit2=%41 ",
        "another order": f"GET {NOTES}?limit2=%41&limit=3 ",
        "decoded": f"GET {NOTES}?limit=3&limit2=A ",
        "encoded": f"GET {NOTES}?limit=%33&limit2=%41 ",
        "encoded in lower case": f"GET {NOTES}?limit=3&limit2=%4a ",
        "one more": f"GET {NOTES}?limit=3&limit2=%41&limit=9 ",
        "without a query": f"GET {NOTES} ",
        "a query of the query": f"GET {NOTES}??limit=3&limit2=%41 ",
        "a semicolon": f"GET {NOTES}?limit=3;limit2=%41 ",
        "another route": "GET /v1/session?limit=3&limit2=%41 ",
        "another method": f"HEAD {request.target} ",
    }
    before = house.rows()

    said = {}
    for name, other in moved.items():
        is_head = other.startswith("HEAD")
        received = await house.ask(rewritten(request, line, other), to_head=is_head)
        said[name] = (received.status, "not_proven" if is_head else received.json["code"])

    assert dict.fromkeys(moved, REFUSED) == said
    # Where a path has another spelling there is nothing, signed or not.
    spelled = ("/v1/ledger/note%73", "/v1/ledger/./notes", "/v1/ledger//notes", "/v1/ledger/NOTES", f"{NOTES}/")
    for path in spelled:
        mixed = await house.ask(rewritten(signer.sign("GET", NOTES), f"GET {NOTES} ", f"GET {path} "))
        signed = await house.send(signer.sign("GET", path))
        assert [(404, "not_found")] * 2 == [refusal(mixed), refusal(signed)], path
    assert before == house.rows()


async def test_no_part_of_a_change_can_be_exchanged(house: AttackedHouse) -> None:
    signer, other = await house.signer(), await house.signer()
    stranger = await house.signer(tenant_id=FOREIGN)
    request = signer.sign("POST", NOTES, NOTE, number=1, idempotency_key="0123456789abcdef")
    of_other = other.sign("POST", NOTES, OTHER, number=1, idempotency_key="fedcba9876543210")
    before = house.rows()
    key_id, params = signer.session.key_id, request.signature_input
    changed = {
        "the key of the change": with_header(request, "Idempotency-Key", "0123456789abcdeF"),
        "body and digest": written(replace(of_other, signature_input=params, signature=request.signature)),
        "the session": with_header(request, "Signature-Input", params.replace(key_id, other.session.key_id)),
        "the tenant": with_header(request, "Signature-Input", params.replace(key_id, stranger.session.key_id)),
        "the life of the store": with_header(request, "Signature-Input", params.replace(key_id[27:], "0" * 16)),
        "the number": with_header(request, "Signature-Input", params.replace('nonce="1"', 'nonce="2"')),
        "the time": with_header(request, "Signature-Input", params.replace("created=1", "created=2")),
        "the name of the bridge": with_header(request, "Host", f"localhost:{house.port}"),
        "the signature of another": with_header(request, "Signature", of_other.signature),
        "no signature at all": with_header(request, "Signature", f"tbx=:{'A' * 43}=:"),
    }

    assert dict.fromkeys(changed, REFUSED) == {name: refusal(await house.ask(data)) for name, data in changed.items()}
    assert {"not_proven": len(changed)} == house.verdicts()
    assert before == house.rows()
    # A name is the same in every case, and a header too.
    shouted = written(request).replace(b"Signature-Input:", b"SIGNATURE-INPUT:").replace(b"Host: 127", b"HOST: 127")
    assert 201 == (await house.ask(shouted)).status


async def test_a_header_that_is_signed_stands_there_once(house: AttackedHouse) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE, number=1)
    before = house.rows()
    for name in ("Content-Digest", "Idempotency-Key", "Signature-Input", "Signature"):
        value = header(request, name)
        twice = {
            "the same": f"{name}: {value}\r\n{name}: {value}",
            "an empty one": f"{name}: {value}\r\n{name}:",
            "another first": f"{name}: {value[:-2]}AA\r\n{name}: {value}",
            "in one line": f"{name}: {value}, {value}",
            "in lower case": f"{name}: {value}\r\n{name.lower()}: {value}",
            "none": "X-Nothing: x",
            "empty": f"{name}:",
        }
        for how, lines in twice.items():
            received = await house.ask(rewritten(request, f"{name}: {value}", lines))
            assert MALFORMED == refusal(received), (name, how)
        for how, lines in {"a blank before the colon": f"{name} : {value}", "folded": f"{name}:\r\n {value}"}.items():
            received = await house.ask(rewritten(request, f"{name}: {value}", lines))
            assert 400 == received.status, (name, how)

    host = f"Host: {house.authority}"
    for lines in (f"{host}\r\n{host}", f"{host}\r\nHost: localhost:{house.port}", f"{host}\r\nhost:", "X-Nothing: x"):
        assert 400 == (await house.ask(rewritten(request, host, lines))).status, lines
    forwarded = f"{host}\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example;proto=https"
    assert before == house.rows()
    # And nobody else says under which name the bridge was asked.
    assert 201 == (await house.ask(rewritten(request, host, forwarded))).status


async def test_a_target_is_a_path_and_never_an_address(house: AttackedHouse) -> None:
    signer = await house.signer()
    before = house.rows()
    for target in (
        f"http://{house.authority}{NOTES}",
        f"http://evil.example{NOTES}",
        f"//{house.authority}{NOTES}",
        f"{NOTES}#part",
        house.authority,
        "*",
    ):
        mixed = rewritten(signer.sign("POST", NOTES, NOTE), f"POST {NOTES} ", f"POST {target} ")
        signed = written(signer.sign("POST", target, NOTE))
        for data in (mixed, signed):
            assert (await house.ask(data)).status in {400, 404}, target
    assert before == house.rows()


async def framed(house: AttackedHouse, data: bytes) -> list[Received]:
    """Send bytes that two readers might cut in two ways, and return every answer until the connection ends."""
    found = []
    async with connected(house.port) as wire:
        await wire.send(data)
        found.append(await wire.receive())
        assert await wire.is_closed_by_the_other_side()
    return found


async def test_two_readers_cannot_disagree_about_where_a_signed_request_ends(house: AttackedHouse) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE, number=1)
    length = f"Content-Length: {len(NOTE)}"
    before = house.rows()
    chunked = "Transfer-Encoding: chunked"
    for lines in (
        f"{length}\r\n{length}",
        f"{length}\r\nContent-Length: 0",
        f"Content-Length: +{len(NOTE)}",
        f"Content-Length: -{len(NOTE)}",
        f"Content-Length: {len(NOTE)}, {len(NOTE)}",
        f"Content-Length: 0x{len(NOTE):x}",
        f"{length}.0",
        f"Content-Length: {2**64}",
        "Content-Length:",
        f"{length}\r\n{chunked}",
        f"{chunked}\r\n{length}",
        f"{length}\r\nTransfer-Encoding: identity",
        f"{length}\r\nTransfer-Encoding: \x0bchunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        chunked,
        "Transfer-Encoding: xchunked",
    ):
        (received,) = await framed(house, rewritten(request, length, lines))
        assert received.status in {400, 413}, lines
        assert received.header("Answer-Proof") is None, lines
    assert before == house.rows()
    assert 201 == (await house.send(request)).status


async def test_what_is_hidden_in_a_body_needs_a_signature_of_its_own(house: AttackedHouse) -> None:
    signer = await house.signer()
    hidden = (
        f"POST {NOTES} HTTP/1.1\r\nHost: {house.authority}\r\nContent-Length: {len(OTHER)}\r\n\r\n".encode() + OTHER
    )
    carrying = signer.sign("POST", NOTES, hidden, number=1)
    before = house.rows()
    length = f"Content-Length: {len(hidden)}"

    # Cut in the middle of a word it is nothing at all, and the connection ends.
    (broken,) = await framed(house, rewritten(carrying, length, "Content-Length: 5"))
    async with connected(house.port) as wire:
        await wire.send(rewritten(carrying, length, "Content-Length: 0"))
        cut, smuggled = await wire.receive(), await wire.receive()

    assert (400, "invalid_request") == refusal(broken)
    assert ((400, "wrong_digest"), MALFORMED) == (refusal(cut), refusal(smuggled))
    assert is_proven(signer.session, carrying, cut)
    assert smuggled.header("Answer-Proof") is None
    assert before == house.rows()


async def test_a_body_is_signed_as_it_stands_on_the_wire(house: AttackedHouse) -> None:
    signer = await house.signer()
    before = house.rows()
    for coding in ("gzip", "deflate", "br", "zstd", "identity", "aws-chunked", "", "GZIP"):
        request = signer.sign("POST", NOTES, NOTE)
        assert MALFORMED == refusal(await house.send(request, add=(f"Content-Encoding: {coding}",))), coding
    assert before == house.rows()
