"""Whether a password may be chosen: no rule about kinds of characters, what counts is how hard it is to guess."""

from types import MappingProxyType
from typing import Final

from backend.accounts.signin.breached import Breached
from backend.accounts.signin.guesses import estimate
from backend.accounts.signin.patterns import Kind
from backend.accounts.signin.prepared import PasswordRefused, prepare
from backend.secret import Secret

MIN_CHARACTERS: Final = 12
# At the price of one hash, and with the tries that `delays.py` allows, a stolen table is what this is for.
MIN_BITS: Final = 36.0

_REASONS: Final = MappingProxyType(
    {
        Kind.OWN: "The password is made of your name, your address or your school, which others try first",
        Kind.WORD: "The password is a common one with small changes, which are tried as well",
        Kind.DATE: "The password is mostly a date, and there are few of those",
        Kind.WALK: "The password is mostly a walk over the keyboard, which looks harder to guess than it is",
        Kind.ROW: "The password mostly counts up or down",
        Kind.REPEAT: "The password says the same thing over again, which makes it hardly harder to guess",
        Kind.CHANCE: "The password is too easy to guess",
    }
)
_CURE: Final = "a few words that have nothing to do with one another are a good one."


def choose(text: str, *, about: tuple[str, ...] = (), breached: Breached | None = None) -> Secret:
    """Take a password to be hashed, or say in one sentence why not.

    `about` is what others know of its owner: name, address, school. It takes milliseconds and reads the breached list:
    a server calls it in a thread.
    """
    secret = prepare(text)
    password = secret.reveal()
    if len(password) < MIN_CHARACTERS:
        raise PasswordRefused(f"The password has fewer than {MIN_CHARACTERS} characters; {_CURE}")
    judged = estimate(password, about)
    if judged.bits < MIN_BITS:
        raise PasswordRefused(f"{_REASONS[judged.mostly]}; {_CURE}")
    if breached is not None and breached.holds(secret):
        raise PasswordRefused(f"The password is on a list of passwords that were stolen elsewhere; {_CURE}")
    return secret
