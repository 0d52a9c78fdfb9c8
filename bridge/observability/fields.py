"""What may stand in a line of the log. Anything else is left out and only its name is told."""

from typing import Final

from backend.secret import Secret

# Names of values that say how the program is doing. None of them may ever hold what a caller sent, an address in full,
# or a secret; a new one is a decision to be made here and nowhere else.
FIELDS: Final = frozenset(
    {
        "address",  # truncated by bridge.observability.addresses
        "attempts",
        "bytes",
        "check",
        "code",
        "count",
        "dialect",
        "duration_ms",
        "exit_code",
        "expected",
        "found",
        "frames",
        "group_size",
        "kind",
        "method",
        "platform",
        "port",
        "reason",
        "request_id",
        "restarts",
        "revision",
        "route",
        "row_id",
        "seconds",
        "setting",
        "signal",
        "state",
        "status",
        "verdict",
        "version",
        "worker",
        "worker_pid",
        "workers",
    }
)

_LONGEST_TEXT: Final = 200

FieldValue = str | int | float | bool | None


def safe_value(value: object) -> FieldValue:
    """A value as it may be shown: short text and plain numbers; of anything else only what it is."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "..."
    if isinstance(value, Secret):
        return str(value)
    return f"<{type(value).__name__}>"
