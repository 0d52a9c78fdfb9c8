"""Which of the two stores this bridge has."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.errors import SettingsError
from bridge.breakers.breaker import Breaker
from bridge.breakers.breakers import Breakers
from bridge.gate.stores.core import CoreStore
from bridge.gate.stores.redis import OPEN_SECONDS, RedisStore
from bridge.gate.stores.store import GateStore
from bridge.redis_address import Address, parse
from bridge.settings import Settings
from core_rs import Limits, Policy, Table


@dataclass(frozen=True, slots=True)
class Shared:
    """A server that many hosts share."""

    address: Address
    give_up_seconds: float
    breaker: Breaker


def shared_store(settings: Settings, breakers: Breakers) -> Shared | None:
    """Return the server that the settings name, or nothing where this host's table is the store."""
    if settings.gate_store == "core":
        return None
    if settings.redis_url is None:
        raise SettingsError("gate_store is redis and redis_url is not set.")
    breaker = breakers.made("redis", open_seconds=OPEN_SECONDS)
    return Shared(parse(settings.redis_url.reveal()), settings.redis_give_up_seconds, breaker)


@asynccontextmanager
async def opened_store(
    shared: Shared | None,
    table: Table,
    limits: Limits,
    policies: list[Policy],
    *,
    bridge_id: bytes,
    masters: Mapping[int, bytes],
) -> AsyncIterator[GateStore]:
    """Open the store; without a shared server it is this host's table. SettingsError where the server is not fit."""
    if shared is None:
        yield CoreStore(table, limits, bridge_id=bridge_id, masters=masters)
        return
    store = RedisStore(
        shared.address,
        table,
        limits,
        policies,
        bridge_id=bridge_id,
        masters=masters,
        breaker=shared.breaker,
        give_up_seconds=shared.give_up_seconds,
    )
    try:
        await store.start()
        yield store
    finally:
        await store.close()
