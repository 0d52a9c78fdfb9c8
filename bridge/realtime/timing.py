"""How long channels and streams wait for what, in one place: a proof need not wait as long as the product does."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Timing:
    # How often streams are looked at: whether their time is over, and whether rights have changed.
    look_seconds: float = 0.5
    # A stream of which nobody could say for so long that it may still be there is sent away. With the time in which a
    # change is noticed, a withdrawn right ends a stream within 5 s.
    unsure_seconds: float = 2.5
    # How often it is asked which sessions ended themselves, as that raises no alarm.
    ended_seconds: float = 2.0
    # Rights that end by their date raise none either.
    asked_again_seconds: float = 60.0
    # Until the first frame of a WebSocket says who it is.
    hello_seconds: float = 5.0
    ping_seconds: float = 25.0
    # A WebSocket on which nobody said anything for so long is cut.
    silence_seconds: float = 60.0
    comment_seconds: float = 12.5
    # What waits for a client that does not read waits no longer.
    unread_seconds: float = 10.0
    # The last words of a stream have to be taken within this time; then the line is cut.
    taken_seconds: float = 5.0
    # Whoever is held by a long-poll is asked so often whether they still may be.
    held_seconds: float = 1.0
    # A channel that nobody follows any more stays for whoever asks again: a long-poll comes back in a moment.
    linger_seconds: float = 60.0
    sweep_seconds: float = 10.0
    # How often each channel's place is compared with the engine's.
    check_seconds: float = 20.0
    # After the engine was away when it was asked.
    again_seconds: float = 1.0
    # Somebody of whom nothing is told for so long is gone, such as one whose worker was killed.
    present_seconds: int = 60
    told_seconds: float = 25.0


TIMING: Final = Timing()
