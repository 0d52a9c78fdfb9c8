"""The worked bytes at the end of docs/protocol.md, from protocol.json: one run, from a device's key to an answer."""

import json
from collections.abc import Iterator
from typing import Any, Final

from gates.tree import ROOT
from tests.contract.make_channels import VECTORS as CHANNELS
from tests.contract.make_protocol import VECTORS
from tests.contract.signing import device_use, expand

PAGE: Final = ROOT / "docs" / "protocol.md"
HEADING: Final = "## 10. Worked bytes\n"
INTRODUCTION: Final = """\
One run: the device of the first lines opens a session, signs two requests in it and gets an answer to the second.
Bytes are hex here, and a text is what stands on the wire, without a newline at its end.
Made from `protocol.json` and `channels.json` of `tests/contract` by `python -P -m tests.contract.protocol_page`.
Do not edit them by hand.
"""


def section() -> str:
    return f"{HEADING}{INTRODUCTION}\n" + "\n".join(_lines(json.loads(VECTORS.read_text("utf-8"))))


def _lines(worked: dict[str, Any]) -> Iterator[str]:
    pairing, opening, renewed = worked["pairings"][0], worked["openings"][0], worked["openings"][1]
    read, written = worked["requests"][:2]
    answer = worked["answers"][0]
    device = bytes.fromhex(opening["device_key"])
    opens, grants, wraps = (device_use(device, used_for).hex() for used_for in ("open", "grant", "wrap"))
    yield from _block(
        "The six digits (1)",
        ("D", pairing["device_key"]),
        ("D_check", pairing["check"]),
        ('HMAC(D_check, "six digits")', pairing["mac"]),
        ("six digits", pairing["digits_text"]),
    )
    yield from _block(
        "An opening (2)",
        ("D_open", opens),
        ("C", opening["challenge"]),
        ("N", opening["n_text"]),
        ("authority", opening["authority_text"]),
        ("body", opening["body_text"]),
        ("C || N || \\n || authority || \\n || SHA(body)", opening["session_proof"]["message"]),
        ("Session-Proof", opening["session_proof"]["header_text"]),
    )
    yield from _block(
        "Its grant (2)",
        ("D_grant", grants),
        ("D_wrap", wraps),
        ("answer body", opening["answer"]["body_text"]),
        ("C || N || \\n || status || \\n || SHA(answer body)", opening["answer"]["message"]),
        ("Grant-Proof", opening["answer"]["proof_text"]),
        ("bridge.public_key", opening["public_key"]),
        ("Grant-Signature", opening["answer"]["signature_text"]),
        ("HMAC(D_wrap, C || N || key_id)", opening["wrap"]["pad"]),
        ("K", opening["wrap"]["key"]),
    )
    yield from _block(
        "Another grant to the same device, after the master key was rotated (2)",
        ("C", renewed["challenge"]),
        ("N", renewed["n_text"]),
        ("answer body", renewed["answer"]["body_text"]),
        ("Grant-Proof", renewed["answer"]["proof_text"]),
        ("bridge.public_key", renewed["public_key"]),
        ("what is endorsed", renewed["endorsement"]["message"]),
        ("Grant-Signature", renewed["answer"]["signature_text"]),
        ('HMAC(D_wrap, "device" || C || N)', renewed["new_device_key"]["pad"]),
        ("D'", renewed["new_device_key"]["key"]),
    )
    yield from _request("A request without a body, with K of the first grant (3)", read)
    yield from _request("A request with the body `{}` (3)", written)
    yield from _block(
        "An answer to it, of status 200 (4)",
        ("K_answer", answer["answer_key"]),
        ("body", answer["body_text"]),
        ("the lines", answer["base_text"]),
        ("Answer-Proof", answer["header_text"]),
    )
    channels = json.loads(CHANNELS.read_text("utf-8"))
    seal = channels["seals"][1]
    session = bytes.fromhex(seal["session"])
    yield from _block(
        "The second seal of a stream, with K of the first grant, which a signed `GET /v1/stream` opened (9)",
        ("K_stream", expand(session, b"tbx1 stream").hex()),
        ("stream id", channels["stream"]),
        ("what opened it", channels["opened_by"]),
        *((f"frame {number}", frame) for number, frame in enumerate(seal["frames"], start=1)),
        ("the lines", seal["lines"]),
        ("proof", seal["proof"]),
    )


def _request(title: str, request: dict[str, Any]) -> Iterator[str]:
    yield from _block(
        title,
        ("K_request", request["request_key"]),
        ("signature base", request["base_text"]),
        *request["headers"].items(),
    )


def _block(title: str, *rows: tuple[str, str]) -> Iterator[str]:
    yield f"**{title}**"
    yield "```"
    for name, value in rows:
        yield f"{name}:\n{value}" if "\n" in value else f"{name}: {value}"
    yield "```"
    yield ""


def written() -> str:
    """Return the page with its last section as it has to be."""
    before, _, _ = PAGE.read_text("utf-8").partition(HEADING)
    return f"{before.rstrip()}\n\n{section().rstrip()}\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
