"""Why a message is not taken, in the same words from every engine."""

from backend.errors import LimitReached, StoreUnavailable
from bridge.realtime.limits import HistoryLimits


def too_many_keys(limits: HistoryLimits) -> LimitReached:
    return LimitReached(
        f"The state of this channel has {limits.keys} keys, which is all it may; end one of them first."
    )


def state_too_large(limits: HistoryLimits) -> LimitReached:
    return LimitReached(
        f"The state of this channel would be larger than {limits.state_bytes} bytes; end a key, or say less in it."
    )


def too_many_channels(most: int) -> LimitReached:
    return LimitReached(f"There are {most} channels in use, which is all that memory has room for.")


def no_more_keys_remembered() -> StoreUnavailable:
    error = StoreUnavailable("As many idempotency keys as there is room for are remembered; try again a little later.")
    error.headers = (("Retry-After", "5"),)
    return error
