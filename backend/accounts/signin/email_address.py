"""Addresses of people: what is stored as they wrote it, and the form by which they are found.

Two spellings with one look-up form count as one person, so that nobody has two accounts by a capital letter. Mail goes
only to the address as it was stored: two mailboxes may share a look-up form (`strasse@` and `straße@`), and a reset
that went to whatever was typed would hand one person's account to the other.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import idna

from backend.accounts.refused import Refused
from backend.accounts.signin.unseen import unseen

MAX_ADDRESS_BYTES: Final = 254
MAX_LOCAL_PART_BYTES: Final = 64
# What may stand unquoted before the @ (RFC 5322 with RFC 6532); quoted forms are legal and in practice always a slip.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_LOCAL_PART: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_ASCII_SPACES: Final = " \t\r\n"


class AddressRefused(Refused):
    """The text is no address that we could send mail to."""


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address; `written` is for mail and for the eye, `lookup` for finding and nothing else."""

    written: str
    lookup: str

    @property
    def wire(self) -> str:
        """The same mailbox as mail servers name it: the domain in ASCII, so that fewer of them need SMTPUTF8."""
        return f"{self.written.rpartition('@')[0]}@{self.lookup.rpartition('@')[2]}"


def parse(text: str) -> EmailAddress:
    """Read an address; spaces around it come from pasting and are dropped."""
    # Before anything else looks at it: normalising and IDNA take their time with long texts.
    if len(text) > 2 * MAX_ADDRESS_BYTES:
        raise AddressRefused(_TOO_LONG)
    written = text.strip(_ASCII_SPACES)
    if unseen(written):
        raise AddressRefused(
            "The address holds a space or a character that cannot be seen; type it instead of pasting it."
        )
    local_part, at, domain = written.rpartition("@")
    if not at:
        raise AddressRefused("An address has an `@` between the name and the domain, as in `name@school.example`.")
    _check_local_part(local_part)
    ascii_domain = _ascii_domain(domain)
    # Both spellings of the domain may end up on the wire.
    longest_domain = max(len(_utf8(domain)), len(ascii_domain))
    if len(_utf8(local_part)) + 1 + longest_domain > MAX_ADDRESS_BYTES:
        raise AddressRefused(_TOO_LONG)
    return EmailAddress(written, f"{fold(local_part)}@{ascii_domain}")


def fold(text: str) -> str:
    """Drop what is the same to a reader: case, and whether an accent is its own character (Unicode's D145)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _check_local_part(local_part: str) -> None:
    if '"' in local_part or "\\" in local_part:
        raise AddressRefused("The part before the `@` is in quotes, which is not taken here; use an address without.")
    if not _LOCAL_PART.fullmatch(local_part):
        raise AddressRefused("The part before the `@` is not what a mailbox can be called; look for a slip there.")
    if unicodedata.category(local_part[0]).startswith("M"):
        raise AddressRefused("The part before the `@` begins with an accent that belongs to no letter.")
    if len(_utf8(local_part)) > MAX_LOCAL_PART_BYTES:
        raise AddressRefused(f"The part before the `@` is longer than {MAX_LOCAL_PART_BYTES} bytes.")


def _ascii_domain(domain: str) -> str:
    if domain.startswith("["):
        raise AddressRefused("The address names a machine by its number; use one with a domain.")
    try:
        found = idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:  # idna's own errors are of this kind, and their texts repeat the domain
        raise AddressRefused("The part after the `@` is not a domain; look for a slip there.") from None
    name, dot, top = found.rpartition(".")
    if not (name and dot and top):
        raise AddressRefused("The part after the `@` has to be a whole domain with a dot inside, as `school.example`.")
    if top.isdigit():
        raise AddressRefused("The address names a machine by its number; use one with a domain.")
    return found


def _utf8(text: str) -> bytes:
    return text.encode("utf-8")


_TOO_LONG: Final = f"The address is longer than {MAX_ADDRESS_BYTES} bytes, which no mail system takes."
