"""Each verdict of the gate that lets nobody in, as the error that is sent for it."""

from collections.abc import Callable, Mapping
from typing import Final

from backend.errors import (
    EpochEnded,
    Malformed,
    NotProven,
    OutOfScope,
    Replayed,
    RequestError,
    Revoked,
    Stale,
    TooLarge,
    WrongDigest,
)
from bridge.gate.stores.store import Verdict
from bridge.gate.too_many import refusal

# Of these the sender has shown nothing: the answer cannot be proven to them, and what they sent was read for nothing.
UNPROVEN: Final = frozenset({"too_large", "malformed", "address_limited", "not_proven"})


def epoch_ended() -> EpochEnded:
    return EpochEnded("This session has ended; open a new one, and send this again with the same idempotency key.")


def revoked() -> Revoked:
    return Revoked("This session was ended by somebody who may.")


def refused(verdict: Verdict) -> RequestError:
    """Return the error; a verdict that nobody knows is a mistake of ours, and lets nobody in."""
    code, about, number, decision = verdict
    if code == "malformed":
        return Malformed(f"This is not a signed request as it has to be: {about}.")
    if code == "replayed":
        return Replayed(number)
    if decision is not None and code in {"limited", "address_limited"}:
        return refusal(decision)
    return _PLAIN[code]()


_PLAIN: Final[Mapping[str, Callable[[], RequestError]]] = {
    "too_large": lambda: TooLarge("The body is longer than this request takes."),
    "not_proven": NotProven,
    "stale": lambda: Stale("The time of this request is too far from ours; the answer says what it is here."),
    "epoch": epoch_ended,
    "revoked": revoked,
    "out_of_scope": lambda: OutOfScope("This session may do other things, but not this."),
    "wrong_digest": lambda: WrongDigest("The body is not the one that was signed: something changed it on its way."),
}
