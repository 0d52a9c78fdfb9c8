"""The first words on a new link: who asks, whether the server may be relied on, and which life it is in."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Final

from hiredis import ReplyError

from bridge.redis_address import Address
from bridge.redis_server.link import Answer, Link, packed
from bridge.redis_server.scripts import Script, begin_script

EPOCH_BYTES: Final = 8
_LEAST_VERSION: Final = 7
_ENOUGH: Final = ("server", "replication", "cluster", "memory")


class StoreRefused(Exception):
    """The server answers and may not be used: a sentence that says why, and what to do about it."""


async def log_in(link: Link, address: Address, life: bytes, scripts: Iterable[Script]) -> str:
    """Return the epoch, once the server is known to be right and has the scripts.

    StoreRefused if it is not right, LinkLost if it goes away.
    """
    if address.password is not None:
        words = ("AUTH", *(() if address.user is None else (address.user,)), address.password.reveal())
        _expect(await link.ask(packed(*words)), "does not take the user and the password of redis_url")
    if address.database:
        _expect(await link.ask(packed("SELECT", address.database)), "has no database of the number in redis_url")
    known = await link.ask(packed("INFO", *_ENOUGH))
    if isinstance(known, ReplyError):
        raise StoreRefused(_of_error(known))
    _check(_facts(known))
    for script in (begin_script(), *scripts):
        loaded = await link.ask(script.load)
        if loaded != script.digest.encode():
            raise StoreRefused(f"{_of_error(loaded)}; let its user run scripts (+@scripting)")
    begun = await link.ask(begin_life(life))
    if not isinstance(begun, bytes):
        raise StoreRefused(f"{_of_error(begun)}; its user needs +@scripting +@read +@write +info +time")
    return begun.decode("ascii")


def begin_life(life: bytes) -> bytes:
    """Return what asks for the epoch that is now, or begins one of 64 random bits."""
    return begin_script().call((life,), (secrets.token_bytes(EPOCH_BYTES).hex(),))


def _check(facts: Mapping[str, str]) -> None:
    if facts.get("cluster_enabled", "0") != "0":
        raise StoreRefused("is a Redis Cluster, whose parts cannot answer as one: name one primary with replicas")
    if int(facts.get("redis_version", "0").partition(".")[0]) < _LEAST_VERSION:
        raise StoreRefused(f"is older than Redis {_LEAST_VERSION}")
    if facts.get("role") != "master":
        raise StoreRefused("is a replica: redis_url has to lead to the primary")
    policy = facts.get("maxmemory_policy", "unknown")
    if policy != "noeviction":
        raise StoreRefused(
            f"may forget what it was given (maxmemory-policy is {policy}): set it with "
            "`CONFIG SET maxmemory-policy noeviction`, and in its configuration file"
        )


def _facts(known: Answer) -> dict[str, str]:
    text = known.decode(errors="replace") if isinstance(known, bytes) else ""
    pairs = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _expect(answer: Answer, otherwise: str) -> None:
    if answer != b"OK":
        raise StoreRefused(otherwise)


def _of_error(answer: Answer) -> str:
    """Only the first word of what a server says: the rest may repeat what it was told."""
    word = str(answer).partition(" ")[0] if isinstance(answer, ReplyError) else "something else"
    return f"answers {word} where it is prepared"
