"""Commands that need the services of accounts, put together as a worker does it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bridge.cli.asked import Asked
from bridge.cli.loading import load_settings
from bridge.cli.with_database import (
    operator_at_the_machine,
    own_rights,
    tell_running,
    tenant_id_of,
    vault_of,
    with_database,
)

if TYPE_CHECKING:
    from backend.accounts.accounts import Accounts
    from backend.accounts.audit.teller import Teller
    from backend.accounts.mail.notices import House
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from bridge.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command has at hand."""

    database: "Database"
    accounts: "Accounts"
    house: "House"
    by: "Teller"
    rights: "RightsChanges"

    def url(self, path: str) -> str:
        """Return a link as people open it."""
        return f"{self.house.url}{path}"


def with_accounts(asked: Asked, work: Callable[[Desk], Awaitable[T]], *, changes: bool = False) -> T:
    """Work with the services of accounts, in as many units as it takes; what changes is told to a bridge that runs."""
    settings = load_settings(asked).settings

    async def opened(database: "Database") -> T:
        async with _desk(settings, database) as desk:
            return await work(desk)

    try:
        return with_database(asked, opened, settings)
    finally:
        # Also when it ends badly: units before the last one may be kept by then.
        if changes:
            tell_running(settings)


def change_accounts(
    asked: Asked, unit: Callable[["Transaction", Desk], Awaitable[T]], *, tenant: str | None = None
) -> T:
    """Change something in one unit, as `change` does."""

    async def work(desk: Desk) -> T:
        async def whole(tx: "Transaction") -> T:
            return await unit(tx, desk)

        return await desk.database.write(whole, tenant=None if tenant is None else tenant_id_of(tenant))

    return with_accounts(asked, work, changes=True)


@asynccontextmanager
async def _desk(settings: "Settings", database: "Database") -> AsyncIterator[Desk]:
    from backend.accounts.accounts import put_together
    from backend.accounts.people import matrix
    from backend.accounts.signin.hashing import Hasher
    from bridge.account_settings import house, mail_sender, open_breached
    from bridge.breakers.breakers import Breakers

    vault = await vault_of(settings, database)
    by, named = operator_at_the_machine(settings), house(settings)
    with ExitStack() as holding:
        accounts = put_together(
            vault,
            matrix.load(),
            named,
            mail_sender(settings, Breakers()),
            breached=open_breached(settings, holding),
            hasher=Hasher(),
            trail=by.trail,
        )
        try:
            yield Desk(database, accounts, named, by, own_rights())
        finally:
            await accounts.hashes.close()
