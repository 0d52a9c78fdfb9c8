"""Every error that leaves the program, and its code.

ToolboxError
├── RequestError                 the caller can mend it
│   ├── InvalidRequest           400  invalid_request
│   ├── Malformed                400  malformed
│   ├── WrongDigest              400  wrong_digest
│   ├── Unauthenticated          401  unauthenticated
│   ├── NotProven                401  not_proven
│   ├── Stale                    401  stale
│   ├── EpochEnded               401  epoch
│   ├── SignInRefused            401  sign_in_refused
│   ├── Forbidden                403  forbidden
│   ├── Revoked                  403  revoked
│   ├── OutOfScope               403  out_of_scope
│   ├── PlaceNotAllowed          403  place_not_allowed
│   ├── PairingDenied            403  pairing_denied
│   ├── Insecure                 403  insecure
│   ├── TicketRefused            403  ticket_refused
│   ├── ForeignOrigin            403  foreign_origin
│   ├── SecondFactorRequired     403  second_factor_required
│   ├── StepUpRequired           403  step_up_required
│   ├── NotFound                 404  not_found
│   ├── MethodNotAllowed         405  method_not_allowed
│   ├── RequestTimedOut          408  request_timed_out
│   ├── Conflict                 409  conflict
│   ├── Replayed                 409  replayed
│   ├── InProgress               409  in_progress
│   ├── AnswerNotKept            409  answer_not_kept
│   ├── LimitReached             409  limit_reached
│   ├── LinkRefused              410  link_refused
│   ├── PairingExpired           410  pairing_expired
│   ├── PreconditionFailed       412  precondition_failed
│   ├── TooLarge                 413  too_large
│   ├── UnsupportedMediaType     415  unsupported_media_type
│   ├── ExpectationFailed        417  expectation_failed
│   ├── UnknownHost              421  unknown_host
│   ├── IdempotencyKeyReused     422  idempotency_key_reused
│   ├── UpgradeRequired          426  upgrade_required
│   ├── PreconditionRequired     428  precondition_required
│   ├── TooManyTries             429  too_many_tries
│   ├── TooManyRequests          429  too_many_requests
│   ├── TooManySessions          429  too_many_sessions
│   ├── SlowDown                 429  slow_down
│   └── HeadersTooLarge          431  headers_too_large
├── ServiceError                 we have to mend it
│   ├── InternalError            500  internal
│   ├── DatabaseUnavailable      503  database_unavailable
│   ├── SignInBusy               503  sign_in_busy
│   ├── Crowded                  503  crowded
│   ├── StoreUnavailable         503  store_unavailable
│   └── TimedOut                 503  timed_out
└── OperatorError                the person at the machine can mend it; ends a command with `exit_code`
    ├── UsageError                2   usage
    ├── SettingsError             3   settings
    ├── DataFolderError           4   data_folder
    ├── AlreadyRunning            5   already_running
    ├── PortTaken                 6   port_taken
    ├── DatabaseError             7   database
    ├── DiskFull                  8   disk_full
    ├── ClockError                9   clock
    ├── WorkerFailed             10   worker_failed
    ├── NotRunning               11   not_running
    ├── CheckFailed              12   check_failed
    └── FilesError               13   files
"""

from dataclasses import dataclass
from typing import ClassVar, Final

