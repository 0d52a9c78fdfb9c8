"""What a request asks of the server, made once for each session and class of routes but for its last two numbers."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Final

from bridge.gate.principal import Principal
from bridge.gate.stores.scripts import SCRIPTS
from core_rs import Policy

_MICROSECONDS: Final = 1_000_000
_RANDOM_BYTES: Final = 16


class Names:
    """The keys of one installation: several may share a server."""

    def __init__(self, bridge_id: bytes) -> None:
        self._prefix = prefix = b"tbx:" + bridge_id.hex().encode() + b":"
        self.life = prefix + b"life"

    def window(self, sid: bytes) -> bytes:
        return self._prefix + b"w:" + sid

    def window_of(self, key_id: str) -> bytes:
        return self.window(urlsafe_b64decode(key_id.partition(".")[0] + "==")[-_RANDOM_BYTES:])

    def spent(self, digest: bytes) -> bytes:
        return self._prefix + b"s:" + digest

    def limit(self, policy: Policy, name: bytes) -> bytes:
        return self._prefix + b"l:" + policy.name.encode() + b":" + name


class Held:
    """What a worker keeps of a session beside what the core does."""

    __slots__ = ("account", "key_id", "loaded_at", "principal", "starts", "tenant")

    def __init__(self, principal: Principal, key_id: str, *, account: bytes, tenant: bytes) -> None:
        self.principal = principal
        self.key_id = key_id
        self.account = account
        self.tenant = tenant
        # Where the revocations stood before its record was read; told once the core has it.
        self.loaded_at = -1
        # By the policy of the class: all of a command but its end.
        self.starts: dict[int, bytes] = {}


class Requests:
    def __init__(self, names: Names, policies: Sequence[Policy]) -> None:
        self._names = names
        self.policies = tuple(policies)
        self._numbers = {policy.name: number for number, policy in enumerate(self.policies)}
        self._always = tuple(self._numbers[name] for name in ("session", "account", "tenant"))

    def order(self, of_class: int) -> tuple[int, ...]:
        """Return the policies that a request is charged under, in their order."""
        return (*self._always, of_class)

    def start(self, held: Held, of_class: int) -> bytes:
        found = held.starts.get(of_class)
        if found is None:
            found = held.starts[of_class] = self._made(held, of_class)
        return found

    def _made(self, held: Held, of_class: int) -> bytes:
        sid, _, epoch = held.key_id.partition(".")
        policies = [self.policies[number] for number in self.order(of_class)]
        names = (sid.encode(), held.account, held.tenant, sid.encode())
        keys = (
            self._names.life,
            self._names.window_of(held.key_id),
            *(self._names.limit(policy, name) for policy, name in zip(policies, names, strict=True)),
        )
        limits = [word for policy in policies for word in (cost(policy), owed(policy), int(policy.shadow))]
        call = SCRIPTS["window"].call(keys, (epoch, *limits))
        count, _, words = call.removeprefix(b"*").partition(b"\r\n")
        return b"*%d\r\n%b" % (int(count) + 1, words)


def end(number: int) -> bytes:
    """Return the end of a command: its number."""
    word = b"%d" % number
    return b"$%d\r\n%b\r\n" % (len(word), word)


def cost(policy: Policy) -> int:
    """Return the microseconds that a request costs, never rounded to less.

    One more than the division: so much may be lost where two readings of the clock are rounded.
    """
    return -(-policy.seconds * _MICROSECONDS // policy.count) + 1


def owed(policy: Policy) -> int:
    return cost(policy) * policy.burst
