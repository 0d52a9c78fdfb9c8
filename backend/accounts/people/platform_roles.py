"""The rules of roles on the platform, which hold outside of every tenant."""

from backend.accounts.audit.ids import PLATFORM, as_id
from backend.accounts.audit.kinds import PlatformRoleGiven
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import Role
from backend.accounts.people import store
from backend.accounts.people.first_link import OPERATOR
from backend.accounts.people.service import there
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import Conflict


async def make_operator(tx: Transaction, by: Teller, rights: RightsChanges, person_id: str) -> None:
    """Let somebody operate the platform; who does so already goes on."""
    found = there(await store.find(tx, person_id, for_update=True))
    if found.state != "active":
        raise Conflict("This account is suspended; let it go on first.")
    if await store.give_platform_role(tx, person_id, OPERATOR):
        await rights.changed(tx)
        await by.tell(tx, PLATFORM, PlatformRoleGiven(Role(OPERATOR)), subject_id=as_id(person_id))
