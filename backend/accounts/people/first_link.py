"""The link with which the first account of a bridge is made."""

from typing import Final

from backend.accounts.keys.text_form import Kind
from backend.accounts.people import store
from backend.accounts.signin.links import service as links
from backend.accounts.signin.links.service import NewLink
from backend.db.unit import Transaction

OPERATOR: Final = "platform_operator"


async def is_needed(tx: Transaction) -> bool:
    """Whether nobody operates the platform yet."""
    return not await store.holders_of(tx, OPERATOR, at_most=1)


async def make(tx: Transaction) -> NewLink:
    """Make the link anew; the ones before it are worth nothing from now on."""
    return await links.make(tx, Kind.FIRST)
