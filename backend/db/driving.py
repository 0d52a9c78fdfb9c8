"""Run the coroutine of a unit, and refuse it when it awaits anything but its transaction.

Such a unit would hold the locks of its transaction for as long as something outside of the database takes.
"""

from collections.abc import Coroutine
from typing import Any, TypeVar

from backend.db.unit import UnitRefused

T = TypeVar("T")


def run_whole(unit: Coroutine[Any, Any, T]) -> T:
    """Run a unit to its end on the spot: the statements of a transaction never suspend it."""
    try:
        unit.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise _refused(unit)


def _refused(unit: Coroutine[Any, Any, object]) -> UnitRefused:
    frame = unit.cr_frame if hasattr(unit, "cr_frame") else None
    where = f" (line {frame.f_lineno} of {frame.f_code.co_filename})" if frame else ""
    name = getattr(unit, "__qualname__", "a unit")
    unit.close()
    return UnitRefused(f"{name} awaits something other than its transaction{where}; do that before or after the unit.")
