"""Which tables and columns an export has: what the inventory knows and what is no key, no hash and no digest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from backend.compliance import inventory
from backend.compliance.inventory import Row
from backend.db.tenancy.rows import Walk
from backend.db.tenancy.tables import tenant_tables

# What is sealed for a subject of the tenant, and the column that names the subject: it is opened for the export.
OPENED: Final[Mapping[tuple[str, str], str]] = {("invitations", "email"): "id"}
# Tables of no tenant whose rows are a tenant's own all the same.
_ALSO: Final = ("audit_events",)


@dataclass(frozen=True, slots=True)
class Part:
    """One table, as a file of an export."""

    table: str
    rows: tuple[Row, ...]
    walk: Walk

    @property
    def name(self) -> str:
        return f"{self.table}.jsonl"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(row.column for row in self.rows)


def parts() -> Iterator[Part]:
    """Yield the parts in the order of their names."""
    from backend.db.migrations.tables import metadata  # noqa: PLC0415 - it imports every model, this domain's too

    known: dict[str, list[Row]] = {}
    for row in inventory.load():
        known.setdefault(row.table, []).append(row)
    names = {*_ALSO, *(table.name for table in tenant_tables(metadata()))} & known.keys()
    for name in sorted(names):
        # A table with something sealed that is not opened holds keys.
        if not any(row.form == "sealed" and (name, row.column) not in OPENED for row in known[name]):
            shown = tuple(row for row in known[name] if _is_shown(row))
            yield Part(name, shown, Walk(metadata().tables[name], [row.column for row in shown]))


def _is_shown(row: Row) -> bool:
    return row.form == "plain" or (row.table, row.column) in OPENED
