"""Passwords as they are stored: argon2id, whose price is paid in memory.

The stored text names its own cost, so that a stronger one is taken up person by person, as they sign in.
"""

from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from backend.secret import Secret


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try costs, us and whoever tries."""

    memory_kib: int
    passes: int


# Both from OWASP's list of settings that are equally hard to break.
USUAL: Final = Cost(memory_kib=46 * 1024, passes=1)
SMALL: Final = Cost(memory_kib=19 * 1024, passes=2)

_LANES: Final = 1
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
# A stored text that asks for more than this was not written by us and would take the machine's memory.
_MOST_MEMORY_KIB: Final = 256 * 1024
_MOST_PASSES: Final = 10


class StoredHashDamaged(Exception):
    """What is stored for an account is no hash of ours: a fault to be looked into, not a wrong password."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the password was right, and then whether to store a hash of today's cost instead."""

    right: bool
    needs_rehash: bool = False


WRONG: Final = Verified(right=False)


class Hasher:
    """Hashes and verifies at one cost; blocks for tens of milliseconds, so a server calls it through `HashQueue`."""

    def __init__(self, cost: Cost = USUAL) -> None:
        self._argon2 = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=_LANES,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        # Salt and hash are zeros in base64: no work was done for it, all the work is in comparing with it, and no
        # password is known that fits.
        self._nobodys = (
            f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={_LANES}"
            f"${_zeros_base64(_SALT_BYTES)}${_zeros_base64(_HASH_BYTES)}"
        )

    def hash(self, password: Secret) -> str:
        return self._argon2.hash(password.reveal())

    def verify(self, stored: str, password: Secret) -> Verified:
        _check_affordable(stored)
        try:
            self._argon2.verify(stored, password.reveal())
        except VerifyMismatchError:
            return WRONG
        except VerificationError:
            raise StoredHashDamaged("The stored password hash of this account cannot be computed.") from None
        return Verified(right=True, needs_rehash=self._argon2.check_needs_rehash(stored))

    def verify_unknown(self, password: Secret) -> Verified:
        """Do the work of `verify` for somebody who is not there, so that the time does not tell."""
        self.verify(self._nobodys, password)
        return WRONG


def _check_affordable(stored: str) -> None:
    try:
        parameters = extract_parameters(stored)
    except InvalidHashError:
        raise StoredHashDamaged("The stored password hash of this account is not in argon2's form.") from None
    if parameters.memory_cost > _MOST_MEMORY_KIB or parameters.time_cost > _MOST_PASSES:
        raise StoredHashDamaged("The stored password hash of this account asks for more work than any of ours.")


def _zeros_base64(count: int) -> str:
    return "A" * -(-count * 8 // 6)
