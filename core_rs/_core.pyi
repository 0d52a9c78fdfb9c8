from collections.abc import Callable, Sequence
from os import PathLike
from types import GenericAlias
from typing import Final, Generic, Literal, TypeAlias, TypeVar, final

__all__ = [
    "DEBUG_BUILD",
    "MOST_UNPACKED_BYTES",
    "ONE_CALL_BYTES",
    "SOURCES_DIGEST",
    "BaseMissing",
    "BuildRefused",
    "Bundle",
    "BundleDamaged",
    "BundleEntry",
    "BundleTooLarge",
    "Burst",
    "CoreError",
    "Debits",
    "Decision",
    "Demand",
    "Diagnostic",
    "FileChanged",
    "FileFailed",
    "Gate",
    "LimitKey",
    "Limits",
    "MacKey",
    "Memo",
    "NameRefused",
    "NoSuchFile",
    "NotABundle",
    "Packed",
    "Policy",
    "PolicyRefused",
    "Project",
    "Proven",
    "Prover",
    "SignatureRefused",
    "Stopped",
    "Table",
    "TableRefused",
    "TargetExists",
    "Tree",
    "TreeHash",
    "TreeInstance",
    "Waiting",
    "Watching",
    "WindowRefused",
    "WindowsFull",
    "blake3",
    "bundle_delta",
    "bundle_join",
    "device_key",
    "device_use",
    "ed25519_public_key",
    "ed25519_sign",
    "ed25519_verify",
    "hash_file",
    "hash_tree",
    "hkdf_sha256",
    "hkdf_sha256_expand",
    "is_plain_json",
    "pack_blobs",
    "pack_folder",
    "send_each",
    "send_to_all",
    "session_id",
    "session_key",
    "session_use",
    "sha256",
    "wrap_key",
]

SOURCES_DIGEST: str
DEBUG_BUILD: bool

# Inside a class that has a property of that name, `bytes` would mean the property.
_Bytes: TypeAlias = bytes
_Path: TypeAlias = str | PathLike[str]
_Algorithm: TypeAlias = Literal["blake3", "sha256"]
# done_bytes, total_bytes (0 while unknown), done_files; at most every 100 ms. False stops the work.
_Progress: TypeAlias = Callable[[int, int, int], object]

# Errors: each of them a sentence.

class CoreError(Exception): ...
class Stopped(CoreError): ...

class FileFailed(CoreError):
    # The system's number for what happened, where it was the system that said so.
    errno: int | None

class FileChanged(CoreError): ...
class TargetExists(CoreError): ...
class BundleDamaged(CoreError): ...
class NotABundle(BundleDamaged): ...
class BundleTooLarge(CoreError): ...
class NameRefused(CoreError): ...
class BaseMissing(CoreError): ...
class SignatureRefused(CoreError): ...
class NoSuchFile(CoreError): ...
class TableRefused(CoreError): ...
class WindowRefused(CoreError): ...
class WindowsFull(WindowRefused): ...
class PolicyRefused(CoreError): ...

# There is no project, or it has errors; nothing is written.
class BuildRefused(CoreError): ...

# Projects