# Said of an address that is not there, and in the same words of what is none of the caller's business.
NOTHING_HERE: Final = "There is nothing at this address."


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value in a request: where it stands and what is wrong with it."""

    path: str
    message: str


class ToolboxError(Exception):
    """An error with a stable code and one sentence that a person can act on."""

    code: ClassVar[str]

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RequestError(ToolboxError):
    status: ClassVar[int]
    # Whether the same request would be answered the same way again, so that the answer may be stored and replayed.
    deterministic: ClassVar[bool] = True
    headers: tuple[tuple[str, str], ...] = ()


class InvalidRequest(RequestError):
    code = "invalid_request"
    status = 400

    def __init__(self, sentence: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(sentence)
        self.errors = errors


def refused_value(path: str, sentence: str) -> InvalidRequest:
    """Return the refusal of a request in which one value is wrong."""
    return InvalidRequest("One value is not what this request takes; see `errors`.", (FieldError(path, sentence),))


class Unauthenticated(RequestError):
    code = "unauthenticated"
    status = 401
    deterministic = False
    headers = (("WWW-Authenticate", "Bearer"),)


class SignInRefused(RequestError):
    """What was given to sign in does not hold; the sentence is the same whatever was wrong."""

    code = "sign_in_refused"
    status = 401
    deterministic = False


class Forbidden(RequestError):
    code = "forbidden"
    status = 403


class ForeignOrigin(RequestError):
    """A page of another origin asks; what it may never do does not depend on who is signed in."""

    code = "foreign_origin"
    status = 403


class SecondFactorRequired(RequestError):
    """The right to do this holds only after a second factor."""

    code = "second_factor_required"
    status = 403
    deterministic = False


class StepUpRequired(RequestError):
    """A dangerous act: it takes a person who has just proved anew who they are."""

    code = "step_up_required"
    status = 403
    deterministic = False


class NotFound(RequestError):
    code = "not_found"
    status = 404


class MethodNotAllowed(RequestError):
    code = "method_not_allowed"
    status = 405

    def __init__(self, sentence: str, allowed: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.headers = (("Allow", ", ".join(allowed)),)


class RequestTimedOut(RequestError):
    code = "request_timed_out"
    status = 408
    deterministic = False


class Conflict(RequestError):
    code = "conflict"
    status = 409
    deterministic = False


class InProgress(RequestError):
    """The same idempotency key is at work in another request that did not end in time."""

    code = "in_progress"
    status = 409
    deterministic = False
    headers = (("Retry-After", "1"),)


class AnswerNotKept(RequestError):
    """The same idempotency key was answered before, with an answer too large to be kept; its effect stands."""

    code = "answer_not_kept"
    status = 409
    deterministic = False


class LimitReached(RequestError):
    """A tenant has as many of something as it may."""

    code = "limit_reached"
    status = 409
    deterministic = False


class LinkRefused(RequestError):
    """A link that works once does not, or no more."""

    code = "link_refused"
    status = 410
    deterministic = False


class PreconditionFailed(RequestError):
    """What is there is not what the caller has seen. Versions only rise, so the same request never fits again."""

    code = "precondition_failed"
    status = 412


class TooLarge(RequestError):
    code = "too_large"
    status = 413


class UnsupportedMediaType(RequestError):
    code = "unsupported_media_type"
    status = 415


class ExpectationFailed(RequestError):
    code = "expectation_failed"
    status = 417


class UnknownHost(RequestError):
    code = "unknown_host"
    status = 421


class IdempotencyKeyReused(RequestError):
    code = "idempotency_key_reused"
    status = 422
    deterministic = False


class UpgradeRequired(RequestError):
    """The address speaks another protocol than HTTP after the first answer."""

    code = "upgrade_required"
    status = 426
    headers = (("Upgrade", "websocket"),)


class PreconditionRequired(RequestError):
    code = "precondition_required"
    status = 428
    deterministic = False


class TooManyTries(RequestError):
    """Tries to sign in come too fast; this one was neither counted nor looked at."""

    code = "too_many_tries"
    status = 429
    deterministic = False
    headers = (("Retry-After", "1"),)

    def __init__(self, wait_seconds: int) -> None:
        unit = "second" if wait_seconds == 1 else "seconds"
        super().__init__(f"There were many tries of late; the next one is taken in {wait_seconds} {unit}.")
        self.headers = (("Retry-After", str(wait_seconds)),)


class Malformed(RequestError):
    """A signed request is not of the one accepted form."""

    code = "malformed"
    status = 400


class WrongDigest(RequestError):
    """The body is not the one that was signed."""

    code = "wrong_digest"
    status = 400
    deterministic = False


class NotProven(RequestError):
    """No such session, device or key, or not its proof: one sentence for all of them."""

    code = "not_proven"
    status = 401
    deterministic = False

    def __init__(self) -> None:
        super().__init__("What this request brings to show who sent it does not hold; open a new session.")


class Stale(RequestError):
    """The time of a signed request is too far from ours."""

    code = "stale"
    status = 401
    deterministic = False


class EpochEnded(RequestError):
    """A session has ended, or is of another life of the store."""

    code = "epoch"
    status = 401
    deterministic = False


class Revoked(RequestError):
    """Somebody who may has ended this session, its device or its key."""

    code = "revoked"
    status = 403
    deterministic = False


class OutOfScope(RequestError):
    """The session may do other things, and not this."""

    code = "out_of_scope"
    status = 403
    deterministic = False


class PlaceNotAllowed(RequestError):
    """A game key does not list this universe, place or network."""

    code = "place_not_allowed"
    status = 403
    deterministic = False


class PairingDenied(RequestError):
    """A person refused the pairing."""

    code = "pairing_denied"
    status = 403


class PairingExpired(RequestError):
    """A device code is over, or there never was one."""

    code = "pairing_expired"
    status = 410


class Insecure(RequestError):
    """A secret came over plain http; it should be made anew."""

    code = "insecure"
    status = 403
    deterministic = False


class TicketRefused(RequestError):
    """A ticket is not one of ours, is for something else, or is over."""

    code = "ticket_refused"
    status = 403
    deterministic = False


class Replayed(RequestError):
    """The number of a signed request was used, or is too old to tell."""

    code = "replayed"
    status = 409
    deterministic = False

    def __init__(self, next_number: int) -> None:
        super().__init__(f"This number was used already; the next one is {next_number}.")
        self.next_number = next_number


class _Waits(RequestError):
    """What may be sent again after a while."""

    deterministic = False
    headers = (("Retry-After", "1"),)

    def __init__(self, sentence: str, wait_seconds: int = 1) -> None:
        super().__init__(sentence)
        self.headers = (("Retry-After", str(wait_seconds)),)


class TooManyRequests(_Waits):
    code = "too_many_requests"
    status = 429


class TooManySessions(_Waits):
    """A device or a game key has as many live sessions as it may."""

    code = "too_many_sessions"
    status = 429


class SlowDown(_Waits):
    """Asked again sooner than it was told to."""

    code = "slow_down"
    status = 429


class HeadersTooLarge(RequestError):
    code = "headers_too_large"
    status = 431


class ServiceError(ToolboxError):
    status: ClassVar[int]
    headers: tuple[tuple[str, str], ...] = ()


class InternalError(ServiceError):
    code = "internal"
    status = 500


class DatabaseUnavailable(ServiceError):
    """Nothing of the unit of work was kept; it may be sent again."""

    code = "database_unavailable"
    status = 503
    headers = (("Retry-After", "1"),)


class SignInBusy(ServiceError):
    """More passwords wait to be checked than this machine gets done in a bearable time; nothing was checked."""

    code = "sign_in_busy"
    status = 503
    headers = (("Retry-After", "3"),)


class Crowded(ServiceError):
    """Those who have not shown who they are send more at once than is taken in; nothing of this request was read."""

    code = "crowded"
    status = 503
    headers = (("Retry-After", "5"),)


class StoreUnavailable(ServiceError):
    """Where single use is kept cannot be reached; nothing was let in."""

    code = "store_unavailable"
    status = 503
    headers = (("Retry-After", "1"),)


class TimedOut(ServiceError):
    """The request took longer than a request may; whether a change was kept is known by sending it again."""

    code = "timed_out"
    status = 503
    headers = (("Retry-After", "5"),)


class OperatorError(ToolboxError):
    """Something on this machine stands in the way; the sentence names it and the cure."""

    exit_code: ClassVar[int]


class UsageError(OperatorError):
    code = "usage"
    exit_code = 2


class SettingsError(OperatorError):
    code = "settings"
    exit_code = 3


class DataFolderError(OperatorError):
    code = "data_folder"
    exit_code = 4


class AlreadyRunning(OperatorError):
    code = "already_running"
    exit_code = 5


class PortTaken(OperatorError):
    code = "port_taken"
    exit_code = 6


class DatabaseError(OperatorError):
    code = "database"
    exit_code = 7


class DiskFull(OperatorError):
    code = "disk_full"
    exit_code = 8


class ClockError(OperatorError):
    code = "clock"
    exit_code = 9


class WorkerFailed(OperatorError):
    code = "worker_failed"
    exit_code = 10


class NotRunning(OperatorError):
    code = "not_running"
    exit_code = 11


class CheckFailed(OperatorError):
    code = "check_failed"
    exit_code = 12


class FilesError(OperatorError):
    code = "files"
    exit_code = 13
