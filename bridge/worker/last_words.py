"""Why a worker cannot go on, in one sentence."""

import logging

from backend.errors import ToolboxError
from bridge.observability.traces import describe
from bridge.worker.messages import Failed

_log = logging.getLogger(__name__)


def last_words(error: Exception) -> Failed:
    if isinstance(error, ToolboxError):
        return Failed(error.code, error.sentence)
    # Nobody foresaw this one. Its own text stays unsaid, it may repeat a password; where it happened does not.
    _log.error("a worker crashed", exc_info=error)
    outermost = describe(error)[0]
    frames = outermost["frames"]
    place = frames[-1] if isinstance(frames, list) and frames else "an unknown place"
    return Failed("crashed", f"{outermost['type']} at {place}; the log has the rest")
