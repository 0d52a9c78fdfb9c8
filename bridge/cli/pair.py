"""`toolboxai pair`: let a Studio install or a daemon in, at the machine that the bridge runs on."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.table import table
from bridge.cli.with_database import tenant_id_of
from bridge.cli.with_gate import Lodge, with_gate

if TYPE_CHECKING:
    from backend.accounts.tenants.store import Tenant
    from backend.db.unit import Transaction
    from bridge.gate.pairing.service import Approved
    from bridge.gate.pairing.store import Pairing
    from bridge.gate.principal import Scope

_KINDS: Final = {"studio": "A Studio install", "daemon": "A daemon"}


@click.command("pair", short_help="Let a Studio install or a daemon in, by the code that it shows.")
@click.argument("code")
@click.option("--tenant", "tenant_id", metavar="ID", help="Whose it becomes; the only one there is when none is named.")
@click.option("--scopes", default="sync", show_default=True, metavar="LIST", help="What it may do: sync,publish,read.")
@click.option("--deny", is_flag=True, help="Refuse it instead.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@options
@click.pass_obj
def command(  # noqa: PLR0917 - the options of a command
    asked: Asked,
    code: str,
    tenant_id: str | None,
    scopes: str,
    deny: bool,  # noqa: FBT001 - an option of a command
    yes: bool,  # noqa: FBT001 - as above
) -> None:
    """Show what asks to be let in, and let it in or refuse it; then type the six digits into it.

    Where there is no district or school yet, one is made for it.

    \b
    Examples:
      toolboxai pair BCDF-GHJK
      toolboxai pair BCDF-GHJK --tenant 01m5x... --scopes sync,publish
      toolboxai pair BCDF-GHJK --deny
    """
    from bridge.gate.pairing.schemas import Approval

    named = None if tenant_id is None else tenant_id_of(tenant_id)
    wanted = checked(Approval, scopes=tuple(each.strip() for each in scopes.split(",")))
    pairing, tenant = with_gate(asked, lambda lodge: _looked_at(lodge, code, named, deny=deny))
    if not yes:
        for line in _lines(pairing):
            click.echo(line, err=True)
        click.confirm(_question(tenant, wanted.scopes, deny=deny), abort=True, err=True)
    if deny:
        with_gate(asked, lambda lodge: _denied(lodge, pairing, named))
        _tell_denied(asked, pairing)
    else:
        # What was shown is what it becomes, whatever was made meanwhile.
        whose = None if tenant is None else tenant.id
        _tell_approved(asked, with_gate(asked, lambda lodge: _approved(lodge, pairing, whose, wanted.scopes)))


async def _looked_at(
    lodge: Lodge, code: str, tenant_id: str | None, *, deny: bool
) -> tuple["Pairing", "Tenant | None"]:
    from backend.accounts.tenants import service as tenants
    from bridge.gate.pairing import home

    async def unit(tx: "Transaction") -> tuple["Pairing", "Tenant | None"]:
        if tenant_id is not None:
            tenant: Tenant | None = await tenants.tenant(tx, tenant_id)
        else:
            # Who is refused becomes nobody's.
            tenant = None if deny else await home.only_tenant(tx)
        whose = None if tenant is None else tenant.id
        return await lodge.approvals.at_the_machine(tx, whose, code), tenant

    return await lodge.database.read(unit)


async def _approved(lodge: Lodge, pairing: "Pairing", tenant_id: str | None, scopes: tuple["Scope", ...]) -> "Approved":
    from bridge.gate.pairing import home

    if tenant_id is None:
        tenant_id = (await lodge.database.write(lambda tx: home.only_or_home(tx, lodge.by))).id
    whose = tenant_id

    async def unit(tx: "Transaction") -> "Approved":
        return await lodge.approvals.approve(tx, lodge.by, whose, pairing.id, scopes)

    return await lodge.database.write(unit, tenant=whose)


async def _denied(lodge: Lodge, pairing: "Pairing", tenant_id: str | None) -> None:
    from backend.accounts.audit.ids import PLATFORM

    await lodge.database.write(lambda tx: lodge.approvals.deny(tx, lodge.by, tenant_id or PLATFORM, pairing.id))


def _lines(pairing: "Pairing") -> list[str]:
    rows = [
        ("name", pairing.name),
        ("version", pairing.version),
        ("place", str(pairing.place_id or "not named")),
        ("universe", str(pairing.universe_id or "not named")),
        ("network", pairing.network),
    ]
    return [f"{_KINDS[pairing.kind]} asks to be let in:", *(f"  {line}" for line in table(rows))]


def _question(tenant: "Tenant | None", scopes: tuple["Scope", ...], *, deny: bool) -> str:
    if deny:
        return "Refuse it?"
    whose = "a school of its own, as there is none yet" if tenant is None else f"{tenant.name} ({tenant.id})"
    return f"Let it into {whose}, for {', '.join(scopes)}?"


def _tell_approved(asked: Asked, approved: "Approved") -> None:
    from bridge.gate.devices.schemas import device_shown

    device = approved.device
    if asked.as_json:
        click.echo(json.dumps({"device": asdict(device_shown(device)), "digits": approved.digits}))
        return
    click.echo(f"{device.id} {device.name} was let in. It asks for six digits; type these into it:", err=True)
    click.echo(approved.digits)


def _tell_denied(asked: Asked, pairing: "Pairing") -> None:
    click.echo(json.dumps({"denied": pairing.id}) if asked.as_json else f"{pairing.name} was refused.")
