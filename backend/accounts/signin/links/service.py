"""Links that work once: 256 bits, kept as a hash, with an end.

The secret stands behind the `#` of an address, which no browser sends: so it comes into no log on the way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from backend.accounts.keys.text_form import Credential, CredentialRefused, Kind, hash_secret, parse
from backend.accounts.signin.links import store
from backend.accounts.signin.links.store import Link
from backend.db.unit import Transaction
from backend.errors import LinkRefused
from backend.secret import Secret

PAGE: Final = "/welcome"
_HOUR_MILLISECONDS: Final = 3_600_000
LASTS_HOURS: Final = {Kind.FIRST: 24, Kind.INVITE: 72, Kind.RESET: 1}
_REMOVED_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is given out, once."""

    text: Secret
    ends: datetime

    @property
    def path(self) -> str:
        return f"{PAGE}#{self.text.reveal()}"


async def make(tx: Transaction, kind: Kind, *, tenant_id: str | None = None, subject_id: str | None = None) -> NewLink:
    """Make a link; the ones before it that were for the same are worth nothing from now on."""
    await store.remove(tx, kind, subject_id)
    await store.remove_ended(tx, at_most=_REMOVED_AT_ONCE)
    made = Credential.new(kind)
    milliseconds = LASTS_HOURS[kind] * _HOUR_MILLISECONDS
    ends_at = await store.add(
        tx, hash_secret(made.secret), Link(kind, tenant_id, subject_id, 0), milliseconds=milliseconds
    )
    return NewLink(Secret(made.text()), datetime.fromtimestamp(ends_at / 1000, UTC))


async def use(tx: Transaction, kind: Kind, text: str) -> Link:
    """Use a link up with the unit; LinkRefused for one that was used, has ended or never was."""
    return _there(await store.use(tx, kind, hash_secret(_read(kind, text).secret)))


async def look(tx: Transaction, kind: Kind, text: str) -> Link:
    """Return what a link opens, which stays good."""
    return _there(await store.find(tx, kind, hash_secret(_read(kind, text).secret)))


async def end(tx: Transaction, kind: Kind, subject_id: str) -> None:
    await store.remove(tx, kind, subject_id)


def _read(kind: Kind, text: str) -> Credential:
    try:
        return parse(text, kind)
    except CredentialRefused as error:
        raise LinkRefused(error.sentence) from None


def _there(found: Link | None) -> Link:
    if found is None:
        raise LinkRefused("This link was used, has ended, or was replaced by another one; ask for a new one.")
    return found
