from typing import Any, cast

import pytest

from backend.db.unit import Database
from backend.errors import DatabaseUnavailable
from bridge.gate.devices.uses import Uses, writing_down
from tests.integration.web.waiting import until

SCHOOL, OTHER = "a" * 26, "b" * 26


class Written:
    """A database that has no tables: it says of every device that it has signed, and whose uses it is told."""

    def __init__(self) -> None:
        self.reads = 0
        self.tenants: list[str] = []
        self.is_away = False

    async def read(self, _unit: object, *, tenant: str) -> bool:
        self.reads += 1
        return bool(tenant)

    async def write(self, _unit: object, *, tenant: str) -> None:
        if self.is_away:
            raise DatabaseUnavailable("The database is away.")
        self.tenants.append(tenant)


def of(database: Written, **changed: Any) -> Uses:
    return Uses(lambda: cast("Database", database), **changed)


async def test_a_device_that_has_signed_is_asked_about_once() -> None:
    database = Written()
    uses = of(database)
    for _ in range(3):
        await uses.begin(SCHOOL, "one")

    assert (1, []) == (database.reads, database.tenants)


async def test_so_many_are_remembered_and_no_more() -> None:
    database = Written()
    uses = of(database, most=2)
    for device_id in ("one", "two", "three"):
        await uses.begin(SCHOOL, device_id)
        uses.note(SCHOOL, device_id)
    assert len(uses._signed) <= 2
    assert {"one": SCHOOL, "two": SCHOOL} == uses._lately

    await uses.begin(SCHOOL, "one")
    assert 4 == database.reads


async def test_each_tenant_is_written_down_once_however_many_devices_and_requests_it_has() -> None:
    database = Written()
    uses = of(database)
    for tenant_id, device_id in ((SCHOOL, "one"), (OTHER, "two"), (SCHOOL, "three"), (SCHOOL, "one")):
        uses.note(tenant_id, device_id)
    await uses.write_down()
    await uses.write_down()

    assert [SCHOOL, OTHER] == database.tenants


async def test_uses_are_written_down_every_now_and_then_and_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    database = Written()
    uses = of(database)
    async with writing_down(uses, every_seconds=0.01):
        uses.note(SCHOOL, "one")
        await until(lambda: database.tenants == [SCHOOL])
        database.is_away = True
        uses.note(OTHER, "two")
        await until(lambda: "could not be written down" in caplog.text)
        database.is_away = False
        await until(lambda: database.tenants == [SCHOOL, OTHER])
    async with writing_down(uses, every_seconds=3600):
        uses.note(SCHOOL, "three")

    assert [SCHOOL, OTHER, SCHOOL] == database.tenants
