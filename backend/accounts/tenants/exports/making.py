"""Writes everything a tenant has into one file, a few rows to a unit: nobody waits for a long one."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, BinaryIO, Final

import orjson

from backend.accounts.people.grants import store as grants
from backend.accounts.people.service import People
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.exports import words
from backend.accounts.tenants.exports.packing import Packing
from backend.accounts.tenants.exports.parts import OPENED, Part, parts
from backend.accounts.tenants.store import Tenant
from backend.db.now import now_milliseconds
from backend.db.unit import Database, Transaction
from backend.sealing import store as sealing
from backend.sealing.vault import Vault

ROWS_AT_ONCE: Final = 200
PEOPLE_AT_ONCE: Final = 50


class Making:
    """One export on its way into a file."""

    def __init__(self, database: Database, vault: Vault, people: People, tenant_id: str) -> None:
        self._database = database
        self._vault = vault
        self._people = people
        self._tenant_id = tenant_id
        self._counts: dict[str, int] = {}

    async def write(self, file: BinaryIO, *, largest_bytes: int) -> int:
        """Write the zip, and return how many rows are in it; ExportTooLarge as soon as it has grown too far."""
        all_parts = tuple(parts())
        packing = Packing(file, largest_bytes=largest_bytes)
        try:
            await packing.add(words.README, _whole(words.readme(all_parts)))
            await packing.add(words.PEOPLE, self._people_lines())
            for part in all_parts:
                await packing.add(part.name, self._lines(part))
            await packing.add(words.ABOUT, _whole(await self._about()))
        finally:
            await packing.end()
        packing.check()
        return sum(self._counts.values())

    async def _about(self) -> bytes:
        async def unit(tx: Transaction) -> tuple[Tenant, int]:
            return await tenants.tenant(tx, self._tenant_id), await now_milliseconds(tx)

        tenant, now = await self._database.read(unit)
        return words.about(tenant, made_at=now, counts=self._counts)

    async def _lines(self, part: Part) -> AsyncIterator[bytes]:
        last: Mapping[str, Any] | None = None
        self._counts[part.name] = 0

        async def unit(tx: Transaction) -> list[dict[str, Any]]:
            found = await part.walk.after(tx, self._tenant_id, last, at_most=ROWS_AT_ONCE)
            return [await self._opened(tx, part, row) for row in found]

        while rows := await self._database.read(unit, tenant=self._tenant_id):
            last = rows[-1]
            self._counts[part.name] += len(rows)
            yield b"".join(_line({name: row[name] for name in part.columns}) for row in rows)
            if len(rows) < ROWS_AT_ONCE:
                break

    async def _opened(self, tx: Transaction, part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
        """Unseal what is sealed for a subject of the tenant; whose key is gone has nothing left to unseal."""
        opened = dict(row)
        for (table, column), names_subject in OPENED.items():
            if table != part.table or row[column] is None:
                continue
            subject_id = row[names_subject]
            wrapped = await sealing.subject(tx, self._tenant_id, subject_id)
            opened[column] = None
            if wrapped is not None:
                key = (await self._vault.of_tenant(tx, self._tenant_id)).subject(subject_id, wrapped)
                opened[column] = key.unseal(table, column, subject_id, row[column])
        return opened

    async def _people_lines(self) -> AsyncIterator[bytes]:
        last = ""
        self._counts[words.PEOPLE] = 0

        async def unit(tx: Transaction) -> list[dict[str, Any]]:
            found = await grants.members(tx, self._tenant_id, after=last, limit=PEOPLE_AT_ONCE)
            return [await self._person(tx, each) for each in found]

        while rows := await self._database.read(unit, tenant=self._tenant_id):
            last = rows[-1]["id"]
            self._counts[words.PEOPLE] += len(rows)
            yield b"".join(map(_line, rows))
            if len(rows) < PEOPLE_AT_ONCE:
                break

    async def _person(self, tx: Transaction, member: grants.Member) -> dict[str, Any]:
        person = self._people.opened(member.person)
        held = await grants.of_person(tx, self._tenant_id, person.id)
        return {
            "id": person.id,
            "state": person.state,
            "name": person.name,
            "email": person.email,
            "locale": person.locale,
            "joined_at": member.joined_at,
            "suspended_at": member.suspended_at,
            "roles": [{"role": each.role, "class_id": each.class_id, "until": each.until} for each in held],
        }


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _line(row: Mapping[str, Any]) -> bytes:
    return orjson.dumps(row, default=_hexadecimal, option=orjson.OPT_APPEND_NEWLINE)


def _hexadecimal(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"a column of an export holds a {type(value).__name__}")
