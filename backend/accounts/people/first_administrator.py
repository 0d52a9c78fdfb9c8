"""The first account of a bridge: whoever has the link that `serve` printed operates the platform."""

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, as_id
from backend.accounts.audit.kinds import FirstAdministratorMade
from backend.accounts.audit.service import AuditTrail
from backend.accounts.keys.text_form import Kind
from backend.accounts.people import store
from backend.accounts.people.first_link import OPERATOR, is_needed
from backend.accounts.people.invitations.schemas import FirstAdministrator as NewAccount
from backend.accounts.people.service import People
from backend.accounts.signin.email_address import EmailAddress
from backend.accounts.signin.links import service as links
from backend.db.unit import Transaction
from backend.errors import LinkRefused


async def accept(  # noqa: PLR0917 - an account, whole
    tx: Transaction, trail: AuditTrail, people: People, address: EmailAddress, new: NewAccount, password_hash: str
) -> str:
    """Make the account, and return its id."""
    await links.use(tx, Kind.FIRST, new.link)
    if not await is_needed(tx):
        raise LinkRefused("This bridge has an administrator already.")
    made = await people.add(tx, address, new.name, locale=new.locale, password_hash=password_hash)
    await store.give_platform_role(tx, made.id, OPERATOR)
    who = as_id(made.id)
    await trail.record(tx, PLATFORM, Event(Actor.person(who), FirstAdministratorMade(), who))
    return made.id
