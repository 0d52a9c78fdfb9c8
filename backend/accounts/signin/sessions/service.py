"""The rules of sign-ins: a secret that changes with each proof, an end when idle and an end in any case."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.accounts.signin.sessions import store
from backend.accounts.signin.sessions.store import Signin
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import Unauthenticated
from backend.ids import new_id
from backend.secret import Secret

_SECRET_BYTES: Final = 32
LASTS_MILLISECONDS: Final = 12 * 3_600_000
IDLE_MILLISECONDS: Final = 30 * 60_000
# The last use is noted to about a minute: a write for each request would cost more than the request.
NOTED_APART_MILLISECONDS: Final = 60_000
# Somebody with more devices than this signs the oldest out with the next.
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A sign-in and its secret, which goes to the browser and is kept nowhere."""

    signin: Signin
    secret: Secret


def digest_of(secret: Secret) -> bytes:
    """What is stored. 256 bits of chance cannot be tried through, so a fast hash is enough."""
    return hashlib.sha256(secret.reveal().encode("ascii")).digest()


async def open_signin(tx: Transaction, person_id: str, *, device: str, whole: bool = False) -> Opened:
    secret = _new_secret()
    signin = await store.add(
        tx, new_id(), person_id, digest_of(secret), device=device, milliseconds=LASTS_MILLISECONDS, whole=whole
    )
    await store.end_oldest(tx, person_id, kept=_MOST)
    return Opened(signin, secret)


async def renew(
    tx: Transaction, rights: RightsChanges, signin_id: str, *, second_factor: bool = False, stepped_up: bool = False
) -> Opened:
    """Give a sign-in another secret, so that one that was seen or planted before is worth nothing after the proof."""
    secret = _new_secret()
    signin = await store.renew(tx, signin_id, digest_of(secret), second_factor=second_factor, stepped_up=stepped_up)
    if signin is None:
        raise Unauthenticated("This sign-in has ended; sign in anew.")
    await rights.changed(tx)
    return Opened(signin, secret)


async def of_person(tx: Transaction, person_id: str) -> Sequence[Signin]:
    return await store.of_person(tx, person_id, at_most=_MOST)


async def end(tx: Transaction, rights: RightsChanges, person_id: str, signin_id: str) -> int:
    """Sign somebody out in one place; return whether they were signed in there."""
    ended = await store.end(tx, person_id, signin_id)
    if ended:
        await rights.changed(tx)
    return ended


async def end_all(tx: Transaction, rights: RightsChanges, person_id: str, *, but: str | None = None) -> int:
    """Sign somebody out everywhere, or everywhere else; return in how many places that was."""
    ended = await store.end_all(tx, person_id, but=but)
    if ended:
        await rights.changed(tx)
    return ended


def _new_secret() -> Secret:
    return Secret(base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).rstrip(b"=").decode("ascii"))
