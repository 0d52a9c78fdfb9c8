"""A signature that comes inside a stream: the headers of a signed GET, which nobody could send as headers."""

from sys import intern
from typing import Final, NamedTuple, Protocol, Self, cast

from backend.web.sender import Sender
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.principal import Principal
from bridge.gate.signed.refusals import refused
from core_rs import Demand, Waiting

RATE_CLASS: Final = "read"


class Spoken(Protocol):
    @property
    def content_digest(self) -> str: ...
    @property
    def signature_input(self) -> str: ...
    @property
    def signature(self) -> str: ...


class Speaker(NamedTuple):
    """What is kept of the request that a stream came by: the rest of it would stay as long as the stream does."""

    address: str | None
    # The name under which it asked; the same string for all streams.
    authority: str
    by_https: bool

    @classmethod
    def of(cls, sender: Sender) -> Self:
        return cls(sender.address, intern(sender.authority), sender.by_https)


async def admitted(
    gate: Gatehouse, demand: Demand, signed: Spoken, *, address: str, host: str, target: str
) -> Principal:
    """Return whose it is; RequestError where it is nobody's, was used, or comes too often. Its number is spent."""
    headers = (
        (b"Host", host.encode()),
        (b"Content-Digest", signed.content_digest.encode()),
        (b"Signature-Input", signed.signature_input.encode()),
        (b"Signature", signed.signature.encode()),
    )
    verdict = gate.store.admit(demand, address, "GET", target, headers, b"")
    if not isinstance(verdict, tuple):
        verdict = await verdict
    while verdict[0] == "need_record":
        gate.meter.verdicts["need_record"] += 1
        proven = await gate.with_record(cast("Waiting", verdict[1]))
        verdict = gate.store.admit_body(proven, b"")
        if not isinstance(verdict, tuple):
            verdict = await verdict
    gate.meter.verdicts[verdict[0]] += 1
    if verdict[0] != "admitted":
        raise refused(verdict)
    principal = cast("Principal", verdict[1])
    if not gate.rights.is_known:
        await gate.ask_again(principal)
    gate.meet(principal, address)
    return principal
