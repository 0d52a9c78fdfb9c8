"""Commands that work on the database themselves, beside a bridge that may be running."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from backend.errors import DatabaseError, DatabaseUnavailable, InvalidRequest, NotRunning, RequestError, UsageError
from bridge.cli.asked import Asked
from bridge.cli.database_state import is_there
from bridge.cli.loading import load_settings

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from backend.sealing.vault import Vault
    from bridge.settings import Settings

T = TypeVar("T")


def with_database(asked: Asked, work: Callable[["Database"], Awaitable[T]], settings: "Settings | None" = None) -> T:
    """Work on the database that the settings name; errors are told as those of a command."""
    import asyncio

    from backend.db.database import open_database
    from backend.db.migrations.state import assert_current
    from bridge.settings.database import database_config

    config = database_config(load_settings(asked).settings if settings is None else settings)
    if not is_there(config):
        raise DatabaseError(f"there is no database at {config.shown} yet: start serve, or run toolboxai migrate")

    async def opened() -> T:
        await assert_current(config)
        async with open_database(config) as database:
            return await work(database)

    try:
        return asyncio.run(opened())
    except DatabaseUnavailable as error:
        raise DatabaseError(error.sentence) from error
    except RequestError as error:
        # The rules of a domain speak to a program that sent a request; here somebody has typed it.
        faults = error.errors if isinstance(error, InvalidRequest) else ()
        named = "; ".join(f"{each.path.removeprefix('/body/')}: {each.message}" for each in faults)
        raise UsageError(named or error.sentence) from error


def tenant_id_of(text: str) -> str:
    """Return it, or refuse what is no id; whether there is such a tenant is asked later."""
    from backend.ids import is_id

    if not is_id(text):
        raise UsageError(f"{text!r} is no id of a district or school: see toolboxai tenants list")
    return text


class _NobodyHere:
    """Stands for the number in shared memory: no worker shares a command's, and the control socket tells theirs."""

    revocations = 0

    def revoke(self) -> int:
        return self.revocations


def change(
    asked: Asked,
    unit: Callable[["Transaction", "Teller", "RightsChanges"], Awaitable[T]],
    *,
    tenant: str | None = None,
) -> T:
    """Change something in one unit, and tell a bridge that runs here at once; on other hosts it acts within 2 s."""
    settings = load_settings(asked).settings
    rights = own_rights()

    async def work(database: "Database") -> T:
        await vault_of(settings, database)
        by = operator_at_the_machine(settings)

        async def whole(tx: "Transaction") -> T:
            return await unit(tx, by, rights)

        return await database.write(whole, tenant=None if tenant is None else tenant_id_of(tenant))

    result = with_database(asked, work, settings)
    tell_running(settings)
    return result


def own_rights() -> "RightsChanges":
    """Return what notes a change of rights in the database; `tell_running` has to follow."""
    from backend.db.rights_changes import RightsChanges

    return RightsChanges(_NobodyHere())


async def vault_of(settings: "Settings", database: "Database") -> "Vault":
    """Open the vault of a database; the first that needs the key file makes it, and the folder for it."""
    from backend.sealing.opening import open_vault
    from bridge.supervisor.data_folder import open_folder

    if settings.key_file is None:
        open_folder(settings.data_dir)
    return await open_vault(settings.key_path, database)


def operator_at_the_machine(settings: "Settings") -> "Teller":
    """Return what tells the trail of a command."""
    from backend.accounts.audit.event import Actor
    from backend.accounts.audit.service import AuditTrail
    from backend.accounts.audit.teller import Teller
    from backend.accounts.audit.words import SystemPart
    from bridge import audit_keys

    return Teller(AuditTrail(audit_keys.audit_keys(settings)), Actor.system(SystemPart.COMMAND_LINE))


def tell_running(settings: "Settings") -> None:
    """Have a bridge that runs here forget what people and keys may do."""
    from bridge.supervisor.control_client import ask

    with contextlib.suppress(NotRunning):  # then nobody keeps anything
        ask(settings.data_dir, "rights-changed")
