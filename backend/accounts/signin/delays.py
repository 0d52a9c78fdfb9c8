"""How long the next try to sign in has to wait. Nobody is locked out: wrong tries make the next ones slower.

| counter | free tries | first wait | longest wait | one try is forgotten after |
|---|---|---|---|---|
| account x network | 5 | 2 s | 900 s | 1800 s |
| account, from all networks | 20 | 1 s | 30 s | 60 s |
| network, for all accounts | 100 | 0.25 s | 1 s | 5 s |
| everybody | 1000 | 0.01 s | 0.05 s | 0.1 s |
| known device of the account | 5 | 2 s | 900 s | 1800 s |
| second factor of the account | 5 | 2 s | 900 s | 1800 s |

A wait doubles with each try beyond the free ones and runs from the last try that was taken; the longest of the waits
that apply is the one. A try is counted before its hash is computed, so tries sent side by side count too. A try that
came too early is answered with its wait and neither counted nor looked at: trying on does not make it longer.

A known device (it holds a token that an earlier sign-in to this account left there) has a counter of its own and meets
none of the others. So whoever hammers an account from everywhere slows down strangers and new devices, and not its
owner at the usual place. The counters shared by many have short waits, since one of the many can use up every turn.

A right password gives back the try that was counted. Only the counters of that network or that device begin anew;
the account's does not, or each sign-in of the owner would give whoever guesses elsewhere new free tries. With a second
factor, the sign-in is right when that is right too; its own counter can be used up only by who knows the password.

Somebody unknown has the same counters, under what was typed, so that waits tell nothing about who has an account.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

# Beyond it every wait is at its cap; doubling further would leave the range of numbers.
_MOST_DOUBLINGS: Final = 30
_HALF_A_TRY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Counter:
    """Tries that are not forgotten yet, as of the last one that was taken."""

    tries: float = 0.0
    last_seconds: float = 0.0


FRESH: Final = Counter()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table above."""

    free_tries: int
    first_seconds: float
    longest_seconds: float
    forgotten_seconds: float

    def wait_seconds(self, counter: Counter, now: float) -> float:
        """How long from now until the next try is taken; 0 is at once."""
        # A part of a try that was forgotten meanwhile does not make a whole one free.
        beyond = math.ceil(counter.tries - _HALF_A_TRY) - self.free_tries
        if beyond < 0:
            return 0.0
        wait = min(self.first_seconds * 2.0 ** min(beyond, _MOST_DOUBLINGS), self.longest_seconds)
        return max(0.0, wait - _passed(counter, now))

    def counted(self, counter: Counter, now: float) -> Counter:
        """Count a try that is taken, before its hash."""
        left = max(0.0, counter.tries - _passed(counter, now) / self.forgotten_seconds)
        # A clock that was set back must not make the last try older than it is.
        return Counter(left + 1, max(now, counter.last_seconds))


ACCOUNT_AND_NETWORK: Final = Rule(5, 2.0, 900.0, 1800.0)
ACCOUNT: Final = Rule(20, 1.0, 30.0, 60.0)
NETWORK: Final = Rule(100, 0.25, 1.0, 5.0)
EVERYBODY: Final = Rule(1000, 0.01, 0.05, 0.1)
KNOWN_DEVICE: Final = Rule(5, 2.0, 900.0, 1800.0)
SECOND_FACTOR: Final = Rule(5, 2.0, 900.0, 1800.0)


@dataclass(frozen=True, slots=True)
class Counters:
    """All that one try meets. `device` is there only if its token is one of this very account."""

    account_and_network: Counter = FRESH
    account: Counter = FRESH
    network: Counter = FRESH
    everybody: Counter = FRESH
    device: Counter | None = None


def wait_seconds(counters: Counters, now: float) -> float:
    """How long from now until the next try of a password is taken; 0 is at once."""
    if counters.device is not None:
        return KNOWN_DEVICE.wait_seconds(counters.device, now)
    return max(
        ACCOUNT_AND_NETWORK.wait_seconds(counters.account_and_network, now),
        ACCOUNT.wait_seconds(counters.account, now),
        NETWORK.wait_seconds(counters.network, now),
        EVERYBODY.wait_seconds(counters.everybody, now),
    )


def counted(counters: Counters, now: float) -> Counters:
    """Count a try that need not wait; to be stored before its hash is computed."""
    if counters.device is not None:
        return replace(counters, device=KNOWN_DEVICE.counted(counters.device, now))
    return Counters(
        ACCOUNT_AND_NETWORK.counted(counters.account_and_network, now),
        ACCOUNT.counted(counters.account, now),
        NETWORK.counted(counters.network, now),
        EVERYBODY.counted(counters.everybody, now),
    )


def after_success(counters: Counters) -> Counters:
    """Return the counters after a counted try was right, second factor and all."""
    if counters.device is not None:
        return replace(counters, device=FRESH)
    return Counters(
        FRESH, _given_back(counters.account), _given_back(counters.network), _given_back(counters.everybody)
    )


def _given_back(counter: Counter) -> Counter:
    return replace(counter, tries=max(0.0, counter.tries - 1))


def _passed(counter: Counter, now: float) -> float:
    return max(0.0, now - counter.last_seconds)
