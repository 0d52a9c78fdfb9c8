"""Everything that accounts are made of, put together once for a process."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.service import AuditTrail
from backend.accounts.mail.notices import House, Notices
from backend.accounts.mail.sending import MailSender
from backend.accounts.people.break_glass.service import BreakGlass
from backend.accounts.people.invitations.service import Invitations
from backend.accounts.people.matrix import Matrix
from backend.accounts.people.service import People
from backend.accounts.signin.breached import Breached
from backend.accounts.signin.hash_queue import HashQueue
from backend.accounts.signin.hashing import Hasher
from backend.accounts.signin.passwords.service import Passwords
from backend.accounts.signin.second_factor.service import SecondFactor
from backend.accounts.signin.service import SignIn
from backend.accounts.signin.tries.service import Tries
from backend.sealing.vault import Vault
from backend.web.keys import app_key


@dataclass(frozen=True, slots=True)
class Accounts:
    vault: Vault
    matrix: Matrix
    trail: AuditTrail
    notices: Notices
    mail: MailSender
    people: People
    hashes: HashQueue
    signin: SignIn
    passwords: Passwords
    second_factor: SecondFactor
    invitations: Invitations
    break_glass: BreakGlass


ACCOUNTS: Final = app_key("accounts", Accounts)


def put_together(
    vault: Vault,
    matrix: Matrix,
    house: House,
    mail: MailSender,
    *,
    breached: Breached | None,
    hasher: Hasher,
    trail: AuditTrail | None = None,
) -> Accounts:
    """Make the services; whoever does closes `hashes` in the end. The trail has the keys of the vault by default."""
    trail = trail or AuditTrail(vault.ring)
    people = People(vault)
    notices = Notices(people, house)
    hashes = HashQueue(hasher)
    tries = Tries(vault.ring)
    signin = SignIn(people, hashes, tries, trail, notices)
    return Accounts(
        vault=vault,
        matrix=matrix,
        trail=trail,
        notices=notices,
        mail=mail,
        people=people,
        hashes=hashes,
        signin=signin,
        passwords=Passwords(
            people=people,
            hashes=hashes,
            tries=tries,
            signin=signin,
            trail=trail,
            notices=notices,
            breached=breached,
        ),
        second_factor=SecondFactor(people, tries, trail, notices, house.name),
        invitations=Invitations(vault, matrix, people, notices, trail),
        break_glass=BreakGlass(matrix, people, notices),
    )