@final
class Diagnostic:
    @property
    def path(self) -> str: ...
    # Both from 1; None for a file or a folder as a whole.
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    @property
    def severity(self) -> Literal["warning", "error"]: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def help(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class TreeInstance:
    @property
    def name(self) -> str: ...
    @property
    def class_name(self) -> str: ...
    @property
    def depth(self) -> int: ...
    @property
    def files(self) -> list[str]: ...

@final
class Project:
    @staticmethod
    def open(path: _Path, *, progress: _Progress | None = None) -> Project: ...
    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def diagnostics(self) -> list[Diagnostic]: ...
    # In which a change may change the project, as the system calls them.
    @property
    def folders(self) -> list[str]: ...
    # Whether the tree, or what is wrong with it, is another now.
    def refresh(self, dirty: Sequence[_Path] | None = None, *, progress: _Progress | None = None) -> bool: ...
    # How many instances there are in the file.
    def build(self, output: _Path, kind: str | None = None, *, progress: _Progress | None = None) -> int: ...
    def sourcemap(
        self, output: _Path | None = None, *, include_non_scripts: bool = False, absolute: bool = False
    ) -> str | None: ...
    def tree(self) -> list[TreeInstance]: ...
    def tree_hash(self) -> TreeHash: ...

@final
class Watching:
    def __new__(cls, folders: Sequence[_Path]) -> Watching: ...
    def add(self, folder: _Path) -> None: ...
    # None after so long without a change.
    def wait(self, seconds: float) -> Burst | None: ...

@final
class Burst:
    # To be looked at again.
    @property
    def folders(self) -> list[str]: ...
    # Whether changes were lost, so that everything has to be looked at.
    @property
    def needs_rescan(self) -> bool: ...
    # Folders that were asked for and are not there; they have to be added again.
    @property
    def gone(self) -> list[str]: ...
    # Sentences on what keeps changes from being seen.
    @property
    def faults(self) -> list[str]: ...

# Hashing

def blake3(data: bytes) -> bytes: ...
def sha256(data: bytes) -> bytes: ...
def hash_file(
    path: _Path, *, algorithm: _Algorithm = "blake3", threads: int | None = None, progress: _Progress | None = None
) -> bytes: ...
def hash_tree(
    root: _Path,
    *,
    algorithm: _Algorithm = "blake3",
    memo: Memo | None = None,
    threads: int | None = None,
    progress: _Progress | None = None,
) -> Tree: ...

@final
class Memo:
    def __new__(cls, *, algorithm: _Algorithm = "blake3") -> Memo: ...
    @staticmethod
    def load(path: _Path, *, algorithm: _Algorithm = "blake3") -> Memo: ...
    @property
    def fault(self) -> str | None: ...
    def save(self, path: _Path) -> None: ...
    def verify(self, root: _Path, *, threads: int | None = None, progress: _Progress | None = None) -> list[str]: ...
    def __len__(self) -> int: ...

@final
class TreeHash:
    @property
    def digest(self) -> _Bytes: ...
    @property
    def instances(self) -> int: ...
    # The names on the way to an instance, a property (or an attribute behind @), and why: type, misfit, unkept, engine.
    @property
    def not_proven(self) -> list[tuple[list[str], str, str]]: ...

@final
class Tree:
    @property
    def digest(self) -> bytes: ...
    @property
    def files(self) -> list[tuple[str, int, bytes]]: ...
    @property
    def empty_folders(self) -> list[str]: ...
    @property
    def skipped(self) -> list[tuple[str, str]]: ...
    @property
    def files_read(self) -> int: ...
    def __len__(self) -> int: ...

# Bundles

# What the files of a bundle may add up to, unless `open` is told otherwise.
MOST_UNPACKED_BYTES: int

@final
class BundleEntry:
    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> Literal["file", "executable", "folder"]: ...
    @property
    def size(self) -> int: ...
    @property
    def chunks(self) -> list[bytes]: ...

@final
class Bundle:
    @staticmethod
    def open(path: _Path, *, most_unpacked_bytes: int | None = None) -> Bundle: ...
    @property
    def name(self) -> bytes: ...
    @property
    def base(self) -> bytes | None: ...
    @property
    def signer(self) -> bytes | None: ...
    @property
    def total_bytes(self) -> int: ...
    @property
    def chunks(self) -> int: ...
    @property
    def carried_chunks(self) -> int: ...
    @property
    def packs(self) -> int: ...
    def __len__(self) -> int: ...
    def entries(self) -> list[BundleEntry]: ...
    def check_signature(self, trusted: bytes) -> None: ...
    def verify(
        self,
        *,
        bases: Sequence[Bundle] | None = None,
        trusted: bytes | None = None,
        threads: int | None = None,
        progress: _Progress | None = None,
    ) -> tuple[int, int]: ...
    def unpack(
        self,
        target: _Path,
        *,
        bases: Sequence[Bundle] | None = None,
        trusted: bytes | None = None,
        any_name: bool = False,
        durable: bool = False,
        threads: int | None = None,
        progress: _Progress | None = None,
    ) -> tuple[int, int]: ...
    def read(
        self,
        path: str,
        *,
        bases: Sequence[Bundle] | None = None,
        most_bytes: int | None = None,
        progress: _Progress | None = None,
    ) -> bytes: ...

@final
class Packed:
    @property
    def name(self) -> bytes: ...
    @property
    def bytes(self) -> int: ...
    @property
    def packs(self) -> int: ...
    @property
    def chunks(self) -> int: ...
    @property
    def carried_chunks(self) -> int: ...
    @property
    def files(self) -> int: ...
    @property
    def entries(self) -> int: ...
    @property
    def signer(self) -> _Bytes | None: ...
    @property
    def total_bytes(self) -> int: ...
    @property
    def files_read(self) -> int: ...
    @property
    def skipped(self) -> list[tuple[str, str]]: ...

def pack_folder(
    root: _Path,
    out: _Path,
    *,
    base: Bundle | None = None,
    memo: Memo | None = None,
    seed: bytes | None = None,
    any_name: bool = False,
    durable: bool = False,
    threads: int | None = None,
    progress: _Progress | None = None,
) -> Packed: ...
def pack_blobs(
    blobs: Sequence[tuple[str, bytes]],
    out: _Path,
    *,
    base: Bundle | None = None,
    seed: bytes | None = None,
    any_name: bool = False,
    durable: bool = False,
    threads: int | None = None,
    progress: _Progress | None = None,
) -> Packed: ...
def bundle_delta(
    old: Bundle,
    new: Bundle,
    out: _Path,
    *,
    bases: Sequence[Bundle] | None = None,
    durable: bool = False,
    threads: int | None = None,
    progress: _Progress | None = None,
) -> Packed: ...
def bundle_join(
    bundle: Bundle,
    out: _Path,
    *,
    bases: Sequence[Bundle] | None = None,
    durable: bool = False,
    threads: int | None = None,
    progress: _Progress | None = None,
) -> Packed: ...

# JSON

# Whether it means one thing to everybody and is plain besides; False says nothing: look at it closely then.
def is_plain_json(text: bytes) -> bool: ...

# Single use and limits. Seconds are the table's own, since it was made; wall time never enters it.

_Verdict: TypeAlias = Literal["fresh", "replayed", "too_old", "too_far", "gone", "ended"]
_Spending: TypeAlias = Literal["accepted", "spent", "expired", "too_long", "full"]
_Dimension: TypeAlias = Literal["address", "session", "account", "tenant", "route", "claim"]

@final
class Table:
    @staticmethod
    def in_process(*, sessions: int = 1024, spent: int = 4096, limits: int = 8192) -> Table: ...
    # Linux. The supervisor makes it, workers open the descriptor that they inherit.
    @staticmethod
    def create_shared(*, sessions: int = 1024, spent: int = 4096, limits: int = 8192) -> Table: ...
    @staticmethod
    def open_shared(descriptor: int, epoch: str) -> Table: ...
    @property
    def descriptor(self) -> int | None: ...
    @property
    def epoch(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def revocations(self) -> int: ...
    def revoke(self) -> int: ...
    def seconds(self) -> int: ...
    # sid: the 16 random bytes of a session's id. Gives the slot.
    def open_window(self, sid: _Bytes, *, life_seconds: int, tag: int = 0) -> int: ...
    # No number of it is taken any more, in any process; False where it has no window.
    def end_window(self, sid: _Bytes) -> bool: ...
    # slot, tag, end
    def lookup(self, sid: _Bytes) -> tuple[int, int, int] | None: ...
    # The next expected number stands beside "replayed" and "too_old".
    def accept(self, slot: int, number: int) -> tuple[_Verdict, int | None]: ...
    def spend(self, token: _Bytes, ends: int) -> _Spending: ...

@final
class Policy:
    def __new__(cls, name: str, *, count: int, seconds: int, burst: int, shadow: bool = False) -> Policy: ...
    @property
    def name(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def seconds(self) -> int: ...
    @property
    def burst(self) -> int: ...
    @property
    def shadow(self) -> bool: ...

@final
class LimitKey:
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Decision:
    # For a store that decides elsewhere.
    def __new__(
        cls,
        admitted: bool,
        policy: int,
        limit: int,
        remaining: int,
        reset_millis: int,
        retry_after_millis: int,
        shadowed: int,
    ) -> Decision: ...
    @property
    def admitted(self) -> bool: ...
    @property
    def policy(self) -> int: ...
    @property
    def limit(self) -> int: ...
    @property
    def remaining(self) -> int: ...
    @property
    def reset_millis(self) -> int: ...
    @property
    def retry_after_millis(self) -> int: ...
    # A bit for each policy in shadow that would have refused.
    @property
    def shadowed(self) -> int: ...
    # Admitted, and by those in shadow too.
    @property
    def plain(self) -> bool: ...

# Keys, each with the policy that it is charged under: looked at once, by Limits, and charged for each request.
@final
class Debits: ...

@final
class Limits:
    # All processes of a table must give the same policies.
    def __new__(cls, table: Table, policies: Sequence[Policy]) -> Limits: ...
    def key(self, dimension: _Dimension, name: _Bytes) -> LimitKey: ...
    # Charged in this order, and to nobody if one refuses.
    def check(self, debits: Sequence[tuple[LimitKey, int]]) -> Decision: ...
    def debits(self, debits: Sequence[tuple[LimitKey, int]]) -> Debits: ...
    # As a check of the one and then of the other: a refusal by the second gives nothing of the first back. Where all is
    # plain, what the tightest leaves and the lines that tell of it; else the decision.
    def count(self, first: Debits, then: Debits | None = None, /) -> tuple[int, bytes] | Decision: ...
    # The lines of an answer's head that tell of it, each with its end.
    def told(self, decision: Decision) -> bytes: ...
    # Signed requests that the limit of an address in shadow would have refused; no verdict tells it.
    @property
    def shadowed_addresses(self) -> int: ...

# Keys, MACs and signatures. A key id is a session's id, a full stop and the epoch of the table.

_DeviceUse: TypeAlias = Literal["open", "wrap", "grant", "check"]
_SessionUse: TypeAlias = Literal["request", "answer", "stream"]

@final
class MacKey:
    # Of any length; its work is done here, once.
    def __new__(cls, key: bytes) -> MacKey: ...
    def mac(self, message: bytes) -> bytes: ...
    # In a time that does not tell where they differ.
    def verify(self, message: bytes, tag: bytes) -> bool: ...
    # The lines of an answer's head that show it to be of this key (docs/protocol.md, 4), each with its end. `signature`
    # is the header of the request, as it was sent.
    def prove(
        self,
        signature: str,
        status: int,
        content_type: str,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        milliseconds: int,
        /,
    ) -> bytes: ...

def hkdf_sha256(secret: bytes, salt: bytes, info: bytes) -> bytes: ...
def hkdf_sha256_expand(key: bytes, info: bytes) -> bytes: ...
def device_key(master: bytes, bridge_id: bytes, device_id: bytes, generation: int) -> bytes: ...
def device_use(device: bytes, used_for: _DeviceUse) -> bytes: ...
def session_id(master_version: int, shard: int, random: bytes) -> str: ...
def session_key(master: bytes, bridge_id: bytes, key_id: str) -> bytes: ...
def session_use(session: bytes, used_for: _SessionUse) -> bytes: ...

# Hides, and shows again; never twice with one pad key and one context.
def wrap_key(pad_key: bytes, context: bytes, key: bytes) -> bytes: ...
def ed25519_public_key(seed: bytes) -> bytes: ...
def ed25519_sign(seed: bytes, message: bytes) -> bytes: ...
def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool: ...

# Writes to many sockets, as far as each takes it now; returns which did not take all, with how much they took. Whoever
# calls holds them open, and knows that nothing else waits to be written there. On Windows nothing is taken.
def send_to_all(numbers: Sequence[int], data: bytes) -> list[tuple[int, int]]: ...
def send_each(parcels: Sequence[tuple[int, bytes]]) -> list[tuple[int, int]]: ...

# Signed requests. A verdict is its code, whom or what it is about, a number, and the limit that is told.

# Longer bodies take admit_head and admit_body.
ONE_CALL_BYTES: Final[int]

_Principal = TypeVar("_Principal")
_Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
_Refused: TypeAlias = (
    tuple[Literal["too_large", "not_proven"], None, int, None]
    # A sentence for the client.
    | tuple[Literal["malformed"], str, int, None]
    | tuple[Literal["address_limited"], None, int, Decision]
    # The key id that the request named.
    | tuple[Literal["stale", "epoch"], str, int, None]
    | tuple[Literal["need_record"], Waiting, int, None]
    | tuple[Literal["revoked", "out_of_scope", "wrong_digest"], _Principal, int, None]
    # The next number that would be taken.
    | tuple[Literal["replayed"], _Principal, int, None]
    | tuple[Literal["limited"], _Principal, int, Decision]
)
# The number is the one that was spent, or will be.
_Admitted: TypeAlias = tuple[Literal["admitted"], _Principal, int, Decision] | _Refused[_Principal]
_Shown: TypeAlias = tuple[Literal["proven"], Proven[_Principal], int, None] | _Refused[_Principal]

@final
class Demand:
    # The policy of the route's class, by its place in the list.
    @property
    def policy(self) -> int: ...

# What waits and what is proven goes back to whom it is from: a gate and a prover do not exchange it.
@final
class Waiting:
    @property
    def sid(self) -> str: ...
    @property
    def key_id(self) -> str: ...

@final
class Proven(Generic[_Principal]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    @property
    def principal(self) -> _Principal: ...

@final
class Gate(Generic[_Principal]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    # address, session, account and tenant name the policies of the limits; masters are keys by version.
    # So many sessions are `remembered`, half a kilobyte each, and need no record and no key until a revocation.
    def __new__(
        cls,
        limits: Limits,
        *,
        bridge_id: bytes,
        masters: dict[int, bytes],
        address: str,
        session: str,
        account: str,
        tenant: str,
        remembered: int = 65536,
    ) -> Gate[_Principal]: ...
    # What a route asks: the policy of its class, and one bit for each scope that it needs.
    def demand(self, class_policy: str, *, scopes: int = 0) -> Demand: ...
    # target: path and query as they stand in the request line. headers: aiohttp's raw_headers.
    def admit(
        self, demand: Demand, address: str, method: str, target: str, headers: _Headers, body: bytes, /
    ) -> _Admitted[_Principal]: ...
    def admit_head(
        self, demand: Demand, address: str, method: str, target: str, headers: _Headers, /
    ) -> _Shown[_Principal]: ...
    # Load the record after `need_record` came: what was withdrawn since then is noticed.
    def put_record(
        self,
        waiting: Waiting,
        principal: _Principal,
        *,
        account: bytes,
        tenant: bytes,
        scopes: int = 0,
        revoked: bool = False,
    ) -> Proven[_Principal]: ...
    def recheck(self, proven: Proven[_Principal], /) -> _Shown[_Principal]: ...
    def admit_body(self, proven: Proven[_Principal], body: bytes, /) -> _Admitted[_Principal]: ...
    # Sessions of versions that keep their key go on, the others are over.
    def replace_masters(self, masters: dict[int, bytes]) -> None: ...
    # For answers and streams; None where the session's master key is not in use.
    def session_mac(self, key_id: str, used_for: _SessionUse) -> MacKey | None: ...
    @property
    def remembered(self) -> int: ...

# Before a store that is elsewhere. It says what a worker can know; the store has the last word on the session's
# window, on the revocations and on the number. Its refusals tell the `note` that came with the record.

_Note = TypeVar("_Note")

@final
class Prover(Generic[_Principal, _Note]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    # The limits are this worker's and count addresses; the other policies only lend their names.
    def __new__(
        cls,
        limits: Limits,
        *,
        bridge_id: bytes,
        masters: dict[int, bytes],
        address: str,
        remembered: int = 65536,
    ) -> Prover[_Principal, _Note]: ...
    def demand(self, class_policy: str, *, scopes: int = 0) -> Demand: ...
    def prove(
        self, demand: Demand, address: str, method: str, target: str, headers: _Headers, body: bytes, /
    ) -> _Known[_Principal, _Note]: ...
    def prove_head(
        self, demand: Demand, address: str, method: str, target: str, headers: _Headers, /
    ) -> _Known[_Principal, _Note]: ...
    # Ask the store for its revocations, then load the record.
    @staticmethod
    def at(waiting: Waiting, generation: int) -> Waiting: ...
    def put_record(
        self, waiting: Waiting, principal: _Principal, *, note: _Note, scopes: int = 0, revoked: bool = False
    ) -> Proven[_Principal]: ...
    def recheck(self, proven: Proven[_Principal], /) -> _Known[_Principal, _Note]: ...
    def prove_body(self, proven: Proven[_Principal], body: bytes, /) -> _Known[_Principal, _Note]: ...
    # The note, the policy of the route's class, and the revocations that the record was loaded at.
    @staticmethod
    def noted(proven: Proven[_Principal], /) -> tuple[_Note, int, int]: ...
    # The store's revocations stand there by now.
    @staticmethod
    def outdated(proven: Proven[_Principal], generation: int, /) -> Waiting: ...
    # The store says that the session is over.
    def forget(self, key_id: str, /) -> None: ...
    def replace_masters(self, masters: dict[int, bytes]) -> None: ...
    def session_mac(self, key_id: str, used_for: _SessionUse) -> MacKey | None: ...
    @property
    def remembered(self) -> int: ...

_Known: TypeAlias = (
    tuple[Literal["too_large", "not_proven"], None, int, None]
    | tuple[Literal["malformed"], str, int, None]
    | tuple[Literal["address_limited"], None, int, Decision]
    | tuple[Literal["stale"], str, int, None]
    | tuple[Literal["need_record"], Waiting, int, None]
    | tuple[Literal["revoked", "out_of_scope", "wrong_digest"], _Note, int, None]
    | tuple[Literal["proven"], Proven[_Principal], int, None]
)
