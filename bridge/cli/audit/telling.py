"""What is told about trails, and how far a command is with them."""

from typing import TYPE_CHECKING, Final

from bridge.cli.bundle.telling import count
from bridge.cli.progress import Shown

if TYPE_CHECKING:
    from backend.accounts.audit.chained import Record
    from backend.accounts.audit.exported import Checked

_SHOWN_EVERY: Final = 1000


class Counter:
    """Counts records, and shows now and then how many there were."""

    def __init__(self, shown: Shown) -> None:
        self.records = 0
        self._shown = shown

    def __call__(self, _record: "Record") -> None:
        self.records += 1
        if self.records % _SHOWN_EVERY == 0:
            self._shown.counted(self.records, "records")


def as_json(checked: "Checked") -> dict[str, object]:
    fault = checked.fault
    first_bad = None if fault is None else {"number": fault.number, "sentence": fault.sentence}
    return {"tenant_id": checked.tenant_id, "records": checked.records, "first_bad": first_bad}


def as_line(checked: "Checked") -> str:
    if checked.fault is not None:
        return f"{checked.tenant_id}: {checked.fault.sentence}"
    return f"{checked.tenant_id}: {count(checked.records, 'record')}, whole"
