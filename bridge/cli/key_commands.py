"""What the commands of every kind of key do alike."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked
from bridge.cli.fields import checked
from bridge.cli.table import moment, table
from bridge.cli.with_database import change, tenant_id_of, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.accounts.keys.service import Keys
    from backend.accounts.keys.store import KeyT
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from backend.secret import Secret


def list_keys(
    asked: Asked,
    keys: "Keys[KeyT]",
    tenant_id: str,
    *,
    after: str,
    limit: int,
    column: str,
    shown: Callable[["KeyT"], Sequence[object]],
) -> None:
    """Show the keys of a tenant, with what only their kind has in a column of its own."""
    from backend.accounts.tenants import service as tenants

    async def read(database: "Database") -> Sequence["KeyT"]:
        async def unit(tx: "Transaction") -> Sequence["KeyT"]:
            await tenants.tenant(tx, tenant_id)
            return await keys.page(tx, tenant_id, (after,) if after else None, limit)

        return await database.read(unit, tenant=tenant_id_of(tenant_id))

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({keys.counted: [asdict(each) for each in found]}))
        return
    cells = [("ID", "STATE", "ENDS", "USED", column, "NAME")]
    for each in found:
        state = "active" if each.revoked_at is None else "revoked"
        words = " ".join(map(str, shown(each)))
        cells.append((each.id, state, moment(each.ends_at), moment(each.used_at), words, each.name))
    for line in table(cells):
        click.echo(line)


def rotate_key(asked: Asked, keys: "Keys[KeyT]", tenant_id: str, key_id: str, overlap_hours: int) -> None:
    from backend.accounts.keys.schemas import Rotation

    wanted = checked(Rotation, overlap_hours=overlap_hours)

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> tuple["KeyT", "Secret"]:
        return await keys.rotate(tx, by, rights, tenant_id, key_id, wanted.overlap_hours)

    tell_secret(asked, keys, *change(asked, unit, tenant=tenant_id))


def revoke_key(asked: Asked, keys: "Keys[KeyT]", tenant_id: str, key_id: str) -> None:
    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> "KeyT":
        return await keys.revoke(tx, by, rights, tenant_id, key_id)

    ended = change(asked, unit, tenant=tenant_id)
    click.echo(json.dumps(asdict(ended)) if asked.as_json else f"{ended.id} {ended.name} has ended.")


def tell_secret(asked: Asked, keys: "Keys[KeyT]", key: "KeyT", text: "Secret") -> None:
    if asked.as_json:
        click.echo(json.dumps({keys.counted.removesuffix("s"): asdict(key), "text": text.reveal()}))
        return
    click.echo(text.reveal())
    click.echo(f"This is {key.name}, {key.id}; it is not shown again. It holds until {moment(key.ends_at)}.", err=True)
